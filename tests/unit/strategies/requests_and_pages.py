"""Requests, pages of rows, and what a strategy says of them."""

import copy

import pytest

from requests_paginate._models import Page, PageRequest

URL = "https://api.test/rows"
ROWS = [{"id": 1}, {"id": 2}]
HUGE = "9" * 30


def get(url=URL, **fields):
    return PageRequest("GET", url, **fields)


def post(json, url=URL, **fields):
    return PageRequest("POST", url, json=json, **fields)


def page(body, request=None, **fields):
    request = request or get()
    fields.setdefault("url", request.url)
    return Page(request=request, body=body, **fields)


def check(strategy, given_page, expected):
    """Compares what a strategy says with a request, None or an error; nothing is mutated."""
    unchanged = copy.deepcopy((given_page.request, given_page.body))
    if isinstance(expected, type):
        with pytest.raises(expected) as caught:
            strategy.next(given_page)
        assert expected is type(caught.value)
    else:
        assert expected == strategy.next(given_page)
    assert unchanged == (given_page.request, given_page.body)


def chained(strategy, request, server):
    """The truth: the pages and the requests that follow the first page, by the rows so far."""
    pages, requests, start = [], [], 0
    while request is not None and len(requests) < 200:
        pages.append(page(server(request), request, start=start))
        start += len(strategy.items(pages[-1]))
        request = strategy.next(pages[-1])
        requests.append(request)
    assert requests[-1] is None
    return pages, requests[:-1]
