"""The rows of Belvo's accounts as types, for `model=`; see `belvo_rows`."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from msgspec import Struct

__all__ = [
    "Account",
    "Balance",
    "CreditData",
    "CreditLimit",
    "Fund",
    "Institution",
    "LoanData",
    "Overdraft",
    "Rate",
]


class Institution(Struct, frozen=True, kw_only=True):
    """The institution of an account.

    Attributes:
        name: Belvo's name for it.
        type: `bank`, `fiscal`, ...
    """

    name: str | None = None
    type: str | None = None


class Balance(Struct, frozen=True, kw_only=True):
    """The balance of an account, in its currency.

    Attributes:
        current: Of a bank account, what is there. Of a credit card, what was spent in the running
            period. Of a loan, what remains to be paid.
        available: What can be used.
        blocked: What is held back for pending transactions.
        automatically_invested: What the bank invests by itself.
    """

    current: Decimal | None = None
    available: Decimal | None = None
    blocked: Decimal | None = None
    automatically_invested: Decimal | None = None


class Overdraft(Struct, frozen=True, kw_only=True):
    """How far an account may be overdrawn, in its currency.

    Attributes:
        arranged: How far, as agreed.
        used: How far it is.
        unarranged: How far it is beyond what was agreed.
    """

    arranged: Decimal | None = None
    used: Decimal | None = None
    unarranged: Decimal | None = None


class CreditLimit(Struct, frozen=True, kw_only=True):
    """One of the limits of a credit card.

    Attributes:
        identification_number: The card, often its last four digits.
        credit_limit: The limit.
        used_amount: How much of it is used.
        available_amount: How much of it is left.
        is_limit_flexible: Whether it can be changed.
        type: Whether it is the limit of all or of one line.
        consolidation_type: Whether several cards share it.
        line_name: What it is for, in the bank's words.
        line_name_additional_info: More about that.
    """

    identification_number: str | None = None
    credit_limit: Decimal | None = None
    used_amount: Decimal | None = None
    available_amount: Decimal | None = None
    is_limit_flexible: bool | None = None
    type: str | None = None
    consolidation_type: str | None = None
    line_name: str | None = None
    line_name_additional_info: str | None = None


class CreditData(Struct, frozen=True, kw_only=True):
    """What a credit card has besides. Dates are texts, `YYYY-MM-DD`.

    Attributes:
        collected_at: When Belvo read it.
        credit_limit: The most that can be spent.
        limits: The limits one by one.
        cutting_date: When the running period ends.
        next_payment_date: When the next payment is due.
        minimum_payment: The least to be paid then.
        no_interest_payment: The least to be paid so that there is no interest.
        interest_rate: The interest of a year, in percent.
        monthly_payment: What is paid every month.
        last_payment_date: When the last payment was made.
        last_period_balance: What the last period left to be paid.
        network: `VISA`, `MASTERCARD`, ...
        network_additional_info: More about that.
        cards: The cards of the account, as they came.
    """

    collected_at: str | None = None
    credit_limit: Decimal | None = None
    limits: list[CreditLimit] | None = None
    cutting_date: str | None = None
    next_payment_date: str | None = None
    minimum_payment: Decimal | None = None
    no_interest_payment: Decimal | None = None
    interest_rate: Decimal | None = None
    monthly_payment: Decimal | None = None
    last_payment_date: str | None = None
    last_period_balance: Decimal | None = None
    network: str | None = None
    network_additional_info: str | None = None
    cards: Any = None


class Rate(Struct, frozen=True, kw_only=True):
    """An interest rate, a fee or a charge of a loan.

    Attributes:
        type: Its kind.
        name: Its name.
        code: The bank's code.
        value: In percent, or in the loan's currency.
        rate: In parts of one.
    """

    type: str | None = None
    name: str | None = None
    code: str | None = None
    value: Decimal | None = None
    rate: Decimal | None = None


class LoanData(Struct, frozen=True, kw_only=True):
    """What a loan has besides; amounts are in the account's currency, dates are texts.

    Attributes:
        collected_at: When Belvo read it.
        loan_type: Its kind, in the bank's words.
        loan_code: Its standardised number.
        contract_number: The bank's number.
        contract_amount: The whole amount when it was signed.
        total_effective_cost: What it costs in all.
        principal: What the owner got.
        outstanding_principal: What of that remains to be paid.
        outstanding_balance: What remains to be paid in all.
        monthly_payment: What is paid every month.
        contract_start_date: When it was signed.
        contract_end_date: When it ends.
        number_of_installments_total: How many payments there are.
        number_of_installments_outstanding: How many are left.
        interest_rates: The interest rates.
        fees: The fees.
        contracted_charges: The charges.
    """

    collected_at: str | None = None
    loan_type: str | None = None
    loan_code: str | None = None
    contract_number: str | None = None
    contract_amount: Decimal | None = None
    total_effective_cost: Decimal | None = None
    principal: Decimal | None = None
    outstanding_principal: Decimal | None = None
    outstanding_balance: Decimal | None = None
    monthly_payment: Decimal | None = None
    contract_start_date: str | None = None
    contract_end_date: str | None = None
    number_of_installments_total: int | float | None = None
    number_of_installments_outstanding: int | float | None = None
    interest_rates: list[Rate] | None = None
    fees: list[Rate] | None = None
    contracted_charges: list[Rate] | None = None


class Fund(Struct, frozen=True, kw_only=True):
    """A fund of a pension account.

    Attributes:
        collected_at: When Belvo read it.
        name: Its name.
        type: Its kind.
        balance: What is in it.
        percentage: Its part of the account, in percent.
        public_identifications: Its public numbers, as they came.
    """

    collected_at: str | None = None
    name: str | None = None
    type: str | None = None
    balance: Decimal | None = None
    percentage: Decimal | None = None
    public_identifications: Any = None


class Account(Struct, frozen=True, kw_only=True):
    """A row of `/api/accounts/`, and the account in a transaction.

    Attributes:
        id: Belvo's identifier.
        link: The link that it belongs to.
        institution: The bank.
        collected_at: When Belvo read it.
        created_at: When Belvo last wrote it, in UTC.
        last_accessed_at: When Belvo last reached the bank, in UTC.
        category: `CHECKING_ACCOUNT`, `CREDIT_CARD`, `LOAN_ACCOUNT`, ...
        balance_type: `ASSET`, or `LIABILITY`: then take the balance, which has no sign of its own,
            as negative.
        type: The type, in the bank's words.
        subtype: The subtype, in the bank's words.
        name: The name of the account.
        number: The bank's number.
        agency: The branch.
        check_digit: The check digit of the number.
        balance: The balance.
        currency: The currency (ISO 4217).
        public_identification_name: Which number the next field is, such as `CLABE`.
        public_identification_value: That number.
        internal_identification: The bank's identifier.
        overdraft: How far it may be overdrawn.
        credit_data: What a credit card has besides.
        loan_data: What a loan has besides.
        funds_data: The funds of a pension account.
    """

    id: str
    link: str | None = None
    institution: Institution | None = None
    collected_at: datetime | None = None
    created_at: datetime | None = None
    last_accessed_at: datetime | None = None
    category: str | None = None
    balance_type: str | None = None
    type: str | None = None
    subtype: str | None = None
    name: str | None = None
    number: str | None = None
    agency: str | None = None
    check_digit: str | None = None
    balance: Balance | None = None
    currency: str | None = None
    public_identification_name: str | None = None
    public_identification_value: str | None = None
    internal_identification: str | None = None
    overdraft: Overdraft | None = None
    credit_data: CreditData | None = None
    loan_data: LoanData | None = None
    funds_data: list[Fund] | None = None
