"""The contenders that write rows into a file. Each is a function to the path of what it wrote."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from contenders import hand
from tasks import Task

__all__ = ["WRITERS"]


def hand_lines(url: str, ca: str, task: Task, folder: Path) -> Path:
    """Write JSON lines with the loop that one writes by hand."""
    path = folder / "rows.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for row in hand(url, ca, task):
            file.write(json.dumps(row) + "\n")
    return path


def hand_csv(url: str, ca: str, task: Task, folder: Path) -> Path:
    """Write CSV with the loop that one writes by hand, and the objects of a row as they are."""
    path = folder / "rows.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = None
        for row in hand(url, ca, task):
            if writer is None:
                writer = csv.DictWriter(file, list(row))
                writer.writeheader()
            writer.writerow(row)
    return path


def ours_lines(url: str, ca: str, task: Task, folder: Path) -> Path:
    """Write JSON lines with a listing."""
    return _write(url, ca, task, folder / "rows.jsonl")


def ours_csv(url: str, ca: str, task: Task, folder: Path) -> Path:
    """Write CSV with a listing."""
    return _write(url, ca, task, folder / "rows.csv")


def hand_parquet(url: str, ca: str, task: Task, folder: Path) -> Path:
    """Write Parquet with the loop that one writes by hand, a table for each page."""
    import pyarrow as pa
    from pyarrow import parquet

    path, writer = folder / "rows.parquet", None
    rows = hand(url, ca, task)
    while page := list(islice(rows, task.rows)):
        table = pa.Table.from_pylist(page)
        writer = writer or parquet.ParquetWriter(path, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()
    return path


def ours_parquet(url: str, ca: str, task: Task, folder: Path) -> Path:
    """Write Parquet with a listing."""
    return _write(url, ca, task, folder / "rows.parquet")


def _write(url: str, ca: str, task: Task, path: Path) -> Path:
    from requests_paginate import PaginatedSession

    session = PaginatedSession()
    session.verify = ca
    session.get_all(url, prefetch=task.prefetch).write(path)
    return path


WRITERS: dict[str, Callable[[str, str, Task, Path], Path]] = {
    "hand-lines": hand_lines,
    "hand-csv": hand_csv,
    "hand-parquet": hand_parquet,
    "ours-lines": ours_lines,
    "ours-csv": ours_csv,
    "ours-parquet": ours_parquet,
}
