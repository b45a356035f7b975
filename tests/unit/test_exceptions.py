"""The errors: what each of them is, carries and takes along in a pickle."""

from __future__ import annotations

import copy
import pickle

import pytest
import requests
from requests import exceptions as requests_exceptions

from requests_paginate import exceptions, request_all
from requests_paginate._models import PageRequest
from requests_paginate.exceptions import PaginationError, PaginationWarning, ResponseSummary
from tests.loopback import LoopbackServer, http

ERRORS = {
    exceptions.UnknownPagination: ValueError,
    exceptions.MalformedPage: requests_exceptions.InvalidJSONError,
    exceptions.InconsistentListing: PaginationError,
    exceptions.UnsafeLink: requests_exceptions.InvalidURL,
    exceptions.PageFailed: requests_exceptions.HTTPError,
    exceptions.TransferFailed: requests_exceptions.ConnectionError,
    exceptions.PageTooLarge: PaginationError,
    exceptions.DeadlineExceeded: requests_exceptions.Timeout,
    exceptions.InvalidCheckpoint: ValueError,
    exceptions.InsecureTransport: requests_exceptions.SSLError,
}
WARNINGS = [exceptions.PossiblyTruncated, exceptions.ListingChanged]
URL = "https://user:s3cr3t@api.test/rows?api_key=s3cr3t&page=2"


def hook(response, **options):
    """A hook that a pickle would name."""


def make_response():
    """A response that knows more than an error may take along."""
    response = requests.Response()
    response.status_code = 503
    response.url = URL
    response.headers.update(
        {
            "Content-Type": "application/json",
            "Retry-After": "7",
            "Set-Cookie": "sid=s3cr3t",
            "Location": "https://api.test/?token=s3cr3t",
            "Link": "<https://api.test/?token=s3cr3t>; rel=next",
        }
    )
    response._content = b"s3cr3t"
    response.cookies.set("sid", "s3cr3t")
    response.request = requests.Request(
        "GET", URL, headers={"X-API-KEY": "s3cr3t"}, hooks={"response": hook}
    ).prepare()
    return response


def make_error(kind):
    error = kind("what went wrong", response=make_response())
    error.checkpoint = "token"
    error.page_index = 3
    error.items_yielded = 150
    error.page_request = PageRequest(
        "POST", URL, params={"token": "s3cr3t", "page": 2}, json={"secret": "s3cr3t"}
    )
    return error


@pytest.mark.parametrize(("kind", "nearest"), ERRORS.items(), ids=lambda kind: kind.__name__)
def test_every_error_is_of_two_families(kind, nearest):
    """An error is a RequestException, and also the nearest builtin or requests class."""
    error = kind("text")
    assert isinstance(error, PaginationError)
    assert isinstance(error, requests.RequestException)
    assert isinstance(error, nearest)
    assert "text" == str(error)


@pytest.mark.parametrize("kind", WARNINGS)
def test_every_warning_is_a_user_warning(kind):
    """Warnings are filtered as one family."""
    assert issubclass(kind, PaginationWarning)
    assert issubclass(PaginationWarning, UserWarning)


def test_all_names_are_public():
    """`__all__` names every class, and the package exports the module."""
    defined = {
        name
        for name, value in vars(exceptions).items()
        if isinstance(value, type) and value.__module__ == exceptions.__name__
    }
    assert defined == set(exceptions.__all__)
    assert sorted(exceptions.__all__) == exceptions.__all__
    families = {*ERRORS, *WARNINGS, PaginationError, PaginationWarning, ResponseSummary}
    assert {kind.__name__ for kind in families} == defined


@pytest.mark.parametrize("kind", [PaginationError, *ERRORS])
def test_an_error_without_a_place(kind):
    """What an error does not know is None."""
    error = kind("text")
    assert [None] * 5 == [
        error.checkpoint, error.page_request, error.page_index, error.items_yielded, error.response
    ]  # fmt: skip
    assert (kind is exceptions.TransferFailed) is error.transient


@pytest.mark.parametrize("travel", [lambda e: pickle.loads(pickle.dumps(e)), copy.deepcopy])
@pytest.mark.parametrize("kind", [PaginationError, *ERRORS])
def test_an_error_travels(kind, travel):
    """An error keeps its text, place and checkpoint, and of its response a summary."""
    error = travel(travel(make_error(kind)))
    assert kind is type(error)
    assert "what went wrong" == str(error)
    assert ("token", 3, 150) == (error.checkpoint, error.page_index, error.items_yielded)
    assert 503 == error.response.status_code
    assert "https://REDACTED@api.test/rows?api_key=REDACTED&page=2" == error.response.url
    assert {"Content-Type": "application/json", "Retry-After": "7"} == error.response.headers
    assert "POST" == error.page_request.method
    assert error.request is None


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickled_error_holds_no_secret(protocol):
    """Neither request nor hooks, body, cookies and parameters are in a pickle."""
    content = pickle.dumps(make_error(exceptions.PageFailed), protocol)
    for hidden in (b"s3cr3t", b"hook", b"PreparedRequest", b"_content", b"cookies"):
        assert hidden not in content


def test_what_is_set_on_an_error_travels():
    """Notes and attributes of the caller's are kept, so is whether another try may help."""
    error = exceptions.MalformedPage("text")
    error.transient = True
    error.ticket = 7
    error = pickle.loads(pickle.dumps(error))
    assert (True, 7, None) == (error.transient, error.ticket, error.response)


def test_no_repr_shows_a_secret():
    """Neither the error nor the summary shows what was in the URL."""
    error = pickle.loads(pickle.dumps(make_error(exceptions.PageFailed)))
    assert "PageFailed('what went wrong')" == repr(error)
    assert "<ResponseSummary [503] https://REDACTED@api.test/rows?api_key=REDACTED&page=2>" == repr(
        error.response
    )
    assert "s3cr3t" not in repr(error.page_request)


def test_a_response_without_url():
    """A response that a test or a hook made may have no URL."""
    error = exceptions.PageFailed("text", response=requests.Response())
    summary = pickle.loads(pickle.dumps(error)).response
    assert (None, {}, "") == (summary.status_code, summary.headers, summary.url)


SECRET = "s3cr3t-" + "x" * 400


def test_a_pickled_error_holds_no_target_of_a_redirect():
    """Neither Location nor a header with a telling name travels."""
    headers = {"x_auth_token": SECRET, "content_location": f"/x?{SECRET}"}
    page = http(b"", 302, location=f"/login?token={SECRET}", **headers)
    with LoopbackServer([page]) as server, requests.Session() as session:
        with pytest.raises(exceptions.PageFailed) as caught:
            list(request_all("POST", server.url, session=session, json={}))
        assert SECRET.encode() not in pickle.dumps(caught.value)
