"""The keys of the rows of a listing so far, by which `key=` drops rows that come again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from requests_paginate._listing.fingerprint import encode
from requests_paginate._paths import describe_type
from requests_paginate.exceptions import MalformedPage

MOST_KEYS = 100  # in a checkpoint: rows move to the next page from the end of a page
LENGTH_OF_KEY = 12  # characters: equal digests drop a row, so they must not be equal by chance
_EXACT = 2.0**53  # integers from here on are no longer all different as floats


class SeenKeys:
    """The keys that were seen, also those of which a checkpoint tells.

    Attributes:
        dropped: Rows that were dropped for their keys, by this listing.
    """

    def __init__(self, digests: str = "", dropped_before: int = 0) -> None:
        places = range(0, len(digests), LENGTH_OF_KEY)
        self._restored = tuple(digests[place : place + LENGTH_OF_KEY] for place in places)
        self._seen: set[Any] = set()
        self._dropped_before = dropped_before
        self.dropped = 0
        self._last: tuple[Any, ...] = ()  # the keys of the last rows
        self._page_before: tuple[tuple[Any, ...], int] = ((), 0)

    @property
    def all_dropped(self) -> int:
        """Rows that were dropped since the listing began, also before a checkpoint."""
        return self._dropped_before + self.dropped

    @property
    def is_empty(self) -> bool:
        """Whether no key was seen."""
        return not self._seen and not self._restored

    def __contains__(self, key: Any) -> bool:
        return key in self._seen or (len(self._restored) > 0 and _digest(key) in self._restored)

    def follow(self, before: SeenKeys) -> None:
        """Go on from the keys of a listing before this one; both drop what either has seen."""
        self._seen, self._restored, self._last = before._seen, before._restored, before._last
        self._dropped_before = before.all_dropped

    def add_page(self, keys: Iterable[Any], dropped: int) -> None:
        """Remember the new keys of a page that was taken, and how many rows were dropped."""
        self._page_before = self._last, self.dropped
        self._seen.update(keys)
        self._last = (*self._last, *keys)[-MOST_KEYS:]
        self.dropped += dropped

    def save(self) -> tuple[Any, ...]:
        """Return what `restore` needs to undo the adding of one page."""
        return self._page_before, self._last, self.dropped

    def restore(self, saved: tuple[Any, ...], keys: Iterable[Any]) -> None:
        """Undo the adding of a page with these new keys, however far it had come."""
        self._seen.difference_update(keys)
        self._page_before, self._last, self.dropped = saved

    def describe(self, *, before_page: bool) -> dict[str, Any]:
        """Return the fields of a checkpoint: after the last page, or before it."""
        last, dropped = self._page_before if before_page else (self._last, self.dropped)
        digests = (*self._restored, *map(_digest, last))[-MOST_KEYS:]
        return {"keys": "".join(digests), "duplicates": self._dropped_before + dropped}


def make_key(identity: Any) -> Any:
    """Return a row's identity so that 1, 1.0 and true are different; None for no identity.

    Null and an empty text are none: many rows may lack an identity, and none of them is another.

    Raises:
        MalformedPage: It was rounded, so that two rows may have it.
    """
    kind = type(identity)
    if kind is str or kind is int:
        return identity if identity != "" else None
    if kind is float and abs(identity) >= _EXACT:
        raise MalformedPage(
            "expected a row's identity from key=, got a number that was rounded, so that two "
            "rows may have it; pass a decode= that keeps long integers, as json.loads does"
        )
    try:
        hash(identity)
    except TypeError:
        raise MalformedPage(
            f"expected a row's identity from key=, got {describe_type(identity)}"
        ) from None
    if isinstance(identity, (bool, float, Decimal)):
        return kind.__name__, identity
    return identity


def _digest(key: Any) -> str:
    return hashlib.blake2b(encode(key), digest_size=LENGTH_OF_KEY // 2).hexdigest()
