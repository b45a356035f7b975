"""Resume tokens: what they hold, what they leave out, and what they refuse."""

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import FrozenInstanceError, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from requests_paginate import dialects, strategies
from requests_paginate._listing.checkpoint import Checkpoint
from requests_paginate._models import PageRequest
from requests_paginate.exceptions import InvalidCheckpoint
from requests_paginate.strategies import (
    Cursor,
    LastItem,
    LinkHeader,
    NextLink,
    Offset,
    PageNumber,
    SinglePage,
)
from tests.tokens import (
    FIRST,
    JSON,
    LINK,
    SCALARS,
    UNHURRIED,
    URL,
    Colour,
    content,
    resumed,
    written,
)


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
IN_HEADERS = Cursor(("Range", "cursor"), token=("a", "b"), into="header")
NAMES = st.sampled_from(["page", "a.b", "key", "token", "author_id", "api_key"]) | st.text()
VALUES = st.text("abc%+/=&?#'; é", max_size=8)
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
    request_ = replace(request_, headers={})  # a strategy writes them into later ones
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


@pytest.mark.parametrize("name", ["%00", "%00%00", "a%01", "%00amkey%01", "a1b2-c3d4-e5"])
def test_a_parameters_name_comes_back_beside_a_concealed_secret(name):
    """A name is the same with the characters around a secret in it, or with the secret."""
    request_ = PageRequest("GET", f"{URL}?key=a1b2-c3d4-e5&{name}=1")
    point = Checkpoint(first=request_, request=request_)
    assert point == resumed(point.encode({}), request_)


@pytest.mark.parametrize("word", ["strategy", "is_after_short", "LinkHeader", "previous"])
def test_a_secret_may_be_a_word_of_the_token(word):
    """What the token's own fields are called stays readable, and the secret is put back."""
    request_ = PageRequest("GET", f"{URL}?key={word}&page=1")
    for strategy in STRATEGIES:
        point = Checkpoint(first=request_, request=request_, strategy=strategy)
        assert point == resumed(point.encode({}), request_)


def test_a_changed_parameter_whose_name_is_a_secret_is_refused_without_it():
    """The refusal names what was changed, and shows no secret."""
    asked = [PageRequest("GET", f"{URL}?key=a1b2-c3d4-e5&a1b2-c3d4-e5={n}") for n in (1, 2)]
    token = Checkpoint(first=asked[0], request=asked[0]).encode({})
    with pytest.raises(InvalidCheckpoint, match=r"another 'REDACTED'") as caught:
        resumed(token, asked[1])
    assert "a1b2-c3d4-e5" not in str(caught.value)


@UNHURRIED
@given(REQUESTS, REQUESTS.filter(lambda it: "from the caller" not in repr(it)))
def test_later_requests_come_back(first, request_):
    """Whatever a page leads to, the resuming call goes on there."""
    first = replace(first, url=URL)
    point = Checkpoint(first=first, request=request_, strategy=IN_HEADERS)
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
        strategy=PageNumber(total="n"),
        index=1,
        start=2,
        rows=1,
        fingerprint="of the page",
        previous="of the page before",
        total=0,
        others=((Offset(), FIRST.with_param("offset", 2)), (LINK, FIRST.follow(f"{URL}?p=2"))),
        first_rows="of the first page",
        doubts=("the first page was partial",),
        duplicates=3,
        keys="0123456789ab" * 2,
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
        {"keys": 5}, {"keys": "x" * 1201}, {"duplicates": -1}, {"duplicates": "x"}, {"earlier": []},
        {"earlier": {"column": ["a"] * 9}}, {"earlier": {"column": [{}]}}, {"earlier": {"more": 1}},
        {"earlier": {"column": ["id"], "last_sums": "x" * 700}}, {"earlier": {"first_ids": "x"}},
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
    assert asked.pop("body:")  # says that a body would be in it
    assert {"account": hashlib.blake2b(b"mine", digest_size=4).hexdigest()} == asked
