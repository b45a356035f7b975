"""Both providers on one server, in one line."""

from __future__ import annotations

from requests_paginate.sandbox.belvo import Belvo
from requests_paginate.sandbox.pluggy import Pluggy
from requests_paginate.sandbox.server import Combined, Server

__all__ = ["Sandbox"]


class Sandbox(Server):
    """Pluggy and Belvo over TLS on this machine, while the context lasts.

    It needs an extra: `pip install requests-paginate[sandbox]`. `url`, `ca_file`, `requests` and
    `errors` are those of `Server`.

    Args:
        pluggy: Pluggy as it is to answer, such as `Pluggy(transactions=10)`.
        belvo: Belvo as it is to answer.
        port: The port to listen on; 0 for any that is free.

    Attributes:
        pluggy: Pluggy, with its credentials (`client_id`, `client_secret`, `api_key`) and its rows.
        belvo: Belvo, with its credentials (`secret_id`, `secret_password`) and its rows.

    Examples:
        >>> import requests
        >>> with Sandbox() as sandbox, requests.Session() as session:
        ...     session.trust_env = False
        ...     session.auth = sandbox.belvo_auth
        ...     session.get(f"{sandbox.url}/api/links/", verify=sandbox.ca_file).status_code
        200
    """

    def __init__(
        self, *, pluggy: Pluggy | None = None, belvo: Belvo | None = None, port: int = 0
    ) -> None:
        self.pluggy, self.belvo = pluggy or Pluggy(), belvo or Belvo()
        super().__init__(Combined(dialects=(self.pluggy, self.belvo)), port=port)

    def __enter__(self) -> Sandbox:
        return self

    @property
    def pluggy_headers(self) -> dict[str, str]:
        """The headers that authenticate a request to Pluggy."""
        return {"X-API-KEY": self.pluggy.api_key}

    @property
    def belvo_auth(self) -> tuple[str, str]:
        """The user name and password of HTTP Basic for Belvo."""
        return self.belvo.secret_id, self.belvo.secret_password
