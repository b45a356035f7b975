"""Finds the rows in a body when nobody said where they are.

By name and place, never by length: the longest list changes from page to page. Where several
lists could be the rows, the caller is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from requests_paginate import names
from requests_paginate.exceptions import MalformedPage, UnknownPagination
from requests_paginate.pages import ABSENT, Page, read, type_name

__all__ = ["ItemsAt", "find_rows", "normalized"]

_ROWS_NAMES = (
    "results", "items", "data", "records", "value", "values", "entries", "content", "hits", "rows",
    "resources", "elements", "collection", "features", "nodes", "edges", "list", "objects",
    "children", "result", "docs", "entry", "member", "dados", "itens", "events",
)  # fmt: skip
# Lists that stand beside the rows: metadata, side-loaded resources, descriptions of columns.
_NEVER_ROWS = frozenset({"link", "links", "errors", "warnings"})
_BESIDE_ROWS = _NEVER_ROWS | {
    "messages", "included", "facets", "aggregations", "schemas", "sort", "order", "fields",
    "breadcrumbs", "columns", "constraints", "primarygroups", "groupby", "defaultreminders",
    "modified", "removed",
}  # fmt: skip
_WRAPPERS = frozenset(
    {"data", "result", "response", "payload", "d", "embedded", "message", "hits", "list", "query",
     "queryresponse", "body", "results", "elements"}
)  # fmt: skip
_IDENTITIES = frozenset({"id", "uuid", "guid", "gid", "sid", "uid", "urn", "sysid"})
_NO_ERROR = frozenset({"", "200", "ok", "success", "none", "null"})
_PUNCTUATION = re.compile(r"[\W_]+")
_DEPTH = 4  # Walmart nests list.elements.order
_CONNECTION_DEPTH = 8  # a GraphQL query nests as it likes


def normalized(name: str) -> str:
    """A name in lower case without namespace and punctuation.

    `has_more`, `hasMore` and `has-more` are one, `hydra:next` is next. `@id` stays what it is.
    """
    if name.isalnum():
        return name.lower()
    return name if name == "@id" else _PUNCTUATION.sub("", name.rpartition(":")[2].lower())


def find_rows(body: Any, url: str) -> str:
    """The path of the rows in a body.

    Args:
        body: The decoded body of a first page.
        url: The URL it came from: `/tickets.json` probably answers with `tickets`.

    Returns:
        A path for `pages.read`; the empty path for a bare list. An object at the path is a single
        resource: one row, however many lists are in it.

    Raises:
        MalformedPage: The body is neither a list nor an object, or reports an error.
        UnknownPagination: There is no list in it, or several that could be the rows.
    """
    if isinstance(body, list):
        rows = rows_of_pair(body)
        return "" if rows is None else str(rows)
    if not isinstance(body, Mapping):
        raise MalformedPage(f"expected a list or an object of rows, got {type_name(body)}")
    # Twilio: {"meta": {"key": "conversations"}, "conversations": [...]}
    named = read(body, "meta.key")
    if isinstance(named, str) and isinstance(body.get(named), list):
        return named
    segments = unquote(urlsplit(url).path).strip("/").split("/")
    for beside in (_BESIDE_ROWS, _NEVER_ROWS):
        candidates = list(dict.fromkeys(_candidates(body, segments, beside)))
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            raise UnknownPagination(
                f"several lists could be the rows; pass items= one of {', '.join(candidates)}"
            )
        if _counts_none(body):
            return ""  # SCIM, FHIR and X leave the list out where it is empty
    if any(normalized(name) in ("error", "errors") for name in body):
        raise MalformedPage(f"the body reports an error instead of rows: {_members(body)}")
    if len(deep := list(_deep(body, segments[-1]))) == 1:
        return deep[0]
    resources = [str(name) for name, value in body.items() if _identity(value) is not None]
    if len(resources) == 1:
        return resources[0]  # Zendesk: {"ticket": {"id": 1, ...}}
    raise UnknownPagination(
        f"no list of rows in an object of {_members(body)}; pass items= to say where the rows are"
    )


def _candidates(
    body: Mapping[str, Any], segments: Sequence[str], beside: frozenset[str]
) -> Iterator[str]:
    """The likeliest path alone, or all that are left when none stands out."""
    known_names = [*(normalized(s.partition(".")[0]) for s in reversed(segments)), *_ROWS_NAMES]
    wrapping = {*_WRAPPERS, *known_names}
    for level in _levels(body, _DEPTH, lambda name: normalized(name) in wrapping):
        for prefix, node in level:
            known = _known(node, known_names)
            if _is_resource(node, segments[-1], known):
                yield prefix.rstrip(".")
                return
            if known is not None:
                yield prefix + known
                return
        left = [prefix + name for prefix, node in level for name in _lists(node, beside)]
        if left:
            yield from list(_connections(body, known_names, beside)) or left
            return
    yield from _connections(body, known_names, beside)


def _known(node: Mapping[str, Any], known_names: Sequence[str]) -> str | None:
    by_name = {normalized(name): name for name in reversed(_lists(node, frozenset()))}
    return next((by_name[name] for name in known_names if name and name in by_name), None)


def _lists(node: Mapping[str, Any], beside: frozenset[str]) -> list[str]:
    lists = [name for name, value in node.items() if isinstance(value, list)]
    return [name for name in lists if normalized(name) not in beside]


def _levels(
    body: Mapping[str, Any], depth: int, enters: Callable[[str], bool] = bool
) -> Iterator[list[tuple[str, Mapping[str, Any]]]]:
    """The objects of a body, breadth first, each with the prefix of the paths into it."""
    level: list[tuple[str, Mapping[str, Any]]] = [("", body)]
    for _ in range(depth):
        yield level
        level = [
            (f"{prefix}{name}.", value)
            for prefix, node in level
            for name, value in node.items()
            if isinstance(value, Mapping) and normalized(name) not in _NEVER_ROWS and enters(name)
        ]


def _connections(
    body: Mapping[str, Any], known_names: Sequence[str], beside: frozenset[str]
) -> Iterator[str]:
    """Lists that stand beside what leads on: GraphQL's connections, Discourse's `topic_list`."""
    for level in _levels(body, _CONNECTION_DEPTH):
        found = False
        for prefix, node in level:
            plain = {normalized(name) for name in node}
            if "pageinfo" in plain or any(map(names.leads_on, plain)):
                known = _known(node, known_names)
                lists = [known] if known is not None else _lists(node, beside)
                found = found or bool(lists)
                yield from (prefix + name for name in lists)
        if found:
            return


def _deep(body: Mapping[str, Any], segment: str) -> Iterator[str]:
    """The lists of the first level that has any, whatever its name, where something counts rows.

    Without a count it would rather be a single resource: Flickr's `photos.photo` stands beside
    `photos.total`, the `status.conditions` of Kubernetes beside nothing of the kind.
    """
    found: list[str] = []
    counts = False
    for level in _levels(body, _DEPTH):
        if any(_is_asked_for(name, node[name], segment) for _, node in level for name in node):
            return
        plain = {normalized(name) for _, node in level for name in node}
        counts = counts or any(map(names.counts_or_leads_on, plain))
        if not found:
            found = [prefix + n for prefix, node in level for n in _lists(node, _BESIDE_ROWS)]
    yield from found if counts else ()


def _counts_none(body: Any) -> bool:
    """Whether the page says that there are no rows, as `totalResults: 0` does."""
    nodes = [body, *body.values()] if isinstance(body, Mapping) else []
    return any(
        value in (0, "0") and not isinstance(value, bool) and names.counts_rows(normalized(name))
        for node in nodes
        if isinstance(node, Mapping)
        for name, value in node.items()
    )


def rows_of_pair(body: Any) -> int | None:
    """Where the rows are in a list of two that is rows and what is said about them, else None.

    The World Bank's `[{"page": 1, "pages": 7}, [...]]`
    (https://datahelpdesk.worldbank.org/knowledgebase/articles/898581), and
    prisma-extension-pagination's `[[...], {"pageCount": 7}]`.
    """
    kinds = [type(value) for value in body] if isinstance(body, list) and len(body) == 2 else []
    return kinds.index(list) if sorted(kinds, key=str) == [dict, list] else None


def _is_asked_for(name: str, value: Any, segment: str) -> bool:
    """Whether a value is the identity that the URL ends with: Lightspeed's `Sale.saleID`."""
    is_scalar = isinstance(value, (str, int)) and value != ""
    is_identity = is_scalar and normalized(name).endswith("id")
    return is_identity and str(value) in (segment, segment.partition(".")[0])


def _is_resource(node: Mapping[str, Any], segment: str, known: str | None) -> bool:
    """Whether an object is one resource, and the lists in it are its own.

    It has an identity, and either the URL asks for that or no list in it has a name that rows have.
    """
    identity = _identity(node)
    if identity is None:
        return False
    if str(identity) in (segment, segment.partition(".")[0]):
        return True
    leads_on = any(value and names.leads_on(normalized(name)) for name, value in node.items())
    return known is None and not leads_on


def _identity(node: Any) -> Any:
    if not isinstance(node, Mapping):
        return None
    named = [value for name, value in node.items() if normalized(name) in _IDENTITIES]
    return next((value for value in named if isinstance(value, (str, int)) and value != ""), None)


def _members(body: Mapping[str, Any]) -> str:
    return ", ".join(map(repr, list(body)[:12])) or "nothing"


@dataclass(frozen=True, repr=False)
class ItemsAt:
    """Reads a page's rows: what the `items` of a strategy is.

    Attributes:
        path: A path in the body; `""` for a bare list; a callable given the body; None: found by
            name and place on the first page.
        takes_one: Whether an object there is a row by itself.
    """

    path: str | Callable[[Any], Any] | None = None
    takes_one: bool = field(default=False, kw_only=True, compare=False)

    def __post_init__(self) -> None:
        if not (self.path is None or isinstance(self.path, str) or callable(self.path)):
            raise TypeError(f"items: expected a path or a callable, got {type(self.path).__name__}")

    def __repr__(self) -> str:
        return repr(self.path)

    def __call__(self, page: Page) -> Sequence[Any]:
        """The rows of a page.

        Raises:
            MalformedPage: There are none where they should be.
        """
        if page.status == 204:  # No Content: the server says that there are none
            return []
        if callable(self.path):
            rows = self.path(page.body)
            if isinstance(rows, (str, bytes, Mapping)) or not isinstance(rows, Iterable):
                raise MalformedPage(f"expected rows from items=, got {type_name(rows)}")
            return rows if isinstance(rows, list) else list(rows)
        path = find_rows(page.body, page.url) if self.path is None else self.path
        rows = read(page.body, path)
        if rows and isinstance(rows, list):
            return rows
        if isinstance(rows, list) or (rows is None and path):  # null rows: dlt issue 2932
            _refuse_error_body(page.body)
            return []
        is_left_out = rows is ABSENT or (not path and _identity(rows) is None)
        if is_left_out and _counts_none(page.body):
            _refuse_error_body(page.body)
            return []
        if self.takes_one and isinstance(rows, Mapping):
            if _identity(rows) is None:  # a failed payment has an id and an error, and is data
                _refuse_error_body(page.body)
            return [rows]
        raise MalformedPage(
            f"expected a list of rows at {path!r}, got {type_name(rows)}{_keys_of(page.body)}; "
            "pass items= if they are elsewhere"
        )


def _refuse_error_body(body: Any) -> None:
    """Raises where a page without rows reports an error: no rows is then not what it says.

    TikTok's `{"error": {"code": "ok", "message": ""}}` is no error, nor is `{"errno": 0}`.
    """
    if not isinstance(body, Mapping):
        return
    for name in ("error", "errors"):
        if _is_error(body.get(name)):
            raise MalformedPage(f"the page has no rows and reports an error at {name!r}")
    for name in ("ok", "success"):
        if body.get(name) is False:
            raise MalformedPage(f"the page has no rows and {name!r} is false")


def _is_error(error: Any) -> bool:
    if isinstance(error, Mapping):
        codes = [error.get(name) for name in ("code", "errno", "status")]
        code = next((code for code in codes if code is not None and code != ""), None)
        return any(error.values()) if code is None else _is_error(code)
    said = str(error or "").lower()
    return said not in _NO_ERROR and said.strip("0") != ""


def _keys_of(body: Any) -> str:
    return f" in an object of {_members(body)}" if isinstance(body, Mapping) else ""
