"""Files whose writer is killed at any time, by signals that no program can catch."""

from __future__ import annotations

import csv
import gzip
import json
import random
import subprocess
import sys
import threading
from importlib import import_module
from urllib.parse import parse_qsl, urlsplit

import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.loopback import LoopbackServer, http

zstd = import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")

pytestmark = pytest.mark.integration

PAGES, ROWS, KILLS, SECONDS = 400, 20, 50, 60
WRITER = """
import sys
from requests_paginate import PaginatedSession
from requests_paginate.export import files
files._SECONDS = 0.01
url, path, note, columns = sys.argv[1:]
with PaginatedSession(allow_http=True) as session:
    listing = session.get_all(url, prefetch=2)
    listing.write(path, checkpoint=note, columns=columns or None)
"""
TRUTH = [f"row {number}" for number in range(PAGES * ROWS)]


class Server:
    """Numbered pages, and a word when so many more of them were asked for."""

    def __init__(self):
        self.left, self.enough = -1, threading.Event()

    def __call__(self, _, request):
        query = dict(parse_qsl(urlsplit(request.split(" ", 2)[1]).query))
        page = int(query.get("page", 1))
        self.left -= 1
        if self.left == 0:
            self.enough.set()
        names = TRUTH[(page - 1) * ROWS : page * ROWS]
        body = {"page": page, "pages": PAGES, "rows": [{"name": name, "n": 1.10} for name in names]}
        return http(body)

    def expect(self, pages):
        self.enough.clear()
        self.left = pages


def read(path):
    """The names in the rows of a file."""
    if path.suffix == ".parquet":
        return parquet.read_table(path)["name"].to_pylist()
    if path.suffix == ".arrow":
        return pa.ipc.open_file(path).read_all()["name"].to_pylist()
    if path.suffix == ".csv":
        with path.open(newline="") as lines:
            return [row["name"] for row in csv.DictReader(lines)]
    opened = {".gz": gzip.open, ".zst": zstd.open}.get(path.suffix, open)
    with opened(path, "rb") as lines:
        return [json.loads(line)["name"] for line in lines]


@pytest.mark.parametrize(
    ("name", "columns"),
    [("rows.jsonl", ""), ("rows.jsonl.gz", ""), ("rows.jsonl.zst", ""), ("rows.csv", ""),
     ("all.csv", "all"), ("rows.parquet", ""), ("rows.arrow", "")],
)  # fmt: skip
def test_a_file_whose_writer_is_killed_is_whole_in_the_end(tmp_path, name, columns):
    """Killed at fifty random points, and begun again with the same call: the file is the truth."""
    chance, server = random.Random(name), Server()
    path, note = tmp_path / name, tmp_path / "note"
    killed = 0
    with LoopbackServer(server) as listening:
        call = [sys.executable, "-c", WRITER, listening.url, str(path), str(note), columns]
        while killed < KILLS or not path.exists():
            if path.exists():  # it came to its end sooner
                assert read(path) == TRUTH
                path.unlink()
            server.expect(chance.randint(1, 30) if killed < KILLS else -1)
            with subprocess.Popen(call) as writer:
                while killed < KILLS and writer.poll() is None:
                    if server.enough.wait(0.05):
                        writer.kill()
                        killed += 1
                        break
                assert writer.wait(SECONDS) in (0, -9)
    assert (TRUTH, [name]) == (read(path), [each.name for each in tmp_path.iterdir()])
