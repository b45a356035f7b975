"""What people of other habits write, and what they are told."""

from __future__ import annotations

import inspect
import itertools
import pickle
import typing
from multiprocessing.pool import ThreadPool

import msgspec
import pytest
import requests
import responses

import requests_paginate
from requests_paginate import PaginatedSession, PaginationMixin, _call_options, get_all, request_all
from requests_paginate._listing.options import OPTION_NAMES

URL = "https://api.test/rows"


@pytest.fixture
def mock():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(URL, json={"results": [{"id": 1}, {"id": 2}], "next": None})
        yield mock


def test_params_may_stand_second(mock):
    """As in requests, the second argument are the query parameters."""
    for call in (get_all, PaginatedSession().get_all):
        assert [1, 2] == [row["id"] for row in call(URL, {"page_size": 10})]
    list(request_all("GET", URL, {"page_size": 10}))
    assert ["/rows?page_size=10"] * 3 == [call.request.path_url for call in mock.calls]


def test_a_session_is_no_parameter():
    """Who gives the session second is told its name."""
    with pytest.raises(TypeError, match="got a session; write session="):
        get_all(URL, PaginatedSession())


@pytest.mark.parametrize(
    "name", ["limit", "page_size", "max_rows", "per_page", "size", "count", "pageSize", "n_max"]
)
def test_a_size_is_a_limit_or_a_parameter(name):
    """Who asks for so many rows hears of both: max_items= and params=."""
    with pytest.raises(TypeError) as caught:
        get_all(URL, **{name: 10})
    assert "max_items= stops after so many rows" in str(caught.value)
    assert f"params={{{name!r}: ...}} sends it to the API" in str(caught.value)


@pytest.mark.parametrize("name", ["page", "offset", "cursor", "page_token"])
def test_a_position_is_a_parameter(name):
    """Who asks for a page hears of params=."""
    with pytest.raises(TypeError, match=r"params=\{'\w+': \.\.\.\} sends it"):
        get_all(URL, **{name: 2})


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("page", "strategies.PageNumber('page')"), ("PageNumber", "strategies.PageNumber('page')"),
        ("page_number", "strategies.PageNumber('page')"), ("offset", "strategies.Offset('offset')"),
        ("link", "strategies.NextLink('next')"), ("header", "strategies.LinkHeader()"),
        ("cursor", "strategies.Cursor('cursor', token='next_cursor')"),
        ("keyset", "strategies.LastItem('starting_after', key='id')"),
        ("single", "strategies.SinglePage()"), ("stripe", "dialects.STRIPE"),
        ("Pluggy V2", "dialects.PLUGGY_V2"), ("STRIPPE", "dialects.STRIPE"),
        ("bananas", "strategies.NextLink('next') or dialects.BELVO, or leave it out"),
    ],
)  # fmt: skip
def test_a_word_for_a_strategy(word, written):
    """A text is answered with the strategy or the dialect that is meant."""
    with pytest.raises(TypeError) as caught:
        get_all(URL, strategy=word)
    assert written in str(caught.value)
    known = {"dialects": requests_paginate.dialects, "strategies": requests_paginate.strategies}
    if word != "bananas":
        eval(written, known)  # what is advised can be written


def test_what_only_a_list_can(mock):
    """len() and [0] say what works; a listing is true, and list() takes it as before."""
    listing = get_all(URL)
    with pytest.raises(TypeError, match=r"listing\.total"):
        len(listing)
    for place in (0, -1, slice(2)):
        with pytest.raises(TypeError, match=r"next\(listing\).*itertools\.islice"):
            listing[place]
    assert (True, []) == (bool(listing), list(mock.calls))
    assert [1, 2] == [row["id"] for row in itertools.islice(listing, 10)]


def test_a_listing_is_taken_as_any_iterator(mock):
    """What asks for a length first takes the rows, one by one."""
    assert (False, 2) == (hasattr(get_all(URL), "__len__"), len(list(get_all(URL))))
    with ThreadPool(2) as pool:
        assert [1, 2] == pool.map(lambda row: row["id"], get_all(URL))


def test_rows_as_text_can_be_pickled(mock):
    """A listing of rows as text travels in the middle of a page, as any listing."""
    listing = get_all(URL, model=msgspec.Raw)
    first = next(listing)
    rest = pickle.loads(pickle.dumps(listing))
    assert [b'{"id": 1}', b'{"id": 2}'] == [bytes(first), *map(bytes, rest)]


# Types -------------------------------------------------------------------------------------------


def test_the_types_of_the_options_can_be_read():
    """`typing.get_type_hints` resolves every name, of each call."""
    calls = [get_all, request_all, PaginationMixin.get_all, PaginationMixin.post_all,
             PaginationMixin.request_all]  # fmt: skip
    for call in calls:
        hints = typing.get_type_hints(call)
        assert requests_paginate.Listing[typing.Any] == hints["return"]
        assert {"url", "model", "options"} <= hints.keys()


def test_every_option_has_a_type():
    """The typed options are those that a listing takes, and those of a request."""
    typed = typing.get_type_hints(_call_options.CallOptions).keys()
    assert {*OPTION_NAMES} - {"model"} <= typed
    request = set(typing.get_type_hints(_call_options.RequestOptions))
    assert {*OPTION_NAMES, "params"} == (typed - request) | {"model"}
    assert not {"stream", "allow_redirects", "method", "url"} & typed


def test_every_option_of_a_paginating_adapter_has_a_type():
    """Those of a listing that it takes, and those of the adapters below it."""
    taken = {*OPTION_NAMES, *inspect.signature(requests.adapters.HTTPAdapter).parameters}
    refused = {"decode", "key", "max_pages", "model", "resume", "until"}
    own = {"max_items"}  # which a signature names
    assert (taken | {"tls_minimum"}) - refused - own == {
        *typing.get_type_hints(_call_options.AdapterOptions)
    }
