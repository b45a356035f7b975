"""Gather the values beside the rows of a page, and the fields of its request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

from requests_paginate._envelope import vocabulary
from requests_paginate._envelope.members import is_ended
from requests_paginate._envelope.rows import find_rows_of_pair
from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate._models import PageRequest
from requests_paginate._paths import decode_object, read_path, read_whole
from requests_paginate._urls import are_written_links, name_relation, parse_link_header
from requests_paginate.exceptions import MalformedPage

Values = dict[str, list[tuple[str, Any]]]  # by normalized name: (path, value), nearest first

_MOST_NAMES = 10_000
_DEEPEST = 16  # of the objects that the rows are in
_MOST_LINKS = 50
_LONGEST_NAME = 200  # characters; what paths are made of
_PLAIN_SIZES = frozenset({"count", "limit", "maxresults", "pagesize", "perpage", "take", "top"})
_RELATIONS = frozenset({"rel", "relation", "ref", "type"})  # the last two are Scopus', Navitia's
_LABELS = frozenset({"id", "key", "label", "name", "text", "title"})  # in a list of links
# Objects of a JSON body that are about pages alone, and what a page number is called in them.
_PAGE_FAMILIES = frozenset({"page", "pager", "paging", "pagination", "pg"})
_PAGE_NUMBERS = frozenset({"number", "no", "num", "index", "current"})
_FAMILY = re.compile(r"(?P<family>\w+)(?:\[|\.)(?P<inner>\w+)\]?")
_VARIABLE = re.compile(r"\b(\w+)\s*:\s*\$(\w+)")
_ABOUT_PAGES = re.compile(
    r"after|bookmark|continu|count|cursor|entries|found|has-|is-(?:end|final|last)|items|marker|match"
    r"|more|next|num|object|pag[ei]|range|record|remain|resource|result|resume|rows|scroll|search|size|skip|total|trunc"
)
# Names of a body that headers have, too.
_HEADER_NAMES = {
    *vocabulary.TOTALS, *vocabulary.TOTAL_PAGES, *vocabulary.NUMBERS, *vocabulary.ECHOED_SIZES,
    *vocabulary.COUNTS,
}  # fmt: skip
# Names of numbers, and of no tokens.
_COUNTS = _HEADER_NAMES | {*vocabulary.OFFSETS}
# Names that only an object about pages holds, whatever it is called.
_PAGE_NAMES = frozenset(
    (*vocabulary.TOTAL_PAGES, *vocabulary.PLAIN_NUMBERS, "itemsperpage", "offset", "pagesize",
     "perpage", "resultsperpage", "skip", "startindex")
)  # fmt: skip
# What a summary of money holds, whose `total` is an amount.
_AMOUNTS = frozenset({"amount", "balance", "currency", "currencycode", "price", "subtotal", "tax"})


def gather_values(body: Any, headers: Mapping[str, str], rows: Any, place: str) -> Values:
    """Return the values beside the rows, breadth first, then those of the headers."""
    found: Values = {}
    _gather_body(found, body, rows, place)
    _gather_headers(found, headers)
    for name in _COUNTS & found.keys():  # a token may be "5.0"
        found[name] = [(path, read_whole(value)) for path, value in found[name]]
    return found


def select_pagination_headers(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Return the headers if one of them may be about pages, else none."""
    return headers if any(map(_may_be_about_pages, headers)) else {}


@lru_cache(maxsize=1024)  # an API sends the same headers with every response
def _may_be_about_pages(header: str) -> bool:
    return _ABOUT_PAGES.search(header.lower()) is not None


def _gather_body(found: Values, body: Any, rows: Any, rows_path: str) -> None:
    """Add the values of a body, which is searched as deep as the rows and three levels more.

    Numbers of rows count only at the root, around the rows, and in objects about pages beside
    those: the `_shards.total` of Elasticsearch and a `usage.total` count something else.
    """
    resource = normalize_name(rows_path.rpartition(".")[2]).removesuffix("s")
    level: list[tuple[str, Any, bool]] = [("", body, True)]
    if (pair := find_rows_of_pair(body)) is not None:
        level = [(f"{1 - pair}.", body[1 - pair], True)]
    elif isinstance(body, list) and rows_path[:1].isdecimal():  # an envelope in a list
        head = rows_path.partition(".")[0]
        level = [(f"{head}.", read_path(body, head), True)]
    ancestors = _list_ancestors(rows_path)
    for depth in range(len(ancestors) + 4):
        deeper: list[tuple[str, Any, bool]] = []
        for prefix, node, counts_rows in level:
            for name, value in node.items() if isinstance(node, Mapping) else ():
                if value is rows or len(str(name)) > _LONGEST_NAME:
                    continue
                path, plain = f"{prefix}{name}", normalize_name(str(name))
                if not counts_rows and _is_number_of_rows(plain):
                    continue
                _gather_links(found, path, value)
                if isinstance(value, list) and not _is_list_of_tokens(plain, value):
                    continue
                found.setdefault(plain, []).append((path, value))
                # MusicBrainz: `release-count` and `release-offset` beside `releases`
                if resource and plain.startswith(resource) and plain != resource:
                    found.setdefault(plain[len(resource) :], []).append((path, value))
                if isinstance(value, Mapping) and (
                    depth == 0 or vocabulary.is_container(plain) or path in ancestors
                ):
                    if vocabulary.is_continuation(plain) and is_ended(value):
                        continue  # its `offset: 0` is not that of the page
                    is_near = path in ancestors or (
                        counts_rows and _may_count_rows(plain, value, rows_path, resource)
                    )
                    deeper.append((f"{path}.", value, is_near))
        level = deeper


def _may_count_rows(plain: str, node: Mapping[Any, Any], rows_path: str, resource: str) -> bool:
    """Return whether an object beside the rows, or around them, may hold their number."""
    names = {normalize_name(str(name)) for name in node}
    if "summary" in plain and not names.isdisjoint(_AMOUNTS):
        return False
    # `userInfo` beside `users` tells of them
    own = re.sub(f"^{re.escape(resource)}s?", "", plain) if resource else plain
    if vocabulary.may_count_rows(plain) or vocabulary.may_count_rows(own):
        return True
    is_about_pages = not names.isdisjoint(_PAGE_NAMES) or any(
        map(vocabulary.is_continuation, names)
    )
    # The place of the rows may be unknown: they are a callable's.
    return (is_about_pages or not rows_path) and not vocabulary.counts_others(plain)


def _is_number_of_rows(plain: str) -> bool:
    """Return whether a name says how many rows there are, or remain."""
    is_count = vocabulary.is_row_count(plain) or vocabulary.is_suspicious_count(plain)
    return (is_count or "remaining" in plain) and not vocabulary.is_continuation(plain)


def _is_list_of_tokens(plain: str, values: list[Any]) -> bool:
    """Return whether a list is a continuation, such as the keys of CouchDB, or an ended one."""
    is_onward = vocabulary.is_continuation(plain) or vocabulary.is_suspicious_token(plain)
    return is_onward and not (values and isinstance(values[0], (Mapping, list)))


def _gather_links(found: Values, path: str, value: Any) -> None:
    """Add the links of a value that is a link or a list of them, in any form."""
    is_link = isinstance(value, Mapping) and has_link_target(value)
    if is_link or isinstance(value, list):
        _gather_relations(found, path, [value] if is_link else value)
    if value and "link" in path.lower():
        _gather_written_links(found, path, value)


def _gather_relations(found: Values, path: str, values: list[Any]) -> None:
    """Add the links of a list: by link relation, by their own name, or the list of one relation.

    The relation is the `rel` of PayPal, a list of them in Siren, the `relation` of FHIR. A list of
    links may stand under a relation in HAL (draft-kelly-json-hal section 4.1.1). Lists of links
    have it under other names, too: Laravel's `label` is "Next &raquo;".
    """
    plain = normalize_name(path.rpartition(".")[2])
    is_of_links = "link" in plain or "pag" in plain
    is_of_labels = is_of_links and plain != "pages"
    first = values[0] if values and isinstance(values[0], Mapping) else {}
    if plain in vocabulary.NEXT_LINKS and has_link_target(first):
        found.setdefault(plain, []).append((path, values))
    for value in values[:_MOST_LINKS] if len(found) < _MOST_NAMES else ():
        for name in value if isinstance(value, Mapping) else ():
            plain = normalize_name(str(name))
            if plain in _RELATIONS:
                relations = value[name] if isinstance(value[name], list) else [value[name]]
                for relation in relations[:_MOST_LINKS]:
                    if isinstance(relation, str) and relation:
                        place = f"{path}[{name}={relation}]"
                        found.setdefault(_name_relation(relation), []).append((place, value))
            elif is_of_labels and plain in _LABELS and _name_relation(value[name]) == "next":
                place = f"{path}[{name}={value[name]}]"
                target = (f"{place}.value", value["value"]) if "value" in value else (place, value)
                found.setdefault("next", []).append(target)
            elif is_of_links and plain in vocabulary.NEXT_LINKS:
                found.setdefault(plain, []).append((f"{path}[{name}]", value[name]))
        if is_of_links and isinstance(value, list) and len(value) == 2:  # ["next", "?page=2"]
            plain = _name_relation(value[0])
            if isinstance(value[0], str) and plain in vocabulary.NEXT_LINKS:
                found.setdefault(plain, []).append((f"{path}[{value[0]}]", value[1]))


def _gather_written_links(found: Values, path: str, value: Any) -> None:
    """Add the link to the next page of a text, or of texts, in the form of a Link header."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not are_written_links(texts):
        return
    with suppress(MalformedPage):  # a text in markup
        links = parse_link_header(", ".join(texts))
        targets = [link.target for link in links if "next" in link.relations]
        if targets:
            found.setdefault("next", []).append((path, targets[0]))


def _name_relation(relation: Any) -> str:
    """Return the plain name of a relation, which may be an IRI of IANA, or words for people."""
    text = re.sub(r"&#?\w+;", "", str(relation)[:_LONGEST_NAME])
    return normalize_name(name_relation(text))


def has_link_target(node: Mapping[Any, Any]) -> bool:
    """Return whether an object has a name for the URL of a link, such as `href`."""
    return any(normalize_name(str(name)) in vocabulary.LINK_TARGETS for name in node)


def _gather_headers(found: Values, headers: Mapping[str, str]) -> None:
    """Add the values of headers, and of the JSON objects in headers."""
    for header, value in headers.items():
        plain = _name_header(header)
        if plain:
            found.setdefault(plain, []).append((header, value))
        elif re.fullmatch(vocabulary.HEADER_OBJECTS, header):
            for name, inner in (decode_object(value) or {}).items():
                found.setdefault(normalize_name(name), []).append((f"{header}.{name}", inner))


@lru_cache(maxsize=1024)  # as above
def _name_header(header: str) -> str:
    """Return the normalized name of what a header tells of pages; "" if it tells nothing."""
    if (token := re.fullmatch(vocabulary.HEADER_TOKENS, header)) is not None:
        return normalize_name(token["name"])
    flag = re.fullmatch(vocabulary.HEADER_FLAGS, header)
    if flag is not None and vocabulary.is_flag(normalize_name(flag["name"])):
        return normalize_name(flag["name"])
    plain = normalize_name(re.sub(vocabulary.HEADER_PREFIX, "", header, count=1))
    return plain if plain in _HEADER_NAMES or vocabulary.is_filtered_count(plain) else ""


def _list_ancestors(path: str) -> set[str]:
    pieces = path.split(".", _DEEPEST)
    return {".".join(pieces[:count]) for count in range(1, len(pieces))}


def read_sent_fields(request: PageRequest) -> dict[str, tuple[str, Any]]:
    """Return the request's parameters and JSON fields by normalized name: (name, value).

    `page[number]`, `paginacao.paginaAtual` and `{"options": {"offset": 0}}` are found under their
    inner names, too. Of a GraphQL query the variables are found, by the arguments that take them.
    """
    body = request.json if isinstance(request.json, Mapping) else {}
    if is_graphql_query(request):
        variables = body.get("variables") or {}
        return {
            normalize_name(argument): (f"variables.{variable}", variables.get(variable, ""))
            for argument, variable in reversed(_VARIABLE.findall(body["query"]))
        }
    nested = [*_list_nested(body)]
    sent = {normalize_name(path.rpartition(".")[2]): (path, value) for path, value in nested}
    for path, value in nested:  # {"page": {"number": 1, "size": 3}}
        around, inner = map(normalize_name, path.split(".")[-2:])
        if around in _PAGE_FAMILIES and inner in _PAGE_NUMBERS:
            sent["pagenumber"] = (path, value)
    for name, value in (*body.items(), *request.query().items()):
        if isinstance(value, Mapping):
            continue
        family = _FAMILY.fullmatch(str(name))
        if family is not None and normalize_name(family["family"]) in vocabulary.FAMILIES:
            sent[normalize_name(family["inner"])] = str(name), value
        sent[normalize_name(str(name))] = str(name), value
    if {"first", "max"} <= sent.keys():  # Keycloak, as JPA's setFirstResult and setMaxResults
        sent["firstresult"] = sent["first"]
    return sent


def _list_nested(fields: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the fields of those objects in a JSON body that hold a page size: (path, value).

    Other objects are filters, such as `{"price": {"from": 0}}`.
    """
    for name, inner in fields.items():
        if isinstance(inner, Mapping) and prefix.count(".") < 3:
            path = f"{prefix}{name}."
            yield from _list_nested(inner, path)
            has_size = not _PLAIN_SIZES.isdisjoint(normalize_name(str(each)) for each in inner)
            if has_size or normalize_name(str(name)) in vocabulary.FAMILIES:
                yield from ((f"{path}{each}", value) for each, value in inner.items())


def is_graphql_query(request: PageRequest) -> bool:
    """Return whether a request is a GraphQL query, whose positions are variables."""
    body = request.json
    query = body.get("query") if isinstance(body, Mapping) else None
    return isinstance(query, str) and "{" in query and "}" in query
