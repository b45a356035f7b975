"""Sends a page's request: through the session, within the origin policy, redirects included.

Redirects are followed here and not by the session, because requests takes only the
`Authorization` header from one that leaves the origin: an X-API-KEY goes anywhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from requests import exceptions as requests_exceptions
from requests.auth import AuthBase, _basic_auth_str
from requests.cookies import RequestsCookieJar

from requests_paginate._models import PageRequest
from requests_paginate._redaction import REDACTED, is_secret_name, redacted_text, redacted_url
from requests_paginate._transport.options import TransportOptions
from requests_paginate._transport.origins import Destination, Origin, OriginPolicy
from requests_paginate._transport.page_task import PageTask
from requests_paginate._transport.session_request import Door
from requests_paginate._transport.tally import Tally
from requests_paginate._urls import check_link, header_text, is_relative, resolve
from requests_paginate.exceptions import InconsistentListing, UnsafeLink

__all__ = ["Sender", "prepared_url"]

# Instead of Location; a header and no attribute, since a cache keeps headers.
_LOCATION = "Requests-Paginate-Location"
_MAX_REDIRECTS = 30  # as requests
_SHORTEST_SECRET = 4  # characters; to hide shorter ones would riddle a text with holes


class Sender:
    """Sends requests through a session.

    Args:
        door: The door of a requests-like session.
        options: The listing's options.
        request_options: What `session.request` gets for every page.
        first_url: The caller's URL. Every other URL was named by the server and is checked
            against its origin. A session that completes relative URLs itself is asked for the
            first page before the origin is known.

    Attributes:
        session: The session.
        tally: What sending cost.
    """

    def __init__(
        self,
        door: Door,
        options: TransportOptions,
        request_options: Mapping[str, Any],
        first_url: str,
    ) -> None:
        self.session = door.session
        self.tally = Tally()
        self._options = options
        self._request_options = dict(request_options)
        self._allowed = tuple(Origin.of(prepared_url(url)) for url in options.allow_origins)
        self._first_url = first_url
        self._pin: Origin | None = None  # until the first link, or a relative URL's first page
        self._door = door
        self._stranger: requests.Session | None = None

    def send(self, request: PageRequest, task: PageTask) -> requests.Response:
        """Sends the request and follows its redirects; the body is still to be read.

        Raises:
            UnsafeLink: The URL or a redirect leads where it must not; nothing was sent there.
            InconsistentListing: The redirects lead in a circle.
        """
        params = dict(request.params)
        if request.url == self._first_url:
            destination = Destination(url=request.url)
        else:
            destination = self._admit(request.url, task)
            # A session parameter that a link already carries is sent once: None deletes it.
            query = {name for name, _ in parse_qsl(urlsplit(request.url).query, True)}
            params.update(dict.fromkeys(query & self.session_params().keys(), None))
        visits: Counter[str] = Counter()
        while True:
            response = self._request(request, destination, params, task)
            if self._pin is None and is_relative(self._first_url):
                asked = response.request.url if response.request is not None else response.url
                self._pin = Origin.of(asked or "")
            location = _redirect_target(request, response)
            if location is None:
                return response
            response.close()
            destination = self._admit(resolve(response.url, location), task)
            # Back to the same URL once may be meant: a redirect that sets a cookie does so.
            visits[destination.url] += 1
            if visits[destination.url] > 2 or visits.total() > _MAX_REDIRECTS:
                raise InconsistentListing(
                    f"redirects lead nowhere: {redacted_url(destination.url)}"
                )
            # The target is complete; as in requests, nothing is added to it.
            params = dict.fromkeys(self.session_params(), None)

    def session_params(self) -> Mapping[str, Any]:
        """The session's own query parameters, which it adds to every request."""
        params = getattr(self.session, "params", None)
        return params if isinstance(params, Mapping) else {}

    def known_secrets(self) -> dict[str, Any]:
        """What links may echo of the caller's secrets, by name: parameters, headers, passwords."""
        found: dict[str, Any] = dict(self.session_params())
        for source in (
            getattr(self.session, "headers", None),
            self._request_options.get("headers"),
        ):
            for name, value in (source or {}).items():
                if is_secret_name(str(name)):  # names may be bytes
                    found[f"header {name}"] = value
        auths = [getattr(self.session, "auth", None), self._request_options.get("auth")]
        for number, secret in enumerate(s for auth in auths for s in _secrets_in(auth)):
            found[f"auth {number}"] = secret
        return found

    def concealed(self, text: str, request: PageRequest, response: requests.Response) -> str:
        """Somebody else's text without the caller's secrets, which a refusal may quote."""
        given = self._request_options
        sources: list[Any] = [request.query(), request.json, self.session_params(), given]
        sent = getattr(response.request, "headers", None) or {}
        sources += [dict(sent), {"cookies": _cookie_values(sent.get("Cookie"))}]
        sources += [getattr(self.session, name, None) for name in ("headers", "auth", "cookies")]
        secrets = {secret for source in sources for secret in _secrets_in(source)}
        for secret in sorted(secrets, key=len, reverse=True):
            # of `Bearer abc`, a quoted `abc` is the secret too
            for part in (secret, secret.rpartition(" ")[2]):
                if len(part) >= _SHORTEST_SECRET:
                    text = re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", REDACTED, text)
        return text

    def _admit(self, url: str, task: PageTask) -> Destination:
        """Where a URL that is not the caller's may be sent, by the origin policy."""
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
            self._pin = Origin.of(prepared_url(self._first_url))
        url = resolve(self._first_url, url)
        if url.startswith(f"{self._pin}/"):
            return Destination(url=url)  # the authority ends at the slash: it is the pin itself
        policy = OriginPolicy(
            pin=self._pin, allowed=self._allowed, pin_origin=self._options.pin_origin
        )
        destination = policy.admit(url, prepared_url(url))
        task.has_upgraded = task.has_upgraded or destination.upgraded
        return destination

    def _request(
        self, request: PageRequest, destination: Destination, params: dict[str, Any], task: PageTask
    ) -> requests.Response:
        task.check()
        connect, read = self._options.timeouts
        options: dict[str, Any] = {
            **self._request_options,
            "params": params or None,
            "timeout": (task.deadline.cap(connect), task.deadline.cap(read)),
            "stream": True,
            "allow_redirects": False,
        }
        if request.headers:
            options["headers"] = {**(options.get("headers") or {}), **request.headers}
        if request.json is not None:
            options["json"] = request.json
        self.tally.add(requests=1)
        options["hooks"] = self._hooks()
        if not destination.credentials:
            if {"json", "data", "files"} & options.keys() or request.headers:
                raise UnsafeLink(
                    "a body or a strategy's header is not sent to another origin: "
                    f"{redacted_url(destination.url)}"
                )
            hooks = {"response": [_take_location]}
            options = {**_without_credentials(options), "auth": _as_it_is, "hooks": hooks}
            if isinstance(own_ca := getattr(self.session, "verify", None), str):
                options.setdefault("verify", own_ca)  # before the environment's
            return self._without_session().request(request.method, destination.url, **options)
        if self._has_authorization(options):
            options["auth"] = _as_it_is
        return self._door.send(request.method, destination.url, options)

    def _hooks(self) -> dict[str, Any]:
        """The caller's response hooks, or the session's as in requests, and one of our own."""
        given = self._request_options.get("hooks") or {}
        theirs = given.get("response") or (getattr(self.session, "hooks", None) or {}).get(
            "response"
        )
        listed = [theirs] if callable(theirs) else list(theirs or ())
        return {**given, "response": [*listed, _take_location]}

    def _has_authorization(self, options: Mapping[str, Any]) -> bool:
        """Whether the caller's auth is a header, which requests would replace from a netrc file."""
        if options.get("auth") is not None or getattr(self.session, "auth", None) is not None:
            return False
        headers = [options.get("headers") or {}, getattr(self.session, "headers", None) or {}]
        return any(name.lower() == "authorization" for names in headers for name in names)

    def _without_session(self) -> requests.Session:
        """A session with the same wires and none of the credentials, for allowed origins."""
        if self._stranger is None:
            stranger = requests.Session()
            for name in ("adapters", "proxies", "verify", "trust_env"):
                if hasattr(self.session, name):
                    setattr(stranger, name, getattr(self.session, name))
            self._stranger = stranger  # whole, since other threads may use it at once
        return self._stranger


def prepared_url(url: str) -> str:
    """The URL as requests will send it.

    Raises:
        UnsafeLink: requests cannot send it.
    """
    prepared = requests.PreparedRequest()
    try:
        prepared.prepare_url(url, None)
    except requests_exceptions.RequestException as error:
        text = redacted_text(str(error))
    else:
        return prepared.url or ""
    raise UnsafeLink(text)


def _redirect_target(request: PageRequest, response: requests.Response) -> str | None:
    if response.status_code not in (301, 302, 303, 307, 308):
        return None
    if response.status_code < 304 and request.method != "GET":
        return None  # fetch says which status came instead of a page
    location: str | None = response.headers.get(_LOCATION) or response.headers.get("Location")
    return header_text(location) if location else None


def _take_location(response: requests.Response, **_options: Any) -> None:
    """A response hook: moves a redirect's Location to where requests does not look.

    Even with allow_redirects=False it would read the redirect's whole body, without a bound, and
    parse the Location, to fill `response.next`.
    """
    if response.is_redirect:
        response.headers[_LOCATION] = response.headers.pop("Location")


def _secrets_in(value: Any, *, named: bool = False) -> Iterator[str]:
    """The texts under secret-like names, at any depth; of auth and cookies, all of them."""
    if isinstance(value, RequestsCookieJar):  # which is a mapping, too
        yield from _secrets_in(value.values(), named=True)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            is_secret = is_secret_name(str(name)) or name == "cookies"
            yield from _secrets_in(inner, named=named or is_secret)
    elif isinstance(value, (list, tuple)):
        is_auth = isinstance(value, tuple) and len(value) == 2
        if is_auth and all(isinstance(part, (str, bytes)) for part in value):
            # the password, and user and password as Basic authentication sends them
            yield from _secrets_in(value[1], named=True)
            yield _basic_auth_str(*value).rpartition(" ")[2]
            return
        for inner in value:
            yield from _secrets_in(inner, named=named)
    elif isinstance(value, AuthBase):
        pair = (getattr(value, "username", ""), getattr(value, "password", None))
        yield from _secrets_in(pair, named=True)
    elif named and value is not None and not isinstance(value, bool):
        yield value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _cookie_values(header: Any) -> list[str]:
    text = header.decode("latin-1") if isinstance(header, bytes) else str(header or "")
    return [pair.partition("=")[2].strip() for pair in text.split(";")]


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """An auth that adds nothing and, being there, keeps netrc out."""
    return request


def _without_credentials(options: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("params", "timeout", "stream", "allow_redirects", "verify", "proxies")
    return {name: options[name] for name in kept if name in options}
