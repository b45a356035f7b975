"""What a forked process must not share with its parent: connections, and locks that were held.

A fork copies the memory, but of the threads only the one that forks. A lock that another thread
held stays locked for ever, and a connection would be read by both processes.
"""

from __future__ import annotations

import threading
from typing import Any

from requests.adapters import HTTPAdapter


def renew_session(session: Any) -> None:
    """Give a session that came from the parent process connections and locks of its own."""
    for adapter in (getattr(session, "adapters", None) or {}).values():
        if isinstance(adapter, HTTPAdapter):
            renew_pools(adapter)
    cookies: Any = getattr(session, "cookies", None)
    if hasattr(cookies, "_cookies_lock"):
        cookies._cookies_lock = threading.RLock()


def renew_pools(adapter: HTTPAdapter) -> None:
    """Have an adapter open new connections, and leave the others open for the parent."""
    made: Any = adapter
    # Kept: to collect the pools would take their locks, which nobody may ever release.
    made._of_parent = made.poolmanager, made.proxy_manager
    made.proxy_manager = {}
    made.init_poolmanager(made._pool_connections, made._pool_maxsize, block=made._pool_block)
