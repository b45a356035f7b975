"""What the requests of a mocked listing say: in their query, their JSON body and their headers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from requests_paginate._envelope.vocabulary import SIZES
from requests_paginate._paths import ABSENT, is_count, normalize_name, read_path
from requests_paginate.sandbox.messages import Refusal, Request, json_response

__all__ = ["Ask", "refuse"]


def refuse(message: str, status: int = 400) -> Refusal:
    """Return the exception that answers with an error, and says why."""
    return Refusal(json_response({"error": {"message": message}}, status=status))


@dataclass(frozen=True)
class Ask:
    """What a request says, in its query, its JSON body and its headers.

    Attributes:
        request: The request.
        is_onward: Whether it was sent to the address of later pages, which is another one.
    """

    request: Request
    is_onward: bool = False

    @cached_property
    def body(self) -> Any:
        """The JSON body; `ABSENT` if there is none."""
        kind = self.request.headers.get("Content-Type", "")
        if not self.request.body or "json" not in kind:
            return ABSENT
        try:
            return json.loads(self.request.body)
        except ValueError:
            raise refuse("the body is not JSON") from None

    def read_query(self, name: str) -> Any:
        """Return a query parameter or `ABSENT`; refuse one that is there twice."""
        values = [value for known, value in self.request.parameters if known == name]
        if len(values) > 1:
            raise refuse(f"{name!r} is there twice")
        return values[0] if values else ABSENT

    def read_body(self, path: str) -> Any:
        """Return a field of the JSON body, or `ABSENT`."""
        return ABSENT if self.body is ABSENT else read_path(self.body, path)

    def read(self, name: str) -> Any:
        """Return a parameter of the query, else a field of the JSON body, or `ABSENT`."""
        value = self.read_query(name)
        return self.read_body(name) if value is ABSENT else value

    def read_number(self, name: str, first: int) -> int:
        """Return a number from `first` under a name, and `first` if nothing was sent."""
        value = self.read(name)
        if value is ABSENT or value is None or value == "":
            return first
        if not is_count(value) or int(value) < first:
            raise refuse(f"{name!r} must be a whole number from {first}")
        return int(value)

    def read_size(self, limit: str | None, largest: int) -> int:
        """Return how many rows were asked for, under the known name or a usual one."""
        fields = self.body if isinstance(self.body, Mapping) else {}
        sent = {**fields, **dict(self.request.parameters)}
        named = [sent[name] for name in sent if normalize_name(name) in SIZES]
        known: Any = self.read(limit) if limit is not None else ABSENT
        sizes = named if known is ABSENT else [known]
        asked = [int(size) for size in sizes if is_count(size) and int(size) > 0]
        return min([largest, *asked])
