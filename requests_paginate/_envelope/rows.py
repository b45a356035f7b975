"""Find the rows in a body if nobody said where they are.

Rows are found by name and place, never by length: the longest list changes from page to page. If
several lists could be the rows, an error asks the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from requests_paginate._envelope import bare_lists, members, nodes, outcomes, resources, vocabulary
from requests_paginate._envelope.candidates import Asked, names_onward_link
from requests_paginate._envelope.vocabulary import Vocabulary, normalize_name
from requests_paginate._failures import ERRORS, read_words
from requests_paginate._paths import describe_type, read_path
from requests_paginate.exceptions import MalformedPage, UnknownPagination

_DEPTH = 4  # Walmart nests list.elements.order
_CONNECTION_DEPTH = 8  # GraphQL queries are nested deeply


def find_rows(body: Any, url: str, asked: Asked = Asked.ANYTHING) -> str:
    """Return the path of the rows in a body; the empty path for a bare list.

    The URL helps: `/tickets.json` probably answers with `tickets`. An object at the path is a
    single resource: it is the only row, whatever lists are in it. There is none if a listing was
    asked for.

    Raises:
        MalformedPage: The body is neither a list nor an object, or reports an error.
        UnknownPagination: There is no list in it, or several that could be the rows.
    """
    if isinstance(body, list):
        if (place := find_rows_of_pair(body)) is not None:
            return str(place)
        bare_lists.refuse_envelope(body)
        return ""
    if not isinstance(body, Mapping):
        raise MalformedPage(f"expected a list or an object of rows, got {describe_type(body)}")
    # Twilio: {"meta": {"key": "conversations"}, "conversations": [...]}
    meta = body.get("meta")
    named = meta.get("key") if isinstance(meta, Mapping) else None
    if isinstance(named, str) and isinstance(body.get(named), list):
        return named
    found = next((path for path in _try_all_ways(body, url, asked) if path is not None), None)
    if found is None:
        if not ERRORS.isdisjoint(map(normalize_name, body)):
            _refuse_failure(f"the names {nodes.describe_members(body)}")
        if all(map(outcomes.is_outcome, map(normalize_name, body))) and outcomes.says_something(
            body
        ):
            raise MalformedPage(f"expected rows; the page says: {read_words(body)}")
        raise UnknownPagination(
            f"no list of rows in an object of {nodes.describe_members(body)}; pass items= to say "
            "where they are"
        )
    return found


def _try_all_ways(body: Mapping[str, Any], url: str, asked: Asked) -> Iterator[str | None]:
    """Yield what each way of finding rows finds, the surest way first."""
    is_listing = asked is Asked.LISTING
    yield None if is_listing else resources.find_requested_resource(body, url, asked)
    yield _choose(_find_candidates(body, url, nodes.BESIDE_ROWS, asked))
    _refuse_failure(outcomes.find_error(body))
    deep = _find_lists_at_any_depth(body)
    empty = _find_empty_lists(body, url, nodes.BESIDE_ROWS)
    # Without pagination the body is rather a single resource: the `photos.photo` of Flickr stands
    # beside `photos.total`, and the `status.conditions` of Kubernetes beside no count.
    is_sought = (is_listing and not empty) or members.has_pagination(body, _DEPTH)
    if len(deep) == 1 and is_sought:
        yield _choose_deep(body, deep[0], empty)
    yield None if is_listing else resources.find_only_resource(body, url, asked)
    _refuse_failure(outcomes.find_failure(body))
    yield _find_null_rows(body, url)
    if members.says_no_rows(body):
        yield empty[0] if len(empty) == 1 else ""  # SCIM, FHIR and X leave out an empty list
    unlikely = _find_candidates(body, url, nodes.NEVER_ROWS, asked)
    if unlikely:
        # `{"columns": ["a", "b"], "accounts": []}`: an empty list is the listing
        named = empty or _find_lists_beside_pages(body) or unlikely
        named = [*unlikely, *empty] if _hold_things(body, unlikely) else named
        yield _choose([*named, *deep])
    yield _choose(empty)
    if beside := _find_empty_lists(body, url, nodes.NEVER_ROWS):
        yield _choose(deep or beside)  # it is no empty listing where another list has rows
    yield _choose(_find_lists_beside_pages(body))


def _choose(candidates: Iterable[str]) -> str | None:
    """Return the only candidate, or None if there is none; raise if there are several."""
    found = list(dict.fromkeys(candidates))
    if len(found) > 1:
        names = nodes.describe_paths(found)
        raise UnknownPagination(f"several lists could be the rows; pass items= one of {names}")
    return found[0] if found else None


def _choose_deep(body: Mapping[str, Any], deep: str, empty: list[str]) -> str | None:
    """Return a list deeper down, unless it is a filter's and an empty list is the listing."""
    if empty and members.has_zero_count(body):
        return None
    is_of_objects = isinstance(_read_first(body, deep), Mapping)
    return deep if is_of_objects else _choose([*empty, deep])


def _refuse_failure(failure: str | None) -> None:
    if failure is not None:
        raise MalformedPage(f"the body reports an error instead of rows, at {failure}")


def _find_candidates(
    body: Mapping[str, Any], url: str, beside: frozenset[str], asked: Asked
) -> list[str]:
    """Return the likeliest path alone, or all but those beside the rows if none stands out."""
    row_names = _list_row_names(url)
    above: list[str] = []
    for level in nodes.walk_levels(body, _DEPTH, _wraps_rows(row_names)):
        for prefix, node in level:
            name = _find_named_list(node, row_names)
            if name is not None:
                return [*above, f"{prefix}{name}"]
            if not above and resources.is_resource(node, url, prefix, asked):
                return [prefix.rstrip(".")]
        # A list of another name counts only if no list of a usual name stands below it. An empty
        # one may hold errors or notices, so it does not count even then.
        if not above:
            lists = _find_nonempty_level(level, beside)
            above = (_find_connections(body, row_names, beside) or lists) if lists else []
    return above or _find_connections(body, row_names, beside)


def _list_row_names(url: str) -> Vocabulary:
    """Return what rows may be called, likeliest first: what the URL says, then usual names."""
    return dict.fromkeys([*_read_url(url), *nodes.ROWS_NAMES]).keys()


def _read_url(url: str) -> list[str]:
    """Return the normalized names in a path, the last one first."""
    segments = unquote(urlsplit(url).path).strip("/").split("/")
    named = (normalize_name(segment.partition(".")[0]) for segment in reversed(segments))
    return list(filter(None, named))


def _wraps_rows(row_names: Vocabulary) -> Callable[[str], bool]:
    return lambda name: (plain := normalize_name(name)) in nodes.WRAPPERS or plain in row_names


def _find_named_list(node: Mapping[str, Any], row_names: Vocabulary) -> str | None:
    by_name = {normalize_name(name): name for name in reversed(nodes.find_lists(node))}
    if row_names.isdisjoint(by_name):
        return None
    return next(by_name[name] for name in row_names if name in by_name)


def _find_nonempty_level(level: nodes.Level, beside: frozenset[str]) -> list[str]:
    """Return the paths of all lists of a level, if one of them has rows."""
    found = [
        (f"{prefix}{n}", node[n]) for prefix, node in level for n in nodes.find_lists(node, beside)
    ]
    return [path for path, _ in found] if any(rows for _, rows in found) else []


def _find_connections(
    body: Mapping[str, Any], row_names: Vocabulary, beside: frozenset[str]
) -> list[str]:
    """Return the lists beside a continuation: GraphQL's connections, Discourse's `topic_list`."""
    for level in nodes.walk_levels(body, _CONNECTION_DEPTH):
        found: list[str] = []
        for prefix, node in level:
            plain = {normalize_name(name) for name, value in node.items() if value is not False}
            if "pageinfo" in plain or any(map(vocabulary.is_continuation, plain)):
                named = _find_named_list(node, row_names)
                lists = [n for n in nodes.find_lists(node, beside) if node[n]]
                found += [f"{prefix}{n}" for n in (lists if named is None else [named])]
        if found:
            return found
    return []


def _find_lists_at_any_depth(body: Mapping[str, Any]) -> list[str]:
    """Return the lists with rows of the first level that has any, whatever their names."""
    for level in nodes.walk_levels(body, _DEPTH):
        lists = [
            f"{prefix}{n}"
            for prefix, node in level
            for n in nodes.find_lists(node, nodes.BESIDE_ROWS)
            if node[n]
        ]
        if lists:
            return lists
    return []


def _find_null_rows(body: Mapping[str, Any], url: str) -> str | None:
    """Return a list that is null, as Go writes empty lists; the null of a resource is none.

    Its name is usual, and beside it stands a continuation or nothing but metadata. Or the URL ends
    with its name: `{"name": "o/i", "tags": null}` at `/v2/o/i/tags/list`.
    """
    names, in_url = _list_row_names(url), _read_url(url)[:2]
    leads_on = members.has_continuation(body, or_ended=True)
    for level in nodes.walk_levels(body, _DEPTH, _wraps_rows(names)):
        for prefix, node in level:
            null = {
                normalize_name(name): str(name)
                for name, value in node.items()
                if value is None and normalize_name(name) not in nodes.NEVER_ROWS
            }
            usual = next((null[name] for name in names if name in null), None)
            if usual is None and len(null) == 1:  # Docker: {"repositories": null}
                usual = next((name for plain, name in null.items() if plain.endswith("s")), None)
            others = {name: value for name, value in node.items() if name != usual}
            is_alone = all(map(members.is_about, others, others.values()))
            if usual is not None and (leads_on or is_alone):
                return f"{prefix}{usual}"
            named = next((null[name] for name in in_url if name in null), None)
            if named is not None and named.endswith("s") and len(null) == 1:
                return f"{prefix}{named}"
    return None


def _hold_things(body: Mapping[str, Any], paths: list[str]) -> bool:
    """Return whether lists hold things with an identity, as no list of notices or columns does."""
    return any(resources.find_identity(_read_first(body, path)) is not None for path in paths)


def _read_first(body: Mapping[str, Any], path: str) -> Any:
    """Return the first row of a list, or None; a path that holds an empty name leads nowhere."""
    rows = read_path(body, path)
    return rows[0] if rows and isinstance(rows, list) else None


def _find_empty_lists(body: Mapping[str, Any], url: str, beside: frozenset[str]) -> list[str]:
    """Return all lists where rows may stand, empty ones included."""
    levels = nodes.walk_levels(body, _DEPTH, _wraps_rows(_list_row_names(url)))
    objects = (each for level in levels for each in level)
    return [f"{at}{n}" for at, node in objects for n in nodes.find_lists(node, beside)]


def _find_lists_beside_pages(body: Mapping[str, Any]) -> list[str]:
    """Return the empty lists in objects that are about pages: `more_topics_url` beside `topics`."""
    return [
        f"{prefix}{name}"
        for level in nodes.walk_levels(body, _DEPTH)
        for prefix, node in level
        if members.has_pagination(node, 1) or any(map(names_onward_link, map(normalize_name, node)))
        for name in nodes.find_lists(node, nodes.BESIDE_ROWS)
    ]


def find_rows_of_pair(body: Any) -> int | None:
    """Return the place of the rows in a list of rows and metadata, or None if it is none.

    Examples are `[{"page": 1, "pages": 7}, [...]]` of the World Bank
    (https://datahelpdesk.worldbank.org/knowledgebase/articles/898581), and
    `[[...], {"pageCount": 7}]` of prisma-extension-pagination.
    """
    if not isinstance(body, list) or len(body) != 2:
        return None
    for place in (1, 0):
        rows, metadata = body[place], body[1 - place]
        if not isinstance(metadata, Mapping):
            continue
        if isinstance(rows, list) or (rows is None and members.has_pagination(metadata, 1)):
            return place
    return None
