"""A session for Belvo: its environments, its secrets, its page size, and its refusals in words."""

from __future__ import annotations

import pickle
import warnings
from urllib.parse import parse_qsl, urlsplit

import pytest
import responses

from requests_paginate import get_all
from requests_paginate.exceptions import PageFailed, PaginationWarning, UnsafeLink
from requests_paginate.providers import BelvoSession
from requests_paginate.sandbox import Belvo
from requests_paginate.testing import BELVO_URL, mount
from tests.loopback import LoopbackServer, http
from tests.unit.providers.key_server import find_header

SECRETS = ("my-secret-id", "my-secret-password")


@pytest.fixture
def belvo(mock):
    """A sandbox of 2,500 transactions of each link."""
    dialect = Belvo(transactions=2500)
    mount(dialect, BELVO_URL, mock)
    return dialect


@pytest.fixture
def session(belvo):
    with BelvoSession(belvo.secret_id, belvo.secret_password) as session:
        yield session


def queries(mock):
    """The query of each request, in order."""
    return [parse_qsl(urlsplit(call.request.url).query) for call in mock.calls]


# Its arguments
@pytest.mark.parametrize(
    ("environment", "url"),
    [
        (None, "https://sandbox.belvo.com"),
        ("sandbox", "https://sandbox.belvo.com"),
        ("development", "https://development.belvo.com"),
        ("Production", "https://api.belvo.com"),
        ("https://belvo.example/", "https://belvo.example"),
    ],
)
def test_environments_have_names(environment, url):
    """A name in any case, or a URL; the sandbox if nothing is said."""
    assert url == BelvoSession(*SECRETS, environment=environment).base_url


@pytest.mark.parametrize("name", ["prod", "api.belvo.com", "staging"])
def test_a_wrong_environment_is_told(name):
    """The error names those that there are, and what came."""
    with pytest.raises(
        ValueError, match="'sandbox', 'development', 'production' or a URL"
    ) as caught:
        BelvoSession(*SECRETS, environment=name)
    assert repr(name) in str(caught.value)


def test_the_variables_are_read(monkeypatch, belvo):
    """Without arguments the documented variables count, for the environment, too."""
    monkeypatch.setenv("BELVO_SECRET_ID", belvo.secret_id)
    monkeypatch.setenv("BELVO_SECRET_PASSWORD", belvo.secret_password)
    assert list(belvo.link_rows()) == list(BelvoSession().get_all("/api/links/"))
    monkeypatch.setenv("BELVO_API_URL", "production")
    assert "https://api.belvo.com" == BelvoSession().base_url


def test_what_is_missing_is_named(monkeypatch):
    """Each argument with its variable."""
    with pytest.raises(ValueError, match=r"secret_id \(or BELVO_SECRET_ID\) and secret_password"):
        BelvoSession()
    monkeypatch.setenv("BELVO_SECRET_ID", "a")
    with pytest.raises(ValueError, match=r"missing secret_password \(or BELVO_SECRET_PASSWORD\)"):
        BelvoSession()


# Its secrets
def test_the_secrets_go_to_one_origin():
    """HTTP Basic in UTF-8, to the environment alone, after a redirect as well."""
    with LoopbackServer(lambda *_: http([])) as other:
        away = http(b"", 302, location=f"{other.url}/landed")
        with LoopbackServer(lambda number, _: away if number else http([])) as server:
            session = BelvoSession("id", "pässword", environment=server.url, allow_http=True)
            session.get("/api/links/")
            session.get("/api/links/")
            session.get(f"{other.url}/direct")
            sent = [find_header(it, "Authorization") for it in server.requests]
            assert ["Basic aWQ6cMOkc3N3b3Jk"] * 2 == sent
            assert [None, None] == [find_header(it, "Authorization") for it in other.requests]


@pytest.mark.parametrize(
    "url", ["https://api.belvo.com/api/links/", "http://sandbox.belvo.com/api/"]
)
def test_a_listing_of_another_origin_is_refused(session, mock, url):
    """Secrets of the sandbox are for no other environment."""
    with pytest.raises(UnsafeLink, match=r"another origin than|with userinfo is not followed"):
        session.get_all(url)
    assert 0 == len(mock.calls)


def test_no_secret_in_what_is_shown(session, belvo):
    """Neither the session nor its auth shows a secret."""
    shown = f"{session!r} {session.auth!r} {session.get_all('/api/links/')!r}"
    assert belvo.secret_password not in shown


def test_a_pickled_session_goes_on(session, belvo):
    """The secrets and the environment travel with it."""
    copy = pickle.loads(pickle.dumps(session))
    assert list(belvo.link_rows()) == list(copy.get_all("/api/links/"))


# Its listings
@pytest.mark.parametrize("prefetch", [0, 4])
def test_every_row_comes_in_the_largest_pages(session, belvo, mock, prefetch):
    """A page has 1,000 rows unless the caller says otherwise."""
    link = belvo.link_ids[0]
    rows = session.get_all("/api/transactions/", params={"link": link}, prefetch=prefetch)
    assert list(belvo.transaction_rows(link)) == list(rows)
    assert 3 == len(mock.calls)
    assert [("link", link), ("page_size", "1000")] == queries(mock)[0]


@pytest.mark.parametrize(
    ("url", "params", "query"),
    [
        ("/api/links/", None, [("page_size", "1000")]),
        ("/api/links/", {"page_size": 7}, [("page_size", "7")]),
        ("/api/links/", {"page_size": None}, []),
        ("/api/links/?page_size=8", None, [("page_size", "8")]),
        ("/api/links/?page_size=8", {"a": "1"}, [("page_size", "8"), ("a", "1")]),
        ("/api/links/", [("a", "1"), ("a", "2")], [("a", "1"), ("a", "2"), ("page_size", "1000")]),
        ("/api/links/", [("page_size", "9")], [("page_size", "9")]),
        ("/api/links/", "a=1", [("a", "1"), ("page_size", "1000")]),
        ("/api/links/", "page_size=5", [("page_size", "5")]),
        ("/api/links/", b"a=1", [("a", "1"), ("page_size", "1000")]),
        ("/api/links/", b"page_size=5", [("page_size", "5")]),
    ],
)
def test_the_callers_page_size_counts(mock, url, params, query):
    """In whatever form it is given, in the URL or as params; the other parameters stay."""
    mock.get(f"{BELVO_URL}/api/links/", json={"count": 0, "next": None, "results": []})
    session = BelvoSession(*SECRETS)
    for entrance in (
        session.get_all,
        lambda *given, **more: get_all(*given, session=session, **more),
    ):
        assert [] == list(entrance(url, params=params))
    assert [query, query] == queries(mock)


@pytest.mark.parametrize(
    "params", [iter([("a", "1"), ("a", "2")]), {"a": iter("12")}, zip("aa", "12", strict=True)]
)
def test_parameters_that_can_be_read_once_are_sent(mock, params):
    """No filter is lost by looking at it."""
    mock.get(f"{BELVO_URL}/api/links/", json={"count": 0, "next": None, "results": []})
    assert [] == list(BelvoSession(*SECRETS).get_all("/api/links/", params=params))
    assert [[("a", "1"), ("a", "2"), ("page_size", "1000")]] == queries(mock)


@pytest.mark.parametrize(
    "form", [dict, lambda it: [*it.items()], "link={link}&page_size=5000".format_map]
)
def test_a_page_size_that_shrinks_is_told(session, belvo, form):
    """Belvo takes 5,000 for 1,000 without a word; the listing is whole all the same."""
    params = form({"link": belvo.link_ids[0], "page_size": 5000})
    with pytest.warns(PaginationWarning, match="page_size: Belvo takes at most 1000"):
        listing = session.get_all("/api/transactions/", params=params)
    assert 2500 == len(list(listing))


def test_the_parameters_of_the_session_count(session, belvo, mock, recwarn):
    """A page size or a link of the session is the caller's, too."""
    session.params = {"link": belvo.link_ids[0], "page_size": 500}
    assert 2500 == len(list(session.get_all("/api/transactions/")))
    assert ([], 5) == (recwarn.list, len(mock.calls))


@pytest.mark.parametrize("given", [{"environment": 5}, {"secret_id": 5}, {"base_url": "https://a"}])
def test_arguments_of_another_type_are_told(given):
    """By their names, as a TypeError."""
    with pytest.raises(TypeError, match=next(iter(given))):
        BelvoSession(**given)


@pytest.mark.parametrize(
    ("path", "params", "warned"),
    [
        ("/api/transactions/", {}, True),
        ("/api/transactions/", None, True),
        ("/api/bills/", {"amount__gt": 5}, True),
        ("/api/br/balances/", {}, True),
        ("/api/br/investment-transactions/", {}, True),
        ("https://sandbox.belvo.com/api/transactions", {"link": None}, True),
        ("/api/transactions/", {"link": "a"}, False),
        ("/api/transactions/?link=a", {}, False),
        ("/api/transactions/", "link=a", False),
        ("/api/bills/", {"link__in": "a,b"}, False),
        ("/api/accounts/", {}, False),
        ("/api/links/", {}, False),
        ("/payments/br/transactions/", {}, False),
        ("/api/transactions/", {"link": ""}, True),
        ("/api/transactions/", {"link": []}, True),
        ("/api/transactions/", iter([("link", "a")]), False),
    ],
)
def test_a_list_without_a_link_is_warned_of(mock, path, params, warned):
    """Before the request, for the lists that want one."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        BelvoSession(*SECRETS).get_all(path, params=params)
    assert warned == bool([it for it in seen if "no link in params" in str(it.message)])
    assert [__file__] * warned == [it.filename for it in seen]
    assert 0 == len(mock.calls)


@pytest.mark.parametrize(
    ("fields", "key", "warned"),
    [
        ("amount,currency", "id", True), (["amount"], "id", True), ("ids", "id", True),
        ("id,amount", "id", False), (["amount", "id"], "id", False), ("amount", None, False),
        (None, "id", False), ("amount", "amount", False),
    ],
)  # fmt: skip
def test_fields_without_the_key_are_warned_of(fields, key, warned):
    """Rows without their id cannot be told apart by it."""
    for params in ({"fields": fields}, {"omit": "id,a" if warned else "a"}):
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            BelvoSession(*SECRETS).get_all("/api/links/", params=params, key=key)
        assert warned == bool([it for it in seen if "leaves the id out" in str(it.message)])


ROWS = [{"id": f"r{number}", "amount": number} for number in range(250)]


@pytest.mark.parametrize("model", ["text", "object", "token"])
def test_the_models_of_payments_are_listed(mock, model):
    """`_links.next` as a text or as an object, and `nextCursorToken`."""

    def reply(request):
        query = dict(parse_qsl(urlsplit(request.url).query))
        start = int(query.get("start", query.get("cursorToken", 0)))
        following = start + 100 if start + 100 < len(ROWS) else None
        link = following and f"{request.url.partition('?')[0]}?page_size=100&start={following}"
        body = {"items": ROWS[start : start + 100]}
        if model == "token":
            body["nextCursorToken"] = following and str(following)
        else:
            body["_links"] = {"next": link if model == "text" or not link else {"href": link}}
        return 200, {}, responses.json_module.dumps(body)

    mock.add_callback("GET", f"{BELVO_URL}/payments/br/payment-intents/", reply)
    listing = BelvoSession(*SECRETS).get_all("/payments/br/payment-intents/")
    assert (ROWS, True) == (list(listing), listing.complete)


# What retrieves
def test_a_post_is_sent_once():
    """What Belvo answers is the answer, whatever its status; nobody tries again."""
    body = [{"code": "token_required", "session": "s", "link": "l"}]
    for answer in (http(body, 428), http([], 500), http({}, 503), http([1], 201), http({}, 202)):
        with LoopbackServer(lambda *_, answer=answer: answer) as server:
            session = BelvoSession(*SECRETS, environment=server.url, allow_http=True)
            given = {"link": "l", "date_from": "2026-01-01"}
            response = session.post("/api/transactions/", json=given)
            assert answer.split(b" ")[1].decode() == str(response.status_code)
            assert ["/api/transactions/"] == server.paths()


# Its refusals
@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (401, "authentication_failed", "are of this environment, https://sandbox.belvo.com"),
        (403, "access_to_resource_denied", "the link is theirs"),
        (404, "not_found", "ends with a slash"),
        (408, "request_timeout", "the institution did not answer in time"),
        (428, "token_required", "session.patch()"),
        (400, "invalid", ""),
        (401, "consent_without_accounts", "the user's consent names no account"),
    ],
)
def test_refusals_say_what_to_do(mock, status, code, words):
    """Belvo's words, ours after them, and its code and request id as attributes."""
    error = {"code": code, "message": "It did not work", "field": "link", "request_id": "r-4711"}
    mock.get(f"{BELVO_URL}/api/accounts/", status=status, json=[error])
    with pytest.raises(PageFailed) as caught:
        next(BelvoSession(*SECRETS).get_all("/api/accounts/", retries=0))
    text = str(caught.value)
    for part in (code, "It did not work", "link", "r-4711", words):
        assert part in text
    assert (code, "r-4711") == (caught.value.code, caught.value.request_id)
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (code, "r-4711") == (copy.code, copy.request_id)


def test_a_timeout_of_the_institution_is_tried_again(mock, waits):
    """408 of a list may pass; other listings of the session know nothing of it."""
    mock.get(f"{BELVO_URL}/api/accounts/", status=408, json=[{"code": "request_timeout"}])
    mock.get(f"{BELVO_URL}/api/accounts/", json={"count": 1, "next": None, "results": [{"id": 1}]})
    assert [{"id": 1}] == list(BelvoSession(*SECRETS).get_all("/api/accounts/"))
    assert 1 == len(waits)


def test_an_unknown_account_or_link_lists_nothing(session):
    """Belvo answers 200 and no rows, which is complete."""
    listing = session.get_all("/api/transactions/", params={"link": "nobody's"})
    assert ([], True) == (list(listing), listing.complete)
