"""The rows of Belvo's sandbox."""

from tests.unit.sandbox.dialects import BELVO, LINK


def test_amounts_are_positive():
    """The direction is in the type, which is that of the category."""
    rows = BELVO.transaction_rows(LINK)
    assert all(row["amount"] > 0 for row in rows)
    assert all((row["type"] == "INFLOW") == (row["category"] == "Transfers") for row in rows)


def test_rows_have_the_described_fields_and_one_more():
    """A transaction has the fields of the description, in its order, then an unknown one."""
    fields = (
        "id internal_identification account collected_at created_at value_date transacted_at"
        " accounting_date inferred_accounting_date amount local_currency_amount balance"
        " currency description observations merchant category subcategory reference type"
        " status credit_card_data counterparty loan_data payment_type operation_type"
        " operation_type_additional_info mcc added_field"
    )
    assert fields.split() == list(BELVO.transaction_rows(LINK)[0])


def test_a_transaction_holds_its_whole_account():
    """Each account of a link has transactions, which hold the account as it is listed."""
    accounts = {row["id"]: row for row in BELVO.account_rows() if row["link"] == LINK}
    rows = BELVO.transaction_rows(LINK)
    assert set(accounts) == {row["account"]["id"] for row in rows}
    assert all(row["account"] == accounts[row["account"]["id"]] for row in rows)
