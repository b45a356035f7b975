"""Rows straight into models: what comes out is what converting the rows would have given."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import pickle
import re
from collections import namedtuple
from datetime import date
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Annotated, Literal, NamedTuple, TypedDict, Union

import msgspec
import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from requests_paginate import Page, exceptions, get_all, strategies
from requests_paginate._listing.fingerprint import mark_page
from requests_paginate._transport.json_body import decode_json
from requests_paginate._transport.typed_rows import RowDecoder, TypedRows, make_row_converter
from requests_paginate.exceptions import MalformedPage
from tests.loopback import LoopbackServer, http


class Payment(msgspec.Struct):
    """A row, of which more fields come than it has."""

    id: int
    amount: Decimal = Decimal(0)
    date: dt.date | None = None


@dataclasses.dataclass
class Data:
    """The same as a dataclass."""

    id: int


class Typed(TypedDict):
    """The same as a TypedDict."""

    id: int


def pages(*rows_of_pages, **around):
    """Pages of rows, given as JSON texts, linked one after the other."""
    count = len(rows_of_pages)
    return [
        http(
            json.dumps({"next": f"?page={n + 2}" if n + 1 < count else None, **around, "data": []})
            .replace('"data": []', f'"data": {rows}')
            .encode()
        )
        for n, rows in enumerate(rows_of_pages)
    ]


def listed(answers, **options):
    with LoopbackServer(answers) as server, requests.Session() as session:
        return list(get_all(server.url, session=session, **options))


ROWS = [
    f'[{{"id": {n}, "amount": 1.10, "extra": "é", "date": "2026-01-0{n}"}}]' for n in range(1, 6)
]


@pytest.mark.parametrize("prefetch", [0, 2])
@pytest.mark.parametrize("strategy", [None, strategies.NextLink("next", items="data")])
def test_every_page_is_of_the_model(strategy, prefetch):
    """From the first page to the last a row is the model's, a Decimal with the digits that came."""
    expected = [Payment(n, Decimal("1.10"), dt.date(2026, 1, n)) for n in range(1, 6)]
    rows = listed(pages(*ROWS), model=Payment, strategy=strategy, prefetch=prefetch)
    assert expected == rows
    assert {"1.10"} == {str(row.amount) for row in rows}


@pytest.mark.parametrize("model", [Payment, Data, Typed, dict[str, object], lambda row: row["id"]])
def test_models_of_any_kind(model):
    """What a page's rows become does not depend on how they were decoded."""
    convert = make_row_converter(model)
    plain = [f'[{{"id": {n}}}]' for n in range(5)]
    assert convert([{"id": n} for n in range(5)]) == listed(pages(*plain), model=model)


@pytest.mark.parametrize("rows", ['[{"id": "x"}]', "[5]", '[{"amount": 1}]', "[null]"])
@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_row_that_does_not_fit(rows, place):
    """On any page it is MalformedPage, after all rows before it, and another model goes on."""
    texts = [*ROWS[:place], rows, *ROWS[place + 1 :]]
    answers = pages(*texts)[: place + 1]
    with LoopbackServer([*answers, answers[-1]]) as server:
        with requests.Session() as session:
            listing, got = get_all(server.url, session=session, model=Payment), []
            words = "does not fit the model|no row like those beside it"
            with pytest.raises(exceptions.MalformedPage, match=words) as caught:
                for row in listing:
                    got.append(row.id)
            assert [*range(1, place + 1)] == got
            assert caught.value.response is not None
            resumed = get_all(server.url, session=session, resume=caught.value.checkpoint)
            assert json.loads(rows)[0] == next(resumed)


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbf%s", b'{"data": null, "next": null, "count": 0}', b"[]", b"{}", b"5", b"<html>",
        b'{"next": null, "data": {"id": 1}}', b'{"next": null}', b'{"data": [{"id": 1}], "next": 5}',
    ],
)  # fmt: skip
def test_another_body_than_expected_is_read_as_without_a_model(body):
    """What the decoder of rows does not know is decoded and judged in the usual way."""
    last = body.replace(b"%s", b'{"data": [{"id": 4}], "next": null}')
    third = http({"data": [{"id": 3}], "next": "?page=4"})
    answers = [*pages(*ROWS[:3])[:2], third, http(last)]

    def outcome(**options):
        try:
            rows = listed(answers, strategy=strategies.NextLink("next", items="data"), **options)
        except exceptions.PaginationError as error:
            return type(error), re.sub(r":\d+/", "/", str(error))  # each server has its own port
        return [row["id"] if isinstance(row, dict) else row.id for row in rows]

    assert outcome() == outcome(model=Payment)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(deadline=None, derandomize=True)
@given(
    st.dictionaries(st.sampled_from(["data", "next", "meta", "a.b", ""]), JSON),
    st.lists(JSON, max_size=4),
)
def test_a_body_with_typed_rows_is_the_body(body, rows):
    """Around the rows everything is as it came, and so is what a page is known by."""
    content = json.dumps({**body, "data": rows}).encode()
    found = RowDecoder(object, "data").decode_body(content)
    assert decode_json(content) == found
    if isinstance(found["data"], TypedRows):
        assert mark_page(rows, ()) == mark_page(found["data"], ())


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("", [{"id": 1}]), ("data", {"data": [{"id": 1}]}), ("a.b", {"a": {"b": [{"id": 1}], "c": 1}, "d": [2]}),
    ],
)  # fmt: skip
def test_paths_lead_to_typed_rows(path, body):
    """Rows may be the body, or stand below some objects."""
    decoder = RowDecoder(Payment, path)
    assert [Payment(1)] == decoder.decode_rows(json.dumps(body).encode())
    assert [Payment(1)] == pickle.loads(pickle.dumps(decoder)).decode_rows(
        json.dumps(body).encode()
    )


@pytest.mark.parametrize(
    ("path", "body"),
    [("a.b", {"a.b": [{"id": 1}]}), ("data.0", {"data": [[{"id": 1}]]}), ("x", {})],
)
def test_other_paths_are_left_to_others(path, body):
    """Names with dots and places in lists are read in the usual way."""
    assert RowDecoder(Payment, path).decode_rows(json.dumps(body).encode()) is None


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("a.b", {"a.b": [{"id": 1}], "a": {"b": [{"id": 2}]}}),
        ("a.b", {"a": {"b": [{"id": 2}]}, "a.b": [{"id": 1}]}),
        ("a.b", {"a.b": 5, "a": {"b": [{"id": 2}]}}),
        ("a.b.c", {"a.b": {"c": [{"id": 1}]}, "a": {"b": {"c": [{"id": 2}]}}}),
        ("a.b.c", {"a": {"b.c": [{"id": 1}], "b": {"c": [{"id": 2}]}}}),
    ],
)
def test_a_name_with_dots_comes_before_the_path_that_it_looks_like(path, body):
    """As without a model; what stands at the other place are not the rows."""
    assert None is RowDecoder(Payment, path).decode_body(json.dumps(body).encode())


@pytest.mark.parametrize("path", ["", "data"])
@pytest.mark.parametrize(
    "broken", [b'"x": "\xff"', b'"\xffid": 7', b'"x": {"y": ["\xc3"]}', b'"x": "\xed\xa0\x80"']
)
def test_bytes_that_are_no_characters_are_seen_wherever_they_stand(path, broken):
    """Also where the model does not look, since a name that was damaged would be one not given."""
    whole = b'[{"id": 1}, {"id": 2, "x": "\xc3\xa9"}, {"id": 3}]'
    damaged = whole.replace(b'"x": "\xc3\xa9"', broken)
    for rows, expected in [(whole, [Payment(1), Payment(2), Payment(3)]), (damaged, None)]:
        content = rows if not path else b'{"data": %b, "next": null}' % rows
        assert expected == RowDecoder(Payment, path).decode_rows(content)


def test_rows_that_a_model_makes_equal_are_data():
    """Pages that differ only in what the model leaves out are no page served twice."""

    class Currency(msgspec.Struct):
        currency: str

    texts = [f'[{{"currency": "BRL", "id": {n}}}]' for n in range(5)]

    def answer(number, _):
        return http(b'{"items": %s, "total": 5}' % texts[number].encode())

    strategy = strategies.Offset("offset", total="total", items="items")
    assert [Currency("BRL")] * 5 == listed(answer, model=Currency, strategy=strategy)


def test_a_page_served_twice_is_found_out_under_a_model():
    """The same page again raises, also where its rows were decoded into the model."""
    answers = [
        *pages(*ROWS)[:3],
        http({"next": "?page=9", "data": [{"id": 9}]}),
        *pages(*ROWS)[2:3],
    ]
    with pytest.raises(exceptions.InconsistentListing):
        listed(answers, model=Payment)


def test_strategies_that_look_into_rows_get_them_as_they_came():
    """A last row's id is read before the row becomes the model, and so is a strategy's own look."""

    class Own(strategies.Strategy):
        def next(self, page: Page):
            assert all(isinstance(row, dict) for row in page.items)
            last = page.items[-1]["id"]
            return None if last == 4 else page.request.with_param("after", last)

    class Short(msgspec.Struct):
        amount: int

    answers = [http({"data": [{"id": n, "amount": n}], "has_more": n < 4}) for n in range(5)]
    last = strategies.LastItem("after", key="id", more="has_more", items="data")
    for strategy in (last, Own()):
        assert [Short(n) for n in range(5)] == listed(answers, model=Short, strategy=strategy)


def test_a_listing_with_a_model_pickles_on_the_way():
    """A typed listing goes on after pickling, with the model."""
    with LoopbackServer(pages(*ROWS)) as server, requests.Session() as session:
        listing = get_all(server.url, session=session, model=Payment)
        got = [next(listing) for _ in range(3)]
        got += pickle.loads(pickle.dumps(listing))
        assert [1, 2, 3, 4, 5] == [row.id for row in got]


def test_a_resumed_listing_knows_its_page_by_the_rows_as_they_came():
    """A token from typed rows fits untyped ones, and the other way round, with no word of changes."""
    for first, second in [({"model": Payment}, {}), ({}, {"model": Payment})]:
        two = [f"[{ROWS[n][1:-1]}, {ROWS[n][1:-1]}]" for n in range(4)]
        with LoopbackServer(pages(*two) + pages(*two)[3:]) as server, requests.Session() as session:
            listing = get_all(server.url, session=session, **first)
            got = [next(listing) for _ in range(7)]
            got += get_all(server.url, session=session, resume=listing.checkpoint(), **second)
            assert 8 == len(got)


TEXTS = st.sampled_from(["", "id", '{"id":', "]", "[", '"results":[', "],", 'a"b', "\\", "ã"])
VALUES = st.recursive(
    st.none() | st.integers(0, 9) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(TEXTS | st.just("results"), inner, max_size=2)
        | st.fixed_dictionaries({"id": inner})
    ),
    max_leaves=6,
)
OBJECTS = st.builds(
    lambda first, rest: {**first, **rest},
    st.fixed_dictionaries({"id": VALUES}),
    st.dictionaries(TEXTS, VALUES, max_size=3),
)


@settings(max_examples=400)
@given(
    rows=st.lists(OBJECTS, max_size=4) | st.lists(VALUES, max_size=4),
    before=st.dictionaries(TEXTS, VALUES, max_size=2),
    after=st.dictionaries(TEXTS, VALUES, max_size=2),
    path=st.sampled_from(["results", "data.results", "id", ""]),
    indent=st.sampled_from([None, 1]),
    is_ascii=st.booleans(),
)
def test_rows_that_are_cut_out_are_those_that_are_there(
    rows, before, after, path, indent, is_ascii
):
    """Whatever stands in rows and around them, body, rows and ends are those of the whole."""
    body = rows
    for name in reversed(path.split(".") if path else []):
        body = {**before, name: body, **after}
    content = json.dumps(body, indent=indent, ensure_ascii=is_ascii).encode()
    decoder = RowDecoder(dict, path)
    expected = json.loads(content)
    there = all(isinstance(row, dict) for row in rows) and not (after.keys() & {*path.split(".")})
    for _ in range(2):
        found = decoder.decode_body(content)
        if there:
            assert expected == found
            assert [rows[0], rows[-1]] == list(decoder.decode_rows(content).ends) if rows else True
        elif found is not None:
            assert expected == found


@pytest.mark.parametrize("around", ['"results": null', '"results": {"id": 1}', '"other": 1'])
def test_a_list_of_the_same_name_elsewhere_is_not_cut_out(around):
    """Only the list at the path holds the rows, though another of its name is the last list."""
    content = f'{{"included": {{"results": [{{"id": 1}}]}}, {around}}}'.encode()
    assert None is RowDecoder(Payment, "results").decode_body(content)
    assert None is RowDecoder(Payment, "").decode_body(content)


@pytest.mark.parametrize("filling", ["[0]", "[1]"])
def test_the_filling_of_the_gap_is_not_taken_for_one(filling):
    """A body that holds at the path what is put in place of a list elsewhere is read as it is."""
    content = f'{{"r\\u006fws": {filling}, "x": {{"rows": [{{"id": 1}}]}}}}'.encode()
    found = RowDecoder(Payment | int, "rows").decode_body(content)
    assert {"rows": json.loads(filling), "x": {"rows": [{"id": 1}]}} == found


@pytest.mark.parametrize("path", ["", "rows"])
def test_blanks_cost_no_time(path):
    """A megabyte of blanks and no list: in quadratic time this would take half an hour."""
    blanks = " " * 1_000_000
    content = f'{{"error": "{blanks}", "rows"{blanks}: {blanks}"none"}}'.encode()
    assert None is RowDecoder(Payment, path).decode_body(content)


class Kind(Enum):
    """How money moves."""

    DEBIT = "debit"


class Struct(msgspec.Struct):
    id: int
    day: date | None = None
    kind: Kind = Kind.DEBIT
    level: Literal[1, 2] = 1
    side: Literal["in", "out"] = "in"
    amount: Annotated[Decimal, msgspec.Meta()] = Decimal(0)
    code: Annotated[str, msgspec.Meta(pattern="^[a-z]*$", max_length=9)] = ""
    checked: int = 0

    def __post_init__(self):
        if self.checked:
            raise ValueError(f"bad number {self.checked}")


@dataclasses.dataclass
class Data:
    id: int
    day: date | None = None


class Typed(TypedDict, total=False):
    id: int
    day: date


class Named(NamedTuple):
    id: int
    day: date


class Cat(msgspec.Struct, tag=1):
    name: str


class Dog(msgspec.Struct, tag=2):
    name: str


DAY = date(2024, 5, 1)
ROW = {"id": 7, "day": "2024-05-01", "unknown": [1]}


@pytest.mark.parametrize(
    ("model", "rows", "expected"),
    [
        (Struct, [ROW], [Struct(7, DAY)]),
        (Data, [ROW, {"id": 8}], [Data(7, DAY), Data(8)]),
        (Typed, [ROW], [{"id": 7, "day": DAY}]),
        (Named, [[7, "2024-05-01"]], [Named(7, DAY)]),
        (dict, [ROW], [ROW]),
        (dict[str, int], [{"a": 1}], [{"a": 1}]),
        (list[int], [[1]], [[1]]),
        (Cat | Dog, [{"type": 2, "name": "x"}], [Dog("x")]),
        (Struct | None, [ROW, None], [Struct(7, DAY), None]),
        (str, [7], ["7"]),
        (Decimal, ["1.10"], [Decimal("1.10")]),
        (lambda row: row["id"] * 2, [ROW], [14]),
        (Struct, [], []),
    ],
)
def test_models(model, rows, expected):
    """Rows become what the caller names: types that msgspec knows, or what a callable makes."""
    assert expected == make_row_converter(model)(rows)


def test_no_model():
    """Without a model there is nothing to convert."""
    assert make_row_converter(None) is None


def test_attrs_models():
    """Classes made with attrs are models too."""
    attr = pytest.importorskip("attr")
    model = attr.make_class("Row", {"id": attr.ib(type=int)})
    assert [model(7)] == make_row_converter(model)([ROW])


@pytest.mark.parametrize("model", [5, "Struct", b"x", ["id"], {"id": int}, True])
def test_no_models(model):
    """What is neither type nor callable is refused at once."""
    with pytest.raises(TypeError, match="model"):
        make_row_converter(model)


def test_types_that_cannot_be_converted_to():
    """A type with a field of no known type is refused at once, before a page is asked for."""
    model = msgspec.defstruct("Model", [("x", int | Struct | Data)])
    with pytest.raises(TypeError):
        make_row_converter(model)


SECRET = "s3'c\"r3t`x"


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"id": "s3c"},
        {"id": 1.5},
        {"id": None},
        {"id": 7, "kind": "s3c"},
        {"id": 7, "kind": SECRET},
        {"id": 7, "level": 987654},
        {"id": 7, "side": "s3c"},
        {"id": 7, "side": SECRET},
        {"id": 7, "day": "s3c"},
        {"id": 7, "amount": "s3c"},
        {"id": 7, "code": "S3C"},
        {"id": 7, "code": "987654 is too long"},
        {"id": 7, "checked": 987654},
        {"type": 987654, "name": "x"},
        [7],
        "s3c",
        987654,
        None,
    ],
)
@pytest.mark.parametrize("model", [Struct, Union[Cat, Dog]], ids=["struct", "union"])  # noqa: UP007
def test_rows_that_do_not_fit(model, row):
    """A row that does not fit is malformed; the text says where, and shows none of its values."""
    converter = make_row_converter(model)
    with pytest.raises(MalformedPage, match=r"\$\[1\]") as caught:
        converter([{"id": 1, "type": 1, "name": "x"}, row])
    for hidden in ("s3c", "S3C", "s3'", "r3t", "987654", "1.5"):
        assert hidden not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_what_a_callable_raises_passes():
    """An error of the caller's own callable is the caller's."""
    with pytest.raises(KeyError):
        make_row_converter(lambda row: row["id"])([{}])


def test_named_tuples_of_the_old_kind():
    """A namedtuple without types is a model for rows that are lists."""
    row = namedtuple("row", "id name")
    assert [row(1, "x")] == make_row_converter(row)([[1, "x"]])


class Level(IntEnum):
    """A name in a row that is a number."""

    LOW = 1
    HIGH = 2


BY_NUMBER = '[{"id": 1, "by": {"1": "a"}}, {"id": 2, "by": {"2": "b"}}]'
WAYS = {
    "a path": {"items": "data"},
    "a callable": {"items": lambda body: body["data"]},
    "decode": {"items": "data", "decode": msgspec.json.decode},
    "both": {"items": lambda body: body["data"], "decode": json.loads, "prefetch": 2},
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("key", [int, Level, Literal[1, 2], str, date])
def test_names_that_are_no_texts(key, way):
    """JSON has only texts for names; the model decides what they are, however rows are read."""
    model = msgspec.defstruct("Row", [("id", int), ("by", dict[key, str])])
    shown = BY_NUMBER.replace('"1"', '"2026-01-01"').replace('"2"', '"2026-01-02"')
    text = shown if key is date else BY_NUMBER
    with LoopbackServer(pages("[]", text)) as server, requests.Session() as session:
        got = list(get_all(server.url, session=session, model=model, **WAYS[way]))
    assert msgspec.json.decode(text, type=list[model]) == got


def test_a_name_that_does_not_fit():
    """The error is that of the rows as they came."""
    convert = make_row_converter(msgspec.defstruct("Row", [("by", dict[int, str])]))
    assert {5: "a"} == convert([{"by": {5: "a"}}])[0].by
    with pytest.raises(MalformedPage, match="a row does not fit the model"):
        convert([{"by": {"x": "a"}}])


RAW = [
    '[{"id": 1, "v": 0.10, "n": 12345678901234567890},{"id":2,"v":1e3}]',
    '[{"id": 3}, {"id":4}]',
]


@pytest.mark.parametrize("prefetch", [0, 2])
def test_rows_as_the_json_that_came(prefetch):
    """`model=msgspec.Raw` gives the bytes of each row, for a queue or a file."""
    with LoopbackServer(pages(*RAW)) as server, requests.Session() as session:
        options = {"session": session, "model": msgspec.Raw, "prefetch": prefetch}
        got = list(get_all(server.url, items="data", **options))
        expected = msgspec.json.decode(RAW[0], type=list[msgspec.Raw])
        assert [bytes(row) for row in expected] == [bytes(row) for row in got[:2]]
        assert [b'{"id": 3}', b'{"id":4}'] == [bytes(row) for row in got[2:]]


def test_rows_without_their_own_bytes_as_json():
    """Where a callable makes the rows, they are written as JSON again."""
    (row,) = make_row_converter(msgspec.Raw)([{"id": 1, "v": 0.1}])
    assert (msgspec.Raw, {"id": 1, "v": 0.1}) == (type(row), json.loads(bytes(row)))
