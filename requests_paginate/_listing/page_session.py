"""A session below another one, which sends the pages of a listing through one adapter.

A `PaginatingAdapter` sees one prepared request, and nothing of the session that made it. The
requests of further pages are that request with another URL or body.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import requests
from requests.adapters import BaseAdapter
from requests.auth import AuthBase, HTTPDigestAuth
from requests.cookies import get_cookie_header
from requests.structures import CaseInsensitiveDict

from requests_paginate._models import Page
from requests_paginate._transport.auth import DeadlineAuth, add_no_auth
from requests_paginate._transport.origins import Origin

Send = Callable[..., requests.Response]

# Of the Authorization header (RFC 9110 section 11.6.2): schemes whose value holds a signature of
# the URL, and those that are negotiated for each request.
_SIGNING = re.compile(
    r"(?:oauth|aws4?[-\w]*|digest|hawk|mac|hmac[-\w]*|signature|sharedkey(?:lite)?|ntlm|negotiate"
    r"|kerberos|goog4[-\w]*|tc3[-\w]*|acs\d?[-\w]*)(?:\s|\Z)",
    re.IGNORECASE,
)
_USERINFO = re.compile(r"(?<=//)[^/?#]*@")
# Headers of a request for one page: they tell of its body, or of what the caller has of it.
_OF_ONE_PAGE = (
    "Content-Length", "If-Match", "If-Modified-Since", "If-None-Match", "If-Range",
    "If-Unmodified-Since", "Range",
)  # fmt: skip
_SIGNATURE = re.compile(r"(?:x-(?:amz|goog)-|oauth_)?signature(?:-input)?|sig", re.IGNORECASE)


class PageSession(requests.Session):
    """A session whose requests are those of one prepared request, with another URL or body.

    An auth object that watches the answers, as that of Digest or of Pluggy does, is found by its
    hook, and authenticates every page.

    Args:
        send: What sends a request, as an adapter's `send` does.
        request: The prepared request, which was answered.
        first: Its answer: the first page.
        settings: The `verify`, `cert` and `proxies` with which it was sent.
        elapsed: The time until the headers of the first page were read.
    """

    def __init__(
        self,
        send: Send,
        request: requests.PreparedRequest,
        first: requests.Response,
        settings: Mapping[str, Any],
        elapsed: timedelta,
    ) -> None:
        super().__init__()
        self.prepared, self.elapsed = request, elapsed
        self._send, self._first, self._settings = send, first, settings
        self._pages = _PageAdapter(send, first, request.body)
        self.adapters.clear()
        self.adapters.update({"https://": self._pages, "http://": self._pages})
        self.trust_env = False
        self.verify, self.cert = settings["verify"], settings["cert"]
        self.proxies = dict(settings["proxies"] or {})
        self.headers = _choose_headers(request)
        if request._cookies is not None and "Cookie" not in self.headers:  # type: ignore[attr-defined]
            self.cookies.update(request._cookies)  # type: ignore[attr-defined]
        self.auth = _choose_auth(request)
        self.url = _USERINFO.sub("", request.url or "", count=1)

    def again(self) -> PageSession:
        """Return another one, which begins with the same first page."""
        return PageSession(self._send, self.prepared, self.latest, self._settings, self.elapsed)

    @property
    def latest(self) -> requests.Response:
        """The response that came last, while there is only the first page."""
        return self._as_first(self._pages.first_responses[-1])

    def find_response(self, first: Page) -> requests.Response:
        """Return the response of the first page: perhaps that of a further try."""
        found = self._pages.first_responses
        # others may have come already, of pages that are fetched ahead
        response = next((each for each in found if each.headers is first.headers), found[0])
        self._pages.first_responses, self._pages.has_first = [response], True
        return self._as_first(response)

    def _as_first(self, response: requests.Response) -> requests.Response:
        """Return a response as the answer to the caller's request, after its redirects."""
        if response is not self._first:
            response.request, response.history = self.prepared, self._first.history
            vars(response)["connection"] = vars(self._first).get("connection")
        return response

    @property
    def cookies_set(self) -> list[str]:
        """The Set-Cookie headers of all pages."""
        return self._pages.cookies

    def explain_refusal(self, response: requests.Response) -> str:
        """Return what to do after a later page was refused; a listing adds it to its error."""
        if response.status_code not in (401, 403):
            return ""
        return (
            "an adapter sends every page with the credentials of the first one; where they are "
            "made for each request, or expire meanwhile, use get_all with the session"
        )


class _PageAdapter(BaseAdapter):
    """Answers the first request with the page that has come already, and sends all others.

    Attributes:
        first_responses: The first page's and those of further tries, and perhaps of other pages.
        has_first: Whether it is known which of them is the first page's.
        cookies: The Set-Cookie headers of all.
    """

    def __init__(self, send: Send, first: requests.Response, body: Any) -> None:
        super().__init__()
        self._send, self._own_body = send, body
        self._origin = Origin.of(first.url or first.request.url or "")
        self._first: requests.Response | None = first
        self.first_responses = [first]
        self.has_first = False
        self.cookies: list[str] = []

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> Any:
        """Return the response to a request."""
        response, self._first = self._first, None
        if response is None:
            self._keep_body(request)
            response = self._send(request, *args, **options)
            vars(response)["connection"] = self  # by which an auth sends it again
        if not self.has_first:
            self.first_responses.append(response)
        listed = getattr(getattr(response.raw, "headers", None), "getlist", None)
        # what another origin sets is no cookie of this one
        if listed is not None and self._origin.includes(response.url or request.url or ""):
            self.cookies += listed("Set-Cookie")
        return response

    def _keep_body(self, request: requests.PreparedRequest) -> None:
        """Send the caller's own bytes where a page has the same body: JSON has many spellings."""
        own, kind = self._own_body, str(request.headers.get("Content-Type"))
        if own is None or request.body is None or "json" not in kind.lower():
            return
        with suppress(ValueError):
            if json.loads(request.body) == json.loads(own):
                request.body = own
                request.prepare_content_length(own)

    def close(self) -> None:
        """Do nothing: the connections are another adapter's."""


def find_signature(request: requests.PreparedRequest) -> str | None:
    """Return where a request holds a signature of its URL, in words; None if nowhere.

    With another URL it would be wrong, and an adapter cannot make another one: the session's auth
    object stands above it.
    """
    if _find_auth(request) is not None:
        return None
    authorization = request.headers.get("Authorization", "")
    if isinstance(authorization, bytes):
        authorization = authorization.decode("latin-1")
    if (scheme := _SIGNING.match(authorization)) is not None:
        return f"the Authorization header is of the scheme {scheme[0].strip()}"
    for name in request.headers:
        if _SIGNATURE.fullmatch(str(name)):
            return f"the header {name!r} is a signature"
    query = (request.url or "").partition("?")[2]
    for piece in query.split("&"):
        name = piece.partition("=")[0]
        if _SIGNATURE.fullmatch(name):
            return f"the parameter {name!r} is a signature"
    return None


def _choose_headers(request: requests.PreparedRequest) -> CaseInsensitiveDict[Any]:
    """Return the headers of a request that its further pages have, too."""
    headers: CaseInsensitiveDict[Any] = CaseInsensitiveDict(request.headers)
    for name in _OF_ONE_PAGE:
        headers.pop(name, None)
    jar = request._cookies  # type: ignore[attr-defined]  # not in types-requests
    if jar is not None and "Cookie" in headers:
        bare = request.copy()
        del bare.headers["Cookie"]
        if get_cookie_header(jar, bare) == headers["Cookie"]:  # type: ignore[no-untyped-call]
            del headers["Cookie"]  # the jar writes it, with what the pages add
    auth = _find_auth(request)
    if isinstance(auth, DeadlineAuth):
        # another one is the caller's, and stays
        keys = {getattr(auth, "api_key", None), getattr(auth, "old_api_key", None)}
        if headers.get(auth.header) in keys:
            headers.pop(auth.header, None)
    return headers


def read_body(request: requests.PreparedRequest) -> dict[str, Any] | None:
    """Return a request's body as an option of `session.request`; None if it is sent only once."""
    body = request.body
    if body is None:
        return {}
    if not isinstance(body, (str, bytes, bytearray)):
        return None
    content = bytes(body) if isinstance(body, bytearray) else body
    if "json" in str(request.headers.get("Content-Type", "")).lower():
        with suppress(ValueError):
            fields = json.loads(content)
            if isinstance(fields, dict):  # a cursor may go into it
                return {"json": fields}
    return {"data": content}


def _choose_auth(request: requests.PreparedRequest) -> Any:
    """Return what authenticates the further pages.

    Digest and a key that is renewed have to be made anew for each of them. What any other object
    added once stays in the headers; only its hook watches the answers.
    """
    auth = _find_auth(request)
    if auth is None or isinstance(auth, (DeadlineAuth, HTTPDigestAuth)):
        return auth or add_no_auth
    hooks = [hook for hook in request.hooks["response"] if _find_owner(hook) is auth]

    def watch(page: requests.PreparedRequest) -> requests.PreparedRequest:
        for hook in hooks:
            page.register_hook("response", hook)  # type: ignore[no-untyped-call]
        return page

    return watch


def _find_auth(request: requests.PreparedRequest) -> Any:
    """Return the auth object that registered a hook with a request, if one did."""
    for hook in (request.hooks or {}).get("response", ()):
        owner = _find_owner(hook)
        if isinstance(owner, AuthBase):
            return owner
    return None


def _find_owner(hook: Any) -> Any:
    """Return the object whose method a hook is."""
    return getattr(hook.func if isinstance(hook, partial) else hook, "__self__", None)
