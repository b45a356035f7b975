"""Find what on a first page says that more follows, and what an API says there at the end.

A merged response holds all rows. So a loop that its reader wrote must end after it, as after the
last page. That page shows how: its link is null or left out, its flag is false, or "N". A
token that stays is that of the last page: with it a reader asks for what comes later. What only
looks like pagination stays: a value has to lead on, or to count pages, and to differ at the end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from requests_paginate._detection.evidence import Evidence, gather_evidence
from requests_paginate._envelope import vocabulary
from requests_paginate._envelope.members import is_ended
from requests_paginate._listing.envelope import REMOVED, Envelope, Keys
from requests_paginate._models import Page, UnreadRows, copy_with
from requests_paginate._paths import (
    ABSENT,
    decode_object,
    find_keys,
    is_count,
    read_path,
)
from requests_paginate._urls import parse_link_header
from requests_paginate.strategies import Strategy

# Fields of strategies that are no continuation: they say where a page stands.
_OF_PLACES = frozenset({"number", "start"})
_ONWARD = frozenset({"next", "last"})  # link relations that lead to pages after the first
_LAST_PAGE = re.compile(r"last\w*page(?:number|index)?")


@dataclass(frozen=True, kw_only=True)
class Changes:
    """New values of a first page that holds all rows; `REMOVED` stands for what is left out.

    Attributes:
        body: By the names and places in lists that lead to a value.
        headers: By the name of a header, or of a header and a field of the JSON in it.
        losses: The names of lists beside the rows that other pages have others of.
    """

    body: dict[Keys, Any] = field(default_factory=dict)
    headers: dict[str, Any] = field(default_factory=dict)
    losses: list[str] = field(default_factory=list)


def find_changes(first: Page, last: Page, strategy: Strategy, *, pages: int, rows: int) -> Changes:
    """Return what has to change on the first of so many pages, with so many rows in all."""
    path = getattr(strategy.items, "path", None) or ""
    evidence = gather_evidence(copy_with(first, items=UnreadRows()), path)
    known: dict[str, Any] = {}
    own = {*strategy.list_paths()}
    for place, is_flag in _list_places(evidence, strategy):
        is_own = place in own
        if is_flag:
            change = _end_flag(first, last, place, is_own=is_own)
        else:
            # after a flag that ends it, a token leads nowhere
            stays = is_own and strategy.more is None
            change = _end_token(first, last, place, is_own=is_own, stays=stays)
        if change is not ABSENT:
            known.setdefault(place.lstrip("!"), change)
    for place, value in _close_page_counts(evidence, strategy, pages):
        known.setdefault(place, value)
    changes = Changes()
    for place, value in known.items():
        if read_path(first.body, place) is ABSENT:
            changes.headers[place] = value
        else:
            changes.body[find_keys(first.body, place)] = value
    envelope = Envelope(first, last, find_keys(first.body, path), rows)
    for keys, value in envelope.find_changes():
        changes.body.setdefault(keys, value)
    changes.losses.extend(envelope.find_losses())
    return changes


def close_headers(headers: MutableMapping[str, str], changes: Mapping[str, Any]) -> None:
    """Make the changes of headers, and take the links that lead on out of the Link header."""
    if "Link" in headers:
        _close_link_header(headers)
    for place, value in changes.items():
        header, _, name = place.partition(".")
        if place in headers:
            _set(headers, place, value)
        elif name and (fields := decode_object(headers.get(header))) is not None:
            changed = dict(fields)
            _set(changed, name, value)
            headers[header] = json.dumps(changed)


def _close_page_counts(
    evidence: Evidence, strategy: Strategy, pages: int
) -> Iterator[tuple[str, Any]]:
    """Yield the paths of what counts the pages, and what stands there if there is one.

    It does if the strategy says so, if it stands beside the number of the page, or if it equals
    the number of pages that came. The last page's number is the first page's own then.
    """
    own = {*_list_own(strategy, "total_pages")}
    numbers = {
        path.rpartition(".")[0]: value
        for name in vocabulary.NUMBERS
        for path, value in evidence.found.get(name, ())
        if is_count(value)
    }
    for name, values in evidence.found.items():
        is_last = _LAST_PAGE.fullmatch(name) is not None
        for path, value in values if is_last or name in vocabulary.TOTAL_PAGES else ():
            beside = numbers.get(path.rpartition(".")[0])
            is_known = path in own or beside is not None
            if is_count(value) and int(value) >= 1 and (is_known or int(value) == pages):
                one = min(1, int(beside)) if is_last and beside is not None else 1
                yield path, str(one) if isinstance(value, str) else one
    for path in own:
        if is_count(value := evidence.page.lookup(path)):
            yield path, "1" if isinstance(value, str) else 1


def _list_places(evidence: Evidence, strategy: Strategy) -> Iterator[tuple[str, bool]]:
    """Yield the paths of flags, links and tokens, with `!` for a flag that marks the last page.

    The second of each pair says whether it is a flag.
    """
    own = [name for name in strategy.reads if name not in {*_OF_PLACES, "total_pages", "more"}]
    yield from ((path, True) for path in _list_own(strategy, "more"))
    yield from ((path, False) for path in _list_own(strategy, *own))
    flags = {path for _, path in evidence.flags}
    for name, path in evidence.flags:
        if re.fullmatch(vocabulary.LAST, name) is not None:
            yield f"!{path}", True
        elif vocabulary.is_more_flag(name):
            yield path, True
    for name, values in evidence.found.items():
        if vocabulary.is_continuation(name) or (name in vocabulary.TOKENS and "next" in name):
            yield from ((path, False) for path, _ in values if path not in flags)


def _list_own(strategy: Strategy, *names: str) -> Iterator[str]:
    """Yield the paths in those fields of a strategy that name places in the response."""
    for name in names:
        written = getattr(strategy, name, None)
        if name in strategy.reads and written:
            yield from (written,) if isinstance(written, str) else written


def _end_flag(first: Page, last: Page, place: str, *, is_own: bool) -> Any:
    """Return what stands in a flag's place when nothing follows; `ABSENT` where it stays."""
    path = place.lstrip("!")
    if not first.flag(place):
        return ABSENT
    if (said := last.lookup(path)) is ABSENT:
        return REMOVED
    if last.flag(place) is False:
        return said
    return _negate(first.lookup(path), is_set=place.startswith("!")) if is_own else ABSENT


def _end_token(first: Page, last: Page, path: str, *, is_own: bool, stays: bool) -> Any:
    """Return the same for the place of a link or a token."""
    value, said = first.lookup(path), last.lookup(path)
    if value is ABSENT or is_ended(value):
        return ABSENT
    if said is ABSENT:
        return REMOVED
    if is_ended(said) or (stays and said != value):
        return said  # the end, or where a reader asks for what comes later
    # what stands in an object has a path of its own
    is_constant = said == value and not is_own
    return ABSENT if is_constant or isinstance(value, Mapping) else None


def _negate(value: Any, *, is_set: bool) -> Any:
    if isinstance(value, str):
        return str(is_set).lower()
    return is_set if isinstance(value, bool) else int(is_set)


def _set(fields: MutableMapping[str, Any], name: str, value: Any) -> None:
    """Set a field, or a header, which is a text."""
    if value is REMOVED or (value is None and isinstance(fields.get(name), str)):
        del fields[name]
    elif isinstance(fields[name], str):
        fields[name] = value if isinstance(value, str) else json.dumps(value)
    else:
        fields[name] = value


def _quote(text: str) -> str:
    """Return a text as a quoted string (RFC 9110 section 5.6.4)."""
    return '"{}"'.format(text.replace("\\", "\\\\").replace('"', '\\"'))


def _close_link_header(headers: MutableMapping[str, str]) -> None:
    """Take the links to further pages out of a Link header: to the next one, and to the last."""
    links = parse_link_header(headers["Link"])
    kept = [link for link in links if _ONWARD.isdisjoint(link.relations)]
    if len(kept) == len(links):
        return
    written = [
        "; ".join([f"<{link.target}>", *(f"{n}={_quote(v)}" for n, v in link.parameters.items())])
        for link in kept
    ]
    if written:
        headers["Link"] = ", ".join(written)
    else:
        del headers["Link"]
