"""Where a listing begins: at its first request, or where a checkpoint says."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import requests

from requests_paginate._detection.more_pages import is_at_start
from requests_paginate._listing.checkpoint import Checkpoint
from requests_paginate._listing.options import Options
from requests_paginate._models import PageRequest, copy_with
from requests_paginate._urls import is_relative
from requests_paginate.exceptions import InvalidCheckpoint


def find_position(
    first: PageRequest, options: Options, session_secrets: Mapping[str, Any]
) -> Checkpoint:
    """Return where the listing begins: at its first request, or where `resume` says."""
    strategy, items = options.strategy, options.items
    if items is not None and strategy is not None:
        strategy = strategy.reading(items)
    if options.resume is None:
        start = 0 if is_at_start(first, strategy) else None
        return Checkpoint(first=first, request=first, strategy=strategy, start=start)
    try:
        position = Checkpoint.decode(
            options.resume,
            first=first,
            strategy=strategy,
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
