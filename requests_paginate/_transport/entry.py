"""Let one page at a time into a session that may get a new token before it sends, or after a 401.

Several threads would refresh an access token at once, and a refresh token may be good only once
(RFC 9700 section 4.14.2).
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from types import FrameType
from typing import Any

import requests

_PATIENCE = 0.1  # seconds until who waits looks whether the call that is inside still runs


class Entry:
    """Which call is inside of a session: until it makes its request, and after a 401."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside: tuple[object, FrameType] | None = None

    def request(
        self, session: Any, method: str, url: str, options: Mapping[str, Any]
    ) -> requests.Response:
        """Return the response to `session.request(method, url, **options)`."""
        ticket = _Ticket(self, sys._getframe())
        given = options.get("hooks") or {}
        # as in requests, a call's hooks replace those of the session
        listed = given.get("response") or (getattr(session, "hooks", None) or {}).get("response")
        own = [listed] if callable(listed) else listed or []
        hooks = _Hooks(given, response=[*own, ticket.enter_again])
        hooks.ticket = ticket
        try:
            ticket.enter()
            response: requests.Response = session.request(
                method, url, **{**options, "hooks": hooks}
            )
            return response
        finally:
            ticket.end()

    def enter(self, ticket: object, frame: FrameType) -> None:
        """Wait until nobody else is inside."""
        with self._changed:
            while self._inside is not None and self._inside[0] is not ticket:
                if not is_running(self._inside[1]):
                    break  # an interrupt came before it could leave
                self._changed.wait(_PATIENCE)
            self._inside = ticket, frame

    def leave(self, ticket: object) -> None:
        """Let the next call in, if this one is inside."""
        with self._changed:
            if self._inside is not None and self._inside[0] is ticket:
                self._inside = None
                self._changed.notify_all()

    def __getstate__(self) -> dict[str, Any]:
        return {}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        self.__init__()  # type: ignore[misc]  # nobody is inside in this process


class _Ticket:
    """One call of a session, whichever of its threads enters or leaves."""

    def __init__(self, entry: Entry, frame: FrameType) -> None:
        self._entry = entry
        self._frame: FrameType | None = frame
        self._is_refused = False  # then it stays inside until it ends

    def enter(self) -> None:
        if self._frame is not None:  # it has not ended
            self._entry.enter(self, self._frame)

    def enter_again(self, response: requests.Response, **_: Any) -> None:
        """Keep other calls out while the session gets a new token for one that was refused."""
        if response.status_code == 401:
            self._is_refused = True
            self.enter()

    def leave(self) -> None:
        if not self._is_refused:
            self._entry.leave(self)

    def end(self) -> None:
        self._frame = None  # which refers to this ticket: a circle
        self._entry.leave(self)


class _Hooks(dict[str, Any]):
    """Hooks, which requests reads when it makes the request: then the next call may come."""

    ticket: _Ticket

    def items(self) -> Any:
        self.ticket.leave()
        return super().items()


def is_running(frame: FrameType) -> bool:
    """Return whether a call has not ended: it is executing, or waits in another greenlet."""
    try:
        frame.clear()
    except RuntimeError:
        return True
    return False
