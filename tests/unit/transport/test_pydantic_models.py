"""Rows as models of pydantic."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

import pydantic
import pytest
from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from requests_paginate._transport.typed_rows import has_decimals, make_row_converter
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
