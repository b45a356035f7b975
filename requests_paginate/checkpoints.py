"""Resume tokens: where a listing stands, as a string.

Compact JSON with a version and a checksum, never pickle: a token may come from a queue or a file,
and reading it runs nothing. The checksum finds what was changed or cut; it is no signature. Values
that the caller gave under secret-like names are left out, also where a followed link echoes them,
and are taken from the resuming call. Cursors stay: without them there is nothing to go on from.
"""

from __future__ import annotations

import binascii
import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any
from urllib.parse import quote_plus, unquote_plus, urlsplit

import msgspec

from requests_paginate import strategies
from requests_paginate.exceptions import InvalidCheckpoint
from requests_paginate.pages import PageRequest
from requests_paginate.redaction import is_secret_name, redacted_userinfo

__all__ = ["Checkpoint", "fingerprint"]

_VERSION = 1
_LEFT_OUT = "from the caller:"


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """Where a listing stands.

    Attributes:
        first: The listing's first request.
        request: The page to read next, or again; None of a finished listing.
        strategy: The strategy in use; None where the first page has yet to tell.
        index: That page's place in the listing.
        start: Rows of the listing before that page; None where it began in the middle.
        rows: How many of that page's rows were handed out.
        fingerprint: Of that page, where it was read: see `fingerprint`.
    """

    first: PageRequest
    request: PageRequest | None
    strategy: strategies.Strategy | None = None
    index: int = 0
    start: int | None = 0
    rows: int = 0
    fingerprint: str | None = None

    def encoded(self, session_params: Mapping[str, Any]) -> str:
        """The token.

        Args:
            session_params: The session's own query parameters, whose secrets links may echo.
        """
        secrets = _secrets(self.first, session_params)
        request = None if self.request is None else _written(self.request, secrets)
        state = {
            "v": _VERSION,
            "at": _place(self.first),
            "strategy": _described(self.strategy),
            "request": None if request is None else msgspec.structs.asdict(request),
            "index": self.index,
            "start": self.start,
            "rows": self.rows,
            "print": self.fingerprint,
        }
        # the standard library writes lone surrogates too, which a cursor may hold
        content = json.dumps(state, separators=(",", ":")).encode()
        return urlsafe_b64encode(_checksum(content) + content).decode().rstrip("=")

    @classmethod
    def decoded(
        cls,
        token: str,
        *,
        first: PageRequest,
        strategy: strategies.Strategy | None,
        session_params: Mapping[str, Any],
    ) -> Checkpoint:
        """Reads a token for a call that resumes.

        Args:
            token: What `encoded` gave.
            first: The resuming call's first request; its method, origin and path must be the same.
            strategy: The resuming call's strategy, None for the token's.
            session_params: The session's own query parameters.

        Raises:
            InvalidCheckpoint: The token was changed, or does not fit the call.
        """
        state = _opened(token)
        if state.at != _place(first):
            raise InvalidCheckpoint(
                f"the checkpoint is of {state.at}, this call lists {_place(first)}"
            )
        secrets = _secrets(first, session_params)
        return cls(
            first=first,
            request=None if state.request is None else _restored(state.request, secrets),
            strategy=_rebuilt(state.strategy, strategy),
            index=state.index,
            start=state.start,
            rows=state.rows,
            fingerprint=state.print,
        )


def fingerprint(rows: Any, signals: Any) -> str:
    """A digest of what tells one page from another: its length, first and last row, and signals.

    Args:
        rows: The page's rows as they came.
        signals: What the strategy read from the response beside them.
    """
    ends = [rows[0], rows[-1]] if len(rows) else []
    seen = [len(rows), ends, signals]
    try:
        content = _encode(seen)
    except UnicodeEncodeError:  # lone surrogates, which msgspec does not write
        content = json.dumps(seen, default=repr, sort_keys=True).encode()
    return hashlib.blake2b(content, digest_size=8).hexdigest()


_encode = msgspec.json.Encoder(enc_hook=repr, order="deterministic").encode


class _Request(msgspec.Struct, forbid_unknown_fields=True):
    method: str
    url: str
    params: dict[str, Any]
    json: Any
    headers: dict[str, str]


class _State(msgspec.Struct, forbid_unknown_fields=True):
    v: int
    at: str
    strategy: dict[str, Any] | None
    request: _Request | None
    index: int
    start: int | None
    rows: int
    print: str | None


def _checksum(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=9).digest()  # 9 bytes: no padding in base 64


def _opened(token: str) -> _State:
    try:
        sealed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        raise InvalidCheckpoint("this is no checkpoint: it is not base 64") from None
    checksum, content = sealed[:9], sealed[9:]
    if _checksum(content) != checksum:
        raise InvalidCheckpoint("this is no checkpoint, or one that was changed or cut")
    try:
        state = json.loads(content)
        if state["v"] != _VERSION:
            raise InvalidCheckpoint(f"the checkpoint has version {state['v']}, not {_VERSION}")
        return msgspec.convert(state, _State)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        if isinstance(error, InvalidCheckpoint):
            raise
        raise InvalidCheckpoint("the checkpoint does not hold what one must") from None


def _place(request: PageRequest) -> str:
    """Method, origin and path: what a token and the call that resumes it must share."""
    parts = urlsplit(request.url)
    authority = parts.netloc.rpartition("@")[2].lower()
    return f"{request.method} {parts.scheme.lower()}://{authority}{parts.path or '/'}"


# Secrets ---------------------------------------------------------------------------------------


def _secrets(first: PageRequest, session_params: Mapping[str, Any]) -> dict[str, str]:
    """The caller's values under secret-like names, by name."""
    found: dict[str, str] = {}
    body = first.json if isinstance(first.json, Mapping) else {}
    for source in (body, session_params, first.query()):
        for name, value in source.items():
            if is_secret_name(str(name)) and isinstance(value, (str, int)) and value != "":
                found[str(name)] = str(value)
    return found


def _written(request: PageRequest, secrets: Mapping[str, str]) -> _Request:
    names = {value: name for name, value in secrets.items()}

    def hidden(name: str, value: Any) -> Any:
        # by name and value: a page number that happens to equal some key's value is no secret
        if is_secret_name(name) and isinstance(value, (str, int)) and str(value) in names:
            return f"{_LEFT_OUT}{names[str(value)]}"
        return value

    return _Request(
        method=request.method,
        url=redacted_userinfo(_with_query(request.url, hidden)),
        params={name: hidden(name, value) for name, value in request.params.items()},
        json={name: hidden(name, value) for name, value in request.json.items()}
        if isinstance(request.json, Mapping)
        else request.json,
        headers=dict(request.headers),
    )


def _restored(written: _Request, secrets: Mapping[str, str]) -> PageRequest:
    def given(_name: str, value: Any) -> Any:
        if not (isinstance(value, str) and value.startswith(_LEFT_OUT)):
            return value
        name = value.removeprefix(_LEFT_OUT)
        if name not in secrets:
            raise InvalidCheckpoint(f"the checkpoint left {name!r} out; pass it again to resume")
        return secrets[name]

    return PageRequest(
        written.method,
        _with_query(written.url, given),
        params={name: given(name, value) for name, value in written.params.items()},
        json={name: given(name, value) for name, value in written.json.items()}
        if isinstance(written.json, dict)
        else written.json,
        headers=written.headers,
    )


def _with_query(url: str, change: Callable[[str, str], Any]) -> str:
    """The URL with changed query values; every byte of an unchanged one stays."""
    base, question, query = url.partition("?")
    pieces = []
    for piece in query.split("&"):
        name, equals, value = piece.partition("=")
        old = unquote_plus(value)
        new = change(unquote_plus(name), old)
        pieces.append(f"{name}{equals}{value if new == old else quote_plus(new)}")
    return f"{base}{question}{'&'.join(pieces)}"


# Strategies ------------------------------------------------------------------------------------


def _described(strategy: strategies.Strategy | None) -> dict[str, Any] | None:
    """A built-in strategy with its fields; of any other its type and a digest."""
    if strategy is None:
        return None
    kind = type(strategy)
    values: dict[str, Any] = (
        {spec.name: _path_of(getattr(strategy, spec.name)) for spec in fields(strategy)}
        if is_dataclass(strategy)
        else {}
    )
    if getattr(strategies, kind.__name__, None) is kind and not any(map(callable, values.values())):
        return {"name": kind.__name__, "fields": values}
    digest = hashlib.blake2b(
        _encode([f"{kind.__module__}.{kind.__qualname__}", _digestible(values)])
    )
    return {"type": f"{kind.__module__}.{kind.__qualname__}", "digest": digest.hexdigest()[:16]}


def _path_of(value: Any) -> Any:
    return getattr(value, "path", value)


def _digestible(values: Mapping[str, Any]) -> dict[str, Any]:
    # the items of a custom strategy may have been found on the first page: no part of its identity
    return {n: getattr(v, "__qualname__", v) for n, v in values.items() if n != "items"}


def _rebuilt(
    written: dict[str, Any] | None, given: strategies.Strategy | None
) -> strategies.Strategy | None:
    """The strategy of a token, or the caller's where the token can only recognise it.

    Raises:
        InvalidCheckpoint: They are not the same.
    """
    if written is None:
        return given
    rebuilt = given
    if "name" in written:
        kind = getattr(strategies, str(written["name"]), None)
        if not (isinstance(kind, type) and issubclass(kind, strategies.Strategy)):
            raise InvalidCheckpoint(f"the checkpoint names no known strategy: {written['name']!r}")
        try:
            rebuilt = kind(**written["fields"])
        except (TypeError, ValueError, KeyError):
            raise InvalidCheckpoint("the checkpoint's strategy has other fields") from None
    elif given is None:
        raise InvalidCheckpoint(
            f"the checkpoint needs the strategy {written.get('type')} passed again"
        )
    if given is not None and rebuilt is not None and not _same(written, rebuilt, given):
        raise InvalidCheckpoint(
            f"the checkpoint is of strategy {rebuilt!r}, the call has {given!r}"
        )
    return rebuilt


def _same(
    written: dict[str, Any], rebuilt: strategies.Strategy, given: strategies.Strategy
) -> bool:
    if "digest" in written:
        return written == _described(given)
    if type(rebuilt) is not type(given):
        return False
    if _path_of(given.items) is None:  # the token's rows were found on the first page
        given = replace(given, items=_path_of(rebuilt.items))  # type: ignore[type-var]
    return rebuilt == given
