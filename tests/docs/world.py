"""The servers that the pages talk to: one small world for all of them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass

import responses

from requests_paginate.sandbox import (
    Belvo,
    BodyCursor,
    Combined,
    LinkHeaderPages,
    OffsetEnvelope,
    Pluggy,
    SingleListing,
    TotalPagesEnvelope,
)
from requests_paginate.testing import mount

CUSTOMERS = ("Ana", "Bruno", "Carla", "Diego")
COUNTRIES = ("BR", "MX", "CO")
STATUSES = ("paid", "paid", "open")


def write_order(index):
    """Return an order as its server writes it: the amount has two places."""
    amount = f"{10 + index * 37 % 900}.{index % 10}0"
    day = f"2026-{1 + index // 28 % 12:02}-{1 + index % 28:02}"
    return (
        f'{{"id": {index + 1}, "customer": "{CUSTOMERS[index % 4]}", '
        f'"country": "{COUNTRIES[index % 3]}", "amount": {amount}, '
        f'"status": "{STATUSES[index % 3]}", "created_at": "{day}T09:30:00Z"}}'
    )


@dataclass(frozen=True, kw_only=True)
class Orders(OffsetEnvelope):
    """Orders of a shop, by offset, with a total.

    Attributes:
        before: How many orders stand before the first one that is listed.
    """

    before: int = 0

    def slice(self, start, size):
        """Return rows of an order's shape."""
        end = min(start + size, self.total)
        rows = map(write_order, range(self.before + start, self.before + end))
        return f"[{', '.join(rows)}]".encode()


class Shop:
    """The API that most pages list: a path for each way to paginate, and what a page adds."""

    def __init__(self):
        self.added = {}  # by path: what answers a request
        self._listings = Combined(
            dialects=(
                Orders(total=250, path="/orders"),
                TotalPagesEnvelope(total=230, path="/customers"),
                BodyCursor(total=350, path="/events"),
                SingleListing(total=100, path="/countries"),
            )
        )

    def respond(self, request):
        """Answer one request."""
        return self.added.get(request.path, self._listings.respond)(request)


@contextmanager
def world(patch):
    """Let the servers answer, put the credentials into the environment, and hand out the shop."""
    pluggy, belvo, shop = Pluggy(), Belvo(), Shop()
    for name, value in {
        "PLUGGY_CLIENT_ID": pluggy.client_id,
        "PLUGGY_CLIENT_SECRET": pluggy.client_secret,
        "PLUGGY_ACCOUNT": pluggy.account_ids[0],
        "BELVO_SECRET_ID": belvo.secret_id,
        "BELVO_SECRET_PASSWORD": belvo.secret_password,
        "BELVO_LINK": belvo.link_ids[0],
        "API_TOKEN": "a-token-of-the-shop",
        "COLUMNS": "80",
        "RUNTIME__DLTHUB_TELEMETRY": "false",
    }.items():
        patch.setenv(name, value)
    github = LinkHeaderPages(total=300, page_size=30, path="/repos/psf/requests/issues")
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.add_passthru("https://localhost")  # a sandbox that a page serves by itself
        mount(pluggy, "https://api.pluggy.ai", mock)
        mount(belvo, "https://sandbox.belvo.com", mock)
        mount(github, "https://api.github.com", mock)
        mount(shop, "https://api.example.com", mock)
        yield shop
