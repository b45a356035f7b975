"""What speaks against the end of a listing, and what of it was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from requests_paginate._listing.reading import Change
from requests_paginate.exceptions import PossiblyTruncated, doubt_end, warn


class Doubts:
    """The doubts of one listing, beside those that its position keeps.

    Attributes:
        contradiction: Why the last page cannot be the end, though nothing leads on from it.
        changes: What the pages said of changes for which rows may be missing, or be others.
    """

    def __init__(self) -> None:
        self.contradiction: str | None = None
        self.changes: tuple[str, ...] = ()
        self._untold: tuple[Change, ...] = ()
        self._is_end_told = False

    def add_page(self, contradiction: str | None, changes: Sequence[Change]) -> None:
        """Take note of what a page says."""
        self.contradiction, self._is_end_told = contradiction, False
        if changes:
            self.changes += tuple(change.text for change in changes if change.is_doubt)
            self._untold += tuple(changes)

    @property
    def is_contradicted(self) -> bool:
        """Whether the end cannot be one, and nobody was told."""
        return self.contradiction is not None and not self._is_end_told

    def tell_changes(self) -> None:
        """Warn of each change, once."""
        while self._untold:
            change, self._untold = self._untold[0], self._untold[1:]
            warn(change.text, change.category)

    def tell_end(self, doubts: Sequence[str], *, strict: bool) -> None:
        """Warn once of all doubts at the end of the listing.

        Raises:
            InconsistentListing: The server contradicts this end, or no doubt is allowed.
        """
        error = doubt_end("; ".join(doubts))
        if self.contradiction is not None:
            self._is_end_told = True
            raise error
        if strict:
            raise error
        untold = [doubt for doubt in doubts if doubt not in self.changes]
        if untold and not self._is_end_told:
            self._is_end_told = True
            warn("; ".join(untold), PossiblyTruncated)

    def save(self) -> dict[str, Any]:
        """Return what `restore` needs."""
        return dict(vars(self))

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Return to what was saved."""
        vars(self).update(saved)


def join_doubts(before: tuple[str, ...], doubts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the doubts so far and further ones, each once."""
    return tuple(dict.fromkeys([*before, *doubts])) if doubts else before
