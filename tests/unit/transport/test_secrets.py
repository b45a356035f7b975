"""The caller's secrets: where they are found, and how a server's text is shown without them."""

from __future__ import annotations

import base64

import pytest
import requests
from requests.auth import AuthBase, HTTPBasicAuth

from requests_paginate import PageRequest, exceptions, get_all
from requests_paginate._transport.secrets import SessionSecrets
from requests_paginate._transport.session_request import SessionRequest
from tests.loopback import LoopbackServer, http

URL = "https://api.test/rows"


def secrets_of(session=None, **options):
    return SessionSecrets(SessionRequest(session or object()), options)


def session_with(**attributes):
    session = requests.Session()
    vars(session).update(attributes)
    return session


BASIC = base64.b64encode(b"me:hidden").decode()


@pytest.mark.parametrize(
    ("session", "options", "expected"),
    [
        (None, {}, {}),
        (session_with(params={"key": "k", "a": 1}), {}, {"key": "k", "a": 1}),
        (session_with(params=[("key", "k")]), {}, {}),  # pairs are no mapping
        (session_with(headers={"X-Api-Key": "k", "Accept": "x"}), {}, {"header X-Api-Key": "k"}),
        (
            session_with(headers={"X-Api-Key": "k"}),
            {"headers": {"X-Api-Key": "other", b"Token": b"t"}},
            {"header X-Api-Key": "other", "header b'Token'": b"t"},
        ),
        (None, {"headers": None}, {}),
        (
            None,
            {"auth": ("me", "hidden")},
            {"auth 0": "hidden", "auth 1": BASIC, "account: user": "me"},
        ),
        (
            session_with(auth=HTTPBasicAuth("me", "hidden")),
            {"auth": ("me", "x")},
            {
                "auth 0": "hidden", "auth 1": BASIC,
                "auth 2": "x", "auth 3": base64.b64encode(b"me:x").decode(), "account: user": "me",
            },
        ),
        (None, {"auth": lambda request: request}, {}),
        (None, {"auth": HTTPBasicAuth(b"me", "x")}, {
            "auth 0": "x", "auth 1": base64.b64encode(b"me:x").decode(), "account: user": "me",
        }),
        (session_with(headers={"Stripe-Account": "a"}), {}, {"account: stripe-account": "a"}),
        (None, {"headers": {"X-Tenant-Id": "a", "User-Agent": "x"}}, {"account: x-tenant-id": "a"}),
        (None, {"headers": {"OpenAI-Organization": "a"}}, {"account: openai-organization": "a"}),
        (None, {"headers": {"x-goog-user-project": "a"}}, {"account: x-goog-user-project": "a"}),
        (None, {"headers": {"On-Behalf-Of": "a", "Origin": "b"}}, {"account: on-behalf-of": "a"}),
        (None, {"headers": {"X-Client-Version": "2", "x-goog-api-client": "py/3"}}, {}),
        (None, {"headers": {"X-User-Timezone": "UTC", "X-Client-Request-Id": "7"}}, {}),
        (None, {"cookies": {"sid": "c"}}, {"secret cookie sid 06b9df6f": "c"}),
        (None, {"cookies": {"company": "c"}}, {"account: cookie company": "c"}),
        (
            session_with(cookies=requests.cookies.cookiejar_from_dict({"sid": "hidden"})),
            {},
            {"secret cookie sid 885de9bd": "hidden"},
        ),
    ],
)  # fmt: skip
def test_what_a_link_may_echo(session, options, expected):
    """The session's parameters, and headers and passwords of the session and of the call."""
    assert expected == secrets_of(session, **options).collect()


def redact(text, *, session=None, request=None, sent=None, **options):
    """A server's text as it is shown."""
    response = requests.Response()
    response.request = requests.Request("GET", URL, headers=sent).prepare()
    request = request or PageRequest("GET", URL)
    return secrets_of(session, **options).redact(text, request, response)


@pytest.mark.parametrize(
    "given",
    [
        {"request": PageRequest("GET", f"{URL}?api_key=hidden")},
        {"request": PageRequest("GET", URL, params={"api_key": "hidden"})},
        {"request": PageRequest("POST", URL, json={"a": [{"client_secret": "hidden"}]})},
        {"request": PageRequest("POST", URL, json={"auth": {"user": "me", "word": "hidden"}})},
        {"sent": {"X-Api-Key": "hidden"}},
        {"sent": {"Authorization": b"Bearer hidden"}},
        {"sent": {"Cookie": "a=b; sid=hidden"}},
        {"sent": {"Cookie": b"sid=hidden"}},
        {"headers": {"Authorization": "Bearer hidden"}},
        {"auth": ("me", "hidden")},
        {"auth": (b"me", b"hidden")},
        {"auth": HTTPBasicAuth("me", "hidden")},
        {"cookies": {"sid": "hidden"}},
        {"cookies": requests.cookies.cookiejar_from_dict({"sid": "hidden"})},
        {"data": {"password": "hidden"}},
        {"session": session_with(params={"token": "hidden"})},
        {"session": session_with(headers={"X-Token": "hidden"})},
        {"session": session_with(auth=("me", "hidden"))},
        {"session": session_with(cookies=requests.cookies.cookiejar_from_dict({"a": "hidden"}))},
    ],
)
def test_secrets_that_a_refusal_quotes(given):
    """A secret is found wherever the caller put it; what stands around it is shown."""
    assert "no 'REDACTED', it is not valid" == redact("no 'hidden', it is not valid", **given)


@pytest.mark.parametrize(
    ("text", "given", "shown"),
    [
        ("Bearer hidden", {"headers": {"Authorization": "Bearer hidden"}}, "REDACTED"),
        (BASIC, {"auth": ("me", "hidden")}, "REDACTED"),
        ("long-er long", {"headers": {"Key": "long", "Token": "long-er"}}, "REDACTED REDACTED"),
        ("a.c+d abcdd", {"headers": {"Key": "a.c+d"}}, "REDACTED abcdd"),
        ("hiddenly unhidden", {"headers": {"Key": "hidden"}}, "hiddenly unhidden"),
        ("abc abcd", {"headers": {"Key": "abc", "Token": "abcd"}}, "abc REDACTED"),
        # a long one also inside a word, and as others write it
        ("key_s3cr3tKEY1x", {"headers": {"Key": "s3cr3tKEY1"}}, "key_REDACTEDx"),
        ("s3cr3t%2BKEY%26", {"headers": {"Key": "s3cr3t+KEY&"}}, "REDACTED"),
        ("s3cr3t%2bKEY%26", {"headers": {"Key": "s3cr3t+KEY&"}}, "REDACTED"),
        ("s3cr3t+KEY&amp;", {"headers": {"Key": "s3cr3t+KEY&"}}, "REDACTED"),
        ('s3cr3t\\"KEY', {"headers": {"Key": 's3cr3t"KEY'}}, "REDACTED"),
        (
            base64.b64encode(b"s3cr3tKEY1").decode(),
            {"headers": {"Key": "s3cr3tKEY1"}},
            "REDACTED==",
        ),
        ("_hidden_ hiddenx", {"headers": {"Key": "hidden"}}, "_REDACTED_ hiddenx"),
        # from elsewhere
        ("my netrc", {"sent": {"Authorization": "Basic bWU6bmV0cmM="}}, "my REDACTED"),
        ("no pr0xy", {"proxies": {"https": "http://me:pr0xy@p.test"}}, "no REDACTED"),
        (
            "no p@xy",
            {"session": session_with(proxies={"http": "http://me:p%40xy@p"})},
            "no REDACTED",
        ),
        ("12345", {"headers": {"Key": 12345}}, "REDACTED"),
        ("True", {"request": PageRequest("POST", URL, json={"key": True})}, "True"),
        ("None", {"request": PageRequest("POST", URL, json={"key": None})}, "None"),
        ("public", {"headers": {"Accept": "public"}}, "public"),
        ("public", {"request": PageRequest("GET", URL, params={"q": "public"})}, "public"),
    ],
)
def test_what_is_shown(text, given, shown):
    """A secret goes as a whole word, long ones first; what is short or no secret stays."""
    assert shown == redact(text, **given)


def test_a_text_about_no_request():
    """What is logged about no page shows no secret of the call either."""
    assert "no REDACTED" == secrets_of(headers={"Key": "hidden"}).redact("no hidden")


def test_a_response_without_its_request():
    """A response that a session made up has no request; the caller's secrets are known anyway."""
    secrets = secrets_of(headers={"Key": "hidden"})
    shown = secrets.redact("hidden", PageRequest("GET", URL), requests.Response())
    assert "REDACTED" == shown


# Whole listings ----------------------------------------------------------------------------------


SECRET = "s3cr3t-" + "x" * 400


class Token(AuthBase):
    """An auth object as many write it."""

    def __call__(self, request):
        request.headers["Authorization"] = f"Token {SECRET}"
        return request


@pytest.mark.parametrize(
    "options",
    [
        {"headers": {"Authorization": f"Bearer {SECRET}"}},
        {"headers": {"X-API-KEY": SECRET}},
        {"auth": Token()},
        {"auth": ("me", SECRET)},
        {"cookies": {"sid": SECRET}},
        {"headers": {"Cookie": f"a=b; sid={SECRET}"}},
    ],
    ids=["bearer", "key", "auth object", "password", "cookie", "cookie header"],
)
def test_a_refusal_that_quotes_a_long_secret(options):
    """However long it is, and however it was sent, what a refusal quotes of it is not shown."""
    said = {"message": f"Invalid: {SECRET}. Go away"}
    with LoopbackServer([http(said, 403)]) as server, requests.Session() as session:
        with pytest.raises(exceptions.PageFailed, match="Go away") as caught:
            list(get_all(server.url, session=session, **options))
        assert SECRET[:20] not in str(caught.value)


def test_a_long_list_of_ids_is_hidden_as_it_is():
    """Other spellings of so many would take seconds for each text."""
    ids = [f"account-{number:05}" for number in range(2000)]
    told = redact(f"{ids[0]}, {ids[1999]}", headers={"account_keys": ids})
    assert "REDACTED, REDACTED" == told
    assert "YWNjb3VudC0wMDAwMA" == redact("YWNjb3VudC0wMDAwMA", headers={"account_keys": ids})
