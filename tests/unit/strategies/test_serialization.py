"""A strategy as JSON, and back."""

from dataclasses import dataclass, field

import pytest

from requests_paginate._listing.checkpoint import Checkpoint
from requests_paginate.exceptions import InvalidCheckpoint
from requests_paginate.strategies import Cursor, LinkHeader, NextLink, SinglePage, Strategy
from tests.tokens import FIRST, LINK, resumed


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
