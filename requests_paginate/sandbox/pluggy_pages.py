"""Both ways in which Pluggy paginates, as functions of a request and its rows.

Sources: Pluggy's OpenAPI description (OAS); the pluggy-sdk on PyPI, generated from a newer one
(SDK); https://docs.pluggy.ai/en/docs/reference/basic-concepts.md (BC).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Literal

from requests_paginate.sandbox.data import ADDED, Dataset, Row
from requests_paginate.sandbox.messages import (
    Request,
    Response,
    cursor_for,
    encode_list,
    json_response,
    read_cursor,
    with_parameter,
)
from requests_paginate.sandbox.pluggy_parameters import (
    Test,
    make_refusal,
    make_tests,
    read_number,
)

__all__ = [
    "NextForm",
    "answer_cursor_page",
    "answer_numbered_page",
    "make_envelope",
    "refuse_unknown_parameters",
]

NextForm = Literal["query", "path", "url"]
V2_PARAMETERS = ("accountId", "ids", "dateFrom", "dateTo", "createdAtFrom", "after")
# Around a cursor, so that it holds all that a careless client spoils: sent as it is, + becomes a
# space and %2B becomes +; decoded once too often, %252B does.
ODD_START, ODD_END = "+//+", "%2B"


def answer_numbered_page(request: Request, dataset: Dataset) -> Response:
    """Answer a numbered page (BC); pageSize is 1 to 500, by default 500 (SDK).

    No source says what `totalPages` of an empty listing is (here 0), or how a page past the end
    is answered (here with 200 and no rows).
    """
    page = read_number(request, "page", default=1)
    size = read_number(request, "pageSize", default=500, maximum=500)
    found = _find_positions(dataset, make_tests(request, "from", "to"))
    rows = [dataset.encoded[position] for position in found[(page - 1) * size : page * size]]
    return make_envelope(rows, total=len(found), total_pages=-(-len(found) // size), page=page)


def make_envelope(rows: Sequence[bytes], *, total: int, total_pages: int, page: int) -> Response:
    """Make the envelope with page numbers (OAS)."""
    return json_response(
        {
            "total": total,
            "totalPages": total_pages,
            "page": page,
            "results": encode_list(rows),
            "addedField": ADDED,
        }
    )


def refuse_unknown_parameters(request: Request, known: Sequence[str]) -> None:
    """Raise a 400 for any other parameter than the known ones, as third parties measured for v2."""
    unknown = sorted({name for name, _ in request.parameters} - set(known))
    if unknown:
        raise make_refusal(400, f"Unknown parameters: {', '.join(unknown)}")


def answer_cursor_page(
    request: Request, dataset: Dataset, *, size: int, odd: bool, next_form: NextForm
) -> Response:
    """Answer a page of `/v2/transactions`, whose `next` is a ready query string or null.

    Source: SDK, `CursorPageResponseTransactions`. The cursor is a keyset of date and id; that is
    what SDK's example decodes to. So it stays good if rows are inserted or deleted.

    Args:
        request: The request.
        dataset: The transactions of the account.
        size: Rows of a page; as third parties measured, the client cannot choose it.
        odd: Whether cursors hold `+`, `/`, `=` and `%`.
        next_form: How `next` is written: `?query`, `/path?query` or as an absolute URL.
    """
    refuse_unknown_parameters(request, V2_PARAMETERS)
    starts = ("createdAtFrom", "dateFrom")
    if all(map(request.parameter, starts)) and request.parameter("ids") is None:
        raise make_refusal(400, "createdAtFrom and dateFrom exclude each other")
    found = _find_positions(dataset, make_tests(request, "dateFrom", "dateTo"))
    start = 0
    after = request.parameter("after")
    if after is not None:
        position = dataset.positions.get(_read_id(after))
        if position is None or after != _make_cursor(dataset.rows[position], odd=odd):
            raise make_refusal(400, "Invalid cursor")
        start = bisect_right(found, position)
    shown = found[start : start + size]
    following = None
    if start + len(shown) < len(found):
        cursor = _make_cursor(dataset.rows[shown[-1]], odd=odd)
        before = {"query": "", "path": request.path, "url": request.url}[next_form]
        following = f"{before}?{with_parameter(request.query, 'after', cursor)}"
    rows = encode_list(dataset.encoded[position] for position in shown)
    return json_response({"results": rows, "next": following, "addedField": ADDED})


def _make_cursor(row: Row, *, odd: bool) -> str:
    cursor = cursor_for(f"{row['date']}|{row['id']}")
    return ODD_START + cursor + ODD_END if odd else cursor


def _read_id(cursor: str) -> str:
    inner = cursor.removeprefix(ODD_START).removesuffix(ODD_END)
    return (read_cursor(inner) or "").partition("|")[2]


def _find_positions(dataset: Dataset, wanted: Sequence[Test]) -> Sequence[int]:
    if not wanted:
        return dataset.present
    return [at for at in dataset.present if all(test(dataset.rows[at]) for test in wanted)]
