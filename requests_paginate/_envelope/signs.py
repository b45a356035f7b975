"""What says of an object with an identity whether it is an envelope around rows or one resource.

A folder, a FHIR Bundle and a list of Compute Engine have an identity, too. So what stands in the
object is asked in the order of `EVIDENCE`, and the first that knows decides. An identity is the
weakest evidence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from requests_paginate._envelope import members, nodes, vocabulary
from requests_paginate._envelope.candidates import (
    BARE_COUNTS,
    LINK,
    Asked,
    Candidate,
    Verdict,
    find_target,
    holds_rows,
    is_end,
    leads_to_same_listing,
    name_counts,
    names_onward_link,
)
from requests_paginate._envelope.counted_envelopes import judge_pages, judge_position
from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate._paths import is_count, read_flag

# What no thing has, were its list of texts: `nextToken`, `pagination_token`, `next_url`.
_OF_NEXT_PAGE = re.compile(r"next(?:page)?(?:token|cursor|marker|url|uri|href|link)|pag\w*token")
# Links by their names alone: a post's `next` is another post.
_LINK = re.compile(r".*(?:url|uri|href|link)")
# Tokens by their names alone: `next_id` and `next` may lead from one resource to another.
_TOKEN = re.compile(r".*(?:token|cursor|marker|page|offset|continu|resum|lastevaluated).*")
_CURSOR = re.compile(r"next\w*(?:token|cursor|marker)")
_NEXT = frozenset(vocabulary.NEXT_LINKS) - {"nextcursor"}


def judge(candidate: Candidate) -> Verdict:
    """Return what an object with an identity is, by the first evidence that knows."""
    verdicts = (evidence(candidate) for evidence in EVIDENCE)
    return next((verdict for verdict in verdicts if verdict is not None), Verdict.RESOURCE)


def judge_continuation(candidate: Candidate) -> Verdict | None:
    """A link to the same path with another query, or a token for the next page."""
    leads_elsewhere = False
    for name, value, is_about_pages in candidate.members:
        if not value or isinstance(value, bool) or not vocabulary.is_continuation(name):
            continue
        link = find_target(value) if isinstance(value, Mapping) else value
        if isinstance(link, str) and LINK.match(link) is not None:
            if _leads_on(link, candidate) and candidate.may_be_rows:
                return Verdict.ROWS
            leads_elsewhere = True
        elif is_about_pages and candidate.may_be_rows and _is_position(name, value, candidate):
            return Verdict.ROWS
    if any(_leads_on(link, candidate) for link in _list_links_of_lists(candidate)):
        return Verdict.DOUBTFUL if candidate.is_named else Verdict.ROWS
    lists = [n for n in nodes.find_lists(candidate.node, nodes.BESIDE_ROWS) if candidate.node[n]]
    return Verdict.DOUBTFUL if leads_elsewhere and lists and not candidate.is_named else None


def judge_flag(candidate: Candidate) -> Verdict | None:
    """A flag that says whether more rows follow."""
    for name, value, is_about_pages in candidate.members:
        # `next: 1` may be another resource's identity
        is_flag = isinstance(value, bool) or (name != "next" and read_flag(value) is not None)
        if not is_flag or not is_about_pages or not candidate.may_be_rows:
            continue
        # `last` may be a chapter's as well, `isLastPage` only that of a page
        is_end = isinstance(value, bool) and re.fullmatch(vocabulary.LAST, name) is not None
        is_clear = candidate.is_named and (candidate.has_usual_rows or "page" in name)
        if vocabulary.is_more_flag(name) or (is_end and is_clear):
            return Verdict.ROWS
    return None


def judge_total(candidate: Candidate) -> Verdict | None:
    """A total of the rows beside one list, or a total of 0 without any."""
    return _judge_number(candidate, vocabulary.TOTALS, "total")


def judge_count(candidate: Candidate) -> Verdict | None:
    """A count of the rows beside one list, or a count of 0 beside nothing but metadata."""
    return _judge_number(candidate, vocabulary.COUNTS, "count")


def judge_kind(candidate: Candidate) -> Verdict | None:
    """A kind that names a list, or rows in a wrapper: then the identity is the request's."""
    if candidate.is_requested:
        return None
    if "jsonrpc" in candidate.node or members.names_list(candidate.node):
        return Verdict.ROWS
    for name, value in candidate.node.items():
        if members.is_wrapper(name) and isinstance(value, Mapping) and members.is_envelope(value):
            return Verdict.ROWS
    return None


def judge_page(candidate: Candidate) -> Verdict | None:
    """An end marker, or a page that was asked for, beside an only list."""
    if (name := candidate.only_list) is None:
        ended = [] if candidate.is_named else _find_ended_below(candidate)
        is_doubtful = ended and (_are_of_pages(ended) or not candidate.has_own_values)
        return Verdict.DOUBTFUL if is_doubtful else None
    ended = [plain for plain, value, about in candidate.members if about and is_end(plain, value)]
    is_asked = candidate.asked is not Asked.ANYTHING
    if candidate.is_named:
        is_doubtful = is_asked and ended and holds_rows(candidate.node[name])
        return Verdict.DOUBTFUL if is_doubtful else None
    if is_asked and ended:
        return Verdict.ROWS
    if (is_asked or ended) and not candidate.has_own_values:
        # `next: null` beside the tags of a post says that it is the newest
        if holds_rows(candidate.node[name]) or _are_of_pages(ended):
            return Verdict.ROWS
        return Verdict.DOUBTFUL if candidate.asked is Asked.PLACE else None
    # a resource, fetched with parameters for all requests, may have no tags either
    is_doubtful = (is_asked or _are_of_pages(ended)) and holds_rows(candidate.node[name])
    is_doubtful = is_doubtful or any(map(_OF_NEXT_PAGE.fullmatch, ended))
    # but no post has a cursor
    is_doubtful = is_doubtful or any(map(_CURSOR.fullmatch, ended))
    return Verdict.DOUBTFUL if is_doubtful else None


def judge_identity(candidate: Candidate) -> Verdict | None:
    """An identity: one resource, unless a list of objects is beside it and no URL names it."""
    if candidate.is_named:
        is_ended = any(value is None and name in _NEXT for name, value, _ in candidate.members)
        is_ended = is_ended or candidate.asked is not Asked.ANYTHING
        is_usual = candidate.has_usual_rows
        # `{"id": "folder", "items": [...], "next": null}` may be a folder's last page
        return Verdict.DOUBTFUL if is_ended and is_usual else Verdict.RESOURCE
    lists = [n for n in nodes.find_lists(candidate.node, nodes.BESIDE_ROWS) if candidate.node[n]]
    is_one = len(lists) == 1 and holds_rows(candidate.node[lists[0]])
    return Verdict.DOUBTFUL if is_one else Verdict.RESOURCE


EVIDENCE: tuple[Callable[[Candidate], Verdict | None], ...] = (
    judge_continuation,
    judge_flag,
    judge_total,
    judge_count,
    judge_kind,
    judge_page,
    judge_pages,
    judge_position,
    judge_identity,
)


def _list_links_of_lists(candidate: Candidate) -> Iterator[str]:
    """Yield the links that lead on beside lists one level down: Discourse's `topic_list`."""
    for inner in candidate.node.values():
        if isinstance(inner, Mapping) and nodes.find_lists(inner, nodes.BESIDE_ROWS):
            for name, value in inner.items():
                link = find_target(value) if isinstance(value, Mapping) else value
                is_link = isinstance(link, str) and LINK.match(link) is not None
                if is_link and names_onward_link(normalize_name(name)):
                    yield link


def _find_ended_below(candidate: Candidate) -> list[str]:
    """Return the links that lead nowhere beside the only list in the only object in it."""
    inner = [value for value in candidate.node.values() if isinstance(value, (Mapping, list))]
    if len(inner) != 1 or not isinstance(inner[0], Mapping):
        return []
    if len(nodes.find_lists(inner[0], nodes.BESIDE_ROWS)) != 1:
        return []
    names = {normalize_name(name): value for name, value in inner[0].items()}
    return [name for name, value in names.items() if is_end(name, value)]


def _leads_on(link: str, candidate: Candidate) -> bool:
    return leads_to_same_listing(link, candidate.url, candidate.identity)


def _are_of_pages(names: list[str]) -> bool:
    """Return whether one of the names is a token's or a link's, which lead from page to page."""
    return any(_TOKEN.fullmatch(name) or _LINK.fullmatch(name) for name in names)


def _is_position(name: str, value: Any, candidate: Candidate) -> bool:
    """Return whether a value is a token or parameters of the next page."""
    if isinstance(value, Mapping):
        return any(normalize_name(inner) in vocabulary.POSITIONS for inner in value)
    return not candidate.is_requested or _TOKEN.fullmatch(name) is not None


def _judge_number(candidate: Candidate, names: vocabulary.Vocabulary, word: str) -> Verdict | None:
    """Judge by the numbers of some names, and by those that a word makes of the list's name."""
    rows_name = candidate.rows_name
    rows = candidate.node[rows_name] if rows_name is not None else []
    own = name_counts(rows_name or "", (word,))
    is_usual = candidate.has_usual_rows
    verdicts: list[Verdict | None] = []
    for name, value, is_about_pages in candidate.members:
        if not is_about_pages or not is_count(value) or int(value) < len(rows):
            continue
        if rows_name is None:
            if name in names and int(value) == 0 and _is_empty_listing(name, candidate):
                return Verdict.ROWS
        elif name in own:  # `comment_count` beside the comments of a story is the story's
            verdicts.append(Verdict.ROWS if is_usual else None)
        elif name in names and name not in BARE_COUNTS:
            is_clear = is_usual or not candidate.is_requested
            verdicts.append(Verdict.ROWS if is_clear else Verdict.DOUBTFUL)
        elif name in names and is_usual and not (candidate.is_money or isinstance(value, float)):
            verdicts.append(Verdict.DOUBTFUL if candidate.is_requested else Verdict.ROWS)
    found = (verdict for verdict in (Verdict.ROWS, Verdict.DOUBTFUL) if verdict in verdicts)
    return next(found, None)


def _is_empty_listing(name: str, candidate: Candidate) -> bool:
    """Return whether a count of 0 without a list is that of an empty listing."""
    if candidate.is_requested or nodes.has_rows(candidate.node, 2):
        return False
    is_plain = name not in BARE_COUNTS
    others = {
        name: value
        for name, value in candidate.node.items()
        if value is not None or normalize_name(name) not in nodes.ROWS_NAMES
    }
    return is_plain or all(map(members.is_about, others, others.values()))
