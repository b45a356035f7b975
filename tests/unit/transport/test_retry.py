"""Which failures are tried again, and after how long."""

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from urllib3 import Retry

from requests_paginate._transport.retry import RetryPolicy, read_wait
from requests_paginate.exceptions import (
    DeadlineExceeded,
    InsecureTransport,
    MalformedPage,
    PageFailed,
    TransferFailed,
    UnsafeLink,
)

# A loaded machine is no failure.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

NOW = 1_700_000_000.0
STATUSES = {429, 500, 502, 503, 504}
METHODS = {"DELETE", "GET", "HEAD", "OPTIONS", "PUT", "TRACE"}


def failed(status=503, **headers):
    """A failure that may be tried again, with a response."""
    response = requests.Response()
    response.status_code = status
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    error = PageFailed("503", response=response)
    error.transient = True
    return error


def wait(policy=None, *, failures=1, chance=1.0, error=None):
    policy, error = policy or RetryPolicy(), error or failed()
    return policy.wait(error, failures=failures, now=NOW, chance=lambda: chance)


@pytest.mark.parametrize("tries", [0, 1, 5, 1000])
def test_a_number_of_tries(tries):
    """A number is the number of further tries; all else is as it always is."""
    policy = RetryPolicy.of(tries)
    assert RetryPolicy(tries=tries) == policy
    assert (STATUSES, METHODS, True) == (policy.statuses, policy.methods, policy.heeds_server)
    assert policy.backoff_factor > 0


@pytest.mark.parametrize("retries", [True, False, 1.5, "5", None, [], Retry])
def test_no_policies(retries):
    """What is neither a number nor a urllib3.Retry is refused."""
    with pytest.raises(TypeError, match="retries"):
        RetryPolicy.of(retries)


def test_a_negative_number_of_tries():
    """There are no fewer tries than none."""
    with pytest.raises(ValueError, match="retries"):
        RetryPolicy.of(-1)


@pytest.mark.parametrize(
    ("retry", "fields"),
    [
        (Retry(3), {"tries": 3, "statuses": STATUSES, "methods": METHODS, "heeds_server": True}),
        (Retry(0), {"tries": 0}),
        (Retry(-1), {"tries": 0}),
        (Retry(False), {"tries": 0}),
        (Retry(total=None, connect=2, read=4), {"tries": 4}),
        (Retry(total=None, status=3, other=1), {"tries": 3}),
        (Retry(total=None), {"tries": 0}),
        (Retry(3, status_forcelist=[418, 503]), {"statuses": {418, 503}}),
        (Retry(3, status_forcelist=[]), {"statuses": STATUSES}),
        (Retry(3, allowed_methods=["get", "POST"]), {"methods": {"GET", "POST"}}),
        (Retry(3, allowed_methods=None), {"methods": None}),
        (Retry(3, allowed_methods=False), {"methods": None}),
        (Retry(3, backoff_factor=2, backoff_max=30), {"backoff_factor": 2, "backoff_max": 30}),
        (Retry(3, respect_retry_after_header=False), {"heeds_server": False}),
    ],
)
def test_a_retry_as_the_policy(retry, fields):
    """Of a urllib3.Retry the fields are taken."""
    policy = RetryPolicy.of(retry)
    assert fields == {name: getattr(policy, name) for name in fields}


@pytest.mark.parametrize("failures", [1, 2, 3, 4])
@pytest.mark.parametrize("tries", [0, 1, 3])
def test_tries_are_counted(tries, failures):
    """After n failures there were n - 1 further tries."""
    policy = RetryPolicy(tries=tries)
    assert (failures <= tries) is policy.allows(failed(), method="GET", failures=failures)


@pytest.mark.parametrize(
    ("method", "methods", "expected"),
    [
        ("GET", METHODS, True), ("POST", METHODS, False), ("PATCH", METHODS, False),
        ("POST", {"POST"}, True), ("GET", {"POST"}, False), ("POST", None, True),
    ],
)  # fmt: skip
def test_methods(method, methods, expected):
    """Only what may be sent twice is sent twice."""
    policy = RetryPolicy(methods=methods)
    assert expected is policy.allows(failed(), method=method, failures=1)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (failed(), True),
        (TransferFailed("cut"), True),
        (PageFailed("404"), False),
        (MalformedPage("no JSON"), False),
        (InsecureTransport("TLS"), False),
        (UnsafeLink("other origin"), False),
        (DeadlineExceeded("late"), False),
    ],
)
def test_errors(error, expected):
    """Only what may get better is tried again."""
    assert expected is RetryPolicy().allows(error, method="GET", failures=1)


def http_date(seconds):
    """A date as HTTP writes it."""
    from email.utils import formatdate

    return formatdate(NOW + seconds, usegmt=True)


@pytest.mark.parametrize(
    ("retry_after", "expected"),
    [
        ("0", 0.0), ("1", 1.0), ("120", 120.0), (" 7 ", 7.0), ("007", 7.0), (http_date(30), 30.0),
        (http_date(-30), 0.0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0), (None, None), ("", None),
        ("-5", None), ("1.5", None), ("1e3", None), ("soon", None), ("nan", None), ("inf", None),
        ("٣", None), ("²", None), ("1, 2", None), ("9" * 5000, None),
        ("Fri, 31 Dec 99999 23:59:59 GMT", None), ("Fri, 99 Foo 2024 99:99:99 GMT", None),
        ("\x00", None),
    ],
)  # fmt: skip
def test_retry_after(retry_after, expected):
    """Seconds or a date are heeded, a date in the past is no wait, nonsense is not heeded."""
    assert expected == read_wait(retry_after, None, NOW)


@pytest.mark.parametrize(
    ("reset", "expected"),
    [
        ("0", 0.0), ("3", 3.0), ("3600", 3600.0), (str(int(NOW) + 9), 9.0),
        (str(int(NOW) - 9), 0.0), (None, None), ("", None), ("-1", None), ("1.5", None),
        (http_date(30), None), ("soon", None),
    ],
)  # fmt: skip
def test_rate_limit_reset(reset, expected):
    """Seconds, or seconds since the epoch."""
    assert expected == read_wait(None, reset, NOW)


@pytest.mark.parametrize(
    ("retry_after", "reset", "expected"),
    [
        ("60", "7", 7.0),
        ("7", "60", 7.0),
        ("60", str(int(NOW) + 5), 5.0),
        (http_date(60), "5", 5.0),
        ("soon", "5", 5.0),
        ("60", "soon", 60.0),
        ("soon", "later", None),
    ],
)
def test_the_shorter_wait_counts(retry_after, reset, expected):
    """Of Retry-After and RateLimit-Reset the shorter counts, and what cannot be read does not."""
    assert expected == read_wait(retry_after, reset, NOW)


@UNHURRIED
@given(st.text() | st.text("0123456789 -:GMTDecFri,"), st.text())
def test_any_header(retry_after, reset):
    """Whatever the headers hold, the wait is no less than none."""
    assert (read_wait(retry_after, reset, NOW) or 0.0) >= 0.0


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (failed(Retry_After="7"), 7.0),
        (failed(retry_after="7"), 7.0),
        (failed(Retry_After="60", RateLimit_Reset="7"), 7.0),
        (failed(Retry_After=http_date(8)), 8.0),
        (failed(Retry_After="99999999"), 99999999.0),
    ],
)
@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_the_server_is_heeded(error, expected, chance):
    """What the server asks for is waited, without chance."""
    assert expected == wait(error=error, chance=chance)


@pytest.mark.parametrize(
    "error",
    [
        failed(), failed(Retry_After="0"), failed(Retry_After="-5"), failed(Retry_After="soon"),
        failed(Retry_After=http_date(-60)), TransferFailed("cut"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("chance", "expected"), [(0.0, 0.0), (0.5, 2.0), (1.0, 4.0)])
def test_backoff(error, chance, expected):
    """Else the wait is a random part of a bound that doubles with each failure."""
    assert expected == wait(RetryPolicy(backoff_factor=1), failures=2, chance=chance, error=error)


def test_a_server_that_is_not_heeded():
    """With respect_retry_after_header=False the wait is the client's own."""
    policy = RetryPolicy.of(Retry(3, respect_retry_after_header=False, backoff_factor=1))
    assert 2.0 == wait(policy, error=failed(Retry_After="7"))


@pytest.mark.parametrize(
    ("failures", "expected"), [(1, 1.0), (2, 2.0), (3, 4.0), (7, 64.0), (8, 120.0), (10**6, 120.0)]
)
def test_backoff_grows_to_its_maximum(failures, expected):
    """The bound doubles from one second up to urllib3's maximum, and never overflows."""
    assert expected == wait(failures=failures)


@UNHURRIED
@given(st.integers(1, 10**9), st.floats(0, 1), st.floats(0, 100), st.floats(0, 1000))
def test_any_backoff(failures, chance, factor, most):
    """The wait lies between nothing and the maximum."""
    policy = RetryPolicy(backoff_factor=factor, backoff_max=most)
    assert 0 <= wait(policy, failures=failures, chance=chance) <= most


@pytest.mark.parametrize(
    ("most", "headers", "expected"),
    [
        (5, {"Retry_After": "7"}, 5.0),
        (7, {"Retry_After": "7"}, 7.0),
        (9, {"Retry_After": "7"}, 7.0),
        (2.5, {"Retry_After": http_date(60)}, 2.5),
        (5, {"RateLimit_Reset": "60", "Retry_After": "60"}, 5.0),
        (5, {"Retry_After": "60", "RateLimit_Reset": "3"}, 3.0),
        (0, {"Retry_After": "7"}, 1.0),
        (Retry.DEFAULT_RETRY_AFTER_MAX, {"Retry_After": "99999999"}, 21600.0),
    ],
)
def test_the_most_that_a_server_is_heeded(most, headers, expected):
    """What a server asks for is cut to retry_after_max; nothing of it leaves the backoff."""
    policy = RetryPolicy.of(Retry(3, backoff_factor=0.5, retry_after_max=most))
    assert expected == wait(policy, error=failed(**headers))


@pytest.mark.parametrize(
    ("options", "chance", "expected"),
    [
        ({"backoff_jitter": 3}, 0.5, 1.5),
        ({"backoff_jitter": 3, "backoff_factor": 1}, 0.5, 2.5),
        ({"backoff_jitter": 3, "backoff_factor": 1}, 0.0, 0.0),
        ({"backoff_jitter": 300, "backoff_factor": 1}, 1.0, 120.0),
        ({"backoff_jitter": 3, "backoff_factor": 1, "backoff_max": 3}, 1.0, 3.0),
        ({"backoff_factor": 1}, 1.0, 2.0),
    ],
)
def test_jitter(options, chance, expected):
    """A part of it, by chance, is added to the wait, within the maximum."""
    assert expected == wait(RetryPolicy.of(Retry(3, **options)), chance=chance)
    assert 7.0 == wait(RetryPolicy.of(Retry(3, **options)), error=failed(Retry_After="7"))


@pytest.mark.parametrize("status", [200, 500, 502, 503, 504])
def test_a_window_is_no_wait(status):
    """RateLimit-Reset stands on every response; it is heeded where the limit was the reason."""
    assert 0.0 == wait(error=failed(status, RateLimit_Reset="3500"), chance=0.0)
    assert 3500.0 == wait(error=failed(429, RateLimit_Reset="3500"))
    assert 7.0 == wait(error=failed(status, RateLimit_Reset="7", Retry_After="60"))
