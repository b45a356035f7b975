"""Every row of a paginated API, with one method of a requests session.

from requests_paginate import PaginatedSession

session = PaginatedSession()
for row in session.get_all("https://api.example.com/transactions"):
    ...
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from requests_paginate import exceptions
from requests_paginate.adapters import HTTPSOnlyAdapter, TLSAdapter
from requests_paginate.sessions import PaginatedSession, PaginationMixin, get_all, request_all

if TYPE_CHECKING:
    from requests_paginate import dialects, strategies
    from requests_paginate._listing.adapter import PaginatingAdapter
    from requests_paginate._listing.gather import gather
    from requests_paginate._listing.listing import Listing
    from requests_paginate._models import Page, PageRequest
    from requests_paginate._plan import Plan
    from requests_paginate._windows import windows

__all__ = [
    "HTTPSOnlyAdapter", "Listing", "Page", "PageRequest", "PaginatedSession", "PaginatingAdapter",
    "PaginationMixin", "Plan", "TLSAdapter", "dialects", "exceptions", "gather",
    "get_all", "request_all", "strategies", "windows",
]  # fmt: skip

__version__ = "0.2.0"

# Names that are loaded when they are asked for (PEP 562), each with its module; see `sessions`.
_LATER = {
    "Listing": "_listing.listing",
    "Page": "_models",
    "PageRequest": "_models",
    "PaginatingAdapter": "_listing.adapter",
    "Plan": "_plan",
    "checkpoints": "_listing.checkpoint",  # as 0.1 named the module, for programs that look into it
    "dialects": "dialects",
    "gather": "_listing.gather",
    "windows": "_windows",
    "strategies": "strategies",
}


if not TYPE_CHECKING:  # a type checker would take every name for defined

    def __getattr__(name: str) -> Any:
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module = import_module(f"{__name__}.{_LATER[name]}")
        return getattr(module, name, module)

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
