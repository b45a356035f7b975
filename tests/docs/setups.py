"""What single pages need beside the world, hidden from their readers."""

from __future__ import annotations

from requests_paginate.sandbox import LinkHeaderPages, Response, json_response

# Pages whose blocks run in other tests, which hold more of them than that they run.
HELD_ELSEWHERE = {
    "README.md": "tests/contract/test_readme.py",
    "docs/files.md": "tests/contract/test_docs.py",
    "docs/guarantees.md": "tests/contract/test_moving_data.py",
    "docs/mounted.md": "tests/contract/test_docs.py",
    "docs/neighbours.md": "tests/neighbours/docs.py",
    "docs/providers.md": "tests/contract/test_docs.py",
    "docs/sandbox.md": "tests/contract/test_docs.py",
    "docs/strategies.md": "tests/contract/test_docs.py",
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


# A page: what changes the shop for it.
SETUPS = {
    "docs/how-to/csv.md": reports,
    "docs/how-to/errors.md": flaky,
}
