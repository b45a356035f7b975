"""Files whose writing was interrupted, and went on with the same call."""

from __future__ import annotations

import csv
import json

import pyarrow as pa
import pytest
from pyarrow import parquet

from requests_paginate import exceptions
from requests_paginate.export import files
from requests_paginate.sandbox import Pluggy
from tests.unit.export.test_write import names, numbered, open_listing, read, responses_of
from tests.unit.listing.test_merging import number, rows

PAGES = 7
ALL = [row for page in range(1, PAGES + 1) for row in rows(page)]
SUFFIXES = ["jsonl", "jsonl.gz", "jsonl.zst", "csv", "parquet", "arrow"]


class Killed(BaseException):
    """What a program does not survive."""


def read_any(path):
    """The ids of the rows of a file."""
    if path.suffix == ".parquet":
        return parquet.read_table(path)["id"].to_pylist()
    if path.suffix == ".arrow":
        return pa.ipc.open_file(path).read_all()["id"].to_pylist()
    if path.suffix != ".csv":
        return [row["id"] for row in read(path)]
    with path.open(newline="", encoding="utf-8") as lines:
        return [int(row["id"]) for row in csv.DictReader(lines)]


def answer(query):
    return numbered(query, PAGES)


@pytest.fixture
def eager(monkeypatch):
    """Notes are made as often as possible."""
    monkeypatch.setattr(files, "_SECONDS", 0.0)


def write(path, note, answer=answer, **options):
    listing, server = open_listing(answer)
    listing.write(path, checkpoint=note, **options)
    return server


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("point", range(1, 12))
def test_a_kill_at_any_write_loses_nothing(tmp_path, monkeypatch, eager, suffix, point):
    """Killed before, in the middle of or after a write, the file equals the truth in the end."""
    path, note = tmp_path / f"rows.{suffix}", tmp_path / "note"
    written, kept = files.Output.write, files.Output.note
    counted = []

    def kill(self, content):
        counted.append(content)
        if len(counted) == point:
            written(self, content[: len(content) // 2])
            self.file.flush()
            monkeypatch.setattr(files.Output, "note", lambda *_: None)  # nobody is there any more
            raise Killed
        written(self, content)

    monkeypatch.setattr(files.Output, "write", kill)
    with pytest.raises(Killed):
        write(path, note)
        raise Killed  # there are fewer writes
    monkeypatch.setattr(files.Output, "write", written)
    monkeypatch.setattr(files.Output, "note", kept)
    if not path.exists():
        write(path, note)
    assert [row["id"] for row in ALL] == read_any(path)
    assert [path.name] == names(tmp_path)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_error_is_gone_on_from(tmp_path, suffix):
    """After a failed page the same call asks for that page, and for none before it."""
    path, note = tmp_path / f"rows.{suffix}", tmp_path / "note"
    with pytest.raises(exceptions.PageFailed):
        write(path, note, lambda q: ({}, {"status": 404}) if number(q) == 5 else answer(q))
    assert not path.exists()
    server = write(path, note)
    assert [row["id"] for row in ALL] == read_any(path)
    first = number(server.asked[0])
    assert first in (
        (1,) if suffix in ("jsonl.gz", "jsonl.zst") else (5,)
    )  # less than a member was written
    assert [path.name] == names(tmp_path)


def test_without_an_interrupt_nothing_is_left(tmp_path, eager):
    """The note is gone with the last row."""
    write(tmp_path / "rows.jsonl", tmp_path / "note")
    assert ["rows.jsonl"] == names(tmp_path)


def test_a_ctrl_c_notes_the_last_page(tmp_path, monkeypatch):
    """An interrupt loses no page that was written, though no second has passed."""
    path, note = tmp_path / "rows.jsonl", tmp_path / "note"
    listing, _ = open_listing(answer)

    def interrupt(page):
        if page.index == 3:
            raise KeyboardInterrupt

    from requests_paginate import export

    with pytest.raises(KeyboardInterrupt):
        export.write(listing, path, checkpoint=note, after_page=interrupt)
    server = write(path, note)
    assert [5, 6, 7] == [number(query) for query in server.asked]
    assert [row["id"] for row in ALL] == read_any(path)


def test_a_note_is_not_readable_by_others(tmp_path, eager):
    """It holds the API's cursors."""
    path, note = tmp_path / "rows.jsonl", tmp_path / "note"
    with pytest.raises(exceptions.PageFailed):
        write(path, note, lambda q: ({}, {"status": 404}) if number(q) == 5 else answer(q))
    assert 0o600 == note.stat().st_mode & 0o777
    expected = {"checkpoint", "length", "rows", "pages", "state", "tail", "call"}
    assert expected == set(json.loads(note.read_bytes()))


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{}", b"[1]", b'{"checkpoint": 5, "length": 1, "state": 0}', b"[" * 100_000,
        b'{"checkpoint": "", "length": 1, "state": 0, "call": {}, "rows": "2", "pages": 1}',
    ],
    ids=range(6),
)  # fmt: skip
def test_a_note_of_something_else_is_refused(tmp_path, content):
    """A file that is no note is neither read nor overwritten."""
    note = tmp_path / "note"
    note.write_bytes(content)
    with pytest.raises(ValueError, match="is no checkpoint of a file"):
        write(tmp_path / "rows.jsonl", note)
    assert content == note.read_bytes()
    assert ["note"] == names(tmp_path)


def test_a_note_whose_file_is_gone_is_refused(tmp_path, eager):
    """The rows that it counts are nowhere: to go on would lose them."""
    path, note = tmp_path / "rows.jsonl", tmp_path / "note"
    with pytest.raises(exceptions.PageFailed):
        write(path, note, lambda q: ({}, {"status": 404}) if number(q) == 5 else answer(q))
    (tmp_path / ".rows.jsonl.part").unlink()
    with pytest.raises(ValueError, match="remove it to begin anew"):
        write(path, note)


def test_a_note_of_another_listing_is_refused(tmp_path, eager):
    """A checkpoint belongs to its URL; the part that was written stays."""
    path, note = tmp_path / "rows.jsonl", tmp_path / "note"
    with pytest.raises(exceptions.PageFailed):
        write(path, note, lambda q: ({}, {"status": 404}) if number(q) == 5 else answer(q))
    listing, _ = open_listing(answer, params={"another": "filter"})
    with pytest.raises(exceptions.InvalidCheckpoint):
        listing.write(path, checkpoint=note)
    write(path, note)
    assert [row["id"] for row in ALL] == read_any(path)


def test_all_columns_are_gone_on_with(tmp_path, eager):
    """With `columns="all"` the rows so far are kept on the disk, too."""
    path, note = tmp_path / "rows.csv", tmp_path / "note"

    def late(query):
        page = answer(query)
        return {**page, "rows": [{**row, f"of{page['page']}": 1} for row in page["rows"]]}

    with pytest.raises(exceptions.PageFailed):
        write(
            path,
            note,
            lambda q: ({}, {"status": 404}) if number(q) == 5 else late(q),
            columns="all",
        )
    write(path, note, late, columns="all")
    assert [row["id"] for row in ALL] == read_any(path)
    assert b"id,of1,of2,of3,of4,of5,of6,of7\r\n" == path.read_bytes().splitlines(keepends=True)[0]
    assert ["rows.csv"] == names(tmp_path)


def test_a_chain_of_listings_is_gone_on_with(tmp_path, eager):
    """So many ids that they are asked for in parts, interrupted in the second one."""
    pluggy = Pluggy(transactions=1200, accounts=1)
    account = pluggy.account_ids[0]
    ids = [row["id"] for row in pluggy.transaction_rows(account)]
    path, note, seen = tmp_path / "rows.jsonl", tmp_path / "note", []

    def interrupt(page):
        seen.append(page)
        if len(seen) == 2:
            raise KeyboardInterrupt

    from requests_paginate import export

    for after_page in (interrupt, None):
        with responses_of(pluggy) as session:
            asked = {"accountId": account, "ids": ids}
            listing = session.get_all("/v2/transactions", params=asked)
            try:
                export.write(listing, path, checkpoint=note, after_page=after_page)
            except KeyboardInterrupt:
                assert not path.exists()
    assert sorted(ids) == sorted(row["id"] for row in read(path))
