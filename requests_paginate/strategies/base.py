"""What all strategies share: the interface, and the rules of ends and of the next request.

This module guarantees that a listing ends only where the server said so. A missing total, a
continuation without rows and a flag that contradicts a link raise; none of them is an end.
"""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import FunctionType, MemberDescriptorType
from typing import Any, ClassVar, SupportsIndex, TypeVar

from requests_paginate._envelope.members import is_ended
from requests_paginate._envelope.selectors import ItemsAt, TotalAt
from requests_paginate._models import Page, PageRequest, UnreadRows
from requests_paginate._paths import check_path
from requests_paginate._redaction import redact_url
from requests_paginate.exceptions import doubt_end

AnyStrategy = TypeVar("AnyStrategy", bound="Strategy")


class Strategy(ABC):
    """How a listing goes from page to page: the base class of all strategies.

    A subclass defines `next`. In the built-in strategies, `items` and `total` are fields: they are
    written as paths and called with a page, as in `strategy.items(page)`. A subclass may define
    them as methods instead.
    """

    items: Callable[[Page], Sequence[Any]] = ItemsAt()
    total: Callable[[Page], int | None] = TotalAt()

    # Fields that the listing looks at in every strategy; without them a strategy has none.
    more: str | None = None
    total_pages: str | None = None
    first: int = 0
    end_statuses: tuple[int, ...] = ()

    # The fields that hold a path in the response; `signals` reads them.
    reads: ClassVar[tuple[str, ...]] = ()
    # The fields that must not be None. The first one names what goes into the request.
    needs: ClassVar[tuple[str, ...]] = ()
    # Whether an object in place of a list is one row: only if no other page can follow.
    takes_one: ClassVar[bool] = False
    # Whether `next` looks into the rows. If not, they may be decoded directly into a model. A
    # subclass that does not set it looks into them, as far as we know.
    reads_rows: ClassVar[bool] = True
    # Whether detection has to guess the name of the parameter that `next` sends (`needs[0]`). Then
    # the second page is compared with the first: a server ignores a wrong name.
    may_be_ignored: ClassVar[bool] = False
    # Whether it asks for what may be beyond the end, where no total and no flag tells.
    asks_beyond_end: ClassVar[bool] = False
    # Whether a missing link or token is the end. Then detection checks a listing of one page.
    ends_by_absence: ClassVar[bool] = False
    # Whether what it reads can only mean that more rows follow. If detection finds such a strategy
    # in an only page, that is an error; else it is a warning: `cursor` may be this page's own.
    is_unmistakable: ClassVar[bool] = True
    # Whether it changes the first request, and not the last one. So a resuming call must pass all
    # parameters again.
    extends_first_request: ClassVar[bool] = False

    _slots: ClassVar[tuple[str, ...]] = ()  # the names in `__slots__`, which `vars()` leaves out

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls._slots = _find_slots(cls)
        if "reads_rows" not in vars(cls):
            cls.reads_rows = True
        if cls.may_be_ignored and not cls.needs:
            raise TypeError(f"{cls.__name__}.needs: expected the field with the parameter's name")

    def __post_init__(self) -> None:
        self._make_reader("items", self._items_at)
        self._make_reader("total", TotalAt)
        for name in (*self.reads, *self.needs):
            self._check_path(name)
        if isinstance(self.first, bool) or not isinstance(self.first, int):
            raise TypeError(f"first: expected a whole number, got {type(self.first).__name__}")

    def _check_path(self, name: str) -> None:
        """Raise TypeError if a field holds no path or name, or if a needed one is None."""
        check_path(name, getattr(self, name))
        if name in self.needs and getattr(self, name) is None:
            raise TypeError(f"{name}: expected a string, got None")

        statuses = self.end_statuses
        if not isinstance(statuses, tuple) or not all(type(each) is int for each in statuses):
            raise TypeError(f"end_statuses: expected statuses such as (404,), got {statuses!r}")

    def _make_reader(self, name: str, reader: Callable[[Any], Any]) -> None:
        """Put what reads a page in the place of the path that was written into a field."""
        written = read_attributes(self).get(name)
        if isinstance(getattr(type(self), name), FunctionType):
            vars(self).pop(name, None)  # the method of a subclass hides the field of its parent
        elif not isinstance(written, (ItemsAt, TotalAt)):
            object.__setattr__(self, name, reader(written))  # the dataclass is frozen

    @abstractmethod
    def next(self, page: Page) -> PageRequest | None:
        """Return the request of the following page, or None if the server said there is none.

        Raises:
            MalformedPage: The page does not say what this strategy must know.
            InconsistentListing: The page contradicts its request or itself.
        """

    def guess(self, page: Page) -> Iterator[PageRequest]:  # noqa: ARG002 - the interface
        """Return the requests that probably follow, nearest first, so they can be fetched ahead."""
        return iter(())

    def begins(self, request: PageRequest) -> bool:  # noqa: ARG002 - the interface
        """Return whether a first request asks for the first rows, as far as the strategy knows."""
        return True

    def count_before(self, request: PageRequest) -> int | None:  # noqa: ARG002 - the interface
        """Return how many rows a request skips, if it counts rows; None if it does not."""
        return None

    def begins_with_last(self, page: Page) -> bool:  # noqa: ARG002 - the interface
        """Return whether a page begins with the very row after which it should begin."""
        return False

    def is_standing(self, page: Page) -> bool:  # noqa: ARG002 - the interface
        """Return whether a page is the end although a continuation is in it.

        Some servers end with a page that leads to itself.
        """
        return False

    def read_rows(self, page: Page) -> Sequence[Any]:
        """Return the rows of a page: those that the listing has read, if it has.

        They are read once, because a callable may take them out of the body.
        """
        return self.items(page) if type(page.items) is UnreadRows else page.items

    def signals(self, page: Page) -> Sequence[Any]:
        """Return what this strategy reads from the response beside the rows.

        Two pages with equal rows and equal signals are one page that was served twice. By default
        the signals are the values at the strategy's paths. For a strategy without paths they are
        the values around the rows.
        """
        if self.reads:
            found = []
            for name in self.reads:
                field = getattr(self, name)
                for path in (field,) if isinstance(field, str) else field or ():
                    found.append(page.lookup(path.lstrip("!"), None))  # noqa: PERF401 - one or two
            return found
        if isinstance(page.body, Mapping):
            return [value for value in page.body.values() if not isinstance(value, list)]
        return []

    def list_paths(self) -> list[str]:
        """Return the paths in the response that `reads` names; `!` leads those of the last page."""
        paths: list[str] = []
        for name in self.reads:
            field = getattr(self, name)
            if isinstance(field, str):
                paths.append(field)
            else:
                paths += field or ()
        return paths

    def reading(self: AnyStrategy, items: str | Callable[[Any], Any]) -> AnyStrategy:
        """Return the strategy with its rows at another path, or read by a callable."""
        return _remake(type(self), {**read_attributes(self), "items": self._items_at(items)})

    def renamed(self: AnyStrategy, name: str | tuple[str, ...]) -> AnyStrategy:
        """Return the strategy with another name for the parameter that it sends."""
        if isinstance(name, tuple) != isinstance(getattr(self, self.needs[0]), tuple):
            raise TypeError(f"{self!r} cannot be renamed to {name!r}: one name takes one value")
        return _remake(type(self), {**read_attributes(self), self.needs[0]: name})

    def _items_at(self, path: Any) -> ItemsAt:
        return ItemsAt(path, takes_one=self.takes_one)

    def _has_continuation(self, page: Page, value: Any, more: bool | None, where: str) -> bool:
        """Return whether a link or token leads to another page; raise if it is empty too early."""
        if is_ended(value):
            if more:
                raise doubt_end(f"the page says that more rows follow, and {where} is empty")
            if more is None:
                self._refuse_missing_rows(page, f"{where} is empty")
            return False
        return more is not False

    def _read_total(self, page: Page, rows: Sequence[Any]) -> int | None:
        """Return the number of all rows; None if it says nothing, being below the page's own."""
        total = self.total(page)  # databases without statistics count 0 rows, or 3
        return None if total is not None and total < len(rows) else total

    def _refuse_missing_rows(self, page: Page, ending: str) -> None:
        """Raise if a listing that was read from its start has fewer rows than its total."""
        total = self.total(page)
        if total is None or page.start is None:
            return
        rows = page.start + len(self.read_rows(page))
        if rows < total:
            place = repr(self.total) if isinstance(self.total, TotalAt) else "total()"
            raise doubt_end(
                f"{ending}, after {rows} of {total} rows (at {place}); if that total is only an "
                "estimate, pass a strategy without total="
            )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Strategy) or type(self) is not type(other):
            return False
        return read_attributes(self) == read_attributes(other)

    def __hash__(self) -> int:
        return hash((type(self), frozenset(read_attributes(self).items())))

    def __reduce_ex__(self, protocol: SupportsIndex) -> str | tuple[Any, ...]:
        writer = getattr(type(self), "__getstate__", None)
        if getattr(writer, "__module__", None) != "dataclasses":
            return super().__reduce_ex__(protocol)
        # A dataclass with slots pickles its fields alone, and not the place of the rows.
        return _remake, (type(self), read_attributes(self))

    def __repr__(self) -> str:
        if not dataclasses.is_dataclass(self):
            return f"{type(self).__name__}()"
        shown, written = [], read_attributes(self)
        for number, spec in enumerate(dataclasses.fields(self)):
            if spec.name not in written:
                continue  # a subclass has a method of this name
            value = getattr(self, spec.name)
            if spec.name == "url" and isinstance(value, str):
                value = redact_url(value)
            if number == 0 and spec.name != "items":
                shown.append(repr(value))
            elif getattr(value, "path", value) != spec.default:
                shown.append(f"{spec.name}={value!r}")
        return f"{type(self).__name__}({', '.join(shown)})"


def read_attributes(value: object) -> dict[str, Any]:
    """Return the attributes of a strategy, or of what it holds: of its `__dict__` and its slots."""
    slots = value._slots if isinstance(value, Strategy) else _find_slots(type(value))
    held = {name: getattr(value, name) for name in slots if hasattr(value, name)} if slots else {}
    return {**getattr(value, "__dict__", {}), **held}


def _find_slots(kind: type) -> tuple[str, ...]:
    names = [name for each in kind.__mro__ if "__slots__" in vars(each) for name in vars(each)]
    return tuple(n for n in names if isinstance(getattr(kind, n, None), MemberDescriptorType))


def _remake(kind: type[AnyStrategy], attributes: Mapping[str, Any]) -> AnyStrategy:
    """Return a strategy with these attributes; its class may be frozen, or have slots."""
    strategy = object.__new__(kind)
    if not kind._slots:
        vars(strategy).update(attributes)
        return strategy
    for name, value in attributes.items():
        object.__setattr__(strategy, name, value)
    return strategy


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class SinglePage(Strategy):
    """A listing that is not paginated: its only page has all rows.

    Attributes:
        items: Where the rows are; an object there is the only row.
        total: Where the number of all rows is. If it is larger than the page, that is an error.
    """

    items: Any = None
    total: Any = dataclasses.field(default=None, kw_only=True)

    takes_one: ClassVar[bool] = True

    def next(self, page: Page) -> PageRequest | None:
        """Return None: the caller said that there is one page."""
        self._refuse_missing_rows(page, "this is said to be the only page")
        return None
