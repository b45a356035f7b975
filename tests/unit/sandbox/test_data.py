"""The rows of the sandbox."""

from requests_paginate.sandbox import Belvo, Pluggy
from tests.unit.sandbox.dialects import ACCOUNT, BELVO, LINK, PLUGGY


class TestRows:
    def test_rows_follow_from_the_seed(self):
        """The same seed gives the same rows, another seed other ids."""
        assert PLUGGY.transaction_rows(ACCOUNT) == Pluggy(transactions=30).transaction_rows(ACCOUNT)
        assert BELVO.account_rows() == Belvo(transactions=1).account_rows()
        assert not set(PLUGGY.account_ids) & set(Pluggy(seed=8).account_ids)

    def test_ids_are_unique(self):
        """No two rows of a provider share an id."""
        rows = [row for each in PLUGGY.account_ids for row in PLUGGY.transaction_rows(each)]
        rows += [row for each in BELVO.link_ids for row in BELVO.transaction_rows(each)]
        rows += [*PLUGGY.account_rows(), *BELVO.account_rows(), *BELVO.link_rows()]
        assert len(rows) == len({row["id"] for row in rows})

    def test_amounts_follow_their_direction(self):
        """Pluggy signs its amounts here, Belvo's are always positive."""
        assert all(
            (row["amount"] > 0) == (row["type"] == "CREDIT")
            for row in PLUGGY.transaction_rows(ACCOUNT)
        )
        assert all(row["amount"] > 0 for row in BELVO.transaction_rows(LINK))

    def test_rows_have_the_described_fields_and_one_more(self):
        """A transaction has the fields of the description, in its order, then an unknown one."""
        pluggy_fields = (
            "id description descriptionRaw currencyCode amount amountInAccountCurrency date type"
            " balance providerCode status category categoryId paymentData creditCardMetadata"
            " merchant operationType operationTypeAdditionalInfo providerId accountId order"
            " createdAt updatedAt addedField"
        )
        belvo_fields = (
            "id internal_identification account collected_at created_at value_date transacted_at"
            " accounting_date inferred_accounting_date amount local_currency_amount balance"
            " currency description observations merchant category subcategory reference type"
            " status credit_card_data counterparty loan_data payment_type operation_type"
            " operation_type_additional_info mcc added_field"
        )
        assert pluggy_fields.split() == list(PLUGGY.transaction_rows(ACCOUNT)[0])
        assert belvo_fields.split() == list(BELVO.transaction_rows(LINK)[0])
