"""The caller's secrets stay out of a checkpoint, and come from the resuming call."""

import json
from base64 import urlsafe_b64encode
from dataclasses import replace
from urllib.parse import quote, quote_plus

import pytest

from requests_paginate._listing.checkpoint import Checkpoint
from requests_paginate._listing.seal import seal
from requests_paginate._models import PageRequest
from requests_paginate.exceptions import InvalidCheckpoint
from requests_paginate.strategies import ContentRange, Cursor, PageNumber
from tests.tokens import FIRST, LINK, URL, content, resumed

SECRET = "s3cr3t/+ é&=%"
PERCENTS = "".join(f"%{byte:02x}" for byte in SECRET.encode())
FORMS = {PERCENTS, SECRET, quote(SECRET), quote(SECRET, safe=""), quote_plus(SECRET)}


# Under names that tell nothing, in paths and in other words.
PLAIN_LINKS = [
    f"{URL}?k={quote(SECRET, safe='')}&page=2",
    f"{URL}?appid={quote_plus(SECRET)}&page=2",
    f"{URL}/{quote(SECRET, safe='')}/2?page=2",
    f"{URL}?cursor=v1.{quote(SECRET, safe='')}.2",
    f"{URL}?u={PERCENTS}&page=2",
    f"{URL}?c={urlsafe_b64encode(SECRET.encode()).decode().rstrip('=')}&page=2",
]


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
        *((first_with(), {"header X-Api-Key": SECRET}, link) for link in PLAIN_LINKS),
        *((first_with(params={"api_key": SECRET}), {}, link) for link in PLAIN_LINKS),
        (first_with(), {"header Authorization": f"Bearer {SECRET}"}, PLAIN_LINKS[0]),
        (first_with(json={"secret": SECRET}), {}, PLAIN_LINKS[1]),
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
        *(f"header in a plain place {number}" for number in range(len(PLAIN_LINKS))),
        *(f"parameter in a plain place {number}" for number in range(len(PLAIN_LINKS))),
        "the word of a header",
        "JSON in a plain place",
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
    strategy = Cursor("X-Token", token="next", into="header") if request_.headers else None
    point = Checkpoint(first=FIRST, request=request_, strategy=strategy)
    assert request_ == resumed(point.encode({"api_key": secret})).request


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


@pytest.mark.parametrize(("key", "written"), [(True, "true"), (None, "null"), (7, "7")])
def test_names_that_are_no_strings_are_written_as_they_are_sent(key, written):
    """JSON has names of text only; a checkpoint holds them as the request's body did."""
    first = first_with(json={"filter": {key: 1}})
    token = Checkpoint(first=first, request=first).encode({})
    assert {written: 1} == json.loads(content(token))["request"]["json"]["filter"]


# By value, and to whom ----------------------------------------------------------------------------


@pytest.mark.parametrize("link", PLAIN_LINKS)
def test_a_secret_in_a_plain_place_may_be_a_newer_one(link):
    """What the resuming call gives is written there as the old one was."""
    old, new = {"header X-Key": SECRET}, {"header X-Key": "n3w s3cr3t/+"}
    token = Checkpoint(first=FIRST, request=FIRST.follow(link)).encode(old)
    expected = Checkpoint(first=FIRST, request=resumed(token, session_secrets=new).request)
    assert hides(expected.encode(new))
    assert SECRET not in resumed(token, session_secrets=new).request.url
    with pytest.raises(InvalidCheckpoint, match="header X-Key"):
        resumed(token)


@pytest.mark.parametrize("cursor", ["a\x00b", "\x00", "\x00tx\x01", "from the caller:x", "\x01"])
def test_texts_that_look_concealed(cursor):
    """A server's own text comes back as it was, also beside a secret."""
    request = FIRST.with_param("c", cursor).with_param("d", f"-{SECRET}-")
    secrets = {"header X-Key": SECRET}
    token = Checkpoint(first=FIRST, request=request).encode(secrets)
    assert hides(token)
    assert request == resumed(token, session_secrets=secrets).request


@pytest.mark.parametrize("value", ["12345678", "short", "2024", "1" * 30])
def test_numbers_and_short_texts_are_found_by_name_alone(value):
    """A page number or a word that equals a key by chance is no secret."""
    request = FIRST.with_param("cursor", value)
    token = Checkpoint(first=FIRST, request=request).encode({"header X-Key": value})
    assert request == resumed(token).request


@pytest.mark.parametrize(
    "link",
    [
        f"https://files.test/x?token={quote(SECRET, safe='')}",
        f"https://files.test/x?k={quote(SECRET, safe='')}",
        f"https://files.test/{quote(SECRET, safe='')}/x",
        f"http://api.test/v1/rows?token={quote(SECRET, safe='')}",
        f"https://api.test:8443/v1/rows?k={quote_plus(SECRET)}",
        f"https://api.test.evil.test/?api_key={quote_plus(SECRET)}",
    ],
)
def test_no_secret_is_put_back_for_another_origin(link):
    """A checkpoint is not trusted: its URL may be another one than the listing's."""
    first = first_with(params={"api_key": SECRET})
    token = Checkpoint(first=first, request=PageRequest("GET", link), strategy=LINK).encode({})
    assert hides(token)
    with pytest.raises(InvalidCheckpoint, match="another origin"):
        resumed(token, first, LINK)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"account: x-tenant": "a"}, {"account: x-tenant": "a"}, None),
        ({"account: x-tenant": "a"}, {"account: x-tenant": "b"}, "account: x-tenant"),
        ({"account: x-tenant": "a"}, {}, "account: x-tenant"),
        ({"account: user": "a"}, {"account: user": "a", "account: x-org": "b"}, "account: x-org"),
        ({"account: cookie shop": "a"}, {"account: cookie shop": "b"}, "account: cookie shop"),
        ({"auth 0": "old"}, {"auth 0": "new"}, None),
        ({"account: user": "a", "auth 0": "o"}, {"account: user": "a", "auth 0": "n"}, None),
        ({}, {"account: user": "a"}, None),  # as older versions made it
    ],
)
def test_a_checkpoint_is_of_one_account(before, after, expected):
    """What names the account must be the same; a password may be another one."""
    token = Checkpoint(first=FIRST, request=FIRST).encode(before)
    if expected is None:
        assert FIRST == resumed(token, session_secrets=after).request
    else:
        with pytest.raises(InvalidCheckpoint, match=expected):
            resumed(token, session_secrets=after)


@pytest.mark.parametrize(
    ("strategy", "name", "is_right"),
    [
        (Cursor("X-After", token="next", into="header"), "x-after", True),
        (Cursor(("X-A", "X-B"), token=("a", "b"), into="header"), "X-B", True),
        (ContentRange(), "Range", True),
        (Cursor("X-After", token="next", into="header"), "X-Other", False),
        (Cursor("X-After", token="next"), "X-After", False),
        (ContentRange(), "X-HTTP-Method-Override", False),
        (PageNumber(), "Range", False),
        (LINK, "X-Method-Override", False),
        (None, "X-HTTP-Method", False),
        (Cursor("X-Method-Override", token="next", into="header"), "X-Method-Override", False),
    ],
)
def test_headers_of_a_checkpoint_are_those_of_its_strategy(strategy, name, is_right):
    """A checkpoint is not trusted, and a header can change what a request does."""
    request = replace(FIRST, headers={name: "5"})
    token = Checkpoint(first=FIRST, request=request, strategy=strategy).encode({})
    if is_right:
        assert request == resumed(token, FIRST, strategy).request
    else:
        with pytest.raises(InvalidCheckpoint, match="a header"):
            resumed(token, FIRST, strategy)


KEY = {"header X-Key": SECRET}
MARK = "\x00theader X-Key\x01"


def forged(change):
    """A token that somebody changed and sealed again, with the place of a secret in it."""
    request = FIRST.follow(f"{URL}?k={quote(SECRET, safe='')}")
    point = Checkpoint(first=FIRST, request=request, strategy=LINK, doubts=("a doubt",))
    state = json.loads(content(point.encode(KEY)))
    change(state)
    return seal(json.dumps(state).encode())


@pytest.mark.parametrize(
    "fields",
    [
        {"cursor": "c", "token": "n", "url": f"https://files.test/x?k={MARK}"},
        {"cursor": MARK, "token": "n"},
        {"cursor": "c", "token": MARK},
    ],
)
def test_no_secret_is_put_back_into_a_strategy(fields):
    """A strategy of a token may lead to an allowed origin; the call's own is taken, or none."""

    def change(state):
        state["strategy"] = {"name": "Cursor", "fields": fields}

    with pytest.raises(InvalidCheckpoint, match="strategy= passed again"):
        resumed(forged(change), FIRST, None, KEY)
    own = Cursor("c", token="n")
    assert own == resumed(forged(change), FIRST, own, KEY).strategy


def test_no_secret_is_put_back_into_a_doubt():
    """A doubt is shown to people."""
    token = forged(lambda state: state.update(doubts=[f"a doubt about {MARK}"]))
    assert not any(SECRET in doubt for doubt in resumed(token, FIRST, LINK, KEY).doubts)


def test_no_secret_is_shown_of_a_place():
    """The error about another listing tells both places, and no key in their paths."""
    token = Checkpoint(first=FIRST, request=FIRST).encode(KEY)
    other = PageRequest("GET", f"{URL}/{SECRET.split('/')[0]}hidden")
    with pytest.raises(InvalidCheckpoint, match="this call lists") as caught:
        resumed(token, other, None, {"header X-Key": "s3cr3thidden"})
    assert "s3cr3thidden" not in str(caught.value)


def test_a_key_in_the_path_of_the_call():
    """It may be a newer one when the listing is resumed."""
    old, new = (PageRequest("GET", f"{URL}/{key}/rows") for key in ("0ld-s3cr3t", "n3w-s3cr3t"))
    token = Checkpoint(first=old, request=old).encode({"header X-Key": "0ld-s3cr3t"})
    assert new == resumed(token, new, None, {"header X-Key": "n3w-s3cr3t"}).request


def test_a_long_list_of_ids_stays_out_of_a_checkpoint():
    """They are left out as they are, and put back."""
    ids = [f"account-{number:05}" for number in range(2000)]
    first = replace(FIRST, params={"account_keys": ids})
    point = Checkpoint(first=first, request=replace(first, url=f"{URL}?next={ids[7]}"))
    token = point.encode({})
    assert b"account-0" not in content(token)
    assert point == resumed(token, first)
