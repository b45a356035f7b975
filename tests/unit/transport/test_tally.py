"""What fetching costs, counted from several threads."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor

from requests_paginate._transport.tally import Tally


def test_counts_add_up():
    """Whichever thread counts, nothing is lost."""
    tally = Tally()
    with ThreadPoolExecutor(4) as executor:
        for _ in executor.map(lambda _: tally.add(requests=1, bytes=10), range(400)):
            pass
    tally.add(retries=1, seconds_waited=0.5)
    told = tally.requests, tally.bytes, tally.retries, tally.seconds_waited
    assert (400, 4000, 1, 0.5) == told


def test_a_tally_travels():
    """Unpickled it goes on counting, with a lock of its own."""
    tally = Tally()
    tally.add(requests=2)
    copy = pickle.loads(pickle.dumps(tally))
    copy.add(requests=1)
    assert (2, 3) == (tally.requests, copy.requests)
