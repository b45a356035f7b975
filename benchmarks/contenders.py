"""The contenders. Each is a function from a URL to an iterator of rows.

Each imports what it needs by itself, since some run in environments of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from tasks import FIRST_NUMBER, Task

__all__ = ["CONTENDERS"]


def hand(url: str, ca: str, task: Task) -> Iterator[Any]:
    """List with the loop that one writes by hand, with requests and json."""
    import requests

    session = requests.Session()
    session.verify = ca
    if task.dialect == "belvo":
        link: str | None = url
        while link:
            body = session.get(link).json()
            yield from body["results"]
            link = body["next"]
        return
    parameter, value = ("page", 1) if task.dialect == "pluggy" else ("cursor", None)
    while True:
        body = session.get(url, params={parameter: value}).json()
        yield from body["results"]
        if task.dialect == "cursor":
            value = body["meta"]["next_cursor"]
        else:
            value = body["page"] + 1 if body["page"] < body["totalPages"] else None
        if value is None:
            return


def threads(url: str, ca: str, task: Task) -> Iterator[Any]:
    """List with that loop on 8 threads, for APIs that number their pages."""
    from concurrent.futures import ThreadPoolExecutor

    import requests

    session = requests.Session()
    session.verify = ca

    def fetch(page: int) -> Any:
        return session.get(url, params={"page": page}).json()

    first = fetch(1)
    yield from first["results"]
    pages = first["totalPages"] if task.dialect == "pluggy" else -(-first["count"] // task.rows)
    with ThreadPoolExecutor(8) as pool:
        for body in pool.map(fetch, range(2, pages + 1)):
            yield from body["results"]


def urllib3_orjson(url: str, ca: str, task: Task) -> Iterator[Any]:
    """List with the least that one can do by hand."""
    import orjson
    import urllib3

    pool = urllib3.PoolManager(ca_certs=ca)
    link: str | None = url
    while link:
        body = orjson.loads(pool.request("GET", link).data)
        yield from body["results"]
        if task.dialect == "pluggy":
            page = body["page"] + 1
            link = f"{url}?page={page}" if page <= body["totalPages"] else None
        elif task.dialect == "belvo":
            link = body["next"]
        else:
            cursor = body["meta"]["next_cursor"]
            link = cursor and f"{url}?cursor={cursor}"


def _ours(session: Any, url: str, ca: str, task: Task, **options: Any) -> Iterator[Any]:
    from requests_paginate import get_all

    session.verify = ca
    if task.first_page > 1:
        options["params"] = {"page": task.first_page}
    options |= {"prefetch": task.prefetch, "max_pages": task.most_pages}
    listing: Iterator[Any] = get_all(url, session=session, **options)
    return listing


def ours(url: str, ca: str, task: Task) -> Iterator[Any]:
    """List with our own session; how the API paginates is detected."""
    from requests_paginate import PaginatedSession

    return _ours(PaginatedSession(), url, ca, task)


def ours_plain(url: str, ca: str, task: Task) -> Iterator[Any]:
    """List with a plain session of requests."""
    import requests

    return _ours(requests.Session(), url, ca, task)


def ours_model(url: str, ca: str, task: Task) -> Iterator[Any]:
    """List into a Struct of five fields."""
    from datetime import datetime

    import msgspec

    from requests_paginate import PaginatedSession

    fields = [("id", str), ("order", int), ("amount", float), ("date", datetime), ("type", str)]
    model = msgspec.defstruct("Transaction", fields)
    return _ours(PaginatedSession(), url, ca, task, model=model)


def hand_list(url: str, ca: str, task: Task) -> Iterator[Any]:
    """Put the rows of that loop into one list before any is used."""
    rows: list[Any] = []
    rows.extend(hand(url, ca, task))
    return iter(rows)


def adapter(url: str, ca: str, task: Task) -> Iterator[Any]:
    """Read one response of a plain session on which our adapter is mounted."""
    import requests

    from requests_paginate import PaginatingAdapter

    session = requests.Session()
    session.verify = ca
    session.mount("https://", PaginatingAdapter(max_items=None, prefetch=task.prefetch))
    return iter(session.get(url).json()["results"])


def hand_polars(url: str, ca: str, task: Task) -> Iterator[Any]:
    """Make a DataFrame of polars of the rows of that loop."""
    import polars as pl

    return _read_orders(pl.DataFrame(list(hand(url, ca, task))))


def ours_polars(url: str, ca: str, task: Task) -> Iterator[Any]:
    """Make a DataFrame of polars of a listing, which is a stream of Arrow."""
    import polars as pl

    from requests_paginate import PaginatedSession

    session = PaginatedSession()
    session.verify = ca
    return _read_orders(pl.DataFrame(session.get_all(url, prefetch=task.prefetch)))


def _read_orders(frame: Any) -> Iterator[Any]:
    return ({"order": number} for number in frame["order"].to_list())


def one_by_one(url: str, ca: str, task: Task) -> Iterator[Any]:
    """List one listing after the other, on one session."""
    from requests_paginate import PaginatedSession

    session = PaginatedSession()
    session.verify = ca
    pages = (page for _ in range(task.listings) for page in session.get_all(url).pages())
    return _number(([row["order"] for row in page], page.index) for page in pages)


def gathered(url: str, ca: str, task: Task) -> Iterator[Any]:
    """List all listings at once, on so many threads as `prefetch` says."""
    from requests_paginate import PaginatedSession, gather

    session = PaginatedSession()
    session.verify = ca
    listings = (session.get_all(url) for _ in range(task.listings))
    pages: Any = (page for _, page in gather(listings, workers=task.prefetch))
    return _number(([row["order"] for row in page], page.index) for page in pages)


def _number(pages: Iterator[tuple[list[int], int]]) -> Iterator[Any]:
    """Number the rows of all listings, if those of each page are the right ones."""
    number = FIRST_NUMBER
    for orders, index in pages:
        first = FIRST_NUMBER + index * len(orders)
        right = orders == list(range(first, first + len(orders)))
        for _ in orders:
            yield {"order": number if right else 0}
            number += 1


def dlt_parallel(url: str, ca: str, task: Task) -> Iterator[Any]:
    """List all listings at once with parallelized resources of dlt, on as many threads."""
    import os

    os.environ |= {
        "RUNTIME__DLTHUB_TELEMETRY": "false",
        "EXTRACT__WORKERS": str(task.prefetch),
        "EXTRACT__MAX_PARALLEL_ITEMS": str(2 * task.prefetch),
    }
    import dlt as module

    def read() -> Iterator[Any]:
        yield from dlt(url, ca, task)

    names = [f"account{number}" for number in range(task.listings)]
    resources = [module.resource(read, name=name, parallelized=True) for name in names]
    source = module.source(lambda: resources, name="accounts")()
    return ({"order": FIRST_NUMBER + number} for number, _ in enumerate(source))


def dlt(url: str, ca: str, task: Task) -> Iterator[Any]:
    """List with the RESTClient of dlt, told how the API paginates."""
    from dlt.sources.helpers.rest_client import RESTClient, paginators

    paginator: Any = {
        "pluggy": lambda: paginators.PageNumberPaginator(base_page=1, total_path="totalPages"),
        "belvo": lambda: paginators.JSONLinkPaginator("next"),
        "cursor": lambda: paginators.JSONResponseCursorPaginator("meta.next_cursor", "cursor"),
    }[task.dialect]()
    client = RESTClient(url, paginator=paginator, data_selector="results")
    client.session.verify = ca
    for page in client.paginate():
        yield from page


def singer(url: str, ca: str, task: Task) -> Iterator[Any]:
    """List with a RESTStream of the Singer SDK, written as its documentation says."""
    from singer_sdk import RESTStream, Tap
    from singer_sdk.pagination import JSONPathPaginator, PageNumberPaginator

    class Numbers(PageNumberPaginator):  # type: ignore[misc]  # not installed here
        def has_more(self, response: Any) -> bool:
            body = response.json()
            return bool(body["page"] < body["totalPages"])

    class Rows(RESTStream):  # type: ignore[misc]  # not installed here
        name, path, url_base = "rows", "", url
        records_jsonpath = "$.results[*]"
        schema: ClassVar[Any] = {"properties": {"id": {"type": "string"}}}

        def get_new_paginator(self) -> Any:
            if task.dialect == "pluggy":
                return Numbers(1)
            return JSONPathPaginator("$.next" if task.dialect == "belvo" else "$.meta.next_cursor")

        def get_http_request(self, *, page: Any) -> Any:
            request = super().get_http_request(page=page)
            if page.next_page_token and task.dialect == "belvo":
                request.url = page.next_page_token
            elif page.next_page_token:
                request.params["page" if task.dialect == "pluggy" else "cursor"] = (
                    page.next_page_token
                )
            return request

    class BenchmarkTap(Tap):  # type: ignore[misc]  # not installed here
        name = "tap-benchmark"
        config_jsonschema: ClassVar[Any] = {"properties": {}}

        def discover_streams(self) -> list[Any]:
            return [Rows(self)]

    stream = BenchmarkTap(config={}).streams["rows"]
    stream.requests_session.verify = ca
    return iter(stream.get_records(None))


CONTENDERS: dict[str, Callable[[str, str, Task], Iterator[Any]]] = {
    "hand": hand,
    "threads": threads,
    "urllib3": urllib3_orjson,
    "ours": ours,
    "ours-plain": ours_plain,
    "ours-model": ours_model,
    "hand-list": hand_list,
    "adapter": adapter,
    "hand-polars": hand_polars,
    "ours-polars": ours_polars,
    "one-by-one": one_by_one,
    "gathered": gathered,
    "dlt": dlt,
    "dlt-parallel": dlt_parallel,
    "singer": singer,
}
