"""An object with an identity: one resource, or an envelope around rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from requests_paginate._envelope import members, nodes, vocabulary
from requests_paginate._envelope.vocabulary import normalize_name

_MONEY = re.compile(
    r".*(?:price|amount|currency|cost|subtotal|tax|discount|quantity|qty|shipping)s?.*"
)


LINK = re.compile(r"https?://|//|/|\?|[\w.$-]+\?[\w$]+=", re.IGNORECASE)
Verdict = Enum("Verdict", ["ROWS", "RESOURCE", "DOUBTFUL"])
_TARGETS = ("href", "url", "uri", "link")
_ONWARD_LINK = re.compile(
    r"(?:load|show|get)?(?:after|following|forward|further|more|older|onward)\w*(?:href|link|ur[il])"
)
# These count rows, and in other objects money, bytes or anything.
BARE_COUNTS = frozenset({"total", "totaal", "found", "totalnumber", "totalsize"}).union(
    vocabulary.COUNTS
)


class Asked(Enum):
    """What is known of a body before it is read."""

    ANYTHING = "one resource or a listing"
    PAGE = "a page: its size was sent, or a Link header tells of others"
    PLACE = "a page: its number or its offset was sent, or a size in a body"
    LISTING = "a listing: the caller gave a strategy that pages, or a header leads on or counts"


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """An object with an identity, perhaps the one that a URL ends with.

    Attributes:
        node: The object.
        url: The URL that answered with it.
        identity: Its identity.
        is_requested: Whether the URL ends with the identity.
        asked: What is known of the body that it is in.
    """

    node: Mapping[str, Any]
    url: str = ""
    identity: Any = None
    is_requested: bool = False
    asked: Asked = Asked.ANYTHING

    @cached_property
    def rows_name(self) -> str | None:
        """The name of the only list that may be rows: of objects, or of a usual name."""
        lists = nodes.find_lists(self.node, nodes.BESIDE_ROWS)
        usual = [name for name in lists if normalize_name(name) in nodes.ROWS_NAMES]
        of_objects = [n for n in lists if self.node[n] and isinstance(self.node[n][0], Mapping)]
        for found in (of_objects, [name for name in usual if name in of_objects], usual):
            if len(found) == 1:
                return found[0]
        return None if lists else self._unlikely_rows

    @property
    def _unlikely_rows(self) -> str | None:
        """The name of the only list, if it is of objects and may stand beside rows as well."""
        lists = nodes.find_lists(self.node, nodes.NEVER_ROWS)
        rows = self.node[lists[0]] if len(lists) == 1 else []
        return lists[0] if rows and isinstance(rows[0], Mapping) else None

    @property
    def has_usual_rows(self) -> bool:
        """Whether the only list that may be rows has a name that rows usually have."""
        return normalize_name(self.rows_name or "") in nodes.ROWS_NAMES

    @property
    def only_list(self) -> str | None:
        """The name of its only list, or of the only one that may be rows."""
        lists = nodes.find_lists(self.node, nodes.BESIDE_ROWS)
        lists = lists or nodes.find_lists(self.node, nodes.NEVER_ROWS)
        return lists[0] if len(lists) == 1 else self.rows_name

    @property
    def has_own_values(self) -> bool:
        """Whether texts or numbers stand in it that tell nothing of a listing or a request."""
        return any(
            value not in (None, "") and not members.is_about(name, value)
            for name, value in self.node.items()
            if not isinstance(value, (bool, Mapping, list))
        )

    @cached_property
    def members(self) -> list[tuple[str, Any, bool]]:
        """What stands in it and beside its list: (name, value, is about pages)."""
        return list(members.list_members(self.node))

    @property
    def is_named(self) -> bool:
        """Whether the URL names the identity, in its path or in its query."""
        parts = urlsplit(self.url)
        named = [*unquote(parts.path).split("/"), *(value for _, value in parse_qsl(parts.query))]
        return self.is_requested or str(self.identity) in named

    @property
    def is_below(self) -> bool:
        """Whether the URL leads to something below what it identifies: `/groups/7/people`."""
        above = unquote(urlsplit(self.url).path).rstrip("/").split("/")[:-1]
        return not self.is_requested and str(self.identity) in above

    @property
    def may_be_rows(self) -> bool:
        """Whether it may be an envelope: if it was requested, it must hold one list of rows."""
        return not self.is_requested or self.rows_name is not None or self._has_wrapped_list

    @property
    def _has_wrapped_list(self) -> bool:
        wrapped = [
            v for n, v in self.node.items() if members.is_wrapper(n) and isinstance(v, Mapping)
        ]
        return any(Candidate(node=inner).rows_name is not None for inner in wrapped)

    @property
    def is_money(self) -> bool:
        """Whether its total may be a sum: it or a row has prices, a currency, ..."""
        rows = self.node[self.rows_name] if self.rows_name is not None else []
        row = rows[0] if rows and isinstance(rows[0], Mapping) else {}
        names = [normalize_name(name) for name in (*self.node, *row)]
        return any(_MONEY.fullmatch(name) for name in names)


def find_target(link: Mapping[str, Any]) -> Any:
    """Return the URL in a link object, else the object."""
    return next((link[n] for n in link if normalize_name(n) in _TARGETS), link)


def is_end(name: str, value: Any) -> bool:
    """Return whether nothing stands in the place of a link, a token or a flag for more rows."""
    if re.fullmatch(vocabulary.LAST, name) is not None:
        return isinstance(value, bool)
    value = find_target(value) if isinstance(value, Mapping) else value
    is_empty = value is None or value is False or value == ""
    return is_empty and (names_onward_link(name) or name in vocabulary.TOKENS)


def names_onward_link(name: str) -> bool:
    """Return whether a link of this name leads on, as those of `more_books_url` and `next` do."""
    return vocabulary.is_continuation(name) or _ONWARD_LINK.fullmatch(name) is not None


def leads_to_same_listing(link: str, url: str, identity: Any = None) -> bool:
    """Return whether a link leads to the path of a URL with another query, or to a page below it.

    A proxy may have changed what stands before the last segment. A link that lacks the identity
    which the URL asked for leads to another resource.
    """
    try:
        here, there = urlsplit(url), urlsplit(urljoin(url, link))
    except ValueError:
        return False
    path = here.path.rstrip("/")
    if there.path.rstrip("/").rpartition("/")[2] != path.rpartition("/")[2]:
        return re.fullmatch(re.escape(path) + r"/(?:page/)?\d+/?", there.path) is not None
    sent, asked = (dict(parse_qsl(each.query)) for each in (here, there))
    is_other_resource = str(identity) in {*sent.values()} - {*asked.values()}
    return bool(asked) and there.query != here.query and not is_other_resource


def name_counts(rows_name: str, words: Iterable[str]) -> set[str]:
    """Return what a number of rows may be called by the name of their list: `order_count`."""
    plain = normalize_name(rows_name)
    return {
        name
        for word in words
        for name in (f"{plain}{word}", f"{plain.removesuffix('s')}{word}", f"{word}{plain}")
    }


def holds_rows(rows: list[Any]) -> bool:
    """Return whether a list is empty, or of objects or of lists with texts, as of a table.

    The texts in a list may be a thing's tags, and the numbers in its lists may be coordinates.
    """
    if not rows or isinstance(rows[0], Mapping):
        return True
    return isinstance(rows[0], list) and any(isinstance(cell, str) for cell in rows[0])
