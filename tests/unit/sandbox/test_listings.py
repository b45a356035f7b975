"""Listings by this package of what the sandbox makes hard."""

import warnings

import pytest

responses = pytest.importorskip("responses")

from requests_paginate import exceptions, get_all  # noqa: E402
from requests_paginate.sandbox import (  # noqa: E402
    Belvo,
    BelvoDirectDebit,
    Changing,
    ExpiringKeys,
    Pluggy,
    RateLimited,
)
from requests_paginate.testing import BELVO_URL, PLUGGY_URL, mount  # noqa: E402
from tests.unit.sandbox.clock import Clock  # noqa: E402
from tests.unit.sandbox.dialects import ask  # noqa: E402

PLUGGY = Pluggy(transactions=30, v2_page_size=4)
ACCOUNT = PLUGGY.account_ids[0]
ROWS = list(PLUGGY.transaction_rows(ACCOUNT))
KEY = {"X-API-KEY": PLUGGY.api_key}
V1, V2 = f"{PLUGGY_URL}/transactions", f"{PLUGGY_URL}/v2/transactions"


@pytest.fixture
def mounted():
    """Mounts a dialect where Pluggy is; nothing else is reachable."""
    with responses.mock:
        yield lambda dialect, url=PLUGGY_URL: mount(dialect, url)


@pytest.fixture
def clock(monkeypatch):
    """A clock that goes on by what the code under test waits."""
    clock = Clock()
    monkeypatch.setattr("requests_paginate._transport.page_task.time.sleep", clock.sleep)
    return clock


@pytest.mark.parametrize("form", ["query", "path", "url"])
@pytest.mark.parametrize("odd", [False, True])
def test_every_cursor_is_followed(mounted, odd, form):
    """Whatever a cursor holds and however next is written, all rows come once."""
    counts = mounted(Pluggy(transactions=30, v2_page_size=4, odd_cursors=odd, next_form=form))
    assert ROWS == list(get_all(V2, params={"accountId": ACCOUNT}, headers=KEY))
    assert {"/v2/transactions": 8} == counts


def test_the_true_seconds_are_waited(mounted, clock):
    """Over the limit a listing waits what RateLimit-Reset says, and not the usual 60 seconds."""
    start = clock.now
    mounted(RateLimited(dialect=PLUGGY, limit=3, minute=20, clock=clock))
    assert ROWS == list(get_all(V2, params={"accountId": ACCOUNT}, headers=KEY))
    assert 40 <= clock.now - start < 60


def test_a_webhook_s_link_is_a_listing(mounted):
    """The link of a webhook lists what was created since."""
    mounted(PLUGGY)
    created = ROWS[11]["createdAt"]
    link = PLUGGY.created_transactions_link(ACCOUNT, created)
    assert [row for row in ROWS if row["createdAt"] >= created] == list(get_all(link, headers=KEY))


def test_a_key_ends_in_the_middle(mounted):
    """A listing whose key ends is an error with a checkpoint, and goes on with a new key."""
    keys = ExpiringKeys(dialect=PLUGGY, requests=3)
    mounted(keys)

    def header():
        body = b'{"clientId":"sandbox-client-id","clientSecret":"sandbox-client-secret"}'
        return {"X-API-KEY": ask(keys, "/auth", method="POST", body=body).json()["apiKey"]}

    rows, checkpoint, endings = [], None, []
    while checkpoint is None or endings[-1] == 403:
        listing = get_all(
            V2, params={"accountId": ACCOUNT}, headers=header(), resume=checkpoint, retries=0
        )
        endings.append(200)
        try:
            rows.extend(listing)
        except exceptions.PageFailed as error:
            endings[-1] = error.response.status_code
        checkpoint = listing.checkpoint()
    assert ROWS == rows
    assert [403, 403, 200] == endings


@pytest.mark.parametrize("changes", [{"inserted_per_page": 2}, {"deleted_per_page": 3}])
def test_a_cursor_misses_nothing(mounted, changes):
    """While rows come and go, a cursor lists every row that was there, once."""
    mounted(Changing(dialect=PLUGGY, **changes))
    assert ROWS == list(get_all(V2, params={"accountId": ACCOUNT}, headers=KEY))


def test_a_key_drops_what_page_numbers_repeat(mounted):
    """While rows come, page numbers repeat some, and `key` drops those."""
    mounted(Changing(dialect=PLUGGY, inserted_per_page=1))
    params = {"accountId": ACCOUNT, "pageSize": 7}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", exceptions.ListingChanged)
        listing = get_all(V1, params=params, headers=KEY, key="id")
        assert ROWS == list(listing)
    assert 0 < listing.stats.duplicates_dropped


def test_belvo_in_the_middle(mounted):
    """An error in the middle comes after the rows before it, and resumes once it is over."""
    ailing = Belvo(transactions=35, page_size=10, link_errors=("request_timeout",), error_page=3)
    link, auth = ailing.link_ids[0], (ailing.secret_id, ailing.secret_password)
    url = f"{BELVO_URL}/api/transactions/"
    mounted(ailing, BELVO_URL)
    listing = get_all(url, params={"link": link}, auth=auth, retries=0)
    rows = []
    with pytest.raises(exceptions.PageFailed) as raised:
        rows.extend(listing)
    assert (408, 20) == (raised.value.response.status_code, len(rows))
    responses.mock.reset()
    mounted(Belvo(transactions=35, page_size=10), BELVO_URL)
    rows.extend(get_all(url, params={"link": link}, auth=auth, resume=raised.value.checkpoint))
    assert list(ailing.transaction_rows(link)) == rows


@pytest.mark.parametrize("cursors", [True, False])
def test_direct_debit(mounted, cursors):
    """Both ways of Belvo's Direct Debit are found, and lead to all rows."""
    dialect = BelvoDirectDebit(total=70, cursors=cursors)
    mounted(dialect, "https://api.directdebit.test")
    assert list(dialect.rows()) == list(get_all("https://api.directdebit.test/account_movements"))


def test_payments_in_brazil(mounted):
    """Belvo's payments are listed as its other lists."""
    dialect = Belvo(payments=250)
    mounted(dialect, BELVO_URL)
    auth = (dialect.secret_id, dialect.secret_password)
    rows = list(get_all(f"{BELVO_URL}/payments/br/transactions/", auth=auth))
    assert (250, list(dialect.payment_rows())) == (len(rows), rows)
