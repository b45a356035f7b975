"""What a list can and a listing cannot, and what to do instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn


class _NoLength(TypeError, AttributeError):
    """What `len` raises; to `hasattr` it says that there is none, as some functions ask first."""


class _Length:
    """Stands for `__len__`, and has none."""

    def __get__(self, listing: object, owner: type) -> NoReturn:
        raise _NoLength(
            "a listing has no length before it was read: listing.total is the number of rows where "
            "the API tells it, and len(list(listing)) counts them"
        )


class NotAList:
    """Answers `len(listing)` and `listing[0]` with what works."""

    def __bool__(self) -> bool:
        return True  # whether it has rows is known only after a request

    if not TYPE_CHECKING:  # a type checker refuses both by itself
        __len__ = _Length()

        def __getitem__(self, _place: Any) -> NoReturn:
            raise TypeError(
                "a listing is read from its beginning: next(listing) is the next row, "
                "itertools.islice(listing, 10) are the next ten, and list(listing)[5] reads all "
                "rows"
            )
