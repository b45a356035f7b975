"""Where a followed link may lead: rows 22-35 of the list of faults that the policy must bear."""

from dataclasses import FrozenInstanceError

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from requests_paginate._transport.origins import Destination, Origin, OriginPolicy
from requests_paginate.exceptions import PaginationError, UnsafeLink

# A loaded machine is no failure.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

PIN = Origin("https", "api.test", 443)


def prepared(url):
    """The URL as requests sends it."""
    return requests.Request("GET", url).prepare().url


def admit(url, *, pin=PIN, **options):
    return OriginPolicy(pin=pin, **options).admit(url, prepared(url))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://api.test/", PIN),
        ("https://api.test", PIN),
        ("https://api.test:443/x", PIN),
        ("HTTPS://API.Test/x", PIN),
        ("https://api.test?x", PIN),
        ("https://%61pi.test/", PIN),
        ("https://api.test./", Origin("https", "api.test.", 443)),
        ("https://api.test:8443/", Origin("https", "api.test", 8443)),
        ("http://api.test/", Origin("http", "api.test", 80)),
        ("http://api.test:80/", Origin("http", "api.test", 80)),
        ("https://[::1]:8443/", Origin("https", "::1", 8443)),
        ("https://bücher.test/", Origin("https", "xn--bcher-kva.test", 443)),
    ],
)
def test_origins(url, expected):
    """Scheme, host and effective port of the prepared URL."""
    assert expected == Origin.of(prepared(url))


@pytest.mark.parametrize(
    "url",
    [
        "https://user:s3cr3t@api.test/", "https://s3cr3t@api.test/", "https://api.test:99999/",
        "https://[::1/", "javascript:alert(1)", "file:///etc/passwd", "data:text/plain,x",
        "ftp://api.test/", "https:///x", "https:", "", "/x", "api.test/x", "http+unix://sock/x",
    ],
)  # fmt: skip
def test_no_origins(url):
    """What has no http(s) origin, or carries userinfo, is refused without showing a secret."""
    with pytest.raises(UnsafeLink) as caught:
        Origin.of(url)
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (PIN, "https://api.test"),
        (Origin("https", "api.test", 8443), "https://api.test:8443"),
        (Origin("http", "api.test", 80), "http://api.test"),
        (Origin("http", "api.test", 443), "http://api.test:443"),
        (Origin("https", "api.test", 80), "https://api.test:80"),
        (Origin("https", "::1", 443), "https://[::1]"),
        (Origin("https", "::1", 8443), "https://[::1]:8443"),
    ],
)
def test_origins_are_written_as_urls(origin, expected):
    """An origin is written as the URL that leads to it."""
    assert expected == str(origin)
    assert origin == Origin.of(expected)


@pytest.mark.parametrize(
    "url",
    [
        "https://api.test/x?page=2", "https://api.test:443/x", "https://API.TEST/x",
        "HTTPS://api.test/x", "https://api.test", "https://%61pi.test/x", "https://api.test?x#y",
    ],
)  # fmt: skip
def test_the_pinned_origin(url):
    """Row 27: the pinned origin, however it is written, gets the URL as the server named it."""
    assert Destination(url=url, credentials=True, upgraded=False) == admit(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.test/x",
        "https://api.test.evil.test/x",
        "https://sub.api.test/x",
        "https://test/x",
        "https://api.test:8443/x",
        "https://api.test:80/x",
        "https://api.test./x",
        "https://%65vil.test/x",
        "https://evil.test/https://api.test/",
        "https://evil.test?https://api.test/",
        "https://evil.test#@api.test/",
        "https://user@api.test/",
        "https://api.test@evil.test/",
        "https://api.test:443@evil.test/",
        "http://evil.test/x",
        "http://another.test/x",
        "http://api.test:8080/x",
        "http://sub.api.test/x",
        "http://api.test./x",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/plain,x",
        "ftp://api.test/x",
    ],
)
def test_other_origins(url):
    """Rows 23-34: what leaves the pin in any way is refused."""
    with pytest.raises(UnsafeLink):
        admit(url)


def test_a_fullwidth_host_is_another():
    """Row 34: a host that only looks like the pin is not it, or is no URL at all."""
    with pytest.raises((UnsafeLink, requests.exceptions.InvalidURL)):
        admit("https://api\uff0eevil.test/x")


@pytest.mark.parametrize(
    ("pin", "url", "expected"),
    [
        (PIN, "http://api.test/x?page=2", "https://api.test/x?page=2"),
        (PIN, "http://api.test:80/x", "https://api.test/x"),
        (PIN, "http://api.test:443/x", "https://api.test/x"),
        (PIN, "HTTP://API.test/%7Ex?a=%2f+", "https://api.test/%7Ex?a=%2f+"),
        (PIN, "http://api.test?page=2", "https://api.test?page=2"),
        (PIN, "http://api.test", "https://api.test"),
        (Origin("https", "api.test", 8443), "http://api.test/x", "https://api.test:8443/x"),
        (Origin("https", "api.test", 8443), "http://api.test:8443/x", "https://api.test:8443/x"),
        (Origin("https", "::1", 8443), "http://[::1]/x", "https://[::1]:8443/x"),
    ],
)
def test_http_is_upgraded(pin, url, expected):
    """Row 22: http to the same host goes to the pinned https origin, its bytes kept."""
    assert Destination(url=expected, credentials=True, upgraded=True) == admit(url, pin=pin)


@pytest.mark.parametrize(
    "url", ["http://api.test:8443/x", "http://api.test/x", "https://api.test/x"]
)
def test_http_is_not_upgraded_otherwise(url):
    """Only a pinned https origin is a reason to upgrade, and only http is upgraded."""
    with pytest.raises(UnsafeLink):
        admit(url, pin=Origin("http", "api.test", 8080))


@pytest.mark.parametrize(
    ("url", "fits"),
    [
        ("https://[::1]:8443/x", True),
        ("https://[0:0:0:0:0:0:0:1]:8443/x", False),
        ("https://[::2]:8443/x", False),
        ("https://[::1]/x", False),
    ],
)
def test_ipv6(url, fits):
    """Row 35: an IPv6 host is compared as it is written."""
    pin = Origin("https", "::1", 8443)
    if fits:
        assert Destination(url=url) == admit(url, pin=pin)
    else:
        with pytest.raises(UnsafeLink):
            admit(url, pin=pin)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://files.test/x", Destination(url="https://files.test/x", credentials=False)),
        (
            "https://FILES.test:443/x",
            Destination(url="https://FILES.test:443/x", credentials=False),
        ),
        ("https://api.test/x", Destination(url="https://api.test/x")),
        ("http://api.test/x", Destination(url="https://api.test/x", upgraded=True)),
        ("https://files.test:8443/x", None),
        ("http://files.test/x", None),
        ("https://sub.files.test/x", None),
        ("https://user@files.test/x", None),
    ],
)
def test_allowed_origins(url, expected):
    """An allowed origin is spoken to without credentials; it allows no other."""
    allowed = (Origin("https", "files.test", 443),)
    if expected is None:
        with pytest.raises(UnsafeLink):
            admit(url, allowed=allowed)
    else:
        assert expected == admit(url, allowed=allowed)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://api.test/x?y=1", "https://api.test/x?y=1"),
        ("https://evil.test/x?y=%2f+#z", "https://api.test/x?y=%2f+#z"),
        ("https://evil.test:8443/x", "https://api.test/x"),
        ("http://internal:8000/x", "https://api.test/x"),
        ("https://evil.test?y", "https://api.test?y"),
        ("https://evil.test", "https://api.test"),
        ("https://evil.test//other.test/x", "https://api.test//other.test/x"),
        ("https://evil.test/?u=https://other.test/", "https://api.test/?u=https://other.test/"),
    ],
)
def test_a_kept_pin(url, expected):
    """pin_origin keeps only path and query of a link, and always talks to the first origin."""
    assert Destination(url=expected) == admit(url, pin_origin=True)


@pytest.mark.parametrize("url", ["javascript:x", "file:///x", "https://user:pw@evil.test/"])
def test_a_kept_pin_takes_no_nonsense(url):
    """pin_origin makes no http(s) link out of another one, and takes no userinfo."""
    with pytest.raises(UnsafeLink):
        admit(url, pin_origin=True)


def test_a_refusal_says_what_to_do():
    """A refusal names both origins and both ways out, and no secret."""
    with pytest.raises(UnsafeLink) as caught:
        admit("https://evil.test:8443/x?token=s3cr3t")
    text = str(caught.value)
    for expected in ("https://api.test", "https://evil.test:8443", "allow_origins", "pin_origin"):
        assert expected in text
    assert "s3cr3t" not in text
    with pytest.raises(UnsafeLink, match="SECURE_PROXY_SSL_HEADER"):
        admit("http://evil.test/x")


@pytest.mark.parametrize("value", [PIN, Destination(url="x"), OriginPolicy(pin=PIN)], ids=repr)
def test_policies_are_frozen(value):
    """Nobody moves the pin, or opens a policy, after it was made."""
    for name in vars(value):
        with pytest.raises(FrozenInstanceError):
            setattr(value, name, "evil.test")


@pytest.mark.parametrize("kind", [Destination, OriginPolicy])
def test_no_positions(kind):
    """What decides over credentials is named where it is given."""
    with pytest.raises(TypeError, match="positional"):
        kind("https://api.test/")


_HOSTS = st.sampled_from(
    ["api.test", "API.test", "evil.test", "api.test.", "[::1]", "a@b", "%61pi.test"]
)
_URLS = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["https://", "http://", "//", "HTTPS://", "javascript:", "https:", ""]),
    _HOSTS,
    st.sampled_from(["", ":443", ":80", ":8443", ":0", ":", ":99999", ":x"]),
    st.sampled_from(["", "/", "/x?y=1", "?y", "#z", "//evil.test/", "/@evil.test"]),
)


@UNHURRIED
@given(_URLS | st.text(max_size=30), st.booleans())
def test_credentials_stay_at_the_pin(url, pin_origin):
    """Whatever the URL, it is refused or what is requested with credentials is at the pin."""
    policy = OriginPolicy(pin=PIN, allowed=[Origin("https", "f.test", 443)], pin_origin=pin_origin)
    try:
        destination = policy.admit(url, url)
    except PaginationError:
        return
    assert not destination.credentials or PIN == Origin.of(destination.url)
