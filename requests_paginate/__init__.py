"""Every row of a paginated API, with one verb on a requests session.

from requests_paginate import PaginatedSession

session = PaginatedSession()
for row in session.get_all("https://api.example.com/transactions"):
    ...
"""

from requests_paginate import dialects, exceptions, strategies
from requests_paginate.adapters import HTTPSOnlyAdapter, TLSAdapter
from requests_paginate.listings import Listing
from requests_paginate.pages import Page, PageRequest
from requests_paginate.sessions import PaginatedSession, PaginationMixin, get_all, request_all

__all__ = [
    "HTTPSOnlyAdapter",
    "Listing",
    "Page",
    "PageRequest",
    "PaginatedSession",
    "PaginationMixin",
    "TLSAdapter",
    "dialects",
    "exceptions",
    "get_all",
    "request_all",
    "strategies",
]

__version__ = "0.1.0"
