"""A listing that can be sent to another process: the call, without its session and credentials."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Mapping
from copy import deepcopy
from importlib import import_module
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn

from requests_paginate._redaction import is_secret_name, redact_url
from requests_paginate.sessions import request_all

if TYPE_CHECKING:
    from requests_paginate._call_options import ListingOptions, Params, Unpack
    from requests_paginate._listing.listing import Listing

__all__ = ["Plan"]

# What makes a request the caller's own, and so belongs to the session that a worker makes.
_CREDENTIALS = ("auth", "cert", "cookies", "hooks", "proxies", "verify")
_SENT = ("headers", "json", "data")
_FUNCTION = re.compile(r"[\w.]+:[\w.]+")


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
    What is or may be a credential is refused here. A checkpoint in `resume` or `until` holds no
    credentials either, and the cursors of the API.

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

    __slots__ = ("method", "options", "params", "session", "url")

    url: str
    params: Mapping[str, Any]
    session: str
    method: str
    options: Mapping[str, Any]

    def __init__(
        self, url: str, params: Params = None, *, session: str, method: str = "GET",
        model: Any = None, **options: Unpack[ListingOptions],
    ) -> None:  # fmt: skip
        if not isinstance(url, str):
            raise TypeError(f"url: expected a string, got {type(url).__name__}")
        given: dict[str, Any] = {**options, **({} if model is None else {"model": model})}
        given |= {name: deepcopy(given[name]) for name in _SENT if name in given}
        _check_session(session)
        self.__setstate__((method, given, _check(url, params, given, method), session, url))

    def __call__(self, params: Params = None, **options: Any) -> Listing[Any]:
        """Open the listing in this process.

        Args:
            params: Further query parameters; one that the plan has, too, takes its place.
            **options: Further options of `get_all`, such as `resume`; one that the plan has, too,
                takes its place.

        Raises:
            ImportError: This process has no such module or function.
            TypeError: The function returned no session, or as for `get_all`.
        """
        # credentials are refused here, too: a call that works only in one process is a trap
        merged = {**self.params, **_check(self.url, params, options)}
        session, given = _SESSIONS.get(self.session), {**self.options, **options}
        return request_all(self.method, self.url, merged, session=session, **given)

    def __setattr__(self, name: str, value: object = None) -> NoReturn:
        raise AttributeError(f"a plan cannot be changed; call it with {name}=, or make another one")

    __delattr__: Any = __setattr__

    def __getstate__(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        for name, value in zip(self.__slots__, state, strict=True):
            object.__setattr__(self, name, value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Plan):
            return NotImplemented
        return self.__getstate__() == other.__getstate__()

    __hash__ = None  # type: ignore[assignment]  # its parameters may be lists

    def __repr__(self) -> str:
        method = None if self.method == "GET" else self.method
        own = {"params": dict(self.params), "session": self.session, "method": method}
        shown = {**own, **self.options}
        parts = [f"{name}={value!r}" for name, value in shown.items() if value not in ({}, None)]
        return f"Plan({', '.join([repr(self.url), *parts])})"


def _check_session(session: object) -> None:
    if not isinstance(session, str):
        text = "the name of a function that makes one, such as 'myapp.sessions:belvo'"
        raise TypeError(f"session: expected {text}, got {type(session).__name__}")
    if _FUNCTION.fullmatch(session) is None:
        raise ValueError(f"session: expected 'module:function', got {session!r}")
    if session.startswith("__main__:"):
        raise ValueError(
            "session: a function of __main__ is not there in another process; put it into a module "
            "that every worker can import"
        )


def _check(
    url: str, params: object, options: Mapping[str, Any], method: str = "GET"
) -> dict[str, Any]:
    """Return the parameters, or raise for what may be a credential and for a wrong option."""
    from requests_paginate._listing.factory import check_method, check_names
    from requests_paginate._listing.options import split_options

    if params is not None and not isinstance(params, Mapping):
        text = "a dict, to which a call of the plan adds its own"
        raise TypeError(f"params: expected {text}, got {type(params).__name__}")
    given = dict(params or {})
    advice = "a plan holds no credentials; the session's function sets it, in the worker"
    for name in _CREDENTIALS:
        if name in options:
            raise TypeError(f"{name}: {advice}")
    if redact_url(url) != url.partition("#")[0]:
        raise ValueError(f"url: {redact_url(url)} holds what may be a secret; {advice}")
    for field, values in {"params": given, **{name: options.get(name) for name in _SENT}}.items():
        for name in values if isinstance(values, Mapping) else ():
            if is_secret_name(str(name)):
                raise ValueError(f"{field}: {name!r} may be a secret; {advice}")
    check_method(method)
    check_names(split_options(options)[1])
    return given


class _Sessions:
    """The sessions of this process, each made once by the function that has its name."""

    def __init__(self) -> None:
        # by the process: a lock may be held in another thread while a process forks
        self._locks: dict[int, threading.Lock] = {}
        self._made: dict[tuple[int, str], Any] = {}

    def get(self, name: str) -> Any:
        """Return the session of a function, which is called if that was not done here yet."""
        process = os.getpid()
        with self._locks.setdefault(process, threading.Lock()):
            if (process, name) not in self._made:
                if (session := _find_function(name)()) is None:
                    raise TypeError(f"session: {name!r} returned None, and no session")
                self._made[process, name] = session
            return self._made[process, name]


def _find_function(name: str) -> Any:
    module, _, path = name.partition(":")
    try:
        return attrgetter(path)(import_module(module))
    except (ImportError, AttributeError) as error:
        raise ImportError(
            f"session: process {os.getpid()} cannot import {name!r} ({error}); every worker must "
            "have the module, in the same version"
        ) from error


_SESSIONS = _Sessions()  # one for each process is the purpose
