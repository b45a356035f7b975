"""Whether the request of a first page names a place in the listing by itself.

Who writes `page=1` or `offset=0` into a request mostly goes on with `page=2`, in a loop of their
own. So a position counts whatever its value: that caller pages by hand.
"""

from __future__ import annotations

from typing import Any

from requests_paginate._detection.fields import read_sent_fields
from requests_paginate._envelope import vocabulary
from requests_paginate._models import Page
from requests_paginate._paths import is_count
from requests_paginate.strategies import Strategy

# Names of positions that are never those of a filter, if a number stands there.
_PLAIN = frozenset({*vocabulary.PLAIN_NUMBERS, "offset", "skip"})


def find_position(page: Page, strategy: Strategy) -> tuple[str, bool] | None:
    """Return the parameter of a page's request that says where in the listing it begins.

    Returns:
        Its name, and whether it surely is a position: a parameter of another name that the next
        request changes may be a filter that the server writes in its own way. None without one.
    """
    assert page.next is not None  # noqa: S101 - only such a page is asked about
    sent, following = read_sent_fields(page.request), read_sent_fields(page.next)
    own = {str(name) for field in strategy.needs for name in _list(getattr(strategy, field))}
    doubtful = None
    for plain, (name, value) in sent.items():
        if value in (None, "", "*") or plain in vocabulary.SIZES:
            continue
        if name in own or (plain in _PLAIN and is_count(value)):
            return name, True
        if plain in following and str(following[plain][1]) != str(value):
            if plain in vocabulary.POSITIONS:
                return name, True
            doubtful = doubtful or (name, False)
    return doubtful


def _list(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)
