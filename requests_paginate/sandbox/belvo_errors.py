"""Belvo's errors: a list of `{code, message, request_id}`, with `field` where one is wrong.

Source: Belvo's OpenAPI description 1.223.0, which has all but the last three of the table.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from requests_paginate.sandbox.data import identifier
from requests_paginate.sandbox.messages import Refusal, Request, json_response

__all__ = ["ERRORS", "link_refusal", "make_refusal", "session_of"]

ERRORS: Mapping[str, tuple[int, str]] = MappingProxyType(
    {
        "required": (400, "This field is required."),
        "does_not_exist": (400, "Object does not exist."),
        "invalid_link": (
            400,
            "The link has been invalidated. You may need to update link credentials",
        ),
        "too_many_sessions": (
            400,
            "Impossible to login, a session is already opened with the institution for these "
            "credentials",
        ),
        "session_expired": (
            400,
            "The session you are trying to resume has expired, please start again from "
            "register/retrieve endpoint",
        ),
        "authentication_failed": (401, "Invalid Secret Keys"),
        "consent_without_accounts": (
            401,
            "The institution only supports the following resources: EMPLOYMENT_RECORDS, OWNERS",
        ),
        "access_to_resource_denied": (403, "You don't have access to this resource."),
        "not_found": (404, "Not found"),
        "request_timeout": (
            408,
            "The request timed out, you can retry asking for less data by changing your query "
            "parameters",
        ),
        "token_required": (428, "A MFA token is required by the institution to login"),
        "unexpected_error": (
            500,
            "Belvo is unable to process the request due to an internal system issue or to an "
            "unsupported response from an institution",
        ),
        "invalid": (400, "Invalid value."),
        "method_not_allowed": (405, "Method not allowed"),
        "too_many_requests": (429, "Too many requests"),
    }
)
"""The status and the usual message of each code."""


def make_refusal(
    request: Request,
    code: str,
    message: str | None = None,
    *,
    names: Iterable[str] = (),
    more: Mapping[str, Any] = MappingProxyType({}),
) -> Refusal:
    """Make the exception that answers with an error.

    Args:
        request: The request that is refused.
        code: A key of `ERRORS`.
        message: Another message than the usual one.
        names: The fields or parameters that are wrong; there is one error for each.
        more: Further members of the error.
    """
    status, usual = ERRORS[code]
    error = {
        "code": code,
        "message": usual if message is None else message,
        "request_id": identifier(0, f"{request.method} {request.path}?{request.query}", status),
    }
    errors = [{**error, "field": name} for name in names] or [{**error, **more}]
    return Refusal(json_response(errors, status=status))


def link_refusal(request: Request, code: str, link: str) -> Refusal:
    """Make the exception for a link that is not well; 428 says how to go on."""
    more: dict[str, Any] = {}
    if code == "token_required":
        more = {
            "session": session_of(link),
            "expiry": 9600,
            "link": link,
            "token_generation_data": {
                "instructions": "Use this code to generate the token",
                "type": "numeric",
                "value": "12345",
                "expects_user_input": True,
            },
        }
    return make_refusal(request, code, more=more)


def session_of(link: str) -> str:
    """Return the login session that a link waits in for a token: 32 hexadecimal digits."""
    return hashlib.blake2b(link.encode(), digest_size=16).hexdigest()
