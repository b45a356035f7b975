"""The rows of Pluggy's accounts as types, and what all types of Pluggy's rows have in common.

Sources: as in `pluggy_rows`; https://docs.pluggy.ai/reference/account.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

__all__ = [
    "Account",
    "BankData",
    "CreditData",
    "CreditLimit",
    "ReservedAmount",
    "ReservedBalance",
    "Row",
]


class Row(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What all of them have in common: `descriptionRaw` of the JSON is `description_raw`."""


class ReservedAmount(Row, frozen=True, kw_only=True):
    """A part of a reserved balance that has one rate.

    Attributes:
        amount: How much is reserved.
        currency_code: Its currency (ISO 4217).
        remuneration: What it earns, as it came.
    """

    amount: Decimal | None = None
    currency_code: str | None = None
    remuneration: Any = None


class ReservedBalance(Row, frozen=True, kw_only=True):
    """Money of an account that is set aside (saldo reservado).

    Attributes:
        name: What its owner calls it.
        identification: The bank's identifier.
        available_amounts: How much it is, by rate.
    """

    name: str | None = None
    identification: str | None = None
    available_amounts: list[ReservedAmount] | None = None


class BankData(Row, frozen=True, kw_only=True):
    """What an account of the type `BANK` has besides. Amounts are in the account's currency.

    Attributes:
        transfer_number: The whole number for a transfer: bank, branch and account.
        closing_balance: The balance with the transactions that are not posted yet.
        automatically_invested_balance: What the bank invests by itself.
        overdraft_contracted_limit: How far the account may be overdrawn.
        overdraft_used_limit: How far it is.
        unarranged_overdraft_amount: How far it is beyond what was agreed.
        has_reserved_balance: Whether money is set aside.
        reserved_balances: The money that is set aside.
    """

    transfer_number: str | None = None
    closing_balance: Decimal | None = None
    automatically_invested_balance: Decimal | None = None
    overdraft_contracted_limit: Decimal | None = None
    overdraft_used_limit: Decimal | None = None
    unarranged_overdraft_amount: Decimal | None = None
    has_reserved_balance: bool | None = None
    reserved_balances: list[ReservedBalance] | None = None


class CreditLimit(Row, frozen=True, kw_only=True):
    """One of the limits of a credit card. Each amount has its own currency (ISO 4217).

    Attributes:
        credit_line_limit_type: Whether it is the limit of all or of one line, in the bank's words.
        consolidation_type: Whether several cards share it.
        identification_number: The card.
        is_limit_flexible: Whether it can be changed.
        line_name: What it is for, in the bank's words.
        line_name_additional_info: More about that.
        limit_amount: The limit.
        limit_amount_currency_code: Its currency.
        limit_amount_reason: Why the limit is 0.
        customized_limit_amount: A lower limit that the customer has chosen.
        customized_limit_amount_currency_code: Its currency.
        used_amount: How much of the limit is used.
        used_amount_currency_code: Its currency.
        available_amount: How much of the limit is left.
        available_amount_currency_code: Its currency.
    """

    credit_line_limit_type: str | None = None
    consolidation_type: str | None = None
    identification_number: str | None = None
    is_limit_flexible: bool | None = None
    line_name: str | None = None
    line_name_additional_info: str | None = None
    limit_amount: Decimal | None = None
    limit_amount_currency_code: str | None = None
    limit_amount_reason: str | None = None
    customized_limit_amount: Decimal | None = None
    customized_limit_amount_currency_code: str | None = None
    used_amount: Decimal | None = None
    used_amount_currency_code: str | None = None
    available_amount: Decimal | None = None
    available_amount_currency_code: str | None = None


class CreditData(Row, frozen=True, kw_only=True):
    """What an account of the type `CREDIT`, a card, has besides.

    Attributes:
        level: `GOLD`, `BLACK`, ...
        brand: `VISA`, `MASTERCARD`, ...
        brand_additional_info: Of the brand `OTHER`, in words.
        balance_close_date: When the bill is closed. A text: some banks send a day only.
        balance_due_date: When the bill is due, as a text likewise.
        available_credit_limit: How much of the limit is left, in the account's currency.
        balance_foreign_currency: The balance in US dollars.
        minimum_payment: The least to be paid of the bill.
        credit_limit: The limit of the card.
        is_limit_flexible: Whether it can be changed.
        status: `ACTIVE`, `BLOCKED`, `CANCELLED`.
        holder_type: `MAIN` or `ADDITIONAL`.
        disaggregated_credit_limits: The limits one by one.
        additional_cards: The other cards of the account, as they came.
    """

    level: str | None = None
    brand: str | None = None
    brand_additional_info: str | None = None
    balance_close_date: str | None = None
    balance_due_date: str | None = None
    available_credit_limit: Decimal | None = None
    balance_foreign_currency: Decimal | None = None
    minimum_payment: Decimal | None = None
    credit_limit: Decimal | None = None
    is_limit_flexible: bool | None = None
    status: str | None = None
    holder_type: str | None = None
    disaggregated_credit_limits: list[CreditLimit] | None = None
    additional_cards: Any = None


class Account(Row, frozen=True, kw_only=True):
    """A row of `/accounts`.

    Attributes:
        id: Pluggy's identifier.
        type: `BANK`, or `CREDIT` for a card.
        subtype: `CHECKING_ACCOUNT`, `SAVINGS_ACCOUNT`, `CREDIT_CARD`.
        number: The bank's number; of a card its last four digits.
        name: The name of the account.
        marketing_name: The name of the product.
        balance: The funds, in the account's currency. Pluggy does not say which sign a debt has.
        item_id: The item (the connection to the bank) that it belongs to.
        tax_number: The owner's CPF or CNPJ.
        owner: The owner's name.
        currency_code: The currency (ISO 4217).
        bank_data: What an account of the type `BANK` has besides.
        credit_data: What an account of the type `CREDIT` has besides.
        created_at: When Pluggy first had it, in UTC.
        updated_at: When Pluggy last changed it, in UTC.
    """

    id: str
    type: str | None = None
    subtype: str | None = None
    number: str | None = None
    name: str | None = None
    marketing_name: str | None = None
    balance: Decimal | None = None
    item_id: str | None = None
    tax_number: str | None = None
    owner: str | None = None
    currency_code: str | None = None
    bank_data: BankData | None = None
    credit_data: CreditData | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
