"""Links as texts, in pairs, in headers of other names, and under relations in other spellings."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate import exceptions
from requests_paginate._detection.detect import detect
from requests_paginate._models import copy_with
from requests_paginate.strategies import LinkHeader, NextLink, SinglePage
from tests.first_pages import ROWS, URL, first

ONWARD = f"{URL}?page=2"
BACK = f'<{URL}?page=1>; rel="prev"'


@pytest.mark.parametrize(
    ("beside", "end", "path"),
    [
        ({"link": f'<{ONWARD}>; rel="next"'}, {"link": BACK}, "link"),
        ({"links": f"{BACK}, <?page=2>; rel=next"}, {"links": ""}, "links"),
        ({"meta": {"Link": f"<{ONWARD}>; title=\"a, b\"; rel='last next'"}}, {"meta": {}}, "meta.Link"),
        ({"_links": [BACK, f'<{ONWARD}>; rel="next"']}, {"_links": [BACK]}, "_links"),
        ({"paging": {"pageLinks": [f"<{ONWARD}>;rel=next-page"]}}, {"paging": {"pageLinks": []}}, "paging.pageLinks"),
        ({"links": [["prev", None], ["next", ONWARD]]}, {"links": [["prev", "?page=1"]]}, "links[next]"),
        ({"page_links": [["nextPage", ONWARD]]}, {"page_links": [["nextPage", None]]}, "page_links[nextPage]"),
        ({"meta": {"links": [["Next &raquo;", ONWARD]]}}, {"meta": {"links": []}}, "meta.links[Next &raquo;]"),
        ({"_links": {"weiterhin": {"href": "?page=2"}}}, {"_links": {}}, "_links.weiterhin.href"),
        ({"meta": {"links": {"rightwards": {"url": "?offset=2"}}}}, {"meta": {"links": {}}}, "meta.links.rightwards.url"),
    ],
)  # fmt: skip
def test_a_link_in_another_shape(beside, end, path):
    """It is followed as a URL would be, and its page is the last one without it."""
    page = first({"rows": ROWS, **beside})
    strategy = detect(page)[0]
    assert (NextLink, path) == (type(strategy), strategy.link)
    assert strategy.next(page).url.startswith(URL)
    assert strategy.next(copy_with(page, body={"rows": ROWS, **end})) is None


@pytest.mark.parametrize(
    "beside",
    [
        {"link": BACK}, {"links": [BACK, f"<{URL}>; rel=self"]}, {"link": "<a href='/x?page=2'>more</a>"},
        {"links": [["self", ONWARD], ["prev", ONWARD]]}, {"columns": [["next", ONWARD]]}, {"links": [["next"], ["a", "b", "c"]]},
        {"_links": {"comments": {"href": "/comments?page=2"}, "sorted": {"href": "?sort=name"}}},
        {"_links": {"self": {"href": "?page=2"}, "beginning": {"href": "?page=1"}}}, {"link": f"<{URL}"},
    ],
)  # fmt: skip
def test_texts_and_pairs_that_lead_nowhere(beside):
    """Other relations, other lists and markup leave a complete page complete."""
    assert SinglePage(items="rows") == detect(first({"rows": ROWS, **beside}))[0]


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({"Link": f'<{ONWARD}>; rel="next-page"'}, "Link"), ({"Link": f"<{ONWARD}>; rel=next_page"}, "Link"),
        ({"Link": f'<{ONWARD}>; rel="http://www.iana.org/assignments/relation/next"'}, "Link"),
        ({"link": f'<{ONWARD}>; rel="https://www.iana.org/assignments/link-relations/link-relations.xhtml#next"'}, "Link"),
        ({"Link": f"<{ONWARD}>; rel=\u201dnext\u201d".encode().decode("latin-1")}, "Link"),
        ({"Links": f'<{ONWARD}>; rel="next"'}, "Links"), ({"X-Link": f"{BACK}, <{ONWARD}>; rel='next'"}, "X-Link"),
        ({"x-acme-links": f"<{ONWARD}>; rel=next"}, "x-acme-links"), ({"Link": BACK, "X-Page-Link": f"<{ONWARD}>; rel=next"}, "X-Page-Link"),
        ({"Link": "</style.css>; rel=preload", "Pagination-Link": f"<{ONWARD}>; rel=next"}, "Pagination-Link"),
    ],
)  # fmt: skip
def test_a_header_of_links(headers, name):
    """Relations in other spellings, and headers of other names, lead on until they are missing."""
    page = first(ROWS, headers=headers)
    strategy = detect(page)[0]
    assert strategy == LinkHeader(items="", header=name)
    assert ONWARD == strategy.next(page).url
    assert strategy.next(copy_with(page, headers={name: BACK})) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Link": "https://docs.test/?page=2"}, {"Links": "<not closed"}, {"X-Blink": f"<{ONWARD}>; rel=next"},
        {"X-Link": "</style.css>; rel=preload"}, {"Link": '</next-page>; rel="icon"'}, {"Link": "</a>; rel=page"},
    ],
)  # fmt: skip
def test_headers_that_lead_nowhere(headers):
    """Other relations and other headers say nothing, and nor does what is no list of links."""
    assert SinglePage(items="") == detect(first(ROWS, headers=headers))[0]


def test_the_header_of_links_is_named():
    """A strategy says which header it reads, and takes no other."""
    assert "LinkHeader(items='', header='X-Link')" == repr(LinkHeader("", header="X-Link"))
    assert "LinkHeader(items='')" == repr(LinkHeader(""))
    assert LinkHeader("").next(first(ROWS, headers={"X-Link": f"<{ONWARD}>; rel=next"})) is None
    with pytest.raises(TypeError, match="header"):
        LinkHeader("", header=None)


def test_a_header_of_links_in_no_form():
    """The Link header has one form; a server that breaks it is told so."""
    with pytest.raises(exceptions.MalformedPage, match="no comma"):
        detect(first(ROWS, headers={"Link": f'<{ONWARD}> rel="next"'}))
