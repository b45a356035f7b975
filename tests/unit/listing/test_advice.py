"""What an error says to pass, where a page was refused or never ends."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate import exceptions, strategies
from tests.two_pages import listing_of, rows, serving

CURSOR = strategies.Cursor("c", token="next", items="items")
PAGES = strategies.PageNumber("page", items="items")
PARAMS = ({}, {"limit": 5, "number": "last"})  # in the URL, which tells nothing of a refusal


@pytest.mark.parametrize(
    ("strategy", "words", "advice"),
    [
        (CURSOR, "c: value is not a valid integer", "number=True"),
        (CURSOR, "cursor must be a number", "number=True"),
        (CURSOR, "resumptionToken is an exclusive argument", "alone=('verb',)"),
        (CURSOR, "no other parameters are allowed beside c", "alone=True"),
        (CURSOR, "the cursor has expired", None),
        (PAGES, "Invalid page.", "end_statuses=(400,)"),
        (CURSOR, "number of rows: c must be of type int", "number=True"),
        (CURSOR, "badArgument: nothing goes beside c, it stands alone", "alone=('verb',)"),
        (PAGES, "page 2 is beyond the last one", "end_statuses=(400,)"),
        (PAGES, "There are no more records.", "end_statuses=(400,)"),
        (PAGES, "offset out of range", "end_statuses=(400,)"),
        (PAGES, "P\u00e1gina inexistente", "end_statuses=(400,)"),
        (PAGES, "", "end_statuses=(400,)"),
        (PAGES, "limit cannot be higher than 20", None),
        (PAGES, "page size: at most 100", None),
        (PAGES, "the filter is not allowed", None),
        (PAGES, "your account is suspended", None),
        (PAGES, "sort must be given", None),
        (PAGES, "unsupported media type", None),
    ],
)
def test_a_refusal_names_what_to_pass(strategy, words, advice):
    """The words of the refusal tell which field of the strategy may help."""

    def answer(query):
        is_first = query.keys() <= {"limit", "number"}
        return {"items": rows(1, 2), "next": "5"} if is_first else (400, {"message": words})

    for params in PARAMS:
        with (
            serving(answer),
            pytest.raises(exceptions.PageFailed) as caught,
        ):
            list(listing_of(params, strategy=strategy))
        text = str(caught.value)
        assert words in text
        assert (advice is not None) is ("pass strategy=" in text)
        assert (advice or "") in text


@pytest.mark.parametrize("status", [404, 410, 416])
@pytest.mark.parametrize("words", ["", "nothing here", "gone"])
def test_a_status_of_nothing_there_names_itself(status, words):
    """These statuses say that there is no such page, whatever is said with them."""

    def answer(query):
        return (status, {"message": words}) if query else {"items": rows(1, 2)}

    advice = rf"pass strategy=.*end_statuses=\({status},\)"
    with serving(answer), pytest.raises(exceptions.PageFailed, match=advice):
        list(listing_of(strategy=PAGES))


@pytest.mark.parametrize(
    ("items", "key"),
    [(["a", "b"], "key=''"), ([1, 2], "key=''"), (["x"], "key=''"), (rows("a", "b"), None), ([], None)],
)  # fmt: skip
def test_a_row_that_is_its_own_id(items, key):
    """Where only a flag says that more follow, the strategy to pass fits the rows."""
    with serving(lambda query: {"items": items, "has_more": True}):
        with pytest.raises(exceptions.UnknownPagination) as caught:
            list(listing_of(items="items"))
    assert ("LastItem('after', " in str(caught.value), key is not None) == (
        True,
        "key=''" in str(caught.value),
    )


@pytest.mark.parametrize("params", [{"offset": 0, "limit": 10}, {"page": 1, "per_page": 50}])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_few_rows_for_many_asked_for_without_end(params, count):
    """A fixed number of parts, another one each time, is stopped after a few pages."""
    made = iter(range(10**6))

    def answer(query):
        return [{"n": next(made)} for _ in range(count)]

    with serving(answer) as asked:
        error = exceptions.InconsistentListing
        with pytest.raises(error, match=r"came again and again.*pass items="):
            list(listing_of(params))
        assert 6 > len(asked)


@pytest.mark.parametrize("size", [4, 10, 12, 15, 40])
def test_a_server_that_cuts_the_size_is_listed(size):
    """It sends fewer rows than were asked for, as many each time, and ends."""

    def answer(query):
        start = int(query.get("offset", 0))
        return rows(*range(start, min(start + size, size * 8 + 1)))

    with serving(answer):
        assert rows(*range(size * 8 + 1)) == list(listing_of({"offset": 0, "limit": 100}))
