"""What is wrong with a server, and whether a client can know it.

`is_knowable` is False only where the server lies so that its answers are those of another, honest
server: then no client could tell, and a short listing is not held against ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.fuzz.names import NOUNS
from tests.fuzz.servers import Page, Server
from tests.fuzz.wires import Answer, Ask

if TYPE_CHECKING:
    from tests.fuzz.cases import Case

_WEAK = {
    "last": ("done", "finished"),
    "total": ("size", "count"),
}  # names that may mean something else
CONTINUATIONS = ("next", "token", "parameters")


def has(server: Server, *roles: str) -> bool:
    """Return whether the pages of a server tell one of these."""
    places = server.paging.places.items()
    told = {role for role, path in places if not _is_weak(server, role, path)}
    if server.paging.style == "header link":
        told.add("next")
    if server.paging.style == "range":
        told.add("total")
    return bool(told & set(roles))


def _is_weak(server: Server, role: str, path: str) -> bool:
    """Return whether a name may mean something else, as more of what nobody asked for does."""
    name = "".join(filter(str.isalnum, path.rpartition(".")[2].lower()))
    noun = name.removeprefix("hasmore").removesuffix("s")
    if role == "more" and noun != name and noun in map(_singular, NOUNS):
        return not any(noun in text.lower() for text in (server.rows_path, server.path))
    return name in _WEAK.get(role, ())


def _singular(noun: str) -> str:
    return noun.removesuffix("s")


@dataclass(kw_only=True)
class Fault:
    """One thing that is wrong, or only unusual (`is_honest`)."""

    at: int = 0  # the place of a page in the plan
    variant: str = ""
    is_honest = False
    bends_last = False  # after the others have put pages into the plan
    is_told_last = False  # whether a doubt about it is told after the last row, or before no error
    variants: tuple[str, ...] = ("",)

    def __str__(self) -> str:
        return f"{type(self).__name__}{f'({self.variant})' * bool(self.variant)}"

    def fits(self, case: Case) -> bool:
        """Return whether it makes sense for a server; called before anything is bent."""
        return True

    def is_knowable(self, case: Case) -> bool:
        """Return whether the answers differ from those of any honest server."""
        return True

    def bend(self, server: Server) -> None:
        """Change the plan."""

    def forestall(self, server: Server, ask: Ask, index: int) -> Answer | None:
        """Answer instead of the server."""

    def extend(self, server: Server, page: Page) -> None:
        """Change the rows of a page, and whether it is the last, before it says so."""

    def change(self, server: Server, page: Page) -> None:
        """Change what a page says."""

    def spoil(self, server: Server, answer: Answer, page: Page) -> None:
        """Change the response."""
