"""A case: a random server, how it is called, and how it is listed; all of it from one seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.fuzz.contradictions import CONTRADICTIONS
from tests.fuzz.faults import Fault, has
from tests.fuzz.servers import Server
from tests.fuzz.wrong_pages import Moves

CUSTOMARY = frozenset((10, 20, 25, 30, 50, 100, 200, 250, 500, 1000))


@dataclass(kw_only=True)
class Case:
    """A server, a call and a way of listing.

    Attributes:
        kind: The kind of its rows.
        way: The options of the listing, but strategy and items.
        stop: After how many rows the listing is resumed from its checkpoint; None: it is not.
        is_detected: Whether the strategy is detected, and not given.
        sent_size: The page size that is sent; None: none.
    """

    seed: int
    server: Server
    kind: str
    method: str
    params: dict[str, Any] = field(default_factory=dict)
    json: Any = None
    headers: dict[str, str] | None = None
    way: dict[str, Any] = field(default_factory=dict)
    stop: int | None = None
    is_detected: bool = True
    sent_size: int | None = None
    sends_position: bool = False
    over_sockets: bool = False
    truth: list[Any] = field(default_factory=list)

    @property
    def resumes(self) -> bool:
        """Whether the listing is resumed from a checkpoint."""
        return self.stop is not None

    @property
    def faults(self) -> list[Fault]:
        """What is wrong with the server."""
        return self.server.faults

    @property
    def is_honest(self) -> bool:
        """Whether the server tells the truth, and all of it."""
        return all(fault.is_honest for fault in self.faults)

    def is_first_page_round(self) -> bool:
        """Whether the first page is as long as pages are, customarily or as was asked for."""
        first = self.server.plan[0][1]
        return first in CUSTOMARY or (self.sent_size is not None and first >= self.sent_size)

    def looks_paged(self) -> bool:
        """Whether the call or the page speaks of pages, their sizes or their places."""
        is_asked = self.sent_size is not None or self.sends_position
        return is_asked or has(self.server, "number", "start", "size")

    def is_knowable_at_all(self) -> bool:
        """Whether a client can know that more than the first page exists."""
        server = self.server
        if self.is_detected and self._looks_like_a_resource():
            return False
        tells = server.paging.tells_end() or has(server, "number", "start")
        is_echoed = has(server, "size") and server.plan[0][1] >= server.size
        is_from_one = server.paging.style == "offset" and server.paging.first == 1
        if is_from_one and self.is_detected and not (self.sends_position or has(server, "start")):
            return False  # the second page may begin with the last row of the first
        knows = not self.is_detected or self.sends_position or is_echoed
        return tells or knows or self.is_first_page_round() or len(server.plan) == 1

    def _looks_like_a_resource(self) -> bool:
        """Whether the only page has an id, as one resource with a list has, and nothing else."""
        server, paging = self.server, self.server.paging
        is_left_out = paging.ending == "absent" or paging.style == "header link"
        told = ["total", "pages", "number", "more", "last", "start", "size"]
        told += [] if is_left_out else ["next", "token", "parameters"]
        has_id = any(name.lower() == "id" for name in server.extras)
        asks = self.sent_size is not None or self.sends_position
        return has_id and len(server.plan) == 1 and not asks and not has(server, *told)

    def is_knowable(self) -> bool:
        """Whether a wrong outcome can be held against a client."""
        lies = [fault for fault in self.faults if isinstance(fault, (*CONTRADICTIONS, Moves))]
        if len(lies) > 1:
            return False  # each may be what tells of the other
        return self.is_knowable_at_all() and all(fault.is_knowable(self) for fault in self.faults)

    def is_silent(self) -> bool:
        """Whether the server never says its end, so that a doubt is right although it is honest."""
        if not self.is_detected:
            return False
        if self.sent_size is not None and not self.server.heeds_size:
            return True  # it sends more rows than were asked for, or fewer
        told = ["more", "last", "pages", "next", "token", "parameters", "total"]
        paging = self.server.paging
        is_left_out = paging.ending == "absent" or paging.style == "header link"
        if is_left_out and len(self.server.plan) == 1:
            told = ["more", "last", "pages", "total"]
        total = paging.places.get("total", "").rpartition(".")[2].lower()
        if self.is_first_page_round() or total == "count":
            told.remove("total")  # it may be that of the page
        counts_itself = has(self.server, "number", "start", "size", "count")
        return not has(self.server, *told) and (counts_itself or self.is_first_page_round())

    def has_equal_pages(self) -> bool:
        """Whether honest pages look as if the server ignored what counts them."""
        return self.kind == "equal" and self.server.paging.counts in ("page", "offset")

    def describe(self) -> str:
        """Return the case in two lines."""
        server, paging = self.server, self.server.paging
        windows = f"{len(self.truth)} rows ({self.kind}) on pages of {server.size}"
        told = ", ".join(f"{role}={path}" for role, path in paging.places.items()) or "nothing"
        faults = ", ".join(map(str, self.faults)) or "none"
        mode = "detected" if self.is_detected else repr(paging.make_strategy(server.rows_path))
        bounds = ("retries", "timeout", "deadline")
        way = {name: value for name, value in self.way.items() if name not in bounds}
        stop = f", resumed after {self.stop}" if self.resumes else ""
        return (
            f"seed {self.seed}: {self.method} {paging.style} by {paging.param!r} from "
            f"{paging.first}, {windows} at {server.rows_path!r}, ends {paging.ending}; "
            f"tells {told}\n"
            f"  faults: {faults}; {mode}; way {way}{stop}; sent {self.params or self.json}"
        )
