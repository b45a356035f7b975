"""What single pages need beside the world, hidden from their readers."""

from __future__ import annotations

import json

from requests_paginate.sandbox import LastIdList, LinkHeaderPages, Response, json_response
from tests.docs.world import Orders, write_order

# Pages whose blocks run in other tests, which hold more of them than that they run.
HELD_ELSEWHERE = {
    "README.md": "tests/contract/test_readme.py",
    "docs/files.md": "tests/contract/test_docs.py",
    "docs/guarantees.md": "tests/contract/test_moving_data.py",
    "docs/how-to/dask.md": "tests/engines/test_docs.py",
    "docs/how-to/spark.md": "tests/engines/test_docs.py",
    "docs/mounted.md": "tests/contract/test_docs.py",
    "docs/neighbours.md": "tests/neighbours/docs.py",
    "docs/providers.md": "tests/contract/test_docs.py",
    "docs/sandbox.md": "tests/contract/test_docs.py",
    "docs/strategies.md": "tests/contract/test_docs.py",
    "docs/timeline.md": "tests/unit/export/test_timeline.py",
}


def reports(shop):
    """Serve two pages of CSV, linked by a header."""

    def answer(request):
        kind = ("Content-Type", "text/csv")
        if request.parameter("page") == "2":
            return Response(status=200, headers=(kind,), body=b"id,amount\n3,84.20\n")
        link = ("Link", f'<{request.url}?page=2>; rel="next"')
        body = b"id,amount\n1,10.00\n2,47.10\n"
        return Response(status=200, headers=(kind, link), body=body)

    shop.added["/report.csv"] = answer


def flaky(shop):
    """Serve three pages, of which the second one fails at first."""
    served, failures = LinkHeaderPages(total=250, path="/flaky"), iter([500])

    def answer(request):
        if request.parameter("page") == "2" and (status := next(failures, None)):
            return json_response({"error": "overloaded"}, status=status)
        return served.respond(request)

    shop.added["/flaky"] = answer


def tokens(shop):
    """Give a token for any grant."""
    token = {"access_token": "new", "token_type": "Bearer", "refresh_token": "r", "expires_in": 900}
    shop.added["/token"] = lambda _request: json_response(token)


def limited(shop):
    """Refuse the third request, for a moment."""
    served, answers = LinkHeaderPages(total=250, path="/limited"), iter([200, 200, 429])

    def answer(request):
        if next(answers, 200) == 429:
            return json_response({}, status=429, headers=[("Retry-After", "1")])
        return served.respond(request)

    shop.added["/limited"] = answer


def feed(shop):
    """Serve rows whose last id is the cursor, as Stripe's."""
    shop.added["/feed"] = LastIdList(total=350, path="/feed").respond


def newer_orders(shop):
    """Serve orders by the day on which they were made, one a day."""

    def answer(request):
        since = request.parameter("created_since") or ""
        days = [json.loads(write_order(index))["created_at"] for index in range(250)]
        before = sum(day < since for day in days)
        return Orders(total=250 - before, before=before, path="/orders").respond(request)

    shop.added["/orders"] = answer


def searches(shop):
    """Answer searches by POST, whose cursor stands in the body, and GraphQL."""

    def cut(start, size, status=None):
        rows = [json.loads(write_order(index)) for index in range(250)]
        rows = [row for row in rows if status in {None, row["status"]}]
        end = start + size
        return rows[start:end], f"after-{end}" if end < len(rows) else None

    def read(cursor):
        return 0 if cursor is None else int(cursor.removeprefix("after-"))

    def search(request):
        asked = json.loads(request.body)
        rows, cursor = cut(read(asked.get("cursor")), asked["limit"], asked["status"])
        return json_response({"results": rows, "next_cursor": cursor})

    def answer_query(request):
        variables = json.loads(request.body)["variables"]
        rows, cursor = cut(read(variables.get("cursor")), variables["first"])
        page = {"hasNextPage": cursor is not None, "endCursor": cursor}
        return json_response({"data": {"orders": {"nodes": rows, "pageInfo": page}}})

    shop.added |= {"/search": search, "/graphql": answer_query}


# A page: what changes the shop for it.
SETUPS = {
    "docs/how-to/csv.md": reports,
    "docs/how-to/errors.md": flaky,
    "docs/how-to/from-dlt.md": feed,
    "docs/how-to/nightly-job.md": newer_orders,
    "docs/how-to/oauth.md": tokens,
    "docs/how-to/post.md": searches,
    "docs/how-to/rate-limits.md": limited,
}
