"""Pluggy, Belvo and the common dialects of pagination, in your own process.

Each dialect is a frozen value that answers requests without a socket; `serve` puts it behind real
TLS. Nothing is kept between requests, and all data follow from a seed, so a test that passes today
passes tomorrow. `Sandbox` serves both providers at once. Serving needs an extra: `pip install
requests-paginate[sandbox]`.

What needs a state or a clock is put around a dialect, and these can be put around each other:
`ExpiringKeys` (keys that expire in the middle of a listing), `RateLimited` (429) and, innermost,
`Changing` (rows that are inserted and deleted between pages).

Examples:
    >>> import requests
    >>> from requests_paginate.sandbox import Belvo, serve
    >>> belvo = Belvo(transactions=250)
    >>> with serve(belvo) as server, requests.Session() as session:
    ...     session.trust_env = False
    ...     session.auth = (belvo.secret_id, belvo.secret_password)
    ...     page = session.get(
    ...         f"{server.url}/api/transactions/",
    ...         params={"link": belvo.link_ids[0]},
    ...         verify=server.ca_file,
    ...     ).json()
    >>> page["count"], len(page["results"])
    (250, 100)
    >>> server.requests
    Counter({'/api/transactions/': 1})
"""

from requests_paginate.sandbox.base import Items
from requests_paginate.sandbox.belvo import Belvo
from requests_paginate.sandbox.belvo_direct_debit import BelvoDirectDebit
from requests_paginate.sandbox.changes import Changing
from requests_paginate.sandbox.keys import ExpiringKeys
from requests_paginate.sandbox.limits import RateLimited
from requests_paginate.sandbox.messages import (
    Dialect,
    Headers,
    PathDialect,
    Refusal,
    Request,
    Response,
    json_response,
)
from requests_paginate.sandbox.pluggy import Pluggy
from requests_paginate.sandbox.providers import Sandbox
from requests_paginate.sandbox.server import Combined, Server, serve
from requests_paginate.sandbox.styles import (
    BodyCursor,
    CursorLinkPages,
    LastIdList,
    LimitOffsetPages,
    LinkHeaderPages,
    OffsetEnvelope,
    PageNumberPages,
    SingleListing,
    TotalPagesEnvelope,
)

__all__ = [
    "Belvo",
    "BelvoDirectDebit",
    "BodyCursor",
    "Changing",
    "Combined",
    "CursorLinkPages",
    "Dialect",
    "ExpiringKeys",
    "Headers",
    "Items",
    "LastIdList",
    "LimitOffsetPages",
    "LinkHeaderPages",
    "OffsetEnvelope",
    "PageNumberPages",
    "PathDialect",
    "Pluggy",
    "RateLimited",
    "Refusal",
    "Request",
    "Response",
    "Sandbox",
    "Server",
    "SingleListing",
    "TotalPagesEnvelope",
    "json_response",
    "serve",
]
