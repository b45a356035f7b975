"""Cut a listing whose requests can be guessed into several, each of other pages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from requests_paginate._listing.bound import Bound
from requests_paginate._listing.checkpoint import Checkpoint
from requests_paginate._listing.listing import Listing
from requests_paginate._listing.options import Options
from requests_paginate._listing.place import find_position
from requests_paginate._listing.reader import PageReader
from requests_paginate._models import Page, copy_with

# What a listing does with all of its rows, and a part would do with its own alone.
_OF_THE_WHOLE = ("max_items", "max_pages", "key")


def split_listing(listing: Listing[Any], parts: int) -> list[Listing[Any]]:
    """Return listings of disjoint ranges; see `Listing.split`."""
    _check(listing, parts)
    options, reader = listing._options, listing._reader
    first, secrets = reader.position.first, reader.secrets.collect()
    begin = find_position(first, options, secrets)
    probe = _open(listing, begin, reader.bound, replace(options, prefetch=0))
    places = [begin, *_find_places(probe)]
    parts = min(parts, len(places))
    begins = [places[number * len(places) // parts] for number in range(parts)]
    tokens = [place.encode(secrets) for place in begins]
    bounds = [*(Bound(place=place) for place in begins[1:]), reader.bound]
    starts = zip(begins, [options.resume, *tokens[1:]], strict=True)
    ends = zip(bounds, [*tokens[1:], options.until], strict=True)
    return [
        _open(listing, place, bound, replace(options, resume=resume, until=until))
        for (place, resume), (bound, until) in zip(starts, ends, strict=True)
    ]


def _check(listing: Listing[Any], parts: int) -> None:
    if isinstance(parts, bool) or not isinstance(parts, int):
        raise TypeError(f"parts: expected a whole number, got {type(parts).__name__}")
    if parts < 1:
        raise ValueError(f"parts: expected 1 or more, got {parts}")
    if listing._progress.items or listing._progress.closed_at is not None:
        raise ValueError(
            "split: rows of this listing were handed out, or it was closed; call get_all again, "
            "with resume= to begin at a later row"
        )
    for name in _OF_THE_WHOLE:
        if getattr(listing._options, name) is not None:
            raise ValueError(f"split: with {name}= a part would have to know of the others' rows")


def _find_places(probe: Listing[Any]) -> list[Checkpoint]:
    """Return where each page after the first begins, before the bound.

    Raises:
        ValueError: The strategy does not know the requests of later pages.
    """
    has_page, reader = probe._turn_page(), probe._reader
    if not has_page or reader.is_at_end:
        return []
    position, page = reader.position, _get_page(probe)
    strategy, following = position.strategy, position.request
    if position.others:  # which parameter leads on is only likely before the second page
        probe._progress = probe._progress.drop_page()
        probe._turn_page()
        strategy, following = reader.position.strategy, _get_page(probe).request
        position = copy_with(position, strategy=strategy, others=(), first_rows=None)
    requests = [] if strategy is None else list(strategy.guess(page))
    if requests[:1] != [following]:
        raise ValueError(
            f"split: with {strategy!r} the first page does not tell the requests of all others: "
            "each comes from the page before it, or there is no total; cut the listing by dates "
            "with windows(), and read the parts at once with gather()"
        )
    places = list[Checkpoint]()
    for ahead, request in enumerate(requests):
        place = copy_with(
            position,
            request=request,
            index=position.index + ahead,
            start=_count_before(position, len(page.items), ahead, of=len(requests)),
            previous=position.previous if ahead == 0 else None,
        )
        if reader.bound.is_reached(place):
            break
        places.append(place)
        if reader.bound.is_of(request):
            break
    return places


def _get_page(probe: Listing[Any]) -> Page:
    assert probe._progress.selection is not None  # noqa: S101 - a page was taken
    return probe._progress.selection.reading.page


def _count_before(position: Checkpoint, rows: int, ahead: int, *, of: int) -> int | None:
    """Return how many rows are before a page, if the pages are equal by the total; else None."""
    if position.start is None or position.total is None:
        return None
    pages = -(-(position.total - position.start) // rows)  # rounded up
    return position.start + ahead * rows if pages == of else None


def _open(listing: Listing[Any], place: Checkpoint, bound: Bound, options: Options) -> Listing[Any]:
    fetcher = listing._reader.fetcher.copy()
    return Listing(PageReader(fetcher, place, bound, options, owns_session=False), options)
