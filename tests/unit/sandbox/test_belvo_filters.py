"""The filters of Belvo's lists."""

import pytest

from tests.unit.sandbox.dialects import BELVO, LINK, belvo


def transactions(query=""):
    """The one page of Belvo transactions that a query gives."""
    return belvo(f"/api/transactions/?link={LINK}&page_size=1000{query}").json()["results"]


class TestBelvoFilters:
    @pytest.mark.parametrize(
        ("query", "holds"),
        [
            ("type=INFLOW", lambda row: row["type"] == "INFLOW"),
            ("value_date__gt=2026-03-03", lambda row: row["value_date"] > "2026-03-03"),
            ("value_date__gte=2026-03-03", lambda row: row["value_date"] >= "2026-03-03"),
            ("value_date__lt=2026-03-03", lambda row: row["value_date"] < "2026-03-03"),
            ("value_date__lte=2026-03-03", lambda row: row["value_date"] <= "2026-03-03"),
            ("amount__gt=90", lambda row: row["amount"] > 90),
            ("amount__lte=90", lambda row: row["amount"] <= 90),
            ("amount__range=90,500", lambda row: 90 <= row["amount"] <= 500),
            (
                "account__balance__current__gt=2000",
                lambda r: r["account"]["balance"]["current"] > 2000,
            ),
            ("account__balance__blocked=0", lambda row: True),
            ("merchant__merchant_name__icontains=SOL", lambda r: "Sol" in str(r["merchant"])),
            ("category__in=Food,Pharmacy", lambda row: row["category"] in {"Food", "Pharmacy"}),
            ("category__not_in=Food,Pharmacy", lambda r: r["category"] not in {"Food", "Pharmacy"}),
            ("mcc=1", lambda row: False),
            ("mcc__nested=1", lambda row: False),
            ("type=INFLOW&amount__lt=90", lambda r: r["type"] == "INFLOW" and r["amount"] < 90),
            ("unknown__gt=1", lambda row: True),
            ("amount__gtt=5", lambda row: True),
            ("amount__foo__gt=5", lambda row: True),
            ("account__unknown__in=5", lambda row: True),
            ("amount__gt=", lambda row: True),
            ("gt=1", lambda row: True),
        ],
    )
    def test_operators(self, query, holds):
        """Each operator keeps the rows it should; numbers compare as numbers, dates as dates."""
        expected = [row for row in BELVO.transaction_rows(LINK) if holds(row)]
        assert expected == transactions(f"&{query}")

    def test_numbers_are_not_compared_as_text(self):
        """There are amounts that text would order otherwise: the filter test is no accident."""
        amounts = [row["amount"] for row in BELVO.transaction_rows(LINK)]
        assert any((amount > 90) != (str(amount) > "90") for amount in amounts)

    @pytest.mark.parametrize("name", ["account", "account__in", "account__id"])
    def test_an_account_is_filtered_by_its_id(self, name):
        """The embedded account is chosen by its id."""
        rows = transactions(f"&{name}={BELVO.account_ids[1]}")
        assert 12 == len(rows)
        assert {BELVO.account_ids[1]} == {row["account"]["id"] for row in rows}

    def test_lists_contain_all(self):
        """`allin` keeps rows whose list has all the values; on anything else it keeps none."""
        found = belvo("/api/links/?fetch_resources__allin=ACCOUNTS,TRANSACTIONS").json()
        assert 2 == found["count"]
        assert 0 == belvo("/api/links/?fetch_resources__allin=OWNERS").json()["count"]
        assert 0 == belvo("/api/links/?status__allin=valid").json()["count"]

    def test_other_examples_of_the_document(self):
        """An external id, and a list of ids, choose as in Belvo's document."""
        assert [BELVO.link_ids[1]] == [
            row["id"] for row in belvo("/api/links/?external_id=user-43").json()["results"]
        ]
        ids = ",".join(BELVO.account_ids[:2])
        assert 2 == belvo(f"/api/accounts/?id__in={ids}").json()["count"]

    @pytest.mark.parametrize(
        ("path", "query", "name"),
        [
            ("transactions", f"link={LINK}&amount__gt=many", "amount__gt"),
            ("transactions", f"link={LINK}&amount__range=1", "amount__range"),
            ("links", "fetch_resources__gt=ACCOUNTS", "fetch_resources__gt"),
        ],
    )
    def test_an_unreadable_filter_is_refused(self, path, query, name):
        """A value that does not fit its field is a 400 that names the parameter."""
        response = belvo(f"/api/{path}/?{query}")
        (error,) = response.json()
        assert (400, "invalid", name) == (response.status, error["code"], error["field"])

    def test_the_count_and_next_are_the_filtered_ones(self):
        """A filter is carried in next and counts."""
        body = belvo(f"/api/transactions/?link={LINK}&type=OUTFLOW&page_size=10").json()
        assert 28 == body["count"]
        rows = body["results"]
        while body["next"]:
            assert "&type=OUTFLOW&" in body["next"]
            body = belvo(body["next"]).json()
            rows += body["results"]
        assert 28 == len({row["id"] for row in rows})

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("fields=id,balance", ["id", "balance"]),
            ("fields=id,balance&omit=balance", ["id"]),
            ("fields=", []),
        ],
    )
    def test_fields(self, query, expected):
        """`fields` keeps fields of the first level only, `omit` drops them."""
        assert expected == list(belvo(f"/api/accounts/?{query}").json()["results"][0])

    def test_omit(self):
        """`omit` drops fields and keeps the others."""
        fields = list(belvo("/api/accounts/?omit=id,balance").json()["results"][0])
        assert [name for name in BELVO.account_rows()[0] if name not in {"id", "balance"}] == fields
