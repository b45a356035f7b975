"""Several listings, one after the other, as one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

from requests_paginate._listing.listing import Listing
from requests_paginate._listing.stats import Stats
from requests_paginate._models import Page, copy_with
from requests_paginate.exceptions import InvalidCheckpoint, PaginationError

T = TypeVar("T")


class ListingChain(Listing[T]):
    """A listing of what one request cannot ask for: the parts are listed in their order.

    Each part is opened when the one before it has ended. `total` is not known, and a checkpoint is
    that of the part that is being read: `resume` finds the part by its parameters.

    Args:
        open_part: The function that opens a part, by its options.
        parts: The options of each part, at least one.

    Raises:
        InvalidCheckpoint: `resume` fits none of the parts.
    """

    def __init__(
        self, open_part: Callable[..., Listing[T]], parts: Sequence[Mapping[str, Any]]
    ) -> None:
        self._open, self._parts = open_part, parts
        self._before = Stats()  # what the parts that ended did
        self._doubts_before: tuple[str, ...] = ()
        self._number, self._part = self._find_first()

    def _find_first(self) -> tuple[int, Listing[T]]:
        refusal: InvalidCheckpoint | None = None
        for number, options in enumerate(self._parts):
            try:
                return number, self._open(**options)
            except InvalidCheckpoint as error:
                refusal = refusal or error
        assert refusal is not None  # noqa: S101 - there is at least one part
        raise refusal

    def __next__(self) -> T:
        try:
            for row in self._part: return row  # fmt: skip  # noqa: E701 - one step, as in Listing
            while self._open_next():
                for row in self._part: return row  # fmt: skip  # noqa: E701 - one step
        except PaginationError as error:
            raise self._count_all(error) from None
        raise StopIteration

    def _next_page(self) -> Page | None:
        try:
            page = self._part._next_page()
            while page is None and self._open_next():
                page = self._part._next_page()
        except PaginationError as error:
            raise self._count_all(error) from None
        return None if page is None else copy_with(page, index=page.index + self._before.pages)

    def _open_next(self) -> bool:
        """Open the part after one that has ended; return whether there was one."""
        number = self._number + 1
        if number == len(self._parts) or not self._part._is_over():
            return False
        self._part._refuse_closed()
        before, doubts = self._add_up(), self.doubts
        options = {**self._parts[number], "resume": None}
        for name, done in (("max_items", before.items), ("max_pages", before.pages)):
            if options.get(name) is not None:
                options[name] -= done
        part = self._open(**options)
        self._number, self._part, self._before, self._doubts_before = number, part, before, doubts
        return True

    def _count_all(self, error: PaginationError) -> PaginationError:
        """Return an error whose pages and rows are counted from the beginning of the whole."""
        if error.page_index is not None:
            error.page_index += self._before.pages
        error.items_yielded = (error.items_yielded or 0) + self._before.items
        return error

    def checkpoint(self) -> str:
        """Return a string from which the same call with `resume=` goes on at the very next row."""
        return self._part.checkpoint()

    @property
    def total(self) -> int | None:
        """Unknown: every part has a total of its own."""
        return None

    @property
    def complete(self) -> bool:
        """Whether every part came to its end, without a doubt, and no row is left."""
        return self._is_over() and not self.doubts

    def _is_over(self) -> bool:
        return self._number == len(self._parts) - 1 and self._part._is_over()

    @property
    def doubts(self) -> tuple[str, ...]:
        """What the pages so far said against the whole, in words."""
        return (*self._doubts_before, *self._part.doubts)

    @property
    def strategy(self) -> Any:
        """The strategy of the part that is being read."""
        return self._part.strategy

    @property
    def stats(self) -> Stats:
        """A snapshot of what the parts did so far."""
        return self._add_up()

    def _add_up(self) -> Stats:
        now = self._part.stats
        return replace(
            now, **{f.name: getattr(self._before, f.name) + getattr(now, f.name) for f in _COUNTED}
        )

    def __length_hint__(self) -> int:
        """Return how many rows are left, if that is known: only in the last part."""
        is_last = self._number == len(self._parts) - 1
        return self._part.__length_hint__() if is_last else NotImplemented

    def close(self) -> None:
        """End the listing. `checkpoint()` still tells where it stood."""
        self._part.close()

    def __getstate__(self) -> dict[str, Any]:
        return vars(self)

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        vars(self).update(state)

    def __repr__(self) -> str:
        return f"<ListingChain {self._number + 1} of {len(self._parts)}: {self._part!r}>"


_COUNTED = [each for each in fields(Stats) if each.name != "drift"]
