"""Clients that page by hand, on a session of requests alone and with a PaginatingAdapter mounted.

Without it every row comes once, so the servers are right. With it every row comes once as well.
"""

from __future__ import annotations

from contextlib import nullcontext

import pytest
import requests

from requests_paginate import PaginatingAdapter
from requests_paginate.sandbox import (
    Belvo,
    BodyCursor,
    CursorLinkPages,
    LastIdList,
    LimitOffsetPages,
    LinkHeaderPages,
    OffsetEnvelope,
    PageNumberPages,
    TotalPagesEnvelope,
    serve,
)
from tests.loopback import LoopbackServer

from . import client_servers
from .client_servers import COUNT, IDS, PAGES

pytestmark = pytest.mark.integration


class Session(requests.Session):
    """A session that counts what a client sends; what the adapter adds is not counted.

    Args:
        mounted: Whether a PaginatingAdapter answers.
    """

    def __init__(self, *, mounted):
        super().__init__()
        self.trust_env = False
        self.sent = 0
        if mounted:
            mount(self)

    def send(self, request, **options):
        self.sent += 1
        return super().send(request, **options)


def mount(session):
    session.mount("https://", PaginatingAdapter())
    session.mount("http://", PaginatingAdapter())


@pytest.fixture(params=[False, True], ids=["alone", "mounted"])
def mounted(request):
    return request.param


@pytest.fixture
def session(mounted):
    with Session(mounted=mounted) as session:
        yield session


# belvo-python
BELVO = Belvo(transactions=1150)  # twelve pages of 100


def test_belvo_python(monkeypatch, mounted):
    """It follows the link in the body; a mounted session answers its only request with all rows."""
    from belvo.client import Client

    link = BELVO.link_ids[0]
    with serve(BELVO) as server:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", server.ca_file)
        client = Client(BELVO.secret_id, BELVO.secret_password, server.url)
        own = client.session.session
        if mounted:
            mount(own)
        urls = []
        own.hooks["response"].append(lambda response, **_: urls.append(response.url))
        assert list(BELVO.transaction_rows(link)) == list(client.Transactions.list(link=link))
        assert PAGES == server.requests["/api/transactions/"]
    assert (1 if mounted else PAGES) == len(urls)
    own.close()


# dlt
CURSOR = {"cursor_path": "meta.next_cursor"}
FOLLOWING = {
    "links to page numbers": (PageNumberPages, "JSONLinkPaginator", {}),
    "links to offsets": (LimitOffsetPages, "JSONLinkPaginator", {}),
    "links with cursors": (CursorLinkPages, "JSONLinkPaginator", {}),
    "links that it finds": (PageNumberPages, None, {}),
    "the Link header": (LinkHeaderPages, "HeaderLinkPaginator", {}),
    "a Link header that it finds": (LinkHeaderPages, None, {}),
    "cursors": (BodyCursor, "JSONResponseCursorPaginator", CURSOR),
    "cursors and a flag": (
        BodyCursor, "JSONResponseCursorPaginator", {**CURSOR, "has_more_path": "meta.has_more"},
    ),
}  # fmt: skip
NUMBERS, OFFSETS = {"base_page": 1}, {"limit": 100}
COUNTING = {
    "pages with a total": (TotalPagesEnvelope, "PageNumberPaginator", NUMBERS, "total_pages"),
    "pages without": (TotalPagesEnvelope, "PageNumberPaginator", NUMBERS, None),
    "pages of a bare list": (LinkHeaderPages, "PageNumberPaginator", NUMBERS, None),
    "offsets with a total": (OffsetEnvelope, "OffsetPaginator", OFFSETS, "total"),
    "offsets without": (OffsetEnvelope, "OffsetPaginator", OFFSETS, None),
}


def list_with_dlt(session, server, kind=None, **options):
    """The rows that dlt lists, by a paginator of its own or by what it detects."""
    from dlt.common.configuration.specs.runtime_configuration import RuntimeConfiguration
    from dlt.sources.helpers.rest_client import RESTClient, paginators

    session.verify = server.ca_file
    client = RESTClient(server.url, session=session, config=RuntimeConfiguration())
    paginator = getattr(paginators, kind)(**options) if kind else None
    return [row for page in client.paginate("/items", paginator=paginator) for row in page]


@pytest.mark.parametrize(("dialect", "kind", "options"), FOLLOWING.values(), ids=FOLLOWING)
def test_dlt_that_follows(session, mounted, dialect, kind, options):
    """What follows a link or sends a cursor back gets all rows with its first request."""
    it = dialect(total=1150)
    with serve(it) as server:
        assert list(it.rows()) == list_with_dlt(session, server, kind, **options)
        assert PAGES == server.requests["/items"]
    assert (1 if mounted else PAGES) == session.sent


@pytest.mark.parametrize(("dialect", "kind", "options", "total"), COUNTING.values(), ids=COUNTING)
def test_dlt_that_counts(session, dialect, kind, options, total):
    """What writes its position into the first request, too, pages by itself as before."""
    it = dialect(total=1150)
    with serve(it) as server:
        rows = list_with_dlt(session, server, kind, total_path=total, **options)
        assert list(it.rows()) == rows
        assert (PAGES if total else PAGES + 1) == session.sent == server.requests["/items"]


@pytest.mark.parametrize(
    ("dialect", "rows_alone"),
    [(TotalPagesEnvelope, 1100), (OffsetEnvelope, 100), (LastIdList, 100)],
)
def test_dlt_that_guesses(session, mounted, dialect, rows_alone):
    """Where it finds no paginator, or counts pages from 0, rows are missing; mounted, none is."""
    it = dialect(total=1150)
    with serve(it) as server:
        rows = list_with_dlt(session, server)
    assert (1150 if mounted else rows_alone) == len({row["id"] for row in rows})
    assert not mounted or list(it.rows()) == rows


# pynetbox
def list_netbox(session, server, method, *, threading=False, pagination="offset", **filters):
    import pynetbox

    api = pynetbox.api(server.url, token="t0ken", threading=threading, pagination=pagination)
    api.http_session = session
    return [device.id for device in getattr(api.dcim.devices, method)(**filters)]


@pytest.mark.parametrize("threading", [False, True])
@pytest.mark.parametrize(("method", "filters"), [("all", {}), ("filter", {"site": "x"})])
def test_pynetbox(session, mounted, method, filters, threading):
    """It goes on while there is a next link, by links or by threads; mounted, there is none."""
    with LoopbackServer(client_servers.netbox) as server:
        ids = list_netbox(session, server, method, threading=threading, **filters)
        assert IDS == (sorted(ids) if threading and not mounted else ids)
        assert PAGES == len(server.requests)
    assert (1 if mounted else PAGES) == session.sent


def test_pynetbox_with_cursors(session):
    """Its first request says `start=0`, so it pages by itself, after a look at the version."""
    with LoopbackServer(client_servers.netbox) as server:
        assert IDS == list_netbox(session, server, "all", pagination="cursor")
    assert PAGES + 1 == session.sent


def test_pynetbox_with_an_offset(session):
    """A part that is asked for by its offset stays a part."""
    with LoopbackServer(client_servers.netbox) as server:
        assert IDS[10:15] == list_netbox(session, server, "all", limit=5, offset=10)
        assert 1 == len(server.requests)


def test_pynetbox_that_counts(session, mounted):
    """It reads the total from a page of one row; mounted, every row is fetched for it, by ones."""
    import pynetbox

    with LoopbackServer(client_servers.netbox) as server:
        api = pynetbox.api(server.url)
        api.http_session = session
        assert COUNT == api.dcim.devices.count()
        assert (COUNT if mounted else 1) == len(server.requests)


# python-gitlab
def open_gitlab(session, server):
    import gitlab

    return gitlab.Gitlab(server.url, private_token="t0ken", session=session)


KEYSET = {"pagination": "keyset", "order_by": "id", "sort": "asc", "per_page": 5}


@pytest.mark.parametrize(
    "options", [{"get_all": True}, {"iterator": True}, {"iterator": True, **KEYSET}]
)
def test_python_gitlab(session, mounted, options):
    """It follows the Link header, also with keyset pagination; mounted, no page is left in it."""
    with LoopbackServer(client_servers.gitlab) as server:
        projects = open_gitlab(session, server).projects.list(**options)
        assert IDS == [project.id for project in projects]
        assert PAGES == len(server.requests)
    assert (1 if mounted else PAGES) == session.sent


def test_python_gitlab_and_its_headers(session, mounted):
    """What its iterator tells of the pages fits its rows: no next page, and the same total."""
    with LoopbackServer(client_servers.gitlab) as server:
        projects = open_gitlab(session, server).projects.list(iterator=True)
        assert (None if mounted else 2, 1 if mounted else PAGES, COUNT) == (
            projects.next_page, projects.total_pages, projects.total,
        )  # fmt: skip


def test_python_gitlab_without_options(session, mounted):
    """A plain `list()` warns that it ends with the first page; mounted, it has all and is quiet."""
    with LoopbackServer(client_servers.gitlab) as server:
        warning = pytest.warns(UserWarning, match="Your query returned 5 of 57 items")
        with nullcontext() if mounted else warning:
            projects = open_gitlab(session, server).projects.list()
        assert (IDS if mounted else IDS[:5]) == [project.id for project in projects]


def test_python_gitlab_with_a_page(session):
    """A page that is asked for by its number stays that page."""
    with LoopbackServer(client_servers.gitlab) as server:
        projects = open_gitlab(session, server).projects.list(page=3, per_page=5)
        assert IDS[10:15] == [project.id for project in projects]
        assert 1 == len(server.requests)


# stripe
def list_stripe(session, server, method, **params):
    import stripe

    client = stripe.StripeClient(
        "sk_test_x",
        base_addresses={"api": server.url},
        http_client=stripe.RequestsClient(session=session),
    )
    listing = getattr(client.v1.customers, method)(params=params)
    return [int(row.id.removeprefix("cus_")) for row in listing.auto_paging_iter()]


@pytest.mark.parametrize(
    ("method", "params"), [("list", {}), ("list", {"limit": 5}), ("search", {"query": "name:'x'"})]
)
def test_stripe(session, mounted, method, params):
    """It sends the last id back, and of a search a token; mounted, nothing more follows."""
    with LoopbackServer(client_servers.stripe) as server:
        assert IDS == list_stripe(session, server, method, **params)
        assert PAGES == len(server.requests)
    assert (1 if mounted else PAGES) == session.sent


def test_stripe_backward(session):
    """What goes backward from an id says so in its first request, and pages by itself."""
    with LoopbackServer(client_servers.stripe) as server:
        ids = list_stripe(session, server, "list", ending_before=f"cus_{COUNT + 1}")
        assert IDS[::-1] == ids
    assert PAGES == session.sent
