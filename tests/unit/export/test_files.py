"""Files that are written: by one call alone, under a name of their own, with the usual rights."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading

import msgspec
import pytest

from requests_paginate import exceptions
from requests_paginate.export import files, locks, write
from requests_paginate.sandbox import Pluggy
from tests.unit.export.test_resuming import ALL, PAGES, answer
from tests.unit.export.test_write import names, open_listing, read, responses_of
from tests.unit.listing.test_merging import number

posix = pytest.mark.skipif(os.name != "posix", reason="rights, pipes and locks as on POSIX")
needs_locks = pytest.mark.skipif(locks.fcntl is None, reason="the system has no flock")


def fails_at(page):
    """The answers of a server of which a page fails."""
    return lambda query: ({}, {"status": 404}) if number(query) == page else answer(query)


def interrupt(path, note, *, answers=None, columns=None, **options):
    """Writes a part of a file, up to a page that fails."""
    listing, _ = open_listing(answers or fails_at(5), **options)
    with pytest.raises(exceptions.PageFailed):
        listing.write(path, checkpoint=note, columns=columns)


class TestCheckpointsThatAreTheFile:
    @pytest.mark.parametrize(
        "name",
        ["rows.jsonl", "./rows.jsonl", "ROWS.jsonl", ".rows.jsonl.part", ".rows.jsonl.whole",
         ".rows.jsonl.lock", "link", "folder/rows.jsonl"],
    )  # fmt: skip
    def test_are_refused(self, tmp_path, monkeypatch, name):
        """A note would replace the rows: also by a link, or in upper case, before a request."""
        monkeypatch.chdir(tmp_path)
        (tmp_path / "link").symlink_to("rows.jsonl")
        (tmp_path / "folder").symlink_to(".")
        listing, server = open_listing(answer)
        with pytest.raises(ValueError, match="would be the file itself"):
            listing.write("rows.jsonl", checkpoint=name)
        assert ([], ["folder", "link"]) == (server.asked, names(tmp_path))

    def test_are_refused_as_hard_links(self, tmp_path):
        """Two names of one file are one file."""
        (tmp_path / "rows.jsonl").write_text("old")
        (tmp_path / "note").hardlink_to(tmp_path / "rows.jsonl")
        listing, _ = open_listing(answer)
        with pytest.raises(ValueError, match="would be the file itself"):
            listing.write(tmp_path / "rows.jsonl", checkpoint=tmp_path / "note", force=True)
        assert "old" == (tmp_path / "rows.jsonl").read_text()

    @pytest.mark.parametrize(
        ("name", "error", "text"),
        [
            ("nowhere/note", FileNotFoundError, "no directory .*nowhere"),
            ("folder", IsADirectoryError, "folder is a directory"),
            ("pipe", ValueError, "a device or a pipe"),
        ],
    )
    @posix
    def test_cannot_be_written(self, tmp_path, name, error, text):
        """What would be noticed at the first note is told at the call."""
        (tmp_path / "folder").mkdir()
        os.mkfifo(tmp_path / "pipe")
        listing, server = open_listing(answer)
        with pytest.raises(error, match=text):
            listing.write(tmp_path / "rows.jsonl", checkpoint=tmp_path / name)
        assert ([], ["folder", "pipe"]) == (server.asked, names(tmp_path))

    def test_in_a_directory_that_is_read_only(self, tmp_path, monkeypatch):
        """It is told at the call, and nothing is sent."""
        monkeypatch.setattr(files.os, "access", lambda *_: False)
        listing, server = open_listing(answer)
        with pytest.raises(PermissionError, match="nothing may be written into"):
            listing.write(tmp_path / "rows.jsonl")
        assert [] == server.asked


class TestLimits:
    @pytest.mark.parametrize("limits", [{"max_items": 11}, {"max_pages": 6}, {"max_items": 8}])
    @pytest.mark.parametrize("suffix", ["jsonl", "jsonl.gz"])
    @pytest.mark.parametrize("taken", [0, 1, 2])
    def test_what_is_in_the_file_counts(self, tmp_path, monkeypatch, limits, suffix, taken):
        """Interrupted or not, the same call writes the same file."""
        monkeypatch.setattr(files, "_SECONDS", 0.0)
        path, note = tmp_path / f"rows.{suffix}", tmp_path / "note"
        for target, each, answers in (
            (tmp_path / "at_once.jsonl", None, answer), (path, note, fails_at(4)),
            (path, note, fails_at(5)), (path, note, answer),
        ):  # fmt: skip
            if target.exists():  # the limit was reached before the page that fails
                continue
            listing, _ = open_listing(answers, **limits)
            for _ in range(taken):
                next(listing)
            try:
                listing.write(target, checkpoint=each)
            except exceptions.PageFailed:
                assert note.exists()
        assert read(tmp_path / "at_once.jsonl") == read(path)

    def test_a_limit_that_was_reached_asks_for_nothing(self, tmp_path, monkeypatch):
        """Interrupted behind the last row that is wanted, the file is there without a request."""
        path, note = tmp_path / "rows.jsonl", tmp_path / "note"
        monkeypatch.setattr(files.Output, "finish", None)
        with pytest.raises(TypeError):
            open_listing(answer, max_items=4)[0].write(path, checkpoint=note)
        monkeypatch.undo()
        interrupt(path, note, answers=fails_at(3), max_items=5)
        listing, server = open_listing(answer, max_items=5)
        write(listing, path, checkpoint=note)
        assert (ALL[:5], [3]) == (read(path), [number(query) for query in server.asked])

    @pytest.mark.parametrize(
        ("limits", "taken"),
        [({"max_items": 900}, 7), ({"max_pages": 2}, 0), ({"max_items": 700}, 0)],
    )
    def test_of_a_chain(self, tmp_path, monkeypatch, limits, taken):
        """So many ids that they are asked for in parts: the limit is that of the whole."""
        monkeypatch.setattr(files, "_SECONDS", 0.0)
        pluggy = Pluggy(transactions=1200, accounts=1)
        account = pluggy.account_ids[0]
        asked = {"accountId": account}
        asked["ids"] = [row["id"] for row in pluggy.transaction_rows(account)]
        path, note = tmp_path / "rows.jsonl", tmp_path / "note"

        def stop(page):
            raise KeyboardInterrupt

        for target, each, after_page in (
            (tmp_path / "at_once.jsonl", None, None), (path, note, stop), (path, note, stop),
            (path, note, None),
        ):  # fmt: skip
            if target.exists():
                continue
            with responses_of(pluggy) as session:
                listing = session.get_all("/v2/transactions", params=asked, **limits)
                for _ in range(taken):
                    next(listing)
                try:
                    write(listing, target, checkpoint=each, after_page=after_page)
                except KeyboardInterrupt:
                    assert note.exists()
        assert read(tmp_path / "at_once.jsonl") == read(path)

    def test_the_caller_is_told_what_is_there_already(self, tmp_path):
        """Before the first request: the rows and the pages in the file."""
        path, note, told = tmp_path / "rows.jsonl", tmp_path / "note", []
        interrupt(path, note)
        listing, server = open_listing(answer)
        write(
            listing, path, checkpoint=note,
            on_start=lambda *counts: told.append((*counts, len(server.asked))),
        )  # fmt: skip
        assert [(8, 4, 0)] == told

    def test_a_refused_note_leaves_the_limits(self, tmp_path):
        """A listing that does not go on with a file is as it was."""
        interrupt(tmp_path / "rows.jsonl", tmp_path / "note", max_items=9)
        listing, _ = open_listing(answer, params={"of": "another"}, max_items=9)
        with pytest.raises(exceptions.InvalidCheckpoint):
            listing.write(tmp_path / "rows.jsonl", checkpoint=tmp_path / "note")
        assert ALL[:9] == list(listing)


def by_id(row):
    return row["id"]


ROW = msgspec.defstruct("Row", [("id", int)])


class TestAnotherCall:
    @pytest.mark.parametrize(
        ("first", "second", "text"),
        [
            ({"columns": "all"}, {}, "columns was 'all', and is not given"),
            ({}, {"columns": "all"}, "columns was not given, and is 'all'"),
            ({}, {"columns": ["id"]}, r"columns was not given, and is \['id'\]"),
            ({"columns": ("id", "a")}, {"columns": ["a"]}, r"was \['id', 'a'\], and is \['a'\]"),
            ({}, {"key": "id"}, "key was not given, and is 'id'"),
            ({"key": "id"}, {"key": by_id}, "key was 'id', and is 'by_id'"),
            ({}, {"max_items": 9}, "max_items was not given, and is 9"),
            ({"max_pages": 6}, {"max_pages": 5}, "max_pages was 6, and is 5"),
            ({}, {"items": "rows"}, "items was not given, and is 'rows'"),
            ({"model": dict}, {"model": ROW}, "model was 'dict', and is 'Row'"),
            ({}, {"decode": json.loads}, "decode was not given, and is 'loads'"),
        ],
    )
    def test_is_refused(self, tmp_path, first, second, text):
        """It would make a file of two kinds; the error tells what differs, and how to begin."""
        path, note = tmp_path / "rows.csv", tmp_path / "note"
        interrupt(path, note, **first)
        before = {each: each.read_bytes() for each in tmp_path.iterdir()}
        columns = second.pop("columns", None) if "columns" in second else None
        listing, server = open_listing(answer, **second)
        with pytest.raises(ValueError, match=f"{text}.* remove that file to begin anew"):
            listing.write(path, checkpoint=note, columns=columns)
        assert (before, []) == (
            {each: each.read_bytes() for each in tmp_path.iterdir()}, server.asked,
        )  # fmt: skip

    def test_with_another_suffix_is_refused(self, tmp_path):
        """The rows of one file do not go on in another one."""
        interrupt(tmp_path / "rows.jsonl", tmp_path / "note")
        with pytest.raises(ValueError, match=r"file was 'rows.jsonl', and is 'rows.csv'"):
            open_listing(answer)[0].write(tmp_path / "rows.csv", checkpoint=tmp_path / "note")

    def test_that_begins_elsewhere_is_refused(self, tmp_path):
        """Another `resume` is another call; its token is not in the note."""
        listing, _ = open_listing(answer)
        next(listing.pages())
        token = listing.checkpoint()
        interrupt(tmp_path / "rows.jsonl", tmp_path / "note")
        assert token not in (tmp_path / "note").read_text()
        with pytest.raises(ValueError, match="resume was not given"):
            open_listing(answer, resume=token)[0].write(
                tmp_path / "rows.jsonl", checkpoint=tmp_path / "note"
            )

    def test_of_an_earlier_version_is_refused(self, tmp_path):
        """Its note tells too little; the error says how to begin anew."""
        note = tmp_path / "note"
        note.write_text('{"checkpoint": "x", "length": 0, "state": null}')
        with pytest.raises(ValueError, match="earlier version; remove it to begin anew"):
            open_listing(answer)[0].write(tmp_path / "rows.jsonl", checkpoint=note)

    @pytest.mark.parametrize("content", [b"", b"x" * 5000])
    def test_that_wrote_the_same_part_is_noticed(self, tmp_path, content):
        """A part that is not as the note says is not gone on with."""
        interrupt(tmp_path / "rows.jsonl", tmp_path / "note")
        (tmp_path / ".rows.jsonl.part").write_bytes(content)
        with pytest.raises(ValueError, match="not there any more, or was changed"):
            open_listing(answer)[0].write(tmp_path / "rows.jsonl", checkpoint=tmp_path / "note")


WRITER = """
import os, sys, time
from pathlib import Path
from requests_paginate.export.locks import hold_lock
with hold_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@needs_locks
class TestTwoRuns:
    @pytest.mark.parametrize(
        ("target", "note"), [("rows.jsonl", "note"), ("rows.jsonl", "other"), ("x.csv", "note")]
    )
    def test_the_second_one_is_refused_at_once(self, tmp_path, target, note):
        """With the same file or the same note; the first one writes on, and its file is whole."""
        path, seen = tmp_path / "rows.jsonl", []

        def write_too(page):
            listing, server = open_listing(answer)
            with pytest.raises(BlockingIOError, match="another run is writing"):
                listing.write(tmp_path / target, checkpoint=tmp_path / note)
            seen.append(len(server.asked))

        write(open_listing(answer)[0], path, checkpoint=tmp_path / "note", after_page=write_too)
        assert (ALL, [0] * PAGES, ["rows.jsonl"]) == (read(path), seen, names(tmp_path))

    def test_a_killed_one_holds_nothing(self, tmp_path):
        """The lock is gone with its process; the file that was locked is used again."""
        path, note = tmp_path / "rows.jsonl", tmp_path / "note"
        call = [sys.executable, "-c", WRITER, str(note)]
        with subprocess.Popen(call, stdout=subprocess.PIPE) as holder:
            holder.stdout.readline()
            with pytest.raises(BlockingIOError):
                open_listing(answer)[0].write(path, checkpoint=note)
            holder.send_signal(signal.SIGKILL)
            holder.wait()
        assert [".note.lock"] == names(tmp_path)
        open_listing(answer)[0].write(path, checkpoint=note)
        assert (ALL, ["rows.jsonl"]) == (read(path), names(tmp_path))

    def test_a_lock_that_was_just_removed_is_taken_anew(self, tmp_path, monkeypatch):
        """Who waited with the removed file in its hand has no lock of anything."""
        name, stats = tmp_path / ".note.lock", []
        is_at = locks._is_at

        def remove(path, descriptor):
            if not stats:
                name.unlink()
            stats.append(is_at(path, descriptor))
            return stats[-1]

        monkeypatch.setattr(locks, "_is_at", remove)
        with locks.hold_lock(tmp_path / "note"):
            assert [".note.lock"] == names(tmp_path)
        assert ([False, True], []) == (stats, names(tmp_path))

    def test_a_disk_without_locks(self, tmp_path, monkeypatch):
        """Where nothing can be locked, files are written all the same."""

        class Refusing:
            LOCK_EX = LOCK_NB = 0

            @staticmethod
            def flock(*_):
                raise OSError(95, "Operation not supported")

        for module in (Refusing, None):
            monkeypatch.setattr(locks, "fcntl", module)
            path = tmp_path / f"{module}.jsonl"
            open_listing(answer)[0].write(path, checkpoint=tmp_path / "note")
            assert ALL == read(path)

    def test_without_a_checkpoint_both_write(self, tmp_path):
        """Each has a part of its own; who is second does not replace the file of the first."""
        path, errors = tmp_path / "rows.jsonl", []

        def write_too(page):
            if page.index == 2:
                open_listing(answer)[0].write(path)

        with pytest.raises(FileExistsError, match="is there already"):
            write(open_listing(answer)[0], path, after_page=write_too)
        assert (ALL, ["rows.jsonl"], []) == (read(path), names(tmp_path), errors)


@posix
class TestRights:
    @pytest.fixture(autouse=True)
    def umask(self):
        before = os.umask(0o027)
        yield
        os.umask(before)

    @pytest.mark.parametrize("name", ["rows.jsonl", "rows.parquet"])
    @pytest.mark.parametrize("has_note", [False, True])
    @pytest.mark.parametrize("mode", [None, 0o604, 0o400])
    def test_are_those_of_any_file(self, tmp_path, name, has_note, mode):
        """A new file has those that the umask leaves, and one that is replaced keeps its own."""
        path = tmp_path / name
        if mode is not None:
            path.touch()
            path.chmod(mode)
        note = tmp_path / "note" if has_note else None
        open_listing(answer)[0].write(path, checkpoint=note, force=True)
        assert (0o640 if mode is None else mode) == path.stat().st_mode & 0o777

    def test_of_the_part(self, tmp_path):
        """Before the file is whole, nobody may read more than afterwards."""
        path, modes = tmp_path / "rows.jsonl", []
        path.touch()
        path.chmod(0o400)

        def look(page):
            modes.extend(each.stat().st_mode & 0o777 for each in tmp_path.iterdir() if each != path)

        write(open_listing(answer)[0], path, force=True, after_page=look)
        assert {0o600} == {*modes}


@posix
class TestWhatIsNoFile:
    @pytest.mark.parametrize("force", [False, True])
    def test_is_not_replaced(self, tmp_path, monkeypatch, force):
        """A pipe stays one, with or without `force`; so does a socket."""
        os.mkfifo(tmp_path / "pipe.jsonl")
        with socket.socket(socket.AF_UNIX) as listening:
            monkeypatch.chdir(tmp_path)  # the name of a socket has to be short
            listening.bind("socket.jsonl")
        for name in ("pipe.jsonl", "socket.jsonl"):
            listing, server = open_listing(answer)
            with pytest.raises(ValueError, match="write on stdout"):
                listing.write(tmp_path / name, force=force)
            assert [] == server.asked
        assert (tmp_path / "pipe.jsonl").is_fifo()


def test_suffixes_in_upper_case(tmp_path):
    """They say the same as in lower case."""
    open_listing(answer)[0].write(tmp_path / "ROWS.JSONL")
    open_listing(answer)[0].write(tmp_path / "Rows.Csv")
    assert ALL == read(tmp_path / "ROWS.JSONL")
    assert b"id" in (tmp_path / "Rows.Csv").read_bytes().splitlines()[0].split(b",")


def test_a_thread_is_another_run(tmp_path):
    """Two threads of a process do not write the same file."""
    if locks.fcntl is None:
        pytest.skip("the system has no flock")
    path, note, errors = tmp_path / "rows.jsonl", tmp_path / "note", []

    def write_too():
        try:
            open_listing(answer)[0].write(path, checkpoint=note)
        except BlockingIOError as error:
            errors.append(error)

    def start(page):
        thread = threading.Thread(target=write_too)
        thread.start()
        thread.join()

    write(open_listing(answer)[0], path, checkpoint=note, after_page=start)
    assert (ALL, PAGES) == (read(path), len(errors))
