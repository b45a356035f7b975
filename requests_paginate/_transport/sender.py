"""Send a page's request: through the session, within the origin policy, redirects included.

Redirects are followed here and not by the session. Of a request that leaves the origin, requests
takes only the `Authorization` header away: an X-API-KEY would go anywhere.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from requests import exceptions as requests_exceptions
from requests.structures import CaseInsensitiveDict

from requests_paginate._models import PageRequest, as_text
from requests_paginate._redaction import is_secret_name, redact_text, redact_url
from requests_paginate._transport.auth import BoundedAuth, add_no_auth
from requests_paginate._transport.errors import explain_redirect
from requests_paginate._transport.interim import InterimHook, finish_response
from requests_paginate._transport.options import TransportOptions
from requests_paginate._transport.origins import Destination, Origin, OriginPolicy
from requests_paginate._transport.page_task import PageTask
from requests_paginate._transport.secrets import SessionSecrets
from requests_paginate._transport.session_request import SessionRequest
from requests_paginate._transport.tally import Tally
from requests_paginate._urls import check_link, decode_header, is_relative, resolve_link
from requests_paginate.exceptions import InconsistentListing, UnsafeLink

# Instead of Location. It is a header and no attribute of the response, since a cache keeps headers.
_LOCATION = "Requests-Paginate-Location"
_MAX_REDIRECTS = 30  # as in requests
# What may go to another origin. The rest (headers, cookies, cert, bodies) may hold a secret.
_WITHOUT_CREDENTIALS = ("params", "timeout", "stream", "allow_redirects", "verify", "proxies")
_BODIES = ("data", "files")  # of the caller; that in JSON is the page's request's own


class Sender:
    """Sends requests through a session.

    The first URL is the caller's. Every other one was named by the server and is checked against
    its origin. A session that completes relative URLs is asked for the first page before that is
    known.
    """

    def __init__(
        self,
        session_request: SessionRequest,
        options: TransportOptions,
        request_options: Mapping[str, Any],
        first: PageRequest,
    ) -> None:
        self.session = session_request.session
        self.secrets = SessionSecrets(session_request, request_options, first)
        self.tally = Tally()
        self.session_request = session_request
        self._options = options
        self._request_options = dict(request_options)
        self._allowed = tuple(Origin.of(_prepare_url(url)) for url in options.allow_origins)
        self._first_url, self._first_method = first.url, first.method
        self._pin: Origin | None = None  # until the first link, or a relative URL's first page
        self._bare_session: SessionRequest | None = None

    def send(self, request: PageRequest, task: PageTask) -> requests.Response:
        """Send a request and follow its redirects; the body is still to be read."""
        params = dict(request.params)
        if request.url == self._first_url:
            destination = Destination(url=request.url)
        else:
            destination = self._admit(request.url, task)
            # A session parameter that a link already carries is sent once: None deletes it.
            query = {name for name, _ in parse_qsl(urlsplit(request.url).query, True)}
            own = self.session_request.session_params
            params.update({name: None for name in own if as_text(name) in query})
        visits: Counter[str] = Counter()
        history: list[requests.Response] = []
        while True:
            task.check()
            self.tally.add(requests=1)
            sends, options = self._prepare(request, destination, params, task)
            began = time.monotonic()
            response = sends.send(request.method, destination.url, options)
            if response.request is not None:
                self.secrets.note(response.request)
            if response.history:  # what the authentication sent before, as for a digest's nonce
                self.tally.add(requests=len(response.history))
            if task.deadline.left() <= 0:  # it has come, and the session may have waited before
                on_the_wire = response.elapsed.total_seconds()
                task.deadline.extend(max(0.0, time.monotonic() - began - on_the_wire))
            if response.status_code < 200:  # where no hook did
                response = finish_response(response, task.check)
            if self._pin is None and is_relative(self._first_url):
                asked = response.request.url if response.request is not None else response.url
                self._pin = Origin.of(asked or "")
            location = _find_redirect(request, response)
            if location is None:
                if history:
                    response.history = [*history, *response.history]  # as in requests
                return response
            response.close()
            history.append(response)
            try:
                destination = self._admit(resolve_link(response.url, location), task)
            except UnsafeLink as error:
                raise explain_redirect(error, response.url, location) from None
            # One return to the same URL may be meant: a redirect that sets a cookie does so.
            visits[destination.url] += 1
            if visits[destination.url] > 2 or visits.total() > _MAX_REDIRECTS:
                raise InconsistentListing(f"redirects lead nowhere: {redact_url(destination.url)}")
            # As in requests, nothing is added to a redirect's URL.
            params = dict.fromkeys(self.session_request.session_params, None)

    def renew(self) -> None:
        """Go on in a forked process, without the calls that are inside of its parent's session."""
        for each in filter(None, (self.session_request, self._bare_session)):
            each.renew()

    def _admit(self, url: str, task: PageTask) -> Destination:
        """Return where a URL that is not the caller's may be sent, by the origin policy."""
        if url.partition("?")[0] == self._first_url.partition("?")[0]:
            return Destination(url=url)  # the caller's own URL with another query
        check_link(url)
        if is_relative(url) and is_relative(self._first_url):
            return Destination(url=url)  # the session completes it, as it did the first
        if self._pin is None:
            if is_relative(self._first_url):
                raise UnsafeLink(
                    "a link cannot be checked before the first page told the origin; give get_all "
                    "an absolute URL"
                )
            self._pin = Origin.of(_prepare_url(self._first_url))
        url = resolve_link(self._first_url, url)
        if url.startswith(f"{self._pin}/"):
            return Destination(url=url)  # the authority ends at the slash: it is the pin itself
        pins = self._options.pin_origin
        policy = OriginPolicy(pin=self._pin, allowed=self._allowed, pin_origin=pins)
        destination = policy.admit(url, _prepare_url(url))
        task.has_upgraded = task.has_upgraded or destination.upgraded
        return destination

    def _prepare(
        self, request: PageRequest, destination: Destination, params: dict[str, Any], task: PageTask
    ) -> tuple[SessionRequest, dict[str, Any]]:
        """Return what sends a request to a destination, and the options of `session.request`."""
        options: dict[str, Any] = {
            **self._request_options,
            "params": params or None,
            "timeout": task.deadline.cap(*self._options.timeouts),
            "stream": True,
            "allow_redirects": False,
            "hooks": self._add_hooks(task),
        }
        # a cache may have kept the broken page (RFC 9111 section 5.2.1.4)
        again = {"Cache-Control": "no-cache"} if task.has_failed else {}
        if request.headers or again:
            options["headers"] = {**again, **(options.get("headers") or {}), **request.headers}
        if request.json is not None:
            options["json"] = request.json
        if request.method != self._first_method:  # a link of a listing by POST asks for GET
            options = {name: given for name, given in options.items() if name not in _BODIES}
        if not destination.credentials:
            return self._prepare_without_credentials(request, destination, options)
        if self._has_authorization_header(options):
            options["auth"] = add_no_auth
            return self.session_request, options
        auth = options.get("auth") or getattr(self.session, "auth", None)
        if callable(auth):
            options["auth"] = BoundedAuth(auth, task)
        return self.session_request, options

    def _prepare_without_credentials(
        self, request: PageRequest, destination: Destination, given: Mapping[str, Any]
    ) -> tuple[SessionRequest, dict[str, Any]]:
        """Return the same for an allowed origin, which gets no credentials, body or header."""
        if {"json", *_BODIES} & given.keys() or request.headers:
            raise UnsafeLink(
                "a body or a strategy's header is not sent to another origin: "
                f"{redact_url(destination.url)}"
            )
        options = {name: given[name] for name in _WITHOUT_CREDENTIALS if name in given}
        # what a link carries was written by the server; parameters are the caller's
        params = (given["params"] or {}).items()
        options["params"] = {name: v for name, v in params if not is_secret_name(str(name))} or None
        options |= {"auth": add_no_auth, "hooks": {"response": [_hide_location]}}
        if isinstance(own_ca := getattr(self.session, "verify", None), str):
            options.setdefault("verify", own_ca)  # before the environment's
        if self._bare_session is None:
            session = requests.Session()
            for name in ("adapters", "proxies", "verify", "trust_env"):
                if hasattr(self.session, name):
                    setattr(session, name, getattr(self.session, name))
            # when it is complete: other threads may use it at once
            self._bare_session = SessionRequest(session)
        return self._bare_session, options

    def _add_hooks(self, task: PageTask) -> dict[str, Any]:
        """Return the caller's response hooks, or the session's as in requests, between ours."""
        given = self._request_options.get("hooks") or {}
        own = getattr(self.session, "hooks", None) or {}
        theirs = given.get("response") or own.get("response")
        listed = [theirs] if callable(theirs) else list(theirs or ())
        return {**given, "response": [InterimHook(task.deadline.check), *listed, _hide_location]}

    def _has_authorization_header(self, options: Mapping[str, Any]) -> bool:
        """Return whether the caller's auth is a header, which requests would replace by netrc's."""
        if options.get("auth") is not None or getattr(self.session, "auth", None) is not None:
            return False
        given, own = options.get("headers"), getattr(self.session, "headers", None)
        return any(_holds_authorization(headers) for headers in (given, own) if headers)


def _holds_authorization(headers: Mapping[str, Any]) -> bool:
    if isinstance(headers, CaseInsensitiveDict):  # nearly always, and on every page
        return "authorization" in headers
    return any(name.lower() == "authorization" for name in headers)


def _prepare_url(url: str) -> str:
    """Return the URL as requests will send it, or raise UnsafeLink if it cannot."""
    prepared = requests.PreparedRequest()
    try:
        prepared.prepare_url(url, None)
    except requests_exceptions.RequestException as error:
        text = redact_text(str(error))
    else:
        return prepared.url or ""
    raise UnsafeLink(text)


def _find_redirect(request: PageRequest, response: requests.Response) -> str | None:
    # others are errors: the fetcher says which status came instead of a page
    statuses = (301, 302, 303, 307, 308) if request.method == "GET" else (307, 308)
    return read_location(response) if response.status_code in statuses else None


def read_location(response: requests.Response) -> str | None:
    """Return where a redirect leads, if the response is one."""
    location: str | None = response.headers.get(_LOCATION) or response.headers.get("Location")
    return decode_header(location) if location else None


def _hide_location(response: requests.Response, **_options: Any) -> None:
    """Move a redirect's Location to where requests does not look; a response hook.

    Even with allow_redirects=False requests would read the redirect's whole body, without a bound,
    and parse the Location, to fill `response.next`.
    """
    if response.is_redirect:
        response.headers[_LOCATION] = response.headers.pop("Location")
