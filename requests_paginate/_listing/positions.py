"""Whether the request of a first page names a place in the listing by itself.

Who writes `page=1` or `offset=0` into a request mostly goes on with `page=2`, in a loop of their
own. So a position counts whatever its value: that caller pages by hand.
"""

from __future__ import annotations

import threading
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from requests_paginate._detection.fields import read_sent_fields
from requests_paginate._envelope import vocabulary
from requests_paginate._models import Page, PageRequest
from requests_paginate._paths import is_count
from requests_paginate.strategies import Strategy

# Names of positions that are never those of a filter, if a number stands there.
_PLAIN = frozenset({*vocabulary.PLAIN_NUMBERS, "offset", "skip"})
# Cursors that no filter is called. Where the link to the next page leaves one out, the page is one
# of a loop that goes backward, and the link leads back (Mastodon's `min_id`), or beyond it.
_CURSORS = frozenset(
    """cursor endingbefore maxid minid pagecursor pageinfo pagetoken scrollid skiptoken
    startingafter""".split()
)
_BACKWARD = "endingbefore"  # beside it a `starting_after` is refused, or does nothing (Stripe)
# What asks for the rows after a known one: a loop of its own, or code that wants all news.
_NEWS = frozenset({"sinceid"})
_MOST_REMEMBERED = 100


class Position(NamedTuple):
    """A parameter of a request that says where in the listing it begins.

    Attributes:
        name: The name of the parameter.
        value: Its value.
        is_sure: Whether it is one. What has another name, and another value in the next request,
            may be a filter that the server writes in its own way.
    """

    name: str
    value: Any
    is_sure: bool


def find_position(page: Page, strategy: Strategy) -> Position | None:
    """Return the position that the request of a page names; None if it names none."""
    assert page.next is not None  # noqa: S101 - only such a page is asked about
    sent, following = read_sent_fields(page.request), read_sent_fields(page.next)
    own = {str(name) for field in strategy.needs for name in _list(getattr(strategy, field))}
    doubtful = None
    for plain, (name, value) in sent.items():
        if value in (None, "", "*") or plain in vocabulary.SIZES:
            continue
        is_own = name in own or plain == _BACKWARD or (plain in _PLAIN and is_count(value))
        is_left_out = plain not in following
        has_changed = not is_left_out and str(following[plain][1]) != str(value)
        # `start` and `after` may be a date
        is_place = plain in _CURSORS or (plain in vocabulary.POSITIONS and is_count(value))
        if is_own or (is_left_out and plain in _CURSORS) or (has_changed and is_place):
            return Position(name, value, is_sure=True)
        if has_changed or (is_left_out and plain in _NEWS):
            doubtful = doubtful or Position(name, value, is_sure=False)
    return doubtful or _find_in_path(page, has_query=sent != following)


def _find_in_path(page: Page, *, has_query: bool) -> Position | None:
    """Return the part of a path in whose place the next request has another one, if one has.

    `/rows/page/1` leads to `/rows/page/2`, and `/query/a1-2000` of Salesforce to `/query/a1-4000`.
    A path that only grows, as `/rows` to `/rows/page/2`, says nothing. Where the query leads on, it
    may be another name for the same: GitHub's `/orgs/x/repos` leads to `/organizations/7/repos`.
    """
    assert page.next is not None  # noqa: S101 - as above
    urls = (page.request.url, page.next.url)
    here, there = (urlsplit(each).path.rstrip("/").split("/") for each in urls)
    if len(here) != len(there):
        return None
    changed = [
        (one, other)
        for one, other in zip(here, there, strict=True)
        if unquote(one).lower() != unquote(other).lower()
    ]
    for one, other in changed:
        if is_count(one) and is_count(other) and int(other) - int(one) in (1, len(page.items)):
            return Position(one, one, is_sure=True)
    return Position(changed[0][0], "", is_sure=False) if changed and not has_query else None


def _list(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


class MergedListings:
    """The listings that were merged lately, by what their requests say beside the position.

    A loop that writes no position into its first request, and counts on by its own page size, gets
    rows twice: the first response held them all. Nobody can tell that loop from code without one,
    before it goes on. Then it can be told.
    """

    def __init__(self) -> None:
        # by the listing, the query of its second page
        self._lock, self._known = threading.Lock(), dict[int, dict[str, Any]]()

    def add(self, first: Page) -> None:
        """Remember a listing whose first request names no position."""
        assert first.next is not None  # noqa: S101 - only such a listing is merged
        with self._lock:
            self._known[_identify(first.request)] = first.next.query()
            if len(self._known) > _MOST_REMEMBERED:
                del self._known[next(iter(self._known))]

    def holds(self, request: PageRequest, position: Position) -> bool:
        """Return whether a request asks for the second page of such a listing, as a loop does.

        One that names the first position begins a loop of its own: the listing is forgotten.
        """
        others = request.select_params(lambda name: name != position.name)
        identity = _identify(others)
        with self._lock:
            second = str(self._known.get(identity, {}).get(position.name))
            if second != str(position.value) and str(position.value) in ("0", "1"):
                self._known.pop(identity, None)
        return second == str(position.value)

    def __getstate__(self) -> dict[str, Any]:
        return {"_known": {}}  # another process has merged nothing

    def __setstate__(self, state: dict[str, Any]) -> None:
        MergedListings.__init__(self)


def _identify(request: PageRequest) -> int:
    """Return a digest of a request; who makes it says nothing, since keys may change each time."""
    return hash((request.url.partition("?")[0], str(sorted(request.query().items()))))
