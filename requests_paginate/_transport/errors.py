"""Turn the errors of requests and urllib3 into this package's, with their secrets redacted."""

from __future__ import annotations

import os
import re
import socket
import ssl
from collections.abc import Callable
from typing import Any

import requests
from requests import exceptions as requests_exceptions
from urllib3 import exceptions as urllib3_exceptions

from requests_paginate import exceptions
from requests_paginate._failures import read_codes, read_words
from requests_paginate._models import PageRequest
from requests_paginate._redaction import redact_text, redact_url
from requests_paginate._transport.json_body import to_utf8
from requests_paginate._urls import may_be_login
from requests_paginate.exceptions import InsecureTransport, TransferFailed

# A mark of the byte order, an XML declaration and comments may come first; no text matches twice.
_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:(?:<\?xml[^>]*>|<!--(?:(?!-->).)*-->)\s*)*"
    rb"<(?:!doctype html|html|head|body|title|script|meta)\b",
    re.IGNORECASE | re.DOTALL,
)
_XML_ENCODING = re.compile(rb"\s*<\?xml[^>]*\bencoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)
_STALE = re.compile(r'\bstale\s*=\s*"?true\b')
_OF_TRANSFER = (
    requests_exceptions.ConnectionError,
    requests_exceptions.ChunkedEncodingError,
    requests_exceptions.ContentDecodingError,
    requests_exceptions.RetryError,  # of an adapter that retries by itself
    requests_exceptions.InvalidHeader,  # of a response, such as two Content-Lengths
    urllib3_exceptions.HTTPError,
)
_OF_TLS = (requests_exceptions.SSLError, urllib3_exceptions.SSLError)
_OF_URL = (
    requests_exceptions.InvalidURL,
    requests_exceptions.InvalidSchema,
    requests_exceptions.MissingSchema,
)
_NO_SUCH_HOST = (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
# What requests says of a file of certificates that is not there, in its adapter's `cert_verify`.
_NO_CERTIFICATES = ("Could not find a suitable TLS CA", "Could not find the TLS")
_CREDENTIALS = "the credentials (auth=, or a key in headers=)"
_CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


class Translation:
    """A context that raises this package's errors instead of those of requests and urllib3.

    Other errors pass, such as those of the caller's own hooks and auth objects.

    Args:
        request: What was asked for.
        is_first: Whether no page came before: then a host that nobody knows is a mistake in the
            call, and not tried again.
    """

    def __init__(self, request: PageRequest, *, is_first: bool = False) -> None:
        self._request, self._is_first = request, is_first

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, cause: BaseException | None, traceback: object) -> None:
        """Raise another error, if there is one for that which was raised."""
        if not isinstance(cause, Exception) or isinstance(cause, exceptions.PaginationError):
            return
        if (error := _translate(self._request, cause)) is None:
            return
        if isinstance(error, TransferFailed) and self._is_first and _is_unknown_host(cause):
            error = exceptions.append_text(error, "check the host's name")
            error.transient = False
        raise error from None


def _translate(request: PageRequest, cause: Exception) -> Exception | None:
    """Return the error to raise instead of another one; None if that passes."""
    if isinstance(cause, _OF_URL):
        return type(cause)(redact_text(str(cause)))
    if isinstance(cause, (requests_exceptions.Timeout, urllib3_exceptions.TimeoutError)):
        error = exceptions.DeadlineExceeded(_describe(request, cause))
        error.transient = True
        return error
    is_about_file = type(cause) is OSError and str(cause).startswith(_NO_CERTIFICATES)
    if is_about_file or isinstance(cause, _OF_TLS):
        return _translate_tls_error(request, cause)
    if isinstance(cause, requests_exceptions.InvalidHeader) and not _is_of_urllib3(cause):
        # The header is the caller's, and the error's text quotes its value.
        text = "a header's value holds characters that no header may have"
        return requests_exceptions.InvalidHeader(text)
    if isinstance(cause, _OF_TRANSFER):
        # of a proxy's TLS, too
        is_tls = _is_caused_by(cause, ssl.SSLError) and not _is_caused_by(cause, ssl.SSLEOFError)
        return (InsecureTransport if is_tls else TransferFailed)(_describe(request, cause))
    namesake = _find_namesake(cause)
    return None if namesake is None else _translate(request, namesake(*cause.args))


def _is_of_urllib3(cause: Exception) -> bool:
    return bool(cause.args) and isinstance(cause.args[0], urllib3_exceptions.HTTPError)


def _translate_tls_error(request: PageRequest, cause: Exception) -> exceptions.PaginationError:
    # A connection that ends without TLS's closing alert was cut; no certificate is at fault.
    if _is_caused_by(cause, ssl.SSLEOFError):
        return TransferFailed(_describe(request, cause))
    hint = ""
    if _is_caused_by(cause, ssl.SSLCertVerificationError):
        hint = "; set session.verify to the file of the CA that signed it, if you trust that CA"
        if set_there := [name for name in _CA_VARIABLES if os.environ.get(name)]:
            hint += f" ({set_there[0]} is set, and in a plain session it wins over that)"
    return InsecureTransport(_describe(request, cause) + hint)


def _find_namesake(cause: Exception) -> type[Exception] | None:
    """Return the error of requests after which that of a fork is named; None for any other."""
    names = [kind.__name__ for kind in type(cause).__mro__]
    is_own = isinstance(cause, requests.RequestException)
    if is_own or requests.RequestException.__name__ not in names:
        return None
    # that of a body that is no JSON wants more than a text
    left = [n for n in names if n != requests_exceptions.JSONDecodeError.__name__]
    known: Any = [kind for n in left if (kind := getattr(requests_exceptions, n, None))]
    namesake: type[Exception] = known[0]
    return namesake


def _describe(request: PageRequest, cause: Exception) -> str:
    # urllib3's reason, without "Max retries exceeded": it was not urllib3 that tried again.
    reason = getattr(cause.args[0], "reason", None) if cause.args else None
    text = redact_text(str(reason or cause))
    return f"{request.method} {redact_url(request.url)}: {text}"


def _is_unknown_host(cause: Exception) -> bool:
    """Return whether the resolver said that there is no such host; it may also have failed."""
    error = _find_cause(cause, urllib3_exceptions.NameResolutionError)
    reason = None if error is None else error.__cause__
    return isinstance(reason, socket.gaierror) and reason.errno in _NO_SUCH_HOST


def _is_caused_by(error: BaseException, kind: type[BaseException]) -> bool:
    return _find_cause(error, kind) is not None


def _find_cause(error: BaseException, kind: type[BaseException]) -> BaseException | None:
    seen: set[int] = set()
    open_errors: list[Any] = [error]
    while open_errors:
        current = open_errors.pop()
        if isinstance(current, kind):
            return current
        if isinstance(current, BaseException) and id(current) not in seen:
            seen.add(id(current))
            open_errors += [*current.args, getattr(current, "reason", None)]
    return None


def describe_refusal(response: requests.Response) -> str:
    """Return the provider's code and message, or nothing."""
    try:
        words = read_words(_read_refusal(response))
    except RecursionError:
        return ""
    return words.removeprefix(f"{response.status_code}: ")  # a code that only says it again


def add_codes(error: exceptions.PageFailed, hide: Callable[[str], str]) -> None:
    """Give an error the provider's code and what else a program asks for, without secrets."""
    body = _read_refusal(error.response) if error.response is not None else None
    for name, value in read_codes(body).items():
        setattr(error, name, hide(value) if isinstance(value, str) else value)


def _read_refusal(response: requests.Response) -> Any:
    """Return the decoded body of a refusal, or its text if that is no JSON."""
    try:
        return response.json()
    except (ValueError, RecursionError):
        content = to_utf8(response.content, _find_content_type(response))
        return content.decode("utf-8", "replace")


def _find_content_type(response: requests.Response) -> str | None:
    """Return the Content-Type of a text, with the charset that its XML declares."""
    declared = _XML_ENCODING.match(response.content[:200])
    content_type = response.headers.get("Content-Type")
    if declared is None or "charset" in (content_type or "").lower():
        return content_type
    return f"text/xml; charset={declared[1].decode()}"


def explain_no_json(
    error: exceptions.MalformedPage, content: bytes, response: requests.Response
) -> exceptions.PaginationError:
    """Return the error of a body that is no JSON, with where a redirect led, and of HTML."""
    asked = find_redirected(response)
    led = f", where a redirect from {asked} leads. It may be a page to log in at: check "
    led += f"{_CREDENTIALS} and the URL"
    explained: exceptions.PaginationError = error
    if _HTML.match(content[:4000]):
        kind = redact_text(response.headers.get("Content-Type") or "without a Content-Type")
        text = f"expected JSON, got HTML ({kind}) from {_show(response.url)}"
        if asked:
            text += led
        else:
            text += f"; check the URL and {_CREDENTIALS}, or pass decode= for another format"
            sent = getattr(response.request, "headers", None) or {}
            if "json" not in str(sent.get("Accept", "")).lower():
                text += ". Some servers send JSON only for headers={'Accept': 'application/json'}"
        explained = exceptions.MalformedPage(text)
        explained.transient = error.transient
    elif asked and not error.transient:
        explained = exceptions.append_text(error, f"it came from {_show(response.url)}{led}")
    explained.response = response
    return explained


def is_crowded(error: exceptions.PaginationError) -> bool:
    """Return whether a page failed because of too many requests, or of others at the same time."""
    response = error.response
    asks_to_wait = (
        error.transient
        and response is not None
        and (response.status_code == 429 or "Retry-After" in response.headers)
    )
    return asks_to_wait or is_nonce_refused(response)


def is_nonce_refused(response: requests.Response | None) -> bool:
    """Return whether digest credentials were refused, perhaps only for an old nonce.

    A server may know one nonce at a time, and each thread of a session asks for its own.
    """
    if response is None or response.status_code != 401 or response.request is None:
        return False
    sent = str(response.request.headers.get("Authorization", ""))
    return sent.startswith("Digest ") and "digest" in _read_challenge(response)


def is_nonce_stale(response: requests.Response) -> bool:
    """Return whether a server says that a new nonce is all it wants (RFC 7616 section 3.3)."""
    return is_nonce_refused(response) and _STALE.search(_read_challenge(response)) is not None


def is_cache_miss(response: requests.Response) -> bool:
    """Return whether a cache alone was asked, and had no answer (RFC 9111 section 5.2.1.7)."""
    asked = getattr(response.request, "headers", None) or {}
    return response.status_code == 504 and "only-if-cached" in str(asked.get("Cache-Control", ""))


def _read_challenge(response: requests.Response) -> str:
    return str(response.headers.get("WWW-Authenticate", "")).lower()


def find_redirected(response: requests.Response) -> str | None:
    """Return the URL that was asked for, without its query, if a redirect led elsewhere."""
    redirects = [each for each in response.history if 300 <= each.status_code < 400]
    return _show(redirects[0].url) if redirects else None


def describe_redirect(location: str) -> str:
    """Return where a redirect leads that is not followed, with a hint if it is to log in."""
    text = f" to {_show(location)}"
    if may_be_login(location):
        text += f", perhaps to log in there: check {_CREDENTIALS}"
    return text


def explain_redirect(error: exceptions.UnsafeLink, asked: str, location: str) -> Exception:
    """Return the error of a redirect that is not followed, with a hint if it is to log in."""
    text = f"it is a redirect from {_show(asked)}"
    if may_be_login(location):
        text += describe_redirect(location)
    return exceptions.append_text(error, text)


def _show(url: str) -> str:
    # the query of a page to log in at may hold the URL that was asked for, coded
    return redact_url(url.partition("?")[0])
