"""Counts, flags and links that contradict the rows, or each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fuzz.faults import CONTINUATIONS, Fault, has
from tests.fuzz.names import HEADER
from tests.fuzz.servers import Page, Server

if TYPE_CHECKING:
    from tests.fuzz.cases import Case


class WrongTotal(Fault):
    variants = ("small", "large", "of page", "zero")

    def fits(self, case: Case) -> bool:
        is_told = has(case.server, "total") and case.server.paging.style != "range"
        return is_told and len(case.server.plan) > 1

    def is_knowable(self, case: Case) -> bool:
        # with counting alone the total is the only end there is
        if self.variant == "large" or has(case.server, "more", "last", "pages", *CONTINUATIONS):
            return True
        if self.variant == "of page" and not case.looks_paged():
            return False  # a list of ten, and a total of ten
        if self.variant == "of page" and case.sent_size is not None:
            return case.is_detected and case.server.plan[0][1] >= case.sent_size
        return self.variant != "small" and case.is_detected and case.is_first_page_round()

    def change(self, server: Server, page: Page) -> None:
        total = len(server.rows)
        told = {"small": max(1, total - server.size), "large": total + 3, "zero": 0}
        page.values["total"] = told.get(self.variant, page.count)


class WrongPages(Fault):
    variants = ("small", "large", "one")

    def fits(self, case: Case) -> bool:
        return has(case.server, "pages") and len(case.server.plan) > 1

    def is_knowable(self, case: Case) -> bool:
        return self.variant == "large" or has(case.server, "more", "last", "total", *CONTINUATIONS)

    def change(self, server: Server, page: Page) -> None:
        pages = page.values["pages"]
        page.values["pages"] = {"small": pages - 1, "large": pages + 2}.get(self.variant, 1)


class WrongFlag(Fault):
    variants = ("ends early", "never ends")

    def fits(self, case: Case) -> bool:
        return has(case.server, "more", "last") and len(case.server.plan) > self.at + 1

    def is_knowable(self, case: Case) -> bool:
        # a link or token may stand beside the flag at a true end, too (Zendesk, Box)
        return self.variant == "never ends" or has(case.server, "total", "pages")

    def change(self, server: Server, page: Page) -> None:
        if self.variant == "never ends" or page.index == self.at:
            more = self.variant == "never ends"
            page.values |= {"more": more, "last": not more}


class LostContinuation(Fault):
    def fits(self, case: Case) -> bool:
        return has(case.server, *CONTINUATIONS) and len(case.server.plan) > self.at + 1

    def is_knowable(self, case: Case) -> bool:
        return has(case.server, "total", "pages", "more", "last")

    def change(self, server: Server, page: Page) -> None:
        if page.index == self.at:
            page.values |= dict.fromkeys(CONTINUATIONS)


class StayingContinuation(Fault):
    """The last page leads on: to itself, or to empty pages for ever."""

    variants = ("to itself", "to empty pages")

    def fits(self, case: Case) -> bool:
        return has(case.server, *CONTINUATIONS) and case.server.paging.counts in ("page", "cursor")

    def change(self, server: Server, page: Page) -> None:
        if page.index + 1 >= len(server.plan):
            onward = page.index + (self.variant == "to empty pages")
            page.values |= server.lead(page.ask, onward, len(server.rows))


class LowCount(Fault):
    variants = ("zero", "less")

    def fits(self, case: Case) -> bool:
        return has(case.server, "count") and len(case.server.rows) > 1

    def change(self, server: Server, page: Page) -> None:
        page.values["count"] = 0 if self.variant == "zero" else max(0, page.count - 1)


class TwoTotals(Fault):
    """Rows before and after filtering, as Directus and DataTables count them."""

    is_honest = True
    variants = ("directus", "datatables")

    def fits(self, case: Case) -> bool:
        paging = case.server.paging
        return paging.own is None and not paging.places.get("total", HEADER).startswith(HEADER)

    def bend(self, server: Server) -> None:
        parent, dot, _ = server.paging.places["total"].rpartition(".")
        names = ("filter_count", "total_count")
        names = names if self.variant == "directus" else ("recordsFiltered", "recordsTotal")
        server.paging.places["total"] = f"{parent}{dot}{names[0]}"
        server.paging.places["unfiltered"] = f"{parent}{dot}{names[1]}"

    def change(self, server: Server, page: Page) -> None:
        page.values["unfiltered"] = len(server.rows) + 40


CONTRADICTIONS: tuple[type[Fault], ...] = (
    WrongTotal, WrongPages, WrongFlag, LostContinuation, StayingContinuation, LowCount, TwoTotals,
)  # fmt: skip
