"""How Pluggy reads its query parameters, and the errors it answers with.

Sources: Pluggy's OpenAPI description (OAS); the pluggy-sdk on PyPI, generated from a newer one
(SDK).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from requests_paginate.sandbox.data import Row
from requests_paginate.sandbox.messages import Refusal, Request, json_response, parse_number

__all__ = ["Test", "make_refusal", "make_tests", "read_number", "read_required"]

Test = Callable[[Row], bool]


def make_refusal(
    status: int,
    message: str,
    description: str | None = None,
    *,
    error_id: str | None = None,
    headers: Iterable[tuple[str, str]] = (),
) -> Refusal:
    """Make Pluggy's error (OAS): `{code, message, codeDescription?}`; the code is the status."""
    body: dict[str, Any] = {"code": status, "message": message}
    if description:
        body["codeDescription"] = description
    if error_id:
        body["errorId"] = error_id
    return Refusal(json_response(body, status=status, headers=headers))


def read_required(request: Request, name: str) -> str:
    """Return a parameter that must be there; raise a 400 if it is not."""
    value = request.parameter(name)
    if not value:
        raise make_refusal(400, f"{name} is required")
    return value


def read_number(request: Request, name: str, *, default: int, maximum: int | None = None) -> int:
    """Read a parameter that must be a number from 1 to `maximum`; raise a 400 if it is not."""
    text = request.parameter(name)
    if text is None:
        return default
    value = parse_number(text)
    if value < 1 or (maximum is not None and value > maximum):
        raise make_refusal(
            400, f"{name} must be a number from 1{f' to {maximum}' if maximum else ''}"
        )
    return value


def make_tests(request: Request, first: str, last: str) -> list[Test]:
    """Make the tests that a row must pass to be listed.

    By SDK these are ids (at most 500; dates do not count beside them), a range of dates, and
    createdAtFrom.

    Args:
        request: The request.
        first: The parameter with the first date, `from` or `dateFrom`.
        last: The parameter with the last date, `to` or `dateTo`.
    """
    ids = request.parameter("ids")
    if ids is not None:
        listed = ids.split(",")
        if len(listed) > 500:
            message = "At most 500 ids can be asked for"
            raise make_refusal(400, message, "IDS_PARAMETER_EXCEEDS_MAX_LENGTH")
        wanted_ids = set(listed)
        return [lambda row: row["id"] in wanted_ids]
    wanted: list[Test] = []
    if start := request.parameter(first):
        wanted.append(lambda row: row["date"] >= start)
    if end := request.parameter(last):
        # A day as the end includes that day, although "2026-03-04" sorts before any time on it.
        wanted.append(lambda row: row["date"][: len(end)] <= end)
    if created := request.parameter("createdAtFrom"):
        wanted.append(lambda row: row["createdAt"] >= created)
    return wanted
