"""A plan: a listing that travels without its session and credentials, and is opened elsewhere."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
import requests
import responses

from requests_paginate import PaginatedSession, Plan, dialects
from requests_paginate.providers import BelvoSession
from requests_paginate.testing import mock_listing

URL = "https://api.test/rows"
ROWS = [{"id": f"r_{number}"} for number in range(230)]
HERE = "tests.unit.test_plan:"
MADE = []
CALLED = threading.Event()


def make_session():
    MADE.append(threading.get_ident())
    return requests.Session()


def make_slowly():
    """Called a second time while the first call waits, it would make two."""
    MADE.append(threading.get_ident())
    CALLED.wait(0.05)
    return requests.Session()


def make_belvo():
    return BelvoSession("an-id", os.environ["BELVO_SECRET"], environment="sandbox")


def make_none():
    return None


def make_text():
    return "a session"


class Sessions:
    """A function may be an attribute, too."""

    make = staticmethod(PaginatedSession)


class Row(msgspec.Struct):
    id: str


PLAN = Plan(URL, {"kind": "a"}, session=HERE + "make_session", key="id", model=Row)


def test_a_plan_opens_a_listing():
    """Its parameters and options are those of the plan, and of the call, which goes first."""
    with responses.RequestsMock() as mocked:
        mock = mock_listing(URL, ROWS, dialects.PLUGGY, mock=mocked)
        assert [Row(row["id"]) for row in ROWS] == list(PLAN(params={"account": "x"}))
        assert {"kind": "a", "account": "x"} == dict(mock.requests[0].parameters)
        assert 5 == len(list(PLAN({"kind": "b"}, max_items=5)))
        assert {"kind": "b"} == dict(mock.requests[-1].parameters)
        plain = Plan(URL, session=HERE + "Sessions.make")
        assert ROWS[:3] == list(plain(max_items=3))


def test_a_session_is_made_once_in_a_process():
    """Plans that name the same function share its session, whatever the thread."""
    MADE.clear()
    plans = [Plan(f"{URL}/{number}", session=HERE + "make_slowly") for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda plan: plan(), plans))
    assert 1 == len(MADE)


def test_a_plan_pickles_small():
    """It is below 500 bytes, with a strategy and options, and is equal to its copy."""
    plan = Plan(
        "https://api.belvo.com/api/transactions/", {"page_size": 1000},
        session="myapp.sessions:belvo", strategy=dialects.BELVO, prefetch=4, key="id",
    )  # fmt: skip
    sent = pickle.dumps(plan)
    assert len(sent) < 500
    assert plan == pickle.loads(sent)
    assert Plan(URL, session=HERE + "make_none") != plan


PROGRAM = """
import pickle, sys
plan = pickle.loads(bytes.fromhex(sys.argv[1]))
print(plan)
try:
    print(plan(params={"link": "x"}))
except Exception as error:
    print(type(error).__name__, error)
"""


@pytest.mark.parametrize(
    ("session", "said"),
    [
        (HERE + "make_belvo", "<Listing GET https://sandbox.belvo.com/api/transactions/: 0 rows"),
        (HERE + "make_nothing", "ImportError session: process "),
        ("no_such_module.sessions:belvo", "cannot import 'no_such_module.sessions:belvo'"),
    ],
)
def test_another_process_opens_it(session, said):
    """It has the session's function and the credentials, or the error says what it lacks."""
    plan = Plan("/api/transactions/", session=session, max_pages=3)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, pickle.dumps(plan).hex()],
        env={**os.environ, "BELVO_SECRET": "of-the-worker", "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        check=True,
    )
    assert repr(plan) in done.stdout
    assert said in done.stdout
    assert "of-the-worker" not in done.stdout


def test_a_fork_makes_its_own():
    """A child process does not use the connections of its parent."""
    MADE.clear()
    plan = Plan(URL, session=HERE + "make_session")
    mine = plan()._reader.fetcher.sender.session
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        is_same = plan()._reader.fetcher.sender.session is mine
        os.write(writing, b"1" if is_same else b"0")
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    assert b"0" == os.read(reading, 1)
    os.close(reading)


# What must not travel ----------------------------------------------------------------------------

SECRETS = [
    {"auth": ("id", "password")},
    {"cookies": {"session": "abc"}},
    {"cert": "client.pem"},
    {"hooks": {"response": print}},
    {"proxies": {"https": "http://user:password@proxy"}},
    {"verify": False},
    {"headers": {"X-API-KEY": "abc"}},
    {"headers": {"Authorization": "Bearer abc"}},
    {"params": {"access_token": "abc"}},
    {"json": {"client_secret": "abc"}},
    {"data": {"password": "abc"}},
    {"data": [("password", "abc")]},
    {"data": "user=me&password=abc"},
    {"data": "token=abc"},
    {"data": b"password=abc"},
    {"json": {"filter": [{"clientSecret": "abc"}]}},
    {"params": {"callback": "https://me:abc@api.test/"}},
    {"params": {b"api_key": "abc"}},
    {"params": {"key": "abc"}},
    {"data": '{"client_secret": "abc=="}'},
    {"data": b'{"a": [{"userPassword": "abc"}]}'},
    {"files": {"password": "abc"}},
    {"token": "abc"},
    {"api_key": "abc"},
    {"headers": {"X-Functions-Key": "abc"}},
    {"headers": {"DD-APPLICATION-KEY": "abc"}},
    {"params": {"loginpassword": "abc"}},
    {"params": {"userKey": "abc"}},
]


@pytest.mark.parametrize("options", SECRETS, ids=lambda options: next(iter(options)))
def test_credentials_are_refused(options):
    """In a plan and in its call, by name, and without their values."""
    makes = (lambda: Plan(URL, session=HERE + "make_session", **options), lambda: PLAN(**options))
    for make in makes:
        with pytest.raises((TypeError, ValueError), match="a plan holds no credentials") as caught:
            make()
        assert "abc" not in str(caught.value)
        assert "password@" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://me:abc@api.test/", "https://api.test/?api_key=abc", "https://api.test/?key=abc",
        "https://api.test/rows?kind=a&token=abc",
    ],
)  # fmt: skip
def test_a_url_with_a_secret(url):
    """It is refused, and not shown."""
    with pytest.raises(ValueError, match="may be a credential") as caught:
        Plan(url, session=HERE + "make_session")
    assert "abc" not in str(caught.value)


# What is wrong -----------------------------------------------------------------------------------

WRONG = [
    ({"session": make_session}, TypeError, "expected the name of a function"),
    ({"session": requests.Session()}, TypeError, "expected the name of a function"),
    ({"session": "myapp.sessions"}, ValueError, "expected 'module:function'"),
    ({"session": "sessions.py:belvo"}, ValueError, "without .py"),
    ({"session": "..sessions:belvo"}, ValueError, "expected 'module:function'"),
    ({"headers": [("Accept", "text/csv")]}, TypeError, "headers: expected a dict"),
    ({"session": "__main__:belvo"}, ValueError, "not there in another process"),
    ({"params": [("a", 1)]}, TypeError, "params: expected a dict"),
    ({"limit": 10}, TypeError, "max_items="),
    ({"prefetch": -1}, ValueError, "prefetch: expected 0 or more"),
    ({"method": "HEAD"}, ValueError, "no rows"),
    ({"stream": True}, TypeError, "stream"),
    ({"url": 5}, TypeError, "url: expected a string"),
]


@pytest.mark.parametrize(("changes", "error", "said"), WRONG)
def test_a_wrong_argument(changes, error, said):
    """The error comes where the plan is made, and not in a worker."""
    with pytest.raises(error, match=said.replace("(", r"\(")):
        Plan(**{"url": URL, "session": HERE + "make_session", **changes})


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("make_none", "returned None"),
        ("make_text", "expected a requests session"),
        ("MADE", "expected 'tests.unit.test_plan:MADE' to be a function"),
    ],
)
def test_a_function_that_makes_no_session(name, said):
    """The error comes where the plan is called."""
    with pytest.raises(TypeError, match=said):
        Plan(URL, session=HERE + name)()


def test_what_belongs_to_the_plan():
    """A call changes neither its method nor its session."""
    for name in ("method", "session", "url"):
        with pytest.raises(TypeError, match=f"{name}: a plan has its own"):
            PLAN(**{name: "x"})


def make_again():
    Plan(URL, session=HERE + "make_again")()


def make_by_another():
    Plan(URL, session=HERE + "make_session")()
    return requests.Session()


def make_later():
    if os.environ.pop("NOT_YET", None):
        raise KeyError("NOT_YET")
    return requests.Session()


def make_in_a_pool():
    with ThreadPoolExecutor(1) as pool:
        pool.submit(Plan(URL, session=HERE + "Sessions.make")).result(timeout=10)
    return requests.Session()


def test_a_function_that_opens_others_in_threads():
    """Sessions of other names are made meanwhile."""
    assert Plan(URL, session=HERE + "make_in_a_pool")()


def test_a_function_that_calls_plans(monkeypatch):
    """One of another session is fine; that of its own would never end, and is an error."""
    assert Plan(URL, session=HERE + "make_by_another")()
    with pytest.raises(RuntimeError, match="calls a plan that needs its session"):
        Plan(URL, session=HERE + "make_again")()
    monkeypatch.setenv("NOT_YET", "1")
    plan = Plan(URL, session=HERE + "make_later")
    with pytest.raises(KeyError):
        plan()
    assert plan()


class Named(Plan):
    __slots__ = ()


def test_a_subclass_pickles():
    """It has the fields of a plan."""
    plan = Named(URL, {"a": 1}, session=HERE + "make_session", method="post")
    assert plan == pickle.loads(pickle.dumps(plan))
    assert "POST" == plan.method


FILTERS = """author keyword sort_key monkey page_token authority passenger pinned secretary
nextToken tokenized keys sessions signed max_tokens session pin token_symbol account_key
include_secrets paginationToken start_page_token nextSyncToken after_token changeToken""".split()
BODIES = [
    {"filters": [{"key": "status", "token": 5}]}, {"sort": [{"key": "date"}]},
    {"query": "token=abc in title"}, {"text": "select 1 where password=5"},
    {"link": "https://medium.com//@user"}, ["key", "secret"],
]  # fmt: skip


def test_filters_are_no_credentials():
    """What has such a word inside of another one, or in a text, may be sent."""
    session = HERE + "make_session"
    for name in FILTERS:
        assert {name: "x"} == Plan(URL, {name: "x"}, session=session).params
    for body in BODIES:
        assert body == Plan(URL, session=session, method="POST", json=body).options["json"]


def test_a_fragment_does_not_travel():
    """It is not sent, and may hold a token that an OAuth flow left behind."""
    plan = Plan(f"{URL}#access_token=abc", session=HERE + "make_session")
    assert b"abc" not in pickle.dumps(plan)
    assert URL == plan.url


def test_a_plan_does_not_change():
    """It may be a dictionary of a module, or travel twice."""
    for change in (lambda: setattr(PLAN, "url", "x"), lambda: delattr(PLAN, "url")):
        with pytest.raises(AttributeError, match="cannot be changed"):
            change()
    with pytest.raises(TypeError, match="does not support item assignment"):
        PLAN.params["api_key"] = "abc"
    with pytest.raises(TypeError, match="does not support item assignment"):
        PLAN.options["auth"] = ("id", "abc")
    given, body = {"kind": "a", "ids": []}, {"a": [1]}
    plan = Plan(URL, given, session=HERE + "make_session", method="POST", json=body)
    given["kind"] = "b"
    given["ids"].append(5)
    body["a"].append(2)
    assert "Plan('https://api.test/rows', params={'kind': 'a', 'ids': []}, " in repr(plan)
    assert "method='POST', json='...'" in repr(plan)
    assert {"a": [1]} == plan.options["json"]
    hidden = Plan(URL, {"sort_key": "x"}, session=HERE + "make_session")
    assert "params={'sort_key': 'REDACTED'}" in repr(hidden)
    assert "sort_key=abc" not in repr(Plan(f"{URL}?sort_key=abc", session=HERE + "make_session"))
