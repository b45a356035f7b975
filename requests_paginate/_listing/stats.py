"""What a listing did so far, in numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Stats:
    """What a listing did so far.

    Attributes:
        pages: Pages that were read.
        items: Rows handed out.
        requests: Requests sent, redirects and further tries included.
        retries: Further tries.
        bytes: Bytes of decoded bodies.
        seconds_waited: Seconds waited between tries.
        guesses_right: Guessed pages that were the right ones.
        guesses_wrong: Guessed pages that were dropped.
        duplicates_dropped: Rows dropped because their key was seen before.
        drift: Whether the total or the number of pages changed while it was listed.
    """

    pages: int = 0
    items: int = 0
    requests: int = 0
    retries: int = 0
    bytes: int = 0
    seconds_waited: float = 0.0
    guesses_right: int = 0
    guesses_wrong: int = 0
    duplicates_dropped: int = 0
    drift: bool = False
