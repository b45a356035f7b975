"""Whether a response may be the first page of a listing, before and after it was read as one."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress

import msgspec
import requests

from requests_paginate._detection.detect import may_be_one_of_many
from requests_paginate._envelope.members import has_continuation
from requests_paginate._listing.paginated_response import renew_raw
from requests_paginate._models import Page, PageRequest
from requests_paginate._paths import read_path
from requests_paginate._transport.json_body import decode_json, to_utf8
from requests_paginate.exceptions import MalformedPage

_JSON = re.compile(r"[^;]*json", re.IGNORECASE)
_validate = msgspec.json.Decoder(msgspec.Raw).decode
_TEXT = re.compile(r"\s*(?:$|text/|application/(?:x-)?javascript)", re.IGNORECASE)


def may_be_listing(request: requests.PreparedRequest, response: requests.Response) -> bool:
    """Return whether a response may be the first page of a listing.

    Its body is read as requests reads it: what is no listing fails as without an adapter.
    """
    if request.method != "GET" or response.status_code != 200:
        return False
    content_type = response.headers.get("Content-Type", "")
    if not (_JSON.match(content_type) or _TEXT.match(content_type)):
        return False
    content = to_utf8(response.content, content_type)
    renew_raw(response)
    if content.lstrip()[:1] not in (b"{", b"["):
        return False
    try:
        _validate(content)
    except msgspec.DecodeError:
        return _is_json(content)
    return True


def _is_json(content: bytes) -> bool:
    try:
        json.loads(content.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        return False
    return True


def leads_on(response: requests.Response) -> bool:
    """Return whether a body that is JSON for Python alone, as with NaN, says that more follows."""
    content_type = response.headers.get("Content-Type")
    content = to_utf8(response.content, content_type)
    try:
        decode_json(content, content_type)
    except MalformedPage:
        with suppress(ValueError, RecursionError):
            body = json.loads(content.decode("utf-8", "replace"), strict=False)
            is_object = isinstance(body, Mapping)
            return "next" in response.links or (is_object and has_continuation(body))
    return False


def has_list(response: requests.Response, path: str | None) -> bool:
    """Return whether there is a list at the path of a strategy's rows, so that it may fit."""
    content_type = response.headers.get("Content-Type")
    try:
        body = decode_json(to_utf8(response.content, content_type), content_type)
    except MalformedPage:
        return False
    return bool(path) and isinstance(read_path(body, path or ""), list)


def may_be_part(response: requests.Response) -> bool:
    """Return whether a response that nobody could read as a page may still be one of many."""
    content_type = response.headers.get("Content-Type")
    body = decode_json(to_utf8(response.content, content_type), content_type)
    request = PageRequest("GET", response.request.url or "")
    return may_be_one_of_many(
        Page(request=request, headers=response.headers, body=body, url=response.url)
    )
