"""Resume tokens: where a listing stands, as a string.

Compact JSON with a version and a checksum, never pickle: a token may come from a queue or a file,
and reading it runs nothing. The checksum finds what was changed or cut; it is no signature. Values
that the caller gave under secret-like names are left out, also where a followed link echoes them,
and are taken from the resuming call. Cursors stay: without them there is nothing to go on from.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import parse_qsl, quote_plus, unquote_plus, urlsplit

import msgspec

from requests_paginate import strategies
from requests_paginate._envelope.rows import normalized
from requests_paginate._envelope.vocabulary import POSITIONS
from requests_paginate._models import PageRequest, is_header
from requests_paginate._redaction import is_secret_name, redacted_userinfo
from requests_paginate.exceptions import InvalidCheckpoint
from requests_paginate.strategies.serialization import described, rebuilt

__all__ = ["Checkpoint"]

_VERSION = 1
_LEFT_OUT = "from the caller:"
_AS_WRITTEN = f"{_LEFT_OUT}:"  # before a server's value that begins as if it were left out
_MOST = 2**53  # of what counts pages and rows


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
        fingerprint: Of that page's rows, where it was read: see `fingerprint`.
        previous: The fingerprint of the page before, signals and all; it must not come again.
        total: Rows in the whole listing, as last told.
        others: While the second page has yet to decide: other strategies with its request by them.
        first_rows: The fingerprint of the first page's rows, as long.
    """

    first: PageRequest
    request: PageRequest | None
    strategy: strategies.Strategy | None = None
    index: int = 0
    start: int | None = 0
    rows: int = 0
    fingerprint: str | None = None
    previous: str | None = None
    total: int | None = None
    others: Sequence[tuple[strategies.Strategy, PageRequest]] = ()
    first_rows: str | None = None

    def encoded(self, session_params: Mapping[str, Any]) -> str:
        """The token.

        Args:
            session_params: The session's own query parameters, whose secrets links may echo.
        """
        secrets = _secrets(self.first, session_params)
        request = None if self.request is None else _fields(_written(self.request, secrets))
        state = {
            "v": _VERSION,
            "at": _place(self.first),
            "asked": _asked(self.first, session_params),
            "strategy": described(self.strategy),
            "request": request,
            "index": self.index,
            "start": self.start,
            "rows": self.rows,
            "print": self.fingerprint,
            "previous": self.previous,
            "total": self.total,
            "others": [
                {"strategy": described(strategy), "request": _fields(_written(request, secrets))}
                for strategy, request in self.others
            ],
            "first_rows": self.first_rows,
        }
        # the standard library writes lone surrogates too, which a cursor may hold
        content = json.dumps(state, separators=(",", ":"), default=_as_sent).encode()
        return urlsafe_b64encode(_checksum(content) + content).decode().rstrip("=")

    @classmethod
    def decoded(
        cls,
        token: str,
        *,
        first: PageRequest,
        strategy: strategies.Strategy | None,
        items: object = None,
        session_params: Mapping[str, Any],
    ) -> Checkpoint:
        """Reads a token for a call that resumes.

        Args:
            token: What `encoded` gave.
            first: The resuming call's first request; its method, origin and path must be the same.
            strategy: The resuming call's strategy, None for the token's.
            items: The resuming call's `items`, None for the token's.
            session_params: The session's own query parameters.

        Raises:
            InvalidCheckpoint: The token was changed, or does not fit the call.
        """
        state = _opened(token)
        if state.at != _place(first):
            raise InvalidCheckpoint(
                f"the checkpoint is of {state.at}, this call lists {_place(first)}"
            )
        asked = _asked(first, session_params)
        changed = [n for n in asked if state.asked.get(n, asked[n]) != asked[n]]
        changed += [n for n in asked if n not in state.asked and normalized(n) not in POSITIONS]
        if changed:
            raise InvalidCheckpoint(
                f"the checkpoint is of a listing with another {', '.join(map(repr, changed))}"
            )
        missing = [name for name in state.asked if name not in asked]
        if missing and (state.strategy or {}).get("name") == "NextParameters":
            # which adds to the first request, and that is the call's
            names = ", ".join(map(repr, missing))
            raise InvalidCheckpoint(f"the checkpoint needs {names} passed again")
        secrets = _secrets(first, session_params)
        written = [other.request for other in state.others] + [state.request]
        if any(request is not None and request.method != first.method for request in written):
            raise InvalidCheckpoint("the checkpoint's next page has another method than the call")
        return cls(
            first=first,
            request=None if state.request is None else _restored(state.request, secrets),
            strategy=rebuilt(state.strategy, strategy, items),
            index=state.index,
            start=state.start,
            rows=state.rows,
            fingerprint=state.print,
            previous=state.previous,
            total=state.total,
            others=tuple(
                (other, _restored(written.request, secrets))
                for written in state.others
                if (other := rebuilt(written.strategy, None, items)) is not None
            ),
            first_rows=state.first_rows,
        )


class _Request(msgspec.Struct, forbid_unknown_fields=True):
    method: str
    url: str
    params: dict[str, Any]
    json: Any
    headers: dict[str, str]


class _Other(msgspec.Struct, forbid_unknown_fields=True):
    strategy: dict[str, Any]
    request: _Request


class _State(msgspec.Struct, forbid_unknown_fields=True):
    v: int
    at: str
    asked: dict[str, str]
    strategy: dict[str, Any] | None
    request: _Request | None
    index: Annotated[int, msgspec.Meta(ge=0, le=_MOST)]
    start: Annotated[int, msgspec.Meta(ge=0, le=_MOST)] | None
    rows: Annotated[int, msgspec.Meta(ge=0, le=_MOST)]
    print: str | None
    previous: str | None
    total: Annotated[int, msgspec.Meta(ge=0, le=10**18)] | None
    others: list[_Other]
    first_rows: str | None


_fields = msgspec.structs.asdict


def _checksum(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=9).digest()  # 9 bytes: no padding in base 64


def _opened(token: str) -> _State:
    try:
        sealed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        raise InvalidCheckpoint("this is no checkpoint: it is not base 64") from None
    checksum, content = sealed[:9], sealed[9:]
    # base 64 decodes several strings to the same bytes
    canonical = urlsafe_b64encode(sealed).decode().rstrip("=")
    if token != canonical or _checksum(content) != checksum:
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


def _asked(request: PageRequest, session_params: Mapping[str, Any]) -> dict[str, str]:
    """Digests of what the caller asked for, by name: of another account, a token is refused.

    A resuming call may leave a parameter out, since the token has it; it may not change or add one.
    """
    asked: dict[str, str] = {}

    def note(name: str, label: str, value: Any) -> None:
        if not is_secret_name(name) and value is not None:
            text = _as_text(value).encode("utf-8", "replace")
            asked[label] = hashlib.blake2b(text, digest_size=4).hexdigest()

    for name, value in {**session_params, **request.query()}.items():
        _leaves(_as_name(name), _as_name(name), value, note)
    _leaves("json", "json:", request.json, note)
    return asked


# Secrets ---------------------------------------------------------------------------------------


def _as_sent(value: Any) -> Any:
    """What JSON does not know, as requests writes it into a query."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if hasattr(value, "__iter__"):
        return list(value)
    return str(value)


def _leaves(name: str, label: str, value: Any, change: Callable[[str, str, Any], Any]) -> Any:
    """A value with each scalar in it changed, given its name and its place."""
    if isinstance(value, Mapping):
        return {n: _leaves(str(n), f"{label}.{n}", v, change) for n, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_leaves(name, f"{label}.{i}", v, change) for i, v in enumerate(value)]
    return change(name, label, value)


def _secrets(first: PageRequest, session_params: Mapping[str, Any]) -> dict[str, Any]:
    """The caller's values under secret-like names, by place."""
    found: dict[str, Any] = {}

    def collect(name: str, label: str, value: Any) -> None:
        if is_secret_name(name) and _may_be_secret(value):
            found[label] = value

    for name, value in session_params.items():
        _leaves(str(name), str(name), value, collect)
    for name, value in first.params.items():
        _leaves(_as_name(name), _as_name(name), value, collect)
    in_url = parse_qsl(first.url.partition("#")[0].partition("?")[2])
    for place, (name, value) in enumerate(in_url):
        _leaves(name, name if name not in found else f"{name}.{place}", value, collect)
    _leaves("json", "json:", first.json, collect)
    return found


def _as_name(name: Any) -> str:
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)


def _may_be_secret(value: Any) -> bool:
    return value is not None and not isinstance(value, (bool, float)) and value != ""


def _written(request: PageRequest, secrets: Mapping[str, Any]) -> _Request:
    def hidden(name: str, label: str, value: Any) -> Any:
        # by name and value: a page number that happens to equal some key's value is no secret
        if not (is_secret_name(name) and _may_be_secret(value)):
            return value
        return hide(label, lambda secret: type(secret) is type(value) and secret == value, value)

    def hidden_in_url(name: str, value: str) -> str:
        if not is_secret_name(name) or not value:
            return value
        return str(hide(name, lambda secret: _as_text(secret) == value, value))

    def hide(label: str, fits: Callable[[Any], bool], value: Any) -> Any:
        labels = [label, *secrets] if label in secrets else secrets
        known = next((it for it in labels if fits(secrets[it])), None)
        if known is not None:
            return f"{_LEFT_OUT}{known}"
        is_alike = isinstance(value, str) and value.startswith(_LEFT_OUT)
        return f"{_AS_WRITTEN}{value}" if is_alike else value

    return _Request(
        method=request.method,
        url=redacted_userinfo(_with_query(request.url, hidden_in_url)),
        params={
            (name := _as_name(n)): _leaves(name, name, v, hidden) for n, v in request.params.items()
        },
        json=_leaves("json", "json:", request.json, hidden),
        headers=dict(request.headers),
    )


def _as_text(secret: Any) -> str:
    return secret.decode("utf-8", "replace") if isinstance(secret, bytes) else str(secret)


def _restored(written: _Request, secrets: Mapping[str, Any]) -> PageRequest:
    def given(name: str, _label: str, value: Any) -> Any:
        if not (is_secret_name(name) and isinstance(value, str) and value.startswith(_LEFT_OUT)):
            return value
        if value.startswith(_AS_WRITTEN):
            return value.removeprefix(_AS_WRITTEN)
        label = value.removeprefix(_LEFT_OUT)
        if label not in secrets:
            raise InvalidCheckpoint(f"the checkpoint left {label!r} out; pass it again to resume")
        return secrets[label]

    if not all(is_header(name, value) for name, value in written.headers.items()):
        raise InvalidCheckpoint("the checkpoint holds a header that no strategy sends")
    return PageRequest(
        written.method,
        _with_query(written.url, lambda name, value: _as_text(given(name, name, value))),
        params={n: _leaves(n, n, v, given) for n, v in written.params.items()},
        json=_leaves("json", "json:", written.json, given),
        headers=written.headers,
    )


def _with_query(url: str, change: Callable[[str, str], str]) -> str:
    """The URL with changed query values; every byte of an unchanged one stays."""
    rest, hash_sign, fragment = url.partition("#")
    base, question, query = rest.partition("?")
    pieces = []
    for piece in query.split("&"):
        name, equals, value = piece.partition("=")
        old = unquote_plus(value)
        new = change(unquote_plus(name), old)
        pieces.append(f"{name}{equals}{value if new == old else quote_plus(new)}")
    return f"{base}{question}{'&'.join(pieces)}{hash_sign}{fragment}"
