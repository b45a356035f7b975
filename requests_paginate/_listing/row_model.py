"""Choose how the rows of a listing become the caller's models: from the bytes, or converted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import requests

from requests_paginate._envelope.selectors import ItemsAt
from requests_paginate._listing.options import Options
from requests_paginate._listing.reading import Reading
from requests_paginate._models import Page
from requests_paginate._transport.json_body import to_utf8
from requests_paginate._transport.typed_rows import RowDecoder, TypedRows
from requests_paginate.strategies import Strategy


class RowModel:
    """The caller's model, and the decoder of the rows into it, made once."""

    def __init__(self, options: Options) -> None:
        self._model = options.model if options.decode is None else None
        self._decoder: RowDecoder | None = None

    def find_decoder(self, strategy: Strategy) -> RowDecoder | None:
        """Return what decodes rows into the model; None if they must be converted."""
        if self._model is None:
            return None
        path = getattr(strategy.items, "path", None)
        if self._decoder is None or self._decoder.path != path:
            self._decoder = RowDecoder.of(self._model, path)
        return self._decoder

    def decode(self, reading: Reading, response: requests.Response | None) -> TypedRows | None:
        """Return the rows as models, decoded from the body; None if they cannot be."""
        if isinstance(reading.page.items, TypedRows):
            return reading.page.items
        decoder = self.find_decoder(reading.strategy)
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
