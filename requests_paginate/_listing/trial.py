"""Try the likely names of a parameter on the second page.

Detection often guesses the name of a parameter. The next name is tried if the server ignored this
one (the first page came again), refused it (400 or 422), or perhaps took it for a filter that no
row passes (the page is empty).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from requests_paginate import exceptions
from requests_paginate._listing.page_checker import Candidate, Reading
from requests_paginate._models import PageRequest
from requests_paginate.strategies import Strategy

_FAILURES = (exceptions.InconsistentListing, exceptions.MalformedPage, exceptions.PageFailed)


class Trial:
    """Read the second page by one candidate after the other, likeliest first, until one fits.

    Attributes:
        has_failed: Whether the server ignored or refused every candidate.
    """

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        self.has_failed = False
        self._candidates = candidates

    def run(self, read: Callable[[Strategy, PageRequest], Reading]) -> Reading:
        """Return the page as the first fitting candidate reads it.

        Raises:
            PaginationError: Every candidate failed, or one for another reason than its name.
        """
        empty: Reading | None = None
        *others, last = self._candidates
        for candidate in others:
            try:
                reading = read(*candidate)
                if not _is_inconclusive(reading):
                    return reading
                empty = empty or reading
            except _FAILURES as error:
                if not _is_about_name(error):
                    if empty is not None:
                        return empty
                    raise
        try:
            return read(*last)
        except _FAILURES as error:
            if empty is not None:
                return empty
            if not _is_about_name(error):
                raise
            self.has_failed = True
            failure = exceptions.append_text(error, self._describe_names())
        raise failure

    def _describe_names(self) -> str:
        """Say which parameters were tried, and how the caller names the right one."""
        tried = [strategy for strategy, _ in self._candidates if strategy.needs]
        parameters = dict.fromkeys(repr(getattr(each, each.needs[0])) for each in tried)
        kinds = {type(each): f"strategies.{each.renamed('...')!r}" for each in reversed(tried)}
        return (
            f"tried the parameter{'s' * (len(parameters) > 1)} {', '.join(parameters)}; if the API "
            "has another name for it, pass strategy="
            f"{' or '.join(reversed(kinds.values()))} with that name"
        )


def _is_about_name(error: exceptions.PaginationError) -> bool:
    """Return whether another name may help: the parameter was ignored, or is a bad request."""
    if isinstance(error, exceptions.InconsistentListing):
        return error.is_repeat
    status = getattr(error.response, "status_code", 0)
    return isinstance(error, exceptions.PageFailed) and status in (400, 422)


def _is_inconclusive(reading: Reading) -> bool:
    """Return whether a page is empty, perhaps because its parameter was taken for a filter."""
    page = reading.page
    is_end = page.next is None and not reading.strategy.is_standing(page)
    return is_end and not page.items
