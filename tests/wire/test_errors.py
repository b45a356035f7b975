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
