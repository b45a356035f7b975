"""Write a strategy as JSON for a checkpoint, and read it back.

Code is never written: of a custom strategy only its type and a digest of its attributes are, and of
a callable `items` only that there was one. The call that resumes passes both again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cached_property
from typing import Any

import msgspec

from requests_paginate import strategies
from requests_paginate._envelope.selectors import TotalAt
from requests_paginate.exceptions import InvalidCheckpoint
from requests_paginate.strategies.base import read_attributes

_LONGEST_FIELD = 1000  # characters
_MOST_NAMES = 64  # in a field
_ENDS = ("total", "total_pages", "more")
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_PLAIN = (str, int, float, type(None))
_BARE_REPR: Any = object.__repr__


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
    return {"type": name, "digest": _digest(name, {**values, **_read_others(strategy, values)})}


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
        known = _merge(known, given)
    if "callable" not in written or items is not None:
        return known
    if given is None or not callable(_read_fields(given)["items"]):
        raise InvalidCheckpoint("the checkpoint needs the callable items= passed again")
    return given


def _read_fields(strategy: strategies.Strategy) -> dict[str, Any]:
    """Return the fields as they were written: the paths, not the objects that read them.

    A field with `since` in its metadata is left out where it has its default: checkpoints of the
    versions before stay the same.
    """
    if not is_dataclass(strategy):
        return {}
    values = {
        spec.name: getattr(strategy, spec.name)
        for spec in fields(strategy)
        if "since" not in spec.metadata or getattr(strategy, spec.name) != spec.default
    }
    return {name: getattr(value, "path", value) for name, value in values.items()}


def _read_others(strategy: strategies.Strategy, known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes that are no fields, without those that are computed from others."""
    kind = type(strategy)
    return {
        name: value
        for name, value in read_attributes(strategy).items()
        if name not in known
        and not (name == "total" and value == TotalAt())  # of a dataclass without this field
        and not isinstance(getattr(kind, name, None), cached_property)
    }


def _digest(name: str, values: Mapping[str, Any]) -> str:
    """Return a digest of a custom strategy, the same in every process."""
    # The items of a custom strategy may have been found on the first page, so they do not tell
    # which strategy it is.
    own = {n: getattr(v, "__qualname__", v) for n, v in values.items() if n != "items"}
    try:
        own = _sort_sets(own)
        content = _encode([name, own])
    except (TypeError, ValueError, RecursionError):  # names that are no strings, lone surrogates
        content = _ADDRESS.sub("", repr([name, own])).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(content).hexdigest()[:16]


def _sort_sets(value: Any) -> Any:
    """Return a value with sets as sorted lists; msgspec leaves those of several types unsorted."""
    if isinstance(value, Mapping):
        return {name: _sort_sets(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_sort_sets(inner) for inner in value]
    if not isinstance(value, (set, frozenset)):
        return value
    held = [_sort_sets(inner) for inner in value]
    try:
        return sorted(held)
    except TypeError:  # they are of several types
        return sorted(held, key=_encode)


def _describe_value(value: Any) -> Any:
    """Return what stands for a value that JSON does not know, without its address in memory."""
    text = repr(value)
    if _ADDRESS.search(text) is None:
        return text
    if isinstance(name := getattr(value, "__qualname__", None), str):
        return name
    if type(value).__repr__ is not _BARE_REPR:
        return _ADDRESS.sub("", text)
    # What it holds in turn may be of this process alone, such as the connections of a session.
    held = {n: v for n, v in read_attributes(value).items() if isinstance(v, _PLAIN)}
    return [type(value).__qualname__, held]


_encode = msgspec.json.Encoder(enc_hook=_describe_value, order="deterministic").encode


def _restore_builtin(written: Mapping[str, Any]) -> strategies.Strategy:
    kind = getattr(strategies, str(written["name"]), None)
    if not (isinstance(kind, type) and issubclass(kind, strategies.Strategy)):
        raise InvalidCheckpoint(f"the checkpoint names no known strategy: {written['name']!r}")
    try:
        if not all(map(_is_plain, written["fields"].values())):
            raise TypeError
        tuples = {n: tuple(v) for n, v in written["fields"].items() if isinstance(v, list)}
        return kind(**{**written["fields"], **tuples})
    except (TypeError, ValueError, KeyError, AttributeError):
        raise InvalidCheckpoint("the checkpoint's strategy has other fields") from None


def _is_plain(value: Any) -> bool:
    """Return whether a value may be a field: a path or name, a number that is not huge, a flag.

    It may also be several of these, as a list.
    """
    if isinstance(value, (list, tuple)):
        return len(value) <= _MOST_NAMES and all(
            isinstance(each, (str, int)) and _is_plain(each) for each in value
        )
    if isinstance(value, str):
        return value.isprintable() and len(value) <= _LONGEST_FIELD and value.count(".") <= 64
    return value is None or (isinstance(value, int) and -(2**53) <= value <= 2**53)


def _merge(known: strategies.Strategy, given: strategies.Strategy) -> strategies.Strategy:
    """Return the known strategy as the call has it; raise if it is another one.

    `items` may be open in one of them. What tells the end, and is left out in the call, was wrong:
    it is left out then. Anything else that is left out stays as it is known.
    """
    ours, theirs = _read_fields(known), _read_fields(given)
    if not isinstance(theirs.get("items"), str) or ours["items"] is None:
        theirs["items"] = ours["items"]
    # The error of a refusal beyond the end says to name its status.
    ours.pop("end_statuses", None)
    ours |= {name: theirs[name] for name in ("end_statuses",) if name in theirs}
    for name in [name for name in ours if theirs.get(name) is None]:
        if name in _ENDS:
            ours[name] = None
        theirs[name] = ours[name]
    if type(known) is not type(given) or ours != theirs:
        raise InvalidCheckpoint(f"the checkpoint is of strategy {known!r}, the call has {given!r}")
    return type(known)(**ours)


def list_headers(strategy: strategies.Strategy | None) -> frozenset[str] | None:
    """Return the names, in lower case, of the headers that a strategy writes into its requests.

    None: nobody knows, as it is a caller's own. A checkpoint may hold no others.
    """
    if strategy is None:
        return frozenset()
    if getattr(strategies, type(strategy).__name__, None) is not type(strategy):
        return None
    if isinstance(strategy, strategies.ContentRange):
        return frozenset({"range"})
    names = getattr(strategy, "cursor", ()) if getattr(strategy, "into", None) == "header" else ()
    return frozenset(map(str.lower, (names,) if isinstance(names, str) else names))
