"""The task of a page that the listing waits for."""

from __future__ import annotations

import pytest
import requests

from requests_paginate import PageRequest
from requests_paginate._transport.page_task import PageTask
from requests_paginate.exceptions import DeadlineExceeded, PageFailed


def test_only_the_time_ends_it(monkeypatch):
    """It waits as long as it is told, and for no other page: every failure is its own."""
    clock = [100.0]

    def sleep(seconds):
        clock[0] += seconds

    monkeypatch.setattr("requests_paginate._transport.deadline.time.monotonic", lambda: clock[0])
    monkeypatch.setattr("requests_paginate._transport.page_task.time.sleep", sleep)
    task = PageTask(PageRequest("GET", "https://api.test"), 3, 5)
    assert 0 == task.begin_try()
    assert task.note_failure(PageFailed("429"), 9.0) is True
    task.receive(requests.Response())
    task.sleep(4)
    task.check()
    assert 1 == task.deadline.left()
    task.sleep(1)
    with pytest.raises(DeadlineExceeded, match="longer than its 5 s"):
        task.check()
