"""The names that APIs use: which of them mean what, in lower case without punctuation."""

from __future__ import annotations

import pytest

from requests_paginate._envelope import vocabulary
from requests_paginate._envelope.vocabulary import (
    is_row_count,
    is_suspicious_count,
    is_suspicious_token,
    normalize_name,
)

WORDS = {
    name: [*value]
    for name, value in vars(vocabulary).items()
    if name.isupper() and isinstance(value, (tuple, frozenset, dict))
}


@pytest.mark.parametrize("name", sorted(WORDS))
def test_names_are_written_as_they_are_compared(name):
    """A name with a capital letter or an underscore would never be met."""
    assert len(WORDS[name]) > 0
    assert [] == [word for word in WORDS[name] if word != word.lower() or not word.isalnum()]


@pytest.mark.parametrize(
    "name",
    ["pagetoken", "continuationtoken", "scrollid", "resumeat", "bookmark", "pagingstate",
     "searchafter", "remaining", "nextrange"],
)  # fmt: skip
def test_tokens_that_may_lead_on(name):
    """What resumes, scrolls, continues or remains may lead to another page."""
    assert is_suspicious_token(name)


@pytest.mark.parametrize(
    "name",
    ["accesstoken", "refreshtoken", "csrftoken", "sessiontoken", "nextsynctoken", "previouscursor",
     "ratelimitremaining", "name"],
)  # fmt: skip
def test_tokens_of_other_kinds(name):
    """Secrets, quotas, marks for a later synchronisation and the way back lead nowhere."""
    assert not is_suspicious_token(name)


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("totalhits", True), ("availablerecords", True), ("anzahl", True), ("numdocs", True),
        ("totalamount", False), ("balance", False), ("viewcount", True), ("discount", False),
        ("country", False), ("totalid", False), ("followerscount", False), ("countbytes", False),
    ],
)  # fmt: skip
def test_numbers_that_may_count_rows(name, is_one):
    """Amounts, times, and words that only hold the letters count no rows."""
    assert is_one == is_suspicious_count(name)


@pytest.mark.parametrize(
    ("name", "is_one"), [("total", True), ("count", True), ("odatacount", True), ("page", False)]
)
def test_numbers_of_rows(name, is_one):
    """The totals and the counts are numbers of rows."""
    assert is_one == is_row_count(name)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["has_more", "hasMore", "HAS-MORE", "has more"], "hasmore"),
        (["hydra:next", "next", "hydra:hydra:Next"], "next"),
        (["@id"], "@id"),
        ([""], ""),
    ],
)
def test_names_are_compared_without_punctuation(names, expected):
    """Case, punctuation and namespace make no other name."""
    assert {expected} == {normalize_name(name) for name in names}
