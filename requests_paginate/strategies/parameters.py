"""Read and set the parameters of a request: in its query, its JSON body or its headers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from requests_paginate._models import PageRequest, copy_with
from requests_paginate._paths import ABSENT, describe_type, is_scalar, parse_count, read_path
from requests_paginate.exceptions import MalformedPage

_SURROGATES = re.compile(r"[\ud800-\udfff]")  # halves of pairs, which no codec can encode


def read_sent_value(request: PageRequest, name: str) -> Any:
    """Return what a request sends under a name in its query, else in its JSON body, or `ABSENT`."""
    value = request.query().get(name, ABSENT)
    if value is ABSENT and request.json is not None:
        return read_path(request.json, name)
    return value


def read_sent_number(request: PageRequest, name: str, first: int) -> int:
    """Return the number that a request sends under a name; `first` if it sends none."""
    value = read_sent_value(request, name)
    if value is ABSENT or value is None or value == "":
        return first
    number = parse_count(value, f"the request's {name}")
    return first if number is None else number


def place_value(
    request: PageRequest, name: str, value: Any, into: str | None = None
) -> PageRequest:
    """Return the request with a value set in its query, JSON body or headers.

    `into` is `"query"`, `"json"` or `"header"`. None is where the caller put this name, else the
    query of a request without a body, and the JSON body of a request with one. The value `ABSENT`
    leaves the name out.

    Raises:
        MalformedPage: The value cannot be sent there.
    """
    if into is None:
        in_query = request.json is None or name in request.query()
        into = "query" if in_query else "json"
    if value is ABSENT:
        return _leave_out(request, name, into)
    if into != "json" and not is_scalar(value):
        raise MalformedPage(
            f"expected a string or a number for {name!r}, got {describe_type(value)}"
        )
    text = str(value)
    is_sendable = into != "header" or (is_sendable_header(name, text) and text == text.strip())
    if not is_sendable or _SURROGATES.search(f"{name}{text}") is not None:
        raise MalformedPage(f"{name!r} or its value holds characters that cannot be sent")
    if into == "json":
        return request.with_json(name, value)
    if into == "header":
        return copy_with(request, headers={**request.headers, name: text})
    return request.with_param(name, value if isinstance(value, int) else text)


def _leave_out(request: PageRequest, name: str, into: str) -> PageRequest:
    if into == "json":
        return copy_with(request, json=_drop_field(request.json, name))
    if into == "header":
        headers = {known: value for known, value in request.headers.items() if known != name}
        return copy_with(request, headers=headers)
    return request.select_params(lambda known: known != name)


def _drop_field(body: Any, path: str) -> Any:
    """Return a JSON body without the field at a path; dots lead into nested objects."""
    if not isinstance(body, Mapping):
        return body
    head, _, rest = path.partition(".")
    if path in body or not rest:
        return {name: value for name, value in body.items() if name != path}
    return {**body, head: _drop_field(body[head], rest)} if head in body else body


_HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110 section 5.1
_HEADER_VALUE = re.compile(r"[ -~]*")
# These say who sends a request to whom, how long it is, and by which method.
_RESERVED_HEADERS = frozenset(
    """authorization connection content-length cookie host te transfer-encoding upgrade
    x-http-method x-http-method-override x-method-override""".split()
)


def is_sendable_header(name: str, value: str) -> bool:
    """Return whether a header is well-formed, and none that the session or HTTP client sets."""
    is_reserved = name.lower() in _RESERVED_HEADERS or name.lower().startswith("proxy-")
    is_well_formed = _HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value)
    return bool(is_well_formed) and not is_reserved
