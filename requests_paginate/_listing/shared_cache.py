"""Warn of what a session's cache may do to a listing: give it another account's or older rows.

The key under which requests-cache keeps a response holds the URL, and of the headers only those
that it was told to match; what looks like a credential is replaced first
(https://requests-cache.readthedocs.io/en/stable/user_guide/matching.html).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import requests
from requests.auth import _basic_auth_str

from requests_paginate._listing.options import Options
from requests_paginate._listing.reading import Change
from requests_paginate._models import PageRequest
from requests_paginate._redaction import is_secret_name
from requests_paginate.exceptions import PaginationWarning, warn


def warn_of_shared_cache(session: Any, first: PageRequest, options: Mapping[str, Any]) -> None:
    """Warn where a session caches pages by keys that do not hold the call's credentials."""
    create_key: Any = getattr(getattr(session, "cache", None), "create_key", None)
    has_caching_adapter = _has_caching_adapter(session, first.url)
    is_cached = callable(create_key) or has_caching_adapter
    names = [*_find_credentials(session, options)] if is_cached else []
    if not names:
        return
    if has_caching_adapter:
        warn(
            "a cache is mounted on the session, and nobody knows whether its keys hold "
            f"{' and '.join(names)}: if not, another account would get these rows. Give each "
            "account a cache of its own",
            PaginationWarning,
        )
        return
    try:
        keys = {create_key(_prepare(first, names, value)) for value in ("one", "two")}
    except Exception:  # noqa: BLE001 - another kind of cache, which may do as it likes
        return
    if len(keys) == 1:
        warn(
            f"the session's cache does not tell one account from another: its keys hold no "
            f"{' and no '.join(names)}, so another account would get these rows. Use a cache for "
            "each account, or have its keys hold what tells them apart (match_headers=, key_fn=)",
            PaginationWarning,
        )


class Stored(NamedTuple):
    """When a response came, and whether it was stored in a cache since then."""

    at: datetime
    is_stored: bool

    @classmethod
    def read(cls, response: Any) -> Stored | None:
        """Return what requests-cache says of a response; None if another session answered.

        https://requests-cache.readthedocs.io/en/stable/user_guide/inspection.html
        """
        at = getattr(response, "created_at", None)
        if not isinstance(at, datetime) or getattr(response, "revalidated", False):
            return None  # or the server has just said that nothing has changed
        return cls(at, bool(getattr(response, "from_cache", False)))

    def find_change(self, before: Stored | None, options: Options) -> list[Change]:
        """Tell that a page was stored before the one that leads to it was there.

        The first page has expired and the others have not: together they are no listing that ever
        was. Pages that are fetched at once are stored in any order, within a page's deadline.
        """
        if before is None or not self.is_stored:
            return []
        is_by_chance = before.is_stored and options.prefetch > 0
        most = (options.deadline or math.inf) if is_by_chance else 0.0
        if (before.at - self.at).total_seconds() <= most:
            return []
        return [
            Change(
                "the session's cache stored a page before the one that leads to it was fetched: "
                "rows may be missing, or come twice; have all pages expire at once, or list anew"
            )
        ]


def _find_credentials(session: Any, options: Mapping[str, Any]) -> dict[str, None]:
    """Return the names of the headers that say who asks, each once."""
    found: dict[str, None] = {}
    for headers in (getattr(session, "headers", None), options.get("headers")):
        found |= {str(name): None for name in headers or {} if is_secret_name(str(name))}
    if options.get("auth") or getattr(session, "auth", None):
        found["Authorization"] = None
    return found


def _has_caching_adapter(session: Any, url: str) -> bool:
    """Return whether responses come from an adapter that stores them, as those of hishel."""
    try:
        adapter = session.get_adapter(url)
    except (AttributeError, requests.exceptions.InvalidSchema):
        return False
    return any(hasattr(adapter, name) for name in ("storage", "cache"))


def _prepare(first: PageRequest, names: list[str], value: str) -> requests.PreparedRequest:
    headers = {
        name: _basic_auth_str(value, value) if name == "Authorization" else value for name in names
    }
    return requests.Request(first.method, first.url, params=first.params, headers=headers).prepare()
