"""An API key of Pluggy's: fetched from `POST /auth`, and how long it lives.

Source: https://docs.pluggy.ai/reference/authentication.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Any

import requests

from requests_paginate._transport.auth import add_no_auth
from requests_paginate._transport.body import ERROR_BYTES, read_body
from requests_paginate._transport.deadline import Deadline
from requests_paginate._transport.errors import add_codes, describe_refusal
from requests_paginate._transport.hiding import hide_all
from requests_paginate._transport.retry import RetryPolicy
from requests_paginate.exceptions import MalformedPage, PageFailed, PageTooLarge, summarize_response

LIFETIME = 7200.0  # seconds of a key that does not say how long it lives
_TIMEOUTS = 10.0, 60.0  # seconds to connect and to wait for bytes, as in a listing


def fetch_key(
    session: requests.Session, url: str, secrets: dict[str, str | None], deadline: Deadline
) -> tuple[str, float]:
    """Return a new key, and for how many seconds it lives.

    Args:
        session: What sends the request.
        url: Where keys are given.
        secrets: The body of the request: `clientId` and `clientSecret`.
        deadline: By when.

    Raises:
        PageFailed: The secrets were refused.
        MalformedPage: The answer holds no key.
    """
    response = session.post(
        url,
        json=secrets,
        auth=add_no_auth,
        timeout=deadline.cap(*_TIMEOUTS),
        allow_redirects=False,  # the secrets go nowhere else
        stream=True,
    )
    with response:
        try:
            content = read_body(
                response, limit=ERROR_BYTES, check=deadline.check, tells_its_end=True
            )
        except PageTooLarge:
            content = b""
    hidden = frozenset(filter(None, secrets.values()))
    if not 200 <= response.status_code < 300:
        raise _make_refusal(url, response, hidden)
    try:
        key = json.loads(content)["apiKey"]
    except (ValueError, KeyError, TypeError, RecursionError):
        key = None
    if not is_header(key):
        error = MalformedPage(f"POST {url}: expected an object with an apiKey", response=response)
        error.summary = summarize_response(response, lambda text: hide_all(text, hidden))
        raise error
    return key, _find_lifetime(key, response)


def is_header(text: object) -> bool:
    """Return whether a text can be sent as a header's value: it must be one word in ASCII."""
    return (
        isinstance(text, str) and text.isascii() and text.isprintable() and text.split() == [text]
    )


def _make_refusal(url: str, response: requests.Response, hidden: frozenset[str]) -> PageFailed:
    def hide(text: str) -> str:
        return hide_all(text, hidden)

    text = f"POST {url} answered {response.status_code}"
    if words := hide(describe_refusal(response)):
        text += f": {words}"
    if response.status_code in (400, 401, 403):
        text += "; check client_id and client_secret (PLUGGY_CLIENT_ID, PLUGGY_CLIENT_SECRET)"
    error = PageFailed(text, response=response)
    error.summary = summarize_response(response, hide)
    error.transient = response.status_code in RetryPolicy().statuses
    add_codes(error, hide)
    return error


def _find_lifetime(key: str, response: requests.Response) -> float:
    """Return for how many seconds a new key lives.

    Only times of the server are compared, since this machine's clock may be an hour off: when the
    key was issued, else when the response was sent, with when it expires (RFC 7519 section 4.1).
    """
    with suppress(ValueError, LookupError, TypeError, ArithmeticError, RecursionError):
        claims: Any = json.loads(_decode_part(key.split(".")[1]))
        issued = claims.get("iat", claims.get("nbf")) if isinstance(claims, dict) else None
        if issued is None:
            issued = parsedate_to_datetime(response.headers["Date"]).timestamp()
        if (lifetime := float(claims["exp"]) - float(issued)) > 0:
            return lifetime
    return LIFETIME


def _decode_part(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
