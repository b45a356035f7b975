"""First pages, and the requests that they answer."""

from __future__ import annotations

from requests_paginate import Page, PageRequest

URL = "https://api.test/items"
ROWS = [{"id": 1}, {"id": 2}]


def first(body, params=None, headers=None, json=None, url=URL):
    method = "GET" if json is None else "POST"
    request = PageRequest(method, url, params=params or {}, json=json)
    return Page(request=request, body=body, headers=headers or {}, url=url)


def graph(query, *, variables=None, nodes=ROWS, **info):
    """A page of a GraphQL connection of orders."""
    json = {"query": query} if variables is None else {"query": query, "variables": variables}
    return first({"data": {"orders": {"nodes": nodes, "pageInfo": info}}}, json=json)


OF_TWO = (
    "query($a: String, $b: String) {"
    " shops(first: 2, after: $a) { nodes { id } } orders(after: $b, first: 2) { nodes { id } } }"
)
