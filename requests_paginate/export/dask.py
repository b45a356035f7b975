"""Listings as collections of Dask: a partition for each, which any worker reads.

A worker that dies loses nothing: what it read is read again by another one. Only a plan and short
texts travel to a worker, which opens the session by itself.

https://docs.dask.org/en/stable/bag-creation.html
https://docs.dask.org/en/stable/dataframe-create.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

try:
    import dask.bag
    import dask.dataframe
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from dask.dataframe.utils import make_meta
except ImportError:
    raise ImportError(
        "collections of Dask need dask, pandas and pyarrow: pip install 'requests-paginate[dask]'"
    ) from None
from requests_paginate._plan import Plan
from requests_paginate.export.arrow import open_reader
from requests_paginate.export.column_types import check_schema
from requests_paginate.export.parts import Part, infer_columns, list_params, split_listings

__all__ = ["bag", "dataframe"]


def bag(plan: Plan, params: Iterable[Mapping[str, Any]], *, parts: int = 1) -> dask.bag.Bag:
    """Return the rows of listings as a bag; they are read when it is computed.

        bag(plan, [{"link": link} for link in links]).filter(is_open).compute()

    A doubt about an end is an error, unless the plan says `strict=False`: nobody reads the warnings
    of a worker.

    Args:
        plan: A `Plan`; its session's module must be there on the workers.
        params: The parameters of each listing, beside those of the plan; `[{}]` for the plan alone.
        parts: Into how many partitions each listing is cut, at most. For more than one, the first
            page of each is asked for at the call.

    Raises:
        TypeError: The plan is none, or the parameters are no list of dicts.
        ValueError: There is no listing, no number of parts, or a listing that cannot be cut.
        PaginationError: When it is computed, as in a loop over the rows; at the call, if the first
            page of a listing to be cut failed.
        ImportError: The session's function is missing where a listing is read.
    """
    read = dask.delayed(_read_rows, pure=False)  # a listing is another one tomorrow
    return dask.bag.from_delayed([read(part) for part in split_listings(plan, params, parts)])


def dataframe(
    plan: Plan, params: Iterable[Mapping[str, Any]], *, meta: Any = None, parts: int = 1
) -> dask.dataframe.DataFrame:
    """Return the rows of listings as a dataframe; they are read when it is computed.

        dataframe(plan, [{"link": link} for link in links], meta=schema)["amount"].sum().compute()

    Each partition has the columns and types of `meta`, and each value is as it came, or there is an
    error that names the column: also for a column that `meta` does not have. As in `bag`, so is a
    doubt about an end.

    Args:
        plan: A `Plan`; its session's module must be there on the workers.
        params: The parameters of each listing, beside those of the plan; `[{}]` for the plan alone.
        meta: The columns: a `pyarrow.Schema`, or an empty frame, a dict or pairs of names and types
            of pandas, as everywhere in Dask. A column of whole numbers or flags of numpy takes no
            null. None: the columns of the first page that has rows, as `pandas.ArrowDtype`, for
            which a page is asked for at the call; one that has only nulls there becomes texts.
        parts: Into how many partitions each listing is cut, at most. For more than one, the first
            page of each is asked for at the call.

    Raises:
        TypeError: As `bag`; or a type of `meta` does not tell what a column holds, or no value of
            a row can have it.
        ValueError: As `bag`; or no listing has a row to tell the columns.
        PaginationError: As `bag`; `MalformedPage` for a page that does not fit.
        ImportError: As `bag`.
    """
    asked = list_params(plan, params) if isinstance(plan, Plan) else []
    found = split_listings(plan, asked, parts)
    frame = _make_meta(infer_columns(plan, asked) if meta is None else meta)
    _make_schema(frame)  # that tells at the call what cannot be
    read = dask.delayed(_read_frame, pure=False)
    return dask.dataframe.from_delayed([read(part, frame) for part in found], meta=frame)


def _read_rows(part: Part) -> list[Any]:
    with part.open() as listing:
        return list(listing)


def _read_frame(part: Part, meta: pd.DataFrame) -> pd.DataFrame:
    with part.open() as listing:
        table = open_reader(listing, _make_schema(meta)).read_all()
    columns = {name: _make_column(table.column(name), kind) for name, kind in meta.dtypes.items()}
    return pd.DataFrame(columns, index=pd.RangeIndex(len(table)))


def _make_column(column: pa.ChunkedArray, kind: Any) -> Any:
    make = getattr(kind, "__from_arrow__", None)
    return column.to_pandas() if make is None else make(column)


def _make_meta(meta: Any) -> pd.DataFrame:
    if isinstance(meta, pa.Schema):
        return meta.empty_table().to_pandas(types_mapper=pd.ArrowDtype)
    frame = make_meta(meta)
    if not isinstance(frame, pd.DataFrame):
        raise TypeError(f"meta: expected columns, got {type(meta).__name__}")
    return frame


def _make_schema(meta: pd.DataFrame) -> pa.Schema:
    """Return the types of Arrow whose values the columns of a frame hold as they are."""
    fields = []
    for name, values in meta.items():
        kind, dtype = pa.array(values).type, values.dtype
        if pa.types.is_null(kind) or isinstance(dtype, pd.CategoricalDtype):
            raise TypeError(
                f"meta: {name!r} is of type {dtype}, which does not tell what it holds; give "
                "'string', or a pandas.ArrowDtype"
            )
        holds_null = not (isinstance(dtype, np.dtype) and dtype.kind in "biu")
        fields.append(pa.field(name, kind, nullable=holds_null))
    schema = pa.schema(fields)
    check_schema(schema)
    return schema
