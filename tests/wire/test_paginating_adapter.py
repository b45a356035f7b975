"""A `PaginatingAdapter` on sessions of all kinds, over real sockets and TLS."""

from __future__ import annotations

import json
import pickle
import ssl
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
import responses
from requests.auth import AuthBase, HTTPDigestAuth
from urllib3.util import Timeout

from requests_paginate import PaginatedSession, PaginatingAdapter, exceptions, get_all
from requests_paginate.adapters import TLSAdapter
from requests_paginate.providers import BelvoSession, PluggySession
from requests_paginate.sandbox import Belvo, Combined, ExpiringKeys, Pluggy, serve
from requests_paginate.testing import mount
from tests.loopback import RESET, STALL, Authority, LoopbackServer, http
from tests.scripted import ids, page

TLS_1_2, TLS_1_3 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
BELVO, PLUGGY = Belvo(transactions=1234), Pluggy(transactions=1234)
LINK, ACCOUNT = BELVO.link_ids[0], PLUGGY.account_ids[0]


def query_of(request):
    return dict(parse_qsl(urlsplit(request.split(" ", 2)[1]).query))


def number_of(request):
    return int(query_of(request).get("page", 1))


def numbered(request, pages=8, rows=None, **headers):
    """A page that counts itself, and leads on by no link."""
    number = number_of(request)
    body = {"page": number, "pages": pages, "rows": rows or ids(number, number)}
    return http(body, **headers)


@pytest.fixture
def session():
    """A plain session, with the adapter on it, that reads nothing from the environment."""
    with requests.Session() as session:
        session.trust_env = False
        session.mount("http://localhost", PaginatingAdapter(retries=1))
        yield session


class TestTheSandboxes:
    @pytest.mark.parametrize("prefetch", [0, 4])
    def test_belvo_over_tls(self, prefetch):
        """Ten lines that lose pages get every row of Belvo, in one request of theirs."""
        with serve(BELVO) as server, requests.Session() as session:
            session.trust_env = False
            session.mount(server.url, PaginatingAdapter(prefetch=prefetch))
            session.auth, session.verify = (BELVO.secret_id, BELVO.secret_password), server.ca_file
            response = session.get(f"{server.url}/api/transactions/", params={"link": LINK})
            (sent,) = server.requests.values()
        assert list(BELVO.transaction_rows(LINK)) == response.json()["results"]
        assert (1234, None) == (response.json()["count"], response.json()["next"])
        assert (13, 1234, ()) == (
            response.pagination.pages, response.pagination.rows, response.pagination.doubts
        )  # fmt: skip
        assert 13 == sent

    @pytest.mark.parametrize("path", ["/transactions", "/v2/transactions"])
    def test_pluggy_over_tls(self, path):
        """Both listings of Pluggy come whole; a request with another method or status passes."""
        with serve(PLUGGY) as server, requests.Session() as session:
            session.trust_env = False
            session.mount(server.url, PaginatingAdapter())
            session.verify = server.ca_file
            login = {"clientId": PLUGGY.client_id, "clientSecret": PLUGGY.client_secret}
            key = session.post(f"{server.url}/auth", json=login).json()["apiKey"]
            headers = {"X-API-KEY": key}
            params = {"accountId": ACCOUNT}
            body = session.get(f"{server.url}{path}", params=params, headers=headers).json()
            refused = session.get(f"{server.url}{path}", params=params)
            account = session.get(f"{server.url}/accounts/{ACCOUNT}", headers=headers)
        rows = {row["id"] for row in PLUGGY.transaction_rows(ACCOUNT)}
        assert (1234, rows) == (len(body["results"]), {row["id"] for row in body["results"]})
        assert body.get("next", None) is None
        assert (403, ACCOUNT) == (refused.status_code, account.json()["id"])

    def test_keys_that_expire_in_the_middle(self):
        """The auth object of a PluggySession watches every page, and renews its key."""
        keys = ExpiringKeys(dialect=PLUGGY, requests=2)
        with (
            serve(keys) as server,
            PluggySession(
                PLUGGY.client_id, PLUGGY.client_secret, base_url=server.url
            ) as session,
        ):  # fmt: skip
            session.auth._session = own = PaginatedSession()
            session.verify = own.verify = server.ca_file
            session.mount(server.url, PaginatingAdapter())
            body = session.get("/transactions", params={"accountId": ACCOUNT, "pageSize": 500})
        assert 1234 == len(body.json()["results"])

    def test_the_floor_is_that_of_a_tls_adapter(self, tmp_path):
        """A server that speaks less than the lowest version is refused, and no other one."""
        authority = Authority()
        context = authority.context(maximum=TLS_1_2)
        with LoopbackServer(lambda n, r: page(number_of(r)), context) as server:
            for minimum, expected in ((TLS_1_2, ids(1, 8)), (TLS_1_3, None)):
                with requests.Session() as session:
                    session.trust_env = False
                    session.verify = authority.write(tmp_path / "ca.pem")
                    session.mount("https://", PaginatingAdapter(tls_minimum=minimum))
                    if expected:
                        assert expected == session.get(server.url).json()["rows"]
                    else:
                        with pytest.raises(exceptions.InsecureTransport):
                            session.get(server.url)
        assert issubclass(PaginatingAdapter, TLSAdapter)


class TestTheResponse:
    def test_it_is_the_first_page_s(self, session):
        """URL, request, history, hooks and cookies are as usual, of the request as it was made."""

        def answer(number, request):
            if "/old" in request:
                return http(b"", 302, location="/rows?q=1")
            return numbered(request, 3, set_cookie=f"c{number}={number}; Path=/")

        seen = []
        with LoopbackServer(answer) as server:
            response = session.get(
                f"{server.url}/old", hooks={"response": lambda r, **_: seen.append(r)}
            )
        assert f"{server.url}/rows?q=1" == response.url == response.request.url
        assert [302] == [each.status_code for each in response.history]
        assert [302, 200] == [each.status_code for each in seen]
        assert seen[-1] is response
        assert {"c1": "1", "c2": "2", "c3": "3"} == session.cookies.get_dict()
        assert {"c1": "1", "c2": "2", "c3": "3"} == response.cookies.get_dict()
        cookies = [r.partition("Cookie: ")[2].split("\r\n")[0] for r in server.requests]
        assert ["", "", "c1=1", "c1=1; c2=2"] == cookies
        assert response.elapsed == response.pagination.elapsed > timedelta(0)

    def test_its_body_can_be_read_in_every_way(self, session):
        """`content`, `text`, `json`, `iter_content`, `iter_lines` and `raw` agree."""
        with LoopbackServer(lambda n, r: page(number_of(r), 3)) as server:
            response = session.get(server.url)
        text = response.text
        assert json.loads(text) == response.json() == json.loads(response.content)
        assert text == b"".join(response.iter_content(7)).decode()
        assert text == "".join(line.decode() for line in response.iter_lines())
        assert text == response.raw.read().decode()
        assert response.raw.read() == b""
        assert ids(1, 3) == response.json()["rows"]

    def test_it_pickles(self, session):
        """A copy has the rows, and what is known of the pages; an adapter pickles, too."""
        with LoopbackServer(lambda n, r: page(number_of(r), 3)) as server:
            response = session.get(server.url)
            again = pickle.loads(pickle.dumps(response))
            assert (response.json(), response.pagination) == (again.json(), again.pagination)
            copied = pickle.loads(pickle.dumps(session))
            with copied:
                assert ids(1, 3) == copied.get(server.url).json()["rows"]

    def test_a_stream_passes(self, session):
        """With `stream=True` the first page comes as it is; so does another method."""
        with LoopbackServer(lambda n, r: page(number_of(r), 3)) as server:
            assert ids(1, 1) == session.get(server.url, stream=True).json()["rows"]
            assert ids(1, 1) == session.post(server.url).json()["rows"]
        assert 2 == len(server.requests)


class TestTheLaws:
    def test_no_page_comes_from_elsewhere(self, session):
        """A link or a redirect to another origin is refused, before a byte is sent there."""
        with LoopbackServer([http([])]) as other:
            for reply in (
                http({"next": f"{other.url}/?page=4", "rows": ids(3, 3)}),
                http(b"", 302, location=f"{other.url}/"),
            ):
                first, second = ({"next": f"?page={n + 1}", "rows": ids(n, n)} for n in (1, 2))
                replies = [http(first), http(second), reply]
                with LoopbackServer(replies) as server:
                    with pytest.raises(exceptions.UnsafeLink):
                        session.get(server.url, headers={"X-API-KEY": "k3y"})
                    assert 3 == len(server.requests)
        assert [] == other.requests

    def test_a_broken_page_is_asked_for_again(self, session, waits):
        """Each page after the first is tried again as a whole; nothing is lost or repeated."""
        tries: dict[int, int] = {}

        def answer(_, request):
            number = number_of(request)
            tries[number] = tries.get(number, 0) + 1
            broken = {2: http(b"", 503), 3: [RESET], 4: http(b'{"rows": [')}
            return broken[number] if tries[number] == 1 and number in broken else page(number)

        with LoopbackServer(answer) as server:
            assert ids(1, 8) == session.get(server.url).json()["rows"]
        assert {1: 1, 2: 2, 3: 2, 4: 2} == {n: count for n, count in tries.items() if n < 5}
        assert len(waits) >= 3

    def test_a_first_page_that_breaks_is_an_error_of_requests(self, session):
        """Until it is known that more pages follow, everything is as without the adapter."""
        cut = [b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"]
        with LoopbackServer(lambda *_: cut) as server:
            with pytest.raises(requests.exceptions.ChunkedEncodingError):
                session.get(server.url)
            assert 1 == len(server.requests)

    def test_a_page_that_fails_raises(self, session):
        """No part is returned; the error's checkpoint leads to the first row, since none came."""
        failing = {5}

        def answer(_, request):
            return http({}, 404) if number_of(request) in failing else numbered(request)

        with LoopbackServer(answer) as server:
            with pytest.raises(exceptions.PageFailed, match="404") as caught:
                session.get(server.url, params={"q": "x"})
            failing.clear()
            again = {"resume": caught.value.checkpoint}
            rest = get_all(server.url, params={"q": "x"}, session=session, **again)
            assert ids(1, 8) == list(rest)
        assert (0, 4) == (caught.value.items_yielded, caught.value.page_index)

    def test_secrets_are_hidden_in_errors(self, session):
        """What the session sends of its own is in no text of an error, though a page quotes it."""

        def answer(_, request):
            if number_of(request) < 3:
                return page(number_of(request))
            return http({"message": "key s3cr3t-of-mine and pa55w0rd-of-mine are wrong"}, 400)

        session.auth = ("me", "pa55w0rd-of-mine")
        with (
            LoopbackServer(answer) as server,
            pytest.raises(exceptions.PageFailed, match="are wrong") as caught,
        ):
            session.get(server.url, headers={"X-API-KEY": "s3cr3t-of-mine"})
        told = f"{caught.value!r} {caught.value} {caught.value.checkpoint}"
        assert "of-mine" not in told

    @pytest.mark.parametrize(
        "headers",
        [
            {"Authorization": 'OAuth oauth_nonce="1", oauth_signature="x"'},
            {"Authorization": "AWS4-HMAC-SHA256 Credential=x, Signature=y"},
            {"Authorization": 'Digest username="me", uri="/", response="1"'},
            {"Authorization": 'Hawk id="x", mac="y"'},
            {"Signature": "sig1=:abc=:"},
        ],
    )
    def test_a_signed_url_is_refused(self, session, headers):
        """A signature holds for one URL: the error says so, and names get_all."""
        with LoopbackServer(lambda n, r: page(number_of(r), 3)) as server:
            with pytest.raises(exceptions.PaginationError, match="get_all"):
                session.get(server.url, headers=headers)
            assert 1 == len(server.requests)
        with LoopbackServer([page(1, 1)]) as server:  # one page needs no other signature
            assert ids(1, 1) == session.get(server.url, headers=headers).json()["rows"]

    def test_a_presigned_url_is_refused(self, session):
        """The same of a signature in the query."""
        with (
            LoopbackServer(lambda n, r: page(number_of(r), 3)) as server,
            pytest.raises(exceptions.PaginationError, match="X-Amz-Signature"),
        ):
            session.get(server.url, params={"X-Amz-Signature": "abc"})

    def test_digest_signs_every_page(self, session):
        """The auth object that watches answers is found by its hook: each page is signed anew."""

        def answer(_, request):
            if "Authorization: Digest" not in request:
                challenge = 'Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256'
                return http(b"", 401, www_authenticate=challenge)
            target = request.split(" ", 2)[1]
            assert f'uri="{target}"' in request
            return page(number_of(request))

        session.auth = HTTPDigestAuth("me", "pa55w0rd")
        with LoopbackServer(answer) as server:
            response = session.get(f"{server.url}/rows")
        assert ids(1, 8) == response.json()["rows"]
        assert 9 == len(server.requests)

    def test_credentials_that_expire_are_explained(self, session):
        """A page that is refused with 401 names get_all, which renews credentials."""
        with (
            LoopbackServer(lambda n, r: http({}, 401) if n == 3 else page(number_of(r))) as server,
            pytest.raises(exceptions.PageFailed, match=r"401.*get_all"),
        ):
            session.get(server.url, headers={"Authorization": "Bearer abc"})

    def test_a_page_has_a_deadline(self, session):
        """A server that does not come to an end is left; what came is not returned."""
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
        stalled = [head, b"{", STALL]
        with LoopbackServer(lambda n, r: stalled if n == 2 else page(number_of(r))) as server:
            session.mount(server.url, PaginatingAdapter(retries=0, deadline=0.5))
            with pytest.raises(exceptions.DeadlineExceeded):
                session.get(server.url)


class TestTheSessions:
    def test_on_a_paginated_session(self):
        """It is one adapter among others: `get_all` lists page by page, `get` gets all."""
        with LoopbackServer(lambda n, r: page(number_of(r), 3)) as server:
            with PaginatedSession(allow_http=True) as session:
                session.mount(server.url, PaginatingAdapter())
                assert ids(1, 3) == session.get(server.url).json()["rows"]
                listing = session.get_all(server.url)
                assert ids(1, 3) == list(listing)
            assert 3 == listing.stats.pages

    def test_on_a_belvo_session(self):
        """A provider's session completes the URL, and asks for its own page size."""
        with (
            serve(BELVO) as server,
            BelvoSession(BELVO.secret_id, BELVO.secret_password, environment=server.url) as session,
        ):
            session.verify = server.ca_file
            session.mount(server.url, PaginatingAdapter())
            response = session.get("/api/transactions/", params={"link": LINK})
        assert 1234 == len(response.json()["results"])

    def test_over_another_adapter(self):
        """`inner=` sends every page, and hears when it is closed."""

        class Counting(requests.adapters.HTTPAdapter):
            sent = closed = 0

            def send(self, *args, **options):
                self.sent += 1
                return super().send(*args, **options)

            def close(self):
                self.closed += 1
                super().close()

        inner = Counting()
        with LoopbackServer(lambda n, r: page(number_of(r), 3)) as server:
            with requests.Session() as session:
                session.trust_env = False
                session.mount(server.url, PaginatingAdapter(inner=inner))
                assert ids(1, 3) == session.get(server.url).json()["rows"]
            assert (3, 1) == (inner.sent, inner.closed)

    def test_on_several_prefixes(self):
        """Each prefix has its own; what is mounted nowhere is as it was."""
        with (
            LoopbackServer(lambda n, r: page(number_of(r), 3)) as server,
            requests.Session() as session,
        ):
            session.trust_env = False
            session.mount(f"{server.url}/a/", PaginatingAdapter())
            session.mount(f"{server.url}/b/", PaginatingAdapter(max_items=2))
            assert ids(1, 3) == session.get(f"{server.url}/a/x").json()["rows"]
            with pytest.raises(exceptions.PageTooLarge):
                session.get(f"{server.url}/b/x")
            assert ids(1, 1) == session.get(f"{server.url}/c/x").json()["rows"]

    def test_in_several_threads(self, session):
        """One adapter serves many threads at once; each gets its own rows."""
        barrier = threading.Barrier(8)

        def answer(_, request):
            mark = query_of(request)["mark"]
            return numbered(request, 4, rows=[{"id": f"{mark}-{number_of(request)}"}])

        def get(mark):
            barrier.wait()
            rows = session.get(server.url, params={"mark": mark}).json()["rows"]
            return [row["id"] for row in rows]

        with LoopbackServer(answer) as server, ThreadPoolExecutor(8) as pool:
            expected = [[f"{mark}-{number}" for number in range(1, 5)] for mark in range(8)]
            assert expected == list(pool.map(get, range(8)))

    def test_with_responses(self):
        """Tests that mock requests go on working: `responses` answers every page."""
        with responses.RequestsMock() as mock, requests.Session() as session:
            mount(BELVO, "https://api.test", mock)
            session.mount("https://", PaginatingAdapter())
            session.auth = (BELVO.secret_id, BELVO.secret_password)
            body = session.get("https://api.test/api/transactions/", params={"link": LINK}).json()
        assert 1234 == len(body["results"])

    def test_a_body_of_a_get_is_sent_again(self, session):
        """A search by GET with JSON keeps its body, and the cursor goes into it."""

        def answer(_, request):
            sent = json.loads(request.partition("\r\n\r\n")[2])
            assert "x" == sent["q"]
            number = int(sent.get("cursor", 1))
            return http(
                {
                    "rows": ids(number, number),
                    "next_cursor": str(number + 1) if number < 3 else None,
                }
            )

        with LoopbackServer(answer) as server:
            response = session.get(server.url, json={"q": "x"})
        assert ids(1, 3) == response.json()["rows"]


def test_memory_stays_within_bounds():
    """The peak while pages are merged is at most 2.2 times the merged body."""
    rows = [{"id": n, "text": "x" * 600} for n in range(200)]
    pages = 60

    def answer(_, request):
        number = number_of(request)
        given = [{**row, "id": number * 1000 + row["id"]} for row in rows]
        return page(number, pages, rows=given, total=pages * len(rows))

    with LoopbackServer(answer) as server, requests.Session() as session:
        session.trust_env = False
        session.mount(server.url, PaginatingAdapter())
        session.get(server.url, params={"warm": "up"}, stream=True).close()
        tracemalloc.start()
        try:
            response = session.get(server.url)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert pages * len(rows) == response.pagination.rows
    assert peak <= 2.2 * len(response.content)


class TokenInTheQuery(AuthBase):
    """Adds a token to the URL, as some auth objects do."""

    def __call__(self, request):
        request.prepare_url(request.url, {"token": "t0ken"})
        return request


def test_a_token_in_the_query_is_sent_once(session):
    """What an auth object put into the URL stays there, on every page, once."""
    session.auth = TokenInTheQuery()
    with LoopbackServer(lambda n, r: numbered(r, 3)) as server:
        assert ids(1, 3) == session.get(server.url).json()["rows"]
    assert [1, 1, 1] == [path.count("token=t0ken") for path in server.paths()]


def test_two_apis_on_one_session():
    """Pluggy and Belvo on one session, each with its own mount."""
    both = Combined(dialects=(PLUGGY, BELVO))
    with serve(both) as server, requests.Session() as session:
        session.trust_env = False
        session.verify = server.ca_file
        session.mount(server.url, PaginatingAdapter())
        pluggy = session.get(
            f"{server.url}/transactions",
            params={"accountId": ACCOUNT},
            headers={"X-API-KEY": PLUGGY.api_key},
        )
        belvo = session.get(
            f"{server.url}/api/transactions/",
            params={"link": LINK},
            auth=(BELVO.secret_id, BELVO.secret_password),
        )
    assert [1234, 1234] == [len(each.json()["results"]) for each in (pluggy, belvo)]


class TestTheRequest:
    def test_a_response_that_passes_keeps_its_cookies(self, session):
        """Whatever is read of it, the session gets the cookies, and `raw` has the headers."""

        def answer(_, request):
            return http({"id": 1}, set_cookie="sid=abc; Path=/")

        with LoopbackServer(answer) as server:
            response = session.get(server.url)
        assert {"sid": "abc"} == session.cookies.get_dict() == response.cookies.get_dict()
        assert (11, ["sid=abc; Path=/"]) == (
            response.raw.version, response.raw.headers.getlist("Set-Cookie")
        )  # fmt: skip

    def test_an_explicit_cookie_header_stays(self, session):
        """It wins over the jar on every page, as in requests."""
        session.cookies.set("other", "1")
        with LoopbackServer(lambda n, r: page(number_of(r), 3)) as server:
            session.get(server.url, headers={"Cookie": "session=S"})
        assert all("\r\nCookie: session=S\r\n" in request for request in server.requests)

    def test_an_explicit_authorization_stays_beside_an_auth_object(self, session):
        """An auth object with a header of its own takes no other one away."""

        class Signed(AuthBase):
            def __call__(self, request):
                request.headers["X-Signed"] = "yes"
                request.register_hook("response", self.look)
                return request

            def look(self, response, **_options):
                pass

        session.auth = Signed()
        with LoopbackServer(lambda n, r: page(number_of(r), 3)) as server:
            session.get(server.url, headers={"Authorization": "Bearer me"})
        for request in server.requests:
            assert "Authorization: Bearer me" in request
            assert 1 == request.count("X-Signed: yes")

    def test_a_condition_is_of_the_first_page(self, session):
        """If-Modified-Since and Range are not sent for the others."""
        with LoopbackServer(lambda n, r: page(number_of(r), 3)) as server:
            session.get(server.url, headers={"If-Modified-Since": "x", "Range": "items=0-9"})
        assert [True, False, False] == ["If-Modified-Since" in r for r in server.requests]
        assert [True, False, False] == ["Range" in r for r in server.requests]

    @pytest.mark.parametrize(
        "timeout", [5, (5, 5), None, Timeout(total=5), Timeout(read=3), Timeout(3), Timeout(None)]
    )
    def test_every_timeout_of_requests_is_understood(self, session, timeout):
        """Seconds, pairs, None and the objects of urllib3."""
        with LoopbackServer(lambda n, r: page(number_of(r), 3)) as server:
            assert ids(1, 3) == session.get(server.url, timeout=timeout).json()["rows"]

    def test_a_link_is_followed_as_it_is(self, session):
        """A key that the session adds to every request is in no link: the refusal names get_all."""

        def answer(_, request):
            return page(number_of(request)) if "api_key" in request else http({}, 401)

        session.params = {"api_key": "k3y"}
        with (
            LoopbackServer(answer) as server,
            pytest.raises(exceptions.PageFailed, match=r"401.*get_all") as caught,
        ):
            session.get(server.url)
        assert "k3y" not in f"{caught.value} {caught.value.checkpoint}"

    def test_parameters_that_come_twice_stay(self, session):
        """Whatever they are called, each page is asked for with all their values."""
        params = {"author": ["ann", "bob"], "nokey": ""}
        with LoopbackServer(lambda n, r: numbered(r, 3)) as server:
            session.get(server.url, params=params)
        queries = [path.partition("?")[2] for path in server.paths()]
        assert all(query.startswith("author=ann&author=bob&nokey=") for query in queries)

    def test_a_cookie_of_another_origin_is_none_of_the_session(self, session):
        """What a page of an allowed origin sets stays there."""
        with LoopbackServer(
            [http({"next": None, "rows": ids(2, 2)}, set_cookie="sid=evil")]
        ) as other:
            first = http({"next": f"{other.url}/?page=2", "rows": ids(1, 1)}, set_cookie="sid=good")
            with LoopbackServer([first]) as server:
                session.mount(server.url, PaginatingAdapter(allow_origins=(other.url,)))
                assert ids(1, 2) == session.get(server.url).json()["rows"]
        assert {"sid": "good"} == session.cookies.get_dict()

    def test_an_auth_object_is_called_as_often_as_without_the_adapter(self, session):
        """What it added once is sent with every page, once; its hook sees every answer."""

        class Counting(AuthBase):
            called = seen = 0

            def __call__(self, request):
                self.called += 1
                request.prepare_url(request.url, {"api_key": "K"})
                request.headers["X-Trace"] = f"{request.headers.get('X-Trace', '')}+"
                request.register_hook("response", self.look)
                return request

            def look(self, response, **_options):
                self.seen += 1

        session.auth = auth = Counting()
        with LoopbackServer(lambda n, r: numbered(r, 3)) as server:
            session.get(server.url)
        assert (1, [1, 1, 1]) == (auth.called, [path.count("api_key=K") for path in server.paths()])
        assert all("\r\nX-Trace: +\r\n" in request for request in server.requests)
        assert auth.seen >= 3

    @pytest.mark.parametrize(
        "body",
        [b'{"min": 0.12345678901234567890123, "a": 1, "a": 2}', b"null", bytearray(b"a=1"), "a=1"],
    )
    def test_a_body_stays_the_bytes_it_was(self, session, body):
        """It is sent with every page, digit by digit."""
        received = []

        def answer(_, request):
            received.append(request.partition("\r\n\r\n")[2])
            return page(number_of(request), 3)

        kind = "application/json" if isinstance(body, bytes) else "text/plain"
        with LoopbackServer(answer) as server:
            rows = session.get(server.url, data=body, headers={"Content-Type": kind}).json()["rows"]
        text = body if isinstance(body, str) else body.decode()
        assert (ids(1, 3), [text] * 3) == (rows, received)
