"""Where a listing begins and ends: as the server says, or where checkpoints say."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import requests

from requests_paginate._detection.more_pages import is_at_start
from requests_paginate._envelope.vocabulary import PLAIN_NUMBERS, normalize_name
from requests_paginate._listing.bound import Bound
from requests_paginate._listing.caller_secrets import CallerSecrets, is_untold
from requests_paginate._listing.checkpoint import Checkpoint
from requests_paginate._listing.options import Options
from requests_paginate._models import PageRequest, copy_with
from requests_paginate._urls import is_relative
from requests_paginate.exceptions import InvalidCheckpoint
from requests_paginate.strategies import Strategy

_NUMBERS = frozenset({*PLAIN_NUMBERS, "offset", "skip"})  # of pages and rows


def find_position(
    first: PageRequest, options: Options, session_secrets: Mapping[str, Any]
) -> Checkpoint:
    """Return where the listing begins: at its first request, or where `resume` says."""
    if options.resume is not None:
        return _read_token(options.resume, first, options, session_secrets)
    strategy = _find_strategy(options)
    start = 0 if is_at_start(first, strategy) else None
    return Checkpoint(first=first, request=first, strategy=strategy, start=start)


def find_bound(
    first: PageRequest, options: Options, session_secrets: Mapping[str, Any], position: Checkpoint
) -> Bound:
    """Return where the listing ends: where `until` says, else where the server does.

    Raises:
        InvalidCheckpoint: `until` is no checkpoint of this listing, or before its beginning.
        ValueError: There is a `key`, too. A checkpoint keeps which rows came before it, and of them
            the listing that begins there would drop those that this one has not handed out.
    """
    if options.until is None:
        return Bound()
    if options.key is not None:
        raise ValueError(
            "until: with key= a row that moves beyond the checkpoint would be in neither part; "
            "list without key=, and drop rows that come twice where the parts are put together"
        )
    try:
        place = _read_token(options.until, first, options, session_secrets)
    except InvalidCheckpoint as error:
        raise InvalidCheckpoint(f"until: {error}") from None
    secrets = CallerSecrets(first, session_secrets)
    asked = {**position.asked, **secrets.digest_parameters()}
    told = {n: it for n, it in asked.items() if not is_untold(n, it, place.asked)}
    others = [name for name in {**told, **place.asked} if _differ(name, told, place.asked)]
    if others:
        names = ", ".join(repr(secrets.show(name)) for name in others)
        raise InvalidCheckpoint(f"until: the checkpoint is of a listing with another {names}")
    return Bound(place=place).starting_at(position)


def _differ(name: str, asked: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Return whether two listings ask for something else under a name; where each began is none.

    `from` and `after` may be a date, and so a filter.
    """
    return asked.get(name) != other.get(name) and normalize_name(name) not in _NUMBERS


def _find_strategy(options: Options) -> Strategy | None:
    if options.strategy is None or options.items is None:
        return options.strategy
    return options.strategy.reading(options.items)


def _read_token(
    token: str, first: PageRequest, options: Options, session_secrets: Mapping[str, Any]
) -> Checkpoint:
    items = options.items
    try:
        position = Checkpoint.decode(
            token,
            first=first,
            strategy=_find_strategy(options),
            items=items,
            session_secrets=session_secrets,
        )
        for request in (position.request, *(request for _, request in position.others)):
            if request is not None:
                _check_sendable(request)
    except RecursionError:
        raise InvalidCheckpoint("the checkpoint is nested too deeply") from None
    if items is None or position.strategy is None:
        return position
    return copy_with(position, strategy=position.strategy.reading(items))


def _check_sendable(request: PageRequest) -> None:
    """Raise InvalidCheckpoint for a checkpoint's request that requests cannot send."""
    url = request.url if not is_relative(request.url) else "https://relative.invalid/"
    prepared = None
    with suppress(requests.RequestException, ValueError, TypeError, RecursionError):
        prepared = requests.Request(
            request.method, url, params=request.params, json=request.json, headers=request.headers
        ).prepare()
    # requests takes any text with a colon for the URL of another scheme
    if prepared is not None and str(prepared.url).lower().startswith(("http:", "https:")):
        return
    raise InvalidCheckpoint("the checkpoint holds a request that cannot be sent")
