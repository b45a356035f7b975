"""The orders of base classes that docs/neighbours.md lists, each with what comes of it."""

from __future__ import annotations

WORKS = "works"
HTTPS_ONLY = "https only: the session's options are lost"
INERT = "no limit: the second mixin is never asked"

ORDERS = {
    "PaginationMixin, CachedSession": WORKS,
    "PaginationMixin, LimiterSession": WORKS,
    "PaginationMixin, CacheMixin, LimiterMixin, requests.Session": WORKS,
    "CacheMixin, PaginatedSession": WORKS,
    "LimiterMixin, PaginatedSession": WORKS,
    "CacheMixin, LimiterMixin, OpenSession": WORKS,
    "CacheMixin, LimiterMixin, PaginatedSession": HTTPS_ONLY,
    "LimiterMixin, CacheMixin, PaginatedSession": HTTPS_ONLY,
    "CacheMixin, PaginatedSession, LimiterMixin": INERT,
    "PaginatedSession, CacheMixin": "TypeError: 'backend'",
    "PaginatedSession, CachedSession": "TypeError: 'backend'",
    "PaginatedSession, LimiterMixin": "TypeError: 'per_second'",
}
