"""A plan's listings, and parts of them, as values that an engine sends to its workers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from requests_paginate._listing.bound import list_sent
from requests_paginate._plan import Plan, check_call
from requests_paginate.export.arrow import open_reader

if TYPE_CHECKING:
    from requests_paginate._listing.listing import Listing

__all__ = ["Part", "infer_columns", "list_params", "split_listings"]


@dataclass(frozen=True, kw_only=True)
class Part:
    """A listing of a plan, or what lies between two of its checkpoints.

    It travels as it is: no session, no credentials and no rows are in it.

    Attributes:
        plan: What opens the listing.
        params: The parameters beside those of the plan.
        resume: The checkpoint to begin at; None for the first row.
        until: The checkpoint to stop at; None for the last row.
    """

    plan: Plan
    params: Mapping[str, Any]
    resume: str | None = None
    until: str | None = None

    def open(self, **options: Any) -> Listing[Any]:
        """Return the listing; nothing is sent before its first row is asked for.

        A doubt about its end is an error, unless the plan says `strict=False`: nobody reads the
        warnings of a worker.
        """
        given = {"resume": self.resume, "until": self.until, **options}
        given = {name: value for name, value in given.items() if value is not None}
        if self.plan.options.get("strict") is None:
            given["strict"] = True
        return self.plan(self.params, **given)


def split_listings(plan: Plan, params: Iterable[Mapping[str, Any]], parts: int) -> list[Part]:
    """Return each listing, or up to `parts` parts of each, in order.

    To cut a listing into several parts, its first page is asked for.

    Raises:
        TypeError: The plan is none, or the parameters are no list of them.
        ValueError: There is no listing, no number of parts, a listing that cannot be cut, one that
            comes twice, or a parameter that is a credential.
        PaginationError: The first page of a listing to be cut failed.
    """
    if not isinstance(plan, Plan):
        raise TypeError(f"plan: expected a Plan, got {type(plan).__name__}")
    if isinstance(parts, bool) or not isinstance(parts, int) or parts < 1:
        raise ValueError(f"parts: expected a whole number from 1 on, got {parts!r}")
    found = list_params(plan, params)
    return [part for each in found for part in _split(Part(plan=plan, params=each), parts)]


def list_params(plan: Plan, params: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the parameters of each listing, or raise as `split_listings` does."""
    is_many = isinstance(params, Iterable) and not isinstance(params, (str, bytes, Mapping))
    found = list(params) if is_many else []
    if not is_many or not all(isinstance(each, Mapping) for each in found):
        raise TypeError("params: expected a list with the parameters of each listing, as dicts")
    if not found:
        raise ValueError("params: expected a listing at least; [{}] is that of the plan alone")
    known: dict[tuple[tuple[str, str], ...], int] = {}
    for number, each in enumerate(found, 1):
        check_call(plan.url, each, {})
        first = known.setdefault(tuple(list_sent({**plan.params, **each})), number)
        if first != number:
            raise ValueError(f"params: listing {number} asks for the same as listing {first}")
    return [dict(each) for each in found]


def _split(whole: Part, parts: int) -> Iterator[Part]:
    if parts == 1:
        yield whole
        return
    with whole.open() as listing:
        starts = [part.checkpoint() for part in listing.split(parts)]
    ends: list[str | None] = [*starts[1:], None]
    for resume, until in zip(starts, ends, strict=True):
        yield Part(plan=whole.plan, params=whole.params, resume=resume, until=until)


def infer_columns(plan: Plan, params: Iterable[Mapping[str, Any]]) -> pa.Schema:
    """Return the columns of the first page that has rows, of the first listing that has some.

    What is only null there becomes texts, as when Spark reads JSON: most engines write no column of
    nulls. A value of another type on a later page is an error, as ever.

    Raises:
        ValueError: No listing has a row.
        PaginationError: As in a loop over the rows.
    """
    for each in params:
        with Part(plan=plan, params=each).open() as listing:
            schema = open_reader(listing).schema
        if schema.names:
            return pa.schema([field.with_type(_fill_null(field.type)) for field in schema])
    raise ValueError("no listing has a row that tells the columns; give their names and types")


def _fill_null(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(_fill_null(field.type)) for field in kind])
    if pa.types.is_list(kind):
        return pa.list_(_fill_null(kind.value_type))
    return pa.string() if pa.types.is_null(kind) else kind
