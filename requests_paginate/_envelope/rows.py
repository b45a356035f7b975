"""Finds the rows in a body when nobody said where they are.

By name and place, never by length: the longest list changes from page to page. Where several
lists could be the rows, the caller is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

from requests_paginate._envelope import vocabulary
from requests_paginate._paths import type_name
from requests_paginate._redaction import redact_text
from requests_paginate.exceptions import MalformedPage, UnknownPagination

__all__ = ["counts_none", "find_rows", "identity", "members", "normalized", "rows_of_pair"]

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
# What a URL may end with; `status` and `type` may stand there, too, and name a selection.
_IDENTIFYING = re.compile(r".*(?:id|slug|uuid|number|code|key|sha|login|handle|sku|symbol)")
_PUNCTUATION = re.compile(r"[\W_]+")
_DEPTH = 4  # Walmart nests list.elements.order
_RESOURCE_DEPTH = 3
_CONNECTION_DEPTH = 8  # a GraphQL query nests as it likes


@lru_cache(maxsize=4096)
def normalized(name: object) -> str:
    """A name in lower case without namespace and punctuation.

    `has_more`, `hasMore` and `has-more` are one, `hydra:next` is next. `@id` stays what it is.
    """
    text = str(name)  # a decoder of the caller's may give numbers
    plain = text.replace("_", "")
    if plain.isalnum():
        return plain.lower()
    return text if text == "@id" else _PUNCTUATION.sub("", text.rpartition(":")[2].lower())


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
    meta = body.get("meta")
    named = meta.get("key") if isinstance(meta, Mapping) else None
    if isinstance(named, str) and isinstance(body.get(named), list):
        return named
    segments = unquote(urlsplit(url).path).strip("/").split("/")
    found = next((path for path in _ways(body, segments) if path is not None), None)
    if found is None:
        _refuse_errors(body, body)
        raise UnknownPagination(
            f"no list of rows in an object of {members(body)}; pass items= to say where they are"
        )
    return found


def _ways(body: Mapping[str, Any], segments: Sequence[str]) -> Iterator[str | None]:
    """What each way of finding rows finds, the surest first."""
    yield _asked_for(body, segments[-1])
    yield _decided(_candidates(body, segments, _BESIDE_ROWS))
    _refuse_errors(body, [name for name, value in body.items() if value])
    deep = _deep(body)
    yield deep[0] if len(deep) == 1 and _is_counted(body) else None
    yield _only_resource(body)
    if counts_none(body):
        yield ""  # SCIM, FHIR and X leave the list out where it is empty
    yield _null_rows(body, segments)
    unlikely = list(_candidates(body, segments, _NEVER_ROWS))
    yield _decided([*unlikely, *deep] if unlikely else ())
    yield _decided(_empty_lists(body, segments))


def _null_rows(body: Mapping[str, Any], segments: Sequence[str]) -> str | None:
    """A usual name of rows that is null beside something that leads on: Go's empty list."""
    nodes = [body, *(value for value in body.values() if isinstance(value, Mapping))]
    if not any(vocabulary.leads_on(normalized(name)) for node in nodes for name in node):
        return None
    null = {normalized(name): str(name) for name, value in body.items() if value is None}
    return next((null[name] for name in _known_names(segments) if name in null), None)


def _refuse_errors(body: Mapping[str, Any], telling: Iterable[str]) -> None:
    if any(normalized(name) in ("error", "errors") for name in telling):
        raise MalformedPage(f"the body reports an error instead of rows: {members(body)}")


def _only_resource(body: Mapping[str, Any]) -> str | None:
    """The only object with an identity, where nothing but metadata stands beside it.

    Zendesk's `{"ticket": {"id": 1, ...}}`, Strapi's `{"data": {"id": 1, ...}, "meta": {}}`.
    """
    objects = {str(name): value for name, value in body.items() if isinstance(value, Mapping)}
    found = [name for name, value in objects.items() if identity(value) is not None]
    others = [name for name in objects if name not in found]
    if (
        len(found) != 1
        or _lists(body, _BESIDE_ROWS)
        or any(not _is_container(n) or _is_envelope(objects[n]) for n in others)
    ):
        return None
    return found[0] if not others or not _is_container(found[0]) else None


def _decided(candidates: Iterable[str]) -> str | None:
    """The only candidate, None without any.

    Raises:
        UnknownPagination: There are several.
    """
    found = list(dict.fromkeys(candidates))
    if len(found) > 1:
        names_found = redact_text(", ".join(found))
        raise UnknownPagination(
            f"several lists could be the rows; pass items= one of {names_found}"
        )
    return found[0] if found else None


def _candidates(
    body: Mapping[str, Any], segments: Sequence[str], beside: frozenset[str]
) -> Iterator[str]:
    """The likeliest path alone, or all that are left when none stands out."""
    known_names = _known_names(segments)
    above: list[str] = []
    for level in _levels(body, _DEPTH, _wrapping(known_names)):
        for prefix, node in level:
            known = _known(node, known_names)
            if not above and known is None and _is_resource(node):
                _refuse_envelope(node, prefix, segments)
                yield prefix.rstrip(".")
                return
            if known is not None:
                yield from (*above, f"{prefix}{known}")
                return
        # A list of unknown name decides only where no usual one stands below; empty ones (errors
        # by another name, notices) not even then.
        if not above:
            left = [
                (f"{prefix}{n}", node[n]) for prefix, node in level for n in _lists(node, beside)
            ]
            if any(rows for _, rows in left):
                above = list(_connections(body, known_names, beside)) or [path for path, _ in left]
    yield from above or _connections(body, known_names, beside)


def _known_names(segments: Sequence[str]) -> vocabulary.Vocabulary:
    """What rows are called: as the URL says, else as usual."""
    in_url = [normalized(segment.partition(".")[0]) for segment in reversed(segments)]
    return dict.fromkeys([*filter(None, in_url), *_ROWS_NAMES]).keys()


def _wrapping(known_names: vocabulary.Vocabulary) -> Callable[[str], bool]:
    """Whether an object of a name may wrap the rows."""
    return lambda name: (plain := normalized(name)) in _WRAPPERS or plain in known_names


def _empty_lists(body: Mapping[str, Any], segments: Sequence[str]) -> Iterator[str]:
    for level in _levels(body, _DEPTH, _wrapping(_known_names(segments))):
        yield from (f"{prefix}{n}" for prefix, node in level for n in _lists(node, _NEVER_ROWS))


def _refuse_envelope(node: Mapping[str, Any], prefix: str, segments: Sequence[str]) -> None:
    """Raises where an identity may be a request's, beside one list of objects."""
    lists = [n for n in _lists(node, _BESIDE_ROWS) if node[n]]
    if str(identity(node)) in segments:
        return
    if len(lists) == 1 and isinstance(node[lists[0]][0], Mapping):
        path = f"{prefix}{lists[0]}"
        raise UnknownPagination(
            f"either one resource or the rows of {path!r}, which has an id beside it; "
            f"pass items={path!r}, or strategy=strategies.SinglePage(items="
            f"{prefix.rstrip('.')!r}) for the resource"
        )


def _known(node: Mapping[str, Any], known_names: vocabulary.Vocabulary) -> str | None:
    by_name = {normalized(name): name for name in reversed(_lists(node, frozenset()))}
    if known_names.isdisjoint(by_name):
        return None
    return next(by_name[name] for name in known_names if name in by_name)


def _lists(node: Mapping[str, Any], beside: frozenset[str]) -> list[str]:
    return [n for n, v in node.items() if isinstance(v, list) and normalized(n) not in beside]


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
    body: Mapping[str, Any], known_names: vocabulary.Vocabulary, beside: frozenset[str]
) -> Iterator[str]:
    """Lists that stand beside what leads on: GraphQL's connections, Discourse's `topic_list`."""
    for level in _levels(body, _CONNECTION_DEPTH):
        found = False
        for prefix, node in level:
            plain = {normalized(name) for name, value in node.items() if value is not False}
            if "pageinfo" in plain or any(map(vocabulary.leads_on, plain)):
                known = _known(node, known_names)
                lists = (
                    [known] if known is not None else [n for n in _lists(node, beside) if node[n]]
                )
                found = found or bool(lists)
                yield from (f"{prefix}{name}" for name in lists)
        if found:
            return


def _deep(body: Mapping[str, Any]) -> list[str]:
    """The lists of the first level that has any, whatever its name."""
    for level in _levels(body, _DEPTH):
        lists = [
            f"{prefix}{n}" for prefix, node in level for n in _lists(node, _BESIDE_ROWS) if node[n]
        ]
        if lists:
            return lists
    return []


def _is_counted(body: Mapping[str, Any]) -> bool:
    """Whether something in a body counts rows or pages, as it does around a listing.

    Without a count it would rather be a single resource: Flickr's `photos.photo` stands beside
    `photos.total`, the `status.conditions` of Kubernetes beside nothing of the kind.
    """
    return any(
        vocabulary.stands_around_rows(normalized(name))
        for level in _levels(body, _DEPTH)
        for _, node in level
        for name in node
    )


def counts_none(body: Any) -> bool:
    """Whether the page says that there are no rows, as `totalResults: 0` does."""
    if not isinstance(body, Mapping):
        return False
    around = [v for n, v in body.items() if vocabulary.is_container(normalized(n))]
    return any(
        value in (0, "0")
        and not isinstance(value, bool)
        and vocabulary.counts_rows(normalized(name))
        for node in (body, *around)
        if isinstance(node, Mapping)
        for name, value in node.items()
    )


def rows_of_pair(body: Any) -> int | None:
    """Where the rows are in a list of two that is rows and what is said about them, else None.

    The World Bank's `[{"page": 1, "pages": 7}, [...]]`
    (https://datahelpdesk.worldbank.org/knowledgebase/articles/898581), and
    prisma-extension-pagination's `[[...], {"pageCount": 7}]`.
    """
    if not isinstance(body, list) or len(body) != 2:
        return None
    for place in (1, 0):
        rows, about = body[place], body[1 - place]
        if isinstance(about, Mapping) and (isinstance(rows, list) or _is_none_of(rows, about)):
            return place
    return None


def _is_none_of(rows: Any, about: Any) -> bool:
    return rows is None and any(vocabulary.stands_around_rows(normalized(name)) for name in about)


def _asked_for(body: Mapping[str, Any], segment: str) -> str | None:
    """The path of the resource whose identity the URL ends with, None if there is none.

    Only down to where lists begin: beside the fixtures of league 39 stands the league.
    """
    wanted = {segment, segment.partition(".")[0]} - {""}
    for level in _levels(body, _RESOURCE_DEPTH, lambda name: not _is_container(name)):
        for prefix, node in level:
            named = [n for n, v in node.items() if isinstance(v, (str, int)) and str(v) in wanted]
            if any(_IDENTIFYING.fullmatch(normalized(name)) for name in named):
                return prefix.rstrip(".")
        if any(_lists(node, _BESIDE_ROWS) for _, node in level):
            return None
    return None


def _is_container(name: str) -> bool:
    plain = normalized(name)
    return plain not in _WRAPPERS and vocabulary.is_container(plain)


def _is_resource(node: Mapping[str, Any]) -> bool:
    """Whether an object is one resource, and the lists in it are its own.

    It has an identity, and it is no envelope: no flag, link or wrapped list stands in it.
    """
    if identity(node) is None or "jsonrpc" in node:
        return False
    for name, value in node.items():
        plain = normalized(name)
        leads_on = vocabulary.leads_on(plain) and (value or vocabulary.is_more(plain))
        is_wrapper = plain in _WRAPPERS or vocabulary.is_container(plain)
        if leads_on or (is_wrapper and isinstance(value, Mapping) and _is_envelope(value)):
            return False
    return True


def _is_envelope(node: Mapping[str, Any]) -> bool:
    """Whether something in a wrapper or container is of the kind that stands around rows."""
    nodes = [inner for level in _levels(node, 2) for _, inner in level]
    has_list = any(isinstance(value, list) for value in node.values())
    return has_list or any(
        vocabulary.stands_around_rows(normalized(n)) for each in nodes for n in each
    )


def identity(node: Any) -> Any:
    """What a resource is known by, None for an object without."""
    if not isinstance(node, Mapping):
        return None
    named = [value for name, value in node.items() if normalized(name) in _IDENTITIES]
    scalars = [v for v in named if isinstance(v, (str, int)) and not isinstance(v, bool)]
    return next((value for value in scalars if value != ""), None)


def members(body: Mapping[str, Any]) -> str:
    """The names in an object, for messages."""
    return redact_text(", ".join(map(repr, list(body)[:12]))) or "nothing"
