"""Belvo's retrieve calls: a POST lets Belvo ask the institution, a PATCH brings the token for it.

Source: Belvo's OpenAPI description 1.223.0, "Retrieve transactions for a link" and "Complete a
transactions request".
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from requests_paginate.sandbox.belvo_errors import link_refusal, make_refusal, session_of
from requests_paginate.sandbox.belvo_pages import encode_rows
from requests_paginate.sandbox.data import Dataset
from requests_paginate.sandbox.messages import (
    Request,
    Response,
    encode_list,
    json_response,
)

__all__ = ["check_session", "make_retrieval", "read_body"]


def read_body(request: Request, required: Sequence[str]) -> dict[str, Any]:
    """Return the body; raise a 400 that names each of the required members that is missing."""
    try:
        body = json.loads(request.body)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        body = {}
    missing = [name for name in required if not body.get(name)]
    if missing:
        raise make_refusal(request, "required", names=missing)
    return body


def check_session(request: Request, body: dict[str, Any], error: str | None) -> None:
    """Raise the error of a link, unless a PATCH brings the session that it waits in."""
    link = str(body["link"])
    if request.method == "PATCH" and body["session"] != session_of(link):
        raise make_refusal(request, "session_expired")
    resumed = request.method == "PATCH" and error == "token_required"
    if error is not None and not resumed:
        raise link_refusal(request, error, link)


def make_retrieval(request: Request, dataset: Dataset, body: dict[str, Any]) -> Response:
    """Make the answer: all rows as a plain array, or in the asynchronous mode only a request id.

    A PATCH names no dates. Belvo knows those of the session; this sandbox keeps none, and so
    answers all rows.
    """
    if request.headers.get("X-Belvo-Request-Mode") == "async":
        return json_response({"request_id": session_of(str(body["link"]))}, status=202)
    first, last = str(body.get("date_from") or ""), str(body.get("date_to") or "9999")
    account = body.get("account")
    shown = [
        position
        for position in dataset.present
        if first <= dataset.rows[position].get("value_date", first) <= last
        and account in {None, _account_of(dataset.rows[position])}
    ]
    saved = body.get("save_data", True)
    rows = encode_list(encode_rows(request, dataset, shown))
    return json_response(rows, status=201 if saved else 200)


def _account_of(row: dict[str, Any]) -> Any:
    """Return the account of a transaction; an account is its own."""
    return row.get("account", row)["id"]
