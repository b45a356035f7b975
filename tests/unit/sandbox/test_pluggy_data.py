"""The rows of Pluggy's sandbox."""

from tests.unit.sandbox.dialects import ACCOUNT, PLUGGY


def test_amounts_follow_their_direction():
    """Money that comes in has a positive amount, money that goes out a negative one."""
    assert all(
        (row["amount"] > 0) == (row["type"] == "CREDIT") for row in PLUGGY.transaction_rows(ACCOUNT)
    )


def test_rows_have_the_described_fields_and_one_more():
    """A transaction has the fields of the description, in its order, then an unknown one."""
    fields = (
        "id description descriptionRaw currencyCode amount amountInAccountCurrency date type"
        " balance providerCode status category categoryId paymentData creditCardMetadata"
        " merchant operationType operationTypeAdditionalInfo providerId accountId order"
        " createdAt updatedAt addedField"
    )
    assert fields.split() == list(PLUGGY.transaction_rows(ACCOUNT)[0])


def test_what_depends_on_the_direction_and_the_day():
    """Only a payment has its parties, only a purchase a merchant; the newest day is pending."""
    rows = PLUGGY.transaction_rows(ACCOUNT)
    assert {("CREDIT", True, False), ("DEBIT", False, True)} == {
        (row["type"], row["paymentData"] is not None, row["merchant"] is not None) for row in rows
    }
    assert ["PENDING"] * 12 + ["POSTED"] * 18 == [row["status"] for row in rows]
    assert {ACCOUNT} == {row["accountId"] for row in rows}


def test_accounts_take_turns():
    """Bank accounts and credit cards alternate, each with the data of its kind."""
    assert [("BANK", True, False), ("CREDIT", False, True)] == [
        (row["type"], row["bankData"] is not None, row["creditData"] is not None)
        for row in PLUGGY.account_rows()
    ]
