"""204 No Content: no rows, and perhaps none at all."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import msgspec
import pytest
import requests

from requests_paginate import dialects, exceptions, get_all, request_all, strategies
from tests.loopback import LoopbackServer, http


def nothing(**headers):
    return http(status=204, content_length=None, content_type=None, **headers)


class Row(msgspec.Struct):
    """A row as the caller wants it."""

    id: int


@dataclass(frozen=True, repr=False, eq=False)
class Own(strategies.Strategy):
    """Looks into the body, without asking whether there is one."""

    def next(self, page):
        return page.request.follow(page.body["next"])


WAYS = {
    "detected": {},
    "detected, with a page": {"params": {"page": 1, "per_page": 50}},
    "detected, with an offset": {"params": {"offset": 0, "limit": 100}},
    "items": {"items": "data.rows"},
    "items, by a callable": {"items": lambda body: body["rows"]},
    "a model": {"model": Row},
    "a decoder": {"decode": lambda content: content.decode().splitlines()},
    "a key": {"key": "id"},
    "PageNumber": {"strategy": strategies.PageNumber("page")},
    "PageNumber, pages": {"strategy": strategies.PageNumber("page", total_pages="meta.pages")},
    "PageNumber, all": {
        "strategy": strategies.PageNumber("p", number="p", total="n", more="m", items="rows")
    },
    "Offset": {"strategy": strategies.Offset("offset", total="total", start="offset")},
    "NextLink": {"strategy": strategies.NextLink("links.next", total="count")},
    "LinkHeader": {"strategy": strategies.LinkHeader()},
    "Cursor": {"strategy": strategies.Cursor("after", token="page.after", more="page.more")},
    "LastItem": {"strategy": strategies.LastItem("after", key="id", more="has_more")},
    "ContentRange": {"strategy": strategies.ContentRange()},
    "SinglePage": {"strategy": strategies.SinglePage()},
    "one's own": {"strategy": Own()},
    **{name: {"strategy": getattr(dialects, name)} for name in ("STRIPE", "PLUGGY", "BELVO")},
}


@pytest.mark.parametrize("prefetch", [0, 4])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("options", WAYS.values(), ids=WAYS)
def test_a_first_page_without_content(options, method, prefetch):
    """The listing is empty and complete, by every way of listing, after one request."""
    with LoopbackServer([nothing()]) as server, requests.Session() as session:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            listing = request_all(method, server.url, session=session, prefetch=prefetch, **options)
            assert [] == list(listing)
        assert (True, None) == (listing.complete, listing.total)
        assert [] == list(request_all(
            method, server.url, session=session, resume=listing.checkpoint(), **options
        ))  # fmt: skip
        assert 1 == len(server.requests)


@pytest.mark.parametrize(
    ("headers", "options", "error"),
    [
        ({"x_total_count": "5"}, {"strategy": strategies.LinkHeader(total="X-Total-Count")},
         exceptions.InconsistentListing),
        ({"x_total_count": "5"}, {"strategy": strategies.Offset(total="X-Total-Count")},
         exceptions.InconsistentListing),
        ({"x_has_more": "true"}, {"strategy": strategies.Offset(more="X-Has-More")},
         exceptions.InconsistentListing),
        ({"x_total_count": "5"}, {}, exceptions.UnknownPagination),
    ],
)  # fmt: skip
def test_a_header_that_contradicts_no_content(headers, options, error):
    """A header that counts rows, or says that more follow, is no empty listing."""
    with LoopbackServer([nothing(**headers)]) as server, requests.Session() as session:
        with pytest.raises(error):
            list(get_all(server.url, session=session, **options))


@pytest.mark.parametrize("options", [{}, {"strategy": strategies.LinkHeader()}])
def test_a_link_beside_no_content(options):
    """A header that leads on is followed."""
    pages = [nothing(link='<?page=2>; rel="next"'), http([{"id": 1}])]
    with LoopbackServer(pages) as server, requests.Session() as session:
        assert [{"id": 1}] == list(get_all(server.url, session=session, **options))


def test_no_content_on_a_later_page_still_needs_its_total():
    """What a strategy must know on a later page, it must know there."""
    pages = [http({"rows": [1], "pages": 3}), nothing()]
    strategy = strategies.PageNumber("page", total_pages="pages", items="rows")
    with LoopbackServer(pages) as server, requests.Session() as session:
        with pytest.raises(exceptions.MalformedPage, match="expected the number of pages"):
            list(get_all(server.url, session=session, strategy=strategy))
