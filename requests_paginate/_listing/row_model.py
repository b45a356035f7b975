"""Choose how the rows of a listing become the caller's models: from the bytes, or converted."""

from __future__ import annotations

import requests

from requests_paginate._listing.options import Options
from requests_paginate._listing.page_checker import Reading
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
