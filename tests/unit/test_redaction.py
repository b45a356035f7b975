"""What may be shown of a URL or of a text."""

from __future__ import annotations

import time
import timeit

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from requests_paginate._redaction import SPELLINGS, is_secret_name, redact_text, redact_url, spell

# A loaded machine is no failure.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
SECRET = "s3cr3t"


@pytest.mark.parametrize(
    "name",
    [
        "api_key", "apikey", "X-API-KEY", "access_token", "pageToken", "client_secret", "password",
        "passwd", "pwd", "X-Amz-Signature", "sig", "Authorization", "credentials", "session_id",
        "JWT", "bearer", "client_assertion",
    ],
)  # fmt: skip
def test_secret_names(name):
    """A name that hints at a secret is one, in any case and as part of a longer name."""
    assert is_secret_name(name)
    assert is_secret_name(name.upper())


@pytest.mark.parametrize("name", ["page", "limit", "from", "accountId", "design", "cursor", "q"])
def test_other_names(name):
    """Names of filters and of pages stay readable."""
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://api.test/a?page=2", "https://api.test/a?page=2"),
        ("https://api.test/a?api_key=s3cr3t", "https://api.test/a?api_key=REDACTED"),
        ("https://api.test/a?API_KEY=s3cr3t&b=1", "https://api.test/a?API_KEY=REDACTED&b=1"),
        ("https://api.test/a?b=1&token=s3cr3t", "https://api.test/a?b=1&token=REDACTED"),
        ("https://api.test/a?b=1;token=s3cr3t", "https://api.test/a?b=1;token=REDACTED"),
        ("https://api.test/?f%5Btoken%5D=s3cr3t", "https://api.test/?f%5Btoken%5D=REDACTED"),
        ("https://api.test/a?token=%73%33cr3t", "https://api.test/a?token=REDACTED"),
        ("https://user:s3cr3t@api.test/a", "https://REDACTED@api.test/a"),
        ("https://s3cr3t@api.test", "https://REDACTED@api.test"),
        ("//user:s3cr3t@api.test/a", "//REDACTED@api.test/a"),
        ("https://u:s3cr3t@s3cr3t@api.test/", "https://REDACTED@api.test/"),
        ("https://api.test/a?b=1#access_token=s3cr3t", "https://api.test/a?b=1"),
        ("https://api.test/a@b?c=d@e", "https://api.test/a@b?c=d@e"),
        ("?token=s3cr3t", "?token=REDACTED"),
        ("", ""),
    ],
)
def test_urls(url, shown):
    """Userinfo, fragment and secret-like query values go, everything else stays."""
    assert shown == redact_url(url)


@pytest.mark.parametrize("separator", list("'\")(<>;,!*$:@/?~|"))
def test_a_secret_goes_whole(separator):
    """Of a secret no part is left, whichever characters it is made of."""
    assert SECRET not in redact_url(f"https://api.test/a?api_key=x{separator}{SECRET}&b=1")


@pytest.mark.parametrize("separator", list("'!$&*(),;=:~"))
def test_userinfo_goes_whole(separator):
    """Of a password no part is left, whichever characters RFC 3986 allows in it."""
    assert SECRET not in redact_url(f"https://user:x{separator}{SECRET}@api.test/a")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "https://u:s3cr3t@a.test/?token=s3cr3t to https://s3cr3t@b.test/?x=1&key=s3cr3t",
            "https://REDACTED@a.test/?token=REDACTED to https://REDACTED@b.test/?x=1&key=REDACTED",
        ),
        (
            "HTTPSConnectionPool(host='a.test', port=443): Max retries exceeded with url: "
            "/x?api_key=s3cr3t (Caused by SSLError('bad'))",
            "HTTPSConnectionPool(host='a.test', port=443): Max retries exceeded with url: "
            "/x?api_key=REDACTED (Caused by SSLError('bad'))",
        ),
        ("Invalid URL 'a?token=s3cr3t': no", "Invalid URL 'a?token=REDACTED': no"),
        ("at https://a.test/#access_token=s3cr3t", "at https://a.test/#access_token=REDACTED"),
        ("", ""),
        ("no URL in here, 1 < 2", "no URL in here, 1 < 2"),
    ],
)
def test_texts(text, shown):
    """Each URL of a text is redacted, and the text around it stays."""
    assert shown == redact_text(text)


def test_a_fragment_after_a_query_in_a_text():
    """A token in the fragment of a URL in a text goes, also behind a query."""
    assert SECRET not in redact_text(f"at https://a.test/?b=1#access_token={SECRET}")


@UNHURRIED
@given(st.text(), st.text("abc/?&=@: ", max_size=20))
def test_nothing_of_a_secret_is_left(before, after):
    """Whatever stands around it, a secret query value does not leave."""
    assume(SECRET not in before)
    text = f"{before} https://api.test/?b=1&api_key={SECRET}&c=2 {after}"
    assert SECRET not in redact_text(text)


@UNHURRIED
@given(st.text())
def test_any_text_is_taken(text):
    """No text makes redaction fail, and what was redacted stays as it is."""
    once = redact_text(text)
    assert once == redact_text(once)
    assert isinstance(redact_url(text), str)


def seconds_to_redact(text):
    return min(timeit.repeat(lambda: redact_text(text), number=1, repeat=5, timer=time.thread_time))


@pytest.mark.parametrize(("before", "piece"), [("", "key"), ("'", "key"), ("?", "tokensecret")])
def test_found_texts_that_take_long_to_redact(before, piece):
    """The time grows with the text, and not with its square: a name in a body may be long."""
    short, long = (before + piece * count for count in (2_000, 32_000))
    assert seconds_to_redact(long) < 100 * seconds_to_redact(short)  # its square would be 256


@pytest.mark.parametrize(
    "name", ["passphrase", "passcode", "api_sig", "hmac", "otp", "pin", "cookie"]
)
def test_more_names_of_secrets(name):
    """What providers call their secrets is kept out of sight, also where the name is quoted."""
    assert is_secret_name(name)
    assert "s3cr3t" not in redact_text(f"https://api.test/?{name}=s3cr3t&%6bey=s3cr3t")


@pytest.mark.parametrize("name", ["passenger", "design", "spin", "pins", "signal", "page", "sort"])
def test_names_that_only_look_like_secrets(name):
    """Other words that hold such letters are shown."""
    assert not is_secret_name(name)


@pytest.mark.parametrize("text", ["Ab1-Cd2_Ef3.Gh4~Ij5", "a b/c&d=é+\"x'<y>\\%41", "\ud800\n", ""])
def test_every_spelling_is_found_under_the_first_letters_that_make_it(text):
    """Forms that are the same are quoted once, and a checkpoint leads back by their letters."""
    forms = {text: "t"}
    for letters, write in SPELLINGS.items():
        if form := write(text):
            forms.setdefault(form, letters)
    assert forms == spell(text)
