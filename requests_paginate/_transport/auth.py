"""Auth objects, and how what they send of their own is kept within a page's bounds."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import requests
from requests.auth import AuthBase

from requests_paginate._transport.body import ERROR_BYTES, read_body
from requests_paginate._transport.deadline import Deadline
from requests_paginate._transport.page_task import PageTask


class DeadlineAuth(AuthBase, ABC):
    """An auth object that may have to ask for a key first, and can do so by a deadline.

    Attributes:
        header: The name of the header that it adds.
    """

    header = "Authorization"

    @abstractmethod
    def authenticate(
        self, request: requests.PreparedRequest, deadline: Deadline
    ) -> requests.PreparedRequest:
        """Return the request with authentication, as a call of the object does."""


class BoundedAuth(AuthBase):
    """The caller's auth, whose own hooks see a refusal that was read within bounds.

    Digest authentication reads the whole 401 before it answers the challenge.
    """

    def __init__(self, auth: Any, task: PageTask) -> None:
        self._auth, self._task = auth, task

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if isinstance(self._auth, DeadlineAuth):
            request = self._auth.authenticate(request, self._task.deadline)
        else:
            request = self._auth(request)
        if hooks := request.hooks.get("response"):
            hooks.insert(0, self._read_refusal)
        return request

    def _read_refusal(self, response: requests.Response, **_options: Any) -> None:
        if not response.ok:
            read_body(response, limit=ERROR_BYTES, check=self._task.check, tells_its_end=True)


def add_no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Return the request as it is. The presence of this auth keeps requests from reading netrc."""
    return request
