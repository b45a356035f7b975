"""Rows as models of pydantic."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Generic, Literal, NamedTuple, TypeVar
from uuid import UUID

import msgspec
import pydantic
import pytest
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, field_validator
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from requests_paginate._transport.typed_rows import has_decimals, make_row_converter
from requests_paginate.dialects import BELVO
from requests_paginate.exceptions import MalformedPage
from tests.two_pages import listing_of, serving

SECRET = "s3cr3t"


class Party(BaseModel):
    name: str


class Row(BaseModel):
    id: int
    amount: Decimal = Decimal(0)
    day: date | None = None
    kind: Literal["in", "out"] = "in"
    parties: list[Party] = []

    @field_validator("kind")
    @classmethod
    def known(cls, value: str) -> str:
        if value == "out":
            raise ValueError(f"{value} of {SECRET}")
        return value


@pytest.mark.parametrize("prefetch", [0, 3])
def test_rows_are_validated(prefetch):
    """Types are converted as pydantic does, and what is unknown is left out."""

    def answer(query):
        first = "3" if query else "1"
        found = [{"id": first, "day": "2026-01-31", "x": 1}, {"id": 2, "parties": [{"name": "a"}]}]
        return {"results": found, "next": None if query else "?page=2"}

    with serving(answer):
        first, second, *others = listing_of(model=Row, prefetch=prefetch)
    assert (Row(id=1, day=date(2026, 1, 31)), Row(id=2, parties=[Party(name="a")])) == (
        first,
        second,
    )
    assert 2 == len(others)


@pytest.mark.parametrize(
    ("row", "path", "words"),
    [
        ({"id": SECRET}, "$[1].id", "valid integer"),
        ({}, "$[1].id", "required"),
        ({"id": 1, "day": SECRET}, "$[1].day", "valid date"),
        ({"id": 1, "kind": SECRET}, "$[1].kind", "'in' or 'out'"),
        ({"id": 1, "kind": "out"}, "$[1].kind", "value_error"),
        ({"id": 1, "parties": [{"name": "a"}, {"name": 5}]}, "$[1].parties[1].name", "string"),
        ([SECRET], "$[1]", "valid dictionary"),
    ],
)
def test_rows_that_do_not_fit(row, path, words):
    """The error says where and what was expected, and never the value."""
    with pytest.raises(MalformedPage) as caught:
        make_row_converter(Row)([{"id": 1}, row])
    text = str(caught.value)
    assert f"`{path}`" in text
    assert words in text
    assert SECRET not in text


class Cat(BaseModel):
    type: Literal["cat"]


class Dog(BaseModel):
    type: Literal["dog"]
    age: int = 0


class Owner(BaseModel):
    pet: Annotated[Cat | Dog, Field(discriminator="type")] | None = None
    iban: str = ""
    id: UUID | None = None

    @field_validator("iban")
    @classmethod
    def known(cls, value: str) -> str:
        if value:
            raise PydanticCustomError("iban", "bad IBAN {value}", {"value": value})
        return value


@pytest.mark.parametrize("row", [{"pet": {"type": SECRET}}, {"iban": SECRET}, {"id": SECRET}])
def test_no_error_shows_a_value(row):
    """Texts of pydantic and of the model that hold values are left out; the kind is told."""
    with pytest.raises(MalformedPage) as caught:
        make_row_converter(Owner)([row])
    assert not any(piece in str(caught.value) for piece in (SECRET, SECRET[:1] + "`"))
    assert "`$[0]." in str(caught.value)


@pydantic.dataclasses.dataclass
class Account:
    id: int
    name: Annotated[str, Field(max_length=3)] = Field(alias="accountName", default="none")
    tags: list[str] = Field(default_factory=list)
    amount: Decimal = Decimal(0)


def test_a_dataclass_of_pydantic_is_validated_by_pydantic():
    """Its names, defaults and limits count, and its amounts keep their digits."""
    convert = make_row_converter(Account)
    assert [Account(id=1, accountName="abc")] == convert([{"id": "1", "accountName": "abc"}])
    assert [] == convert([{"id": 1}])[0].tags
    with pytest.raises(MalformedPage, match="at most 3 characters"):
        convert([{"id": 1, "accountName": "abcd"}])
    assert has_decimals(Account)


class Later(BaseModel):
    model_config = ConfigDict(defer_build=True)
    amount: Decimal


def test_a_model_that_is_not_built_yet_keeps_digits():
    """Whether it has Decimals is not known, so all digits are kept."""
    assert has_decimals(Later)
    assert not has_decimals(Cat)


# Types that hold models ---------------------------------------------------------------------------

T = TypeVar("T")


class Box(BaseModel, Generic[T]):
    value: T


@dataclass
class Sale:
    party: Party
    amount: Decimal = Decimal(0)
    next: Sale | None = None


class Pair(NamedTuple):
    party: Party
    number: int


class Named(TypedDict):
    party: Party


A, B = Party(name="a"), Party(name="b")
OF_A = {"name": "a"}


@pytest.mark.parametrize(
    ("model", "row", "expected"),
    [
        (list[Party], [OF_A, {"name": "b"}], [A, B]),
        (dict[str, Party], {"x": OF_A}, {"x": A}),
        (Party | None, OF_A, A),
        (Party | None, None, None),
        (Annotated[Cat | Dog, Field(discriminator="type")], {"type": "dog"}, Dog(type="dog")),
        (Annotated[int, Field(ge=1)], "5", 5),
        (TypeAdapter(Party), OF_A, A),
        (TypeAdapter(list[Party]), [OF_A], [A]),
        (Box[Party], {"value": OF_A}, Box[Party](value=A)),
        (Sale, {"party": OF_A, "next": {"party": OF_A}, "x": 1}, Sale(A, next=Sale(A))),
        (Pair, [OF_A, 1], Pair(A, 1)),
        (Named, {"party": OF_A, "x": 1}, {"party": A}),
    ],
)
def test_types_that_hold_models_are_validated_by_pydantic(model, row, expected):
    """Lists, unions, adapters, and classes of others with fields that are models."""
    assert [expected] == make_row_converter(model)([row])


def test_rows_that_are_lists(tmp_path):
    """They become lists of models, from every page, and go into files."""

    def answer(query):
        return {"results": [[OF_A], []], "next": None if query else "?page=2"}

    with serving(answer):
        assert [[A], [], [A], []] == list(listing_of(model=list[Party], strategy=BELVO))
        listing_of(model=list[Party], strategy=BELVO).write(tmp_path / "rows.jsonl")
    assert '[{"name":"a"}]\n[]\n' * 2 == (tmp_path / "rows.jsonl").read_text()


@pytest.mark.parametrize(
    ("model", "row", "path"),
    [
        (list[Party], [OF_A, {"name": 5}], "$[0][1].name"),
        (Sale, {"party": OF_A, "next": {"party": {"name": 5}}}, "$[0].next.party.name"),
        (TypeAdapter(Party), {"name": 5}, "$[0].name"),
    ],
)
def test_what_does_not_fit_inside_of_another_type(model, row, path):
    """The error has the path in the row, from the outside."""
    with pytest.raises(MalformedPage) as caught:
        make_row_converter(model)([row])
    assert f"a row does not fit the model: Input should be a valid string - at `{path}`" == str(
        caught.value
    )


def test_amounts_inside_of_another_type_keep_their_digits():
    """Where a model stands in a list, a union or a dataclass."""
    assert has_decimals(list[Row])
    assert has_decimals(TypeAdapter(Row | None))
    assert has_decimals(Sale)
    assert not has_decimals(list[Party])


class Order(msgspec.Struct):
    party: Party


@pytest.mark.parametrize("model", [Order, list[Order], Order | Party])
def test_a_struct_that_holds_a_model_is_refused_at_the_call(model):
    """Neither library reads both; the error says which types would do."""
    with pytest.raises(TypeError, match="Make it a BaseModel, a dataclass, a NamedTuple"):
        make_row_converter(model)


def test_a_callable_stays_one():
    """A class is called with the row where pydantic knows it only as the type of a field."""

    class Money:
        @classmethod
        def __get_pydantic_core_schema__(cls, *_: Any) -> Any:
            raise AssertionError

        def __init__(self, row: Any) -> None:
            self.row = row

    assert [1] == [each.row for each in make_row_converter(Money)([1])]


# Strict models ------------------------------------------------------------------------------------


class Colour(enum.Enum):
    RED = "red"


class Strict(BaseModel):
    model_config = ConfigDict(strict=True)
    id: int
    day: date | None = None
    colour: Colour | None = None
    key: UUID | None = None
    pair: tuple[int, int] | None = None
    rate: float = 0


class StrictAmount(Strict):
    amount: Decimal
    anything: Any = None


KEY = "12345678-1234-5678-1234-567812345678"


@pytest.mark.parametrize("model", [Strict, list[Strict], Strict | None])
def test_a_strict_model_takes_what_json_can_say(model):
    """Dates, enums and UUIDs are texts in JSON, and tuples lists."""
    row = {"id": 1, "day": "2026-01-31", "colour": "red", "key": KEY, "pair": [1, 2]}
    expected = Strict(id=1, day=date(2026, 1, 31), colour=Colour.RED, key=UUID(KEY), pair=(1, 2))
    is_list = model == list[Strict]
    assert [[expected] if is_list else expected] == make_row_converter(model)(
        [[row] if is_list else row]
    )


@pytest.mark.parametrize("model", [Strict, StrictAmount])
@pytest.mark.parametrize(("row", "path"), [({"id": "777"}, "id"), ({"id": 1, "day": 777}, "day")])
def test_a_strict_model_takes_nothing_else(model, row, path):
    """No number is read from a text; the error says where, and never the value."""
    with pytest.raises(MalformedPage) as caught:
        make_row_converter(model)([{**row, "amount": Decimal(1)}])
    assert f"`$[0].{path}" in str(caught.value)
    assert "777" not in str(caught.value)


@pytest.mark.parametrize("amount", ["1.10", "12345678901234567890.123456789012345678901", "5"])
def test_amounts_of_a_strict_model_keep_their_digits(amount):
    """The rows' own Decimals are taken, since pydantic reads numbers of JSON as floats."""
    row = {"id": 1, "amount": Decimal(amount), "rate": Decimal("1.5"), "day": "2026-01-31"}
    (found,) = make_row_converter(StrictAmount)([{**row, "anything": Decimal("1.50")}])
    assert (amount, "1.50", 1.5) == (str(found.amount), str(found.anything), found.rate)
    assert date(2026, 1, 31) == found.day


def test_a_strict_field_counts():
    """Also where the model itself is not strict."""

    class Mixed(BaseModel):
        day: Annotated[date, Field(strict=True)]
        number: int

    convert = make_row_converter(Mixed)
    assert [Mixed(day=date(2026, 1, 31), number=1)] == convert(
        [{"day": "2026-01-31", "number": "1"}]
    )


def test_rows_that_are_no_json_are_validated_as_they_are():
    """What decode= or items= gives may be any object."""
    marker = object()
    convert = make_row_converter(StrictAmount)
    row = {"id": 1, "amount": Decimal(1), "anything": marker}
    assert marker is convert([row])[0].anything


@dataclass
class Node:
    id: int
    parent: Node | None = None


def test_classes_without_models_are_read_by_msgspec():
    """Also one that holds itself: it takes no text for a number, as pydantic does."""
    convert = make_row_converter(Node)
    assert [Node(1, Node(2))] == convert([{"id": 1, "parent": {"id": 2}}])
    with pytest.raises(MalformedPage, match="Expected `int`, got `str`"):
        convert([{"id": "1"}])
