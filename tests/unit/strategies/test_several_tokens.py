"""Several tokens, what stays beside one, tokens that are numbers, rows that are their own id."""

import copy
import json
import pickle
from dataclasses import replace
from itertools import islice

import pytest

from requests_paginate.exceptions import InconsistentListing, InvalidCheckpoint, MalformedPage
from requests_paginate.strategies import Cursor, LastItem, Offset
from requests_paginate.strategies.serialization import describe_strategy, restore_strategy
from tests.unit.strategies.answers import make_listing, read_all
from tests.unit.strategies.requests_and_pages import ROWS, URL, check, get, page, post

# Several tokens ----------------------------------------------------------------------------------

HEADERS = ("x-ms-continuation-NextPartitionKey", "x-ms-continuation-NextRowKey")
AZURE = Cursor(("NextPartitionKey", "NextRowKey"), token=HEADERS, items="value")
PAIR = Cursor(("at.time", "at.id"), token=("next.time", "next.id"), more="more", items="rows")


@pytest.mark.parametrize(
    ("request_", "headers", "expected"),
    [
        (
            get(params={"$top": 5}),
            {"X-MS-continuation-NextPartitionKey": "1!8", "x-ms-continuation-nextrowkey": "1!4"},
            get(params={"$top": 5, "NextPartitionKey": "1!8", "NextRowKey": "1!4"}),
        ),
        (get(), {HEADERS[0]: "p"}, get(params={"NextPartitionKey": "p"})),
        (get(), {HEADERS[0]: "p", HEADERS[1]: ""}, get(params={"NextPartitionKey": "p"})),
        (get(), {HEADERS[1]: "r", HEADERS[0]: "null"}, get(params={"NextRowKey": "r"})),
        (
            get(params={"NextPartitionKey": "p", "NextRowKey": "r", "a": None}),
            {HEADERS[0]: "q"},
            get(params={"NextPartitionKey": "q", "a": None}),
        ),
        (
            get(f"{URL}?NextRowKey=r&$filter=a%20eq%201&NextPartitionKey=p#top"),
            {HEADERS[0]: "q"},
            get(f"{URL}?$filter=a%20eq%201&NextPartitionKey=q#top"),
        ),
        (get(params={"NextPartitionKey": "p"}), {}, None),
        (get(), {HEADERS[0]: "", HEADERS[1]: "null"}, None),
    ],
)
def test_two_tokens_of_two_headers(request_, headers, expected):
    """Each goes into its parameter; a missing one is left out, and without any it is the end."""
    check(AZURE, page({"value": ROWS}, request_, headers=headers), expected)


@pytest.mark.parametrize(
    ("request_", "following", "expected"),
    [
        (post({"q": 1}), {"time": 5, "id": 7}, post({"q": 1, "at": {"time": 5, "id": 7}})),
        (
            post({"at": {"time": 5, "id": 7, "x": 1}}),
            {"time": 6},
            post({"at": {"time": 6, "x": 1}}),
        ),
        (post({"at.id": 1, "q": 2}), {"time": 6}, post({"q": 2, "at": {"time": 6}})),
        (post({"q": 1}), {"time": 5, "id": 0}, post({"q": 1, "at": {"time": 5, "id": 0}})),
        (post({}), {"time": "t", "id": [1]}, post({"at": {"time": "t", "id": [1]}})),
        (post({"at": {"id": 7}}), {}, None),
        (post({}), {"time": None, "id": False}, None),
        (post({}), {"time": True, "id": 1}, MalformedPage),
    ],
)
def test_two_tokens_in_json(request_, following, expected):
    """The same in a JSON body, whose fields may be nested; 0 beside another token is one, too."""
    check(PAIR, page({"next": following, "rows": ROWS}, request_), expected)


def test_two_tokens_in_headers_and_flags():
    """In headers, too; a flag decides as it does beside one token."""
    strategy = replace(PAIR, cursor=("X-Time", "X-Id"), into="header", total="n")
    request = get(headers={"X-Time": "4", "X-Id": "3"})
    body = {"next": {"time": 5}, "rows": ROWS}
    check(strategy, page(body, request), get(headers={"X-Time": "5"}))
    check(strategy, page({**body, "more": False}, request), None)
    check(strategy, page({"rows": ROWS, "more": True}, request), InconsistentListing)
    check(strategy, page({"rows": ROWS, "n": 3}, request), InconsistentListing)
    check(strategy, page({"rows": [], "next": {"time": 4, "id": 3}}, request), None)


def test_two_tokens_are_a_value():
    """It shows, compares, hashes, copies, pickles and is renamed; its signals are all it reads."""
    shown = (
        "Cursor(('NextPartitionKey', 'NextRowKey'), token=('x-ms-continuation-NextPartitionKey', "
        "'x-ms-continuation-NextRowKey'), items='value')"
    )
    assert shown == repr(AZURE)
    for other in (copy.deepcopy(AZURE), pickle.loads(pickle.dumps(AZURE)), replace(AZURE)):
        assert AZURE == other
        assert hash(AZURE) == hash(other)
    assert ("a", "b") == AZURE.renamed(("a", "b")).cursor
    with pytest.raises(TypeError, match="renamed"):
        AZURE.renamed("a")
    with pytest.raises(TypeError, match="renamed"):
        Cursor().renamed(("a", "b"))
    assert ["p", None] == AZURE.signals(page({}, headers={HEADERS[0]: "p"}))
    assert [5, 7, True] == PAIR.signals(page({"next": {"time": 5, "id": 7}, "more": True}))
    assert AZURE.begins(get(params={"NextPartitionKey": "", "a": 1}))
    assert not AZURE.begins(get(params={"NextRowKey": "r"}))
    last = page({"value": []}, get(params={"NextRowKey": "r"}), headers={HEADERS[1]: "r"})
    assert AZURE.is_standing(last)
    assert not AZURE.is_standing(page({"value": []}))


@pytest.mark.parametrize(
    ("cursor", "token"),
    [
        (("a", "b"), ("x",)), (("a", "b"), "x"), ("a", ("x", "y")), (("a",), "x"), ((), ()),
        (("a", 5), ("x", "y")), (("a", "b"), ("x", None)), (("a", ""), ("x", "y")),
        (["a", "b"], ["x", "y"]), (("a", "b"), ("x", ("y",))),
    ],
)  # fmt: skip
def test_no_several_tokens(cursor, token):
    """Names and places are one each, or tuples of as many."""
    with pytest.raises((TypeError, ValueError), match=r"token|cursor"):
        Cursor(cursor, token=token)


NUMBERS = [{"id": number} for number in range(5)]


def by_two_headers(query, _json):
    """Azure Tables: without the partition key, the row key alone begins anew."""
    at = int(query.get("NextPartitionKey", "0"))
    at += 1 if query.get("NextRowKey") == "second" else 0
    headers = {HEADERS[0]: str(at + 1)} if at == 1 else {}
    headers = {HEADERS[0]: "0", HEADERS[1]: "second"} if at == 0 else headers
    return {"value": NUMBERS[2 * at : 2 * at + 2]}, headers


def test_a_listing_with_two_tokens():
    """All rows, also resumed in the middle with and without the strategy, and pickled."""
    assert (NUMBERS, None, []) == read_all(by_two_headers, strategy=AZURE)
    for count in range(1, 5):
        listing = make_listing(by_two_headers, strategy=AZURE)
        read = [*islice(listing, count)]
        for strategy in (AZURE, None):
            point = listing.checkpoint()
            resumed = make_listing(by_two_headers, strategy=strategy, resume=point)
            assert NUMBERS == read + list(resumed)
        with pytest.raises(InvalidCheckpoint):
            make_listing(by_two_headers, strategy=AZURE.renamed(("a", "b")), resume=point)
        assert NUMBERS[count:] == list(pickle.loads(pickle.dumps(listing)))


# What stays --------------------------------------------------------------------------------------

OAI = Cursor("resumptionToken", token="next", alone=("verb",), items="rows")


@pytest.mark.parametrize(
    ("strategy", "request_", "expected"),
    [
        (
            OAI,
            get(params={"verb": "ListRecords", "set": "a"}),
            get(params={"verb": "ListRecords", "resumptionToken": "t"}),
        ),
        (
            OAI,
            get(f"{URL}?set=a&v%65rb=List%20Records&from=x#top"),
            get(f"{URL}?v%65rb=List%20Records#top", params={"resumptionToken": "t"}),
        ),
        (OAI, get(params={"set": "a"}), get(params={"resumptionToken": "t"})),
        (
            OAI,
            post({"verb": "x", "set": "a"}, f"{URL}?verb=y&a=b"),
            post({"verb": "x", "resumptionToken": "t"}, f"{URL}?verb=y"),
        ),
        (
            replace(OAI, alone=("at.zone", "verb")),
            post({"at": {"zone": 1, "x": 2}, "verb": [1]}),
            post({"at": {"zone": 1}, "verb": [1], "resumptionToken": "t"}),
        ),
        (
            replace(OAI, alone=("verb", "key"), url="/more"),
            get(f"{URL}?verb=x&a=1", params={"key": 5, "b": 2}),
            get("https://api.test/more?verb=x", params={"key": 5, "resumptionToken": "t"}),
        ),
        (
            replace(OAI, into="query"),
            post({"verb": "x", "set": "a"}, params={"verb": "y", "b": 1}),
            post({"verb": "x", "set": "a"}, params={"verb": "y", "resumptionToken": "t"}),
        ),
        (
            replace(OAI, into="header"),
            get(params={"verb": "y", "b": 1}),
            get(params={"verb": "y"}, headers={"resumptionToken": "t"}),
        ),
    ],
)
def test_what_stays_beside_a_token_that_is_alone(strategy, request_, expected):
    """The named parameters stay where and as they were, and nothing else does."""
    check(strategy, page({"next": "t", "rows": ROWS}, request_), expected)


@pytest.mark.parametrize("wrong", ["verb", ["verb"], (), ("",), (5,), ("verb", None), None, 1, {}])
def test_nothing_that_could_stay(wrong):
    """What stays is a tuple of names."""
    with pytest.raises(TypeError, match=r"alone: expected True, False or the names"):
        Cursor(alone=wrong)


# Numbers -----------------------------------------------------------------------------------------

NUMBER = Cursor("offset", token="X-Next", number=True, items="")


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("10", 10), ("007", 7), ("-5", -5), ("1.5", 1.5), ("9" * 18, int("9" * 18)),
        ("9223372036854775807", 2**63 - 1), ("-9223372036854775808", -(2**63)),
        ("18446744073709551615", 2**64 - 1), (str(2**128 - 1), 2**128 - 1),
        ("1702345678901234567", 1702345678901234567), ("0" * 12 + "7" * 19, int("7" * 19)),
        ("", None), ("null", None),
        *((wrong, MalformedPage) for wrong in ("x", "1e3", "10 ", "0x1", "²", "9" * 41, ".5")),
    ],
)  # fmt: skip
def test_a_token_that_is_a_number(token, expected):
    """Digits of a header or a string go as a number into JSON, and any other text is malformed."""
    if isinstance(expected, (int, float)):
        expected = post({"q": 1, "offset": expected})
    check(NUMBER, page(ROWS, post({"q": 1}), headers={"x-next": token}), expected)


@pytest.mark.parametrize(("token", "sent"), [("10", 10), (10, 10), (1.5, 1.5), ("1.25", 1.25)])
def test_a_token_that_is_a_number_already(token, sent):
    """A JSON number stays one; without `number` a string stays a string."""
    strategy = Cursor("at", token="next", number=True)
    check(strategy, page({"next": token}, post({})), post({"at": sent}))
    check(replace(strategy, number=False), page({"next": token}, post({})), post({"at": token}))
    check(strategy, page({"next": "12"}), get(params={"at": 12}))


@pytest.mark.parametrize("token", [{"a": 1}, [1], True])
def test_a_token_that_can_be_no_number(token):
    """The text says what came, and what to leave out."""
    with pytest.raises(MalformedPage, match="expected a"):
        Cursor(token="next", number=True).next(page({"next": token}, post({})))
    with pytest.raises(MalformedPage, match="leave number= out"):
        Cursor(token="next", number=True).next(page({"next": "abc"}, post({})))


@pytest.mark.parametrize("wrong", [1, None, "yes", int])
def test_number_is_a_flag(wrong):
    """It is True or False."""
    with pytest.raises(TypeError, match="number: expected True or False"):
        Cursor(number=wrong)


# Checkpoints -------------------------------------------------------------------------------------


@pytest.mark.parametrize("strategy", [AZURE, PAIR, OAI, NUMBER, replace(AZURE, number=True)])
def test_written_and_read_again(strategy):
    """A tuple is written as a list and read as a tuple; another strategy is refused."""
    written = json.loads(json.dumps(describe_strategy(strategy)))
    assert strategy == restore_strategy(written, None, None)
    assert strategy == restore_strategy(written, strategy, None)
    with pytest.raises(InvalidCheckpoint):
        restore_strategy(written, replace(strategy, cursor="other", token="x"), None)


def test_what_an_older_version_does_not_know_is_written_only_if_set():
    """A cursor without `number` is written as it was."""
    assert "number" not in describe_strategy(Cursor())["fields"]
    assert describe_strategy(Cursor(number=True))["fields"]["number"] is True


@pytest.mark.parametrize(
    ("strategy", "forged"),
    [
        (AZURE, {"cursor": ["a", 5]}), (AZURE, {"cursor": ["a"]}), (AZURE, {"cursor": "a"}),
        (AZURE, {"token": [["a"], "b"]}), (AZURE, {"token": []}), (AZURE, {"cursor": {"a": 1}}),
        (OAI, {"alone": "verb"}), (OAI, {"alone": [""]}), (OAI, {"alone": [1]}),
        (OAI, {"alone": []}),
        (OAI, {"alone": ["x" * 2000]}), (OAI, {"alone": ["x"] * 99}), (OAI, {"alone": [[]]}),
        (NUMBER, {"number": 1}), (NUMBER, {"number": "yes"}), (NUMBER, {"number": [True]}),
        (Offset(), {"offset": ["a", "b"]}), (Offset(), {"more": ["a"]}),
        (Offset(), {"items": ["a"]}),
    ],
)  # fmt: skip
def test_forged_fields_are_refused(strategy, forged):
    """What no strategy has is no strategy."""
    written = describe_strategy(strategy)
    with pytest.raises(InvalidCheckpoint):
        restore_strategy({**written, "fields": {**written["fields"], **forged}}, None, None)


# Rows that are their own id ----------------------------------------------------------------------

NAMES = ["a b", "apple", "c", "d/e", "é"]


@pytest.mark.parametrize(
    ("rows", "request_", "expected"),
    [
        (NAMES, get(params={"limit": 5}), get(params={"limit": 5, "marker": "é"})),
        ([1, 2], get(f"{URL}?marker=0"), get(f"{URL}?marker=2")),
        ([0.5], post({}), post({"marker": 0.5})),
        ([[1, "a"]], post({}), post({"marker": [1, "a"]})),
        ([], get(), None),
        ([{"id": 1}], get(), MalformedPage),
        ([None], get(), MalformedPage),
        ([True], get(), MalformedPage),
    ],
)
def test_rows_that_are_their_own_id(rows, request_, expected):
    """The empty path is the row itself, as it is the body elsewhere."""
    check(LastItem("marker", key="", items=""), page(rows, request_), expected)


def test_a_listing_of_names():
    """All of them, also resumed."""

    def answer(query, _):
        return {"Names": [name for name in NAMES if name > query.get("marker", "")][:2]}

    strategy = LastItem("marker", key="", items="Names")
    assert (NAMES, None, []) == read_all(answer, strategy=strategy)
    listing = make_listing(answer, strategy=strategy)
    read = [*islice(listing, 3)]
    assert NAMES == read + list(make_listing(answer, resume=listing.checkpoint()))


REPEATED = Cursor("t", token="next", alone=("tag", "v"), url="/more", items="rows")


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (
            get(f"{URL}?tag=a&tag=b&x=1"),
            get("https://api.test/more?tag=a&tag=b", params={"t": "n"}),
        ),
        (
            get(f"{URL}?tag=a&x=1&tag=a"),
            get("https://api.test/more?tag=a&tag=a", params={"t": "n"}),
        ),
        (
            get(f"{URL}?tag=a%2Cb&v=&tag=#top"),
            get("https://api.test/more?tag=a%2Cb&v=&tag=", params={"t": "n"}),
        ),
        (
            get(params={"tag": ["a", "b"], "x": 1}),
            get("https://api.test/more", params={"tag": ["a", "b"], "t": "n"}),
        ),
        (
            get(f"{URL}?tag=a", params={"tag": "b", "v": 2}),
            get("https://api.test/more?tag=a", params={"tag": "b", "v": 2, "t": "n"}),
        ),
        (get(f"{URL}?x=1&x=2"), get("https://api.test/more", params={"t": "n"})),
        (get(f"{URL}?v=1"), get("https://api.test/more?v=1", params={"t": "n"})),
    ],
)
@pytest.mark.parametrize("url", ["/more", "/more?x=9", "/more?x=9&x=8#top"])
def test_what_stays_at_another_url_keeps_its_repetitions(sent, expected, url):
    """Each value of a repeated parameter goes to the URL of the next page, and of later ones."""
    strategy = replace(REPEATED, url=url)
    check(strategy, page({"next": "n", "rows": ROWS}, sent), expected)
    check(strategy, page({"next": "n", "rows": ROWS}, expected), expected)


def test_what_another_url_names_itself_is_sent_once():
    """The caller's value comes before that of the URL of the next pages, which may add its own."""
    strategy = replace(REPEATED, url="/more?v=own&tag=c")
    expected = get("https://api.test/more?v=own&tag=a&tag=b", params={"t": "n"})
    check(strategy, page({"next": "n", "rows": ROWS}, get(f"{URL}?tag=a&tag=b")), expected)
    later = page({"next": "n", "rows": ROWS}, expected)
    check(strategy, later, expected)
