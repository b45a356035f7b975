"""What every strategy has in common: a value, frozen, with places to read and ends to see."""

from __future__ import annotations

import copy
import dataclasses
import itertools
import pickle
from contextlib import suppress
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from requests_paginate import dialects, strategies
from requests_paginate._envelope.selectors import ItemsAt, TotalAt
from requests_paginate.exceptions import InconsistentListing, MalformedPage, PaginationError
from requests_paginate.strategies import (
    ContentRange,
    Cursor,
    LastItem,
    LinkHeader,
    NextLink,
    NextParameters,
    Offset,
    PageNumber,
    SinglePage,
    Strategy,
)
from tests import hostile
from tests.unit.strategies.requests_and_pages import HUGE, ROWS, URL, check, get, page, post


@pytest.mark.parametrize(
    ("strategy", "first", "broken"),
    [
        (Cursor("c", token="meta.next", items="data"), {"meta": {"next": "a"}}, "slow down"),
        (Cursor("c", token="meta.next", items="data"), {"meta": {"next": "a"}}, 5),
        (NextLink("meta.next", items="data"), {"meta": {"next": "?a"}}, ["x"]),
        (NextLink("meta[rel=next].href", items="data"),
         {"meta": [{"rel": "next", "href": "?a"}]}, "slow down"),
        (Cursor("c", token="meta.next", more="meta.more", items="data"),
         {"meta": {"next": "a", "more": True}}, True),
    ],
)  # fmt: skip
def test_found_ends_at_a_wrong_type(strategy, first, broken):
    """A path that leads through a text or a number is a wrong type, and not an end."""
    answers = (
        hostile.page({"data": hostile.ROWS[:2], **first}),
        hostile.page({"data": hostile.ROWS[2:4], "meta": broken}),
    )
    outcome = hostile.listed(hostile.Script(answers), strategy=strategy)
    assert isinstance(outcome.error, MalformedPage)


SECRET = "s3cr3t-" + "x" * 400


def test_a_strategy_shows_no_secret_of_its_url():
    """A URL in a strategy is redacted where the strategy is shown."""
    shown = repr(strategies.Cursor("cursor", url=f"https://api.test/next?api_key={SECRET}"))
    assert SECRET not in shown
    assert "api.test" in shown


# A loaded machine is no failure.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


# Page numbers ------------------------------------------------------------------------------------

PLUGGY = dialects.PLUGGY


# Links -------------------------------------------------------------------------------------------

LINK = NextLink("next", items="results", total="count")
NEXT = "https://api.test/rows?page=2"


# Cursors -----------------------------------------------------------------------------------------

CURSOR = Cursor("cursor", token="meta.next", more="meta.more", items="rows", total="n")
LAST = LastItem("starting_after", key="id", more="has_more", items="data")


def test_an_end_with_missing_rows_says_what_to_do():
    """The text names both counts, where the total is, and the way out."""
    with pytest.raises(InconsistentListing, match=r"2 of 3 rows \(at 'count'\).*without total="):
        LINK.next(page({"results": ROWS, "count": 3}))


# Guesses -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("strategy", "body"),
    [
        (PageNumber(items="rows"), {"rows": ROWS}),
        (PageNumber(total_pages="n"), {}),
        (Offset(items="rows"), {"rows": ROWS}),
        (Offset(items="rows", total="n"), {"rows": [], "n": 5}),
        (LINK, {"next": NEXT, "results": ROWS, "count": 9}),
        (replace(LINK, page_param="page"), {"next": None, "results": ROWS, "count": 2}),
        (replace(LINK, page_param="page"), {"next": NEXT, "results": [], "count": 2}),
        (replace(LINK, page_param="page"), {"next": NEXT, "results": ROWS}),
        (replace(LINK, page_param="after"), {"next": NEXT, "results": ROWS, "count": 9}),
        (replace(LINK, page_param="p"), {"next": f"{URL}?p=x", "results": ROWS, "count": 9}),
        (Cursor(items="rows"), {"next_cursor": "x", "rows": ROWS}),
        (LAST, {"has_more": True, "data": ROWS}),
        (LinkHeader(items="rows"), {"rows": ROWS}),
        (SinglePage(items="rows"), {"rows": ROWS}),
    ],
)
def test_no_guess(strategy, body):
    """Where the requests ahead cannot be known, none is guessed."""
    assert [] == list(strategy.guess(page(body)))


# Any JSON ----------------------------------------------------------------------------------------


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from(["", "0", "2", HUGE, "true", "/x", "?page=2", "https://b.test/", "a b"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "next", "more", "total"]) | st.text(), inner, max_size=4
        )
    ),
    max_leaves=8,
)
NAMED = ["page", "pages", "total", "more", "last", "next", "rows", "meta", "id"]
ENVELOPES = JSON | st.dictionaries(st.sampled_from(NAMED), JSON)
EVERY_PATH = [
    PageNumber(total_pages="pages", number="page", items="rows", total="total", more="more"),
    PageNumber(total_pages="pages", total="meta.total", more="!last"),
    PageNumber(total="total"),
    Offset(total="total", items="rows", more="more"),
    Offset(total="meta.total"),
    NextLink("next", items="rows", total="total", more="!last", page_param="page"),
    NextLink("meta.next", page_param="page"),
    LinkHeader(items="rows", total="total"),
    LinkHeader(),
    Cursor(token="next", more="more", items="rows", total="total"),
    Cursor("a.b", token="meta.next", into="json"),
    Cursor("Range", token="meta.next", into="header"),
    LastItem(items="rows", more="more", total="total"),
    LastItem(key="meta.id"),
    SinglePage(total="total"),
]
REQUESTS = [
    get(),
    get(f"{URL}?page=1&offset=2&cursor=3&starting_after=4&Range=5"),
    get(params={"page": "x", "offset": -1}),
    post({"page": 2, "offset": [1], "a": 5}),
    post([1]),
]


@pytest.mark.parametrize("strategy", EVERY_PATH, ids=repr)
@UNHURRIED
@given(
    body=ENVELOPES,
    request_=st.sampled_from(REQUESTS),
    start=st.sampled_from([0, 7, None]),
    headers=st.dictionaries(
        st.sampled_from(["Link", "total", "pages", "next"]),
        st.text(st.characters(codec="latin-1")) | st.sampled_from(["5", f"<{NEXT}>; rel=next"]),
    ),
)
def test_any_page(strategy, body, request_, start, headers):
    """Whatever a server sends, a strategy answers or raises a PaginationError."""
    given_page = page(body, request_, start=start, headers=headers)
    for ask in (
        strategy.items,
        strategy.total,
        strategy.next,
        strategy.signals,
        lambda at: list(itertools.islice(strategy.guess(at), 5)),
    ):
        with suppress(PaginationError):
            ask(given_page)


# Signals -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("strategy", "body", "expected"),
    [
        (PLUGGY, {"page": 1, "totalPages": 3, "x": 5}, [3, 1]),
        (PLUGGY, {}, [None, None]),
        (PageNumber(more="!last"), {"last": True}, [True]),
        (CURSOR, {"meta": {"next": "x", "more": True}}, ["x", True]),
        (LINK, {"next": NEXT}, [NEXT]),
        (Offset(), {"total": 5}, []),
        (SinglePage(), {"a": 1, "rows": ROWS}, [1]),
        (SinglePage(), [1], []),
    ],
)
def test_signals(strategy, body, expected):
    """Signals are what a strategy reads beside the rows."""
    assert expected == strategy.signals(page(body))


def test_signals_of_a_link_header():
    """The Link header tells two pages apart."""
    assert ["x"] == LinkHeader().signals(page([], headers={"link": "x"}))
    assert [None] == LinkHeader().signals(page([]))


# Values ------------------------------------------------------------------------------------------


KINDS = [
    PageNumber,
    Offset,
    NextLink,
    LinkHeader,
    Cursor,
    LastItem,
    NextParameters,
    ContentRange,
    SinglePage,
]
VALUES = [
    *(kind() for kind in KINDS),
    *EVERY_PATH,
    *dialects.by_name().values(),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_strategies_are_values(value):
    """A strategy pickles, copies, hashes, compares and is replaced by value, and is frozen."""
    again = type(value)(
        **{
            spec.name: getattr(getattr(value, spec.name), "path", getattr(value, spec.name))
            for spec in dataclasses.fields(value)
        }
    )
    for other in (
        again,
        pickle.loads(pickle.dumps(value)),
        copy.copy(value),
        copy.deepcopy(value),
        replace(value),
        eval(repr(value), vars(strategies)),
    ):
        assert value == other
        assert hash(value) == hash(other)
        assert repr(value) == repr(other)
    assert value != replace(value, items="elsewhere")
    assert ItemsAt("elsewhere") == replace(value, items="elsewhere").items
    assert replace(value, items="elsewhere") == value.reading("elsewhere")
    with pytest.raises(dataclasses.FrozenInstanceError):
        value.items = "elsewhere"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (PageNumber(), "PageNumber('page')"),
        (PageNumber("p", first=0), "PageNumber('p', first=0)"),
        (Offset(), "Offset('offset')"),
        (Offset(total="total", first=1), "Offset('offset', total='total', first=1)"),
        (NextLink("next", items="results"), "NextLink('next', items='results')"),
        (LinkHeader(), "LinkHeader()"),
        (LinkHeader(items=""), "LinkHeader(items='')"),
        (Cursor(), "Cursor('cursor')"),
        (Cursor("c", token="a.b", into="json"), "Cursor('c', token='a.b', into='json')"),
        (LastItem(), "LastItem('starting_after')"),
        (SinglePage(), "SinglePage()"),
        (NextParameters(), "NextParameters('continue')"),
        (ContentRange(), "ContentRange()"),
        (
            PLUGGY,
            "PageNumber('page', total_pages='totalPages', number='page', items='results', "
            "total='total')",
        ),
    ],
)
def test_what_a_repr_shows(value, shown):
    """The first field, and what differs from the defaults."""
    assert shown == repr(value)


@pytest.mark.parametrize("wrong", [5, "", b"a", ["a"], True, {}])
@pytest.mark.parametrize(
    "make",
    [
        lambda path: PageNumber(total_pages=path),
        lambda path: PageNumber(number=path),
        lambda path: PageNumber(total=path),
        lambda path: PageNumber(more=path),
        lambda path: Offset(total=path),
        lambda path: Offset(more=path),
        NextLink,
        lambda path: NextLink(total=path),
        lambda path: NextLink(more=path),
        lambda path: LinkHeader(total=path),
        lambda path: Cursor(token=path),
        lambda path: Cursor(more=path),
        lambda path: LastItem(key=path or None),
        lambda path: LastItem(more=path),
        lambda path: SinglePage(total=path),
    ],
)
def test_no_paths(make, wrong):
    """What can be no path is refused when the strategy is made."""
    with pytest.raises(TypeError):
        make(wrong)


@pytest.mark.parametrize(
    "make", [NextLink, lambda path: Cursor(token=path), lambda path: LastItem(key=path)]
)
def test_needed_paths(make):
    """A strategy does not work without the place of its continuation."""
    with pytest.raises(TypeError):
        make(None)


@pytest.mark.parametrize("make", [PageNumber, Offset, Cursor, LastItem])
@pytest.mark.parametrize("wrong", [5, None, b"page"])
def test_no_parameter_names(make, wrong):
    """A parameter's name is a string."""
    with pytest.raises(TypeError):
        make(wrong)


@pytest.mark.parametrize("make", [PageNumber, Offset])
@pytest.mark.parametrize("wrong", ["1", 1.5, None])
def test_no_first_numbers(make, wrong):
    """The first number is a whole number."""
    with pytest.raises(TypeError):
        make(first=wrong)


@pytest.mark.parametrize("make", KINDS)
def test_no_places_of_items(make):
    """What is neither path nor callable is no place of rows."""
    with pytest.raises(TypeError, match="items"):
        make(items=5)


@pytest.mark.parametrize("into", ["body", "", 5])
def test_no_places_of_a_cursor(into):
    """A cursor goes into the query, the JSON body or a header."""
    with pytest.raises(ValueError, match="into"):
        Cursor(into=into)


# Own strategies ----------------------------------------------------------------------------------


class Batches(Strategy):
    """A user's strategy, as short as one may be."""

    def next(self, page):
        return page.request.with_param("batch", page.body["following"])


class Wrapped(NextLink):
    """A user's strategy that finds rows and total in its own way."""

    def items(self, page):
        return [row["node"] for row in page.body["edges"]]

    def total(self, page):
        return 7


@dataclass(frozen=True, repr=False)
class Signed(Cursor):
    """A user's strategy with a field more."""

    salt: str = field(default="", kw_only=True)

    def next(self, page):
        following = super().next(page)
        return following and following.with_param("salt", self.salt)


def test_a_strategy_of_ones_own():
    """`next` is enough: rows are found, there is no total and no guess."""
    given_page = page({"rows": ROWS, "following": 2})
    assert get(params={"batch": 2}) == Batches().next(given_page)
    assert ROWS == Batches().items(given_page)
    assert Batches().total(given_page) is None
    assert [] == list(Batches().guess(given_page))
    assert [2] == Batches().signals(given_page)
    assert "Batches()" == repr(Batches())
    assert [1] == Batches().reading("x").items(page({"x": [1]}))
    assert isinstance(pickle.loads(pickle.dumps(Batches())), Batches)


def test_a_strategy_needs_next():
    """A strategy without `next` cannot be made."""
    with pytest.raises(TypeError):
        Strategy()


def test_methods_of_a_subclass_are_used():
    """A subclass may define `items` and `total` as methods."""
    strategy = Wrapped("next")
    body = {"edges": [{"node": 1}], "next": None}
    assert [1] == strategy.items(page(body))
    assert 7 == strategy.total(page(body))
    check(strategy, page(body), InconsistentListing)
    check(strategy, page(body, start=6), None)
    check(strategy, page({**body, "next": NEXT}), get(NEXT))


def test_a_subclass_is_a_value_too():
    """A subclass with methods compares, hashes, pickles, is replaced and shown like its parent."""
    strategy = Wrapped("links.next", more="more")
    assert "Wrapped('links.next', more='more')" == repr(strategy)
    for other in (
        Wrapped("links.next", more="more"),
        pickle.loads(pickle.dumps(strategy)),
        copy.deepcopy(strategy),
        replace(strategy),
    ):
        assert strategy == other
        assert hash(strategy) == hash(other)
    assert strategy != Wrapped("next", more="more")


def test_a_subclass_with_a_field():
    """A subclass that is a dataclass has its field compared and shown."""
    strategy = Signed("after", salt="x")
    assert "Signed('after', salt='x')" == repr(strategy)
    assert Signed("after", salt="x") == strategy != Signed("after")
    check(strategy, page({"next_cursor": "c"}), get(params={"after": "c", "salt": "x"}))
    check(strategy, page({}), None)


@pytest.mark.parametrize("strategy", [LINK, Wrapped("next"), PLUGGY])
def test_rows_read_elsewhere(strategy):
    """`reading` gives the same strategy with other rows, and leaves the first as it was."""
    other = strategy.reading("data.rows")
    assert ROWS == other.items(page({"data": {"rows": ROWS}}))
    assert type(strategy) is type(other)
    with pytest.raises((MalformedPage, KeyError)):
        strategy.items(page({"data": {"rows": ROWS}}))


def test_paths_of_items_and_totals_are_readers():
    """`items` and `total` are written as paths and called with a page."""
    assert ItemsAt("results") == PLUGGY.items
    assert TotalAt("total") == PLUGGY.total
    assert ItemsAt(len) == SinglePage(items=len).items


@pytest.mark.parametrize("kind", KINDS)
def test_any_subclass_with_methods_is_a_value(kind):
    """Whichever strategy has its rows and total replaced by methods, it compares and hashes."""
    methods = {"items": lambda self, page: [], "total": lambda self, page: None}
    wrapped = type("Wrapped", (kind,), methods)
    assert wrapped() == wrapped()
    assert hash(wrapped()) == hash(wrapped())
    assert wrapped() != kind()


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_first_field_is_positional(kind):
    """Everything but a strategy's first field is named where it is given."""
    kind("x")
    with pytest.raises(TypeError, match="positional"):
        kind("x", "y")


@pytest.mark.parametrize("kind", [LinkHeader, SinglePage, ContentRange])
def test_the_first_field_is_positional(kind):
    """Where a strategy has only rows to name, they may be named without a keyword."""
    assert kind(items="data") == kind("data")
    assert f"{kind.__name__}(items='data')" == repr(kind("data"))
    assert f"{kind.__name__}()" == repr(kind())


# Other names, and no list ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        (PageNumber("page", total_pages="n"), PageNumber("p", total_pages="n")),
        (Offset("offset", first=1, items="rows"), Offset("p", first=1, items="rows")),
        (Cursor("cursor", token="t", into="json"), Cursor("p", token="t", into="json")),
        (LastItem("after", key="x"), LastItem("p", key="x")),
    ],
)
def test_renamed(strategy, expected):
    """The parameter has another name and everything else stays; the first one is unchanged."""
    written = repr(strategy)
    assert expected == strategy.renamed("p")
    assert (hash(expected), repr(expected)) == (
        hash(strategy.renamed("p")),
        repr(strategy.renamed("p")),
    )
    assert written == repr(strategy) != repr(expected)
