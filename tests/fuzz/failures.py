"""Answers that are no pages, and links that lead elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.fuzz.bodies import place
from tests.fuzz.contradictions import WrongTotal
from tests.fuzz.faults import CONTINUATIONS, Fault, has
from tests.fuzz.servers import Page, Server
from tests.fuzz.wires import Answer, Ask

if TYPE_CHECKING:
    from tests.fuzz.cases import Case


_FAILURES: tuple[dict[str, Any], ...] = (
    {"error": {"code": 401, "message": "no"}}, {"success": False, "message": "no"},
    {"ok": False, "error": "rate_limited"}, {"status": "error", "message": "no"},
    {"status": "REQUEST_DENIED", "error_message": "no"}, {"status": "INVALID_REQUEST"},
    {"stat": "fail", "message": "no"}, {"code": 429, "message": "slow down"}, {"status": "fail"},
    {"errcode": 40001, "errmsg": "invalid credential"}, {"retCode": 10001, "retMsg": "no"},
    {"message": "NOTOK", "status": "0"}, {"errors": [{"message": "no"}]}, {"statusCode": 500},
    {"status": "OVER_QUERY_LIMIT"}, {"result": "error", "reason": "no"}, {"error": "invalid_token"},
    {"status": 403, "message": "Forbidden"}, {"errorCode": "E17", "errorMessage": "no"},
)  # fmt: skip


class FailureBody(Fault):
    """A failure with the status 200, alone or beside an empty list."""

    variants = tuple(f"{next(iter(failure))} {i}" for i, failure in enumerate(_FAILURES)) * 2

    def fits(self, case: Case) -> bool:
        return len(case.server.plan) > self.at and len(case.server.rows) > 0

    def change(self, server: Server, page: Page) -> None:
        if page.index == self.at:
            page.body = dict(_FAILURES[int(self.variant.rpartition(" ")[2])])
            is_free = server.rows_path.partition(".")[0] not in page.body
            if server.rows_path and is_free and self.at % 2 == 0:
                place(page.body, server.rows_path, [])


class EmptyBody(Fault):
    """An object without anything in place of a page."""

    def fits(self, case: Case) -> bool:
        return len(case.server.plan) > self.at and len(case.server.rows) > 0

    def is_knowable(self, case: Case) -> bool:
        # where the list is named, `{}` is an empty page; then only what came before can tell
        if any(isinstance(fault, WrongTotal) for fault in case.faults):
            return case.is_detected
        return (
            case.is_detected
            or (self.at > 0 and has(case.server, "total"))
            or not case.server.rows_path
        )

    def change(self, server: Server, page: Page) -> None:
        if page.index == self.at:
            page.body = {}
            page.values |= dict.fromkeys(CONTINUATIONS)


class Status(Fault):
    """A page is refused, always."""

    variants = ("400", "403", "404", "410", "422")

    def fits(self, case: Case) -> bool:
        return len(case.server.plan) > self.at + 1

    def is_knowable(self, case: Case) -> bool:
        # many APIs answer 404 to the number after a short page
        server = case.server
        if self.variant != "404" or server.paging.counts not in ("page", "offset"):
            return True
        *earlier, last = [stop - start for start, stop in server.plan[: self.at + 1]]
        is_short = last < max(earlier) if earlier else last < (case.sent_size or 0)
        return not is_short or has(server, "total", "more", "last", "pages", *CONTINUATIONS)

    def forestall(self, server: Server, ask: Ask, index: int) -> Answer | None:
        is_this = index == self.at + 1
        return Answer(status=int(self.variant), content=b"{}") if is_this else None


class PastEnd(Fault):
    """What counting servers answer after the last page."""

    variants = ("404", "400", "204", "422", "416")

    def fits(self, case: Case) -> bool:
        return case.server.paging.counts in ("page", "offset")

    def bend(self, server: Server) -> None:
        server.past_end = int(self.variant)


class NotJson(Fault):
    variants = ("<html>busy</html>", '{"items": [1, 2', "", "null", "7")

    def fits(self, case: Case) -> bool:
        return len(case.server.plan) > self.at and len(case.server.rows) > 0

    def spoil(self, server: Server, answer: Answer, page: Page) -> None:
        if page.index == self.at:
            answer.content = self.variant.encode()


class LinkDropsFilter(Fault):
    """A link that counts, and lacks a parameter that was sent: others' rows come, too."""

    def fits(self, case: Case) -> bool:
        is_counted = case.server.paging.counts in ("page", "offset")
        return (
            bool(case.server.filters)
            and is_counted
            and has(case.server, "next")
            and len(case.server.plan) > 1
        )

    def bend(self, server: Server) -> None:
        write = type(server.paging).write_link
        drop = tuple(server.filters)

        def write_link(ask: Ask, origin: str, position: Any, _drop: tuple[str, ...] = ()) -> str:
            return write(server.paging, ask, origin, position, drop)

        server.paging.write_link = write_link  # type: ignore[method-assign]


FAILURES: tuple[type[Fault], ...] = (
    FailureBody, EmptyBody, Status, PastEnd, NotJson, LinkDropsFilter,
)  # fmt: skip
