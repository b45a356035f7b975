"""What a user of an engine writes, and its workers import: a plan, and the session of it."""

from __future__ import annotations

import os

from requests_paginate import PaginatedSession, Plan


def open_session():
    """Return a session that tells the server which process it is in."""
    session = PaginatedSession()
    session.headers["X-Process"] = str(os.getpid())
    session.headers["Authorization"] = f"Bearer {os.environ['BANK_KEY']}"
    return session


URL = f"{os.environ['BANK_URL']}/entries"
SESSION = "tests.engines.bank:open_session"

entries = Plan(URL, session=SESSION)
lenient = Plan(URL, session=SESSION, strict=False)
limited = Plan(URL, session=SESSION, max_items=10)
keyed = Plan(URL, session=SESSION, key="id")
spelled = Plan(URL, {"accountId": None, "account": "a"}, session=SESSION)
without_session = Plan(URL, session="no_such_app:open_session")
no_plan = 3
