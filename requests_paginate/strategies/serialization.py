"""Write a strategy as JSON for a checkpoint, and read it back.

Code is never written: of a custom strategy only its type and a digest are, and of a callable
`items` only that there was one. The call that resumes passes both again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import msgspec

from requests_paginate import strategies
from requests_paginate.exceptions import InvalidCheckpoint

_LONGEST_FIELD = 1000  # characters
_encode = msgspec.json.Encoder(enc_hook=repr, order="deterministic").encode


def describe_strategy(strategy: strategies.Strategy | None) -> dict[str, Any] | None:
    """Return what `restore_strategy` needs to make a strategy again, or to recognise it."""
    if strategy is None:
        return None
    kind = type(strategy)
    values = _read_fields(strategy)
    if getattr(strategies, kind.__name__, None) is kind:
        if callable(values["items"]):
            return {"name": kind.__name__, "fields": {**values, "items": None}, "callable": "items"}
        return {"name": kind.__name__, "fields": values}
    name = f"{kind.__module__}.{kind.__qualname__}"
    # The items of a custom strategy may have been found on the first page, so they do not tell
    # which strategy it is.
    own = {n: getattr(v, "__qualname__", v) for n, v in values.items() if n != "items"}
    return {"type": name, "digest": hashlib.blake2b(_encode([name, own])).hexdigest()[:16]}


def restore_strategy(
    written: Mapping[str, Any] | None, given: strategies.Strategy | None, items: object
) -> strategies.Strategy | None:
    """Return the strategy that was written, or the caller's if code is needed to run it.

    `written` is what `describe_strategy` returned, and `given` and `items` are the resuming call's.

    Raises:
        InvalidCheckpoint: The call lacks what was not written, or has another strategy.
    """
    if written is None:
        return given
    if "name" not in written:
        if given is None:
            name = written.get("type")
            raise InvalidCheckpoint(f"the checkpoint needs the strategy {name} passed again")
        if written != describe_strategy(given):
            raise InvalidCheckpoint(f"the checkpoint is of another strategy than {given!r}")
        return given
    known = _restore_builtin(written)
    if given is not None:
        _refuse_other(known, given)
    if "callable" not in written or items is not None:
        return known
    if given is None or not callable(_read_fields(given)["items"]):
        raise InvalidCheckpoint("the checkpoint needs the callable items= passed again")
    return given


def _read_fields(strategy: strategies.Strategy) -> dict[str, Any]:
    """Return the fields as they were written: the paths, not the objects that read them."""
    if not is_dataclass(strategy):
        return {}
    values = {spec.name: getattr(strategy, spec.name) for spec in fields(strategy)}
    return {name: getattr(value, "path", value) for name, value in values.items()}


def _restore_builtin(written: Mapping[str, Any]) -> strategies.Strategy:
    kind = getattr(strategies, str(written["name"]), None)
    if not (isinstance(kind, type) and issubclass(kind, strategies.Strategy)):
        raise InvalidCheckpoint(f"the checkpoint names no known strategy: {written['name']!r}")
    try:
        if not all(map(_is_plain, written["fields"].values())):
            raise TypeError
        return kind(**written["fields"])
    except (TypeError, ValueError, KeyError, AttributeError):
        raise InvalidCheckpoint("the checkpoint's strategy has other fields") from None


def _is_plain(value: Any) -> bool:
    """Return whether a value may be a field: a path or name, a number that is not huge, a flag."""
    if isinstance(value, str):
        return value.isprintable() and len(value) <= _LONGEST_FIELD and value.count(".") <= 64
    return value is None or (isinstance(value, int) and -(2**53) <= value <= 2**53)


def _refuse_other(known: strategies.Strategy, given: strategies.Strategy) -> None:
    """Raise if two strategies differ; `items` may be open in one of them."""
    ours, theirs = _read_fields(known), _read_fields(given)
    if not isinstance(theirs.get("items"), str) or ours["items"] is None:
        theirs["items"] = ours["items"]
    if type(known) is not type(given) or ours != theirs:
        raise InvalidCheckpoint(f"the checkpoint is of strategy {known!r}, the call has {given!r}")
