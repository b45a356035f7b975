"""What a list can and a listing cannot, and what to do instead."""

from __future__ import annotations

from typing import NoReturn


class NotAList:
    """Answers `len(listing)` and `listing[0]` with what works."""

    def __bool__(self) -> bool:
        return True  # whether it has rows is known only after a request

    def __len__(self) -> NoReturn:
        raise TypeError(
            "a listing has no length before it was read: listing.total is the number of rows where "
            "the API tells it, and len(list(listing)) counts them"
        )

    def __getitem__(self, _place: object) -> NoReturn:
        raise TypeError(
            "a listing is read from its beginning: next(listing) is the next row, "
            "itertools.islice(listing, 10) are the next ten, and list(listing)[5] reads all rows"
        )
