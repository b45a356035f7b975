"""The rows of Pluggy's sandbox.

Sources: Pluggy's OpenAPI description (`Transaction`, `Account`), the pluggy-sdk on PyPI (`Item`,
`Category`, `AccountBalanceGet200Response`) and
https://docs.pluggy.ai/en/docs/reference/basic-concepts.md, "API response fields".
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

__all__ = [
    "pluggy_account",
    "pluggy_balance",
    "pluggy_category",
    "pluggy_item",
    "pluggy_transaction",
]


def pluggy_item(item_id: str) -> Row:
    """Make a Pluggy item: one user's connection to one institution."""
    return {
        "id": item_id,
        "connector": {"id": 600, "name": "Banco Sol", "isOpenFinance": True},
        "status": "UPDATED",
        "executionStatus": "SUCCESS",
        "error": None,
        "clientUserId": None,
        "createdAt": "2026-01-10T12:00:00.000Z",
        "updatedAt": "2026-03-05T09:12:30.000Z",
        "lastUpdatedAt": "2026-03-05T09:12:30.000Z",
        "addedField": ADDED,
    }


def pluggy_category(index: int) -> Row:
    """Make a Pluggy category."""
    return {
        "id": f"{(index + 1) * 1_000_000:08}",
        "description": PURCHASES[index][2],
        "descriptionTranslated": None,
        "parentId": None,
        "parentDescription": None,
        "addedField": ADDED,
    }


def pluggy_balance(account: Row) -> Row:
    """Make the answer of `/accounts/{id}/balance`."""
    return {
        "balance": account["balance"],
        "currencyCode": account["currencyCode"],
        "updateDateTime": account["updatedAt"],
        "addedField": ADDED,
    }


def pluggy_account(index: int, *, seed: int, item_id: str) -> Row:
    """Make a Pluggy account: bank accounts and credit cards take turns."""
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
    """Make a Pluggy transaction; a higher index is older.

    The date is midnight in São Paulo, 03:00 UTC, as Open Finance banks send it.
    """
    description, raw, category = PURCHASES[index % len(PURCHASES)]
    credit = category == "Transfers"
    amount = amount_of(index)
    day = day_of(index)
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
