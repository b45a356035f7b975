"""Columns that no row has, texts that no CSV can hold, and rows of models of other packages."""

from __future__ import annotations

import csv
import json
from decimal import Decimal

import msgspec
import pydantic
import pytest

from requests_paginate import exceptions
from requests_paginate.export.csv import CSVRows
from requests_paginate.export.jsonl import JSONLines
from tests.unit.export.test_write import names, open_listing, write_csv
from tests.unit.listing.test_merging import number

HALF = "\ud83d"


class TestColumnsThatNoRowHas:
    @pytest.mark.parametrize(
        ("columns", "text"),
        [
            (["id", "typo"], r"no row has 'typo'; there are 'id', 'a', 'm\.n'$"),
            (["a.b"], "no row has 'a.b'"), (["m"], "'m'"), (["ID", "A"], "no row has 'ID', 'A'"),
        ],
    )  # fmt: skip
    def test_are_an_error_at_the_end(self, tmp_path, columns, text):
        """The error names them, and those that there are; no file is left."""
        pages = [[{"id": 1, "a": "x"}], [{"id": 2, "m": {"n": 3}}]]
        with pytest.raises((ValueError, exceptions.MalformedPage), match=text):
            write_csv(tmp_path, *pages, columns=columns)
        assert [] == names(tmp_path)

    def test_may_come_late(self, tmp_path):
        """A column of the last page is one; null is a value that rows have, also for an object."""
        pages = [[{"id": 1, "a": None}], [{"id": 2}], [{"late": "x"}]]
        content, _ = write_csv(tmp_path, *pages, columns=["late", "a.b"])
        assert b"late,a.b\r\n,\r\n,\r\nx,\r\n" == content

    def test_may_have_been_written_before(self, tmp_path):
        """What rows had is known after a resumption."""
        path, note = tmp_path / "rows.csv", tmp_path / "note"

        def answer(query, failing=2):
            page = number(query)
            rows = [{"id": page, "early": 1} if page == 1 else {"id": page}]
            return (
                ({}, {"status": 404})
                if page == failing
                else {"page": page, "pages": 3, "rows": rows}
            )

        with pytest.raises(exceptions.PageFailed):
            open_listing(answer)[0].write(path, checkpoint=note, columns=["early", "id"])
        listing, _ = open_listing(lambda query: answer(query, failing=0))
        listing.write(path, checkpoint=note, columns=["early", "id"])
        assert b"early,id\r\n1,1\r\n,2\r\n,3\r\n" == path.read_bytes()

    def test_are_not_missed_without_rows(self, tmp_path):
        """Where no row came, nothing is said."""
        assert b"" == write_csv(tmp_path, [], columns=["id"])[0]

    def test_are_many(self):
        """Of many others, the first ones are named."""
        form = CSVRows(["typo"])
        form.add([msgspec.Raw(json.dumps({f"c{n}": n for n in range(30)}).encode())])
        with pytest.raises(ValueError, match=r"'c0', .*'c19', \.\.\.$"):
            form.refuse_missing()

    def test_need_one_name(self, tmp_path):
        """An empty list would be a file without a cell."""
        listing, server = open_listing(lambda _: [])
        with pytest.raises(ValueError, match="a name at least"):
            listing.write(tmp_path / "rows.csv", columns=[])
        assert [] == server.asked


class TestHalfOfASurrogatePair:
    @pytest.mark.parametrize(
        ("row", "column"),
        [({"a": HALF}, "a"), ({"a": {"b": f"x{HALF}"}}, "a.b"), ({"a": 1, HALF: 2}, HALF)],
    )
    @pytest.mark.parametrize("columns", [None, "all"])
    def test_is_told_with_its_column(self, tmp_path, row, column, columns):
        """UTF-8 cannot hold it, and CSV has no escapes; no file is left."""
        with pytest.raises(exceptions.MalformedPage) as caught:
            write_csv(tmp_path, [row], columns=columns)
        assert f"half of a surrogate pair at {column!r}" in str(caught.value)
        assert [] == names(tmp_path)

    def test_is_told_with_its_page(self, tmp_path):
        """The error has the place of a page, and leads to it."""
        pages = [[{"a": "x"}], [{"a": "y"}], [{"a": HALF}]]
        with pytest.raises(exceptions.MalformedPage) as caught:
            write_csv(tmp_path, *pages)
        error = caught.value
        assert (2, 2) == (error.page_index, error.items_yielded)
        assert error.page_request is not None
        listing, _ = open_listing(
            lambda query: {"page": number(query), "pages": 3, "rows": pages[number(query) - 1]},
            resume=error.checkpoint,
        )
        assert [{"a": HALF}] == list(listing)

    def test_may_be_in_a_column_left_out(self, tmp_path):
        """The others are written, and their numbers keep their digits."""
        form = CSVRows(["b", "c"])
        row = b'{"a":"\\ud83d","b":1.10,"c":123456789012345678901234567890}'
        assert b"b,c\r\n1.10,123456789012345678901234567890\r\n" == form.add([msgspec.Raw(row)])

    def test_is_an_escape_in_a_list(self, tmp_path):
        """A list is its JSON, which has escapes."""
        content = CSVRows().add([msgspec.Raw(b'{"a":["\\ud83d",{"x":[1.10,null]},"e"]}')])
        (_, (cell,)) = csv.reader(content.decode().splitlines())
        assert '["\\ud83d",{"x":[1.10,null]},"e"]' == cell

    def test_is_an_escape_in_the_json_of_a_model(self):
        """Numbers beside it keep their digits, and JSON in a row stays as it came."""
        model = msgspec.defstruct("Row", [("a", str), ("d", Decimal), ("raw", msgspec.Raw)])
        row = model(HALF, Decimal("1.10"), msgspec.Raw(b"[1.10]"))
        assert b'{"a":"\\ud83d","d":1.10,"raw":[1.10]}\n' == JSONLines().add([row])


class Person(pydantic.BaseModel):
    id: int
    amount: Decimal
    tags: list[str] = []


WITH_JSON = msgspec.defstruct("WithJSON", [("id", int), ("raw", msgspec.Raw)])


class TestModels:
    @pytest.mark.parametrize(
        ("suffix", "expected"),
        [
            ("jsonl", b'{"id":1,"amount":"1.10","tags":["x"]}\n'),
            ("csv", b'id,amount,tags\r\n1,1.10,"[""x""]"\r\n'),
        ],
    )
    def test_of_pydantic(self, tmp_path, suffix, expected):
        """They are written as their own JSON."""
        body = b'{"rows": [{"id": 1, "amount": "1.10", "tags": ["x"]}]}'
        listing, _ = open_listing(lambda _: body, model=Person)
        listing.write(tmp_path / f"rows.{suffix}")
        assert expected == (tmp_path / f"rows.{suffix}").read_bytes()

    @pytest.mark.parametrize(
        ("suffix", "expected"),
        [
            ("jsonl", b'{"id":1,"raw":{"a": 1.10,"b":[2E3]}}\n'),
            ("csv", b"id,raw.a,raw.b\r\n1,1.10,[2E3]\r\n"),
        ],
    )
    def test_that_hold_json(self, tmp_path, suffix, expected):
        """It stays as the server sent it, but on one line."""
        body = b'{"rows": [{"id": 1, "raw": {"a": 1.10,\r\n"b":[2E3]}}]}'
        listing, _ = open_listing(lambda _: body, model=WITH_JSON)
        listing.write(tmp_path / f"rows.{suffix}")
        assert expected == (tmp_path / f"rows.{suffix}").read_bytes()

    def test_that_nothing_can_write(self):
        """The error is that of msgspec."""
        with pytest.raises(TypeError, match="objects of type object is unsupported"):
            JSONLines().add([object()])
