"""Detectors of links: in the Link header, and in the body under a name that leads on.

A link under a name like `next` is followed wherever it leads. Other names lead elsewhere in some
APIs. A link of such a name is followed only to the listing's own path, with another query.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from requests_paginate._detection import link_names
from requests_paginate._detection.evidence import Evidence, is_link, is_token
from requests_paginate._detection.fields import has_link_target
from requests_paginate._envelope import vocabulary
from requests_paginate._envelope.members import is_ended
from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate._models import Page, PageRequest
from requests_paginate._paths import is_count, is_end_marker
from requests_paginate._urls import decode_header, find_links_of, rebase_link, resolve_link
from requests_paginate.exceptions import MalformedPage, PaginationError
from requests_paginate.strategies import LinkHeader, NextLink, Strategy

_ANNOTATION = re.compile(r"(?:^|\.)@[^@]*\.([\w-]+)$")  # `@iot.nextLink`
# Links where a proxy takes Link away, or by their provider's name: X-Link, Links, X-Acme-Link.
_LINK_HEADER = re.compile(r"(?i)(?!link$)(?:\w+-)*links?")
_PAGE_RELATIONS = ("next", "prev", "previous", "first", "last")
_OF_A_FIELD = re.compile(r"[\w\]]@[^.]*\.[^.]*$")  # `Orders@odata.nextLink` is of a row's own list


class FoundLink(NamedTuple):
    """A link beside the rows, and how surely it leads to the next page: 0 is the surest."""

    rank: int
    path: str
    link: str


def detect_link_header(evidence: Evidence) -> Iterator[Strategy]:
    """A Link header (RFC 8288) with the relation next, or else with prev, first or last."""
    header, relations = find_link_header(evidence.page)
    if relations:
        total = evidence.find_total(has_next="next" in relations)
        yield LinkHeader(items=evidence.items, total=total, header=header)


def find_link_header(page: Page) -> tuple[str, dict[str, str]]:
    """Return the header whose links lead to other pages, and their targets by their relations.

    It is Link, unless another one such as X-Link has a link to the next page, or the only ones.
    """
    url = page.url or page.request.url
    found = {"Link": _list_page_relations(url, page.header("Link"))}
    for name, value in page.headers.items():
        if _LINK_HEADER.fullmatch(name) and value[:1] == "<":
            with suppress(MalformedPage):  # nothing says that it has this form
                found[name] = _list_page_relations(url, value)
    return max(found.items(), key=lambda each: ("next" in each[1], bool(each[1])))


def _list_page_relations(url: str, header: str | None) -> dict[str, str]:
    links = find_links_of(url, decode_header(header)) if header is not None else ()
    targets = {relation: link.target for link in links for relation in link.relations}
    return {name: targets[name] for name in _PAGE_RELATIONS if name in targets}


def detect_next_link(evidence: Evidence) -> Iterator[Strategy]:
    """A URL under a name like next, or in an object there; or null, beside other links."""
    found = find_next_link(evidence)
    path, link = (None, "") if found is None else (found.path, found.link)
    if path is None and not _has_other_continuation(evidence):
        path = _find_ended_link(evidence)
    if path is None:
        return
    query = PageRequest("GET", link).query()
    total = evidence.find_total(has_next=found is not None)
    yield NextLink(
        path,
        items=evidence.items,
        total=total,
        more=evidence.more_flag,
        page_param=_find_counter(query, vocabulary.PAGE_PARAMS),
        offset_param=_find_counter(query, vocabulary.OFFSETS) if total else None,
    )


def find_next_link(evidence: Evidence) -> FoundLink | None:
    """Return the link that surely leads to the next page, or None."""
    found = [link for link in find_links(evidence) if _is_certain(evidence, link)]
    return min(found, key=lambda link: link.rank, default=None)  # the first of the surest


def find_links(evidence: Evidence) -> Iterator[FoundLink]:
    """Yield the links whose names do not say that they lead elsewhere; the usual names first."""
    usual = [name for name in vocabulary.NEXT_LINKS if name in evidence.found]
    for name in dict.fromkeys([*usual, *evidence.found]):
        for path, value in evidence.found[name]:
            annotation = _ANNOTATION.search(path)
            plain = name if annotation is None else normalize_name(annotation[1])
            rank = link_names.rank_name(plain)
            if rank is None and _is_link_by_place(plain, path, value):
                rank = 2
            if rank is None or _OF_A_FIELD.search(path):
                continue
            if is_link(value):
                yield FoundLink(rank, path, value)
            elif (target := find_target(value)) is not None:
                yield FoundLink(rank, *_join(path, *target))


def _is_link_by_place(name: str, path: str, value: Any) -> bool:
    """Return whether a value is a link because it stands among links: `_links.right.href`."""
    above = normalize_name(path.rpartition(".")[0].rpartition(".")[2])
    is_link_object = isinstance(value, Mapping) and has_link_target(value)
    return "link" in above and is_link_object and not link_names.leads_elsewhere(name)


def find_target(value: Any) -> tuple[str, str] | None:
    """Return the URL of a link object and its name, such as HAL's `href` or Travis' `@href`.

    Of a list of links it is that of the first; an only text has the empty name.
    """
    if isinstance(value, list):
        value = value[0] if value else None
        if is_link(value):
            return "", value
    if not isinstance(value, Mapping) or value.get("templated"):
        return None
    targets = [n for n in value if normalize_name(str(n)) in vocabulary.LINK_TARGETS]
    return next(((str(n), value[n]) for n in targets if is_link(value[n])), None)


def _join(path: str, name: str, link: str) -> tuple[str, str]:
    return (f"{path}.{name}" if name else path), link


def _is_certain(evidence: Evidence, found: FoundLink) -> bool:
    if found.rank == 0:
        return True
    target = _resolve(evidence, found.link)
    added = _list_added_parameters(evidence, target)
    if found.rank == 1:
        return bool(added) or _is_page_below(evidence, target)
    is_own = target.hostname == _locate(evidence).hostname
    return is_own and any(_leads_on(evidence, *pair) for pair in added)


def describe_doubtful(evidence: Evidence, name: str, path: str, link: str) -> str | None:
    """Return where a link leads that may lead to the next page, in words; None if it does not.

    Where the name says only that it is a link, the query must have a number or a position, because
    `export_url` may lead to the same rows in another format. `more_url` beside the rows may lead to
    another path.
    """
    target = _resolve(evidence, link)
    added = _list_added_parameters(evidence, target)
    is_named_link = link_names.is_named_link(name)
    here = _locate(evidence)
    if is_named_link and link_names.rank_name(name) == 2:
        if target.hostname != here.hostname:
            return None
        added = [pair for pair in added if _leads_on(evidence, *pair) or _is_number(pair[1])]
    if added:
        return "links to the same path with another query"
    is_beside_rows = path.rpartition(".")[0] in ("", evidence.place.rpartition(".")[0])
    is_elsewhere = _plain_path(target) not in ("", _plain_path(here))
    # GitHub's `following_url` leads to whom a user follows
    is_own = name.startswith("following") and re.search(r"/following(?:$|[{/])", target.path)
    if is_own:
        return None
    if is_named_link and is_beside_rows and is_elsewhere and target.hostname == here.hostname:
        return "links to another path" if link_names.rank_name(name) == 1 else None
    return None


def _locate(evidence: Evidence) -> SplitResult:
    return urlsplit(evidence.page.url or evidence.page.request.url)


def _is_number(value: str) -> bool:
    return is_count(value) and int(value) > 1


def _resolve(evidence: Evidence, link: str) -> SplitResult:
    """Return where a link leads; nowhere if it only looks like a URL."""
    base = evidence.page.url or evidence.page.request.url
    try:
        return urlsplit(resolve_link(base, rebase_link(base, link)))
    except (PaginationError, ValueError):
        return urlsplit("")


def _is_page_below(evidence: Evidence, target: SplitResult) -> bool:
    """Return whether a path goes on from the listing's own to a number: `/posts/page/2`."""
    here = _plain_path(_locate(evidence))
    path = _plain_path(target)
    return path.startswith(f"{here}/") and re.search(r"\d", path[len(here) :]) is not None


def _list_added_parameters(evidence: Evidence, target: SplitResult) -> list[tuple[str, str]]:
    """Return what the query of a link to the page's own path has, and that of the page has not."""
    here, request = _locate(evidence), evidence.page.request
    if _plain_path(target) != _plain_path(here):
        return []
    sent = {*parse_qsl(here.query, True), *((n, str(v)) for n, v in request.query().items())}
    return [pair for pair in parse_qsl(target.query, True) if pair not in sent]


def _plain_path(url: SplitResult) -> str:
    return unquote(url.path).rstrip("/")


def _leads_on(evidence: Evidence, name: str, value: str) -> bool:
    """Return whether a parameter of a link names a place after this page."""
    plain = normalize_name(name)
    if plain not in vocabulary.POSITIONS:
        plain = normalize_name(re.split(r"[\[.]", name)[-1])  # page[offset]
    counts_pages = plain in vocabulary.PAGE_PARAMS
    if is_count(value) and (counts_pages or plain in vocabulary.OFFSETS):
        sent = evidence.sent.get(plain, ("", ""))[1]
        return int(value) > (int(sent) if is_count(sent) else int(counts_pages))
    is_backward = "before" in plain
    return plain in vocabulary.POSITIONS and value != "" and not is_backward


def _has_other_continuation(evidence: Evidence) -> bool:
    """Return whether something else than a link says that more rows follow.

    Links of nestjs-typeorm-paginate may be empty although more pages follow.
    """
    tokens = [found.value for found in evidence.find_all(vocabulary.TOKENS)]
    onward = [value for value in tokens if not is_end_marker(value) and not is_link(value)]
    if evidence.has_more or any(map(is_token, onward)):
        return True
    pages = evidence.find(vocabulary.TOTAL_PAGES, lambda value: is_count(value) and int(value) > 1)
    return pages is not None and evidence.find(vocabulary.NUMBERS, is_count) is not None


def _find_ended_link(evidence: Evidence) -> str | None:
    """Return the path of a link that is null on an only page: {"next": null, "previous": null}.

    Other signs of an end are as good, and in a link object they stand in the place of the URL.
    """
    if evidence.found.keys().isdisjoint(vocabulary.NEXT_LINKS):
        return None
    is_beside_rows = "." not in evidence.place
    siblings = {"previous", "prev", "self", "count"} & evidence.found.keys()
    if not is_beside_rows and not siblings:
        return None
    links = [name for name in vocabulary.NEXT_LINKS if "cursor" not in name]
    ended = evidence.find(links, _is_ended_link)
    return ended.path if ended else None


def _is_ended_link(value: Any) -> bool:
    is_link_object = not isinstance(value, Mapping) or not value or has_link_target(value)
    return is_link_object and is_ended(value)


def _find_counter(query: Mapping[str, Any], names: vocabulary.Vocabulary) -> str | None:
    return next((n for n in query if normalize_name(n) in names and is_count(query[n])), None)
