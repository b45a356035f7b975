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
from requests_paginate._redaction import ACCOUNT, is_secret_name
from requests_paginate._transport.auth import DeadlineAuth
from requests_paginate.exceptions import PaginationWarning, warn


def warn_of_shared_cache(
    session: Any, first: PageRequest, options: Mapping[str, Any], collected: Mapping[str, Any]
) -> None:
    """Warn where a session caches pages by keys that do not hold the call's credentials.

    `collected` holds the secrets of the session and the call, by where they are.
    """
    create_key: Any = getattr(getattr(session, "cache", None), "create_key", None)
    has_caching_adapter = _has_caching_adapter(session, first.url)
    if not (callable(create_key) or has_caching_adapter):
        return
    places = _find_places(session, first, options, collected)
    if not places:
        return
    if has_caching_adapter:
        names = " and ".join(repr(name) for _, name in places)
        warn(
            f"a cache is mounted on the session, and nobody knows whether its keys hold {names}: "
            "if not, another account would get these rows. Give each account a cache of its own",
            PaginationWarning,
        )
        return
    missing = [name for place, name in places if _are_equal(create_key, first, place, name)]
    if missing:
        names = " and no ".join(map(repr, missing))
        warn(
            f"the session's cache does not tell one account from another: its keys hold no {names},"
            " so another account would get these rows. Use a cache for each account, or have its "
            "keys hold what tells them apart (match_headers=, ignored_parameters=, key_fn=)",
            PaginationWarning,
        )


def _are_equal(create_key: Any, first: PageRequest, place: str, name: str) -> bool:
    """Return whether requests that differ in one place alone have one key."""
    try:
        keys = {create_key(_prepare(first, place, name, value)) for value in ("one", "two")}
    except Exception:  # noqa: BLE001 - another kind of cache, which may do as it likes
        return False
    return len(keys) == 1


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


def _find_places(
    session: Any, first: PageRequest, options: Mapping[str, Any], collected: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """Return where a request says who asks: the kind of place, and a name."""
    found: dict[tuple[str, str], None] = {}
    for headers in (getattr(session, "headers", None), options.get("headers")):
        for name in headers or {}:
            is_account = f"{ACCOUNT} {name}".lower() in {known.lower() for known in collected}
            if is_secret_name(str(name)) or is_account:
                found["header", str(name)] = None
    if auth := options.get("auth") or getattr(session, "auth", None):
        name = auth.header if isinstance(auth, DeadlineAuth) else "Authorization"
        found["header", name] = None
    if options.get("cookies") or any("cookie" in place for place in collected):
        found["header", "Cookie"] = None
    params = {**(getattr(session, "params", None) or {}), **first.query()}
    found |= {("parameter", str(name)): None for name in params if is_secret_name(str(name))}
    fields = first.json if isinstance(first.json, Mapping) else {}
    found |= {("field", str(name)): None for name in fields if is_secret_name(str(name))}
    return list(found)


def _has_caching_adapter(session: Any, url: str) -> bool:
    """Return whether responses come from an adapter that stores them, as those of hishel."""
    try:
        adapter = session.get_adapter(url)
    except (AttributeError, requests.exceptions.InvalidSchema):
        return False
    return any(hasattr(adapter, name) for name in ("storage", "cache"))


def _prepare(first: PageRequest, place: str, name: str, value: str) -> requests.PreparedRequest:
    """Return the first request with a value of its own in one place."""
    headers, params, json = {}, first.query(), first.json
    if place == "parameter":
        params = {**params, name: value}
    elif place == "field":
        json = {**json, name: value}
    else:
        headers[name] = _basic_auth_str(value, value) if name == "Authorization" else value
    url = first.url.partition("?")[0]
    request = requests.Request(first.method, url, params=params, headers=headers, json=json)
    return request.prepare()
