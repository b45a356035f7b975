"""Servers that send whoever is not known to a page to log in at."""

from __future__ import annotations

import pytest
import requests

from requests_paginate import exceptions, get_all
from tests.loopback import LoopbackServer, http

PAGES = [
    b"<!DOCTYPE html><html><form action=/login></form></html>",
    b"\n\r\n  <!doctype HTML>\n<title>Welcome</title>",
    b"<html lang=en><head></head></html>",
    b"<HEAD><meta charset=utf-8></HEAD>",
    b"<script>location='/login'</script>",
]
WORDS = r"HTML.*redirect.*log in.*credentials"


def listed(url, **options):
    with requests.Session() as session:
        return list(get_all(url, session=session, **options))


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", None])
def test_html_after_a_redirect(page, kind, number):
    """The error speaks of the redirect and of credentials, on the first page or a later one."""

    def answer(_, request):
        path = request.split(" ")[1]
        if path.startswith("/rows") and ("page=2" in path) == (number == 2):
            location = "/session/new?next=%2Frows%3Fapi_key%3Ds3cr3t"
            return http(b"", 302, location=location)
        if path.startswith("/rows"):
            return http({"results": [1], "next": "/rows?page=2"})
        return http(page, content_type=kind)

    with LoopbackServer(answer) as server:
        with pytest.raises(exceptions.MalformedPage, match=WORDS) as caught:
            listed(f"{server.url}/rows?api_key=s3cr3t")
    text, response = str(caught.value), caught.value.response
    assert f"{server.url}/session/new" in text
    assert f"{server.url}/rows" in text
    assert "s3cr3t" not in text
    assert not caught.value.transient
    assert [302] == [each.status_code for each in response.history]


@pytest.mark.parametrize("page", PAGES)
def test_html_without_a_redirect(page):
    """The error says what came, from where, and speaks of no redirect."""
    with LoopbackServer([http(page, content_type="text/html")]) as server:
        with pytest.raises(exceptions.MalformedPage) as caught:
            listed(f"{server.url}/rows?token=s3cr3t")
    text = str(caught.value)
    assert f"expected JSON, got HTML (text/html) from {server.url}/rows; check the URL" in text
    assert "decode=" in text
    assert "redirect" not in text
    assert "s3cr3t" not in text


@pytest.mark.parametrize("content", [b"<rows/>", b"<?xml version='1.0'?><a/>", b"id,name\n", b"[1"])
def test_what_is_no_html(content):
    """Other formats, and JSON that was cut, are not called HTML, whatever the header says."""
    with LoopbackServer([http(content, content_type="text/html")] * 9) as server:
        with pytest.raises(exceptions.MalformedPage) as caught:
            listed(server.url, retries=0)
    assert "HTML" not in str(caught.value)
    assert caught.value.transient is (content == b"[1")


@pytest.mark.parametrize(
    "location",
    [
        "https://login.example.com/", "https://example.com/users/sign_in?return=%2F",
        "https://sso.example.com/start", "https://example.com/oauth2/authorize?client_id=1",
        "https://id.example.com/Account/LogOn", "//idp.example.com/saml2", "https://a.test/cas/x",
        "https://tenant.okta.test/app/SignOn",
    ],
)  # fmt: skip
def test_a_redirect_to_log_in_elsewhere(location):
    """It is not followed, and the error says what it is likely about."""
    with LoopbackServer([http(b"", 302, location=location)]) as server:
        with pytest.raises(exceptions.UnsafeLink, match=r"redirect.*log in.*credentials") as caught:
            listed(f"{server.url}/rows?api_key=s3cr3t")
    assert "s3cr3t" not in str(caught.value)
    assert f"redirect from {server.url}/rows to " in str(caught.value)


@pytest.mark.parametrize(
    "location", ["https://files.example.com/rows", "https://a.test/catalog/new", "http://x.test/"]
)
def test_a_redirect_elsewhere(location):
    """Of any other one it is only said that it is a redirect."""
    with LoopbackServer([http(b"", 302, location=location)]) as server:
        with pytest.raises(exceptions.UnsafeLink, match="it is a redirect from") as caught:
            listed(f"{server.url}/rows")
    assert "log in" not in str(caught.value)


@pytest.mark.parametrize(
    ("accept", "is_advised"),
    [
        (None, True),
        ("text/html", True),
        ("application/json", False),
        ("application/hal+JSON", False),
    ],
)
def test_html_where_json_was_not_asked_for(accept, is_advised):
    """Some servers answer in JSON only if the request says so; requests says that all will do."""
    with LoopbackServer([http(PAGES[0], content_type="text/html")]) as server:
        with pytest.raises(exceptions.MalformedPage) as caught:
            listed(server.url, headers={"Accept": accept} if accept else {})
    assert is_advised is ("headers={'Accept': 'application/json'}" in str(caught.value))
