"""Resume tokens: where a listing stands, as a string.

A token is JSON and no pickle: it may come from a queue or a file, and to read it runs no code. Its
checksum finds what was changed or cut; it is no signature. The caller's values under secret-like
names are left out, also where a link echoes them. Cursors stay: a listing goes on from them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec

from requests_paginate import strategies
from requests_paginate._envelope.selectors import TotalAt
from requests_paginate._envelope.vocabulary import POSITIONS, normalize_name
from requests_paginate._listing.caller_secrets import CallerSecrets, is_untold
from requests_paginate._listing.earlier_pages import NO_PAGES, EarlierPages, WrittenPages
from requests_paginate._listing.keys import LENGTH_OF_KEY, MOST_KEYS
from requests_paginate._listing.seal import open_token, seal
from requests_paginate._models import PageRequest
from requests_paginate._redaction import ACCOUNT, BODY
from requests_paginate.exceptions import InvalidCheckpoint
from requests_paginate.strategies.serialization import (
    describe_strategy,
    list_headers,
    restore_strategy,
)

_VERSION = 1
_MOST = 2**53  # pages or rows
# kept as they are
_PLAIN = ("index", "start", "rows", "previous", "total", "first_rows", "doubts",
          "is_after_short", "longest", "duplicates", "keys")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """Where a listing stands.

    Attributes:
        request: The page to read next, or again; None if the listing is finished.
        strategy: The strategy in use; None if the first page is still to be detected.
        start: Rows of the listing before that page; None if it began in the middle.
        rows: How many of that page's rows were handed out.
        fingerprint: The digest of that page's rows, if it was read.
        previous: The mark of the page before, which must not come again.
        total: Rows in the whole listing, as last told.
        others: Other strategies to try on the second page, each with its request.
        first_rows: A sample of the first page's rows, until the second page is read.
        doubts: What the pages before it said against the whole.
        is_after_short: Whether the page before was shorter than others, or than the size asked for.
        longest: Rows of the longest page, if a listing counts on until nothing comes.
        earlier: What is remembered of the pages before it.
        duplicates: Rows of them that were dropped, because their key had been seen.
        keys: Digests of the keys of the last rows of those pages.
        asked: What the listing of a token asked for, as digests by name; empty if it was not read
            from a token.
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
    doubts: tuple[str, ...] = ()
    is_after_short: bool = False
    longest: int = 0
    earlier: EarlierPages = NO_PAGES
    duplicates: int = 0
    keys: str = ""
    asked: Mapping[str, str] = field(default_factory=dict, compare=False)

    def encode(self, session_secrets: Mapping[str, Any]) -> str:
        """Return the token; `session_secrets` holds the session's own parameters, too, by name."""
        secrets = CallerSecrets(self.first, session_secrets)
        request = None if self.request is None else vars(secrets.conceal(self.request))
        earlier = None if request is None else self.earlier.describe()
        state = {
            "v": _VERSION,
            "at": _name_place(self.first),
            "asked": secrets.digest_parameters(),
            "strategy": describe_strategy(self.strategy),
            "request": request,
            "index": self.index,
            "start": self.start,
            "rows": self.rows,
            "print": self.fingerprint,
            "previous": self.previous,
            "total": self.total,
            "others": [
                {"strategy": describe_strategy(strategy), "request": vars(secrets.conceal(request))}
                for strategy, request in self.others
            ],
            "first_rows": self.first_rows,
            # left out where it says nothing: older versions know nothing of it
            **({"doubts": self.doubts} if self.doubts else {}),
            **({"is_after_short": True} if self.is_after_short else {}),
            **({"longest": self.longest} if self.longest else {}),
            **({"earlier": earlier} if earlier else {}),
            **({"duplicates": self.duplicates} if self.duplicates else {}),
            **({"keys": self.keys} if self.keys and request is not None else {}),
        }
        # The standard library writes lone surrogates too, which a cursor may hold.
        content = json.dumps(state, separators=(",", ":"), default=as_sent)
        plain = json.loads(content)
        if (concealed := secrets.conceal_texts(plain, _list_words(plain))) is not plain:
            content = json.dumps({**concealed, "is_concealed": True}, separators=(",", ":"))
        return seal(content.encode())

    @classmethod
    def decode(
        cls,
        token: str,
        *,
        first: PageRequest,
        strategy: strategies.Strategy | None,
        items: object = None,
        session_secrets: Mapping[str, Any],
    ) -> Checkpoint:
        """Read a token for a call that resumes; its strategy and items replace those of the token.

        If one of these is None, the token's is taken.

        Raises:
            InvalidCheckpoint: The token was changed, or does not fit the call.
        """
        secrets = CallerSecrets(first, session_secrets)
        state = _read_state(open_token(token), secrets, strategy)
        if state.at not in (_name_place(first), secrets.conceal_texts(_name_place(first))):
            raise InvalidCheckpoint(
                f"the checkpoint is of {secrets.show(state.at)}, this call lists "
                f"{secrets.show(_name_place(first))}"
            )
        restored = restore_strategy(state.strategy, strategy, items)
        _check_parameters(state, first, restored, secrets)
        if restored is not None and restored.total == TotalAt():
            state.total = None  # the call's strategy counts no rows
        return cls(
            first=first,
            request=None if state.request is None else state.request.restore(secrets, restored),
            strategy=restored,
            fingerprint=state.print,
            asked=state.asked,
            earlier=NO_PAGES if state.earlier is None else state.earlier.restore(),
            others=tuple(
                (other, written.request.restore(secrets, other))
                for written in state.others
                if (other := restore_strategy(written.strategy, None, items)) is not None
            ),
            **{name: getattr(state, name) for name in _PLAIN},
        )


class _Request(msgspec.Struct, forbid_unknown_fields=True):
    method: str
    url: str
    params: dict[str, Any]
    json: Any
    headers: dict[str, str]

    def restore(self, secrets: CallerSecrets, strategy: strategies.Strategy | None) -> PageRequest:
        request = PageRequest(**msgspec.structs.asdict(self))
        return secrets.restore(request, list_headers(strategy))


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
    doubts: tuple[str, ...] = ()
    is_after_short: bool = False
    longest: Annotated[int, msgspec.Meta(ge=0, le=_MOST)] = 0
    earlier: WrittenPages | None = None
    duplicates: Annotated[int, msgspec.Meta(ge=0, le=_MOST)] = 0
    keys: Annotated[str, msgspec.Meta(max_length=MOST_KEYS * LENGTH_OF_KEY)] = ""
    is_concealed: bool = False


def _read_state(
    content: bytes, secrets: CallerSecrets, given: strategies.Strategy | None
) -> _State:
    """Return what a token holds, with the caller's secrets in its requests and parameters' names.

    A doubt is shown to people, and a strategy may lead to an allowed origin.

    Raises:
        InvalidCheckpoint: It is of another version or form, or would send a secret elsewhere.
    """
    try:
        state = json.loads(content)
        if state["v"] != _VERSION:
            raise InvalidCheckpoint(f"the checkpoint has version {state['v']}, not {_VERSION}")
        if state.get("is_concealed"):
            state["asked"] = secrets.restore_texts(state["asked"])
        for holder in (state, *state["others"]) if state.get("is_concealed") else ():
            if secrets.holds_marks(holder["strategy"]):
                if given is None or holder is not state:
                    raise InvalidCheckpoint("the checkpoint needs its strategy= passed again")
                holder["strategy"] = describe_strategy(given)
            if holder["request"] is not None:
                secrets.check_origin(holder["request"])
                holder["request"] = secrets.restore_texts(holder["request"])
        return msgspec.convert(state, _State)
    except (ValueError, KeyError, TypeError, RecursionError, AttributeError) as error:
        if isinstance(error, InvalidCheckpoint):
            raise
        raise InvalidCheckpoint("the checkpoint lacks a field, or one has a wrong type") from None


def _check_parameters(
    state: _State,
    first: PageRequest,
    strategy: strategies.Strategy | None,
    secrets: CallerSecrets,
) -> None:
    """Raise for parameters that the call changes or adds; what it leaves out, the token has.

    A token has no body of the caller's, nor an account.
    """
    asked = secrets.digest_parameters()
    changed = [n for n in asked if state.asked.get(n, asked[n]) != asked[n]]
    changed += [n for n in asked if n not in state.asked and _is_added(n, asked[n], state.asked)]
    changed += [n for n in state.asked if n not in asked and n.startswith(ACCOUNT)]
    if changed:
        names = ", ".join(repr(secrets.show(name)) for name in changed)
        raise InvalidCheckpoint(f"the checkpoint is of a listing with another {names}")
    missing = [name for name in state.asked if name not in asked]
    if strategy is None or not strategy.extends_first_request:
        missing = [name for name in missing if name.startswith(f"{BODY} ")]
    if missing:
        names = ", ".join(repr(secrets.show(name)) for name in missing)
        raise InvalidCheckpoint(f"the checkpoint needs {names} passed again")
    requests = [other.request for other in state.others] + [state.request]
    methods = {request.method for request in requests if request is not None}
    if methods - {first.method, "GET"}:  # the links of a listing by POST may ask for GET
        raise InvalidCheckpoint("the checkpoint's next page has another method than the call")


def _is_added(name: str, digest: str, known: Mapping[str, str]) -> bool:
    """Return whether a call asks for something that the listing of a token did not ask for."""
    if name.startswith(ACCOUNT):
        return ACCOUNT in known
    if name.startswith(f"{BODY} ") and any(each.startswith("json:") for each in known):
        return True  # requests sends no JSON beside another body
    return not is_untold(name, digest, known) and normalize_name(name) not in POSITIONS


def _list_words(state: Mapping[str, Any]) -> set[str]:
    """Return the texts of a token that are ours, whatever the caller's secrets are."""
    described = [it["strategy"] for it in (state, *state["others"]) if it["strategy"] is not None]
    names = [n for it in described for n in (it.get("name", ""), *it.get("fields", ()))]
    return {*names, *_State.__struct_fields__, *_Request.__struct_fields__}


def _name_place(request: PageRequest) -> str:
    """Return method, origin and path: a token and the call that resumes it must share them."""
    parts = urlsplit(request.url)
    authority = parts.netloc.rpartition("@")[2].lower()
    return f"{request.method} {parts.scheme.lower()}://{authority}{parts.path or '/'}"


def as_sent(value: Any) -> Any:
    """Return what JSON does not know as requests writes it into a query."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if hasattr(value, "__iter__"):
        return list(value)
    return str(value)
