"""At one position checkpoints are byte-equal, whatever way led there."""

from __future__ import annotations

import pickle
import warnings
from functools import cache
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from requests_paginate import dialects, get_all, strategies
from requests_paginate.testing import MockListing
from tests.hostile import unhurried
from tests.scripted import Mocked, connect

URL = "https://api.test/rows"
ROWS = [{"id": f"r_{number}", "sort": number, "value": number % 3} for number in range(17)]
# What no first page tells of is given; the others are found as well.
GIVEN = ["elasticsearch", "stripe", "discord"]
FOUND = ["pluggy", "pluggy-v2", "belvo", "github", "slack", "contentful", "mediawiki", "woovi"]
KINDS = dialects.by_name()
OPTIONS = [{}, {"key": "id"}, {"items": None, "strict": True}]


class Remade(Mocked):
    """A server whose copy answers alike."""

    def __reduce__(self):
        mock = self.answer
        return _remake, (mock.rows, mock.dialect, mock.page_size)


def _remake(rows, dialect, size):
    return Remade(MockListing(rows=rows, dialect=dialect, page_size=size, path="/rows"))


def open_rows(name, size, options, **more):
    given = {"strategy": KINDS[name]} if name in GIVEN else {}
    offset = isinstance(KINDS[name], strategies.Offset)
    params = {KINDS[name].limit: size} if offset else None
    mock = MockListing(rows=ROWS, dialect=KINDS[name], page_size=size, path="/rows")
    session = connect(Remade(mock))
    return get_all(URL, params, session=session, retries=0, **{**given, **options, **more})


@cache
def straight(name, size, place):
    """The checkpoint after each row, and at the end, of a listing that was read in one go."""
    listing = open_rows(name, size, OPTIONS[place])
    tokens = [listing.checkpoint()]
    for _ in listing:
        tokens.append(listing.checkpoint())
    return [*tokens, listing.checkpoint()]


STEPS = st.one_of(
    st.tuples(st.just("rows"), st.integers(0, 6)),
    st.tuples(st.just("page"), st.just(0)),
    st.tuples(st.just("resume"), st.sampled_from([0, 1, 4])),
    st.tuples(st.just("pickle"), st.just(0)),
    st.tuples(st.just("close"), st.just(0)),
)


@unhurried(70)
@given(
    st.sampled_from([*GIVEN, *FOUND]), st.integers(1, 20), st.integers(0, len(OPTIONS) - 1),
    st.sampled_from([0, 1, 4]), st.lists(STEPS, max_size=8),
)  # fmt: skip
def test_one_checkpoint_for_a_position(name, size, place, prefetch, steps):
    """By rows, pages, prefetch, resumed, pickled or closed: the same bytes at the same row."""
    options = OPTIONS[place]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tokens = straight(name, size, place)
        listing = open_rows(name, size, options, prefetch=prefetch)
        done = 0
        for step, number in steps:
            if step == "rows":
                done += len(list(islice(listing, number)))
            elif step == "page":
                page = next(listing.pages(), None)
                done += len(page or ())
                assert page is None or page.checkpoint == listing.checkpoint()
            elif step == "pickle":
                listing = pickle.loads(pickle.dumps(listing))
            else:
                token = listing.checkpoint()
                if step == "close":
                    listing.close()
                    assert token == listing.checkpoint()
                listing = open_rows(name, size, options, prefetch=number, resume=token)
            # after the last row the end is known, or not yet
            expected = tokens[done:] if done == len(tokens) - 2 else [tokens[done]]
            assert listing.checkpoint() in expected
        listing.close()
