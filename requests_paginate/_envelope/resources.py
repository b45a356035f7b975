"""Tell a single resource, an object with lists of its own, from an envelope around rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit

from requests_paginate._envelope import counted_envelopes, members, nodes, signs, vocabulary
from requests_paginate._envelope.candidates import Asked, Candidate, Verdict
from requests_paginate._envelope.vocabulary import IDENTITIES, normalize_name
from requests_paginate._failures import ERRORS
from requests_paginate._paths import is_count
from requests_paginate._redaction import redact_text
from requests_paginate.exceptions import UnknownPagination

# What the end of a URL may identify. `status` and `type` may stand there, too, but select rows.
_IDENTIFYING = re.compile(r".*(?:id|slug|uuid|number|code|key|sha|login|handle|sku|symbol)")


def find_identity(node: Any) -> Any:
    """Return the identity of a resource, or None for an object without one."""
    if not isinstance(node, Mapping):
        return None
    named = [value for name, value in node.items() if normalize_name(name) in IDENTITIES]
    scalars = [v for v in named if isinstance(v, (str, int)) and not isinstance(v, bool)]
    return next((value for value in scalars if value != ""), None)


def find_requested_resource(
    body: Mapping[str, Any], url: str, asked: Asked = Asked.ANYTHING
) -> str | None:
    """Return the path of the resource that a URL identifies, or None.

    Levels below the first one with a list are not searched: in the fixtures of league 39, each row
    holds the league.

    Raises:
        UnknownPagination: What the URL identifies may be an envelope as well.
    """
    wanted = _list_requested(url)
    for level in nodes.walk_levels(body, 3, lambda name: not _is_container(name)):
        for prefix, node in level:
            named = {
                n: v for n, v in node.items() if isinstance(v, (str, int)) and str(v) in wanted
            }
            identity = [v for n, v in named.items() if _IDENTIFYING.fullmatch(normalize_name(n))]
            if identity:
                found = Candidate(
                    node=node, url=url, identity=identity[0], is_requested=True, asked=asked
                )
                is_listing = prefix and found.rows_name and _leads_on(body, url, prefix)
                if prefix and found.rows_name:
                    beside = _judge_beside(body, found, prefix)
                    if beside is Verdict.DOUBTFUL or (is_listing and not found.has_usual_rows):
                        _refuse_doubt(found, prefix)
                    is_listing = is_listing or beside is Verdict.ROWS
                return (
                    prefix.rstrip(".") if not is_listing and _is_resource(found, prefix) else None
                )
        if any(nodes.find_lists(node, nodes.BESIDE_ROWS) for _, node in level):
            return None
    return None


def find_only_resource(
    body: Mapping[str, Any], url: str = "", asked: Asked = Asked.ANYTHING
) -> str | None:
    """Return the name of the only object with an identity, if all else in the body is metadata.

    Examples are `{"ticket": {"id": 1, ...}}` of Zendesk and `{"data": {"id": 1, ...}, "meta": {}}`
    of Strapi.
    """
    objects = {str(name): value for name, value in body.items() if isinstance(value, Mapping)}
    found = [name for name, value in objects.items() if find_identity(value) is not None]
    others = [name for name in objects if name not in found]
    if len(found) != 1 or nodes.find_lists(body, nodes.BESIDE_ROWS):
        return None
    if normalize_name(found[0]) in ERRORS or _leads_on(body, url, f"{found[0]}."):
        return None
    if members.is_wrapper(found[0]) and _is_envelope(objects[found[0]], url, asked):
        return None  # its list is empty, or it had been found before
    if any(not _is_container(name) or members.is_envelope(objects[name]) for name in others):
        return None
    return found[0] if not others or not _is_container(found[0]) else None


def _is_envelope(node: Mapping[str, Any], url: str, asked: Asked) -> bool:
    candidate = _find_candidate(node, url, asked)
    if candidate is None or candidate.only_list is None:
        return False
    return signs.judge(candidate) is Verdict.ROWS


def is_resource(
    node: Mapping[str, Any], url: str, prefix: str = "", asked: Asked = Asked.ANYTHING
) -> bool:
    """Return whether an object is one resource, so that the lists in it are its own.

    Raises:
        UnknownPagination: It may be one, or an envelope around rows.
    """
    if asked is Asked.LISTING:
        return False
    candidate = _find_candidate(node, url, asked)
    return candidate is not None and _is_resource(candidate, prefix)


def is_empty_listing(body: Any, url: str) -> bool:
    """Return whether a body without a list is a listing without rows, and no resource."""
    if not members.says_no_rows(body):
        return False
    candidate = _find_candidate(body, url)
    return candidate is None or signs.judge(candidate) is Verdict.ROWS


def _find_candidate(
    node: Mapping[str, Any], url: str, asked: Asked = Asked.ANYTHING
) -> Candidate | None:
    """Return an object with an identity as it is to be judged, or None without one."""
    identity = find_identity(node)
    if identity is None:
        return None
    is_requested = str(identity) in _list_requested(url)
    return Candidate(node=node, url=url, identity=identity, is_requested=is_requested, asked=asked)


def _list_requested(url: str) -> set[str]:
    """Return what the end of a URL may identify."""
    segment = unquote(urlsplit(url).path).strip("/").rpartition("/")[2]
    return {segment, segment.partition(".")[0]} - {""}


def _is_resource(candidate: Candidate, prefix: str) -> bool:
    verdict = signs.judge(candidate)
    if verdict is Verdict.DOUBTFUL:
        _refuse_doubt(candidate, prefix)
    return verdict is Verdict.RESOURCE


def _refuse_doubt(candidate: Candidate, prefix: str) -> NoReturn:
    lists = nodes.find_lists(candidate.node, nodes.BESIDE_ROWS)
    lists = lists or nodes.find_lists(candidate.node, nodes.NEVER_ROWS)
    paths = [f"{prefix}{n}" for n in lists if candidate.rows_name in (None, n)] or [
        f"{prefix}{name}.{n}"
        for name, inner in candidate.node.items()
        if isinstance(inner, Mapping)
        for n in nodes.find_lists(inner, nodes.BESIDE_ROWS)
    ]
    raise UnknownPagination(
        f"either one resource or the rows of {redact_text(' or '.join(map(repr, paths)))}, with "
        f"an id beside; pass items={redact_text(repr(paths[0]))}, or "
        f"strategy=strategies.SinglePage(items={prefix.rstrip('.')!r}) for the resource"
    )


def _leads_on(body: Mapping[str, Any], url: str, prefix: str) -> bool:
    """Return whether a link, a token or a flag beside an object says that more rows follow."""
    beside = {name: value for name, value in body.items() if not prefix.startswith(f"{name}.")}
    is_onward = signs.judge_continuation(Candidate(node=beside, url=url)) is Verdict.ROWS
    flags = (plain for plain, value, _ in members.list_members(beside) if value is True)
    return is_onward or any(map(vocabulary.is_more_flag, flags))


def _judge_beside(body: Mapping[str, Any], found: Candidate, prefix: str) -> Verdict | None:
    """Return what the numbers beside an object that the URL identifies say of the list in it."""
    name = str(found.rows_name)
    rows = found.node[name]
    beside = {n: value for n, value in body.items() if not prefix.startswith(f"{n}.")}
    pages = vocabulary.TOTAL_PAGES
    numbers = [
        int(value)
        for plain, value, about in members.list_members(beside)
        if about and is_count(value) and (vocabulary.is_row_count(plain) or plain in pages)
    ]
    if max(numbers, default=0) <= min(len(rows), 1):
        return None  # the one object itself may be counted
    candidate = replace(found, node={**beside, name: rows})
    judges = (signs.judge_total, signs.judge_count, counted_envelopes.judge_position)
    verdicts = [each(candidate) for each in judges]
    verdict = next((each for each in verdicts if each is not None), None)
    return Verdict.DOUBTFUL if verdict is Verdict.ROWS and not found.has_usual_rows else verdict


def _is_container(name: str) -> bool:
    """Return whether an object of a name holds pagination, and no rows."""
    plain = normalize_name(name)
    return plain not in nodes.WRAPPERS and vocabulary.is_container(plain)
