"""Find what on a first page says that more follows, and what an API says there at the end.

A merged response holds all rows. So a loop that its reader wrote must end after it, as after the
last page. That page shows how: its link is null or left out, its flag is false, or "N". Only where
a last page does not show it, as with a token that stays, null is written, or the flag's opposite.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

from requests_paginate._detection.evidence import Evidence, gather_evidence
from requests_paginate._envelope import vocabulary
from requests_paginate._envelope.members import is_ended
from requests_paginate._models import Page, UnreadRows, copy_with
from requests_paginate._paths import ABSENT, decode_object, is_count, read_flag, read_path
from requests_paginate._urls import parse_link_header
from requests_paginate.strategies import Strategy

REMOVED = object()  # in the place of a value

# Fields of strategies that are no continuation: they say where a page stands.
_OF_PLACES = frozenset({"number", "start"})
_ONWARD = frozenset({"next", "last"})  # link relations that lead to pages after the first


def find_changes(first: Page, last: Page, strategy: Strategy) -> dict[str, Any]:
    """Return the new values of a first page that holds all rows, by path or name of a header.

    `REMOVED` stands for what is left out.
    """
    path = getattr(strategy.items, "path", None)
    evidence = gather_evidence(copy_with(first, items=UnreadRows()), path)
    changes: dict[str, Any] = {}
    for place in (*_list_page_counts(evidence), *_list_own(strategy, "total_pages")):
        value = first.lookup(place)
        if is_count(value) and int(value) > 1:
            changes[place] = "1" if isinstance(value, str) else 1
    for flag in (*_list_flags(evidence), *_list_own(strategy, "more")):
        if flag.lstrip("!") not in changes and first.flag(flag):
            changes[flag.lstrip("!")] = _end_flag(first, last, flag)
    others = [name for name in strategy.reads if name not in {*_OF_PLACES, "total_pages", "more"}]
    for place in (*_list_continuations(evidence), *_list_own(strategy, *others)):
        value, said = first.lookup(place), last.lookup(place)
        if place in changes or value is ABSENT or is_ended(value):
            continue
        if said is ABSENT:
            changes[place] = REMOVED
        elif is_ended(said):
            changes[place] = said
        elif not isinstance(value, Mapping):  # what stands in an object is listed, too
            changes[place] = None
    return changes


def close_headers(
    headers: MutableMapping[str, str], body: Any, changes: Mapping[str, Any]
) -> dict[str, Any]:
    """Make those changes that are of headers, and return those of the body."""
    if "Link" in headers:
        _close_link_header(headers)
    in_body = {}
    for place, value in changes.items():
        header, _, field = place.partition(".")
        if read_path(body, place) is not ABSENT:
            in_body[place] = value
        elif place in headers:
            _set(headers, place, value)
        elif field and (fields := decode_object(headers.get(header))) is not None:
            fields = dict(fields)
            _set(fields, field, value)
            headers[header] = json.dumps(fields)
    return in_body


def _list_page_counts(evidence: Evidence) -> Iterator[str]:
    for found in evidence.find_all(vocabulary.TOTAL_PAGES):
        yield found.path


def _list_flags(evidence: Evidence) -> Iterator[str]:
    """Yield the paths of has-more flags, with `!` for those that mark the last page."""
    for name, path in evidence.flags:
        if re.fullmatch(vocabulary.LAST, name) is not None:
            yield f"!{path}"
        elif vocabulary.is_more_flag(name):
            yield path


def _list_continuations(evidence: Evidence) -> Iterator[str]:
    flags = {path for _, path in evidence.flags}
    for name, values in evidence.found.items():
        if vocabulary.is_continuation(name):
            yield from (path for path, _ in values if path not in flags)


def _list_own(strategy: Strategy, *names: str) -> Iterator[str]:
    """Yield the paths in those fields of a strategy that name places in the response."""
    for name in names:
        written = getattr(strategy, name, None)
        if name in strategy.reads and written:
            yield from (written,) if isinstance(written, str) else written


def _end_flag(first: Page, last: Page, flag: str) -> Any:
    """Return what stands in the place of a flag that says that more follows."""
    path = flag.lstrip("!")
    value, said = first.lookup(path), last.lookup(path)
    if said is ABSENT:
        return REMOVED
    if last.flag(flag) is False:
        return said
    is_set = flag.startswith("!")
    if isinstance(value, bool) or read_flag(value) is None:
        return is_set
    return type(value)(is_set) if not isinstance(value, str) else str(is_set).lower()


def _set(fields: MutableMapping[str, Any], name: str, value: Any) -> None:
    """Set a field, or a header, which is a text."""
    if value is REMOVED or (value is None and isinstance(fields.get(name), str)):
        del fields[name]
    elif isinstance(fields[name], str):
        fields[name] = value if isinstance(value, str) else json.dumps(value)
    else:
        fields[name] = value


def _close_link_header(headers: MutableMapping[str, str]) -> None:
    """Take the links to further pages out of a Link header: to the next one, and to the last."""
    links = parse_link_header(headers["Link"])
    kept = [link for link in links if _ONWARD.isdisjoint(link.relations)]
    if len(kept) == len(links):
        return
    written = [
        "; ".join([f"<{link.target}>", *(f'{n}="{v}"' for n, v in link.parameters.items())])
        for link in kept
    ]
    if written:
        headers["Link"] = ", ".join(written)
    else:
        del headers["Link"]
