"""Choose how the rows of a listing become the caller's models: from the bytes, or converted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

import requests

from requests_paginate._envelope.selectors import ItemsAt
from requests_paginate._listing.identities import Column
from requests_paginate._listing.options import Options
from requests_paginate._listing.reading import Reading
from requests_paginate._models import Page, copy_with
from requests_paginate._transport.json_body import decode_json, to_utf8
from requests_paginate._transport.typed_rows import RowDecoder, TypedRows, has_decimals
from requests_paginate.strategies import Strategy


class RowModel:
    """The caller's model, and the decoder of the rows into it, made once."""

    def __init__(self, options: Options) -> None:
        self._model = options.model if options.decode is None else None
        self._is_given = options.strategy is not None
        self._decoder: RowDecoder | None = None

    def find_decoder(self, strategy: Strategy, column: Column | None = None) -> RowDecoder | None:
        """Return what decodes rows into the model; None if they must be converted.

        It also reads the first rows' `column` of ids, if that is given.
        """
        if self._model is None:
            return None
        path = getattr(strategy.items, "path", None)
        name = None if column is None else column.name
        known = self._decoder
        if known is None or (known.path, known.column) != (path, name):
            self._decoder = RowDecoder.of(self._model, path, name)
        return self._decoder

    def find_decoder_ahead(self, reading: Reading, column: Column | None) -> RowDecoder | None:
        """Return what decodes the rows of the pages after one; None if they must be plain.

        The second page is compared with the first one's rows, and the column of ids is sought.
        """
        is_settled = reading.page.index > 0 or self._is_given
        if not is_settled or column is None or reading.strategy.reads_rows:
            return None
        return self.find_decoder(reading.strategy, column)

    @cached_property
    def has_decimals(self) -> bool:
        """Whether the rows need all digits of their numbers."""
        return has_decimals(self._model)

    def decode(self, reading: Reading, response: requests.Response | None) -> Reading:
        """Return the page with its rows as models, decoded from the body.

        Where they must be converted, their numbers are as exact as the model, if they are at a
        path. A body from which the caller's code takes them was decoded so.
        """
        if self._model is None:
            return reading
        if (typed := self._decode_rows(reading, response)) is not None:
            return copy_with(reading, typed_rows=typed)
        items, page = reading.strategy.items, reading.page
        is_path = isinstance(items, ItemsAt) and not callable(items.path)
        if not (is_path and page.items and self.has_decimals) or response is None:
            return reading
        content_type = response.headers.get("Content-Type")
        content = to_utf8(response.content, content_type)
        body = decode_json(content, content_type, exactly=True)
        return copy_with(reading, exact_rows=items(copy_with(page, body=body)))

    def _decode_rows(
        self, reading: Reading, response: requests.Response | None
    ) -> TypedRows | None:
        if isinstance(reading.page.items, TypedRows):
            return reading.page.items
        decoder = self.find_decoder(reading.strategy, reading.edges.column)
        if decoder is None or response is None:
            return None
        content_type = response.headers.get("Content-Type")
        return decoder.decode_rows(to_utf8(response.content, content_type))


def find_row_reader(
    strategy: Strategy | None, options: Options
) -> Callable[[Page], Iterable[Any]] | None:
    """Return the caller's code that reads the rows of a page; None if they are at a path."""
    items = ItemsAt(options.items) if strategy is None else strategy.items
    is_path = isinstance(items, ItemsAt) and not callable(items.path)
    return None if is_path else items
