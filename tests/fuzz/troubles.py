"""Faults of the transfer, and what is only unusual there."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from tests.fuzz.faults import Fault
from tests.fuzz.replayed import ReplayedServer
from tests.fuzz.servers import SECOND_PATH, Page, Server
from tests.fuzz.wires import Answer, Ask

if TYPE_CHECKING:
    from tests.fuzz.cases import Case


class Once(Fault):
    """A page fails once; the next try gets it."""

    is_honest = True
    variants = ("429", "500", "503", "cut", "empty cut")

    def fits(self, case: Case) -> bool:
        self.is_done = False
        return case.method == "GET" or self.variant.isdecimal()

    def forestall(self, server: Server, ask: Ask, index: int) -> Answer | None:
        if self.is_done or index != self.at:
            return None
        self.is_done = True
        if not self.variant.isdecimal():
            return Answer(content=b'{"data": [', cut=8 if self.variant == "cut" else 0)
        return Answer(status=int(self.variant), headers=[("Retry-After", "0")], content=b"{}")


class Outage(Fault):
    """A page fails more often than it is tried, and then comes."""

    variants = ("503", "cut")

    def fits(self, case: Case) -> bool:
        self.left = 4
        return True

    def forestall(self, server: Server, ask: Ask, index: int) -> Answer | None:
        if not self.left or index != self.at:
            return None
        self.left -= 1
        return Answer(status=503) if self.variant == "503" else Answer(content=b"[1, 2]", cut=3)


class Redirect(Fault):
    """The resource has moved."""

    is_honest = True
    variants = ("301", "302", "307", "308")

    def fits(self, case: Case) -> bool:
        is_made = not isinstance(case.server, ReplayedServer)  # others know their own path only
        return case.method == "GET" and is_made

    def forestall(self, server: Server, ask: Ask, index: int) -> Answer | None:
        if ask.path == SECOND_PATH:
            return None
        target = f"{server.origin}{SECOND_PATH}" + f"?{ask.text}" * bool(ask.text)
        return Answer(status=int(self.variant), headers=[("Location", target)])


class Gzip(Fault):
    is_honest = True
    variants = ("gzip", "cut gzip")

    def fits(self, case: Case) -> bool:
        self.is_honest = self.variant == "gzip"
        return True

    def spoil(self, server: Server, answer: Answer, page: Page) -> None:
        if answer.status == 204:
            return
        answer.content = gzip.compress(answer.content)
        answer.headers.append(("Content-Encoding", "gzip"))
        if self.variant == "cut gzip" and page.index == self.at:
            answer.content = answer.content[: len(answer.content) // 2]


class Interim(Fault):
    """An answer before the final one (RFC 9110 section 15.2)."""

    is_honest = True
    variants = ("102", "103", "100")

    def fits(self, case: Case) -> bool:
        return case.over_sockets

    def spoil(self, server: Server, answer: Answer, page: Page) -> None:
        if page.index == self.at:
            answer.interim = (
                f"HTTP/1.1 {self.variant} Wait\r\nLink: </a>; rel=preload\r\n\r\n".encode()
            )


class Chunked(Fault):
    is_honest = True

    def fits(self, case: Case) -> bool:
        return case.over_sockets

    def spoil(self, server: Server, answer: Answer, page: Page) -> None:
        answer.chunked = True


TROUBLES = (Once, Outage, Redirect, Gzip, Interim, Chunked)
