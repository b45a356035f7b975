"""The providers' own SDKs list from the sandbox, and what each of them loses, we do not.

So the sandbox is held to what others wrote, and the table of docs/providers.md is measured here.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from requests_paginate.exceptions import PageFailed
from requests_paginate.providers import BelvoSession, PluggySession
from requests_paginate.providers.belvo import filters
from requests_paginate.providers.pluggy import Transaction
from requests_paginate.sandbox import Belvo, ExpiringKeys, Pluggy, serve

pytestmark = pytest.mark.integration

SDKS = Path(__file__).parents[2] / "build" / "sdks" / "node_modules"
SCRIPT = Path(__file__).with_name("pluggy_sdk.js")
SECONDS = 60  # far more than a listing takes
BANK = Pluggy(transactions=1600)
ACCOUNT = BANK.account_ids[0]
IDS = [row["id"] for row in BANK.transaction_rows(ACCOUNT)]


class Between:
    """A dialect whose answers to the requests of some pages are changed.

    Args:
        dialect: The dialect behind.
        change: A function of an answer's number on its path, the request and the answer.
    """

    def __init__(self, dialect, change):
        self.dialect, self.change, self.counts = dialect, change, Counter()

    def respond(self, request):
        """Answer a request."""
        self.counts[request.path] += 1
        answer = self.dialect.respond(request)
        return self.change(self.counts[request.path], request, answer) or answer


def with_body(answer, edit):
    """An answer whose body is another text."""
    return replace(answer, body=edit(answer.body.decode()).encode())


# Pluggy, in Node
def list_with_pluggy_sdk(dialect):
    """What pluggy-sdk 0.90.0 says: the ids that it lists, or its error."""
    node = shutil.which("node")
    if node is None or not (SDKS / "pluggy-sdk").exists():
        pytest.skip("node or npm is missing: pluggy-sdk was not installed")
    with serve(dialect) as server:
        done = subprocess.run(
            [node, str(SCRIPT), ACCOUNT],
            env={
                "PATH": os.environ["PATH"], "NODE_PATH": str(SDKS),
                "NODE_EXTRA_CA_CERTS": str(server.ca_file), "PLUGGY_API_URL": server.url,
                "PLUGGY_CLIENT_ID": BANK.client_id, "PLUGGY_CLIENT_SECRET": BANK.client_secret,
            },
            capture_output=True, text=True, timeout=SECONDS, check=True,
        )  # fmt: skip
    return json.loads(done.stdout)


def list_with_us(dialect, **options):
    """The rows that our session lists."""
    with (
        serve(dialect) as server,
        PluggySession(BANK.client_id, BANK.client_secret, base_url=server.url) as session,
    ):
        session.verify, session.trust_env = server.ca_file, False
        return list(session.get_all("/v2/transactions", params={"accountId": ACCOUNT}, **options))


def without_after(number, request, answer):
    """The cursor has another name."""
    if request.path != "/v2/transactions":
        return None
    query = request.query.replace("cursor=", "after=")
    inner = BANK.respond(replace(request, query=query, headers=KEY))
    return with_body(inner, lambda text: text.replace("&after=", "&cursor="))


KEY = {"X-API-KEY": BANK.api_key}
FAILING = {2}  # the pages whose first try fails


def fail_once(number, request, answer):
    """The second page is not there at first."""
    is_page = request.path == "/v2/transactions"
    return replace(answer, status=503, body=b"{}") if is_page and number in FAILING else None


def with_many_digits(number, request, answer):
    """The first amount has more digits than a float."""
    amount = BANK.transaction_rows(ACCOUNT)[0]["amount"]
    if request.path != "/v2/transactions" or number != 1:
        return None
    return with_body(answer, lambda text: text.replace(f"{amount}", "12345678901234567.89", 1))


def jwt(dialect=BANK, **fields):
    return ExpiringKeys(dialect=dialect, **fields)


@pytest.mark.parametrize(
    ("make", "theirs"),
    [
        (jwt, IDS),
        (lambda: jwt(replace(BANK, next_form="path")), IDS),
        (lambda: jwt(replace(BANK, next_form="url")), IDS),
        (lambda: jwt(replace(BANK, odd_cursors=True)), "Invalid cursor"),
        (lambda: Between(jwt(), without_after), IDS[:500]),
        (lambda: jwt(requests=2), "Missing or invalid authorization token"),
        (lambda: Between(jwt(), fail_once), "[object Object]"),
    ],
    ids=["query", "path", "url", "odd cursors", "no after", "key ends", "503"],
)
def test_pluggy_sdk(make, theirs):
    """Its SDK and our session list the sandbox; where it ends short or fails, ours has all."""
    assert IDS == [row["id"] for row in list_with_us(make())]
    told = list_with_pluggy_sdk(make())
    assert theirs == (told.get("ids") or told["error"])


def test_pluggy_sdk_and_digits():
    """JavaScript's numbers are floats; ours keep every digit."""
    rows = list_with_us(Between(jwt(), with_many_digits), model=Transaction)
    assert Decimal("12345678901234567.89") == abs(rows[0].amount)
    told = list_with_pluggy_sdk(Between(jwt(), with_many_digits))
    assert 12345678901234568 == abs(told["amounts"][0])


# Belvo, in Python
@pytest.fixture
def belvo_python(monkeypatch):
    """A function that makes a client of belvo-python for a server, and keeps what it sends."""
    client = pytest.importorskip("belvo.client")

    def make(server):
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(server.ca_file))
        made = client.Client(BELVO.secret_id, BELVO.secret_password, server.url)
        send = made.session.session.send

        def keep(request, **options):
            sent.append((request.url, options["timeout"]))
            return send(request, **options)

        made.session.session.send = keep
        return made

    sent = make.sent = []
    return make


def our_belvo(server):
    session = BelvoSession(BELVO.secret_id, BELVO.secret_password, environment=server.url)
    session.verify, session.trust_env = str(server.ca_file), False
    return session


BELVO = Belvo(transactions=2500)
LINK = BELVO.link_ids[0]
ROWS = list(BELVO.transaction_rows(LINK))


def test_belvo_python(belvo_python):
    """It lists the sandbox whole; the caller's timeout it keeps for one page, and we for all."""
    with serve(BELVO) as server:
        client = belvo_python(server)
        rows = list(client.Transactions.list(link=LINK, page_size=1000, timeout=30))
        assert ROWS == rows
        assert [30, 5, 5] == [timeout for _, timeout in belvo_python.sent]
        ours = our_belvo(server).get_all("/api/transactions/", params={"link": LINK}, timeout=30)
        assert ROWS == list(ours)


def test_belvo_python_and_lists(belvo_python):
    """A list of ids it sends as a repeated parameter, which is another filter; ours joins them."""
    wanted = [row["id"] for row in ROWS[:3]]
    with serve(BELVO) as server:
        client = belvo_python(server)
        got = [row["id"] for row in client.Transactions.list(link=LINK, id__in=wanted)]
        query = parse_qsl(urlsplit(belvo_python.sent[0][0]).query)
        assert [("id__in", each) for each in wanted] == [it for it in query if it[0] == "id__in"]
        assert wanted != got
        ours = our_belvo(server).get_all(
            "/api/transactions/", params=filters(link=LINK, id__in=wanted)
        )
        assert wanted == [row["id"] for row in ours]


def test_belvo_python_and_a_failing_page(belvo_python):
    """A 503 ends its listing, with what came lost to the caller; we try the page again."""

    def fail(number, request, answer):
        # the second request for transactions of each listing
        is_page = request.path == "/api/transactions/"
        return replace(answer, status=503) if is_page and number in (2, 4) else None

    with serve(Between(BELVO, fail)) as server:
        listing = belvo_python(server).Transactions.list(link=LINK, page_size=1000)
        with pytest.raises(Exception, match="503 Server Error"):
            list(listing)
        ours = our_belvo(server).get_all("/api/transactions/", params={"link": LINK})
        assert (ROWS, 1) == (list(ours), ours.stats.retries)


def test_belvo_python_and_refusals(belvo_python):
    """Its error names the status; ours has Belvo's code, message, request id and advice."""
    ailing = replace(BELVO, link_errors=("token_required", None))
    with serve(ailing) as server:
        with pytest.raises(Exception, match="428 Client Error") as theirs:
            list(belvo_python(server).Transactions.list(link=LINK))
        assert "token" not in str(theirs.value).lower().replace("token_required", "")
        with pytest.raises(PageFailed, match=r"428 .*token_required.*session\.patch") as ours:
            list(our_belvo(server).get_all("/api/transactions/", params={"link": LINK}))
    assert "token_required" == ours.value.code
    assert ours.value.request_id
