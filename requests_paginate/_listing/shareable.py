"""Whether a session may be used by several threads, as far as it can be seen."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from typing import Any

__all__ = ["check_shareable"]


def check_shareable(session: Any) -> None:
    """Refuse a session that holds what only the thread that made it may use.

    That is a connection to SQLite, as a session that keeps rows or tokens has, unless it was opened
    with `check_same_thread=False`
    (https://docs.python.org/3/library/sqlite3.html#sqlite3.connect).

    Raises:
        ValueError: The session holds one.
    """
    if "sqlite3" not in sys.modules:
        return
    for name, connection in _find_connections(session):
        if _is_of_one_thread(connection):
            raise ValueError(
                f"session: its {name} is a connection to SQLite that only one thread may use, and "
                "several would; open it with check_same_thread=False, or give each listing a "
                "session of its own, and read one after the other"
            )


def _find_connections(session: Any) -> Iterator[tuple[str, Any]]:
    connection = sys.modules["sqlite3"].Connection
    adapters = getattr(session, "adapters", None)
    holders = [session, getattr(session, "auth", None)]
    holders += adapters.values() if isinstance(adapters, dict) else []
    for holder in holders:
        for name, value in getattr(holder, "__dict__", {}).items():
            if isinstance(value, connection):
                yield name, value


def _is_of_one_thread(connection: Any) -> bool:
    refusals: list[Exception] = []

    def use() -> None:
        try:
            connection.cursor().close()
        except Exception as error:  # noqa: BLE001 - it is told, or the connection is closed
            refusals.append(error)

    thread = threading.Thread(target=use, daemon=True)
    thread.start()
    thread.join()
    return any("thread" in str(error) for error in refusals)
