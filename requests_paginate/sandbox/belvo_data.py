"""The rows of Belvo's sandbox.

Source: Belvo's OpenAPI description 1.223.0 (`Transaction`, `Account`, `Link`,
`paymentTransaction`).
"""

from __future__ import annotations

from datetime import timedelta

from requests_paginate.sandbox.data import (
    ADDED,
    PURCHASES,
    ROWS_PER_DAY,
    Row,
    amount_of,
    day_of,
    identifier,
)

__all__ = ["belvo_account", "belvo_link", "belvo_payment", "belvo_transaction"]


def belvo_link(index: int, *, seed: int, status: str) -> Row:
    """Make a Belvo link: one user's connection to one institution."""
    return {
        "id": identifier(seed, "belvo link", index),
        "institution": "ofmockbank_br_retail",
        "access_mode": "recurrent" if index % 2 == 0 else "single",
        "status": status,
        "refresh_rate": "24h" if index % 2 == 0 else None,
        "created_by": "b1c2d3e4-0000-4000-8000-000000000001",
        "last_accessed_at": "2026-03-05T08:45:40.000Z",
        "external_id": f"user-{42 + index}",
        "created_at": "2026-01-10T12:00:00.000000Z",
        "institution_user_id": "sooE7X=",
        "credentials_storage": "store",
        "stale_in": "365d",
        "fetch_resources": ["ACCOUNTS", "TRANSACTIONS"],
        "added_field": ADDED,
    }


def belvo_account(index: int, *, seed: int, link_id: str) -> Row:
    """Make a Belvo account of a link; a higher index has a higher balance."""
    number = str(45722 + index)
    current = round(1520.11 + 1000 * index, 2)
    return {
        "id": identifier(seed, f"belvo account of {link_id}", index),
        "link": link_id,
        "institution": {"name": "ofmockbank_br_retail", "type": "bank"},
        "collected_at": "2026-03-05T08:45:50.406032Z",
        "created_at": "2026-01-10T12:00:00.000000Z",
        "last_accessed_at": "2026-03-05T08:45:40.000Z",
        "category": "CHECKING_ACCOUNT",
        "balance_type": "ASSET",
        "type": "CONTA_DEPOSITO_A_VISTA",
        "subtype": "INDIVIDUAL",
        "name": "Conta",
        "number": number,
        "agency": "0444",
        "check_digit": "0",
        "balance": {
            "current": current,
            "available": round(current - 20.11, 2),
            "blocked": 0,
            "automatically_invested": 0,
        },
        "currency": "BRL",
        "public_identification_name": "AGENCY/ACCOUNT",
        "public_identification_value": f"0444/{number}-0",
        "internal_identification": f"ACC{index + 1}",
        "overdraft": None,
        "credit_data": None,
        "loan_data": None,
        "funds_data": None,
        "added_field": ADDED,
    }


def belvo_transaction(index: int, *, seed: int, account: Row) -> Row:
    """Make a Belvo transaction with its whole account inside; a higher index is older."""
    description, _, category = PURCHASES[index % len(PURCHASES)]
    inflow = category == "Transfers"
    day = day_of(index)
    collected = f"{day + timedelta(days=1)}T08:45:50.406032Z"
    return {
        "id": identifier(seed, f"belvo transaction of {account['link']}", index),
        "internal_identification": f"TX{index + 1:04}",
        "account": account,
        "collected_at": collected,
        "created_at": collected,
        "value_date": f"{day}",
        "transacted_at": f"{day}T12:29:03.374Z",
        "accounting_date": f"{day}",
        "inferred_accounting_date": f"{day}",
        # Always positive; the direction is in `type`.
        "amount": amount_of(index),
        "local_currency_amount": None,
        "balance": None,
        "currency": "BRL",
        "description": description,
        "observations": None,
        "merchant": None
        if inflow
        else {"merchant_name": description.title(), "logo": None, "website": None},
        "category": category,
        "subcategory": None,
        "reference": None,
        "type": "INFLOW" if inflow else "OUTFLOW",
        "status": "PROCESSED" if index >= ROWS_PER_DAY else "PENDING",
        "credit_card_data": None,
        "counterparty": None,
        "loan_data": None,
        "payment_type": None,
        "operation_type": "PIX",
        "operation_type_additional_info": None,
        "mcc": None,
        "added_field": ADDED,
    }


def belvo_payment(index: int, *, seed: int) -> Row:
    """Make a transaction of Belvo's payments in Brazil; its amount is a text."""
    return {
        "id": identifier(seed, "belvo payment", index),
        "created_at": f"{day_of(index)}T08:45:50.406032Z",
        "created_by": "b1c2d3e4-0000-4000-8000-000000000001",
        "amount": f"{amount_of(index):.2f}",
        "currency": "BRL",
        "description": PURCHASES[index % len(PURCHASES)][0],
        "transaction_type": "INFLOW",
        "beneficiary": identifier(seed, "belvo beneficiary", 0),
        "payer": None,
        "payment_intent": identifier(seed, "belvo payment intent", index),
        "customer": identifier(seed, "belvo customer", 0),
        "added_field": ADDED,
    }
