"""Servers that send whoever is not known to a page to log in at."""

from __future__ import annotations

import pytest
import requests

from requests_paginate import exceptions, get_all, request_all
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


BEFORE = [
    b"<!-- served by node 7 -->",
    b"\xef\xbb\xbf",
    b'<?xml version="1.0" encoding="utf-8"?>\n',
    b"\xef\xbb\xbf\r\n<!--[if IE]><p>old</p><![endif]-->\n<!-- > -->",
    b'<?xml version="1.0"?><!--' + b"-" * 1500 + b"-->",
]


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("page", PAGES[:3])
def test_html_after_something_else(page, before):
    """A mark of the byte order, a declaration and comments before HTML leave it HTML."""
    with LoopbackServer([http(before + page.lstrip(), content_type="text/html")]) as server:
        with pytest.raises(exceptions.MalformedPage, match=r"got HTML \(text/html\) from"):
            listed(server.url)


@pytest.mark.parametrize(
    "content", [b"<!-- a --><feed/>", b"<!--" * 900, b"<!----> " * 450 + b"<a>"]
)
def test_comments_before_what_is_no_html(content):
    """Comments alone make no HTML, and reading them takes no time."""
    with LoopbackServer([http(content)] * 9) as server:
        with pytest.raises(exceptions.MalformedPage) as caught:
            listed(server.url, retries=0)
    assert "HTML" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"Please sign in.", b"<a/>", b"user;password\n", b"\n"])
@pytest.mark.parametrize("kind", ["text/plain", "text/html", "application/json"])
def test_other_text_after_a_redirect(content, kind):
    """Whatever came instead of JSON, the error says that a redirect led there."""
    answers = [
        http(b"", 302, location="/session?back=s3cr3t"),
        http(content, content_type=kind),
    ]
    with LoopbackServer(answers) as server:
        with pytest.raises(exceptions.MalformedPage) as caught:
            listed(f"{server.url}/rows?api_key=s3cr3t", retries=0)
    text = str(caught.value)
    assert f"it came from {server.url}/session, where a redirect from {server.url}/rows" in text
    assert "log in" in text
    assert "s3cr3t" not in text


@pytest.mark.parametrize("content", [b"", b"Please sign in.", b"<a/>"])
def test_other_text_without_a_redirect(content):
    """Where no redirect led there, none is spoken of."""
    with LoopbackServer([http(content, content_type="text/plain")] * 9) as server:
        with pytest.raises(exceptions.MalformedPage) as caught:
            listed(f"{server.url}/rows", retries=0)
    assert "redirect" not in str(caught.value)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
@pytest.mark.parametrize("is_led", [True, False])
def test_a_refusal_after_a_redirect(status, is_led):
    """A refusal says from where a redirect led to it, if one did."""
    answers = [http(b"", 307, location="/v9/rows")] * is_led + [http({"message": "no"}, status)]
    with LoopbackServer(answers) as server:
        with pytest.raises(exceptions.PageFailed, match=f"answered {status}.*: no") as caught:
            listed(f"{server.url}/rows?api_key=s3cr3t")
    led = f"/v9/rows, where a redirect from {server.url}/rows leads, answered" in str(caught.value)
    assert is_led is led
    assert is_led is ("redirect" in str(caught.value))
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize("status", [301, 302, 303])
@pytest.mark.parametrize(
    ("location", "is_login"),
    [
        ("/users/sign_in?back=s3cr3t", True),
        ("https://sso.example.com/start?token=s3cr3t", True),
        ("/konto/anmeldung", True),
        ("/v9/rows", False),
        ("https://other.example.com/rows?api_key=s3cr3t", False),
    ],
)
def test_a_redirect_of_a_post(status, location, is_login):
    """A redirect that would turn a POST into a GET is not followed, and the error says where to."""
    answers = [http(b"", status, location=location)]
    with LoopbackServer(answers) as server, requests.Session() as session:
        with pytest.raises(exceptions.PageFailed, match=f"answered {status}") as caught:
            list(request_all("POST", f"{server.url}/rows", session=session, json={"a": 1}))
    text = str(caught.value)
    assert f", a redirect to {location.partition('?')[0]}" in text
    assert is_login is ("log in" in text)
    assert is_login is ("credentials" in text)
    assert "s3cr3t" not in text
    assert 1 == len(server.requests)


@pytest.mark.parametrize(
    ("path", "is_login"),
    [
        ("anmelden", True), ("konto/Anmeldung", True), ("connexion", True), ("se-connecter", True),
        ("iniciar-sesion", True), ("inloggen", True), ("zaloguj", True), ("entrar", True),
        ("accedi", True), ("rows/central", False), ("connections", False), ("accedirows", False),
    ],
)  # fmt: skip
def test_pages_to_log_in_at_in_other_languages(path, is_login):
    """The path of a page to log in at is known in some languages beside English."""
    location = f"https://id.example.com/{path}"
    with LoopbackServer([http(b"", 302, location=location)]) as server:
        with pytest.raises(exceptions.UnsafeLink, match="it is a redirect from") as caught:
            listed(f"{server.url}/rows")
    assert is_login is ("log in" in str(caught.value))
