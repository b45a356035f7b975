"""A listing that can be sent to another process: the call, without its session and credentials."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import deepcopy
from importlib import import_module
from operator import attrgetter
from types import MappingProxyType
from typing import Any, NoReturn

from requests_paginate._call_options import PlanOptions, Unpack
from requests_paginate._listing.credentials import find_credential, is_credential_name
from requests_paginate._listing.factory import check_headers, check_method, check_names
from requests_paginate._listing.listing import Listing
from requests_paginate._listing.options import OPTION_NAMES, split_options
from requests_paginate._redaction import REDACTED, is_secret_name, redact_url
from requests_paginate.sessions import request_all

__all__ = ["Plan"]

# What makes a request the caller's own, and so belongs to the session that a worker makes.
_CREDENTIALS = ("auth", "cert", "cookies", "hooks", "proxies", "verify")
_SENT = ("headers", "json", "data", "files")
_ADVICE = "a plan holds no credentials; the session's function sets it, in the worker"
_FUNCTION = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")


class Plan:
    """A listing without a session: it can be sent to any process, which opens it there.

        plan = Plan("/api/transactions/", session="myapp.sessions:belvo", key="id")
        listing = plan(params={"link": link})

    `session` names a function without parameters that makes a session, as `module:function`. It
    reads the credentials where it runs: from the environment, a file, a vault. In each process it
    is called once, when a plan is first called there, and all plans that name it share its session.
    So that session is used by as many threads as call plans.

    What travels is the URL, the parameters and the options, in a pickle of mostly below 500 bytes;
    callables among the options (`model`, `key`, `decode`) travel as pickle sends them, by name.
    What is a credential by its option or its name is refused here, also inside of a body; what has
    another name is not known to be one. A checkpoint in `resume` or `until` holds no credentials,
    and the cursors of the API.

    Args:
        url: The listing's URL; where the session completes it (`PluggySession`, `BelvoSession`), a
            path.
        params: Query parameters.
        session: The function that makes the session.
        method: The HTTP method.
        **options: Those of `get_all`.

    Raises:
        TypeError: An argument has the wrong type, or an option is a credential.
        ValueError: `session` names no function, an option is out of range, or the URL, a parameter
            or a header has a name for what must not be sent.
    """

    __slots__ = ("_options", "_params", "method", "session", "url")

    url: str
    session: str
    method: str
    _params: dict[str, Any]
    _options: dict[str, Any]

    def __init__(
        self, url: str, params: Mapping[str, Any] | None = None, *, session: str,
        method: str = "GET", model: Any = None, **options: Unpack[PlanOptions],
    ) -> None:  # fmt: skip
        if not isinstance(url, str):
            raise TypeError(f"url: expected a string, got {type(url).__name__}")
        url = url.partition("#")[0]  # which is not sent, and may hold a token
        _check_session(session)
        given: dict[str, Any] = {**options, **({} if model is None else {"model": model})}
        own, method = check_call(url, params, given), check_method(method)
        given |= {name: deepcopy(given[name]) for name in _SENT if name in given}
        self.__setstate__((given, deepcopy(own), method, session, url))

    @property
    def params(self) -> Mapping[str, Any]:
        """The query parameters."""
        return MappingProxyType(self._params)

    @property
    def options(self) -> Mapping[str, Any]:
        """The options of the listing."""
        return MappingProxyType(self._options)

    def __call__(self, params: Mapping[str, Any] | None = None, **options: Any) -> Listing[Any]:
        """Open the listing in this process.

        Args:
            params: Further query parameters; one that the plan has, too, takes its place.
            **options: Further options of `get_all`, such as `resume`; one that the plan has, too,
                takes its place.

        Raises:
            ImportError: This process has no such module or function.
            TypeError: The function returned no session, or as for `get_all`.
        """
        for name in ("method", "session", "url"):
            if name in options:
                raise TypeError(f"{name}: a plan has its own; make another one with this")
        # credentials are refused here, too: a call that works only in one process is a trap
        merged = {**self._params, **check_call(self.url, params, options)}
        session, given = _SESSIONS.get(self.session), {**self._options, **options}
        return request_all(self.method, self.url, merged, session=session, **given)

    def __setattr__(self, name: str, value: object = None) -> NoReturn:
        raise AttributeError(f"a plan cannot be changed; call it with {name}=, or make another one")

    __delattr__: Any = __setattr__

    def __getstate__(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in Plan.__slots__)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        for name, value in zip(Plan.__slots__, state, strict=True):
            object.__setattr__(self, name, value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Plan):
            return NotImplemented
        return self.__getstate__() == other.__getstate__()

    __hash__ = None  # type: ignore[assignment]  # its parameters may be lists

    def __repr__(self) -> str:
        method = None if self.method == "GET" else self.method
        params = {n: REDACTED if is_secret_name(str(n)) else v for n, v in self._params.items()}
        own = {"params": params, "session": self.session, "method": method}
        sent = {n: "..." for n in _SENT if n in self._options}  # which may be long, and private
        shown = {**own, **self._options, **sent}
        parts = [f"{name}={value!r}" for name, value in shown.items() if value not in ({}, None)]
        return f"Plan({', '.join([repr(redact_url(self.url)), *parts])})"


def _check_session(session: object) -> None:
    if not isinstance(session, str):
        text = "the name of a function that makes one, such as 'myapp.sessions:belvo'"
        raise TypeError(f"session: expected {text}, got {type(session).__name__}")
    if ".py:" in session:
        raise ValueError(f"session: expected the name of a module, without .py, got {session!r}")
    if _FUNCTION.fullmatch(session) is None:
        raise ValueError(f"session: expected 'module:function', got {session!r}")
    if session.startswith("__main__:"):
        raise ValueError(
            "session: a function of __main__ is not there in another process; put it into a module "
            "that every worker can import"
        )


def check_call(url: str, params: object, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters, or raise for what may be a credential and for a wrong option."""
    if params is not None and not isinstance(params, Mapping):
        text = "a dict, to which a call of the plan adds its own"
        raise TypeError(f"params: expected {text}, got {type(params).__name__}")
    given: dict[str, Any] = dict(params or {})
    for name in options:
        is_ours = name in OPTION_NAMES
        if name in _CREDENTIALS or (not is_ours and is_credential_name(name)):
            raise TypeError(f"{name}: {_ADVICE}")
    check_headers(options.get("headers"))
    sent: dict[str, Any] = {"url": url, "params": given}
    sent |= {name: options.get(name) for name in _SENT}
    with suppress(TypeError, ValueError):
        sent["data"] = dict(sent["data"])  # pairs
    for field, value in sent.items():
        if (found := find_credential(value)) is not None:
            raise ValueError(f"{field}: {found} may be a credential; {_ADVICE}")
    check_names(split_options(options)[1])
    return given


class _Sessions:
    """The sessions of this process, each made once by the function that has its name."""

    def __init__(self) -> None:
        # for each process: a lock may be held in another thread while a process forks
        self._locks: dict[tuple[int, str], threading.RLock] = {}
        self._made: dict[tuple[int, str], Any] = {}
        self._in_making: set[tuple[int, str]] = set()

    def get(self, name: str) -> Any:
        """Return the session of a function, which is called if that was not done here yet.

        Raises:
            ImportError: There is no such function here.
            TypeError: It is none, or returned no session.
            RuntimeError: It calls a plan that needs it.
        """
        place = os.getpid(), name
        if (session := self._made.get(place)) is None:
            make = _find_function(name)  # without the lock: its module may call a plan, too
            with self._locks.setdefault(place, threading.RLock()):
                if (session := self._made.get(place)) is None:
                    session = self._made[place] = self._make(place, make)
        return session

    def _make(self, place: tuple[int, str], make: Callable[[], Any]) -> Any:
        if place in self._in_making:
            raise RuntimeError(f"session: {place[1]!r} calls a plan that needs its session")
        self._in_making.add(place)
        try:
            if (session := make()) is None:
                raise TypeError(f"session: {place[1]!r} returned None, and no session")
            return session
        finally:
            self._in_making.discard(place)


def _find_function(name: str) -> Callable[[], Any]:
    module, _, path = name.partition(":")
    try:
        function = attrgetter(path)(import_module(module))
    except (ImportError, AttributeError) as error:
        raise ImportError(
            f"session: process {os.getpid()} cannot import {name!r} ({error}); every worker must "
            "have the module, in the same version"
        ) from error
    if not callable(function):
        kind = type(function).__name__
        raise TypeError(f"session: expected {name!r} to be a function that makes one, got {kind}")
    return function  # type: ignore[no-any-return]  # what it takes and returns is seen then


_SESSIONS = _Sessions()  # one for each process is the purpose
