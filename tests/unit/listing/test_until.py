"""`until=`: the rows between two checkpoints, whatever the dialect, and what if it is not met."""

from __future__ import annotations

import json
import pickle
import warnings
from functools import partial
from itertools import islice
from urllib.parse import parse_qsl, urlsplit

import msgspec
import pytest
import responses

from requests_paginate import dialects, get_all, request_all, strategies
from requests_paginate.exceptions import (
    InconsistentListing,
    InvalidCheckpoint,
    ListingChanged,
    PossiblyTruncated,
)
from requests_paginate.providers import PluggySession
from requests_paginate.testing import MockListing
from tests.scripted import InMemory, Mocked, connect

URL = "https://api.test/rows"
ROWS = [{"id": f"r_{number}", "sort": number, "amount": number / 4} for number in range(23)]
# One of each kind; the last ones are not detected.
NAMES = """pluggy pluggy-v2 belvo github postgrest slack contentful mediawiki scim notion woovi
elasticsearch stripe""".split()
DIALECTS = {name: kind for name, kind in dialects.by_name().items() if name in NAMES}
CASES = [*((name, True) for name in DIALECTS), *((name, False) for name in NAMES[:-2])]


def open_rows(mock, *, method="GET", **options):
    return request_all(method, URL, session=connect(Mocked(mock)), retries=0, **options)


def tokens_of(listing):
    """The checkpoint after each number of rows; the last one is that of the end."""
    tokens = [listing.checkpoint()]
    for _ in listing:
        tokens.append(listing.checkpoint())
    return [*tokens[:-1], listing.checkpoint()]


@pytest.mark.parametrize(("name", "is_given"), CASES)
def test_any_two_checkpoints(name, is_given):
    """The rows between them come, no more pages are asked for, and the end is that checkpoint."""
    dialect = DIALECTS[name]
    mock = MockListing(rows=ROWS, dialect=dialect, page_size=5, path="/rows")
    options = {"strategy": dialect} if is_given else {}
    if not is_given and getattr(dialect, "into", None) == "json":
        options |= {"method": "POST", "json": {}}
    if not is_given and getattr(dialect, "limit", None) is not None:
        options |= {"params": {dialect.limit: 5}}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tokens = tokens_of(open_rows(mock, **options))
    assert len(ROWS) + 1 == len(tokens)
    for start, end in ((0, 0), (0, 3), (0, 5), (2, 4), (3, 17), (5, 10), (7, 20), (20, 23)):
        before = len(mock.requests)
        listing = open_rows(mock, resume=tokens[start], until=tokens[end], **options)
        assert ROWS[start:end] == list(listing)
        assert tokens[end] == listing.checkpoint()
        assert listing.complete
        # of the page of each row, and of the last page to find the end; which parameter is the
        # right one is found out anew
        pages = len({row // 5 for row in range(start, end)}) + (end == len(ROWS))
        assert not is_given or len(mock.requests) - before <= pages


@pytest.mark.parametrize("prefetch", [1, 8])
def test_nothing_beyond_is_fetched_ahead(prefetch):
    """With prefetch no page is asked for that has no row before the bound."""
    mock = MockListing(rows=ROWS, dialect=dialects.PLUGGY, page_size=2, path="/rows")
    tokens = tokens_of(open_rows(mock))
    for end in (8, 9):
        mock.requests.clear()
        assert ROWS[:end] == list(open_rows(mock, until=tokens[end], prefetch=prefetch))
        asked = {int(dict(request.parameters).get("page", 1)) for request in mock.requests}
        assert set(range(1, (end + 1) // 2 + 1)) == asked


class Row(msgspec.Struct):
    id: str


OPTIONS = [
    {"model": Row},
    {"model": msgspec.Raw},
    {"items": lambda body: body["results"]},
    {"decode": json.loads},
    {"prefetch": 4},
    {"max_pages": 99},
]


@pytest.mark.parametrize("options", OPTIONS, ids=lambda options: next(iter(options)))
def test_with_every_option(options):
    """The rows and pages are the same part of the whole, and it may begin again at its end."""
    mock = MockListing(rows=ROWS, dialect=dialects.PLUGGY, page_size=5, path="/rows")
    whole = list(open_rows(mock, **options))
    tokens = tokens_of(open_rows(mock, **options))
    part = open_rows(mock, resume=tokens[3], until=tokens[17], **options)
    assert whole[3:17] == [row for page in part.pages() for row in page.items]
    assert whole[17:] == list(open_rows(mock, resume=part.checkpoint(), **options))


def test_it_pickles_in_the_middle():
    """A listing that was pickled ends where it would have ended."""
    tokens = tokens_of(open_by_cursor(ROWS))
    listing = open_by_cursor(ROWS, until=tokens[12])
    got = list(islice(listing, 7))
    assert ROWS[:12] == got + list(pickle.loads(pickle.dumps(listing)))


def test_how_many_rows_are_left():
    """The hint counts up to the bound, and the total is that of the whole listing."""
    mock = MockListing(rows=ROWS, dialect=dialects.PLUGGY, page_size=5, path="/rows")
    tokens = tokens_of(open_rows(mock))
    listing = open_rows(mock, until=tokens[12])
    next(listing)
    assert (11, 23) == (listing.__length_hint__(), listing.total)


def test_max_items_before_the_bound():
    """What comes first ends the listing."""
    mock = MockListing(rows=ROWS, dialect=dialects.PLUGGY, page_size=5, path="/rows")
    tokens = tokens_of(open_rows(mock))
    listing = open_rows(mock, until=tokens[12], max_items=7)
    assert ROWS[:7] == list(listing)
    assert not listing.complete
    assert ROWS[:12] == list(open_rows(mock, until=tokens[12], max_items=12))


def test_a_finished_listing_is_no_bound():
    """The checkpoint of the end leads to the end."""
    mock = MockListing(rows=ROWS, dialect=dialects.PLUGGY, page_size=5, path="/rows")
    tokens = tokens_of(open_rows(mock))
    assert ROWS[7:] == list(open_rows(mock, resume=tokens[7], until=tokens[-1]))


def test_a_written_part(tmp_path):
    """A file has the rows before the bound, and a resumed call may not change it."""
    mock = MockListing(rows=ROWS, dialect=dialects.PLUGGY, page_size=5, path="/rows")
    tokens = tokens_of(open_rows(mock))
    target = tmp_path / "part.jsonl"
    open_rows(mock, resume=tokens[4], until=tokens[17]).write(target)
    assert ROWS[4:17] == [json.loads(line) for line in target.read_text().splitlines()]


def test_rows_behind_the_bound_are_not_read_by_a_model():
    """They belong to another listing, whatever is in them."""
    tokens = tokens_of(open_by_cursor(ROWS))
    seen = []
    part = open_by_cursor(ROWS, until=tokens[7], model=lambda row: seen.append(row["sort"]))
    assert [None] * 7 == list(part)
    assert list(range(7)) == seen


# What does not fit -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end"), [(12, 3), (12, 11), (-1, 12), (5, 4)], ids=lambda number: f"{number}"
)
def test_a_bound_before_the_start(start, end):
    """It is refused at the call, by name."""
    mock = MockListing(rows=ROWS, dialect=dialects.PLUGGY, page_size=5, path="/rows")
    tokens = tokens_of(open_rows(mock))
    with pytest.raises(InvalidCheckpoint, match=r"until: .* lies before that of resume="):
        open_rows(mock, resume=tokens[start], until=tokens[end])


def test_a_bound_of_another_listing():
    """It is refused at the call, and the error says which checkpoint is meant."""
    mock = MockListing(rows=ROWS, dialect=dialects.PLUGGY, page_size=5, path="/rows")
    token = tokens_of(open_rows(mock, params={"account": "a"}))[7]
    with pytest.raises(InvalidCheckpoint, match=r"^until: .*another 'account'"):
        open_rows(mock, params={"account": "b"}, until=token)
    with pytest.raises(InvalidCheckpoint, match=r"^until: "):
        open_rows(mock, until=token[:-1])


def by_account(url):
    query = dict(parse_qsl(urlsplit(url).query))
    start, account = int(query.get("offset", 0)), query.get("account")
    rows = [row for row in ROWS if account in (None, row["id"][-1])]
    body = {"data": rows[start : start + 2], "total": len(rows)}
    return 200, {}, json.dumps(body).encode()


OFFSET = strategies.Offset("offset", total="total", items="data")


def test_a_bound_asks_for_what_the_listing_asks_for():
    """A filter that the call leaves out is not taken from the bound's checkpoint."""

    def open_account(account, **options):
        params = {} if account is None else {"account": account}
        session = connect(InMemory(by_account))
        return get_all(URL, params, session=session, strategy=OFFSET, **options)

    one, two = (tokens_of(open_account(account)) for account in ("1", "2"))
    dated = get_all(
        URL, {"from": "2026-01-01"}, session=connect(InMemory(by_account)), strategy=OFFSET
    )
    with pytest.raises(InvalidCheckpoint, match="another 'from'"):
        open_account(None, until=tokens_of(dated)[2])
    for options in ({"until": one[2]}, {"resume": one[1], "until": two[3]}, {"until": one[-1]}):
        with pytest.raises(InvalidCheckpoint, match="another 'account'"):
            open_account(None, **options)
    assert 2 == len(list(open_account(None, resume=one[1], until=one[3])))
    # what is sent is the same
    assert 2 == len(list(open_account(1, resume=one[1], until=one[3])))


def test_no_bound_with_a_key():
    """A row that moved beyond it would be in neither part."""
    token = tokens_of(open_by_cursor(ROWS, key="id"))[10]
    with pytest.raises(ValueError, match="would be in neither part"):
        open_by_cursor(ROWS, key="id", until=token)


def by_offset(size):
    def answer(url):
        start = int(dict(parse_qsl(urlsplit(url).query)).get("offset", 0))
        body = {"data": ROWS[start : start + size], "total": len(ROWS)}
        return 200, {}, json.dumps(body).encode()

    return answer


def open_by_offset(size, **options):
    session = connect(InMemory(by_offset(size)))
    return get_all(URL, session=session, strategy=OFFSET, **options)


def test_checkpoints_of_pages_of_other_sizes():
    """Where rows are counted, which of two is first does not depend on the pages."""
    small, large = tokens_of(open_by_offset(2)), tokens_of(open_by_offset(10))
    assert ROWS[8:20] == list(open_by_offset(5, resume=small[8], until=large[20]))
    with pytest.raises(InvalidCheckpoint, match="lies before"):
        open_by_offset(5, resume=large[20], until=small[8])


# A listing that changes --------------------------------------------------------------------------


def test_the_end_does_not_matter_behind_the_bound():
    """What contradicts it is no error of a listing that stops before it."""

    def answer(url):
        status, headers, content = answer_by_cursor(ROWS, "", url)
        body = json.loads(content)
        return status, headers, json.dumps({**body, "total": 99}).encode()

    total = strategies.Cursor("cursor", token="next_cursor", items="items", total="total")

    def open_rows(**options):
        return get_all(URL, session=connect(InMemory(answer)), strategy=total, **options)

    tokens, listing = [], open_rows()
    with pytest.raises(InconsistentListing):
        for _ in listing:
            tokens.append(listing.checkpoint())
    part = open_rows(until=tokens[20])
    assert ROWS[:21] == list(part)
    assert part.complete


def test_an_error_s_checkpoint_is_not_behind_the_bound():
    """Who goes on from there gets the rows after the bound."""
    token = tokens_of(open_by_cursor(ROWS))[7]
    changed = [*ROWS[:5], {"id": "new"}, *ROWS[5:]]
    listing, got = open_by_cursor(changed, until=token, strict=True), []
    with pytest.warns(ListingChanged), pytest.raises(InconsistentListing) as caught:
        got += listing
    assert changed[:7] == got
    with pytest.warns(PossiblyTruncated):  # of what was told before
        assert changed[7:] == list(open_by_cursor(changed, resume=caught.value.checkpoint))


def test_pages_that_became_longer():
    """Rows behind the bound are not told as rows that were removed."""
    token = tokens_of(get_all(URL, session=connect(InMemory(by_page(5)))))[17]
    listing = get_all(URL, session=connect(InMemory(by_page(10))), until=token)
    with pytest.raises(InconsistentListing, match="rows that belong after it"):
        list(listing)


def by_page(size):
    def answer(url):
        number = int(dict(parse_qsl(urlsplit(url).query)).get("page", 1))
        rows = ROWS[size * number - size : size * number]
        body = {"results": rows, "page": number, "totalPages": -(-len(ROWS) // size)}
        return 200, {}, json.dumps({**body, "total": len(ROWS)}).encode()

    return answer


def answer_by_cursor(rows, salt, url):
    """A page of five rows, with a cursor that is another text for each salt."""
    query = dict(parse_qsl(urlsplit(url).query))
    start = int(query.get("cursor", "0").rpartition("-")[2])
    following = f"{salt}-{start + 5}" if start + 5 < len(rows) else None
    body = {"items": rows[start : start + 5], "next_cursor": following}
    return 200, {}, json.dumps(body).encode()


CURSOR = strategies.Cursor("cursor", token="next_cursor", items="items")


def open_by_cursor(rows, salt="", **options):
    session = connect(InMemory(partial(answer_by_cursor, rows, salt)))
    return get_all(URL, session=session, strategy=CURSOR, **options)


@pytest.mark.parametrize("end", [5, 10, 12, 20])
def test_cursors_that_are_others_each_time(end):
    """The same pages under other cursors are met by their rows."""
    token = tokens_of(open_by_cursor(ROWS, "a"))[end]
    listing = open_by_cursor(ROWS, "b", until=token)
    assert ROWS[:end] == list(listing)
    assert listing.complete


def test_a_checkpoint_that_is_never_met():
    """All rows come, and then an error says that some may belong after it."""
    token = tokens_of(open_by_cursor(ROWS, "a"))[10]
    listing, got = open_by_cursor(ROWS[1:], "b", until=token), []
    with pytest.raises(InconsistentListing, match="the checkpoint of until= was not met"):
        got += listing
    assert ROWS[1:] == got
    assert not listing.complete


def test_a_listing_that_became_shorter():
    """Its rows come, and it is doubtful whether they are all."""
    token = tokens_of(open_by_cursor(ROWS))[20]
    listing = open_by_cursor(ROWS[:12], until=token)
    with pytest.warns(PossiblyTruncated, match="ended before the checkpoint of until="):
        assert ROWS[:12] == list(listing)
    with pytest.raises(InconsistentListing):
        list(open_by_cursor(ROWS[:12], until=token, strict=True))


@pytest.mark.parametrize("end", [15, 16, 17, 23])
def test_pages_with_fewer_rows_than_before(end):
    """Rows that a page on the way lost are counted, also where the bound is inside of a page."""

    def answer(url):
        status, headers, content = answer_by_cursor(ROWS, "", url)
        body = json.loads(content)
        body["items"] = [row for row in body["items"] if row["id"] != "r_6"]
        return status, headers, json.dumps(body).encode()

    token = tokens_of(open_by_cursor(ROWS))[end]
    listing = get_all(URL, session=connect(InMemory(answer)), strategy=CURSOR, until=token)
    with pytest.warns(PossiblyTruncated, match="1 rows fewer came before"):
        assert ROWS[:6] + ROWS[7:end] == list(listing)
    assert not listing.complete


def test_what_the_page_of_the_bound_says_against_itself():
    """A sign that it is incomplete is told, though only some of its rows are listed."""

    def answer(url):
        status, headers, content = answer_by_cursor(ROWS, "", url)
        body = {**json.loads(content), "timed_out": "cursor=10" in url or "cursor=-10" in url}
        return status, headers, json.dumps(body).encode()

    token = tokens_of(open_by_cursor(ROWS))[12]
    listing = get_all(URL, session=connect(InMemory(answer)), strategy=CURSOR, until=token)
    with pytest.warns(PossiblyTruncated, match="timed_out"):
        assert ROWS[:12] == list(listing)


def by_links(links):
    """Pages of two rows, each with a link to the next that has a query of its own."""

    def answer(url):
        number = links.index(urlsplit(url).query)
        rows = ROWS[2 * number : 2 * number + 2]
        following = f"{URL}?{links[number + 1]}" if number + 1 < len(links) else None
        return 200, {}, json.dumps({"rows": rows, "next": following}).encode()

    return answer


@pytest.mark.parametrize(
    "links",
    [
        ["", "cursor=%80", "cursor=%81", "cursor=%82", "cursor=%83"],
        ["", "after=1&after=2", "after=2&after=1", "after=2&after=2", "after=3&after=1"],
    ],
)
def test_cursors_that_differ_by_a_byte(links):
    """Pages are told apart by what is sent, whatever the bytes mean."""
    next_link = strategies.NextLink("next", items="rows")

    def open_rows(**options):
        session = connect(InMemory(by_links(links)))
        return get_all(URL, session=session, strategy=next_link, **options)

    tokens = tokens_of(open_rows())
    for start in range(0, 10, 2):
        for end in range(start, 10):
            part = list(open_rows(resume=tokens[start], until=tokens[end]))
            assert ROWS[start:end] == part


def test_rows_that_arrive_before_the_bound():
    """The bound stays where it is, so they are listed, and rows after it are not."""
    token = tokens_of(open_by_cursor(ROWS))[10]
    grown = {0: [*ROWS[:5], {"id": "new"}], 5: ROWS[5:10], 10: ROWS[10:]}

    def answer(url):
        start = int(dict(parse_qsl(urlsplit(url).query)).get("cursor", "0").rpartition("-")[2])
        following = {0: "-5", 5: "-10"}.get(start)
        body = {"items": grown[start], "next_cursor": following}
        return 200, {}, json.dumps(body).encode()

    listing = get_all(URL, session=connect(InMemory(answer)), strategy=CURSOR, until=token)
    assert [*ROWS[:5], {"id": "new"}, *ROWS[5:10]] == list(listing)
    assert listing.complete


def test_the_page_of_the_bound_changed():
    """Its first rows are handed out, and the change is told."""
    token = tokens_of(open_by_cursor(ROWS))[7]
    changed = [*ROWS[:5], {"id": "new"}, *ROWS[5:]]
    with pytest.warns(ListingChanged, match="page 1 changed since the checkpoint of until="):
        assert changed[:7] == list(open_by_cursor(changed, until=token))


def test_offsets_that_step_over_the_bound():
    """Where requests count rows, a page that leads past the bound is cut there."""
    tokens = tokens_of(open_by_offset(5))
    for end in range(len(ROWS) + 1):
        with warnings.catch_warnings():
            # a page of another size is another page, and so its last one has changed
            warnings.simplefilter("ignore", ListingChanged)
            listing = open_by_offset(4, until=tokens[end])
            assert ROWS[:end] == list(listing)
            assert not [doubt for doubt in listing.doubts if "changed since" not in doubt]


# Several listings in one -------------------------------------------------------------------------


def test_a_bound_within_a_chain():
    """A listing of several parts ends within the part of the checkpoint."""
    ids = [f"id{number:04d}" for number in range(1203)]

    def reply(request):
        asked = dict(parse_qsl(urlsplit(request.url).query))["ids"].split(",")
        return 200, {}, json.dumps({"results": [{"id": each} for each in asked], "next": None})

    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.post("https://api.pluggy.ai/auth", json={"apiKey": "a-key"})
        mock.add_callback("GET", "https://api.pluggy.ai/rows", reply)

        def open_ids(**options):
            return PluggySession("a", "b").get_all("/rows", params={"ids": ids}, **options)

        tokens = tokens_of(open_ids())
        for start, end in ((0, 3), (0, 500), (3, 700), (600, 1100), (500, 500), (1100, 1203)):
            part = open_ids(resume=tokens[start], until=tokens[end])
            assert ids[start:end] == [row["id"] for row in part]
            assert part.complete
        with pytest.raises(InvalidCheckpoint, match="before"):
            open_ids(resume=tokens[700], until=tokens[3])
