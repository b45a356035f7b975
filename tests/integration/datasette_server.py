"""Datasette over one table of a database that it makes."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing

from datasette.app import Datasette

from .rows import ROWS
from .serving import serve

if __name__ == "__main__":
    with closing(sqlite3.connect(sys.argv[1])) as database, database:
        database.execute("create table items (id integer primary key, colour text)")
        database.executemany("insert into items values (:id, :colour)", ROWS)
    serve(Datasette([sys.argv[1]], settings={"default_page_size": 10}).app())
