"""What a provider and the caller's own code say of a failure."""

from __future__ import annotations

import pytest
import requests

from requests_paginate import exceptions, get_all
from tests.loopback import LoopbackServer, http

GOOD = http([{"id": 1}])


def listed(server, **options):
    with requests.Session() as session:
        return list(get_all(server.url, session=session, **options))


# Errors
@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"code": 401, "message": "no key"}, "401: no key"),
        ([{"code": "invalid_link", "message": "no", "request_id": "r"}], "invalid_link: no (r)"),
        ({"error": {"code": "x", "message": "y"}}, "x: y"),
        ({"errors": [{"title": "t"}]}, "t"),
        ({"detail": "Invalid page."}, "Invalid page."),
        ({"error": "denied"}, "denied"),
        ([], ""),
        ("text", "text"),
        (b"<html>", ""),
    ],
)  # fmt: skip
def test_a_refusal_names_the_provider_s_code_and_message(body, said):
    """What the provider says of its refusal is in the error's text, and its body can be read."""
    with LoopbackServer([http(body, status=403)]) as server:
        with pytest.raises(exceptions.PageFailed) as caught:
            listed(server)
        assert f"answered 403 Because{': ' if said else ''}{said}" in str(caught.value)
        response = caught.value.response
        assert body == (response.content if isinstance(body, bytes) else response.json())


def test_a_long_error_body_is_cut_and_still_a_refusal():
    """An endless error page is not read to its end."""
    with LoopbackServer([http(b"x" * 5_000_000, status=404)]) as server:
        with pytest.raises(exceptions.PageFailed) as caught:
            listed(server)
        assert len(caught.value.response.content) <= 2**16


def test_what_the_caller_s_hooks_and_auth_raise_passes_unchanged():
    """An error of the caller's own code is not wrapped."""

    class Mine(Exception):
        pass

    def refuse(*_, **__):
        raise Mine

    with LoopbackServer(lambda *_: GOOD) as server:
        for option in ({"hooks": {"response": refuse}}, {"auth": refuse}, {"decode": refuse}):
            with pytest.raises(Mine):
                listed(server, **option)


@pytest.mark.parametrize("prefetch", [0, 4])
@pytest.mark.parametrize(
    "body",
    [
        {"error": "no such key: s3cr3t-key"}, {"rows": [], "code": 403, "message": "s3cr3t-key?"},
        {"message": "s3cr3t-key is unknown"}, [{"result": 1, "text": "s3cr3t-key is off"}],
        {"errors": {"key": "s3cr3t-key is off"}},
    ],
)  # fmt: skip
def test_a_failure_with_status_200_quotes_no_secret_of_the_caller(body, prefetch):
    """Its words are shown, without the key that the caller sent, and not endlessly."""
    with LoopbackServer(lambda *_: http(body)) as server:
        with pytest.raises(exceptions.MalformedPage, match="REDACTED") as caught:
            listed(server, headers={"X-API-Key": "s3cr3t-key"}, prefetch=prefetch)
        assert "s3cr3t" not in str(caught.value)
    with LoopbackServer(lambda *_: http({"error": "s3cr3t-key " * 999})) as server:
        with pytest.raises(exceptions.MalformedPage) as caught:
            listed(server, headers={"X-API-Key": "s3cr3t-key"})
        assert "s3cr3t" not in str(caught.value)
        assert 1000 == len(str(caught.value))
