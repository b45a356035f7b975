"""How APIs paginate, as values.

A strategy is a pure function of the last page: `next(page)` is the following `PageRequest`, or
None where the server said that this was the last. There is no counter and no I/O, so a strategy
pickles, compares equal, is shared freely and is tested with a table.

Write your own by subclassing `Strategy` and giving `next`.
"""

from requests_paginate.strategies.base import Strategy
from requests_paginate.strategies.counts import ContentRange, Offset, PageNumber
from requests_paginate.strategies.cursors import Cursor, LastItem, NextParameters
from requests_paginate.strategies.links import LinkHeader, NextLink
from requests_paginate.strategies.single_page import SinglePage

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
