"""The types of both providers' rows: names, values, leniency, and amounts with all their digits."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, get_args, get_type_hints

import msgspec
import pytest
import responses

from requests_paginate import exceptions, get_all, strategies
from requests_paginate.providers import belvo_account_rows, belvo_rows, pluggy_account_rows
from requests_paginate.providers import pluggy_rows as pluggy
from requests_paginate.providers.belvo_rows import Account, Link, Transaction
from requests_paginate.sandbox import Belvo, Pluggy

UTC = timezone.utc

# The fields are those of the providers' descriptions; the values are invented.
PLUGGY_TRANSACTION = """
{"id":"3f0c5a52-6a0e-4c53-9d0b-6f5b1c7c1a01","description":"MERCADO SOL",
"descriptionRaw":"COMPRA MERCADO SOL","currencyCode":"BRL","amount":-87.35,
"amountInAccountCurrency":null,"date":"2026-03-04T03:00:00.000Z","type":"DEBIT","balance":1520.11,
"providerCode":null,"status":"POSTED","category":"Groceries","categoryId":"10000000",
"paymentData":null,"creditCardMetadata":null,"merchant":{"name":"Sol","businessName":"SOL LTDA",
"cnpj":"00000000000000","cnae":"4711302","category":"Groceries"},"operationType":"PIX",
"operationTypeAdditionalInfo":null,"providerId":null,
"accountId":"7d1e3b0c-9a55-4f5e-8a53-2f0f6f1d2b10","order":0,
"createdAt":"2026-03-05T09:12:33.120Z","updatedAt":"2026-03-05T09:12:33.120Z"}
"""
PLUGGY_ACCOUNT = """
{"id":"7d1e3b0c-9a55-4f5e-8a53-2f0f6f1d2b10","type":"BANK","subtype":"CHECKING_ACCOUNT",
"number":"0001/12345-0","name":"Conta Corrente","marketingName":null,"balance":1520.11,
"itemId":"b6a1f6de-3c53-4c0e-9e39-0d8a4f7f1c22","taxNumber":"000.000.000-00","owner":"Ana Lima",
"currencyCode":"BRL","bankData":{"transferNumber":"001/0001/12345-0","closingBalance":1520.11,
"automaticallyInvestedBalance":0,"overdraftContractedLimit":0,"overdraftUsedLimit":0,
"unarrangedOverdraftAmount":0},"creditData":null,"createdAt":"2026-01-10T12:00:00.000Z",
"updatedAt":"2026-03-05T09:12:30.000Z"}
"""
BELVO_TRANSACTION = """
{"id":"0a6f7c1e-2b9d-4c1f-8e11-5d2f0b7a9c31","internal_identification":"TX0001",
"account":{"id":"c2b7"},"collected_at":"2026-03-05T08:45:50.406032Z",
"created_at":"2026-03-05T08:45:50.406032Z","value_date":"2026-03-04",
"transacted_at":"2026-03-04T12:29:03.374Z","accounting_date":"2026-03-04",
"inferred_accounting_date":"2026-03-04","amount":87.35,"local_currency_amount":null,
"balance":null,"currency":"BRL","description":"MERCADO SOL","observations":null,
"merchant":{"merchant_name":"Sol","logo":null,"website":null},"category":"Food & Groceries",
"subcategory":null,"reference":null,"type":"OUTFLOW","status":"PROCESSED",
"credit_card_data":null,"counterparty":null,"loan_data":null,"payment_type":null,
"operation_type":"PIX","operation_type_additional_info":null,"mcc":null}
"""
BELVO_ACCOUNT = """
{"id":"c2b7e0d4-11aa-4b52-9c77-3e5d6f708192","link":"5e2d9f60-7b1c-4a3e-8f25-6a7b8c9d0e1f",
"institution":{"name":"ofmockbank_br_retail","type":"bank"},
"collected_at":"2026-03-05T08:45:50.406032Z","created_at":"2026-01-10T12:00:00.000000Z",
"last_accessed_at":"2026-03-05T08:45:40.000Z","category":"CHECKING_ACCOUNT",
"balance_type":"ASSET","type":"CONTA_DEPOSITO_A_VISTA","subtype":"INDIVIDUAL","name":"Conta",
"number":"45722","agency":"0444","check_digit":"0","balance":{"current":1520.11,
"available":1500.0,"blocked":0,"automatically_invested":0},"currency":"BRL",
"public_identification_name":"AGENCY/ACCOUNT","public_identification_value":"0444/45722-0",
"internal_identification":"ACC1","overdraft":null,"credit_data":null,"loan_data":null,
"funds_data":null}
"""
BELVO_LINK = """
{"id":"5e2d9f60-7b1c-4a3e-8f25-6a7b8c9d0e1f","institution":"ofmockbank_br_retail",
"access_mode":"recurrent","status":"valid","refresh_rate":"24h",
"created_by":"b1c2d3e4-0000-4000-8000-000000000001",
"last_accessed_at":"2026-03-05T08:45:40.000Z","external_id":"user-42",
"created_at":"2026-01-10T12:00:00.000000Z","institution_user_id":"sooE7X=",
"credentials_storage":"store","stale_in":"365d","fetch_resources":["ACCOUNTS","TRANSACTIONS"]}
"""
SAMPLES = [
    (pluggy.Transaction, PLUGGY_TRANSACTION),
    (pluggy.Account, PLUGGY_ACCOUNT),
    (Transaction, BELVO_TRANSACTION),
    (Account, BELVO_ACCOUNT),
    (Link, BELVO_LINK),
]
IDS = ["pluggy transaction", "pluggy account", "belvo transaction", "belvo account", "belvo link"]
of_samples = pytest.mark.parametrize(("model", "sample"), SAMPLES, ids=IDS)


def decode_one(model, row):
    """The row as a listing hands it out."""
    content = row if isinstance(row, str) else json.dumps(row)
    with responses.RequestsMock() as mock:
        mock.add("GET", "https://api.test/rows", body=f'{{"results": [{content}], "next": null}}')
        (found,) = get_all("https://api.test/rows", model=model)
    return found


def read_attributes(row: Any) -> Any:
    """A row as it would be sent: by the names in JSON, texts for what is no JSON, without None."""
    if isinstance(row, msgspec.Struct):
        found = {f.encode_name: getattr(row, f.name) for f in msgspec.structs.fields(row)}
        return {name: read_attributes(value) for name, value in found.items() if value is not None}
    return [read_attributes(each) for each in row] if isinstance(row, list) else row


def without_nulls(value: Any) -> Any:
    """A decoded sample without its nulls."""
    if isinstance(value, dict):
        return {name: without_nulls(inner) for name, inner in value.items() if inner is not None}
    return [without_nulls(each) for each in value] if isinstance(value, list) else value


def parse_times(value: Any, like: Any) -> Any:
    """A decoded sample with dates where the row has them."""
    if isinstance(value, dict):
        return {name: parse_times(inner, like[name]) for name, inner in value.items()}
    if isinstance(like, (date, datetime)):
        return type(like).fromisoformat(value.replace("Z", "+00:00"))
    return value


@of_samples
def test_every_field_of_the_samples(model, sample):
    """A row has every field of the provider's sample, under its name, with exactly its value."""
    row = decode_one(model, sample)
    exact = without_nulls(json.loads(sample, parse_float=Decimal))
    found = read_attributes(row)
    assert parse_times(exact, found) == found
    assert {*json.loads(sample)} <= {field.encode_name for field in msgspec.structs.fields(model)}


@of_samples
def test_amounts_are_decimals_with_their_digits(model, sample):
    """Each number with a fraction in the sample is a Decimal with the same text."""

    def list_numbers(value):
        if isinstance(value, dict):
            return [number for inner in value.values() for number in list_numbers(inner)]
        return [value] if isinstance(value, Decimal) else []

    sent = list_numbers(json.loads(sample, parse_float=Decimal))
    found = list_numbers(read_attributes(decode_one(model, sample)))
    assert {str(number) for number in sent} <= {str(number) for number in found}
    assert bool(sent) == (model is not Link)


def test_a_transaction_of_pluggy():
    """The names are those of Python, dates have their time zone, and the amount its sign."""
    row = decode_one(pluggy.Transaction, PLUGGY_TRANSACTION)
    assert Decimal("-87.35") == row.amount
    assert "COMPRA MERCADO SOL" == row.description_raw
    assert datetime(2026, 3, 4, 3, tzinfo=UTC) == row.date
    assert datetime(2026, 3, 5, 9, 12, 33, 120000, UTC) == row.created_at
    assert "SOL LTDA" == row.merchant.business_name


def test_a_transaction_of_belvo():
    """The account is inside, days are dates, and timestamps have their time zone."""
    account = json.loads(BELVO_ACCOUNT)
    row = decode_one(Transaction, {**json.loads(BELVO_TRANSACTION), "account": account})
    assert Decimal("1520.11") == row.account.balance.current
    assert date(2026, 3, 4) == row.value_date == row.accounting_date
    assert datetime(2026, 3, 5, 8, 45, 50, 406032, UTC) == row.created_at
    assert "OUTFLOW" == row.type


PARTY = {
    "name": "Ana", "documentNumber": {"type": "CPF", "value": "0"}, "accountNumber": "1",
    "branchNumber": "2", "routingNumber": "3", "routingNumberISPB": "4",
}  # fmt: skip
NESTED = [
    (
        pluggy.Transaction,
        {
            "paymentData": {
                "payer": PARTY, "receiver": PARTY, "paymentMethod": "BOLETO",
                "referenceNumber": "E1", "receiverReferenceId": "r", "reason": "rent",
                "authenticationCode": "a",
                "boletoMetadata": {
                    "digitableLine": "1", "barcode": "2", "baseAmount": 0.1,
                    "interestAmount": 0.2, "penaltyAmount": 0.3, "discountAmount": 0.4,
                },
            },
            "creditCardMetadata": {
                "installmentNumber": 1, "totalInstallments": 3, "totalAmount": 300.1,
                "purchaseDate": "2026-03-04T03:00:00.000Z", "payeeMCC": 5137, "cardNumber": "4453",
                "billId": "b", "billForecastDate": "2026-04", "billPostDate": "2026-03-05",
                "transactionDateTime": "2026-04-09T16:43:35.203Z", "paymentType": "INSTALLMENT",
                "feeType": "SMS", "feeTypeAdditionalInfo": "f", "otherCreditsType": "LOAN",
                "otherCreditsAdditionalInfo": "o",
            },
        },
    ),
    (
        pluggy.Account,
        {
            "bankData": {
                "hasReservedBalance": True,
                "reservedBalances": [
                    {"name": "Férias", "identification": "i", "availableAmounts": [
                        {"amount": 0.1, "currencyCode": "BRL", "remuneration": {"rateType": "L"}},
                    ]},
                ],
            },
            "creditData": {
                "level": "GOLD", "brand": "OTHER", "brandAdditionalInfo": "x",
                "balanceCloseDate": "2026-03-04", "balanceDueDate": "2026-03-10T00:00:00.000Z",
                "availableCreditLimit": 0.1, "balanceForeignCurrency": 0.2, "minimumPayment": 0.3,
                "creditLimit": 0.4, "isLimitFlexible": False, "status": "ACTIVE",
                "holderType": "MAIN", "additionalCards": [{"number": "1"}],
                "disaggregatedCreditLimits": [{
                    "creditLineLimitType": "TOTAL", "consolidationType": "INDIVIDUAL",
                    "identificationNumber": "4453", "isLimitFlexible": True, "lineName": "OUTROS",
                    "lineNameAdditionalInfo": "x", "limitAmount": 0.1,
                    "limitAmountCurrencyCode": "BRL", "limitAmountReason": "r",
                    "customizedLimitAmount": 0.2, "customizedLimitAmountCurrencyCode": "BRL",
                    "usedAmount": 0.3, "usedAmountCurrencyCode": "BRL", "availableAmount": 0.4,
                    "availableAmountCurrencyCode": "BRL",
                }],
            },
        },
    ),
    (
        Transaction,
        {
            "credit_card_data": {
                "collected_at": "2026-03-05T08:45:50Z", "bill_name": "apr-2020",
                "bill_due_date": "2023-06-17", "bill_status": "CLOSED",
                "bill_internal_identification": "9", "bill_amount": 300.1,
                "previous_bill_total": "200.10", "card_number": "4453", "fee_type": "SMS",
                "fee_type_additional_info": "f", "credits_type": "LOAN",
                "credits_type_additional_info": "c", "installment_identifier": "P",
                "number_of_installments": 4,
                "credit_card_bill": {"id": "b", "internal_identification": "9"},
            },
            "counterparty": {
                "type": "INDIVIDUAL", "document_number": "7", "clearing_code": "001",
                "agency": "6272", "check_digit": "7", "number": "2",
            },
            "loan_data": {
                "is_detached": True, "installment_id": "i",
                "fees": [{"name": "n", "code": "c", "amount": 8903.77}],
                "charges": [{"type": "t", "info": "i", "amount": 0.1}],
            },
            "mcc": 5137,
        },
    ),
    (
        Account,
        {
            "overdraft": {"arranged": 5000.5, "used": 1000.5, "unarranged": 300.1},
            "credit_data": {
                "collected_at": "2026-03-05T08:45:50Z", "credit_limit": 192000.9,
                "cutting_date": "2019-12-11", "next_payment_date": "2019-12-13",
                "minimum_payment": 2400.3, "no_interest_payment": 2690.83, "interest_rate": 4,
                "monthly_payment": 0.1, "last_payment_date": "2019-11-01",
                "last_period_balance": "10.10", "network": "VISA", "network_additional_info": "n",
                "cards": [{"is_multiple": False}],
                "limits": [{
                    "identification_number": "4453", "credit_limit": 1000.04, "used_amount": 0.4,
                    "available_amount": 600, "is_limit_flexible": False, "type": "TOTAL",
                    "consolidation_type": "INDIVIDUAL", "line_name": "l",
                    "line_name_additional_info": "i",
                }],
            },
            "loan_data": {
                "collected_at": "2026-03-05T08:45:50Z", "loan_type": "HOME_EQUITY",
                "loan_code": "9", "contract_number": "1", "contract_amount": 202000.1,
                "total_effective_cost": 209000.1, "principal": 192000.1,
                "outstanding_principal": 142023.1, "outstanding_balance": 182000.1,
                "monthly_payment": 1000.1, "contract_start_date": "2020-03-01",
                "contract_end_date": "2027-10-01", "number_of_installments_total": 60,
                "number_of_installments_outstanding": 48,
                "interest_rates": [{"name": "NOMINAL", "type": "t", "value": 7.85}],
                "fees": [{"type": "t", "value": 5.6, "name": "n", "code": "c", "rate": 0.062}],
                "contracted_charges": [{"type": "t", "rate": 0.062}],
            },
            "funds_data": [{
                "collected_at": "2026-03-05T08:45:50Z", "name": "FIX X", "type": "CNPJ",
                "balance": 88427.94, "percentage": 100,
                "public_identifications": [{"name": "n", "value": "v"}],
            }],
        },
    ),
]  # fmt: skip


@pytest.mark.parametrize(("model", "fields"), NESTED)
def test_every_nested_field(model, fields):
    """What is nested has the provider's names, too, and its amounts all digits."""
    row = decode_one(model, {"id": "1", **fields})
    found = {name: value for name, value in read_attributes(row).items() if name != "id"}
    # numbers are compared by their digits: an amount that came as 600 or "600" is Decimal("600")
    texts = [json.dumps(each, default=str) for each in (fields, found)]
    sent, read = (json.loads(text, parse_int=str, parse_float=str) for text in texts)
    assert sent == read


MODELS = sorted(
    {
        kind
        for module in (belvo_account_rows, belvo_rows, pluggy_account_rows, pluggy)
        for kind in vars(module).values()
        if isinstance(kind, type)
        and issubclass(kind, msgspec.Struct)
        and kind is not msgspec.Struct
    },
    key=lambda kind: (kind.__module__, kind.__name__),
)
of_models = pytest.mark.parametrize("model", MODELS)


@of_models
def test_every_field_but_the_id_may_be_missing_or_null(model):
    """A bank that tells less makes no error."""
    fields = msgspec.structs.fields(model)
    needed = {"id": "1"} if model in {kind for kind, _ in SAMPLES} else {}
    assert {*needed} == {field.encode_name for field in fields if field.required}
    bare = msgspec.convert(needed, model)
    nulls = {field.encode_name: None for field in fields if not field.required}
    assert bare == decode_one(model, {**nulls, **needed, "newField": {"since": [1.5]}})


@of_models
def test_every_field_is_described(model):
    """The docstring names every field, and nothing else."""
    described = [
        line.split(":")[0].strip()
        for line in (model.__doc__ or "").partition("Attributes:")[2].splitlines()
        if line.startswith("        ") and not line.startswith("         ") and ":" in line
    ]
    assert [*model.__struct_fields__] == described


@of_models
def test_rows_are_values(model):
    """Rows cannot be changed, and no field has a kind of words that could be outdated."""
    assert model.__struct_config__.frozen
    kinds = {kind for hint in get_type_hints(model).values() for kind in get_args(hint)}
    assert set() == {kind for kind in kinds if hasattr(kind, "__members__")}


@pytest.mark.parametrize(
    ("model", "name", "value", "expected"),
    [
        (pluggy.Transaction, "type", "REVERSAL", "REVERSAL"),
        (pluggy.Transaction, "status", "UNHEARD_OF", "UNHEARD_OF"),
        (Transaction, "type", "SIDEWAYS", "SIDEWAYS"),
        (Link, "status", "asleep", "asleep"),
        (pluggy.Transaction, "amount", "-87.350", Decimal("-87.350")),
        (Transaction, "amount", 87, Decimal(87)),
        (Transaction, "mcc", "0742", "0742"),
        (Transaction, "mcc", 5137, 5137),
        (pluggy.Transaction, "order", 2.0, 2.0),
        (Transaction, "created_at", "2026-03-05T08:45:50Z",
         datetime(2026, 3, 5, 8, 45, 50, 0, UTC)),
        (Transaction, "created_at", "2026-03-05T08:45:50", datetime(2026, 3, 5, 8, 45, 50)),
        (
            Transaction, "created_at", "2026-03-05T05:45:50.5-03:00",
            datetime(2026, 3, 5, 5, 45, 50, 500000, timezone(timedelta(hours=-3))),
        ),
    ],
)  # fmt: skip
def test_what_a_bank_may_send_otherwise(model, name, value, expected):
    """New words, amounts as texts or whole numbers, and timestamps of any precision are taken."""
    assert expected == getattr(decode_one(model, {"id": "1", name: value}), name)


def test_the_rows_of_the_sandbox_fit():
    """Every row of both sandboxes becomes a row of these types, with its id."""
    ours, theirs = Pluggy(transactions=40), Belvo(transactions=40)
    link = theirs.link_ids[0]
    for model, rows in [
        (pluggy.Transaction, ours.transaction_rows(ours.account_ids[0])),
        (pluggy.Account, ours.account_rows()),
        (Transaction, theirs.transaction_rows(link)),
        (Account, theirs.account_rows()),
        (Link, theirs.link_rows()),
    ]:
        found = msgspec.json.decode(msgspec.json.encode(rows), type=list[model])
        assert [row["id"] for row in rows] == [row.id for row in found]


AMOUNTS = ["0.1", "1.10", "12345678901234567.89", "1e2", "-0.00", "100", '"0.30"']
EXACT = [str(Decimal(text.strip('"'))) for text in AMOUNTS]
PAGES = 4


def write_page(number, mark=""):
    """One page of rows; a mark makes it what only a slower decoder takes."""
    rows = [f'{{"id": "{number}-{place}", "amount": {text}}}' for place, text in enumerate(AMOUNTS)]
    after = f'"https://api.test/rows?page={number + 1}"' if number < PAGES else "null"
    return f'{mark}{{"results": [{", ".join(rows)}], "next": {after}}}'


@pytest.fixture(params=["", "\ufeff"], ids=["plain", "byte order mark"])
def api(request):
    """A listing of four pages with every amount on each."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for number in range(1, PAGES + 1):
            match = [responses.matchers.query_param_matcher({"page": str(number)})]
            content = write_page(number, request.param).encode()
            mock.add("GET", "https://api.test/rows", body=content, match=match)
        yield "https://api.test/rows?page=1"


class OwnStrategy(strategies.Strategy):
    """A strategy that reads rows and link itself."""

    def items(self, page):
        """Return the rows."""
        return page.body["results"]

    def next(self, page):
        """Return the next request, or None."""
        return page.request.follow(page.body["next"]) if page.body["next"] else None


def exact_body(content):
    """A decoder that keeps the digits."""
    return json.loads(content.decode("utf-8-sig"), parse_float=Decimal)


WAYS = {
    "detected": {},
    "a strategy": {"strategy": strategies.NextLink("next", items="results")},
    "a strategy without items": {"strategy": strategies.NextLink("next")},
    "a strategy with a callable": {
        "strategy": strategies.NextLink("next", items=lambda body: body["results"])
    },
    "items as a path": {"items": "results"},
    "items as a callable": {"items": lambda body: body["results"]},
    "items as a generator": {"items": lambda body: (dict(row) for row in body["results"])},
    "prefetch": {"prefetch": 4},
    "prefetch and a callable": {"prefetch": 4, "items": lambda body: body["results"]},
    "key": {"key": "id"},
    "a strategy of one's own": {"strategy": OwnStrategy()},
    "decode": {"decode": exact_body},
}
of_ways = pytest.mark.parametrize("options", WAYS.values(), ids=WAYS)


@pytest.mark.parametrize("model", [pluggy.Transaction, Transaction])
@of_ways
def test_no_amount_goes_through_a_float(api, options, model):
    """Whichever way a listing is read, every amount on every page has the digits that were sent."""
    rows = get_all(api, model=model, **options)
    assert EXACT * PAGES == [str(row.amount) for row in rows]


@of_ways
def test_no_amount_goes_through_a_float_when_resumed(api, options):
    """The same holds in the middle of a page, and from there on."""
    first = get_all(api, model=Transaction, **options)
    found = [next(first).amount for _ in range(9)]
    found += [
        row.amount for row in get_all(api, model=Transaction, resume=first.checkpoint(), **options)
    ]
    assert EXACT * PAGES == [str(amount) for amount in found]


@pytest.mark.parametrize(
    ("content", "options"),
    [
        ('{"id": "1", "amount": 12345678901234567.89}', {"strategy": strategies.SinglePage("")}),
        ('[{"id": "1", "amount": 12345678901234567.89, "name": "\\ud800"}]', {}),
    ],
    ids=["an object alone", "half of a character"],
)
def test_no_amount_goes_through_a_float_where_rows_are_converted(content, options):
    """A row that cannot be decoded from the bytes keeps its digits, too."""
    with responses.RequestsMock() as mock:
        mock.add("GET", "https://api.test/rows", body=content)
        (row,) = get_all("https://api.test/rows", model=Transaction, **options)
    assert "12345678901234567.89" == str(row.amount)


@pytest.mark.parametrize(
    "options",
    [
        {"decode": lambda content: json.loads(content.decode("utf-8-sig"))},
        {"items": lambda body: [{**row, "amount": 0.5} for row in body["results"]]},
    ],
    ids=["decode", "items"],
)
def test_a_float_of_the_callers_own_is_refused(api, options):
    """A float is never taken for a Decimal: the error names the field, and no value."""
    with pytest.raises(exceptions.MalformedPage) as raised:
        next(get_all(api, model=Transaction, **options))
    text = str(raised.value)
    assert "expected a Decimal, got a float, which may be another number - at `" in text
    assert "[0].amount`" in text
    assert "msgspec.json.Decoder(float_hook=Decimal).decode" in text
    assert "0.1" not in text
