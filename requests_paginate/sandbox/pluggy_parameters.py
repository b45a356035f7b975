"""How Pluggy reads its query parameters, and what it says when it cannot.

Sources: Pluggy's OpenAPI description (OAS); the pluggy-sdk on PyPI, generated from a newer one
(SDK).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from requests_paginate.sandbox.data import Row
from requests_paginate.sandbox.messages import Refusal, Request, json_response

__all__ = ["Test", "number", "refusal", "required", "tests"]

Test = Callable[[Row], bool]


def refusal(status: int, message: str, description: str | None = None) -> Refusal:
    """Makes Pluggy's error (OAS): `{code, message, codeDescription?}`; the code is the status."""
    body: dict[str, Any] = {"code": status, "message": message}
    if description:
        body["codeDescription"] = description
    return Refusal(json_response(body, status=status))


def required(request: Request, name: str) -> str:
    """Returns a parameter that must be there; without it the answer is a 400."""
    value = request.parameter(name)
    if not value:
        raise refusal(400, f"{name} is required")
    return value


def number(request: Request, name: str, *, default: int, maximum: int | None = None) -> int:
    """Reads a parameter that is a number from 1, to `maximum` if any; anything else is a 400."""
    text = request.parameter(name)
    if text is None:
        return default
    value = int(text) if text.isascii() and text.isdigit() else 0
    if value < 1 or (maximum is not None and value > maximum):
        raise refusal(400, f"{name} must be a number from 1{f' to {maximum}' if maximum else ''}")
    return value


def tests(request: Request, first: str, last: str) -> list[Test]:
    """Makes the tests that a row must pass to be listed.

    SDK: ids (at most 500; dates do not count beside them), a range of dates, createdAtFrom.

    Args:
        request: what was asked.
        first: the parameter with the first date, `from` or `dateFrom`.
        last: the parameter with the last date, `to` or `dateTo`.
    """
    ids = request.parameter("ids")
    if ids is not None:
        listed = set(ids.split(","))
        if len(listed) > 500:
            message = "At most 500 ids can be asked for"
            raise refusal(400, message, "IDS_PARAMETER_EXCEEDS_MAX_LENGTH")
        return [lambda row: row["id"] in listed]
    wanted: list[Test] = []
    if start := request.parameter(first):
        wanted.append(lambda row: row["date"] >= start)
    if end := request.parameter(last):
        # A day as the end includes that day: "2026-03-04" sorts before any time on it.
        wanted.append(lambda row: row["date"][: len(end)] <= end)
    if created := request.parameter("createdAtFrom"):
        wanted.append(lambda row: row["createdAt"] >= created)
    return wanted
