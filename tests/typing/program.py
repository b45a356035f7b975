"""The public API as users write it, for mypy --strict and pyright."""
# pyright: standard

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, NamedTuple, Optional, TypedDict

import msgspec
import requests
from pydantic import TypeAdapter
from typing_extensions import assert_type
from urllib3 import Retry

from requests_paginate import (
    HTTPSOnlyAdapter,
    Listing,
    Page,
    PageRequest,
    PaginatedSession,
    PaginatingAdapter,
    PaginationMixin,
    TLSAdapter,
    dialects,
    exceptions,
    gather,
    get_all,
    request_all,
    strategies,
    windows,
)
from requests_paginate.testing import Fault, MockListing, Sandbox, mock_listing, skip_waits

URL = "https://api.example.com/transactions"


def use(*values: object) -> None:
    """What is named here is used."""


class Transaction(msgspec.Struct):
    """A row."""

    id: str
    amount: Decimal


class Named(NamedTuple):
    """A row as a named tuple."""

    id: str


class Typed(TypedDict):
    """A row as it is, with its types."""

    id: str


@dataclass
class Kept:
    """A row as a dataclass."""

    id: str


def to_amount(row: dict[str, Any]) -> Decimal:
    """A row as one value."""
    return Decimal(row["amount"])


class OwnSession(PaginationMixin, requests.Session):
    """A session class with the listing verbs."""


class Batches(strategies.Strategy):
    """A strategy that overrides `next` and `items`."""

    def items(self, page: Page) -> Sequence[Any]:
        """The rows of all batches."""
        return [row for batch in page.body["batches"] for row in batch]

    def total(self, page: Page) -> int | None:
        """The rows of the listing."""
        total: int | None = page.body.get("total")
        return total

    def next(self, page: Page) -> PageRequest | None:
        """The page after the last batch."""
        batch = page.body.get("following")
        return None if batch is None else page.request.with_param("batch", batch)

    def guess(self, page: Page) -> Iterator[PageRequest]:
        """Nothing is known."""
        yield from ()


@dataclass(frozen=True, repr=False)
class Signed(strategies.Cursor):
    """A strategy with a field of its own."""

    salt: str = field(default="", kw_only=True)

    def next(self, page: Page) -> PageRequest | None:
        """The page at the cursor, with the salt."""
        following = super().next(page)
        return following.with_param("salt", self.salt) if following else None


def sessions() -> None:
    """Sessions and their verbs."""
    session: requests.Session = PaginatedSession()
    with PaginatedSession(
        allow_http=True, tls_minimum=ssl.TLSVersion.TLSv1_3, pool_maxsize=8
    ) as paginated:
        rows: Listing[Any] = paginated.get_all(URL)
        found: Listing[Any] = paginated.post_all(URL, json={"query": "x"})
        listed: Listing[Any] = paginated.request_all("GET", URL, params={"page_size": 100})
        response: requests.Response = paginated.get(URL)
    own: Listing[Any] = OwnSession().get_all(URL, headers={"X-API-KEY": "key"})
    session.mount("https://", TLSAdapter(tls_minimum=ssl.TLSVersion.TLSv1_2))
    session.mount("http://", HTTPSOnlyAdapter())
    merging = PaginatingAdapter(
        inner=TLSAdapter(), max_items=None, max_bytes=2**20, items="rows", prefetch=4, strict=True,
        strategy=dialects.GITHUB, tls_minimum=ssl.TLSVersion.TLSv1_3, pool_maxsize=8,
    )  # fmt: skip
    session.mount("https://api.example.com/", merging)
    use(rows, found, listed, response, own)


def options() -> None:
    """Every option of a listing."""
    rows: Listing[Any] = get_all(
        URL,
        session=requests.Session(),
        strategy=strategies.NextLink("next", items="results", total="count"),
        items="results",
        max_items=10,
        max_pages=2,
        prefetch=4,
        key="id",
        resume=None,
        retries=Retry(3, backoff_factor=0.5),
        timeout=(5, 30),
        deadline=60,
        max_page_bytes=2**20,
        allow_origins=("https://files.example.com",),
        pin_origin=False,
        decode=msgspec.json.Decoder(float_hook=Decimal).decode,
        auth=("user", "password"),
    )
    transactions: Listing[Transaction] = get_all(URL, model=Transaction)
    amounts: list[Decimal] = [transaction.amount for transaction in transactions]
    searched: Listing[dict[str, Any]] = request_all("POST", URL, json={"q": "x"}, key=len)
    first: dict[str, Any] = next(searched)
    use(rows, amounts, first)


def models(session: PaginatedSession) -> None:
    """The type of the rows is that of the model."""
    assert_type(get_all(URL), Listing[Any])
    assert_type(get_all(URL, model=None), Listing[Any])
    assert_type(get_all(URL, model=Transaction), Listing[Transaction])
    assert_type(get_all(URL, model=Named), Listing[Named])
    assert_type(get_all(URL, model=Typed), Listing[Typed])
    assert_type(get_all(URL, {"page_size": 10}, model=Kept), Listing[Kept])
    assert_type(get_all(URL, model=msgspec.Raw), Listing[msgspec.Raw])
    assert_type(get_all(URL, model=to_amount), Listing[Decimal])
    assert_type(get_all(URL, model=list[Kept]), Listing[list[Kept]])
    assert_type(get_all(URL, model=Kept | None), Listing[Any])  # no type of a type says what it is
    assert_type(get_all(URL, model=Optional[Kept]), Listing[Any])  # noqa: UP045 - as it is written
    assert_type(session.post_all(URL, model=Kept | Typed), Listing[Any])
    row = Annotated[Kept, "a row"]
    use(session.get_all(URL, model=row))  # pyright: ignore - it knows no member of Annotated
    assert_type(get_all(URL, model=TypeAdapter(list[Kept])), Listing[list[Kept]])
    assert_type(request_all("GET", URL, model=Transaction), Listing[Transaction])
    assert_type(session.get_all(URL, model=to_amount), Listing[Decimal])
    assert_type(session.post_all(URL, json={}, model=Transaction), Listing[Transaction])
    assert_type(session.request_all("POST", URL, model=Kept), Listing[Kept])
    pages = session.get_all(URL, model=Transaction).pages()
    assert_type(next(pages), Page[Transaction])
    assert_type(next(pages).items, Sequence[Transaction])
    assert_type(list(next(pages)), list[Transaction])


def gathered(session: PaginatedSession, accounts: list[str]) -> None:
    """Many listings at once keep the type of their rows."""
    calls = (session.get_all(f"{URL}/{name}", model=Transaction) for name in accounts)
    for listing, page in gather(calls, workers=4):
        assert_type(listing, Listing[Transaction])
        assert_type(page, Page[Transaction])
    for _, answer in gather(list(calls), on_error="return"):
        if isinstance(answer, exceptions.PaginationError):
            use(answer.checkpoint)
        else:
            assert_type(answer.items, Sequence[Transaction])
    for first, last in windows(date(2026, 1, 1), date(2026, 12, 31), days=31):
        use(first.isoformat(), last.isoformat())


def listings(rows: Listing[dict[str, Any]]) -> str:
    """What a listing offers."""
    iterator: Iterator[dict[str, Any]] = rows
    row: dict[str, Any] = next(iterator)
    every: list[dict[str, Any]] = list(rows)
    total: int | None = rows.total
    complete: bool = rows.complete
    strategy: strategies.Strategy | None = rows.strategy
    requests_sent: int = rows.stats.requests
    waited: float = rows.stats.seconds_waited
    with rows as same:
        again: Listing[dict[str, Any]] = same
    for page in rows.pages():
        pages(page)
    rows.trace(print)
    timeline = rows.timeline()
    timeline.write("run.html")
    texts: list[str] = [
        timeline.html(),
        timeline.svg(),
        *[each.error for each in timeline.fetches()],
    ]
    use(texts)
    rows.close()
    use(row, every, total, complete, strategy, requests_sent, waited, again)
    token: str = rows.checkpoint()
    return token


def pages(page: Page) -> None:
    """What a page offers."""
    items: Sequence[Any] = page.items
    made_by: PageRequest = page.request
    following: PageRequest | None = page.next
    total: int | None = page.total
    index: int = page.index
    headers: Mapping[str, str] = page.headers
    url: str = page.url
    length: int = len(page)
    use(items, made_by, following, total, index, headers, url, length, page.body, page.elapsed)
    use(list(page), made_by.method, made_by.params, made_by.json)


def all_strategies() -> Sequence[strategies.Strategy]:
    """Strategies as they are written."""
    mine: strategies.Strategy = Batches()
    counted: strategies.PageNumber = replace(dialects.PLUGGY, items="rows")
    named: Mapping[str, strategies.Strategy] = dialects.by_name()
    elsewhere: strategies.NextLink = dialects.BELVO.reading("data.results")
    return [
        mine,
        counted,
        elsewhere,
        Signed("cursor", token="meta.next", salt="x"),
        *named.values(),
        strategies.PageNumber("page", total_pages="totalPages", number="page", first=0),
        strategies.Offset("offset", limit="limit", total="total", items="data", first=1),
        strategies.NextLink("links.next.href", items=lambda body: body["rows"]),
        strategies.LinkHeader(items="", total="X-Total-Count"),
        strategies.Cursor("cursor", token="meta.next", more="meta.more", into="json"),
        strategies.LastItem("starting_after", key="id", more="has_more", items="data"),
        strategies.SinglePage(items=""),
    ]


def table(strategy: strategies.Strategy) -> bool:
    """A strategy tested without a socket."""
    request = PageRequest("GET", URL, params={"page": 1}, json=None, headers={})
    page = Page(request=request, body={"results": [1]}, headers={}, url=URL)
    following: PageRequest | None = strategy.next(page)
    rows: Sequence[Any] = strategy.items(page)
    total: int | None = strategy.total(page)
    ahead: list[PageRequest] = list(strategy.guess(page))
    return bool(following or rows or total or ahead)


def errors() -> str | None:
    """Errors as they are caught."""
    try:
        list(get_all(URL))
    except exceptions.PageFailed as error:
        status: int | None = error.response.status_code if error.response is not None else None
        use(status)
    except exceptions.PaginationError as error:
        token: str | None = error.checkpoint
        request: PageRequest | None = error.page_request
        index: int | None = error.page_index
        count: int | None = error.items_yielded
        use(request, index, count)
        return token
    except requests.RequestException as error:
        use(error.request)
    return None


def kit() -> None:
    """The testing kit as it is called."""
    faults: dict[int, Fault | Sequence[Fault]] = {2: 429, 3: [503, "truncated"], 4: "expired"}
    listing: MockListing = mock_listing(URL, [{"id": 1}], faults=faults)
    sent: str | None = listing.requests[0].parameter("starting_after")
    mock_listing(URL, ("a", "b"), strategies.Cursor("after", token="next"), page_size=1)
    with skip_waits() as waits, Sandbox() as sandbox:
        seconds: list[float] = waits
        auth: tuple[str, str] = sandbox.belvo_auth
        use(sent, seconds, auth, sandbox.url, sandbox.ca_file, sandbox.pluggy.client_id)
