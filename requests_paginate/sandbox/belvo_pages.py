"""Belvo's lists: which rows, how many of them, and the links from page to page.

Sources: https://developers.belvo.com, "Pagination and filtering" (DOC); Django REST framework,
whose envelope it is (DRF).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from requests_paginate.sandbox.belvo_errors import make_refusal
from requests_paginate.sandbox.belvo_filters import UnreadableFilter, passes_filter
from requests_paginate.sandbox.data import ADDED, Dataset
from requests_paginate.sandbox.messages import (
    Request,
    Response,
    encode,
    encode_list,
    json_response,
    parse_number,
    with_parameter,
)

__all__ = ["answer_page", "encode_rows", "read_page"]

LARGEST_PAGE = 1000
# The parameters that every list understands besides the names of its fields.
CONTROLS = ("page", "page_size", "fields", "omit")


def answer_page(
    request: Request, dataset: Dataset, *, default_size: int, handled: Sequence[str] = ()
) -> Response:
    """Answer a list (DOC): count, next, previous, results; a page size is at most 1000.

    Args:
        request: The request.
        dataset: The rows to choose from.
        default_size: Rows of a page if the client does not say.
        handled: The parameters that filter no field, since they already chose the dataset.
    """
    found = _find_positions(request, dataset, (*CONTROLS, *handled))
    size = _read_page_size(request, default_size)
    page = read_page(request)
    start = (page - 1) * size
    if page < 1 or (page > 1 and start >= len(found)):
        raise make_refusal(request, "not_found", "Invalid page.")
    shown = found[start : start + size]
    body: dict[str, Any] = {
        "count": len(found),
        "next": _make_link(request, page + 1) if start + size < len(found) else None,
        # DOC writes page=1 into the link to the first page; DRF would leave it out.
        "previous": _make_link(request, page - 1) if page > 1 else None,
        "results": encode_list(encode_rows(request, dataset, shown)),
        "added_field": ADDED,
    }
    return json_response(body)


def read_page(request: Request) -> int:
    """Return the number of the page that is asked for, or -1 if it is none."""
    text = request.parameter("page")
    return 1 if text is None else parse_number(text)


def encode_rows(request: Request, dataset: Dataset, positions: Sequence[int]) -> list[bytes]:
    """Encode rows (DOC): `fields` keeps, `omit` drops fields of the first level, by commas."""
    fields = request.parameter("fields")
    omitted = set((request.parameter("omit") or "").split(","))
    if fields is None and omitted == {""}:
        return [dataset.encoded[position] for position in positions]
    wanted = None if fields is None else set(fields.split(","))
    return [
        encode(
            {
                name: value
                for name, value in dataset.rows[position].items()
                if (wanted is None or name in wanted) and name not in omitted
            }
        )
        for position in positions
    ]


def _read_page_size(request: Request, default: int) -> int:
    # DRF, PageNumberPagination.get_page_size: what is no number above 0 counts as not sent.
    size = parse_number(request.parameter("page_size") or "")
    return min(size if size > 0 else default, LARGEST_PAGE)


def _make_link(request: Request, page: int) -> str:
    """Return a link to a page (DOC): the caller's parameters in their order, then page."""
    return f"{request.url}?{with_parameter(request.query, 'page', str(page))}"


def _find_positions(request: Request, dataset: Dataset, handled: Sequence[str]) -> Sequence[int]:
    positions = dataset.present
    for name, text in request.parameters:
        if name not in handled:
            positions = _apply_filter(request, dataset, positions, name, text)
    return positions


def _apply_filter(
    request: Request, dataset: Dataset, positions: Sequence[int], name: str, text: str
) -> Sequence[int]:
    try:
        return [at for at in positions if passes_filter(dataset.rows[at], name, text)]
    except UnreadableFilter as error:
        raise make_refusal(request, "invalid", str(error), names=[name]) from None
