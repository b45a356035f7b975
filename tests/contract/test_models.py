"""Every kind of model, on every way that rows come."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple, TypedDict

import msgspec
import pydantic
import pytest
import responses

from requests_paginate import PaginatedSession, dialects, exceptions

attrs = pytest.importorskip("attrs")

URL = "https://api.test/rows"
PAGES = [
    '{"data":{"rows":[{"id":1,"amount":1.10,"x":0},{"id":2,"amount":12345678901234567.89}]},"next":"?page=2"}',
    '{"data":{"rows":[{"id":3,"amount":0.1}]},"next":null}',
]
ROWS = [(1, Decimal("1.10")), (2, Decimal("12345678901234567.89")), (3, Decimal("0.1"))]


class AStruct(msgspec.Struct):
    id: int
    amount: Decimal


@dataclass
class ADataclass:
    id: int
    amount: Decimal


@attrs.define
class AnAttrs:
    id: int
    amount: Decimal


class ATypedDict(TypedDict):
    id: int
    amount: Decimal


class ANamedTuple(NamedTuple):
    id: int
    amount: Decimal


class APydantic(pydantic.BaseModel):
    id: int
    amount: Decimal


def exactly(text: bytes | str) -> Any:
    return json.loads(text, parse_float=Decimal)


def by_attribute(row: Any) -> Any:
    return row.id, row.amount


def by_name(row: Any) -> Any:
    return row["id"], row["amount"]


# Each model, and how its rows are read.
MODELS = {
    "Struct": (AStruct, by_attribute),
    "dataclass": (ADataclass, by_attribute),
    "attrs": (AnAttrs, by_attribute),
    "TypedDict": (ATypedDict, by_name),
    "NamedTuple": (ANamedTuple, by_attribute),
    "pydantic": (APydantic, by_attribute),
    "Raw": (msgspec.Raw, lambda row: by_name(exactly(bytes(row)))),
}
# The ways that the rows of a page are found and decoded.
WAYS: dict[str, dict[str, Any]] = {
    "detected": {"items": "data.rows"},
    "given": {"strategy": dialects.DJANGO_REST.reading("data.rows")},
    "callable": {"items": lambda body: body["data"]["rows"]},
    "decode": {"items": "data.rows", "decode": exactly},
    "prefetch": {"items": "data.rows", "prefetch": 2},
    "key": {"items": "data.rows", "key": repr},
}


def list_all(model: Any, pages: list[str] = PAGES, **options: Any) -> list[Any]:
    """The rows of pages, as a model."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for number, text in enumerate(pages, 1):
            asked = {} if number == 1 else {"page": str(number)}
            match = [responses.matchers.query_param_matcher(asked)]
            mock.get(URL, body=text, content_type="application/json", match=match)
        return list(PaginatedSession().get_all(URL, model=model, retries=0, **options))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("model", MODELS)
def test_every_model_gets_every_row(model, way):
    """The rows are the model's, in order, with exact amounts; unknown fields are ignored."""
    kind, read = MODELS[model]
    rows = list_all(kind, **WAYS[way])
    assert ROWS == list(map(read, rows))
    if kind is not ATypedDict:
        assert {kind} == set(map(type, rows))


@pytest.mark.parametrize("way", WAYS)
def test_a_callable_gets_plain_rows(way):
    """What a callable returns for a row of JSON is handed out."""
    assert [1, 2, 3] == list_all(lambda row: row["id"], **WAYS[way])


@pytest.mark.parametrize("way", WAYS)
def test_a_named_tuple_takes_rows_that_are_lists(way):
    """Its fields are then the elements of a row, in their order."""
    pages = ['{"data":{"rows":[[1,1.10],[2,12345678901234567.89]]},"next":null}']
    assert ROWS[:2] == list_all(ANamedTuple, pages, **WAYS[way])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("model", [name for name in MODELS if name != "Raw"])
def test_a_wrong_type_is_named_by_its_path(model, way):
    """The error has the path from the body's root and the types, and never the value."""
    row = '{"id":"secret-value","amount":1}'
    pages = [f'{{"data":{{"rows":[{{"id":1,"amount":1}},{row}]}},"next":null}}']
    with pytest.raises(exceptions.MalformedPage) as caught:
        list_all(MODELS[model][0], pages, **WAYS[way])
    where = "rows[1].id" if way == "callable" else "data.rows[1].id"
    assert (True, False) == (f"`{where}`" in str(caught.value), "secret" in str(caught.value))


def test_a_named_tuple_has_defaults():
    """A field with a default may be missing, in an object as in a list; others may not."""

    class Row(NamedTuple):
        id: int
        tags: list[str] = []  # noqa: RUF012 - as users write it
        note: str | None = None

    for rows in ('[{"id":1}]', "[[1]]"):
        pages = [f'{{"data":{{"rows":{rows}}},"next":null}}']
        assert [Row(1, [], None)] == list_all(Row, pages, items="data.rows")
    with pytest.raises(exceptions.MalformedPage, match=r"data\.rows"):
        list_all(Row, ['{"data":{"rows":[{"note":"x"}]},"next":null}'], items="data.rows")
