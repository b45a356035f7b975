"""The fault matrix: byte-exact answers, and how a listing of them must go."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter

from requests_paginate import exceptions, get_all
from requests_paginate.strategies import NextLink
from tests.loopback import http

ROWS = [{"id": number} for number in range(6)]
LINKS = NextLink("next", items="results", total="count")
IN_VAIN = 5, 60  # how long to wait for a page that does not come; see `Impatient`


def body(number, **changes):
    """One of three pages of two rows, as Belvo and Pluggy write them at once."""
    page = {
        "count": 6, "next": f"?page={number + 1}" if number < 3 else None,
        "total": 6, "totalPages": 3, "page": number, "results": ROWS[2 * number - 2 : 2 * number],
    }  # fmt: skip
    page.update(changes)
    return {name: value for name, value in page.items() if value is not LEFT_OUT}


LEFT_OUT = object()


class Pages:
    """Answers the three pages; one of them with faults, as long as they last or until mended.

    Args:
        faults: The answers to the requests of the faulty page, in order; the last one stays.
        number: The faulty page.
        lasting: Whether the last fault stays; else good pages follow.
    """

    def __init__(self, faults, number=2, *, lasting=True):
        self.faults, self.number, self.lasting = list(faults), number, lasting
        self.mended = False

    def __call__(self, _, request):
        number = int(dict(parse_qsl(urlsplit(request.split(" ")[1]).query)).get("page", 1))
        if number == self.number and self.faults and not self.mended:
            return self.faults[0] if self.lasting and len(self.faults) == 1 else self.faults.pop(0)
        return http(body(number))


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A row of the matrix.

    Attributes:
        row: Its number.
        label: What is broken.
        faults: What the server answers in place of a page.
        raises: The exact class of the error; None where the listing gets over it.
        requests: How many requests the server saw.
        rows: How many rows came before the error.
        number: The page that is broken.
        lasting: Whether the last fault stays.
        match: What the error's text says.
        options: Options of the listing.
    """

    row: int
    label: str
    faults: list[Any]
    raises: type[Exception] | None = None
    requests: int = 2
    rows: int = 2
    number: int = 2
    lasting: bool = True
    match: str | None = None
    options: dict[str, Any] = field(default_factory=dict)


class Impatient(HTTPAdapter):
    """Waits for the faulty page alone no longer than a moment, and for the others as it is told."""

    def send(self, request, *, timeout=None, **options):
        if "page=2" in request.url:
            assert IN_VAIN == timeout
            timeout = timeout[0], 0.1
        return super().send(request, timeout=timeout, **options)


def run(fault, answer, server_url, asked, **options):
    """Lists until the fault, then lets the mended server be asked for the rest.

    The rest has all the time: a busy machine is no fault.
    """
    options = {"strategy": LINKS, **fault.options, **options}
    with requests.Session() as session:
        if options.get("timeout") == IN_VAIN:
            session.mount("http://", Impatient())
        listing, got = get_all(server_url, session=session, **options), []
        if fault.raises is None:
            got += listing
            assert listing.complete
        else:
            with pytest.raises(exceptions.PaginationError, match=fault.match) as caught:
                for row in listing:
                    got.append(row)
            assert fault.raises is type(caught.value)
            assert ROWS[: fault.rows] == got
            assert fault.rows == caught.value.items_yielded
        assert fault.requests == asked()
        answer.mended = True
        if fault.raises is not None:
            options = {**options, "resume": caught.value.checkpoint, "timeout": 60, "deadline": 300}
            session.mount("http://", HTTPAdapter())
            got += get_all(server_url, session=session, **options)
        assert ROWS == got
    return listing


def table(*faults):
    """Parametrizes a test with rows, each with its number in its name."""
    names = [f"row_{fault.row:02}-{fault.label}" for fault in faults]
    return pytest.mark.parametrize("fault", faults, ids=names)


def linking(row, label, link, raises, *, requests=1, rows=2, **options):
    """A first page whose link is the fault."""
    return Fault(
        row=row, label=label, faults=[http(body(1, next=link))], raises=raises, number=1,
        requests=requests, rows=rows, options=options,
    )  # fmt: skip
