"""Resume tokens: what they hold, what they leave out, and what they refuse."""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import FrozenInstanceError, dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from urllib.parse import quote, quote_plus
from uuid import UUID

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from requests_paginate import dialects, strategies
from requests_paginate._listing.checkpoint import Checkpoint
from requests_paginate._listing.fingerprint import fingerprint
from requests_paginate._models import PageRequest
from requests_paginate._redaction import is_secret_name
from requests_paginate.exceptions import InvalidCheckpoint
from requests_paginate.strategies import (
    Cursor,
    LastItem,
    LinkHeader,
    NextLink,
    Offset,
    PageNumber,
    SinglePage,
    Strategy,
)

# A loaded machine is no failure.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

URL = "https://api.test/v1/rows"
FIRST = PageRequest("GET", URL)


def content(token):
    """The bytes that a token holds, beside the checksum."""
    return urlsafe_b64decode(token + "=" * (-len(token) % 4))[9:]


def sealed(inside):
    """A token with any content and the right checksum, as a forger makes it."""
    checksum = hashlib.blake2b(inside, digest_size=9).digest()
    return urlsafe_b64encode(checksum + inside).decode().rstrip("=")


def forged(**changes):
    """A token of FIRST with changed fields."""
    state = json.loads(content(Checkpoint(first=FIRST, request=FIRST).encode({})))
    for name, value in changes.items():
        if value is ...:
            del state[name]
        else:
            state[name] = value
    return sealed(json.dumps(state).encode())


def resumed(token, first=FIRST, strategy=None, session_secrets=None):
    """What a token means to a call."""
    return Checkpoint.decode(
        token, first=first, strategy=strategy, session_secrets=session_secrets or {}
    )


def prepared(request):
    """The request as requests sends it."""
    made = requests.Request(
        request.method, request.url, params=request.params, json=request.json
    ).prepare()
    return made.method, made.url, made.body


# Round trips -------------------------------------------------------------------------------------

STRATEGIES = [
    None, PageNumber(), PageNumber("p", total_pages="a", number="n", first=0, items="", total="t"),
    Offset("o", limit="l", total="t", items="data", more="!last", first=1), NextLink(),
    NextLink("@odata.nextLink", items="value", page_param="page"), LinkHeader(items="", total="X"),
    Cursor("a.b", token="meta.next", more="more", into="json"), LastItem("after", key="a.id"),
    SinglePage(items=""), *dialects.by_name().values(),
]  # fmt: skip
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(["page", "a.b", "key", "token", "author_id", "api_key"]) | st.text()
VALUES = st.text("abc%+/=&?#'; é", max_size=8)


def written(name, equals, value):
    """A pair of a query: bytes as servers write them, but a secret as requests does."""
    quoted = quote_plus(value) if is_secret_name(name) else quote(value, safe="/+")
    return f"{quote(name)}{equals}{quoted}"


REQUESTS = st.builds(
    PageRequest,
    st.just("POST"),
    st.builds(
        lambda path, query, end: f"{URL}{path}{'?' if query else ''}{query}{end}",
        st.sampled_from(["", "/", "/x%2Fy", "/é"]),
        st.lists(
            st.builds(
                written,
                NAMES,
                st.sampled_from(["=", "=", ""]),
                VALUES,
            ),
            max_size=4,
        ).map("&".join),
        st.sampled_from(["", "#", "#top", "#?a=b"]),
    ),
    params=st.dictionaries(NAMES, SCALARS | st.lists(st.text(), max_size=3), max_size=4),
    json=st.none() | st.dictionaries(NAMES, JSON, max_size=4) | JSON,
    headers=st.dictionaries(
        st.sampled_from(["Range", "cursor"]), st.text("az09=-/ ~").map(str.strip), max_size=2
    ),
)


@UNHURRIED
@given(
    REQUESTS,
    st.sampled_from(STRATEGIES),
    st.integers(0, 10**12),
    st.none() | st.integers(0, 10**12),
    st.integers(0, 10**6),
    st.none() | st.just("0123456789abcdef"),
)
def test_first_requests_come_back(request_, strategy, index, start, rows, mark):
    """Whatever a caller asks first, the resuming call goes on with the very same."""
    point = Checkpoint(
        first=request_,
        request=request_,
        strategy=strategy,
        index=index,
        start=start,
        rows=rows,
        fingerprint=mark,
    )
    token = point.encode({})
    assert point == resumed(token, request_)
    if strategy is not None:
        assert point == resumed(token, request_, strategy)


@UNHURRIED
@given(REQUESTS, REQUESTS.filter(lambda it: "from the caller" not in repr(it)))
def test_later_requests_come_back(first, request_):
    """Whatever a page leads to, the resuming call goes on there."""
    first = replace(first, url=URL)
    point = Checkpoint(first=first, request=request_, strategy=NextLink())
    assert point == resumed(point.encode({}), first)


def test_a_listing_begins_at_its_first_row():
    """Before anything was read, no page and no row is behind."""
    point = Checkpoint(first=FIRST, request=FIRST)
    assert (0, 0, 0) == (point.index, point.start, point.rows)
    with pytest.raises(FrozenInstanceError):
        point.rows = 1
    with pytest.raises(TypeError, match="positional"):
        Checkpoint(FIRST, FIRST)


def test_everything_comes_back():
    """What the page before, the count and the second page have yet to decide is in the token."""
    point = Checkpoint(
        first=FIRST,
        request=FIRST.with_param("page", 2),
        strategy=PageNumber(),
        index=1,
        start=2,
        rows=1,
        fingerprint="of the page",
        previous="of the page before",
        total=0,
        others=((Offset(), FIRST.with_param("offset", 2)), (LINK, FIRST.follow(f"{URL}?p=2"))),
        first_rows="of the first page",
    )
    assert point == resumed(point.encode({}))


def test_a_finished_listing_comes_back():
    """A finished listing has no request to go on with."""
    point = Checkpoint(first=FIRST, request=None, strategy=NextLink(), index=3, start=30)
    assert point == resumed(point.encode({}))


def test_a_token_is_a_plain_string():
    """A token goes into a URL, a file name and a shell as it is, and is the same every time."""
    point = Checkpoint(first=FIRST, request=FIRST.with_param("page", "\xff\xfe?~"))
    token = point.encode({})
    assert token == point.encode({})
    assert token.replace("-", "").replace("_", "").isalnum()
    assert token.isascii()


class Colour(Enum):
    """A value as callers have them."""

    RED = "red"


@pytest.mark.parametrize(
    "value",
    [
        1, 1.5, 10**30, True, False, None, "x", "", "é", [1, "x"], (1, "x"), [], date(2024, 5, 1),
        datetime(2024, 5, 1, 12, 30), Decimal("1.10"), UUID(int=7), b"x", [b"x", date(2024, 5, 1)],
        Colour.RED, Fraction(1, 3), {1}, float("nan"), float("inf"),
    ],
    ids=repr,
)  # fmt: skip
def test_parameters_that_requests_takes(value):
    """A parameter of any type is sent by the resuming call as it was sent by the first."""
    first = PageRequest("GET", URL, params={"q": value, "page": 1})
    request = first.with_param("page", 2)
    point = resumed(Checkpoint(first=first, request=request).encode({}), first)
    assert prepared(request) == prepared(point.request)


@pytest.mark.parametrize(
    "body",
    [{"a": 10**30}, {"a": (1, 2)}, {"a": {1: 2}}, [{"a": 1}], "text", 5, {"a": "\ud800"}],
    ids=repr,
)
def test_bodies_that_requests_takes(body):
    """A JSON body is sent by the resuming call as it was sent by the first."""
    first = PageRequest("POST", URL, json=body)
    point = resumed(Checkpoint(first=first, request=first).encode({}), first)
    assert prepared(first) == prepared(point.request)


# Tampering ---------------------------------------------------------------------------------------

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.mark.parametrize("length", range(3))
def test_any_changed_character(length):
    """A token with any one character changed, lost or added is refused."""
    token = Checkpoint(first=FIRST, request=FIRST.with_param("p", "x" * length)).encode({})
    resumed(token)
    for place, old in enumerate(token):
        changes = [ALPHABET[(ALPHABET.index(old) + step) % 64] for step in (1, 2, 16, 32, 63)]
        for new in [*changes, "", "!", "=", " ", "é", "\0", old + "A", old + "!"]:
            with pytest.raises(InvalidCheckpoint):
                resumed(token[:place] + new + token[place + 1 :])


@pytest.mark.parametrize("text", ["", "A", "AAAA", "====", "no token", "é", "\ud800", "A" * 10_000])
def test_no_tokens(text):
    """What never was a token is refused."""
    with pytest.raises(InvalidCheckpoint):
        resumed(text)


@UNHURRIED
@given(st.text() | st.binary().map(lambda it: urlsafe_b64encode(it).decode()))
def test_any_text(text):
    """Any text is refused, in one way."""
    with pytest.raises(InvalidCheckpoint):
        resumed(text)


@pytest.mark.parametrize(
    "inside",
    [
        b"", b"{}", b"[]", b"null", b"5", b'"v"', b'{"v":1}', b'{"v":2}', b'{"v":null}', b"\xff",
        b'{"v":1,"at":"\xff"}', b"[" * 100_000, b'{"v":' + b"[" * 100_000, b'{"v":' + b"1" * 5000,
    ],
    ids=lambda inside: repr(inside[:20]),
)  # fmt: skip
@pytest.mark.usefixtures("deep")
def test_contents_that_are_none(inside):
    """The right checksum over a wrong content does not help."""
    with pytest.raises(InvalidCheckpoint):
        resumed(sealed(inside))


@UNHURRIED
@given(st.binary() | JSON.map(lambda it: json.dumps(it).encode()))
def test_any_content(inside):
    """Any content under a right checksum is refused, in one way."""
    with pytest.raises(InvalidCheckpoint):
        resumed(sealed(inside))


REQUEST = {"method": "GET", "url": URL, "params": {}, "json": None, "headers": {}}
OTHER = {"strategy": {"name": "NextLink", "fields": {}}, "request": REQUEST}


@pytest.mark.parametrize(
    "changes",
    [
        {"v": 2}, {"v": 0}, {"v": ...}, {"at": ...}, {"at": 5}, {"at": "GET https://evil.test/v1/rows"},
        {"extra": 1}, {"index": "x"}, {"index": None}, {"start": "x"}, {"rows": 1.5}, {"print": 5},
        {"request": []}, {"request": {}}, {"request": {**REQUEST, "url": 5}},
        {"request": {**REQUEST, "auth": "x"}}, {"request": {**REQUEST, "headers": {"a": 5}}},
        {"request": {**REQUEST, "method": "DELETE"}},
        {"request": {**REQUEST, "method": "POST"}},
        {"others": [{**OTHER, "request": None}]}, {"others": [{**OTHER, "extra": 1}]},
        {"others": [{**OTHER, "request": {**REQUEST, "method": "POST"}}]},
        {"strategy": []}, {"strategy": {}}, {"strategy": {"name": "Strategy", "fields": {}}},
        {"strategy": {"name": "ItemsAt", "fields": {}}}, {"strategy": {"name": "os", "fields": {}}},
        {"strategy": {"name": 5, "fields": {}}}, {"strategy": {"name": "NextLink"}},
        {"strategy": {"name": "NextLink", "fields": 5}},
        {"strategy": {"name": "NextLink", "fields": {"link": 5}}},
        {"strategy": {"name": "NextLink", "fields": {"nothing": 5}}},
        {"strategy": {"name": "Cursor", "fields": {"into": "body"}}},
        {"strategy": {"type": "x.Y", "digest": "0"}},
    ],
    ids=repr,
)  # fmt: skip
def test_forged_tokens(changes):
    """A token that was made, not given, cannot make a call do what it does not do."""
    with pytest.raises(InvalidCheckpoint):
        resumed(forged(**changes))


@pytest.mark.parametrize(
    "changes",
    [{name: -1} for name in ("index", "start", "rows", "total")],
    ids=repr,
)
def test_negative_counts(changes):
    """There are no fewer rows or pages than none."""
    with pytest.raises(InvalidCheckpoint):
        resumed(forged(**changes))


MOST = {"index": 2**53, "start": 2**53, "rows": 2**53, "total": 10**18}


@pytest.mark.parametrize("name", MOST)
def test_counts_have_a_bound(name):
    """The largest count is taken, the next one is nobody's."""
    point = resumed(forged(**{name: MOST[name]}))
    assert MOST[name] == getattr(point, name)
    with pytest.raises(InvalidCheckpoint):
        resumed(forged(**{name: MOST[name] + 1}))


def test_what_the_first_request_must_say_again():
    """`NextParameters` adds to the first request: without its parameters a call cannot go on."""
    strategy = strategies.NextParameters("continue")
    token = Checkpoint(first=ASKED, request=ASKED, strategy=strategy).encode({})
    with pytest.raises(InvalidCheckpoint, match="'account', 'page' passed again"):
        resumed(token, FIRST)
    assert strategy == resumed(token, ASKED).strategy
    other = Checkpoint(first=ASKED, request=ASKED, strategy=strategies.NextLink()).encode({})
    assert strategies.NextLink() == resumed(other, FIRST).strategy


@pytest.mark.parametrize("values", [("one-s3cr3t", "two-s3cr3t"), ("s3cr3t", "s3cr3t")])
def test_a_secret_name_may_come_twice(values):
    """Of a name that a URL holds twice both values stay out, and both come back."""
    first = PageRequest("GET", f"{URL}?token={values[0]}&x=1&token={values[1]}")
    token = Checkpoint(first=first, request=first.with_param("page", 2)).encode({})
    assert b"s3cr3t" not in content(token)
    assert first.url == resumed(token, first).request.url


def test_a_forger_s_token_is_taken():
    """What is refused above is refused for what is wrong in it, and for nothing else."""
    assert FIRST == resumed(forged(others=[OTHER], index=0, start=0, rows=0, total=0)).request


# Another call ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "other",
    [
        PageRequest("POST", URL),
        PageRequest("GET", "http://api.test/v1/rows"),
        PageRequest("GET", "https://api.test:8443/v1/rows"),
        PageRequest("GET", "https://evil.test/v1/rows"),
        PageRequest("GET", "https://api.test./v1/rows"),
        PageRequest("GET", "https://api.test@evil.test/v1/rows"),
        PageRequest("GET", "https://api.test/v1/row"),
        PageRequest("GET", "https://api.test/v1/rows/"),
        PageRequest("GET", "https://api.test/V1/rows"),
        PageRequest("GET", "https://api.test/"),
    ],
)
def test_another_listing(other):
    """A token of another method, origin or path is refused."""
    with pytest.raises(InvalidCheckpoint):
        resumed(Checkpoint(first=FIRST, request=FIRST).encode({}), other)


@pytest.mark.parametrize(
    "same",
    [
        PageRequest("GET", f"{URL}?page=5"),
        PageRequest("GET", URL, params={"page": 5}),
        PageRequest("GET", "HTTPS://API.test/v1/rows"),
        PageRequest("GET", f"{URL}#top"),
    ],
)
def test_the_same_listing(same):
    """Parameters may differ, and scheme and host are the same in any case."""
    assert FIRST == resumed(Checkpoint(first=FIRST, request=FIRST).encode({}), same).request


ASKED = PageRequest("GET", URL, params={"account": "mine", "page": 1})


@pytest.mark.parametrize("other", ["yours", "his", "hers", "theirs", "Mine", "mine ", ""])
def test_another_question(other):
    """A parameter may be left out of the resuming call, since the token has it, but not changed."""
    token = Checkpoint(first=ASKED, request=ASKED.with_param("page", 2)).encode({})
    with pytest.raises(InvalidCheckpoint, match="another 'account'"):
        resumed(token, ASKED.with_param("account", other))
    assert ASKED.with_param("page", 2) == resumed(token, FIRST).request


def test_a_token_holds_digests_of_what_was_asked():
    """Four bytes tell one parameter from another, and a secret is not even digested."""
    first = PageRequest("GET", f"{URL}?account=mine&api_key=s3cr3t")
    asked = json.loads(content(Checkpoint(first=first, request=None).encode({})))["asked"]
    assert {"account": hashlib.blake2b(b"mine", digest_size=4).hexdigest()} == asked


class Batches(Strategy):
    """A user's strategy."""

    def next(self, page):
        return None


@dataclass(frozen=True, repr=False)
class Signed(Cursor):
    """A user's strategy with a field."""

    salt: str = field(default="", kw_only=True)


class Wrapped(NextLink):
    """A user's strategy with methods."""

    def items(self, page):
        return []

    def total(self, page):
        return 0


def find(body):
    """Finds rows."""
    return body


LINK = NextLink("next", items="results")


@pytest.mark.parametrize(
    ("written", "given_", "expected"),
    [
        (None, None, None),
        (None, LINK, LINK),
        (LINK, None, LINK),
        (LINK, LINK, LINK),
        (LINK, NextLink("next"), LINK),
        (Batches(), "itself", "itself"),
        (Signed("c", salt="x"), "itself", "itself"),
        (Wrapped("next"), "itself", "itself"),
        (NextLink("next", items=find), "itself", "itself"),
        (SinglePage(items=len), "itself", "itself"),
        (LINK, NextLink("other", items="results"), InvalidCheckpoint),
        (LINK, NextLink("next", items="data"), InvalidCheckpoint),
        (LINK, NextLink("next", items="results", total="count"), InvalidCheckpoint),
        (LINK, Cursor(), InvalidCheckpoint),
        (LINK, LinkHeader(items="results"), InvalidCheckpoint),
        (LINK, Wrapped("next"), InvalidCheckpoint),
        (LINK, Batches(), InvalidCheckpoint),
        (Batches(), None, InvalidCheckpoint),
        (Batches(), LINK, InvalidCheckpoint),
        (Wrapped("next"), None, InvalidCheckpoint),
        (Wrapped("next"), Wrapped("other"), InvalidCheckpoint),
        (Wrapped("next"), NextLink("next"), InvalidCheckpoint),
        (Signed("c", salt="x"), Signed("c", salt="y"), InvalidCheckpoint),
        (Signed("c", salt="x"), Cursor("c"), InvalidCheckpoint),
        (NextLink("next", items=find), None, InvalidCheckpoint),
        (NextLink("next", items=find), NextLink("other", items=find), InvalidCheckpoint),
    ],
    ids=lambda value: type(value).__name__,
)
def test_strategies(written, given_, expected):
    """A built-in strategy is in the token, any other is recognised; another one is refused."""
    token = Checkpoint(first=FIRST, request=FIRST, strategy=written).encode({})
    given_ = written if given_ == "itself" else given_
    if expected is InvalidCheckpoint:
        with pytest.raises(InvalidCheckpoint):
            resumed(token, strategy=given_)
    else:
        found = resumed(token, strategy=given_).strategy
        assert (written if expected == "itself" else expected) is found or expected == found


def test_the_name_of_a_strategy_that_is_needed():
    """The text says which strategy is to be passed again."""
    token = Checkpoint(first=FIRST, request=FIRST, strategy=Batches()).encode({})
    with pytest.raises(InvalidCheckpoint, match="Batches"):
        resumed(token)


# Secrets -----------------------------------------------------------------------------------------

SECRET = "s3cr3t/+ é&=%"
PERCENTS = "".join(f"%{byte:02x}" for byte in SECRET.encode())
FORMS = {PERCENTS, SECRET, quote(SECRET), quote(SECRET, safe=""), quote_plus(SECRET)}


def hides(token):
    """Whether no form of the secret is among the bytes of a token."""
    inside = content(token)
    readable = inside.decode() + json.dumps(json.loads(inside), ensure_ascii=False)
    return not any(form in readable for form in FORMS) and "s3cr3t" not in readable


def first_with(**fields):
    return PageRequest("POST", fields.pop("url", URL), **fields)


@pytest.mark.parametrize(
    ("first", "session_secrets", "following"),
    [
        (first_with(params={"api_key": SECRET, "a": 1}), {}, None),
        (first_with(url=f"{URL}?a=1&api_key={quote_plus(SECRET)}"), {}, None),
        (first_with(url=f"{URL}?api_key={quote(SECRET, safe='')}&a=1"), {}, None),
        (first_with(url=f"{URL}?api_key={quote_plus(SECRET)}#top"), {}, None),
        (first_with(json={"client_secret": SECRET, "a": 1}), {}, None),
        (first_with(json={"auth": {"client_secret": SECRET}, "a": 1}), {}, None),
        (first_with(json=[{"client_secret": SECRET}]), {}, None),
        (first_with(params={"api_key": [SECRET]}), {}, None),
        (first_with(), {"api_key": SECRET}, f"{URL}?page=2&api_key={quote_plus(SECRET)}"),
        (first_with(), {"api_key": SECRET}, f"{URL}?api_key={quote(SECRET, safe='')}&page=2"),
        (
            first_with(params={"api_key": SECRET}),
            {},
            f"{URL}?api_key={quote(SECRET, safe='')}&page=2",
        ),
        (first_with(params={"api_key": SECRET}), {}, f"{URL}?key={quote_plus(SECRET)}&page=2#top"),
        (
            first_with(params={"api_key": SECRET}),
            {},
            f"{URL}?api%5Fkey={PERCENTS}",
        ),
        (
            first_with(params={"api_key": SECRET}),
            {},
            f"https://files.test/x?token={quote(SECRET, safe='')}",
        ),
    ],
    ids=[
        "params",
        "URL",
        "URL percent",
        "URL fragment",
        "JSON",
        "nested JSON",
        "JSON list",
        "list",
        "session",
        "session percent",
        "link",
        "link under another name",
        "link in percents",
        "link elsewhere",
    ],
)
def test_secrets_stay_out(first, session_secrets, following):
    """A caller's secret is in no token, however a link echoes it, and comes from the new call."""
    request = first if following is None else first.follow(following)
    token = Checkpoint(first=first, request=request, strategy=LINK).encode(session_secrets)
    assert hides(token)
    found = resumed(token, first, LINK, session_secrets).request
    assert request.url.partition("?")[0] == found.url.partition("?")[0]
    assert (request.query(), request.json) == (found.query(), found.json)


@pytest.mark.parametrize(
    ("first", "rotated", "following"),
    [
        (
            first_with(params={"api_key": "old", "a": 1}),
            first_with(params={"api_key": "new", "a": 1}),
            None,
        ),
        (first_with(url=f"{URL}?api_key=old&a=1"), first_with(url=f"{URL}?api_key=new&a=1"), None),
        (
            first_with(json={"secret": "old", "a": 1}),
            first_with(json={"secret": "new", "a": 1}),
            None,
        ),
        (
            first_with(params={"api_key": "old"}),
            first_with(params={"api_key": "n/w"}),
            (f"{URL}?api_key=old&page=2", f"{URL}?api_key=n%2Fw&page=2"),
        ),
    ],
)
def test_rotated_secrets(first, rotated, following):
    """A resuming call with another secret goes on with that one."""
    if following is None:
        request, expected = first, rotated
    else:
        request, expected = first.follow(following[0]), first.follow(following[1])
    token = Checkpoint(first=first, request=request).encode({})
    assert expected == resumed(token, rotated).request


def test_rotated_session_secrets():
    """A secret that the session adds may be another one, too."""
    request = FIRST.follow(f"{URL}?page=2&api_key=old")
    token = Checkpoint(first=FIRST, request=request).encode({"api_key": "old"})
    found = resumed(token, session_secrets={"api_key": "new"})
    assert f"{URL}?page=2&api_key=new" == found.request.url


def test_two_secrets_of_one_value():
    """Each secret comes back under its own name, also where the values were once the same."""
    first = first_with(params={"api_key": "old", "access_token": "old"})
    rotated = first_with(params={"api_key": "new", "access_token": "newer"})
    token = Checkpoint(first=first, request=first).encode({})
    assert rotated == resumed(token, rotated).request


@pytest.mark.parametrize("first", [first_with(), first_with(params={"other_key": "x"})])
def test_missing_secrets(first):
    """A resuming call without the secret is refused, and told the name."""
    whole = first_with(params={"api_key": SECRET})
    token = Checkpoint(first=whole, request=whole).encode({})
    with pytest.raises(InvalidCheckpoint, match="api_key") as caught:
        resumed(token, first)
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize(
    "request_",
    [
        FIRST.with_param("pageToken", "of the server"),
        FIRST.follow(f"{URL}?pageToken=of+the+server"),
        replace(FIRST, headers={"X-Token": "of the server"}),
        PageRequest("GET", URL, json={"next_token": "of the server"}),
    ],
)
@pytest.mark.parametrize("secret", [SECRET, "a", "of the server's"])
def test_cursors_stay(request_, secret):
    """A cursor is the server's, and without it there is nothing to go on from."""
    token = Checkpoint(first=FIRST, request=request_).encode({"api_key": secret})
    assert request_ == resumed(token).request


def test_a_cursor_that_equals_a_parameter_stays():
    """Only what the caller gave under a secret-like name is left out of a token."""
    first = PageRequest("GET", URL, params={"search": "x"})
    token = Checkpoint(first=first, request=first.with_param("pageToken", "x")).encode({})
    assert "x" == resumed(token, FIRST).request.params["pageToken"]


def test_secrets_that_a_page_repeats_stay_out():
    """A page may name the caller's secret among the parameters of the next request."""
    first = PageRequest("GET", URL, params={"api_key": SECRET})
    repeated = json.loads(json.dumps(SECRET))
    token = Checkpoint(first=first, request=first.with_param("key", repeated)).encode({})
    assert hides(token)
    assert SECRET == resumed(token, first).request.params["key"]


@pytest.mark.parametrize("value", [5, True, False, 0, 10**30, 1.5, None, "", "5"], ids=repr)
def test_types_of_fields_stay(value):
    """What only looks like a secret by its name keeps its type in a JSON body."""
    first = first_with(json={"author_id": value, "authorized_only": value, "key": value})
    token = Checkpoint(first=first, request=first).encode({})
    found = resumed(token, first).request
    assert repr(first.json) == repr(found.json)


@pytest.mark.parametrize("value", [True, False, 1.5, None, ""], ids=repr)
def test_what_is_no_secret_need_not_be_passed_again(value):
    """What is no secret by its type is in the token, whatever its name."""
    first = first_with(json={"author_id": value})
    token = Checkpoint(first=first, request=first).encode({})
    assert repr(first.json) == repr(resumed(token, first_with()).request.json)


@pytest.mark.parametrize("number", [2, "2"])
def test_equal_values_are_no_secrets(number):
    """A page number that happens to be somebody's key stays a page number."""
    first = first_with(params={"api_key": "2", "page": number})
    token = Checkpoint(first=first, request=first).encode({})
    assert number == resumed(token, first_with(params={"api_key": "3"})).request.params["page"]


def test_equal_values_in_a_link_are_no_secrets():
    """A page number in a link stays one, too, and so does an empty key."""
    first = first_with(params={"api_key": "2"})
    request = first.follow(f"{URL}?page=2&key=")
    token = Checkpoint(first=first, request=request).encode({})
    assert request == resumed(token, first_with(params={"api_key": "3"})).request


def test_userinfo_stays_out():
    """Userinfo is in no token."""
    first = first_with(url="https://user:s3cr3t@api.test/v1/rows")
    assert b"s3cr3t" not in content(Checkpoint(first=first, request=first).encode({}))


# Fingerprints ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rows", [[1, 2], [2, 1], [1, 3], [1, 5, 2], [1], [], [{"id": 1}, 2], [{"id": "1"}, 2], [[1, 2]]]
)
def test_fingerprints_differ(rows):
    """Length, first and last row tell pages apart."""
    assert ([1, 2] == rows) is (fingerprint([1, 2]) == fingerprint(rows))


def test_a_fingerprint_is_short():
    """Eight bytes tell two pages apart; a token holds up to three of them."""
    assert 16 == len(fingerprint([1, 2])) == len(fingerprint([]))


@pytest.mark.parametrize(
    "row",
    [
        {"b": 1, "a": {"d": 2, "c": [3]}}, 10**30, "\ud800", {"\udfff": 1}, 1.5, None, (1, 2), b"x",
        Decimal("1.10"), date(2024, 5, 1), {None: ["x"], "a": "y"}, {1: 2, "a": "y"}, {1, 2},
        {"big": 10**30, "half": "\ud800"}, Colour.RED,
    ],
    ids=repr,
)  # fmt: skip
def test_fingerprints_of_any_row(row):
    """Whatever a body decodes to, also by the caller's own `decode`, has a fingerprint."""
    assert fingerprint([row]) == fingerprint([row])
    assert fingerprint([row]) != fingerprint([])


def test_fingerprints_of_rows_that_were_made_into_something_else():
    """The ends as they came stand for rows of a model; of an empty page there are none."""
    raw, made = [{"id": 1}, {"id": 2}], [Colour.RED, Colour.RED]
    assert fingerprint(raw) == fingerprint(made, ends=raw)
    assert fingerprint(raw) != fingerprint([Colour.RED], ends=raw)
    assert fingerprint([]) == fingerprint([], ends=[])


def test_the_order_of_names_is_no_difference():
    """The same object written in another order is the same row."""
    assert fingerprint([{"a": 1, "b": 2}]) == fingerprint([{"b": 2, "a": 1}])


@UNHURRIED
@given(JSON, JSON)
def test_fingerprints_tell_rows_apart(one, other):
    """Rows that differ have other fingerprints, equal ones the same."""
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert same is (fingerprint([one]) == fingerprint([other]))
