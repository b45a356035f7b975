"""A client of an invoice API, as an application has it. Its tests stand in `test_invoices.py`."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass

from requests_paginate import Listing, PaginatedSession, dialects
from requests_paginate.exceptions import PageFailed

URL = "https://api.example.com/v1/invoices"


@dataclass(frozen=True)
class Invoice:
    """What this application needs of an invoice.

    Attributes:
        id: The number of the invoice.
        amount: In cents.
        paid: Whether it is paid.
    """

    id: str
    amount: int
    paid: bool = False


def list_invoices(session: PaginatedSession, *, customer: str | None = None) -> Listing[Invoice]:
    """List all invoices, or those of a customer."""
    return session.get_all(
        URL,
        params={"limit": 100, "customer": customer},
        strategy=dialects.STRIPE,
        model=Invoice,
        key="id",  # an invoice that moves to the next page while we list is counted once
    )


def sum_unpaid(session: PaginatedSession, *, customer: str | None = None) -> int:
    """Return what is still to be paid, in cents."""
    invoices = list_invoices(session, customer=customer)
    return sum(invoice.amount for invoice in invoices if not invoice.paid)


def copy_invoices(session: PaginatedSession, store: MutableMapping[str, Invoice]) -> None:
    """Copy all invoices into a store; begin again, once, if the API has forgotten its cursor."""
    try:
        store.update({invoice.id: invoice for invoice in list_invoices(session)})
    except PageFailed as error:
        if error.response is None or error.response.status_code != 410:
            raise
        store.update({invoice.id: invoice for invoice in list_invoices(session)})
