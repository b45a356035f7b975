"""Try the likely names of a parameter on the second page.

Detection often guesses the name of a parameter. The next name is tried if the server ignored this
one (the first page came again), refused it (400 or 422), or perhaps took it for a filter that no
row passes (the page is empty). Equal rows without ids, under a new token, count as the first page
if another name leads to them, too. A refusal that speaks of something else than the parameter is
no question of its name. If every name fails, the likeliest one's refusal is shown: those of the
others only say that they are unknown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from requests_paginate import exceptions
from requests_paginate._detection.sizes import list_sizes_asked
from requests_paginate._listing.consistency import describe_repeat, says_its_position
from requests_paginate._listing.reading import Candidate, Reading
from requests_paginate._models import Page, PageRequest
from requests_paginate.strategies import Offset, PageNumber, Strategy
from requests_paginate.strategies.parameters import place_value, read_sent_number

_MOST_CANDIDATES = 16  # strategies to try at most; a page full of numbers could suggest hundreds
_FAILURES = (exceptions.InconsistentListing, exceptions.MalformedPage, exceptions.PageFailed)
_LONGEST_REFUSAL = 20_000  # bytes; more are no message
# What is said of parameters that a server does not know, or of a request as a whole.
_OF_PARAMETERS = re.compile(
    r"additional propert|argument|bad[ _-]?request|constraint|extra|field|malformed|missing|no such"
    r"|not (?:allowed|defined|expected|known|permitted|recogni[sz]ed)|param|pars(?:e|ing)|propert"
    r"|query|required|schema|syntax|unexpected|unknown|unprocessable|unrecogni[sz]ed|validat"
    r"|invalid[ _-]?(?:input|key|option|request)"
)
# What is said of a listing, an account or another parameter, whatever else is said.
_OF_SOMETHING_ELSE = re.compile(
    r"\b(?:deep(?:er)? pag|not (?:permitted|allowed) beyond|suspend|blocked|subscription"
    r"|first \d[\d,.]* (?:rows|records|results|documents|items)|beyond \d|exceed|expired"
    r"|too (?:deep|far|large|many (?:records|requests|results|rows))|quota|permission|upgrade"
    r"|exclusive (?:argument|parameter)|no other (?:argument|parameter)|cannot be combined)"
)
# What is said of a parameter that must go along with one that the server knows.
_NEEDED = re.compile(
    r"(?:must|has to|have to|needs? to|should) be (?:given|passed|present|provided|sent|set"
    r"|specified|supplied|used)|(?:is|are) (?:required|needed|mandatory)|\brequires?\b"
)
_ALONG = r"\b(?:along|for|if|in order|to use|together|using|when|whenever|while|with)\b.*\b"
_OF_A_VALUE = re.compile(r"expected|format|integer|invalid|must|number|valid|value|wrong")
_WORD = re.compile(r"[^\W\d_]{3,}")
_EMPTY_WORDS = {"error", "errors", "fail", "failed", "failure", "false", "none", "null", "true"}


class Trial:
    """Read the second page by one candidate after the other, likeliest first, until one fits.

    Attributes:
        has_failed: Whether the server ignored or refused every candidate.
    """

    def __init__(self, candidates: Sequence[Candidate], rows: int | None = None) -> None:
        """Take the candidates, and how many rows the first page has."""
        self.has_failed = False
        self._candidates = candidates
        self._rows = rows or 0

    def run(self, read: Callable[[Strategy, PageRequest], Reading]) -> Reading:
        """Return the page as the first fitting candidate reads it.

        Raises:
            PaginationError: Every candidate failed, or one for another reason than its name.
        """
        empty: Reading | None = None
        alike: list[Reading] = []
        refusal: exceptions.PaginationError | None = None
        for candidate in self._candidates:
            try:
                reading = read(*candidate)
                if reading.may_be_first:
                    alike.append(reading)
                elif not _is_inconclusive(reading):
                    return _count_from_one(reading, read) if reading.is_shifted else reading
                else:
                    empty = empty or reading
            except _FAILURES as error:
                if not _is_about_name(error, candidate[0]):
                    if empty is not None:
                        return empty
                    raise
                if not isinstance(refusal, exceptions.PageFailed):
                    refusal = error.with_traceback(None)  # which holds this frame
        if len(alike) == 1:
            return alike[0]  # only this name led to another token: its rows are equal by chance
        if empty is not None:
            return empty
        refusal = refusal or describe_repeat(self._candidates[0][0])
        self.has_failed = True
        raise exceptions.append_text(refusal, self._describe_names())

    def _describe_names(self) -> str:
        """Say which parameters were tried, and how the caller names the right one."""
        tried = [strategy for strategy, _ in self._candidates if strategy.needs]
        parameters = dict.fromkeys(repr(getattr(each, each.needs[0])) for each in tried)
        kinds = {
            type(each): f"strategies.{each.renamed('...')!r}"
            for each in map(self._forget_first, reversed(tried))
        }
        asked = max(list_sizes_asked(self._candidates[0][1], or_ambiguous=True), default=0)
        clamp = (
            f"; {asked} rows were asked for and {self._rows} came, perhaps the most that the "
            f"server sends: ask for {self._rows}"
        )
        return (
            f"tried the parameter{'s' * (len(parameters) > 1)} {', '.join(parameters)}; if the API "
            "has another name for it, pass strategy="
            f"{' or '.join(reversed(kinds.values()))} with that name"
            + clamp
            * (0 < self._rows < asked)
        )

    def _forget_first(self, strategy: Strategy) -> Strategy:
        """Return a strategy without the number of the first page, if several were tried."""
        firsts = {each.first for each, _ in self._candidates if isinstance(each, PageNumber)}
        if isinstance(strategy, PageNumber) and len(firsts) > 1:
            return replace(strategy, first=PageNumber.first)
        return strategy


def _count_from_one(reading: Reading, read: Callable[[Strategy, PageRequest], Reading]) -> Reading:
    """Return the page as the same parameter leads to it if it counts from 1, not from 0.

    A page that begins with the last row of the first one was asked for one row too early. If the
    rows were only moved by a new one, the page stays. If the caller sent the first position, it is
    known where rows begin, and the page stays, too.
    """
    strategy, request = reading.strategy, reading.page.request
    first = reading.page.first_request
    if not isinstance(strategy, Offset) or first is None:
        return reading
    if read_sent_number(first, strategy.offset, -1) != -1:
        return reading
    current = read_sent_number(request, strategy.offset, 0)
    following = place_value(request, strategy.offset, current + 1)
    with suppress(exceptions.PaginationError):
        other = read(replace(strategy, first=1), following)
        if other.page.items and not other.may_be_first:
            return other
    return reading


def _is_about_name(error: exceptions.PaginationError, strategy: Strategy) -> bool:
    """Return whether another name may help: the parameter was ignored, or is a bad request."""
    if isinstance(error, exceptions.InconsistentListing):
        return error.is_repeat
    status = getattr(error.response, "status_code", 0)
    if not isinstance(error, exceptions.PageFailed) or status not in (400, 422):
        return False
    content = (getattr(error.response, "content", None) or b"")[:_LONGEST_REFUSAL]
    answer = content.decode("utf-8", "replace").lower()
    said = _read_texts(answer)
    words = {*_WORD.findall(said)} - _EMPTY_WORDS
    name = str(getattr(strategy, strategy.needs[0])).lower() if strategy.needs else ""
    if _OF_SOMETHING_ELSE.search(said) is not None or _needs_another(said, name):
        return False
    if len(words) < 2 or _OF_PARAMETERS.search(said) is not None:
        return True
    is_named = re.search(rf"\b{re.escape(name)}\b", answer) is not None
    return is_named and _OF_A_VALUE.search(said) is not None


def _needs_another(said: str, name: str) -> bool:
    """Return whether a parameter is wanted beside one that the server knows by this name."""
    known = re.escape(name)
    return (
        _NEEDED.search(said) is not None
        and (
            re.search(rf"{_ALONG}{known}\b", said) is not None
            or re.search(rf"\b{known} requires?\b", said) is not None
        )
        and "unknown" not in said
    )


def _read_texts(answer: str) -> str:
    """Return the texts in the body of a refusal, without the names of its fields."""
    try:
        return "\n".join(_find_texts(json.loads(answer)))
    except (ValueError, RecursionError):
        return answer


def _find_texts(body: Any) -> Iterator[str]:
    if isinstance(body, str):
        yield body
    elif isinstance(body, (list, Mapping)):
        for inner in body.values() if isinstance(body, Mapping) else body:
            yield from _find_texts(inner)


def _is_inconclusive(reading: Reading) -> bool:
    """Return whether a page is empty, perhaps because its parameter was taken for a filter.

    A page that says its own position, as it was asked for, was found by that parameter.
    """
    page, strategy = reading.page, reading.strategy
    if page.items or page.next is not None or strategy.is_standing(page):
        return False
    return not says_its_position(strategy, page)


def find_candidates(likely: Sequence[Strategy], page: Page) -> tuple[Candidate, ...]:
    """Return what else the first page allows; nothing for a later page, or if nothing follows."""
    if page.index > 0 or page.next is None:
        return ()
    found: list[Candidate] = []
    for strategy in likely[: _MOST_CANDIDATES - 1]:
        with suppress(exceptions.PaginationError):  # what can make no request is no candidate
            if (request := strategy.next(page)) is not None:
                found.append((strategy, request))
    return tuple(found)
