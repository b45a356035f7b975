"""The query of Belvo's lists, made of Python values."""

from __future__ import annotations

import enum
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from requests_paginate import get_all
from requests_paginate.providers.belvo_filters import _OPERATORS, filters
from requests_paginate.sandbox import Belvo
from requests_paginate.sandbox.belvo_filters import OPERATORS
from requests_paginate.testing import mount

BRT = timezone(timedelta(hours=-3))
ID = UUID("2259b916-41ec-4dcb-9a01-7865d9c0657e")
D1, D2 = date(2026, 1, 1), date(2026, 1, 31)


class Status(str, enum.Enum):
    """What is text by itself."""

    PENDING = "PENDING"
    BOTH = "PENDING,PROCESSED"


class Color(enum.Enum):
    """What is a text only by its value, or a number."""

    RED = "red"
    ONE = 1
    PAIR = (1, 2)


class Precise(float):
    """A float with a repr of its own, as numpy's has."""

    def __repr__(self):
        return f"np.float64({super().__repr__()})"


VALUES = [
    ("OpenFinance", "OpenFinance"),
    ("a, b & c=d", "a, b & c=d"),
    (True, "true"),
    (False, "false"),
    (0, "0"),
    (-5000, "-5000"),
    (2**70, "1180591620717411303424"),
    (0.1, "0.1"),
    (1e22, "10000000000000000000000"),
    (1e-7, "0.0000001"),
    (Precise(1.5), "1.5"),
    (Decimal("1.10"), "1.10"),
    (Decimal("1E+3"), "1000"),
    (Decimal("-0.00"), "-0.00"),
    (Decimal("12345678901234567.89"), "12345678901234567.89"),
    (Decimal("1E-7"), "0.0000001"),
    (date(2026, 3, 4), "2026-03-04"),
    (datetime(2026, 3, 4, 12, 29, 3), "2026-03-04T12:29:03"),
    (datetime(2026, 3, 4, 12, 29, 3, 374000, BRT), "2026-03-04T12:29:03.374000-03:00"),
    (ID, "2259b916-41ec-4dcb-9a01-7865d9c0657e"),
    (Status.PENDING, "PENDING"),
    (Color.RED, "red"),
    (Color.ONE, "1"),
]


@pytest.mark.parametrize(("value", "text"), VALUES)
def test_one_value(value, text):
    """A value has the text that Belvo reads, alone and after every operator of one value."""
    for name in ("field", "field__gt", "field__lte", "a__b__c__icontains"):
        assert {name: text} == filters(**{name: value})


@pytest.mark.parametrize(
    ("conditions", "query"),
    [
        ({}, {}),
        ({"link": None, "amount__gt": 1}, {"amount__gt": "1"}),
        ({"value_date__range": None, "id__in": None, "fields": None}, {}),
        ({"account__id": "x", "account__link": "y"}, {"account__id": "x", "account__link": "y"}),
        ({"stale_in": "365d", "expires_in": 3}, {"stale_in": "365d", "expires_in": "3"}),
        ({"value_date__range": (D1, D2)}, {"value_date__range": "2026-01-01,2026-01-31"}),
        ({"amount__range": [1, Decimal("5.50")]}, {"amount__range": "1,5.50"}),
        ({"amount__range": "9,10"}, {"amount__range": "9,10"}),
        ({"amount__range": ("-1.5", 10)}, {"amount__range": "-1.5,10"}),
        ({"amount__range": (3, 3)}, {"amount__range": "3,3"}),
        ({"a__range": (D1, datetime(2025, 1, 1))}, {"a__range": "2026-01-01,2025-01-01T00:00:00"}),
        ({"id__in": [ID]}, {"id__in": str(ID)}),
        ({"id__in": ID}, {"id__in": str(ID)}),
        ({"status__in": Status.PENDING}, {"status__in": "PENDING"}),
        ({"day__in": "monday,wednesday"}, {"day__in": "monday,wednesday"}),
        ({"day__in": {"c", "a", "b"}}, {"day__in": "a,b,c"}),
        ({"day__not_in": frozenset({3, 1})}, {"day__not_in": "1,3"}),
        ({"resources__allin": iter(["A", "B"])}, {"resources__allin": "A,B"}),
        ({"n__in": (n for n in range(3))}, {"n__in": "0,1,2"}),
        ({"id__in": {"b": 1, "a": 2}.keys()}, {"id__in": "a,b"}),
        ({"fields": ["id", "balance"]}, {"fields": "id,balance"}),
        ({"fields": "id,balance"}, {"fields": "id,balance"}),
        ({"omit": ("account",)}, {"omit": "account"}),
        ({"omit": {"b", "a"}}, {"omit": "a,b"}),
    ],
)
def test_queries(conditions, query):
    """Conditions become the parameters of a query, in their order."""
    assert list(query.items()) == list(filters(**conditions).items())


@pytest.mark.parametrize(
    ("conditions", "error", "words"),
    [
        # an operator that is none
        ({"amount__gtt": 1}, ValueError, "amount__gt= or amount__gte=; if that is a field, write"),
        ({"amount__gtt": 1}, ValueError, "params directly: {**filters(...), 'amount__gtt': ...}"),
        ({"amount__lteq": 1}, ValueError, "write amount__lte="),
        ({"amount__etg": 1, "amount__egt": 1}, ValueError, "amount__egt: egt is no operator"),
        ({"a__b__rnage": (1, 2)}, ValueError, "write a__b__range="),
        ({"a__rang": (1, 2)}, ValueError, "write a__range="),
        ({"a__ranges": (1, 2)}, ValueError, "write a__range="),
        ({"a__contains": "x"}, ValueError, "write a__icontains="),
        ({"a__all_in": "x"}, ValueError, "write a__allin="),
        ({"a__notin": "x"}, ValueError, "write a__not_in="),
        ({"a__inn": "x"}, ValueError, "write a__in="),
        ({"a__GTE": 1}, ValueError, "write a__gte="),
        ({"a__In": 1}, ValueError, "write a__in="),
        ({"a___gt": 1}, ValueError, "write a__gt="),
        ({"a__eq": 1}, ValueError, "write a="),
        ({"a__exact": 1}, ValueError, "write a="),
        ({"a__ge": 1}, ValueError, "write a__gte="),
        ({"a__between": (1, 2)}, ValueError, "write a__range="),
        ({"amount_gte": 1}, ValueError, "two underscores, amount__gte=; if that is a field"),
        ({"account__amount_lt": 1}, ValueError, "two underscores, account__amount__lt="),
        ({"a__gtt": None}, ValueError, "a__gt="),  # a wrong name stays wrong
        # no field, or more than one operator
        ({"__gt": 1}, ValueError, "expected a field before the operator"),
        ({"in": [1]}, ValueError, "expected a field before the operator"),
        ({"range": (1, 2)}, ValueError, "expected a field before the operator"),
        ({"amount__": 1}, ValueError, "expected a field before the operator"),
        ({"a____gt": 1}, ValueError, "expected a field before the operator"),
        ({"amount__gt__x": 1}, ValueError, "gt is in the middle"),
        ({"amount__range__in": "1,2"}, ValueError, "range is in the middle"),
        ({"account.type": "x"}, ValueError, "two underscores, account__type"),
        # ranges
        ({"a__range": D1}, ValueError, "two ends, (first, last), got 1"),
        ({"a__range": ()}, ValueError, "got 0"),
        ({"a__range": (D1, D2, D2)}, ValueError, "got 3"),
        ({"a__range": "1"}, ValueError, "got 1"),
        ({"a__range": "1,2,3"}, ValueError, "got 3"),
        ({"a__range": (D1, None)}, ValueError, "a__range: expected values, got None"),
        ({"a__range": ("", "2026-01-01")}, ValueError, "a__range: expected a value, got an empty"),
        ({"a__range": "2026-01-01,"}, ValueError, "got an empty text"),
        ({"a__range": {D1, D2}}, ValueError, "got set, without order"),
        ({"a__range": (D2, D1)}, ValueError, "the last end is before the first"),
        ({"a__range": "2026-01-31,2026-01-01"}, ValueError, "the last end is before the first"),
        ({"a__range": (10, 9.5)}, ValueError, "the last end is before the first"),
        ({"a__range": "10,9"}, ValueError, "the last end is before the first"),
        ({"a__range": (Decimal(10), "9")}, ValueError, "the last end is before the first"),
        ({"a__range": (datetime(2026, 1, 2), datetime(2026, 1, 1))}, ValueError, "before"),
        ({"value_date__gte": datetime(2026, 1, 2)}, ValueError, "write value.date()"),
        ({"value_date": datetime(2026, 1, 2)}, ValueError, "expected a date"),
        ({"account__due_date__range": (D1, datetime(2027, 1, 1))}, ValueError, "is a day"),
        # nothing, or what would count as two
        ({"a__in": []}, ValueError, "a__in: expected one value or more, got none"),
        ({"a__in": iter(())}, ValueError, "got none"),
        ({"fields": set()}, ValueError, "fields: expected one value or more"),
        ({"link": ""}, ValueError, "link: expected a value, got an empty text"),
        ({"link": "  "}, ValueError, "got an empty text"),
        ({"a__in": ""}, ValueError, "got an empty text"),
        ({"a__in": "a,,b"}, ValueError, "got an empty text"),
        ({"a__in": ["a", None]}, ValueError, "got None among them"),
        ({"a__in": ["a", ""]}, ValueError, "got an empty text"),
        ({"a__in": {"a,b"}}, ValueError, "a value has a comma"),
        ({"a__not_in": ["secret,name"]}, ValueError, "a value has a comma"),
        ({"a__in": [Status.BOTH]}, ValueError, "a value has a comma"),
        ({"omit": ["a,b"]}, ValueError, "omit: a value has a comma"),
        # a list where Belvo reads one value
        ({"id": [ID]}, ValueError, "id: expected one value, got list; write id__in="),
        ({"id": (ID,)}, ValueError, "got tuple; write id__in="),
        ({"id": {ID}}, ValueError, "got set; write id__in="),
        ({"a__b": iter([1])}, ValueError, "write a__b__in="),
        ({"amount__gt": [1]}, ValueError, "write amount__in="),
        ({"name__icontains": ["a"]}, ValueError, "write name__in="),
        # names of fields
        ({"fields": ["account__id"]}, ValueError, "fields of the first level"),
        ({"omit": "account.id"}, ValueError, "fields of the first level"),
        ({"fields": ["id", None]}, ValueError, "got None"),
        ({"fields": [1]}, TypeError, "fields: expected names of fields, got int"),
        # values without a text
        ({"a": float("nan")}, ValueError, "a: expected a number, got one that is not finite"),
        ({"a__gt": float("-inf")}, ValueError, "not finite"),
        ({"a": Decimal("NaN")}, ValueError, "not finite"),
        ({"a": Decimal("sNaN")}, ValueError, "not finite"),
        ({"a__range": (1, float("inf"))}, ValueError, "not finite"),
        ({"a": Decimal("1E+999999")}, ValueError, "at most 1000 digits"),
        ({"a": Decimal("1E-999999")}, ValueError, "at most 1000 digits"),
        ({"a": object()}, TypeError, "a: expected text, a number, a date"),
        ({"a": b"x"}, TypeError, "got bytes"),
        ({"a": {"b": 1}}, TypeError, "got dict"),
        ({"a__in": {"b": 1}}, TypeError, "got dict"),
        ({"a__in": [["b"]]}, TypeError, "got list"),
        ({"a__in": b"ab"}, TypeError, "got bytes"),
        ({"a": timedelta(1)}, TypeError, "got timedelta"),
        ({"a": Color.PAIR}, TypeError, "got tuple"),
    ],
)
def test_refusals(conditions, error, words):
    """What would not filter as it says is an error that names the parameter and the way on."""
    with pytest.raises(error) as raised:
        filters(**conditions)
    assert words in str(raised.value)
    assert any(str(raised.value).startswith(f"{name}: ") for name in conditions)


PRIVATE = [["ana.lima", None], ["ana.lima,x"], ["ana.lima", ""], {"ana.lima": 1}]


@pytest.mark.parametrize("value", PRIVATE)
@pytest.mark.parametrize("name", ["a__range", "a__in", "a", "fields"])
def test_messages_hold_no_value(value, name):
    """A message may be logged, so no value is in it."""
    with pytest.raises((ValueError, TypeError)) as raised:
        filters(**{name: value})
    assert "ana" not in str(raised.value)


def test_the_operators_are_those_of_the_sandbox():
    """Both know the same operators; equality has no name in a query."""
    assert {*OPERATORS} - {"exact"} == {*_OPERATORS}


EDITS = sorted(
    {
        (edited, operator)
        for operator in _OPERATORS
        for place in range(len(operator) + 1)
        for edited in (
            operator[:place] + "x" + operator[place:],
            operator[:place] + operator[place + 1 :],
            operator[:place] + "x" + operator[place + 1 :],
            operator[:place] + operator[place : place + 2][::-1] + operator[place + 2 :],
        )
        if len(edited) >= 3 and edited not in _OPERATORS
    }
)


@pytest.mark.parametrize(("edited", "operator"), EDITS)
def test_every_edit_is_seen(edited, operator):
    """An operator with one character more, less or else, or with two swapped, is named."""
    with pytest.raises(ValueError, match=f"a__{operator}="):
        filters(**{f"a__{edited}": 1})


# Of Belvo's description: nested fields that its lists are filtered by, and others of rows.
NESTED = """
    account__balance__available account__balance__current account__id account__link
    balance__automatically_invested balance__blocked credit_card_data__bill_name
    customer__identifier customer__type holder__type institution__name institution__type
    merchant__logo merchant__merchant_name transaction__type
""".split()


@pytest.mark.parametrize("name", NESTED)
def test_fields_of_belvo_are_no_typos(name):
    """A nested field of Belvo's own is equality, and no operator with a typo."""
    assert {name: "x"} == filters(**{name: "x"})


scalars = st.one_of(
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(allow_nan=False, allow_infinity=False, places=4),
    st.dates(),
    st.datetimes(),
    st.uuids(),
    st.text(st.characters(exclude_characters=",", exclude_categories=["Cs"]), min_size=1).filter(
        str.strip
    ),
    st.booleans(),
)
READERS = {
    bool: {"true": True, "false": False}.__getitem__,
    int: int,
    float: float,
    Decimal: Decimal,
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
    UUID: UUID,
    str: str,
}


@given(st.lists(scalars, min_size=1))
def test_a_list_reads_back(values):
    """What a query says is what was meant, whatever the values."""
    texts = filters(a__in=values)["a__in"].split(",")
    read = [READERS[type(value)](text) for value, text in zip(values, texts, strict=True)]
    assert values == read
    assert not any("e" in text.lower() for value, text in zip(values, texts, strict=True)
                   if isinstance(value, (float, Decimal)))  # fmt: skip


@pytest.fixture(scope="module")
def belvo():
    """A Belvo with a few transactions, whose rows are made once."""
    return Belvo(transactions=250)


def list_rows(belvo, mock, resource, **conditions):
    """The rows of one list of the sandbox, through every page."""
    mount(belvo, "https://sandbox.belvo.com", mock)
    query = {"page_size": 60, **filters(**conditions)}
    url = f"https://sandbox.belvo.com/api/{resource}/"
    return list(get_all(url, params=query, auth=(belvo.secret_id, belvo.secret_password)))


DAY = date(2026, 2, 20)


@pytest.mark.parametrize(
    ("conditions", "passes"),
    [
        ({"status": "PENDING"}, lambda row: row["status"] == "PENDING"),
        ({"amount__gt": 500}, lambda row: row["amount"] > 500),
        ({"amount__gte": Decimal("87.42")}, lambda row: row["amount"] >= 87.42),
        ({"amount__lt": 500.5}, lambda row: row["amount"] < 500.5),
        ({"amount__lte": Decimal("87.42")}, lambda row: row["amount"] <= 87.42),
        ({"amount__range": (100, 200)}, lambda row: 100 <= row["amount"] <= 200),
        (
            {"value_date__range": (DAY, DAY + timedelta(3))},
            lambda row: "2026-02-20" <= row["value_date"] <= "2026-02-23",
        ),
        (
            {"value_date__gte": DAY, "amount__lt": 300},
            lambda row: row["value_date"] >= "2026-02-20" and row["amount"] < 300,
        ),
        (
            {"account__balance__current__gt": Decimal("1520.11")},
            lambda row: row["account"]["balance"]["current"] > 1520.11,
        ),
        ({"category__in": {"Transfers", "?"}}, lambda row: row["category"] == "Transfers"),
        ({"category__not_in": ["Transfers"]}, lambda row: row["category"] != "Transfers"),
        ({"description__icontains": "sol"}, lambda row: "sol" in row["description"].lower()),
    ],
)
def test_the_sandbox_filters_alike(belvo, conditions, passes):
    """The rows that Belvo's sandbox lists are those that pass in Python: some, and not all."""
    rows = belvo.transaction_rows(belvo.link_ids[0])
    expected = [row for row in rows if passes(row)]
    assert 0 < len(expected) < len(rows)
    with responses.mock:
        assert expected == list_rows(
            belvo, responses.mock, "transactions", link=belvo.link_ids[0], **conditions
        )


def test_the_sandbox_selects_fields_alike(belvo):
    """`fields` keeps and `omit` drops fields of every row; ids and lists of resources filter."""
    first, second, *_ = rows = belvo.account_rows()
    with responses.mock:
        ask = lambda **conditions: list_rows(belvo, responses.mock, "accounts", **conditions)  # noqa: E731
        ids = [second["id"], first["id"]]
        assert [first, second] == ask(id__in=ids)
        assert [{"id": first["id"], "balance": first["balance"]}] == ask(
            id=first["id"], fields=["id", "balance"]
        )
        lean = {name: value for name, value in first.items() if name not in ("balance", "name")}
        assert [lean] == ask(id__in=first["id"], omit=["balance", "name"])
        assert len(rows) == len(ask(institution__name="ofmockbank_br_retail"))
        links = list_rows(belvo, responses.mock, "links", fetch_resources__allin=["ACCOUNTS"])
        assert list(belvo.link_rows()) == links
