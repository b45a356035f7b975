"""The types of columns by the class of the rows, where the first page has no value."""

from __future__ import annotations

import dataclasses
import enum
import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple, TypedDict

import msgspec
import pyarrow as pa
import pytest

from requests_paginate.export.arrow import open_reader
from requests_paginate.export.model_types import complete_schema
from tests.unit.export.test_arrow import listing_of


class Kind(enum.Enum):
    DEBIT = "debit"
    CREDIT = "credit"


class Level(enum.IntEnum):
    LOW = 1


class Merchant(msgspec.Struct):
    name: str | None = None
    cnae: int | None = None


class Category(msgspec.Struct):
    name: str | None
    parent: Category | None


class Row(msgspec.Struct, rename="camel"):
    id: str
    is_open: bool | None = None
    order_number: int | None = None
    balance: float | None = None
    due: date | None = None
    key: uuid.UUID | None = None
    seal: bytes | None = None
    kind: Kind | None = None
    level: Level | None = None
    way: Literal["in", "out"] | None = None
    limited: Annotated[int, msgspec.Meta(ge=0)] | None = None
    merchant: Merchant | None = None
    merchants: list[Merchant | None] = []
    tags: set[str] | None = None
    numbers: tuple[int, ...] = ()
    category: Category | None = None
    # what the class does not decide
    amount: Decimal | None = None
    time: datetime | None = None
    either: int | str | None = None
    names: dict[str, int] | None = None
    anything: Any = None


MERCHANT = pa.struct([("name", pa.string()), ("cnae", pa.int64())])
EXPECTED = pa.schema(
    [
        ("id", pa.string()), ("isOpen", pa.bool_()), ("orderNumber", pa.int64()),
        ("balance", pa.float64()), ("due", pa.date32()), ("key", pa.string()),
        ("seal", pa.binary()), ("kind", pa.string()), ("level", pa.int64()), ("way", pa.string()),
        ("limited", pa.int64()), ("merchant", MERCHANT), ("merchants", pa.list_(MERCHANT)),
        ("tags", pa.list_(pa.string())), ("numbers", pa.list_(pa.int64())),
        ("category", pa.struct([("name", pa.string()), ("parent", pa.null())])),
        ("amount", pa.null()), ("time", pa.null()), ("either", pa.null()),
        ("names", pa.null()), ("anything", pa.null()),
    ]
)  # fmt: skip


def test_every_type_of_a_field():
    """Each kind of annotation gives its type, or none where it does not decide."""
    assert EXPECTED == complete_schema(pa.schema([]), Row)
    first = pa.schema([(field.name, pa.null()) for field in EXPECTED])
    assert EXPECTED == complete_schema(first, Row)


def test_what_came_stays():
    """A type that a value told is not changed; inside of it nulls are."""
    known = pa.struct([("cnae", pa.null()), ("more", pa.bool_())])
    found = complete_schema(pa.schema([("id", pa.int64()), ("merchant", known)]), Row)
    assert pa.int64() == found.field("id").type
    expected = [("cnae", pa.int64()), ("more", pa.bool_()), ("name", pa.string())]
    assert pa.struct(expected) == found.field("merchant").type


@dataclasses.dataclass
class AsDataclass:
    id: str
    balance: float | None


class AsTypedDict(TypedDict):
    id: str
    balance: float | None


class AsNamedTuple(NamedTuple):
    id: str
    balance: float | None


class AsStruct(msgspec.Struct):
    id: str
    balance: float | None = None


LATER = [[{"id": "a", "balance": None}], [{"id": "b", "balance": 1.5}]]


@pytest.mark.parametrize("model", [AsDataclass, AsTypedDict, AsNamedTuple, AsStruct])
def test_a_value_that_comes_later(model):
    """A column that is null on the first page takes the values of the next ones."""
    expected = [row for page in LATER for row in page]
    assert expected == open_reader(listing_of(*LATER, model=model)).read_all().to_pylist()


@pytest.mark.parametrize("model", [AsDataclass, AsStruct])
def test_a_listing_without_rows(model):
    """It is a table with the columns of the class."""
    table = open_reader(listing_of([], model=model)).read_all()
    assert pa.schema([("id", pa.string()), ("balance", pa.float64())]) == table.schema
    assert 0 == table.num_rows


@pytest.mark.parametrize("model", [None, dict, msgspec.Raw, int, list[int], lambda row: row])
def test_what_tells_nothing(model):
    """Then the first page alone decides."""
    first = pa.schema([("id", pa.null())])
    assert first == complete_schema(first, model)
