"""What a caller may ask for, checked at the call."""

import io
from collections import OrderedDict
from dataclasses import asdict
from datetime import date
from decimal import Decimal

import pytest
from urllib3 import Retry

from requests_paginate import get_all, request_all
from requests_paginate._listing.options import Options, split_options
from requests_paginate.strategies import NextLink, Strategy

URL = "https://api.test/rows"
STRATEGY = NextLink("next")


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("strategy", NextLink, TypeError),
        ("strategy", Strategy, TypeError),
        ("strategy", "next", TypeError),
        ("strategy", "pluggy", TypeError),
        ("strategy", 5, TypeError),
        ("strategy", len, TypeError),
        ("items", 5, TypeError),
        ("items", ["data"], TypeError),
        ("items", b"data", TypeError),
        ("model", 5, TypeError),
        ("model", "Row", TypeError),
        ("max_items", -1, ValueError),
        ("max_items", 1.5, TypeError),
        ("max_items", "5", TypeError),
        ("max_items", True, TypeError),
        ("max_pages", -1, ValueError),
        ("max_pages", 1.5, TypeError),
        ("max_pages", False, TypeError),
        ("prefetch", -1, ValueError),
        ("prefetch", None, TypeError),
        ("prefetch", True, TypeError),
        ("prefetch", 1.5, TypeError),
        ("prefetch", "2", TypeError),
        ("key", 5, TypeError),
        ("key", ["id"], TypeError),
        ("key", b"id", TypeError),
        ("resume", 5, TypeError),
        ("resume", b"token", TypeError),
        ("resume", {}, TypeError),
        ("resume", "no checkpoint", ValueError),
        ("resume", "", ValueError),
        ("retries", -1, ValueError),
        ("retries", 1.5, TypeError),
        ("retries", None, TypeError),
        ("retries", True, TypeError),
        ("retries", "5", TypeError),
        ("timeout", 0, ValueError),
        ("timeout", -1, ValueError),
        ("timeout", "5", TypeError),
        ("timeout", True, TypeError),
        ("timeout", (1, 0), ValueError),
        ("timeout", (1, "x"), TypeError),
        ("timeout", (1, 2, 3), ValueError),
        ("timeout", (1,), ValueError),
        ("timeout", (), ValueError),
        ("timeout", float("nan"), ValueError),
        ("timeout", [1, 2], TypeError),
        ("deadline", 0, ValueError),
        ("deadline", -1, ValueError),
        ("deadline", "5", TypeError),
        ("deadline", True, TypeError),
        ("deadline", float("nan"), ValueError),
        ("max_page_bytes", -1, ValueError),
        ("max_page_bytes", 1.5, TypeError),
        ("max_page_bytes", None, TypeError),
        ("max_page_bytes", "1G", TypeError),
        ("allow_origins", "https://files.test", TypeError),
        ("allow_origins", None, TypeError),
        ("allow_origins", 5, TypeError),
        ("allow_origins", b"https://files.test", TypeError),
        ("allow_origins", (5,), TypeError),
        ("allow_origins", ("files.test",), ValueError),
        ("allow_origins", ("ftp://files.test",), ValueError),
        ("allow_origins", ("https://user:pw@files.test",), ValueError),
        ("pin_origin", 1, TypeError),
        ("pin_origin", "yes", TypeError),
        ("pin_origin", None, TypeError),
        ("decode", 5, TypeError),
        ("decode", "csv", TypeError),
        ("stream", True, TypeError),
        ("stream", False, TypeError),
        ("allow_redirects", False, TypeError),
        ("allow_redirects", True, TypeError),
        ("data", io.BytesIO(b"x"), TypeError),
        ("data", io.StringIO("x"), TypeError),
        ("data", (piece for piece in [b"x"]), TypeError),
        ("data", iter([b"x"]), TypeError),
        ("data", map(str, [1]), TypeError),
        ("files", {"file": io.BytesIO(b"x")}, TypeError),
        ("files", {"file": ("name", io.BytesIO(b"x"))}, TypeError),
        ("files", [("file", io.BytesIO(b"x"))], TypeError),
        ("prefech", 5, TypeError),
        ("no_such_option", 5, TypeError),
    ],
)
def test_wrong_values(name, value, error):
    """A wrong value is refused at the call, before anything is sent, and names the option."""
    with pytest.raises(error) as caught:
        get_all(URL, **{name: value})
    if name not in ("resume", "allow_origins"):
        assert name in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("strategy", STRATEGY),
        ("items", ""),
        ("items", "data.items"),
        ("items", len),
        ("model", dict),
        ("max_items", 0),
        ("max_pages", 10**9),
        ("prefetch", 8),
        ("key", "id"),
        ("key", len),
        ("retries", 0),
        ("retries", Retry(3)),
        ("timeout", 5),
        ("timeout", 0.5),
        ("timeout", None),
        ("timeout", (5, None)),
        ("deadline", None),
        ("deadline", 0.5),
        ("max_page_bytes", 1),
        ("allow_origins", ["https://files.test"]),
        ("allow_origins", {"https://files.test"}),
        ("pin_origin", True),
        ("decode", len),
        ("params", {"a": 1}),
        ("headers", {"a": "b"}),
        ("json", {"a": 1}),
        ("data", "text"),
        ("data", b"bytes"),
        ("data", {"a": 1, "b": ["x", b"y", 1.5, None]}),
        ("data", OrderedDict(a=1)),
        ("data", [("a", "b"), ("a", "c")]),
        ("data", {"from": date(2024, 5, 1), "least": Decimal("1.50")}),
        ("files", {"file": b"bytes"}),
        ("files", {"file": ("name.csv", "text", "text/csv")}),
        ("auth", ("user", "password")),
        ("verify", False),
    ],
)
def test_right_values(name, value):
    """What is right is taken, and nothing is sent."""
    assert 0 == get_all(URL, **{name: value}).stats.requests


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "head"])
def test_methods_without_rows(method):
    """There are no rows in the response to HEAD and OPTIONS."""
    with pytest.raises(ValueError, match="method"):
        request_all(method, URL)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (NextLink, r"write NextLink\(\.\.\.\)"),
        ("pluggy-v2", r"dialects\.PLUGGY_V2"),
        (5, r"NextLink\('next'\), got int"),
    ],
)
def test_a_wrong_strategy_says_what_to_write(value, said):
    """The text says what to write instead."""
    with pytest.raises(TypeError, match=said):
        Options(strategy=value)


def test_defaults():
    """The defaults are those of the table."""
    assert {
        "strategy": None,
        "items": None,
        "model": None,
        "max_items": None,
        "max_pages": None,
        "prefetch": 0,
        "key": None,
        "resume": None,
        "until": None,
        "strict": False,
        "retries": 5,
        "timeout": (10, 60),
        "deadline": 300,
        "max_page_bytes": 64 * 1024 * 1024,
        "allow_origins": (),
        "pin_origin": False,
        "decode": None,
    } == asdict(Options())


def test_options_are_split():
    """The listing's options are taken out, the rest is for the session, untouched."""
    headers = {"a": "b"}
    given = {"max_items": 5, "headers": headers, "strategy": STRATEGY, "verify": False}
    options, rest = split_options(given)
    assert Options(max_items=5, strategy=STRATEGY) == options
    assert {"headers": headers, "verify": False} == rest
    assert rest["headers"] is headers
    assert 4 == len(given)


@pytest.mark.parametrize(
    ("timeout", "expected"),
    [((10, 60), (10, 60)), (5, (5, 5)), (None, (None, None)), ((5, None), (5, None))],
)
def test_timeouts(timeout, expected):
    """One number is both timeouts, as in requests."""
    assert expected == Options(timeout=timeout).timeouts
