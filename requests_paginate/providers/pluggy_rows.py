"""The rows of Pluggy's lists as types, for `model=`.

They are lenient. A bank may leave out any field but `id`, or send null; values that are one of a
few words are texts, since Pluggy adds new words; and fields that are not named here are ignored.

Amounts are Decimals with the digits that Pluggy sent. They were never binary floating-point
numbers, in which 0.1 is another number.

Sources: Pluggy's OpenAPI description, as the SDK `pluggy-sdk` 1.0.0.post74 on PyPI was made from it
(the models `Transaction`, `Account` and those in them); https://docs.pluggy.ai/reference/transaction
and https://docs.pluggy.ai/reference/account.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import msgspec

from requests_paginate.providers.pluggy_account_rows import Account, Row

__all__ = [
    "Account",
    "BoletoMetadata",
    "CreditCardMetadata",
    "Document",
    "Merchant",
    "Participant",
    "PaymentData",
    "Transaction",
]


class Document(Row, frozen=True, kw_only=True):
    """A person's or a company's number.

    Attributes:
        type: `CPF` of a person, `CNPJ` of a company.
        value: The number, as a text with its points and strokes.
    """

    type: str | None = None
    value: str | None = None


class Participant(Row, frozen=True, kw_only=True):
    """One side of a payment.

    Attributes:
        document_number: The CPF or CNPJ.
        name: The full name.
        account_number: The account, within its branch.
        branch_number: The branch (agência).
        routing_number: The bank by its COMPE number.
        routing_number_ispb: The bank by its ISPB number.
    """

    document_number: Document | None = None
    name: str | None = None
    account_number: str | None = None
    branch_number: str | None = None
    routing_number: str | None = None
    routing_number_ispb: str | None = msgspec.field(default=None, name="routingNumberISPB")


class BoletoMetadata(Row, frozen=True, kw_only=True):
    """The boleto that a payment was made for.

    Attributes:
        digitable_line: The number that is typed in.
        barcode: The number of the bar code.
        base_amount: What was asked for, without what follows.
        interest_amount: Interest that was added.
        penalty_amount: A penalty that was added.
        discount_amount: What was taken off.
    """

    digitable_line: str | None = None
    barcode: str | None = None
    base_amount: Decimal | None = None
    interest_amount: Decimal | None = None
    penalty_amount: Decimal | None = None
    discount_amount: Decimal | None = None


class PaymentData(Row, frozen=True, kw_only=True):
    """Who paid whom, of a transfer.

    Attributes:
        payer: Who paid.
        receiver: Who was paid.
        payment_method: `PIX`, `TED`, `DOC`, `BOLETO`, ...
        reference_number: The payment's own number; of Pix its end-to-end id.
        receiver_reference_id: What the receiver gave the payment when it was asked for.
        authentication_code: The code on the proof of payment.
        reason: What the payer wrote.
        boleto_metadata: The boleto, if one was paid.
    """

    payer: Participant | None = None
    receiver: Participant | None = None
    payment_method: str | None = None
    reference_number: str | None = None
    receiver_reference_id: str | None = None
    authentication_code: str | None = None
    reason: str | None = None
    boleto_metadata: BoletoMetadata | None = None


class CreditCardMetadata(Row, frozen=True, kw_only=True):
    """What a transaction on a credit card has besides.

    Dates are texts here: some are days, some timestamps, and one is a month.

    Attributes:
        installment_number: Which instalment this is, from 1.
        total_installments: How many instalments there are.
        total_amount: The amount of the whole purchase. Open Finance does not tell it.
        purchase_date: When the purchase was made.
        payee_mcc: The Merchant Category Code, four digits.
        card_number: The card, often its last four digits; a virtual card has its own.
        bill_id: The bill that the transaction is on, once it is closed.
        bill_forecast_date: The month of the bill that it will be on, `YYYY-MM`.
        bill_post_date: The day on which the bank put it on a bill, `YYYY-MM-DD`.
        transaction_date_time: When it was made, as the bank tells.
        payment_type: `SINGLE` or `INSTALLMENT`.
        fee_type: Of a fee, which one.
        fee_type_additional_info: Of the fee type `OTHER`, in words.
        other_credits_type: Of a credit taken on the card, which one.
        other_credits_additional_info: Of the credit type `OTHER`, in words.
    """

    installment_number: int | float | None = None
    total_installments: int | float | None = None
    total_amount: Decimal | None = None
    purchase_date: str | None = None
    payee_mcc: int | str | None = msgspec.field(default=None, name="payeeMCC")
    card_number: str | None = None
    bill_id: str | None = None
    bill_forecast_date: str | None = None
    bill_post_date: str | None = None
    transaction_date_time: str | None = None
    payment_type: str | None = None
    fee_type: str | None = None
    fee_type_additional_info: str | None = None
    other_credits_type: str | None = None
    other_credits_additional_info: str | None = None


class Merchant(Row, frozen=True, kw_only=True):
    """Whom a transaction was with.

    Attributes:
        name: Its name.
        business_name: Its legal name.
        cnpj: Its number in the register of companies.
        cnae: What it does, by the number of the activity.
        category: What it does, as a category of Pluggy's.
    """

    name: str | None = None
    business_name: str | None = None
    cnpj: str | None = None
    cnae: str | None = None
    category: str | None = None


class Transaction(Row, frozen=True, kw_only=True):
    """A row of `/v2/transactions` and of `/transactions`.

    Attributes:
        id: Pluggy's identifier. It may change when a pending transaction is posted.
        description: What it was, cleaned up.
        description_raw: What it was, as the bank wrote it.
        currency_code: The currency of `amount` (ISO 4217).
        amount: The amount. Do not rely on its sign: on a bank account it is negative for money that
            went out, but on a credit card a purchase may be positive. `type` tells the direction.
        amount_in_account_currency: The amount in the account's currency, if that is another one.
        date: When it was made, in UTC. Of many banks it is midnight in São Paulo, 03:00 UTC: take
            the day in that time zone.
        type: `DEBIT` for money that left the account, `CREDIT` for money that came.
        balance: The account's balance after it, if the bank tells.
        provider_code: The bank's number for it, in the bank's own form.
        status: `POSTED` or `PENDING`; a pending one may be in the future.
        category: Pluggy's category, in words.
        category_id: The identifier of that category.
        payment_data: Who paid whom, of a transfer.
        credit_card_metadata: What a transaction on a credit card has besides.
        merchant: Whom it was with.
        operation_type: The kind of operation, in the bank's words: `PIX`, `TED`, `PAGAMENTO`, ...
        operation_type_additional_info: More about that.
        provider_id: The bank's identifier for it (Open Finance only).
        account_id: The account that it belongs to.
        order: Its place among the transactions of the same day.
        created_at: When Pluggy first had it, in UTC. `createdAtFrom=` filters by this.
        updated_at: When Pluggy last changed it, in UTC.
    """

    id: str
    description: str | None = None
    description_raw: str | None = None
    currency_code: str | None = None
    amount: Decimal | None = None
    amount_in_account_currency: Decimal | None = None
    date: datetime | None = None
    type: str | None = None
    balance: Decimal | None = None
    provider_code: str | None = None
    status: str | None = None
    category: str | None = None
    category_id: str | None = None
    payment_data: PaymentData | None = None
    credit_card_metadata: CreditCardMetadata | None = None
    merchant: Merchant | None = None
    operation_type: str | None = None
    operation_type_additional_info: str | None = None
    provider_id: str | None = None
    account_id: str | None = None
    order: int | float | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
