"""The rows of Belvo's lists as types, for `model=`.

They are lenient. A bank may leave out any field but `id`, or send null; values that are one of a
few words are texts, since Belvo adds new words; and fields that are not named here are ignored.

Amounts are Decimals with the digits that Belvo sent. They were never binary floating-point numbers,
in which 0.1 is another number.

Sources: Belvo's OpenAPI description 1.223.0, as tap-belvo on PyPI carries it (the schemas
`TransactionOpenFinanceBrazil`, `AccountOpenFinanceBrazil`, `Account`, `Link` and those in them);
https://developers.belvo.com.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct

from requests_paginate.providers.belvo_account_rows import Account

__all__ = [
    "Account",
    "Bill",
    "Charge",
    "Counterparty",
    "CreditCardData",
    "Link",
    "LoanPayment",
    "Merchant",
    "Transaction",
]


class Merchant(Struct, frozen=True, kw_only=True):
    """Whom a transaction was with.

    Attributes:
        merchant_name: Its name.
        logo: The URL of its logo.
        website: The URL of its website.
    """

    merchant_name: str | None = None
    logo: str | None = None
    website: str | None = None


class Bill(Struct, frozen=True, kw_only=True):
    """A closed bill of a credit card.

    Attributes:
        id: Belvo's identifier.
        internal_identification: The bank's identifier.
    """

    id: str | None = None
    internal_identification: str | None = None


class CreditCardData(Struct, frozen=True, kw_only=True):
    """What a transaction on a credit card has besides.

    Attributes:
        collected_at: When Belvo read it.
        bill_name: The month of the bill, such as `apr-2020`.
        bill_due_date: When the bill is due, `YYYY-MM-DD`.
        bill_status: Whether the bill is closed.
        bill_internal_identification: The bank's identifier of the bill.
        bill_amount: The amount of the whole bill.
        previous_bill_total: The amount of the bill before.
        card_number: The card, often its last four digits.
        fee_type: Of a fee, which one.
        fee_type_additional_info: More about that.
        credits_type: Of a credit taken on the card, which one.
        credits_type_additional_info: More about that.
        installment_identifier: The bank's identifier of the instalment.
        number_of_installments: How many instalments there are.
        credit_card_bill: The bill, once it is closed.
    """

    collected_at: str | None = None
    bill_name: str | None = None
    bill_due_date: str | None = None
    bill_status: str | None = None
    bill_internal_identification: str | None = None
    bill_amount: Decimal | None = None
    previous_bill_total: Decimal | None = None
    card_number: str | None = None
    fee_type: str | None = None
    fee_type_additional_info: str | None = None
    credits_type: str | None = None
    credits_type_additional_info: str | None = None
    installment_identifier: str | None = None
    number_of_installments: int | float | None = None
    credit_card_bill: Bill | None = None


class Counterparty(Struct, frozen=True, kw_only=True):
    """The other side of a transfer.

    Attributes:
        type: `INDIVIDUAL`, `BUSINESS`, ...
        document_number: The number of the person or company.
        clearing_code: The bank.
        agency: The branch.
        check_digit: The check digit of the number.
        number: The account.
    """

    type: str | None = None
    document_number: str | None = None
    clearing_code: str | None = None
    agency: str | None = None
    check_digit: str | None = None
    number: str | None = None


class Charge(Struct, frozen=True, kw_only=True):
    """A fee or a charge in a payment of a loan.

    Attributes:
        type: Its kind.
        name: Its name.
        code: The bank's code.
        info: More about it.
        amount: Its amount.
    """

    type: str | None = None
    name: str | None = None
    code: str | None = None
    info: str | None = None
    amount: Decimal | None = None


class LoanPayment(Struct, frozen=True, kw_only=True):
    """What a payment of a loan has besides.

    Attributes:
        is_detached: Whether it was outside of the schedule.
        installment_id: The bank's identifier of the instalment.
        fees: The fees in it.
        charges: The charges in it.
    """

    is_detached: bool | None = None
    installment_id: str | None = None
    fees: list[Charge] | None = None
    charges: list[Charge] | None = None


class Transaction(Struct, frozen=True, kw_only=True):
    """A row of `/api/transactions/`.

    Attributes:
        id: Belvo's identifier.
        internal_identification: The bank's identifier.
        account: The account that it belongs to, with all its fields.
        collected_at: When Belvo read it, in UTC.
        created_at: When Belvo last wrote it, in UTC. `created_at__gte=` filters by this.
        value_date: The day on which it happened.
        transacted_at: When it happened, in UTC.
        accounting_date: The day on which the bank entered it.
        inferred_accounting_date: The same; after a weekend or a holiday, as Belvo infers it.
        amount: Above zero in both directions; `type` tells which.
        local_currency_amount: The amount in the local currency.
        balance: The account's balance after it, if the bank tells.
        currency: The currency of `amount` (ISO 4217).
        description: What it was, as the bank's customers see it.
        observations: More about that.
        merchant: Whom it was with.
        category: Belvo's category.
        subcategory: Belvo's category below that.
        reference: The bank's number for it.
        type: `INFLOW` for money that came, `OUTFLOW` for money that left; None if nobody knows.
        status: `PROCESSED`, `PENDING`, `UNCATEGORIZED`.
        credit_card_data: What a transaction on a credit card has besides.
        counterparty: The other side of a transfer.
        loan_data: What a payment of a loan has besides.
        payment_type: Of a payment, which one.
        operation_type: The kind of operation, in the bank's words: `PIX`, ...
        operation_type_additional_info: More about that.
        mcc: The Merchant Category Code, four digits.
    """

    id: str
    internal_identification: str | None = None
    account: Account | None = None
    collected_at: datetime | None = None
    created_at: datetime | None = None
    value_date: date | None = None
    transacted_at: datetime | None = None
    accounting_date: date | None = None
    inferred_accounting_date: date | None = None
    amount: Decimal | None = None
    local_currency_amount: Decimal | None = None
    balance: Decimal | None = None
    currency: str | None = None
    description: str | None = None
    observations: str | None = None
    merchant: Merchant | None = None
    category: str | None = None
    subcategory: str | None = None
    reference: str | None = None
    type: str | None = None
    status: str | None = None
    credit_card_data: CreditCardData | None = None
    counterparty: Counterparty | None = None
    loan_data: LoanPayment | None = None
    payment_type: str | None = None
    operation_type: str | None = None
    operation_type_additional_info: str | None = None
    mcc: int | str | None = None


class Link(Struct, frozen=True, kw_only=True):
    """A row of `/api/links/`: one user's connection to one institution.

    Attributes:
        id: Belvo's identifier.
        institution: Belvo's name for the institution.
        access_mode: `single` or `recurrent`.
        status: `valid`, `invalid`, `unconfirmed`, `token_required`.
        refresh_rate: How often Belvo reads it again: `6h`, `24h`, `7d`, ...
        created_by: Who made it, an identifier.
        last_accessed_at: When Belvo last reached the institution, in UTC.
        external_id: The identifier that you gave it.
        created_at: When Belvo first had it, in UTC.
        institution_user_id: The same for one user at one institution.
        credentials_storage: `store` or `nostore`, or for how long.
        stale_in: For how long Belvo keeps the data, such as `365d`.
        fetch_resources: What Belvo reads at the beginning, such as `ACCOUNTS`.
    """

    id: str
    institution: str | None = None
    access_mode: str | None = None
    status: str | None = None
    refresh_rate: str | None = None
    created_by: str | None = None
    last_accessed_at: datetime | None = None
    external_id: str | None = None
    created_at: datetime | None = None
    institution_user_id: str | None = None
    credentials_storage: str | None = None
    stale_in: str | None = None
    fetch_resources: list[str] | None = None
