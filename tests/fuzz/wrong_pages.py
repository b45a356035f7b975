"""Pages with other rows than they should have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from requests_paginate._paths import ABSENT
from tests.fuzz.bodies import WITH_IDS
from tests.fuzz.faults import CONTINUATIONS, Fault, has
from tests.fuzz.servers import Page, Server
from tests.fuzz.wires import Answer, Ask

if TYPE_CHECKING:
    from tests.fuzz.cases import Case


class _OfPages(Fault):
    def fits(self, case: Case) -> bool:
        server = case.server
        return server.paging.counts in ("page", "cursor") and len(server.plan) > self.at + 1


class EmptyPage(_OfPages):
    """A page without rows in the middle; null or nothing in place of its list, as Go and proto3.

    With the cursor that was sent, it is the end: many servers repeat their last cursor there.
    """

    variants = ("[]", "[]", "null", "absent")

    def fits(self, case: Case) -> bool:
        return super().fits(case) and (bool(case.server.rows_path) or self.variant == "[]")

    def is_knowable(self, case: Case) -> bool:
        if any(isinstance(fault, Moves) for fault in case.faults):
            return False
        if any(fault.variant == "echoes the first" for fault in case.faults):
            return has(case.server, "total", "more", "last", "pages")
        return has(case.server, "total", "more", "last", "pages", *CONTINUATIONS)

    def bend(self, server: Server) -> None:
        start = server.plan[self.at][1]
        server.plan.insert(self.at + 1, (start, start))

    def change(self, server: Server, page: Page) -> None:
        page.values["pages"] = len(server.plan)
        if page.index == self.at + 1 and self.variant != "[]":
            page.rows = None if self.variant == "null" else ABSENT  # type: ignore[assignment]


class RepeatedPage(_OfPages):
    def is_knowable(self, case: Case) -> bool:
        return case.kind in WITH_IDS and not case.resumes  # a checkpoint knows the last page only

    def bend(self, server: Server) -> None:
        server.plan.insert(self.at + 1, server.plan[self.at])


class Ignored(Fault):
    """The server answers with its first page, whatever it is asked for."""

    variants = ("echoes what was asked", "echoes the first")

    def fits(self, case: Case) -> bool:
        return len(case.server.plan) > 1 and case.server.paging.counts != "key"

    def is_knowable(self, case: Case) -> bool:
        return case.kind in WITH_IDS

    def bend(self, server: Server) -> None:
        server.plan = server.plan[:1] * 500

    def extend(self, server: Server, page: Page) -> None:
        if self.variant == "echoes the first":
            page.index = 0


class Restart(_OfPages):
    """After its last page the server begins again."""

    bends_last = True

    def is_knowable(self, case: Case) -> bool:
        return case.kind in WITH_IDS and not case.resumes

    def bend(self, server: Server) -> None:
        self.honest = len(server.plan)
        server.plan = server.plan * (500 // len(server.plan))

    def extend(self, server: Server, page: Page) -> None:
        if server.paging.counts == "page":
            page.is_end = page.index % self.honest == self.honest - 1


class Overlap(Fault):
    """Each page begins with the last row of the one before."""

    def fits(self, case: Case) -> bool:
        return len(case.server.plan) > 1 and case.server.paging.counts != "offset"

    def is_knowable(self, case: Case) -> bool:
        return case.kind in WITH_IDS and not case.resumes  # it may resume between the two

    def bend(self, server: Server) -> None:
        server.plan = [(max(0, start - 1), stop) for start, stop in server.plan]


class Incomplete(Fault):
    """A page lacks rows, and says so."""

    is_told_last = True

    variants = (
        "incomplete_results",
        "partial",
        "timed_out",
        "partialResults",
        "incompleteSearch",
        "_shards",
    )

    def fits(self, case: Case) -> bool:
        server = case.server
        return bool(server.rows_path) and server.plan[min(self.at, len(server.plan) - 1)][1] > 0

    def change(self, server: Server, page: Page) -> None:
        if page.index == min(self.at, len(server.plan) - 1):
            page.rows = page.rows[:-1] if isinstance(page.rows, list) else page.rows
            failed = {"total": 5, "successful": 4, "failed": 1}
            page.extras[self.variant] = failed if self.variant == "_shards" else True


class Moves(Fault):
    """Rows come or go at the beginning while they are listed."""

    variants = ("deleted", "inserted")

    def fits(self, case: Case) -> bool:
        self.is_done = False
        is_alone = case.way.get("prefetch", 0) == 0 and not case.resumes
        return is_alone and len(case.server.plan) > 1 and case.server.paging.counts != "key"

    def is_knowable(self, case: Case) -> bool:
        told = has(case.server, "total")
        return told or (self.variant == "inserted" and case.kind in WITH_IDS)

    def forestall(self, server: Server, ask: Ask, index: int) -> Answer | None:
        if index > 0 and not self.is_done:
            self.is_done = True
            new = [] if self.variant == "deleted" else [_make_new(server.rows[0])]
            server.rows = [*new, *server.rows[1 - len(new) :]]
            windows = range(0, max(1, len(server.rows)), server.size)
            server.plan = [(at, min(at + server.size, len(server.rows))) for at in windows]
        return None


def _make_new(row: Any) -> Any:
    return (
        {**row, **{name: "new" for name in ("id", "_id", "uuid") if name in row}}
        if isinstance(row, dict)
        else row
    )


WRONG_PAGES: tuple[type[Fault], ...] = (
    EmptyPage, RepeatedPage, Ignored, Restart, Overlap, Incomplete, Moves,
)  # fmt: skip
