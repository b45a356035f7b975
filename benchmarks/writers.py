"""The contenders that write rows into a file. Each is a function to the path of what it wrote."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

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
    for page in _by_page(hand(url, ca, task), task):
        table = pa.Table.from_pylist(page)
        writer = writer or parquet.ParquetWriter(path, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()
    return path


def ours_parquet(url: str, ca: str, task: Task, folder: Path) -> Path:
    """Write Parquet with a listing."""
    return _write(url, ca, task, folder / "rows.parquet")


def dlt_lines(url: str, ca: str, task: Task, folder: Path) -> Path:
    """Write JSON lines with a pipeline of dlt, from its RESTClient to files on the disk."""
    os.environ |= {
        "RUNTIME__DLTHUB_TELEMETRY": "false",
        "NORMALIZE__DATA_WRITER__DISABLE_COMPRESSION": "true",
    }
    import dlt
    from contenders import dlt as list_by_client

    pipeline = dlt.pipeline(
        "rows",
        pipelines_dir=str(folder / "work"),
        destination=dlt.destinations.filesystem(str(folder / "files")),
        dataset_name="bank",
    )
    rows = dlt.resource(lambda: _by_page(list_by_client(url, ca, task), task), name="rows")
    pipeline.run(rows, loader_file_format="jsonl")
    return folder / "files/bank/rows"


def _by_page(rows: Iterator[Any], task: Task) -> Iterator[list[Any]]:
    while page := list(islice(rows, task.rows)):
        yield page


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
    "dlt-lines": dlt_lines,
    "ours-lines": ours_lines,
    "ours-csv": ours_csv,
    "ours-parquet": ours_parquet,
}
