"""Write a token so that what was changed or cut is found; it is no signature."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode

from requests_paginate.exceptions import InvalidCheckpoint


def seal(content: bytes) -> str:
    """Return the content of a token as a string, with its checksum."""
    return urlsafe_b64encode(_make_checksum(content) + content).decode().rstrip("=")


def _make_checksum(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=9).digest()  # 9 bytes: no padding in base 64


def open_token(token: str) -> bytes:
    """Return the content of a token, as it was sealed.

    Raises:
        InvalidCheckpoint: The token was changed or cut.
    """
    try:
        sealed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        raise InvalidCheckpoint("this is no checkpoint: it is not base 64") from None
    checksum, content = sealed[:9], sealed[9:]
    # Base 64 decodes several strings to the same bytes; only one of them is the token.
    canonical = urlsafe_b64encode(sealed).decode().rstrip("=")
    if token != canonical or _make_checksum(content) != checksum:
        raise InvalidCheckpoint("this is no checkpoint, or one that was changed or cut")
    return content
