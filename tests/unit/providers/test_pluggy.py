"""A session for Pluggy: its URLs, its two ways to paginate, its ids, and its refusals in words."""

from __future__ import annotations

import pickle
import ssl
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from requests_cache import CacheMixin
from requests_ratelimiter import LimiterMixin

from requests_paginate import Listing, dialects, get_all
from requests_paginate.exceptions import InvalidCheckpoint, PageFailed, UnsafeLink
from requests_paginate.providers import PluggySession
from requests_paginate.sandbox import Pluggy, Response
from requests_paginate.testing import PLUGGY_URL, mount


@pytest.fixture
def pluggy(mock):
    """A sandbox of 1,300 transactions, and how often each of its paths was asked for."""
    dialect = Pluggy(transactions=1300)
    object.__setattr__(dialect, "asked", mount(dialect, PLUGGY_URL, mock))
    return dialect


@pytest.fixture
def session(pluggy):
    with PluggySession(pluggy.client_id, pluggy.client_secret) as session:
        yield session


class Failing:
    """A dialect that answers another status while it is told to."""

    def __init__(self, dialect, status=500, **headers):
        self.dialect, self.is_failing = dialect, False
        fields = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        self.failure = Response(status=status, headers=fields, body=b"{}")

    def respond(self, request):
        """Answer a request."""
        if self.is_failing and request.path != "/auth":
            self.is_failing = self.failure.status == 500
            return self.failure
        return self.dialect.respond(request)


def answer(mock, path, status, body, **headers):
    """Have a path answer what is given, and `/auth` a key."""
    mock.post(f"{PLUGGY_URL}/auth", json={"apiKey": "a-key"})
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    mock.get(f"{PLUGGY_URL}{path}", status=status, json=body, headers=headers)


# Its arguments
def test_the_variables_are_read(monkeypatch, pluggy):
    """Without arguments the documented variables count, for the base URL, too."""
    monkeypatch.setenv("PLUGGY_CLIENT_ID", pluggy.client_id)
    monkeypatch.setenv("PLUGGY_CLIENT_SECRET", pluggy.client_secret)
    rows = PluggySession().get_all("/accounts", params={"itemId": pluggy.item_id})
    assert list(pluggy.account_rows()) == list(rows)
    monkeypatch.setenv("PLUGGY_API_URL", "https://pluggy.example/api/")
    assert "https://pluggy.example/api" == PluggySession().base_url


ID, SECRET = "client_id (or PLUGGY_CLIENT_ID)", "client_secret (or PLUGGY_CLIENT_SECRET)"


@pytest.mark.parametrize(
    ("given", "set_there", "missing"),
    [
        ({}, (), [ID, SECRET]),
        ({}, ("PLUGGY_CLIENT_ID",), [SECRET]),
        ({"client_secret": "s"}, (), [ID]),
    ],
)
def test_what_is_missing_is_named(monkeypatch, given, set_there, missing):
    """Each argument with its variable, and none that is there."""
    for name in set_there:
        monkeypatch.setenv(name, "something")
    with pytest.raises(ValueError, match="PluggySession: missing ") as caught:
        PluggySession(**given)
    assert missing == [part for part in (ID, SECRET) if part in str(caught.value)]


@pytest.mark.parametrize("url", ["api.pluggy.ai", "ftp://a.example", "https://a.example/?a=1", "/"])
def test_a_base_url_must_be_one(url):
    """What is no http(s) URL, or has a query, is refused at the call."""
    with pytest.raises(ValueError, match="base_url: expected https://host"):
        PluggySession("a", "b", base_url=url)


# Its URLs
@pytest.mark.parametrize(
    ("base_url", "url", "whole"),
    [
        ("https://api.pluggy.ai", "/v2/items", "https://api.pluggy.ai/v2/items"),
        ("https://api.pluggy.ai/", "v2/items", "https://api.pluggy.ai/v2/items"),
        ("https://gateway.example/pluggy", "/items", "https://gateway.example/pluggy/items"),
        ("https://api.pluggy.ai", b"/items", "https://api.pluggy.ai/items"),
        ("https://api.pluggy.ai", "/items?a=%2B", "https://api.pluggy.ai/items?a=%2B"),
        ("https://api.pluggy.ai", "https://api.pluggy.ai/items", "https://api.pluggy.ai/items"),
    ],
)
def test_urls_are_completed(mock, base_url, url, whole):
    """A path goes below the base URL, in a call and in a listing."""
    mock.post(f"{base_url.rstrip('/')}/auth", json={"apiKey": "a-key"})
    mock.get(whole, json={"results": [{"id": 1}], "next": None})
    with PluggySession("a", "b", base_url=base_url) as session:
        assert 200 == session.get(url).status_code
        assert [{"id": 1}] == list(session.get_all(url))
        assert [{"id": 1}] == list(get_all(url, session=session))


def test_every_request_has_the_content_type(session, pluggy, mock):
    """Pluggy's document demands JSON's on all of them."""
    next(session.get_all("/v2/transactions", params={"accountId": pluggy.account_ids[0]}))
    session.get("/accounts", params={"itemId": pluggy.item_id})
    kinds = {call.request.headers["Content-Type"] for call in mock.calls}
    assert {"application/json"} == kinds


@pytest.mark.parametrize(
    "url", ["https://elsewhere.example/v2/transactions", "http://api.pluggy.ai/v2/transactions",
            "https://api.pluggy.ai:8443/v2/transactions",
            "https://api.pluggy.ai:443@elsewhere.example/v2/transactions"],
)  # fmt: skip
def test_a_listing_of_another_origin_is_refused(session, pluggy, url):
    """A link from a webhook is checked before anything is sent."""
    with pytest.raises(UnsafeLink, match=r"another origin than|with userinfo is not followed"):
        session.get_all(url)
    assert {} == pluggy.asked


def test_the_link_of_a_webhook_is_listed(session, pluggy):
    """`createdTransactionsLinkV2` is a whole URL, and has more than one page."""
    link = (
        f"{PLUGGY_URL}/v2/transactions?accountId={pluggy.account_ids[1]}&createdAtFrom=2020-01-01"
    )
    assert list(pluggy.transaction_rows(pluggy.account_ids[1])) == list(session.get_all(link))


# Its two ways to paginate
@pytest.mark.parametrize("prefetch", [0, 4])
@pytest.mark.parametrize(
    ("path", "strategy"),
    [("/transactions", dialects.PLUGGY), ("/v2/transactions", dialects.PLUGGY_V2)],
)
def test_both_models_are_listed(session, pluggy, path, strategy, prefetch):
    """Found or named, every row comes in order, and with one key."""
    account = pluggy.account_ids[0]
    for named in (None, strategy):
        rows = session.get_all(
            path, params={"accountId": account}, prefetch=prefetch, strategy=named
        )
        assert list(pluggy.transaction_rows(account)) == list(rows)
    assert (1, 6) == (pluggy.asked["/auth"], pluggy.asked[path])


@pytest.mark.parametrize("wrapped", [True, False])
def test_categories_may_be_a_bare_list(mock, wrapped):
    """Pluggy's description has both forms."""
    rows = [{"id": str(number), "description": "Food"} for number in range(130)]
    body = {"total": 130, "totalPages": 1, "page": 1, "results": rows} if wrapped else rows
    answer(mock, "/categories", 200, body)
    assert rows == list(PluggySession("a", "b").get_all("/categories"))


# Its ids
def asked_ids(mock):
    """The ids of each request of transactions, in order."""
    queries = [parse_qs(urlsplit(call.request.url).query) for call in mock.calls]
    return [query["ids"] for query in queries if "ids" in query]


@pytest.mark.parametrize("path", ["/transactions", "/v2/transactions"])
@pytest.mark.parametrize(
    "form",
    [list, tuple, iter, ",".join, ", ".join, lambda ids: ",".join(ids).encode(),
     lambda ids: [each.encode() for each in ids], lambda ids: map(UUID, ids)],
)  # fmt: skip
def test_many_ids_are_asked_for_in_parts(session, pluggy, mock, path, form):
    """500 at a time, each once and joined by commas; the rows come in that order."""
    rows = pluggy.transaction_rows(pluggy.account_ids[0])[:1203]
    ids = [row["id"] for row in rows]
    listing = session.get_all(
        path, params={"accountId": pluggy.account_ids[0], "ids": form([*ids, ids[0]])}
    )
    assert isinstance(listing, Listing)
    assert list(rows) == list(listing)
    assert [[",".join(ids[at : at + 500])] for at in (0, 500, 1000)] == asked_ids(mock)
    assert (True, (), 3, 1203) == (
        listing.complete, listing.doubts, listing.stats.pages, listing.stats.items,
    )  # fmt: skip


def test_few_ids_are_one_listing(session, pluggy, mock):
    """Up to 500 are one request, also in a plain call."""
    ids = [row["id"] for row in pluggy.transaction_rows(pluggy.account_ids[0])[:500]]
    params = {"accountId": pluggy.account_ids[0], "ids": ids}
    assert 500 == len(list(session.get_all("/v2/transactions", params=params)))
    assert 500 == len(session.get("/v2/transactions", params=params).json()["results"])
    assert [[",".join(ids)]] * 2 == asked_ids(mock)


def test_ids_in_pairs_are_joined(session, pluggy, mock):
    """Repeated pairs are one list, in a listing and in a plain call."""
    ids = [row["id"] for row in pluggy.transaction_rows(pluggy.account_ids[0])[:3]]
    pairs = [("ids", ids[0]), ("accountId", pluggy.account_ids[0]), ("ids", ids[1:])]
    assert ids == [row["id"] for row in session.get_all("/v2/transactions", params=pairs)]
    assert 3 == len(session.get("/v2/transactions", params=iter(pairs)).json()["results"])
    assert [[",".join(ids)]] * 2 == asked_ids(mock)


@pytest.mark.parametrize("ids", [[], "", (), ["a", ""], "a,,b", [b""]])
def test_no_ids_are_refused(session, ids):
    """Without ids Pluggy would list every transaction."""
    with pytest.raises(ValueError, match="ids: expected at least one"):
        session.get_all("/v2/transactions", params={"accountId": "a", "ids": ids})
    with pytest.raises(ValueError, match="ids: expected at least one"):
        session.get("/v2/transactions", params={"accountId": "a", "ids": ids})
    with pytest.raises(TypeError, match="ids: expected texts, got NoneType"):
        session.get_all("/v2/transactions", params={"ids": ["a", None]})


@pytest.mark.parametrize("taken", [0, 1, 499, 500, 501, 1000, 1202, 1203])
def test_ids_in_parts_are_resumed(session, pluggy, taken):
    """A checkpoint leads to the very next row, whichever part it is of; so does a pickled copy."""
    ids = [row["id"] for row in pluggy.transaction_rows(pluggy.account_ids[0])[:1203]]
    call = {"accountId": pluggy.account_ids[0], "ids": ids}
    listing = session.get_all("/v2/transactions", params=call)
    for _ in range(taken):
        next(listing)
    rest = session.get_all("/v2/transactions", params=call, resume=listing.checkpoint())
    assert ids[taken:] == [row["id"] for row in rest]
    assert ids[taken:] == [row["id"] for row in pickle.loads(pickle.dumps(listing))]


def test_ids_may_have_several_pages(mock):
    """Pluggy's link to the next page repeats all of the ids, and is as long as they are."""
    bank = Pluggy(transactions=700, v2_page_size=100)
    mount(bank, PLUGGY_URL, mock)
    ids = [row["id"] for row in bank.transaction_rows(bank.account_ids[0])]
    session = PluggySession(bank.client_id, bank.client_secret)
    listing = session.get_all(
        "/v2/transactions", params={"accountId": bank.account_ids[0], "ids": ids}
    )
    assert (ids, 7) == ([row["id"] for row in listing], listing.stats.pages)


def test_other_ids_do_not_resume(session, pluggy):
    """A checkpoint of other ids fits no part."""
    ids = [row["id"] for row in pluggy.transaction_rows(pluggy.account_ids[0])[:1100]]
    call = {"accountId": pluggy.account_ids[0], "ids": ids}
    checkpoint = session.get_all("/v2/transactions", params=call).checkpoint()
    swapped = ids[500:1000] + ids[:500] + ids[1000:]
    for others in (ids[1:], ["another", *ids], swapped, ids[:600], ids[:400]):
        with pytest.raises(InvalidCheckpoint):
            session.get_all("/v2/transactions", params={**call, "ids": others}, resume=checkpoint)


@pytest.mark.parametrize(("limit", "wanted"), [
    ({"max_items": 0}, 0), ({"max_items": 499}, 499), ({"max_items": 500}, 500),
    ({"max_items": 777}, 777), ({"max_pages": 1}, 500), ({"max_pages": 2}, 1000),
])  # fmt: skip
def test_limits_hold_over_all_parts(session, pluggy, limit, wanted):
    """They count from the first part on, and ask for no page that is not wanted."""
    ids = [row["id"] for row in pluggy.transaction_rows(pluggy.account_ids[0])[:1203]]
    params = {"accountId": pluggy.account_ids[0], "ids": ids}
    listing = session.get_all("/v2/transactions", params=params, **limit)
    assert ids[:wanted] == [row["id"] for row in listing]
    assert -(-wanted // 500) == pluggy.asked["/v2/transactions"]
    assert listing.complete is False


def test_pages_of_all_parts_are_counted_on(session, pluggy):
    """The pages have one numbering, and a part that was half read gives its rest."""
    ids = [row["id"] for row in pluggy.transaction_rows(pluggy.account_ids[0])[:1203]]
    params = {"accountId": pluggy.account_ids[0], "ids": ids}
    listing = session.get_all("/v2/transactions", params=params)
    next(listing)
    assert [(0, 499), (1, 500), (2, 203)] == [(it.index, len(it)) for it in listing.pages()]


def test_an_error_in_a_later_part_counts_from_the_first(mock):
    """Its position is that of the whole, and its checkpoint leads on."""
    pluggy = Pluggy(transactions=1203)
    ids = [row["id"] for row in pluggy.transaction_rows(pluggy.account_ids[0])]
    dialect = Failing(pluggy)
    mount(dialect, PLUGGY_URL, mock)
    session = PluggySession(pluggy.client_id, pluggy.client_secret)
    params = {"accountId": pluggy.account_ids[0], "ids": ids}
    listing = session.get_all("/v2/transactions", params=params, retries=0)
    got = [next(listing) for _ in range(500)]
    dialect.is_failing = True
    with pytest.raises(PageFailed) as caught:
        next(listing)
    assert (1, 500) == (caught.value.page_index, caught.value.items_yielded)
    assert len(str(caught.value)) < 1000  # though the URL holds 500 ids
    dialect.is_failing = False
    rest = session.get_all("/v2/transactions", params=params, resume=caught.value.checkpoint)
    assert ids == [row["id"] for row in [*got, *rest]]
    assert ids[500:] == [row["id"] for row in listing]


def test_a_closed_listing_of_parts_stays_closed(session, pluggy):
    """Neither the part at hand nor the next one goes on."""
    ids = [row["id"] for row in pluggy.transaction_rows(pluggy.account_ids[0])[:600]]
    params = {"accountId": pluggy.account_ids[0], "ids": ids}
    with session.get_all("/v2/transactions", params=params) as listing:
        for _ in range(500):
            next(listing)
    with pytest.raises(ValueError, match="closed"):
        next(listing)


# Its refusals
GONE = {"code": 410, "message": "gone", "codeDescription": "ENDPOINT_DEPRECATED"}
V2_WORDS = ("/v2/transactions instead", "dateFrom for from", "dateTo for to", "without page and")
V2_TAKES = "takes accountId, ids, dateFrom, dateTo, createdAtFrom and after, and not from, pageSize"
SLOW = {"RateLimit_Reset": "900", "Retry_After": "60"}
OF_THE_BANK = "BALANCE_OPEN_FINANCE_RATE_LIMIT"


@pytest.mark.parametrize(
    ("path", "status", "body", "headers", "words", "code"),
    [
        ("/transactions", 410, GONE, {}, (*V2_WORDS, "ENDPOINT_DEPRECATED", "gone"), 410),
        ("/transactions", 410, {}, {}, V2_WORDS, None),
        ("/transactions/", 410, {}, {}, V2_WORDS, None),
        ("/v2/transactions", 410, {"message": "gone"}, {}, ("410",), None),
        ("/investments/1/transactions", 410, {}, {}, ("!instead",), None),
        ("/v2/items", 400, {"message": "no"}, {}, ("!takes accountId",), None),
        ("/v2/items", 403, {"message": "no"}, {}, ("a new apiKey was refused",), None),
        ("/v2/transactions", 429, {"code": 429}, SLOW, ("in 900 s", "deadline="), 429),
        ("/v2/transactions", 429, {}, {}, ("go on when RateLimit-Reset says",), None),
        ("/accounts/1/balance", 429, {"code": OF_THE_BANK}, {}, ("the bank's",), OF_THE_BANK),
        ("/v2/transactions", 400, {"message": "Invalid cursor"}, {}, ("createdAtFrom some",), None),
        ("/v2/transactions", 400, {"code": 400, "message": "no"}, {}, (V2_TAKES,), 400),
        ("/v2/transactions", 500, {"code": "oops", "errorId": "e-17"}, {}, ("oops",), "oops"),
    ],
)
def test_refusals_say_what_to_do(mock, path, status, body, headers, words, code):
    """The provider's words, and ours after them."""
    answer(mock, path, status, body, **headers)
    listing = PluggySession("a", "b").get_all(
        path, params={"accountId": "x", "from": "2026-01-01", "pageSize": 10}, retries=0
    )
    with pytest.raises(PageFailed) as caught:
        next(listing)
    text = str(caught.value)
    assert [] == [it for it in words if (it.lstrip("!") in text) is it.startswith("!")]
    assert code == caught.value.code
    assert ("e-17" if "errorId" in body else None) == caught.value.request_id
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (code, caught.value.request_id) == (copy.code, copy.request_id)


def test_the_reset_of_the_rate_limit_is_obeyed(mock, waits):
    """Not Retry-After, which is always 60."""
    pluggy = Pluggy(transactions=10)
    dialect = Failing(pluggy, 429, RateLimit_Limit="360", RateLimit_Reset="9", Retry_After="60")
    mount(dialect, PLUGGY_URL, mock)
    dialect.is_failing = True
    session = PluggySession(pluggy.client_id, pluggy.client_secret)
    rows = session.get_all("/v2/transactions", params={"accountId": pluggy.account_ids[0]})
    assert (10, [9.0]) == (len(list(rows)), waits)


def test_an_unknown_account_is_an_empty_listing(session):
    """Pluggy answers 200 and no rows, which is complete."""
    for path in ("/transactions", "/v2/transactions"):
        listing = session.get_all(path, params={"accountId": "nobody's"})
        assert ([], True) == (list(listing), listing.complete)


@pytest.mark.parametrize(
    ("auth", "headers", "words"),
    [
        (None, {}, "check the session's own auth"),
        (("user", "password"), {}, "check the session's own auth"),
        ("pluggy", {"X-API-KEY": "mine"}, "check the X-API-KEY that the call or the session has"),
    ],
)
def test_a_refused_key_of_the_callers_is_told(mock, auth, headers, words):
    """Nothing was renewed, so nothing is said of a new key; the caller's header is sent."""
    answer(mock, "/v2/transactions", 403, {"message": "no"})
    session = PluggySession("a", "b")
    if auth != "pluggy":
        session.auth = auth
    with pytest.raises(PageFailed, match=words):
        next(session.get_all("/v2/transactions", headers=headers))
    sent = [call.request.headers.get("X-API-KEY") for call in mock.calls]
    assert [headers.get("X-API-KEY")] == sent


@pytest.mark.parametrize("given", [{"base_url": 5}, {"client_id": 5}, {"api_key": "a"}])
def test_arguments_of_another_type_are_told(given):
    """By their names, as a TypeError."""
    with pytest.raises(TypeError, match=next(iter(given))):
        PluggySession(**given)


def test_blanks_around_a_variable_are_no_part_of_it(monkeypatch):
    """A line break at its end comes from a file."""
    monkeypatch.setenv("PLUGGY_API_URL", "https://pluggy.example\n")
    assert "https://pluggy.example" == PluggySession("a", "b").base_url
    with pytest.raises(ValueError, match="base_url: expected https://host"):
        PluggySession("a", "b", base_url="https://pluggy.example\n")


@pytest.mark.parametrize("mixin", [CacheMixin, LimiterMixin])
def test_a_mixin_keeps_the_options(mixin):
    """Mixins of other packages pass on what the signature names."""
    kind = type("Mixed", (mixin, PluggySession), {})
    kept = {"backend": "memory"} if mixin is CacheMixin else {"per_second": 1000}
    session = kind(
        client_id="a",
        client_secret="b",
        tls_minimum=ssl.TLSVersion.TLSv1_3,
        allow_http=True,
        **kept,
    )
    assert ssl.TLSVersion.TLSv1_3 == session.get_adapter("https://a.example").tls_minimum
    assert not hasattr(session.get_adapter("http://a.example"), "tls_minimum")


def test_a_cached_session_tells_of_a_refusal(mock):
    """It calls response hooks twice, and with other options."""
    answer(mock, "/v2/transactions", 403, {"message": "no"})
    kind = type("Cached", (CacheMixin, PluggySession), {})
    session = kind(client_id="a", client_secret="b", backend="memory", match_headers=["X-API-KEY"])
    with pytest.raises(PageFailed, match="a new apiKey was refused as well"):
        next(session.get_all("/v2/transactions"))
    keys = [call for call in mock.calls if call.request.url.endswith("/auth")]
    assert 2 == len(keys)
