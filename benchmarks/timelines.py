"""Draws the pictures of docs/timeline.md: a listing with prefetch 0, 1 and 8.

The sandbox takes 50 ms for a page and refuses one of them once; the consumer takes 20 ms.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from pathlib import Path

from urllib3 import Retry

from requests_paginate.providers import PluggySession
from requests_paginate.sandbox import Pluggy, Request, Response, json_response, serve

DOCS = Path(__file__).parents[1] / "docs"


@dataclass
class Slow:
    """A provider that takes its time, and refuses the seventh page once."""

    dialect: Pluggy
    refused: list[str] = field(default_factory=list)

    def knows(self, path: str) -> bool:
        """Return whether the provider knows the path."""
        return self.dialect.knows(path)

    def respond(self, request: Request) -> Response:
        """Answer after 50 ms."""
        if request.path != "/transactions":
            return self.dialect.respond(request)
        time.sleep(0.05)
        if request.parameter("page") == "7" and not self.refused:
            self.refused.append(request.query)
            return json_response({"message": "try again"}, status=503)
        return self.dialect.respond(request)


def draw(prefetch: int) -> None:
    """List twelve pages, and draw the run."""
    pluggy = Pluggy(transactions=3000)
    with (
        serve(Slow(pluggy)) as server,
        PluggySession(pluggy.client_id, pluggy.client_secret, base_url=server.url) as session,
    ):
        session.verify, session.trust_env = server.ca_file, False
        params = {"accountId": pluggy.account_ids[0], "pageSize": 200}
        next(session.get_all("/transactions", params=params))  # log in before the picture
        listing = session.get_all(
            "/transactions",
            params=params,
            prefetch=prefetch,
            max_items=2400,
            retries=Retry(5, backoff_factor=0.2),
        )
        timeline = listing.timeline()
        for _ in listing.pages():
            time.sleep(0.02)
    timeline.write(DOCS / f"timeline-{prefetch}.svg")


if __name__ == "__main__":
    for prefetch in (0, 1, 8):
        random.seed(3)  # of the pause before another try
        draw(prefetch)
