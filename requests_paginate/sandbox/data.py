"""The rows of the sandbox: invented, yet the same for the same seed and index.

The fields are those of the providers' own descriptions. Each row also has one that no description
names, for both providers may add fields at any time.

Sources: Pluggy, OpenAPI description (`Transaction`, `Account`) and
https://docs.pluggy.ai/en/docs/reference/basic-concepts.md, "API response fields"; Belvo, OpenAPI
description 1.223.0 (`Transaction`, `Account`, `Link`).
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from requests_paginate.sandbox.messages import encode

__all__ = [
    "ADDED",
    "Dataset",
    "Row",
    "belvo_account",
    "belvo_link",
    "belvo_transaction",
    "identifier",
    "pluggy_account",
    "pluggy_transaction",
]

Row = dict[str, Any]

ADDED = {"since": "2026-02-01", "labels": ["a field that nobody described"]}
"""What the undescribed fields hold: neither a scalar nor a list that could be taken for rows."""

NEWEST_DAY = date(2026, 3, 4)
ROWS_PER_DAY = 12

# (description, description as the bank sends it, category)
PURCHASES = (
    ("MERCADO SOL", "COMPRA MERCADO SOL", "Groceries"),
    ("PADARIA SÃO JOÃO", "COMPRA PADARIA SAO JOAO", "Food"),
    ("POSTO ÁGUA VERDE", "DEB POSTO AGUA VERDE", "Gas stations"),
    ("TRANSFERÊNCIA RECEBIDA", "PIX RECEBIDO", "Transfers"),
    ("FARMÁCIA CENTRAL", "COMPRA FARMACIA CENTRAL", "Pharmacy"),
)


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """Rows that are made when they are first asked for, and then kept.

    Attributes:
        make: makes the row of an index, from 0.
        count: how many rows there are.
    """

    make: Callable[[int], Row]
    count: int

    @cached_property
    def rows(self) -> Sequence[Row]:
        """The rows themselves; they are shared, so treat them as read-only."""
        return tuple(self.make(index) for index in range(self.count))

    @cached_property
    def encoded(self) -> Sequence[bytes]:
        """Each row as JSON: encoding is what takes the time of a page."""
        return tuple(encode(row) for row in self.rows)

    @cached_property
    def positions(self) -> dict[str, int]:
        """The index of each row by its id, as a string."""
        return {str(row["id"]): index for index, row in enumerate(self.rows)}

    def copies(self) -> tuple[Row, ...]:
        """Returns the rows as a client decodes them: new objects at every call."""
        return tuple(json.loads(row) for row in self.encoded)


def identifier(seed: int, kind: str, index: int) -> str:
    """Returns the UUID of a thing, the same for the same seed, kind and index."""
    digest = hashlib.blake2b(f"{seed}/{kind}/{index}".encode(), digest_size=16).digest()
    return str(uuid.UUID(bytes=digest, version=4))


def pluggy_account(index: int, *, seed: int, item_id: str) -> Row:
    """Makes a Pluggy account: the first of an item is a bank account, every second a card."""
    balance = 1520.11 + 100 * index
    row: Row = {
        "id": identifier(seed, "pluggy account", index),
        "type": "BANK",
        "subtype": "CHECKING_ACCOUNT",
        "number": f"0001/{12345 + index}-0",
        "name": "Conta Corrente",
        "marketingName": None,
        "balance": balance,
        "itemId": item_id,
        "taxNumber": "000.000.000-00",
        "owner": "Ana Lima",
        "currencyCode": "BRL",
        "bankData": {
            "transferNumber": f"001/0001/{12345 + index}-0",
            "closingBalance": balance,
            "automaticallyInvestedBalance": 0,
            "overdraftContractedLimit": 0,
            "overdraftUsedLimit": 0,
            "unarrangedOverdraftAmount": 0,
        },
        "creditData": None,
        "createdAt": "2026-01-10T12:00:00.000Z",
        "updatedAt": "2026-03-05T09:12:30.000Z",
        "addedField": ADDED,
    }
    if index % 2:
        card = {"level": "GOLD", "brand": "VISA", "creditLimit": 5000.0}
        row |= {"type": "CREDIT", "subtype": "CREDIT_CARD", "bankData": None, "creditData": card}
    return row


def pluggy_transaction(index: int, *, seed: int, account_id: str) -> Row:
    """Makes a Pluggy transaction; a higher index is an older one.

    The date is midnight in São Paulo, 03:00 UTC, as Open Finance banks send it.
    """
    description, raw, category = PURCHASES[index % len(PURCHASES)]
    credit = category == "Transfers"
    amount = _amount(index)
    day = _day(index)
    created = f"{day + timedelta(days=1)}T09:12:33.120Z"
    return {
        "id": identifier(seed, f"pluggy transaction of {account_id}", index),
        "description": description,
        "descriptionRaw": raw,
        "currencyCode": "BRL",
        "amount": amount if credit else -amount,
        "amountInAccountCurrency": None,
        "date": f"{day}T03:00:00.000Z",
        "type": "CREDIT" if credit else "DEBIT",
        "balance": round(1520.11 + amount, 2),
        "providerCode": None,
        "status": "POSTED" if index >= ROWS_PER_DAY else "PENDING",
        "category": category,
        "categoryId": "10000000",
        "paymentData": _payment(index) if credit else None,
        "creditCardMetadata": None,
        "merchant": None
        if credit
        else {
            "name": description.title(),
            "businessName": f"{description} LTDA",
            "cnpj": "00000000000000",
            "cnae": "4711302",
            "category": category,
        },
        "operationType": "PIX",
        "operationTypeAdditionalInfo": None,
        "providerId": None,
        "accountId": account_id,
        "order": index % ROWS_PER_DAY,
        "createdAt": created,
        "updatedAt": created,
        "addedField": ADDED,
    }


def belvo_link(index: int, *, seed: int) -> Row:
    """Makes a Belvo link: one user's connection to one institution."""
    return {
        "id": identifier(seed, "belvo link", index),
        "institution": "ofmockbank_br_retail",
        "access_mode": "recurrent" if index % 2 == 0 else "single",
        "status": "valid",
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
    """Makes a Belvo account of a link; a higher index has a higher balance."""
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
    """Makes a Belvo transaction with its whole account inside; a higher index is an older one."""
    description, _, category = PURCHASES[index % len(PURCHASES)]
    inflow = category == "Transfers"
    day = _day(index)
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
        # Always positive: the direction is in `type`.
        "amount": _amount(index),
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


def _amount(index: int) -> float:
    # Spread over 0.07 to 999.97 without a pattern that a page boundary could hide in.
    return ((index * 7919 + 8735) % 99_991 + 7) / 100


def _day(index: int) -> date:
    return NEWEST_DAY - timedelta(days=index // ROWS_PER_DAY)


def _payment(index: int) -> Row:
    party = {
        "name": "Ana Lima",
        "documentNumber": {"type": "CPF", "value": "000.000.000-00"},
        "accountNumber": "12345-0",
        "branchNumber": "0001",
        "routingNumber": "001",
        "routingNumberISPB": "00000000",
    }
    return {
        "payer": party,
        "receiver": party,
        "paymentMethod": "PIX",
        "referenceNumber": f"E{index:08}",
        "receiverReferenceId": None,
        "reason": None,
        "boletoMetadata": None,
    }
