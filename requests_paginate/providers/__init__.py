"""Pluggy and Belvo, as their users need them: a session for each.

Examples:
    >>> from requests_paginate.providers import BelvoSession, PluggySession
    >>> with PluggySession("client-id", "client-secret") as pluggy:
    ...     transactions = pluggy.get_all("/v2/transactions", params={"accountId": "..."})
    >>> with BelvoSession("secret-id", "secret-password", environment="production") as belvo:
    ...     accounts = belvo.get_all("/api/accounts/", params={"link": "..."})
"""

from requests_paginate.providers.belvo import BelvoSession
from requests_paginate.providers.pluggy import PluggyAuth, PluggySession

__all__ = ["BelvoSession", "PluggyAuth", "PluggySession"]
