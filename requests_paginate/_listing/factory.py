"""Make a listing from the arguments of a call: check them, and copy what may change later."""

from __future__ import annotations

import copy
import inspect
import re
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import Executor
from difflib import get_close_matches
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import requests
from requests import exceptions as requests_exceptions
from requests.utils import check_header_validity, get_auth_from_url
from urllib3 import Retry

from requests_paginate._envelope import vocabulary
from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate._listing.listing import Listing
from requests_paginate._listing.options import OPTION_NAMES, Options, split_options
from requests_paginate._listing.place import find_bound, find_position
from requests_paginate._listing.reader import PageReader
from requests_paginate._listing.shareable import check_shareable
from requests_paginate._listing.shared_cache import warn_of_shared_cache
from requests_paginate._models import PageRequest
from requests_paginate._redaction import REDACTED, redact_text, redact_url
from requests_paginate._transport.fetcher import Fetcher
from requests_paginate._transport.retry import RetryPolicy
from requests_paginate._transport.sender import Sender
from requests_paginate._transport.session_request import (
    REQUEST,
    SessionRequest,
    choose_session_request,
    is_own_request,
)
from requests_paginate._urls import is_relative
from requests_paginate.exceptions import PaginationWarning, UnsafeLink, warn

_USERINFO = re.compile(r"(?<=//)[^/?#]*@")
# What every page is asked with.
_PASSED = frozenset({"params", "timeout", "stream", "allow_redirects", "hooks"})
_REQUEST_NAMES = frozenset(inspect.signature(REQUEST).parameters) - {"self"}


def open_listing(
    session: Any, method: str, url: str, options: Mapping[str, Any], *, owns_session: bool = False
) -> Listing[Any]:
    """Return a listing of the rows at a URL, with options as for `requests_paginate.get_all`.

    Nothing is sent yet. A session that the listing owns closes with it.

    Raises:
        TypeError: An option has the wrong type or an unknown name, or cannot hold on every page.
        ValueError: An option is out of range, the method has no rows, or with `prefetch` several
            threads would use a session that belongs to one.
        requests.RequestException: The URL is invalid.
        UnsafeLink: The URL names a user without a password.
        InvalidCheckpoint: `resume` or `until` does not fit the call.
    """
    method = check_method(method)
    _check_session(session)
    listing_options, rest = split_options(options)
    if listing_options.prefetch:
        check_shareable(session)
    check_names(rest, session)
    check_headers(rest.get("headers"))
    session_request = choose_session_request(session)
    request = _make_first_request(method, url, rest, session_request)
    _warn_of_retries(session, request.url, listing_options)
    sender = Sender(session_request, listing_options, rest, request)
    collected = sender.secrets.collect()
    warn_of_shared_cache(session, request, rest, collected)
    position = find_position(request, listing_options, collected)
    bound = find_bound(request, listing_options, collected, position)
    fetcher = Fetcher(sender, listing_options, request)
    reader = PageReader(fetcher, position, bound, listing_options, owns_session=owns_session)
    return Listing(reader, listing_options)


def check_method(method: object) -> str:
    """Return the method in capitals, or raise for one whose responses have no rows."""
    if not isinstance(method, str):
        raise TypeError(f"method: expected a string, got {type(method).__name__}")
    if method.upper() in ("HEAD", "OPTIONS"):
        raise ValueError(f"method: a response to {method.upper()} has no rows")
    return method.upper()


def _make_first_request(
    method: str, url: object, rest: dict[str, Any], session_request: SessionRequest
) -> PageRequest:
    """Return the first page's request, and remove from `rest` what it holds."""
    session, session_params = session_request.session, session_request.session_params
    if not isinstance(url, (str, bytes)):
        raise TypeError(f"url: expected a string, got {type(url).__name__}")
    # a fragment is not sent, and may hold a token that an OAuth flow left behind
    url = (url.decode() if isinstance(url, bytes) else url).strip().partition("#")[0]
    if not is_relative(url) or is_own_request(session):
        _check_url(url, session_request)
    if "@" in url and (credentials := get_auth_from_url(url)) != ("", ""):
        # As in requests; but errors, logs and checkpoints see the URL without them.
        url = _USERINFO.sub("", url, count=1)
        if not (rest.get("auth") or getattr(session, "auth", None)):
            rest["auth"] = credentials
    if "@" in url and "@" in urlsplit(url).netloc:
        raise UnsafeLink(
            f"{redact_url(url)} names a user without a password, which requests would not send "
            "as credentials; pass auth=(user, password), or the header that takes a token"
        )
    params = rest.pop("params", None)
    if callable(getattr(params, "request", None)):
        raise TypeError("params: expected query parameters, got a session; write session=")
    if params and not isinstance(params, Mapping):
        # Strings, bytes and pairs are encoded by requests, and then belong to the URL.
        query = _encode_query(params)
        url = f"{url}{'&' if '?' in url else '?'}{query}"
        params = dict.fromkeys(session_params)  # as in requests, the session's are left out
    else:
        given = {n: list(v) if isinstance(v, Iterator) else v for n, v in (params or {}).items()}
        given = {_name_as_sent(name, given): _decode(value) for name, value in given.items()}
        params = {**_find_positions(session_params, url), **given}
    # A copy: what is changed after the call is not what was asked for.
    return PageRequest(method, url, params=params, json=copy.deepcopy(rest.pop("json", None)))


def _warn_of_retries(session: Any, url: str, options: Options) -> None:
    """Warn of an adapter that retries by itself: every try of a page would become several."""
    try:
        own = getattr(session.get_adapter(url), "max_retries", None)
    except (AttributeError, requests_exceptions.InvalidSchema):
        return  # not a session of requests, or a URL that only the session can complete
    tries = RetryPolicy.of(own).tries if isinstance(own, Retry) else 0
    if tries and (ours := options.retrying.tries):
        warn(
            f"the session's adapter retries {tries} times by itself (max_retries), and the listing "
            f"tries a page {ours} times more: pass retries=0, or mount an adapter without",
            PaginationWarning,
        )


def _encode_query(params: Any) -> str:
    """Return parameters as requests writes them into a URL."""
    prepared = requests.PreparedRequest()
    try:
        prepared.prepare_url("http://params/", params)
    except (TypeError, ValueError):
        kind = type(params).__name__
        raise TypeError(f"params: expected a dict, pairs or a string, got {kind}") from None
    return (prepared.url or "").partition("?")[2]


def _find_positions(session_params: Mapping[str, Any], url: str) -> dict[str, Any]:
    """Return those of the session's parameters that select a page and so change."""
    sent = {name: _name_as_sent(name, session_params) for name in session_params}
    plain = {name: normalize_name(str(text)) for name, text in sent.items()}
    moving = [n for n in plain if plain[n] in vocabulary.POSITIONS or plain[n] in vocabulary.SIZES]
    in_url = PageRequest("GET", url).query() if moving else ()
    # the session's own name for what is sent under another one is left out
    others = {name: None for name in moving if sent[name] != name}
    return others | {sent[n]: _decode(session_params[n]) for n in moving if sent[n] not in in_url}


def _name_as_sent(name: Any, names: Collection[Any]) -> Any:
    """Return the name of a parameter as it is sent: `b"page"` is `page`, too.

    One that stands beside the same name as text stays as it is.
    """
    text = _decode(name)
    return name if text is not name and text in names else text


def _decode(value: Any) -> Any:
    """Return bytes as the text that is sent for both; what is no text stays as it is."""
    try:
        return value.decode() if isinstance(value, bytes) else value
    except UnicodeDecodeError:
        return value


def _check_url(url: str, session_request: SessionRequest) -> None:
    """Raise what requests would raise for the URL, without its secrets."""
    try:
        session_request.prepare_url(url)
        if is_relative(url) or not url.lower().startswith(("http:", "https:")):
            raise requests_exceptions.InvalidSchema(f"expected an http(s) URL, got {url}")
    except requests_exceptions.RequestException as error:
        kind, text = type(error), str(error)
    else:
        return
    # Where the scheme was forgotten, userinfo stands at the start.
    shown = redact_text(re.sub(r"^[^/?#]*@", f"{REDACTED}@", url))
    raise kind(redact_text(text.replace(url, shown))) from None


def check_headers(headers: Any) -> None:
    """Raise what requests would raise for a header, without its value."""
    if headers is not None and not isinstance(headers, Mapping):
        raise TypeError(f"headers: expected a dict, got {type(headers).__name__}")
    for name, value in (headers or {}).items():
        if value is None:
            continue
        try:
            check_header_validity((name, value))
        except requests_exceptions.InvalidHeader:
            pass
        else:
            continue
        raise requests_exceptions.InvalidHeader(
            f"header {name!r} cannot be sent: its value is no string, or holds a line break or "
            "leading blanks, or its name is not allowed"
        )


def _check_session(session: Any) -> None:
    """Raise TypeError for what is no session of requests, though it may have a `request`."""
    kind = type(session)
    what = f"{kind.__module__}.{kind.__name__}"
    if isinstance(session, type):
        raise TypeError(f"session: expected a session, got a class; write {session.__name__}()")
    if isinstance(session, ModuleType):
        name = session.__name__
        raise TypeError(
            f"session: expected a session, got the module {name}; write {name}.Session()"
        )
    if not callable(getattr(session, "request", None)):
        raise TypeError(f"session: expected a requests session, got {what}")
    if is_own_request(session):
        return
    parameters = inspect.signature(session.request).parameters.values()
    takes_any = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters)
    missing = _PASSED.difference(parameter.name for parameter in parameters)
    if missing and not takes_any:
        raise TypeError(
            f"session: expected a requests session, got {what}, whose request() takes no "
            f"{', '.join(sorted(missing))}"
        )
    if any(isinstance(value, Executor) for value in getattr(session, "__dict__", {}).values()):
        raise TypeError(
            f"session: expected a session that answers with responses, got {what}, which answers "
            "with futures; pass a requests.Session and prefetch= to fetch pages at once"
        )


def check_names(given: Mapping[str, Any], session: Any = None) -> None:
    """Raise for an option that nobody takes, such as a misspelled one.

    A session that is not known yet may take any that is not spelled like another.
    """
    known = set(_REQUEST_NAMES)
    takes_any = session is None
    if session is not None and not is_own_request(session):
        parameters = inspect.signature(session.request).parameters.values()
        known |= {parameter.name for parameter in parameters}
        takes_any = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters)
    for name in given:
        if name in known - {"method", "url"}:
            continue
        hint = _advise_instead(name, [*OPTION_NAMES, *known])
        if hint or not takes_any:
            raise TypeError(f"{name}: no such option of a listing or of session.request{hint}")


def _advise_instead(name: str, known: Collection[str]) -> str:
    """Return what the caller of an unknown option probably means."""
    if close := get_close_matches(name, known, n=1, cutoff=0.75):
        return f"; did you mean {close[0]!r}?"
    plain = normalize_name(name)
    sent = f"params={{{name!r}: ...}}"
    if plain in vocabulary.SIZES or re.search(vocabulary.SIZE, plain):
        return f"; max_items= stops after so many rows, and {sent} sends it to the API"
    return f"; {sent} sends it to the API" if plain in vocabulary.POSITIONS else ""
