"""Links by which a listing by POST goes on by GET: what was sent with the POST stays behind."""

from __future__ import annotations

import pytest
import requests

from requests_paginate import request_all
from tests.loopback import LoopbackServer, http

BODIES = [
    {"data": {"state": "open"}},
    {"data": "state=open"},
    {"data": b"<query/>"},
    {"data": [("state", "open"), ("state", "new")]},
    {"files": {"list": ("ids.txt", b"1 2 3")}},
    {"data": {"a": "b"}, "files": {"list": b"1"}},
    {"json": {"state": "open"}},
]


def listed(url, **options):
    with requests.Session() as session:
        return list(request_all("POST", url, session=session, **options))


def split(request):
    """The method and the body of a request, and its header of a body, if any."""
    head, _, body = request.partition("\r\n\r\n")
    kinds = [line for line in head.split("\r\n") if line.lower().startswith("content-type:")]
    return request.partition(" ")[0], body, kinds


@pytest.mark.parametrize("body", BODIES)
def test_a_link_that_takes_get_alone(body):
    """After 405 with Allow: GET, no body goes with the GET, nor with those of later pages."""

    def answer(_, request):
        method, _, path = request.partition(" ")
        if path.startswith("/found "):
            return http({"rows": [1, 2], "next": "/more?token=a"})
        if method != "GET":
            return http({"message": "no"}, 405, allow="GET, HEAD")
        following = "/more?token=b" if "token=a" in path else None
        return http({"rows": [3] if following else [4], "next": following})

    with LoopbackServer(answer) as server:
        assert [1, 2, 3, 4] == listed(f"{server.url}/found", **body)
    asked = [split(request) for request in server.requests]
    assert ["POST", "POST", "GET", "GET"] == [method for method, _, _ in asked]
    assert all(sent for _, sent, _ in asked[:2])
    assert [("GET", "", [])] * 2 == asked[2:]


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_link_that_names_its_method(body, method):
    """A link object that asks for GET gets no body; one that asks for POST gets the caller's."""
    link = {"href": "/more?token=a", "method": method}
    pages = [http({"rows": [1], "next": link}), http({"rows": [2], "next": None})]
    with LoopbackServer(pages) as server:
        assert [1, 2] == listed(f"{server.url}/found", **body)
    asked, sent, _ = split(server.requests[1])
    assert (method, method == "POST") == (asked, sent != "")


def test_a_get_with_a_body_of_the_caller():
    """The body of a listing by GET is the caller's wish, and goes with each page."""
    pages = [http({"rows": [1], "next": "/more?token=a"}), http({"rows": [2], "next": None})]
    with LoopbackServer(pages) as server, requests.Session() as session:
        found = request_all("GET", f"{server.url}/x", session=session, data="state=open")
        assert [1, 2] == list(found)
    assert ["state=open"] * 2 == [split(request)[1] for request in server.requests]
