"""What makes an end doubtful is told once, after the last row, and kept."""

from __future__ import annotations

import pickle
import warnings

import pytest
import requests

from requests_paginate import exceptions, get_all, strategies
from requests_paginate.exceptions import InconsistentListing, ListingChanged, PossiblyTruncated
from tests.loopback import LoopbackServer, http
from tests.two_pages import listing_of, rows, serving
from tests.unit.listing.test_checkpoint import content


def drained(listing):
    """The rows, what was raised after them, and the warnings of the library."""
    got, error = [], None
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            got.extend(iter(listing))
        except exceptions.PaginationError as caught:
            error = caught
    return got, error, [warning.category for warning in told]


def partial(query):
    """Two pages, of which the first one says that something is missing."""
    if "page" in query:
        return {"items": rows(3), "next": None}
    return {"items": rows(1, 2), "next": "?page=2", "partial": True}


def short(query):
    """Two pages that end before their total."""
    if "page" in query:
        return {"items": rows(3), "next": None, "total": 9}
    return {"items": rows(1, 2), "next": "?page=2", "total": 9}


# Told once, and kept -----------------------------------------------------------------------------


def test_a_doubt_is_told_once_after_the_last_row():
    """Not while rows come; the listing is not complete, and keeps what was said."""
    with serving(partial):
        listing = listing_of()
        assert () == listing.doubts
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert rows(1, 2, 3) == [next(listing) for _ in range(3)]
        (doubt,) = listing.doubts
        assert "'partial'" in doubt
        assert not listing.complete
        assert ([], None, [PossiblyTruncated]) == drained(listing)
        assert ([], None, []) == drained(listing)
        assert (doubt,) == listing.doubts


def test_a_strict_listing_raises_what_else_is_a_warning():
    """With every row handed out before, every time, and not where nothing is doubtful."""
    with serving(partial):
        listing = listing_of(strict=True)
        got, error, told = drained(listing)
        assert (rows(1, 2, 3), []) == (got, told)
        assert "'partial'" in str(error)
        assert error.is_end
        assert isinstance(drained(listing)[1], InconsistentListing)
        resumed = listing_of(strict=True, resume=error.checkpoint)
        again = drained(resumed)
        assert [] == again[0]
        assert isinstance(again[1], InconsistentListing)
    with serving(lambda query: {"items": rows(1), "next": None}):
        assert rows(1) == list(listing_of(strict=True))


def test_a_contradiction_raises_after_the_last_row():
    """Its checkpoint leads behind the rows; to go on asks the server again."""
    with serving(short) as asked:
        listing = listing_of()
        got, error, told = drained(listing)
        assert (rows(1, 2, 3), 3) == (got, error.items_yielded)
        assert isinstance(error, InconsistentListing)
        assert "3 of 9 rows" in str(error)
        assert [] == told
        assert ("3 of 9 rows" in " ".join(listing.doubts), False) == (True, listing.complete)
        assert 2 == len(asked)
        again, second, _ = drained(listing)
        assert ([], str(error)) == (again, str(second))
        assert 3 == len(asked)


@pytest.mark.parametrize("kept", [False, True])
def test_a_total_that_is_wrong_may_be_left_out_on_resuming(kept):
    """The strategy without total= goes on from the error's checkpoint, and from any before it."""
    with serving(short):
        options = {"strategy": strategies.NextLink("next", items="items", total="total")}
        listing = listing_of(**(options if kept else {}))
        first = next(listing)
        before = listing.checkpoint()
        _, error, _ = drained(listing)
        free = strategies.NextLink("next", items="items")
        assert ([], None, []) == drained(listing_of(strategy=free, resume=error.checkpoint))
        resumed = listing_of(strategy=free, resume=before)
        assert (rows(1), (rows(2, 3), None, [])) == ([first], drained(resumed))
        assert resumed.complete


def test_a_checkpoint_before_a_contradiction_is_told_is_no_end():
    """Who stops after the last row, and goes on later, hears of it then."""
    with serving(short):
        listing = listing_of()
        assert rows(1, 2, 3) == [next(listing) for _ in range(3)]
        resumed = listing_of(resume=listing.checkpoint())
        got, error, _ = drained(resumed)
        assert ([], True) == (got, error.is_end)


@pytest.mark.parametrize("stop", [1, 2, 3])
@pytest.mark.parametrize("way", ["resume", "pickle"])
def test_a_doubt_travels(stop, way):
    """What a page said is known after its checkpoint, and after pickling."""
    with serving(partial):
        listing = listing_of()
        got = [next(listing) for _ in range(stop)]
        if way == "resume":
            listing = listing_of(resume=listing.checkpoint())
        else:
            listing = pickle.loads(pickle.dumps(listing))
        rest, error, told = drained(listing)
        assert (rows(1, 2, 3), None, [PossiblyTruncated]) == (got + rest, error, told)
        assert not listing.complete


def test_a_limit_is_a_wish_and_no_doubt():
    """Who asks for so many rows and gets them needs no warning; complete it is not."""
    with serving(lambda query: {"items": rows(*range(10))}):
        listing = listing_of(max_items=10)
        assert (rows(*range(10)), None, []) == drained(listing)
        assert not listing.complete


# What is doubtful --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("total", {"total": 0}), ("count", {"count": 1}), ("matches", {"matches": 2}),
        ("n", {"n": 1}), ("info.total", {"info": {"total": 2}}),
    ],
)  # fmt: skip
def test_a_total_below_the_rows_of_its_page_says_nothing(name, body):
    """Neither is it the end, nor is it believed: all rows come, and the doubt is told."""

    def answer(query):
        start = int(query.get("offset", 0))
        return {"items": rows(*range(start, min(start + 3, 7))), **body}

    with serving(answer):
        strategy = strategies.Offset("offset", total=name, items="items")
        got, error, told = drained(listing_of(strategy=strategy))
        assert (rows(*range(7)), None) == (got, error)
        assert PossiblyTruncated in told


@pytest.mark.parametrize("errors", [[{"message": "shard gone"}], ["late"], {"code": 5}, "x"])
def test_errors_beside_rows_are_told(errors):
    """Whole rows come with a doubt; a row that is null for it is refused."""
    body = {"items": rows(1, 2), "next": None, "errors": errors}
    with serving(lambda query: body):
        listing = listing_of()
        assert (rows(1, 2), None, [PossiblyTruncated]) == drained(listing)
    with serving(lambda query: {**body, "items": [*rows(1), None]}):
        got, error, _ = drained(listing_of())
        assert ([], exceptions.MalformedPage) == (got, type(error))


def test_errors_beside_rows_are_told_in_their_words():
    """Without what they quote of the caller's secrets, nor in a checkpoint."""
    key = "k3y-of-the-caller"
    errors = [{"message": f"no access with {key}", "path": ["items", 0]}]
    with serving(lambda query: {"items": rows(1, 2), "next": None, "errors": errors}):
        listing = listing_of(headers={"X-API-Key": key})
        next(listing)
        token = listing.checkpoint()
        assert [PossiblyTruncated] == drained(listing)[2]
        (doubt,) = listing.doubts
        assert "no access with" in doubt
        assert key not in doubt + repr(content(token)) + repr(content(listing.checkpoint()))


@pytest.mark.parametrize("errors", [[], {}, "", None, False, 0])
def test_no_errors_beside_rows(errors):
    """An empty list of errors is none, and a null among rows is data."""
    with serving(lambda query: {"items": [*rows(1), None], "next": None, "errors": errors}):
        listing = listing_of()
        assert ([*rows(1), None], None, []) == drained(listing)
        assert listing.complete


@pytest.mark.parametrize("key", ["id", lambda row: row["id"]])
def test_fewer_keys_than_the_total(key):
    """With key=, an unstable order hides rows: both numbers are told."""

    def answer(query):
        page = int(query.get("page", 1))
        return {"items": [rows(1, 2), rows(2, 3), rows(3, 4)][page - 1], "total": 6, "page": page}

    with serving(answer):
        listing = listing_of({"page": 1}, key=key)
        got, error, told = drained(listing)
        assert (rows(1, 2, 3, 4), None, [PossiblyTruncated]) == (got, error, told)
        (doubt,) = listing.doubts
        assert "4 rows with different keys, and a total of 6" in doubt


# Rows that come again ----------------------------------------------------------------------------


def windows(step, size=3, count=8, name="id"):
    """Pages that overlap, because the server counts on by fewer rows than it sends."""

    def answer(query):
        start = (int(query.get("page", 1)) - 1) * step
        return [{name: number, "v": number} for number in range(count)][start : start + size]

    return answer


@pytest.mark.parametrize("name", ["id", "_id", "uuid", "Id", "sys_id"])
@pytest.mark.parametrize("step", [1, 2])
def test_windows_that_overlap_are_told_once(name, step):
    """The last rows of a page come again as the first ones of the next."""
    with serving(windows(step, name=name)):
        listing = listing_of(strategy=strategies.PageNumber("page", items=""))
        got, error, told = drained(listing)
        assert (None, [ListingChanged]) == (error, told)
        assert listing.stats.drift
        assert len(got) > 8


def test_with_a_key_a_row_that_comes_again_is_dropped():
    """Who gives the rows' identity knows that they come again."""
    with serving(windows(2)):
        listing = listing_of(strategy=strategies.PageNumber("page", items=""), key="id")
        got, error, told = drained(listing)
        assert ([*range(8)], None, []) == ([row["id"] for row in got], error, told)


def test_the_same_ids_with_other_values_are_handed_out():
    """The prices of the next day have the products' ids again: that is doubtful, and no error."""

    def answer(query):
        day = int(query.get("page", 1))
        prices = [{"id": 1 + (day + n) % 3, "price": 10 * day + n} for n in range(2)]
        return {"items": prices, "next": f"?page={day + 1}" if day < 5 else None}

    with serving(answer):
        listing = listing_of()
        got, error, told = drained(listing)
        assert (10, None, [ListingChanged, PossiblyTruncated]) == (len(got), error, told)


def again(make):
    """Five pages of the same rows, each under another link."""

    def answer(query):
        page = int(query.get("page", 1))
        return {"items": make(), "next": f"?filter=x&page={page + 1}" if page < 5 else None}

    return answer


@pytest.mark.parametrize("name", ["id", "_id", "uuid", "Id", "ID", "guid"])
def test_rows_with_ids_that_come_again_under_another_link_are_refused(name):
    """The link counts on, and the server obeys something else."""
    with serving(again(lambda: [{name: "a", "x": 0}, {name: "b", "x": 0}])):
        got, error, _ = drained(listing_of())
        assert (2, InconsistentListing) == (len(got), type(error))
        assert "same rows as an earlier one" in str(error)


@pytest.mark.parametrize(
    "make",
    [
        lambda: [{"value": 0}, {"value": 0}], lambda: [0, 0, 0], lambda: [{"id": None, "v": 1}],
        lambda: [{"id": 7, "sold": 1}, {"id": 7, "sold": 1}], lambda: [["a", 1], ["a", 1]],
    ],
)  # fmt: skip
def test_equal_rows_without_ids_of_their_own_are_data(make):
    """Readings of 0 are readings."""
    with serving(again(make)):
        listing = listing_of()
        assert (make() * 5, None, []) == drained(listing)
        assert listing.complete


def test_a_restart_after_the_last_page_is_refused():
    """A token past the last row is answered with the first page, without a next link."""

    def answer(_, request):
        number = {"": 0, "b": 1, "c": 2}[request.split(" ")[1].partition("?p=")[2]]
        page = {"results": [rows(1, 2), rows(3, 4), rows(1, 2)][number]}
        return http({**page, **({"next": f"?p={'bc'[number]}"} if number < 2 else {})})

    with LoopbackServer(answer) as server, requests.Session() as session:
        got, error, _ = drained(get_all(server.url, session=session, retries=0))
        assert (rows(1, 2, 3, 4), InconsistentListing) == (got, type(error))


# Refusals at the end -----------------------------------------------------------------------------


def numbered(count, size=3, most=3, name="page", refusal=404):
    """Pages by number, as long as `size` or `most`; behind the last one is a refusal."""

    def answer(query):
        page, asked = int(query.get(name, 1)), min(int(query.get("page_size", size)), most)
        found = rows(*range(count))[(page - 1) * asked : page * asked]
        return found or (refusal, {"detail": "Invalid page."})

    return answer


@pytest.mark.parametrize(
    ("count", "params"),
    [
        (7, {"page": 1}), (8, {"page": 1, "page_size": 3}), (2, {"page": 1, "page_size": 3}),
        (4, {"page": 1, "page_size": 50}), (1, {"page": "1", "page_size": "2"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("prefetch", [0, 2])
def test_a_404_after_a_short_page_is_the_end(count, params, prefetch):
    """Where pages are counted until none is left, none is left."""
    with serving(numbered(count)) as asked:
        listing = listing_of(params, prefetch=prefetch)
        assert (rows(*range(count)), None, []) == drained(listing)
        assert listing.complete
        assert len(asked) == -(-count // 3) + 1


@pytest.mark.parametrize(
    ("count", "params", "refusal"),
    [(6, {"page": 1}, 404), (3, {"page": 1, "page_size": 3}, 404), (7, {"page": 1}, 400),
     (7, {"page": 1}, 410), (2, {"page": 1}, 404)],
)  # fmt: skip
def test_any_other_refusal_is_an_error(count, params, refusal):
    """After a full page, or with another status, it may be a failure."""
    with serving(numbered(count, refusal=refusal)):
        got, error, _ = drained(listing_of(params))
        assert (rows(*range(count)), exceptions.PageFailed) == (got, type(error))


def test_a_404_before_the_total_is_an_error():
    """A page that was told of, and is not there, is no end."""

    def answer(query):
        found = numbered(7)({**query, "page": query["page"]})
        return found if isinstance(found, tuple) else {"items": found, "total": 12}

    with serving(answer):
        got, error, _ = drained(listing_of({"page": 1}))
        assert (rows(*range(7)), exceptions.PageFailed) == (got, type(error))


def test_a_page_cut_to_a_usual_size_is_not_short():
    """A server that sends 10 rows for 100 asked for says with a 404 that something is wrong."""
    with serving(numbered(10, most=10)):
        got, error, _ = drained(listing_of({"page": 1, "page_size": 100}))
        assert (10, exceptions.PageFailed) == (len(got), type(error))


@pytest.mark.parametrize("stop", range(1, 9))
def test_the_end_is_known_after_resuming(stop):
    """Wherever the listing stopped: the size that was asked for tells that a page was short."""
    with serving(numbered(8)):
        params = {"page": 1, "page_size": 3}
        listing = listing_of(params)
        got = [next(listing) for _ in range(stop)]
        rest = drained(listing_of(params, resume=listing.checkpoint()))
        assert (rows(*range(8)), None, []) == (got + rest[0], *rest[1:])


@pytest.mark.parametrize("status", [404, 400, 410, 422, 416])
@pytest.mark.parametrize("stop", [None, 2])
def test_a_status_that_the_strategy_names_is_the_end(status, stop):
    """Also after a full page; the error without it says so, and its checkpoint goes on with it."""
    with serving(numbered(6, refusal=status)):
        listing = listing_of({"page": 1})
        got, error, _ = drained(listing)
        assert rows(*range(6)) == got
        assert f"end_statuses=({status},)" in str(error)
        named = strategies.PageNumber("page", items="", end_statuses=(status,))
        assert ([], None, []) == drained(
            listing_of({"page": 1}, strategy=named, resume=error.checkpoint)
        )
        listing = listing_of({"page": 1}, strategy=named)
        got = [next(listing) for _ in range(stop or 0)]
        if stop:
            listing = listing_of({"page": 1}, strategy=named, resume=listing.checkpoint())
        rest = drained(listing)
        assert (rows(*range(6)), None, []) == (got + rest[0], *rest[1:])
        assert listing.complete


@pytest.mark.parametrize(
    "strategy",
    [
        strategies.PageNumber("p", items="", end_statuses=(404,)),
        strategies.Offset("o", items="", end_statuses=(404, 400)),
        strategies.Cursor("c", token="next", items="", end_statuses=(404,)),
        strategies.LastItem("after", items="", end_statuses=(404,)),
        strategies.NextLink("next", items="", end_statuses=(404,)),
        strategies.LinkHeader(items="", end_statuses=(404,)),
        strategies.NextParameters("next", items="", end_statuses=(404,)),
    ],
)
def test_every_strategy_that_pages_may_name_statuses(strategy):
    """On the first page they say that there are no rows, or that the URL is wrong: a doubt."""
    with serving(lambda query: (404, {"detail": "nothing here"})):
        listing = listing_of(strategy=strategy)
        assert ([], None, [PossiblyTruncated]) == drained(listing)
        assert "the first page was refused with 404" in listing.doubts[0]
    assert "end_statuses=" in repr(strategy)
    assert strategy == pickle.loads(pickle.dumps(strategy))


@pytest.mark.parametrize("statuses", [404, [404], (404.0,), ("404",), None, (True,)])
def test_statuses_are_a_tuple_of_numbers(statuses):
    """Anything else is refused where it is written."""
    with pytest.raises(TypeError, match=r"end_statuses: expected statuses such as \(404,\)"):
        strategies.PageNumber("page", end_statuses=statuses)


@pytest.mark.parametrize(
    ("flag", "value"), [("moreResults", False), ("is_last", True), ("has_more", "false")]
)
@pytest.mark.parametrize("pages", [2, 4, "7"])
def test_a_flag_against_the_number_of_pages(flag, value, pages):
    """The flag decides, as it is the plainer word; that more pages were counted is told."""
    body = {"items": rows(1, 2), "currentPage": 1, "pageCount": pages, flag: value}
    with serving(lambda query: body):
        listing = listing_of()
        assert (rows(1, 2), None, [PossiblyTruncated]) == drained(listing)
        assert f"counts {int(pages) - 1} pages more" in " ".join(listing.doubts)
    with serving(lambda query: {**body, "pageCount": 1}):
        listing = listing_of()
        assert (rows(1, 2), None, []) == drained(listing)


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        ({"more": "more"}, {"more": True}), ({"more": "!last"}, {"last": 0}),
        ({"total_pages": "pages"}, {"pages": 9}), ({"more": "m.next"}, {"m": {"next": "Y"}}),
        ({"total_pages": "n", "number": "p"}, {"n": "5"}),
    ],
)  # fmt: skip
def test_a_named_status_against_a_flag_or_a_number_of_pages(fields, body):
    """The strategy says that it is the end, and the page before said that it is not."""

    def answer(query):
        return (404, {}) if query.get("page") == "3" else {"items": rows(query.get("page")), **body}

    with serving(answer):
        strategy = strategies.PageNumber("page", items="items", end_statuses=(404,), **fields)
        listing = listing_of(strategy=strategy)
        got, error, told = drained(listing)
        assert (2, None, [PossiblyTruncated]) == (len(got), error, told)
        assert "told of another one" in listing.doubts[0]


@pytest.mark.parametrize("name", ["next_cursor", "nextPageToken", "bookmark", "after_cursor"])
def test_tokens_for_ever_end_where_the_total_is_reached(name):
    """After one empty page: nothing more can come."""
    count = iter(range(100))

    def answer(query):
        number = next(count)
        found = [rows(1, 2), rows(3)][number] if number < 2 else []
        return {"items": found, name: f"t{number}", "total": 3}

    with serving(answer) as asked:
        listing = listing_of(
            strategy=strategies.Cursor("c", token=name, items="items", total="total")
        )
        assert (rows(1, 2, 3), None, []) == drained(listing)
        assert 3 == len(asked)


@pytest.mark.parametrize("stop", [1, 5, 10])
@pytest.mark.parametrize(
    ("params", "body"),
    [({}, rows(*range(10))), ({"limit": 4}, rows(*range(11))), ({}, {"data": rows(*range(50))})],
)  # fmt: skip
def test_a_doubtful_size_is_known_after_resuming(stop, params, body):
    """The only page is read again, and is as long as before."""
    with serving(lambda query: body):
        listing = listing_of(params)
        got = [next(listing) for _ in range(stop)]
        resumed = listing_of(params, resume=listing.checkpoint())
        rest, _, told = drained(resumed)
        assert [PossiblyTruncated] == told
        assert (body if isinstance(body, list) else body["data"]) == got + rest
        assert not resumed.complete


@pytest.mark.parametrize(
    "beside",
    [{"total_pages": 3}, {"meta": {"count": 30}}, {"has_more": True}, {"nextToken": "t"},
     {"LastEvaluatedKey": {"id": 5}}, {"has_more_items": True}],
)  # fmt: skip
def test_another_sign_of_more_beside_an_empty_link(beside):
    """The link says that it is the end, and something else that it is not: told, or an error."""
    with serving(lambda query: {"items": rows(1, 2), "next": None, **beside}):
        listing = listing_of()
        got, error, told = drained(listing)
        assert error is not None or [PossiblyTruncated] == told
        assert not listing.complete
        assert got in ([], rows(1, 2))


def test_a_total_that_rows_pass_tells_no_end():
    """A total that stays below the rows that came is doubted, although it decided."""

    def answer(query):
        start = int(query.get("offset", 0))
        return {"items": rows(*range(start, min(start + 5, 30))), "total": 7}

    with serving(answer):
        listing = listing_of({"offset": 0, "limit": 5})
        _, _, told = drained(listing)
        assert PossiblyTruncated in told
        assert not listing.complete


@pytest.mark.parametrize("sent", [{"page": 1}, {"offset": "1"}, {"q": 1}])
def test_a_sign_is_no_echo_of_a_number(sent):
    """One part that failed is no echo of the 1 that was sent; a word that was sent is one."""
    body = {"items": rows(1), "next": None, "_shards": {"total": 5, "failed": 1}}
    with serving(lambda query: body):
        listing = listing_of(sent)
        assert PossiblyTruncated in drained(listing)[2]
    with serving(lambda query: {"items": rows(1), "next": None, "status": "partial"}):
        listing = listing_of({"status": "partial"})
        assert (rows(1), None, []) == drained(listing)


@pytest.mark.parametrize("name", ["limit", "size", "count", "first", "rows", "per_page"])
def test_a_total_that_is_the_size_asked_for(name):
    """It may count the page alone, if nothing else tells that the page is all."""
    with serving(lambda query: {"items": rows(1, 2, 3), "offset": 0, "total": 3}):
        listing = listing_of({name: 3, "offset": 0})
        assert (rows(1, 2, 3), None, [PossiblyTruncated]) == drained(listing)
        assert (rows(1, 2, 3), None, []) == drained(listing_of({name: 5, "offset": 0}))


@pytest.mark.parametrize("count", [10, 20, 25, 50, 100])
def test_a_total_as_long_as_a_usual_page(count):
    """It may count the page alone, where detection chose it and nothing tells the page's size."""
    body = {"items": rows(*range(count)), "offset": 0, "total": count}
    with serving(lambda query: body):
        for unlike in ({}, {"offset": 0}, {"year": 2026}, {"skip": "0", "account": 17}):
            assert [PossiblyTruncated] == drained(listing_of(unlike))[2]
        assert [] == drained(listing_of({"limit": 2 * count}))[2]
        named = strategies.Offset("offset", total="total")
        assert [] == drained(listing_of({}, strategy=named))[2]
    with serving(lambda query: {**body, "limit": 2 * count}):
        assert [] == drained(listing_of({}))[2]
    for other in ("usage", "quota", "rateLimit"):
        with serving(lambda query, other=other: {**body, other: {"limit": 10_000}}):
            assert [PossiblyTruncated] == drained(listing_of({}))[2]
