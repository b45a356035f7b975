"""How APIs paginate, as values.

A strategy is a pure function of the last page: `next(page)` returns the `PageRequest` of the
following page, or None if the server said that this page was the last one. A strategy has no
counter and does no I/O. So it can be pickled, compared and shared, and a table tests it.

To write your own, subclass `Strategy` and define `next`.
"""

from requests_paginate.strategies.base import SinglePage, Strategy
from requests_paginate.strategies.counts import ContentRange, Offset, PageNumber
from requests_paginate.strategies.cursors import Cursor, LastItem, NextParameters
from requests_paginate.strategies.links import LinkHeader, NextLink

__all__ = [
    "ContentRange",
    "Cursor",
    "LastItem",
    "LinkHeader",
    "NextLink",
    "NextParameters",
    "Offset",
    "PageNumber",
    "SinglePage",
    "Strategy",
]
