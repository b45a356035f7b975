"""Rows that are written into files: what the files hold, and when they are there."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from decimal import Decimal
from importlib import import_module

import msgspec
import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from requests_paginate import exceptions, get_all
from requests_paginate.export import write
from requests_paginate.export.csv import CSVRows
from requests_paginate.export.jsonl import JSONLines
from requests_paginate.providers import PluggySession
from requests_paginate.sandbox import Pluggy
from requests_paginate.testing import mount
from tests.unit.listing.test_merging import URL, Server, number, rows

zstd = import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")


def open_listing(answer, **options):
    """A listing of what a server answers, and the server."""
    server = Server(answer)
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", server)
    return get_all(URL, session=session, retries=0, **options), server


def numbered(query, pages=3):
    page = number(query)
    return {"page": page, "pages": pages, "rows": rows(page)}


def names(folder):
    """What is in a folder."""
    return sorted(path.name for path in folder.iterdir())


def read(path):
    """The rows of a file of JSON lines, compressed or not."""
    opener = {".gz": gzip.open, ".zst": zstd.open}.get(path.suffix, open)
    with opener(path, "rb") as lines:
        return [json.loads(line) for line in lines]


ALL = rows(1) + rows(2) + rows(3)


@pytest.mark.parametrize("suffix", ["jsonl", "jsonl.gz", "jsonl.zst"])
@pytest.mark.parametrize("prefetch", [0, 3])
def test_lines(tmp_path, suffix, prefetch):
    """Each row is a line, in order; nothing else is left in the folder."""
    path = tmp_path / f"rows.{suffix}"
    listing, _ = open_listing(numbered, prefetch=prefetch)
    assert listing.write(path) is None
    assert ALL == read(path)
    assert [path.name] == names(tmp_path)
    assert (True, 6) == (listing.complete, listing.stats.items)


ODD = (
    b'{"n": 123456789012345678901234567890, "d":1.10,\n "e":1E+2, "a":1,"a":2,'
    b'\r\n\t"s":"\\n\xc3\xa9"}'
)


def test_lines_are_the_bytes_that_came(tmp_path):
    """No number, escape or order of names is written anew; line breaks are taken out of a row."""

    def answer(query):
        onward = b"null" if number(query) == 3 else b'"?page=%d"' % (number(query) + 1)
        return b'{"next": %b, "rows": [\n%b,\n%b\n]}' % (onward, ODD, b'{"id":%d}' % number(query))

    listing, _ = open_listing(answer)
    listing.write(tmp_path / "rows.jsonl")
    lines = (tmp_path / "rows.jsonl").read_bytes().splitlines()
    assert [ODD.replace(b"\n", b"").replace(b"\r", b"")] * 3 == lines[::2]
    assert [b'{"id":1}', b'{"id":2}', b'{"id":3}'] == lines[1::2]


@pytest.mark.parametrize(
    "options",
    [
        {"key": "id"}, {"max_items": 6}, {"items": "rows"}, {"items": lambda body: body["rows"]},
        {"decode": json.loads}, {"model": dict}, {"model": msgspec.Raw},
        {"model": msgspec.defstruct("Row", [("id", int)])}, {"model": lambda row: row},
    ],
    ids=" ".join,
)  # fmt: skip
def test_every_kind_of_listing_is_written(tmp_path, options):
    """Where rows have to be decoded, they are written as JSON all the same."""
    listing, _ = open_listing(numbered, **options)
    listing.write(tmp_path / "rows.jsonl")
    assert ALL == read(tmp_path / "rows.jsonl")


def test_a_key_drops_rows_that_were_seen(tmp_path):
    """With `key=` repeated rows are not written."""

    def answer(query):
        page = numbered(query)
        before = rows(page["page"] - 1)[-1:] if page["page"] > 1 else []
        return {**page, "rows": [*before, *page["rows"]]}

    listing, _ = open_listing(answer, key="id")
    listing.write(tmp_path / "rows.jsonl")
    assert ALL == read(tmp_path / "rows.jsonl")
    assert 2 == listing.stats.duplicates_dropped


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], b""),
        ([{"a": Decimal("1.10")}, [1, None]], b'{"a":1.10}\n[1,null]\n'),
        (["é"], '"é"\n'.encode()),
        (["é", {"a": [1, "\ud800"]}], '"é"\n{"a":[1,"\\ud800"]}\n'.encode()),
    ],
)
def test_rows_are_lines(rows, expected):
    """Each row is one line of JSON, in ASCII only where UTF-8 cannot hold one."""
    assert expected == JSONLines().add(rows)


def test_a_listing_that_was_read_is_not_written(tmp_path):
    """Nothing is left of it: a file that is there is not replaced by an empty one."""
    path = tmp_path / "rows.jsonl"
    path.write_text("of before")
    listing, _ = open_listing(numbered)
    assert ALL == list(listing)
    with pytest.raises(ValueError, match="all 6 rows of this listing were read before"):
        listing.write(path, force=True)
    assert (["rows.jsonl"], "of before") == (names(tmp_path), path.read_text())


def test_after_a_doubtful_end_the_next_call_begins_anew(tmp_path):
    """To go on from that end would tell the same for ever, and ask for nothing."""
    path, note = tmp_path / "rows.jsonl", tmp_path / "note"
    for count in (100, 100, 99):
        listing, server = open_listing(
            lambda _, count=count: [{"id": n} for n in range(count)], strict=True
        )
        if count == 100:
            with pytest.raises(exceptions.InconsistentListing):
                listing.write(path, checkpoint=note)
            assert [] == names(tmp_path)
        else:
            listing.write(path, checkpoint=note)
        assert 1 == len(server.asked)
    assert 99 == len(path.read_text().splitlines())


@pytest.mark.parametrize("taken", [0, 1, 2, 3, 5])
def test_the_rows_that_are_left_are_written(tmp_path, taken):
    """After some rows were taken, the others are written, as they came."""
    listing, _ = open_listing(
        lambda q: json.dumps(numbered(q)).replace("}", ', "d": 1.10}').encode()
    )
    for _ in range(taken):
        next(listing)
    listing.write(tmp_path / "rows.jsonl")
    assert [row["id"] for row in ALL[taken:]] == [
        row["id"] for row in read(tmp_path / "rows.jsonl")
    ]
    assert (6 - taken) == (tmp_path / "rows.jsonl").read_bytes().count(b"1.10")


def test_a_chain_of_listings_is_written(tmp_path):
    """So many ids that they are asked for in parts: one file."""
    pluggy = Pluggy(transactions=1200, accounts=1)
    account = pluggy.account_ids[0]
    ids = [row["id"] for row in pluggy.transaction_rows(account)]
    with responses_of(pluggy) as session:
        listing = session.get_all("/v2/transactions", params={"accountId": account, "ids": ids})
        listing.write(tmp_path / "rows.jsonl")
    assert sorted(ids) == sorted(row["id"] for row in read(tmp_path / "rows.jsonl"))


def responses_of(pluggy):
    session = PluggySession(pluggy.client_id, pluggy.client_secret)
    session.mount("https://", Mounted(pluggy))
    session.auth._session = session_of_auth = requests.Session()
    session_of_auth.mount("https://", Mounted(pluggy))
    return session


class Mounted(requests.adapters.HTTPAdapter):
    """Answers as a dialect does."""

    def __init__(self, dialect):
        super().__init__()
        self.dialect = dialect

    def send(self, request, *args, **options):
        import responses

        with responses.RequestsMock() as mock:
            mount(self.dialect, "https://api.pluggy.ai", mock)
            return super().send(request, *args, **options)


class TestWhatIsNotWhole:
    def test_a_failed_page_leaves_nothing(self, tmp_path):
        """No file and no part of one is left; the error is that of the listing."""
        listing, _ = open_listing(
            lambda q: ({}, {"status": 404}) if number(q) == 3 else numbered(q)
        )
        with pytest.raises(exceptions.PageFailed) as caught:
            listing.write(tmp_path / "rows.jsonl")
        assert ([], 4) == (names(tmp_path), caught.value.items_yielded)

    def test_a_doubt_is_told(self, tmp_path):
        """A doubtful end is told, and the file is there; with `strict` it is not."""
        hundred = [{"id": number} for number in range(100)]
        listing, _ = open_listing(lambda _: hundred)
        with pytest.warns(exceptions.PossiblyTruncated):
            listing.write(tmp_path / "rows.jsonl")
        assert hundred == read(tmp_path / "rows.jsonl")
        listing, _ = open_listing(lambda _: hundred, strict=True)
        with pytest.raises(exceptions.PaginationError):
            listing.write(tmp_path / "strict.jsonl")
        assert ["rows.jsonl"] == names(tmp_path)

    def test_a_file_that_is_there_stays(self, tmp_path):
        """It is replaced only by `force`, and only when the new one is whole."""
        path = tmp_path / "rows.jsonl"
        path.write_text("old")
        listing, server = open_listing(numbered)
        with pytest.raises(FileExistsError, match="force=True"):
            listing.write(path)
        assert [] == server.asked
        broken, _ = open_listing(lambda q: ({}, {"status": 404}) if number(q) == 2 else numbered(q))
        with pytest.raises(exceptions.PageFailed):
            broken.write(path, force=True)
        assert "old" == path.read_text()
        listing.write(path, force=True)
        assert ALL == read(path)

    def test_what_a_link_leads_to_is_replaced(self, tmp_path):
        """A symbolic link stays one."""
        (tmp_path / "target.jsonl").write_text("old")
        (tmp_path / "link.jsonl").symlink_to("target.jsonl")
        listing, _ = open_listing(numbered)
        listing.write(tmp_path / "link.jsonl", force=True)
        assert (tmp_path / "link.jsonl").is_symlink()
        assert ALL == read(tmp_path / "target.jsonl")

    @pytest.mark.parametrize(
        ("name", "options", "error", "text"),
        [
            ("rows.txt", {}, ValueError, ".jsonl.gz"), ("rows", {}, ValueError, ".csv"),
            ("rows.xlsx", {}, ValueError, "rows.xlsx"),
            ("nowhere/rows.jsonl", {}, FileNotFoundError, "no directory"),
            ("folder.jsonl", {}, IsADirectoryError, "is a directory"),
            ("rows.jsonl", {"columns": ["id"]}, ValueError, "a CSV file has columns"),
            ("rows.csv", {"columns": "id"}, TypeError, "'all'"),
            ("rows.csv", {"columns": [1]}, TypeError, "names"),
        ],
    )  # fmt: skip
    def test_mistakes_are_told_before_a_request(self, tmp_path, name, options, error, text):
        """Each says what was wrong, and nothing was sent or written."""
        (tmp_path / "folder.jsonl").mkdir()
        listing, server = open_listing(numbered)
        with pytest.raises(error, match=text):
            listing.write(tmp_path / name, **options)
        assert ([], ["folder.jsonl"]) == (server.asked, names(tmp_path))

    def test_a_package_that_is_missing_is_named(self, tmp_path, monkeypatch):
        """Without zstandard the error says what to install."""
        monkeypatch.setitem(sys.modules, "backports.zstd", None)
        monkeypatch.setitem(sys.modules, "compression.zstd", None)
        listing, _ = open_listing(numbered)
        with pytest.raises(ImportError, match=r"requests-paginate\[zstd\]"):
            listing.write(tmp_path / "rows.jsonl.zst")

    def test_a_full_disk_leaves_nothing(self, tmp_path, monkeypatch):
        """An error of the disk is raised as it is, and the part is removed."""

        def write_nothing(self, content):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("requests_paginate.export.files.Output.write", write_nothing)
        listing, _ = open_listing(numbered)
        with pytest.raises(OSError, match="No space left"):
            listing.write(tmp_path / "rows.jsonl")
        assert [] == names(tmp_path)


def write_csv(tmp_path, *pages, **options):
    """What the rows of some pages are as CSV: the bytes, and as a reader finds them."""

    def answer(query):
        return {"page": number(query), "pages": len(pages), "rows": pages[number(query) - 1]}

    path = tmp_path / "rows.csv"
    listing, _ = open_listing(answer)
    listing.write(path, **options)
    with path.open(newline="", encoding="utf-8") as lines:
        return path.read_bytes(), list(csv.DictReader(lines))


class TestCSV:
    def test_fields_become_columns(self, tmp_path):
        """Objects are flattened, lists are JSON, null is empty, flags are as in JSON."""
        row = {
            "id": 1, "balance": {"current": 1.5, "of": {"x": None}}, "tags": ["a", 1.5, {"b": 0}],
            "ok": True, "no": False, "none": None, "empty": {}, "text": 'a "b", c\nd',
            "big": 10**30,
        }  # fmt: skip
        content, read_back = write_csv(tmp_path, [row, {**row, "id": 2}])
        expected = {
            "id": "1", "balance.current": "1.5", "balance.of.x": "", "tags": '["a",1.5,{"b":0}]',
            "ok": "true", "no": "false", "none": "", "text": 'a "b", c\nd', "big": str(10**30),
        }  # fmt: skip
        assert [expected, {**expected, "id": "2"}] == read_back
        assert content.startswith(b"id,balance.current,balance.of.x,tags,ok,no,none,text,big\r\n")

    def test_numbers_keep_their_digits(self, tmp_path):
        """1.10 is 1.10, in a cell and in a list."""
        body = b'{"rows": [{"a": 1.10, "b": [1.10, 1E+2], "c": -0.0, "d": 12345678901234567.89}]}'
        listing, _ = open_listing(lambda _: body)
        listing.write(tmp_path / "rows.csv")
        assert (
            b'1.10,"[1.10,1E+2]",-0.0,12345678901234567.89\r\n'
            in (tmp_path / "rows.csv").read_bytes()
        )

    def test_a_column_that_comes_later_raises(self, tmp_path):
        """It is named, and no file is left; null needs no column."""
        with pytest.raises(exceptions.MalformedPage, match=r"'late'.*columns=\"all\""):
            write_csv(tmp_path, [{"id": 1}], [{"id": 2, "late": "x"}])
        assert [] == names(tmp_path)
        assert ["1", "2"] == [
            r["id"] for r in write_csv(tmp_path, [{"id": 1}], [{"id": 2, "late": None}])[1]
        ]

    def test_all_columns_take_two_passes(self, tmp_path):
        """With `columns="all"` every row has every column, in the order in which they came."""
        pages = [[{"id": 1, "m": None}], [{"id": 2, "late": "x"}, {"m": {"n": 3}}]]
        content, _ = write_csv(tmp_path, *pages, columns="all")
        assert b"id,m.n,late\r\n1,,\r\n2,,x\r\n,3,\r\n" == content
        assert ["rows.csv"] == names(tmp_path)

    def test_given_columns(self, tmp_path):
        """They come in the order given; other fields are left out, and missing ones are empty."""
        rows = [{"id": 1, "a": {"b": 2}, "c": 3}, {"id": 2, "x": 4, "y": None}]
        content, _ = write_csv(tmp_path, rows, columns=["a.b", "x", "id", "y.z"])
        assert b"a.b,x,id,y.z\r\n2,,1,\r\n,4,2,\r\n" == content

    @pytest.mark.parametrize("first", [{"a": "text"}, {"a": {"b": 1}}, {"a": None}])
    def test_a_given_column_that_is_an_object_raises(self, tmp_path, first):
        """Its cells would be empty without a word; the error names a field of it."""
        with pytest.raises(exceptions.MalformedPage, match=r"an object at 'a'.*'a.b'"):
            write_csv(tmp_path, [first], [{"a": {"b": 2}}], columns=["a"])
        assert [] == names(tmp_path)

    def test_a_resumed_file_knows_its_lists(self):
        """A column of lists takes no text after a resumption, as without one."""
        begun, resumed = CSVRows(), CSVRows()
        begun.add([msgspec.Raw(b'{"a":[1]}')])
        resumed.resume(json.loads(json.dumps(begun.state)))
        with pytest.raises(exceptions.MalformedPage, match=r"a list at 'a'.*got a string"):
            resumed.add([msgspec.Raw(b'{"a":"x"}')])

    @pytest.mark.parametrize(
        ("pages", "text"),
        [
            ([[{"a": [1]}, {"a": "x"}]], "a list at 'a'.*got a string"),
            ([[{"a": [1]}], [{"a": "x"}]], "a list at 'a'.*got a string"),
            ([[{"a": "x"}], [{"a": [1]}]], "no list at 'a'"),
            ([[{"a": {"b": 1}}, {"a": 1.5}]], "an object at 'a'.*got a (?:number|string)"),
            ([[{"a": {"b": 1}}], [{"a": 1}]], "'a'"),
            ([["text"]], "objects, got a string"), ([[1]], "objects, got a number"),
            ([[{"a.b": 1, "a": {"b": 2}}]], "two fields.*'a.b'"),
        ],
    )  # fmt: skip
    def test_rows_that_fit_no_columns(self, tmp_path, pages, text):
        """A row that is no object, or a column of two kinds, is told; no file is left."""
        with pytest.raises(exceptions.MalformedPage, match=text):
            write_csv(tmp_path, *pages)
        assert [] == names(tmp_path)

    def test_one_column(self, tmp_path):
        """An empty cell alone is no empty line, which would be no row."""
        assert b'a\r\n""\r\nx\r\n' == write_csv(tmp_path, [{"a": None}, {"a": "x"}])[0]

    def test_rows_of_a_model(self, tmp_path):
        """A Struct's fields are columns."""
        model = msgspec.defstruct("Row", [("id", int), ("amount", Decimal)])
        body = {"rows": [{"id": 1, "amount": "1.10", "other": 2}]}
        listing, _ = open_listing(lambda _: body, model=model)
        write(listing, tmp_path / "rows.csv")
        assert b"id,amount\r\n1,1.10\r\n" == (tmp_path / "rows.csv").read_bytes()

    @given(
        st.lists(
            st.fixed_dictionaries(
                {},
                optional={n: st.none() | st.text() | st.integers() | st.booleans() for n in "abc,"},
            ),
            min_size=1,
        )
    )
    def test_a_reader_finds_what_was_written(self, given_rows):
        """Whatever is in a cell, Python's own reader reads it as it was."""
        columns = sorted({name for row in given_rows for name in row})
        raw = [msgspec.Raw(msgspec.json.encode(row)) for row in given_rows]
        content = CSVRows(columns).add(raw).decode() if columns else ""
        expected = [[write_cell(row.get(name)) for name in columns] for row in given_rows]
        read_back = [*csv.reader(io.StringIO(content, newline=""))]
        assert ([columns, *expected] if columns else []) == read_back


def write_cell(value):
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
