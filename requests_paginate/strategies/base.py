"""What every strategy has in common: the contract, and the rules of ends and of the next request.

Law of this room: the end is something the server said. A missing total, a continuation without
rows, a flag that contradicts a link: each raises, none ends.
"""

from __future__ import annotations

import dataclasses
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import FunctionType
from typing import Any, ClassVar, TypeVar

from requests_paginate._envelope.selectors import ItemsAt, TotalAt
from requests_paginate._models import Page, PageRequest, changed, is_header
from requests_paginate._paths import ABSENT, as_number, check_path, read, type_name
from requests_paginate._redaction import redact_url
from requests_paginate.exceptions import InconsistentListing, MalformedPage

__all__ = [
    "Strategy",
    "continues",
    "number_in",
    "placed",
    "refuse_missing_rows",
    "requested",
    "sent_value",
]

_HALVES = re.compile(r"[\ud800-\udfff]")  # of surrogate pairs; no codec takes them
AnyStrategy = TypeVar("AnyStrategy", bound="Strategy")


class Strategy(ABC):
    """How one dialect goes from page to page.

    A subclass gives `next`. `items` and `total` are fields of the built-in strategies: written as
    paths, called with a page (`strategy.items(page)`); a subclass may as well define methods.
    """

    items: Callable[[Page], Sequence[Any]] = ItemsAt()
    total: Callable[[Page], int | None] = TotalAt()

    # The fields that name places in a response, read by `signals`.
    reads: ClassVar[tuple[str, ...]] = ()
    # The fields that a strategy does not work without.
    needs: ClassVar[tuple[str, ...]] = ()
    # Whether one object in place of a list is a row: only where no other page could follow.
    takes_one: ClassVar[bool] = False
    # Whether `next` looks into the rows. If not, they may be decoded straight into a model.
    reads_rows: ClassVar[bool] = True
    # Whether a server may ignore what `next` sends: a parameter whose name no page tells.
    may_be_ignored: ClassVar[bool] = False
    # Whether it ends where a link or a token is missing, and not by what a page says.
    ends_by_absence: ClassVar[bool] = False
    # Whether what it follows cannot be something else. A field called `cursor` can.
    is_unmistakable: ClassVar[bool] = True

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "reads_rows" not in vars(cls):
            cls.reads_rows = True  # it may look into them, though the strategy it extends does not

    def __post_init__(self) -> None:
        written = vars(self)
        for name, reader in (("items", self._items_at), ("total", TotalAt)):
            if isinstance(getattr(type(self), name), FunctionType):
                written.pop(name, None)  # a method of a subclass, not its parent's field
            elif not isinstance(written.get(name), (ItemsAt, TotalAt)):
                written[name] = reader(written.get(name))
        for name in (*self.reads, *self.needs):
            check_path(name, getattr(self, name))
        for name in self.needs:
            if getattr(self, name) is None:
                raise TypeError(f"{name}: expected a string, got None")
        first = getattr(self, "first", 0)
        if isinstance(first, bool) or not isinstance(first, int):
            raise TypeError(f"first: expected a whole number, got {type(first).__name__}")

    @abstractmethod
    def next(self, page: Page) -> PageRequest | None:
        """The request of the following page, or None where the server said there is none.

        Raises:
            MalformedPage: The page does not say what this strategy must know.
            InconsistentListing: The page contradicts its request or itself.
        """

    def guess(self, page: Page) -> Iterator[PageRequest]:  # noqa: ARG002 - the interface
        """The requests that probably follow, nearest first; used only to fetch ahead."""
        return iter(())

    def begins(self, request: PageRequest) -> bool:  # noqa: ARG002 - the interface
        """Whether a first request asks for the listing's first rows, as far as this one knows."""
        return True

    def is_standing(self, page: Page) -> bool:  # noqa: ARG002 - the interface
        """Whether a page without rows leads on for ever, so that it is the end all the same."""
        return False

    def signals(self, page: Page) -> Sequence[Any]:
        """What this strategy reads from the response beside the rows.

        Two pages with the same rows and the same signals are one page, served twice. By default
        the values at the strategy's paths; for a strategy without any, what is around the rows.
        """
        if self.reads:
            paths = [getattr(self, name) for name in self.reads]
            return [page.lookup(path.lstrip("!"), None) for path in paths if path]
        if isinstance(page.body, Mapping):
            return [value for value in page.body.values() if not isinstance(value, list)]
        return []

    def reading(self: AnyStrategy, items: str | Callable[[Any], Any]) -> AnyStrategy:
        """The same strategy with the rows read elsewhere."""
        return self._with("items", self._items_at(items))

    def renamed(self: AnyStrategy, name: str) -> AnyStrategy:
        """The same strategy with the parameter that it sends named otherwise."""
        return self._with(self.needs[0], name)

    def _with(self: AnyStrategy, name: str, value: Any) -> AnyStrategy:
        return changed(self, **{name: value})

    def _items_at(self, path: Any) -> ItemsAt:
        return ItemsAt(path, takes_one=self.takes_one)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), frozenset(vars(self).items())))

    def __repr__(self) -> str:
        if not dataclasses.is_dataclass(self):
            return f"{type(self).__name__}()"
        shown = []
        for number, spec in enumerate(dataclasses.fields(self)):
            if spec.name not in vars(self):
                continue  # a method of a subclass
            value = getattr(self, spec.name)
            if spec.name == "url" and isinstance(value, str):
                value = redact_url(value)
            if number == 0 and spec.name != "items":
                shown.append(repr(value))
            elif getattr(value, "path", value) != spec.default:
                shown.append(f"{spec.name}={value!r}")
        return f"{type(self).__name__}({', '.join(shown)})"


def continues(strategy: Strategy, page: Page, value: Any, more: bool | None, where: str) -> bool:
    """Whether a link or token is there to follow; raises where the page says two things."""
    if value is ABSENT or value is None or value == "":
        if more:
            raise InconsistentListing(f"the page says that more rows follow, and {where} is empty")
        if more is None:
            refuse_missing_rows(strategy, page, f"{where} is empty")
        return False
    return more is not False


def refuse_missing_rows(strategy: Strategy, page: Page, ending: str) -> None:
    """Raises where the rows so far are fewer than the total of a listing read from its start."""
    total = strategy.total(page)
    if total is None or page.start is None:
        return
    rows = page.start + len(strategy.items(page))
    if rows < total:
        raise InconsistentListing(
            f"{ending}, after {rows} of {total} rows (at {_written(strategy.total)}); if that "
            "total is only an estimate, pass a strategy without total="
        )


def _written(total: Any) -> str:
    return repr(total) if isinstance(total, TotalAt) else "total()"


def sent_value(request: PageRequest, name: str) -> Any:
    """What a request carries under a name in its query, else in its JSON body, or ABSENT."""
    value = request.query().get(name, ABSENT)
    return read(request.json, name) if value is ABSENT and request.json is not None else value


def requested(request: PageRequest, name: str, first: int) -> int:
    """The number that a request carries under a name; `first` where it carries none."""
    value = sent_value(request, name)
    if value is ABSENT or value is None or value == "":
        return first
    number = as_number(value, f"the request's {name}")
    return first if number is None else number


def number_in(request: PageRequest, name: str) -> int | None:
    """The whole number that a request's query carries under a name, None without one."""
    value = str(request.query().get(name, ""))
    return int(value) if value.isascii() and value.isdecimal() and len(value) <= 18 else None


def placed(request: PageRequest, name: str, value: Any, into: str | None = None) -> PageRequest:
    """The request with a value in its query, JSON body or headers.

    Without `into` it goes where the caller put the name, else to the query of a request without a
    body and into the JSON body of one with.

    Raises:
        MalformedPage: It cannot be sent there.
    """
    if into is None:
        in_query = request.json is None or name in request.query()
        into = "query" if in_query else "json"
    if into != "json" and (isinstance(value, bool) or not isinstance(value, (str, int))):
        raise MalformedPage(f"expected a string or a number for {name!r}, got {type_name(value)}")
    holds_halves = _HALVES.search(f"{name}{value}") is not None
    text = str(value)
    is_sendable = into != "header" or (is_header(name, text) and text == text.strip())
    if holds_halves or not is_sendable:
        raise MalformedPage(f"{name!r} or its value holds characters that cannot be sent")
    if into == "json":
        return request.with_json(name, value)
    if into == "header":
        return dataclasses.replace(request, headers={**request.headers, name: str(value)})
    return request.with_param(name, value)
