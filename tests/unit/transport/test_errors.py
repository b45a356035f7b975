"""What requests and urllib3 raise, as this package's errors."""

from __future__ import annotations

import socket
import ssl

import pytest
import requests
import urllib3

from requests_paginate import PageRequest
from requests_paginate._transport.errors import Translation
from requests_paginate.exceptions import (
    DeadlineExceeded,
    InsecureTransport,
    MalformedPage,
    TransferFailed,
)

REQUEST = PageRequest("GET", "https://api.test/rows?api_key=s3cr3t&page=2")
CERTIFICATE = ssl.SSLCertVerificationError("unable to get local issuer certificate")
TWO_LENGTHS = requests.exceptions.InvalidHeader(urllib3.exceptions.InvalidHeader("two"))
CUT = ssl.SSLEOFError("EOF occurred in violation of protocol")


def proxy_error(cause):
    return requests.exceptions.ProxyError(urllib3.exceptions.ProxyError("no proxy", cause))


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (requests.ReadTimeout("slow"), DeadlineExceeded),
        (requests.ConnectTimeout("slow"), DeadlineExceeded),
        (urllib3.exceptions.TimeoutError("slow"), DeadlineExceeded),
        (requests.exceptions.SSLError("old"), InsecureTransport),
        (urllib3.exceptions.SSLError("old"), InsecureTransport),
        (requests.exceptions.SSLError(CERTIFICATE), InsecureTransport),
        (requests.exceptions.SSLError(CUT), TransferFailed),
        (requests.ConnectionError("gone"), TransferFailed),
        (requests.exceptions.ChunkedEncodingError("cut"), TransferFailed),
        (requests.exceptions.ContentDecodingError("no gzip"), TransferFailed),
        (requests.exceptions.RetryError("too often"), TransferFailed),
        (urllib3.exceptions.ProtocolError("what"), TransferFailed),
        (proxy_error(ssl.SSLError("old")), InsecureTransport),
        (proxy_error(CUT), TransferFailed),
        (TWO_LENGTHS, TransferFailed),
        (OSError("Could not find a suitable TLS CA certificate bundle, invalid path: x"),
         InsecureTransport),
    ],
    ids=repr,
)  # fmt: skip
def test_what_the_wire_raises(raised, expected):
    """Each is of one class of ours, and its text shows where it was, without the secrets."""
    with pytest.raises(expected) as caught, Translation(REQUEST):
        raise raised
    assert expected is type(caught.value)
    assert str(caught.value).startswith("GET https://api.test/rows?api_key=")
    assert "s3cr3t" not in str(caught.value)
    assert (expected is DeadlineExceeded) <= caught.value.transient


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_variable_that_wins_over_verify_is_named(monkeypatch, variable):
    """Who sets verify and has the variable in the environment is told so."""
    monkeypatch.setenv(variable, "other.pem")
    with pytest.raises(InsecureTransport, match=f"{variable} is set"):
        with Translation(REQUEST):
            raise requests.exceptions.SSLError(CERTIFICATE)


@pytest.mark.parametrize("raised", [KeyError("own"), MalformedPage("no rows")], ids=repr)
def test_other_errors_pass(raised):
    """The caller's own errors and the package's come out as they are."""
    with pytest.raises(type(raised)) as caught, Translation(REQUEST):
        raise raised
    assert raised is caught.value


def test_a_header_s_value_is_not_shown():
    """Requests quotes the value, which may be a key."""
    with pytest.raises(requests.exceptions.InvalidHeader, match="no header may have") as caught:
        with Translation(REQUEST):
            raise requests.exceptions.InvalidHeader("Invalid header: 's3cr3t\n'")
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize(
    "kind",
    [requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema,
     requests.exceptions.MissingSchema],
)  # fmt: skip
def test_an_address_that_is_none_is_shown_without_secrets(kind):
    """It keeps its class, and loses what a URL may hide."""
    with pytest.raises(kind) as caught, Translation(REQUEST):
        raise kind("no host in https://user:s3cr3t@/rows?api_key=s3cr3t")
    assert "s3cr3t" not in str(caught.value)


def unresolved(code):
    """The error of requests about a host that the resolver did not find."""
    error = urllib3.exceptions.NameResolutionError("api.test", None, socket.gaierror(code, "what"))
    error.__cause__ = socket.gaierror(code, "what")
    pool_error = urllib3.exceptions.MaxRetryError(None, "/rows", error)
    return requests.ConnectionError(pool_error)


@pytest.mark.parametrize(
    ("code", "is_first", "is_transient"),
    [
        (socket.EAI_NONAME, True, False),  # a mistake in the call
        (socket.EAI_NONAME, False, True),  # it was known a page before
        (socket.EAI_AGAIN, True, True),  # the resolver had no answer
    ],
)
def test_a_host_that_nobody_knows(code, is_first, is_transient):
    """It is asked for again only where it may be found the next time."""
    with pytest.raises(TransferFailed) as caught, Translation(REQUEST, is_first=is_first):
        raise unresolved(code)
    assert is_transient is caught.value.transient
    assert is_transient is ("check the host's name" not in str(caught.value))
