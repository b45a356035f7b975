"""What listings that are read at once share: the limit of an origin, the way into a session."""

from __future__ import annotations

import threading
import weakref
from functools import partial
from urllib.parse import urlsplit

from requests_paginate._transport.entry import Entry
from requests_paginate._transport.fetcher import Fetcher
from requests_paginate._transport.shared_limit import LimitedTask, SharedLimit, Workers


class Group:
    """The limits of the origins, and the entries of the sessions, of some listings.

    Each is kept by the listings that have it.

    Args:
        most: How many listings there are at once, at most.

    Attributes:
        workers: The threads that read them.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.workers = Workers()
        self._lock = threading.Lock()
        self._limits: weakref.WeakValueDictionary[str, SharedLimit] = weakref.WeakValueDictionary()
        self._entries: weakref.WeakValueDictionary[int, Entry] = weakref.WeakValueDictionary()

    def share(self, fetcher: Fetcher) -> None:
        """Have what fetches the pages of a listing share with the others what it has to."""
        origin = urlsplit(fetcher.first.url).netloc
        with self._lock:
            limit = self._limits.get(origin)
            if limit is None:
                limit = self._limits[origin] = SharedLimit(self._most)
            fetcher.make_task = partial(LimitedTask, limit, self.workers)
            fetcher.others = limit
            session_request = fetcher.sender.session_request
            # the session is the listing's, so nothing else has its address
            key = id(session_request.session)
            entry = self._entries.get(key)
            if entry is None:
                self._entries[key] = session_request.entry
            else:
                session_request.entry = entry
