"""Several listings, one after the other, as one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, NamedTuple, NoReturn, TypeVar

import msgspec

from requests_paginate._listing.bound import BEFORE_START
from requests_paginate._listing.fingerprint import digest
from requests_paginate._listing.group import Group
from requests_paginate._listing.listing import Listing
from requests_paginate._listing.progress import Turn
from requests_paginate._listing.stats import Stats
from requests_paginate._models import Page
from requests_paginate._transport.trace import Sink
from requests_paginate.exceptions import InvalidCheckpoint, PaginationError

T = TypeVar("T")

_COUNTED = [each.name for each in fields(Stats) if each.name != "drift"]


_DOUBTFUL = "doubtful"  # in a token: a part before it was
_DOUBTS_BEFORE = ("the end of a part before the checkpoint was doubtful, as was told then",)


class _Place(NamedTuple):
    """The part that is being read, and what was before it."""

    number: int
    part: Listing[Any]  # a named tuple cannot be generic in Python 3.10
    before: Stats = Stats()
    doubts: tuple[str, ...] = ()


class ListingChain(Listing[T]):
    """A listing of what one request cannot ask for: its parts are listed in their order.

    Each part is opened when the one before it has ended. `total` is not known. An error about the
    end of a part is raised after its rows, and the listing then goes on with the next part.

    Args:
        open_part: The function that opens a part, by its options.
        parts: The options of each part, at least one.
        asked: What all parts together ask for: a checkpoint is of this alone.

    Raises:
        InvalidCheckpoint: `resume` is of a listing that asked for something else.
    """

    def __init__(
        self,
        open_part: Callable[..., Listing[T]],
        parts: Sequence[Mapping[str, Any]],
        asked: Any,
    ) -> None:
        self._open, self._parts = open_part, parts
        self._mark = digest(asked)
        self._parts = self._stop_at(parts[0].get("until"))
        self._turn = Turn()
        self._sinks: tuple[Sink, ...] = ()
        self._group: Group | None = None  # of listings that are read at once
        # one value, which is replaced at once, as an interrupt may come at any time
        self._place = self._open_at(parts[0].get("resume"))

    def _stop_at(self, until: Any) -> Sequence[Mapping[str, Any]]:
        """Return the parts up to the one that a checkpoint is of, which ends there."""
        if not isinstance(until, str):
            return self._parts
        try:
            token, number, _, _ = self._read_token(until)
        except InvalidCheckpoint as error:
            raise InvalidCheckpoint(f"until: {error}") from None
        resume = self._parts[0].get("resume")
        if isinstance(resume, str) and self._read_token(resume)[1] > number:
            raise InvalidCheckpoint(BEFORE_START)
        before = [{**part, "until": None} for part in self._parts[:number]]
        return [*before, {**self._parts[number], "until": token}]

    def _read_token(self, written: str) -> tuple[str, int, int, tuple[str, ...]]:
        """Return the token of a part, the part's number, the pages before it, and their doubts."""
        token, *place = written.split(".")
        mark, numbers, *flags = [*place, "", ""]
        number, _, pages = numbers.partition("-")
        is_known = number.isdecimal() and int(number) < len(self._parts)
        if mark != self._mark or not is_known or not (pages or "0").isdecimal():
            raise InvalidCheckpoint("the checkpoint is of a listing with another 'ids'")
        return token, int(number), int(pages or "0"), _DOUBTS_BEFORE if _DOUBTFUL in flags else ()

    def _open_at(self, resume: Any) -> _Place:
        """Open the part that a checkpoint is of: it tells its number, and the pages before it."""
        if not isinstance(resume, str):
            part = self._open(**{**self._parts[0], "resume": resume})
            return _Place(0, self._name(part, 0, (), 0))
        token, number, pages, doubts = self._read_token(resume)
        part = self._open(**{**self._parts[number], "resume": token})
        named = self._name(part, number, doubts, pages)
        return _Place(number, named, doubts=doubts)

    def _name(self, part: Listing[T], number: int, doubts: Sequence[str], pages: int) -> Listing[T]:
        """Have a part say in its tokens and pages which one it is."""
        flags = [_DOUBTFUL][: len(doubts)]
        part._suffix = ".".join(["", self._mark, f"{number}-{pages}", *flags])
        part._pages_before = part._reader.trace.pages_before = pages
        for sink in self._sinks:
            part.trace(sink)
        if self._group is not None:
            part._join(self._group)
        return part

    def _join(self, group: Group) -> None:
        self._group = group
        self._place.part._join(group)

    def trace(self, sink: Sink) -> None:
        """Have a function called with each event of a page from now on, of every part."""
        self._sinks = (*self._sinks, sink)
        self._place.part.trace(sink)

    # What takes a row or a page and what hands it out is one step, as in Listing.

    def __next__(self) -> T:
        place = self._place
        part: Listing[T] = place.part
        try:
            for row in part: return row  # fmt: skip  # noqa: E701 - one step
            while self._open_after(place):
                place = self._place
                part = place.part
                for row in part: return row  # fmt: skip  # noqa: E701 - one step
        except PaginationError as error:
            raise self._locate(error, place) from None
        raise StopIteration

    def _next_page(self, is_turned: bool = False) -> Page[T] | None:
        place = self._place
        if is_turned:
            return place.part._next_page(True)
        try:
            for page in place.part.pages(): return page  # fmt: skip  # noqa: E701 - one step
            while self._open_after(place):
                place = self._place
                for page in place.part.pages(): return page  # fmt: skip  # noqa: E701 - one step
        except PaginationError as error:
            raise self._locate(error, place) from None
        return None

    def _turn_page(self) -> bool:
        place = self._place
        try:
            if place.part._turn_page():
                return True
            while self._open_after(place):
                place = self._place
                if place.part._turn_page():
                    return True
        except PaginationError as error:
            raise self._locate(error, place) from None
        return False

    def _open_after(self, place: _Place, error: PaginationError | None = None) -> bool:
        """Open the part after one that has ended, or of whose end there was an error.

        Returns:
            Whether there is a part after it; another call may have opened it.
        """
        number = place.number + 1
        if number == len(self._parts) or not (error or place.part._is_over()):
            return False
        if not self._turn.begin():
            raise RuntimeError("this listing is being read by another thread")
        try:
            if self._place is place:
                place.part._refuse_closed()
                told = (str(error),) if error and str(error) not in place.part.doubts else ()
                doubts = (*place.doubts, *place.part.doubts, *told)
                before = _add(place.before, place.part.stats)
                part = self._open_part(number, place.part, before)
                # of a part that was gone on with, not all of its pages were read here
                last = place.part._reader._last_end  # where its last page ends
                ended = place.part._reader.position.index if last is None else last["index"] + 1
                self._name(part, number, doubts, place.part._pages_before + ended)
                self._place = _Place(number, part, before, doubts)
            return True
        finally:
            self._turn.end()

    def _open_part(self, number: int, after: Listing[T], done: Stats) -> Listing[T]:
        """Return a part that goes on with the limits and the keys of those before it."""
        options = {**self._parts[number], "resume": None}
        for name, count in (("max_items", done.items), ("max_pages", done.pages)):
            if options.get(name) is not None:
                options[name] -= count
        part = self._open(**options)
        part._selector.keys.follow(after._selector.keys)
        return part

    def _locate(self, error: PaginationError, place: _Place) -> PaginationError:
        """Return an error whose place is counted from the beginning of the whole."""
        if error.page_index is not None:
            error.page_index += place.part._pages_before
        error.items_yielded = (error.items_yielded or 0) + place.before.items
        # all rows of this part came
        if getattr(error, "is_end", False) and self._open_after(place, error):
            error.checkpoint = self.checkpoint()
        return error

    def split(self, parts: int) -> NoReturn:  # noqa: ARG002 - that of a listing
        """Raise ValueError: the listing is already made of several."""
        raise ValueError(
            f"split: this listing is {len(self._parts)} listings already, of a part of the ids "
            "each; call get_all for each part, and read them with gather()"
        )

    def _peek_rows(self) -> Sequence[Any] | None:
        place = self._place
        try:
            while (rows := place.part._peek_rows()) is None and self._open_after(place):
                place = self._place
        except PaginationError as error:
            raise self._locate(error, place) from None
        return rows

    def _get_model(self) -> Any:
        return self._place.part._get_model()

    def _read_as_text(self) -> None:
        if self._parts[0].get("model") is None:  # as it is where the caller gave none
            self._parts = [{**part, "model": msgspec.Raw} for part in self._parts]
        self._place.part._read_as_text()

    def _go_to(self, token: str) -> None:
        self._place = self._open_at(token)

    def checkpoint(self) -> str:
        """Return a string from which the same call with `resume=` continues at the next row."""
        return self._place.part.checkpoint()

    @property
    def total(self) -> int | None:
        """Unknown: every part has a total of its own."""
        return None

    @property
    def complete(self) -> bool:
        """Whether every part came to its end, without a doubt, and no row is left."""
        return self._is_over() and not self.doubts

    def _is_over(self) -> bool:
        return self._is_in_last_part() and self._place.part._is_over()

    def _is_in_last_part(self) -> bool:
        return self._place.number == len(self._parts) - 1

    @property
    def doubts(self) -> tuple[str, ...]:
        """What the pages so far said against the whole, in words."""
        return (*self._place.doubts, *self._place.part.doubts)

    @property
    def strategy(self) -> Any:
        """The strategy of the part that is being read."""
        return self._place.part.strategy

    @property
    def stats(self) -> Stats:
        """A snapshot of what the parts did so far."""
        return _add(self._place.before, self._place.part.stats)

    def __length_hint__(self) -> int:
        """Return how many rows are left, if that is known: only in the last part."""
        return self._place.part.__length_hint__() if self._is_in_last_part() else NotImplemented

    def close(self) -> None:
        """End the listing. `checkpoint()` still tells where it stood."""
        self._place.part.close()

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        vars(self).update(state, _turn=Turn(), _sinks=(), _group=None)

    def __repr__(self) -> str:
        place = self._place
        return f"<ListingChain {place.number + 1} of {len(self._parts)}: {place.part!r}>"


def _add(before: Stats, now: Stats) -> Stats:
    sums = {name: getattr(before, name) + getattr(now, name) for name in _COUNTED}
    return replace(now, **sums, drift=before.drift or now.drift)
