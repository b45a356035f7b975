"""Cut a listing whose requests can be guessed into several, each of other pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

from requests_paginate._detection.sizes import list_sizes_asked
from requests_paginate._listing.bound import Bound
from requests_paginate._listing.checkpoint import Checkpoint
from requests_paginate._listing.listing import Listing
from requests_paginate._listing.options import Options
from requests_paginate._listing.place import find_position
from requests_paginate._listing.reader import PageReader
from requests_paginate._models import Page, PageRequest, copy_with
from requests_paginate.strategies import Offset, PageNumber, Strategy

# What a listing does with all of its rows, and a part would do with its own alone.
_MOST_PAGES = 1_000_000  # a server may tell of any number; each is a request to make a place of
_OF_THE_WHOLE = ("max_items", "max_pages", "key")


def split_listing(listing: Listing[Any], parts: int) -> list[Listing[Any]]:
    """Return listings of disjoint ranges; see `Listing.split`."""
    _check(listing, parts)
    options, reader = listing._options, listing._reader
    first, secrets = reader.position.first, reader.secrets.collect()
    begin = find_position(first, options, secrets)
    probe = _open(listing, begin, reader.bound, replace(options, prefetch=0))
    places = [begin, *_find_places(probe, parts)]
    tokens = [place.encode(secrets) for place in places]
    bounds = [*(Bound(place=place) for place in places[1:]), reader.bound]
    starts = zip(places, [options.resume, *tokens[1:]], strict=True)
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


def _find_places(probe: Listing[Any], parts: int) -> list[Checkpoint]:
    """Return where each part after the first begins, before the bound.

    Raises:
        ValueError: The strategy does not know the requests of later pages.
    """
    has_page, reader = probe._turn_page(), probe._reader
    if not has_page or reader.is_at_end:
        return []
    position, page = reader.position, _get_page(probe)
    strategy, following = position.strategy, [position.request]
    if position.others or _has_other_cursor(page):
        # before the second page it is only likely which parameter leads on, or that one alone does
        probe._progress = probe._progress.drop_page()
        probe._turn_page()
        strategy, following = reader.position.strategy, [_get_page(probe).request]
        following += [] if reader.is_at_end else [reader.position.request]
        position = copy_with(position, strategy=strategy, others=(), first_rows=None)
    assert strategy is not None  # noqa: S101 - a page was taken
    if [*islice(_guess(strategy, page), len(following))] != following:
        raise ValueError(
            f"split: with {strategy!r} the first page does not tell the requests of all others: "
            "each comes from the page before it, or there is no total; cut the listing by dates "
            "with windows(), and read the parts at once with gather()"
        )
    all_following = following_pages = sum(1 for _ in _list_requests(strategy, page, Bound()))
    if all_following >= _MOST_PAGES:
        raise ValueError(f"split: the first page tells of more than {_MOST_PAGES:,} pages")
    if not reader.bound.is_end:
        following_pages = sum(1 for _ in _list_requests(strategy, page, reader.bound))
    pages = 1 + following_pages
    # one page alone cannot be compared with another, where nothing in it tells which one it is
    parts = min(parts, pages if _tells_its_place(strategy) else max(1, pages // 2))
    chosen = {number * pages // parts - 1 for number in range(1, parts)}
    start = partial(_count_before, position, page, of=all_following)
    return [
        copy_with(
            position,
            request=request,
            index=position.index + ahead,
            start=start(ahead),
            previous=position.previous if ahead == 0 else None,
        )
        for ahead, request in enumerate(_list_requests(strategy, page, reader.bound))
        if ahead in chosen
    ]


def _list_requests(strategy: Strategy, page: Page, bound: Bound) -> Iterator[PageRequest]:
    """Yield the requests of the pages after one, before the bound; no more than may be split."""
    place = Checkpoint(first=page.request, request=None, strategy=strategy)
    for request in islice(_guess(strategy, page), _MOST_PAGES):
        if not bound.is_end and bound.is_reached(copy_with(place, request=request)):
            return
        yield request
        if bound.is_of(request):
            return


def _guess(strategy: Strategy, page: Page) -> Iterator[PageRequest]:
    if isinstance(strategy, PageNumber) and strategy.total_pages is None:
        return strategy.guess_by_total(page)
    return strategy.guess(page)


def _has_other_cursor(page: Page) -> bool:
    """Return whether the next request has parameters that this one had not, or not so."""
    following = {} if page.next is None else page.next.query()
    own = page.request.query()
    new = [name for name, value in following.items() if str(own.get(name)) != str(value)]
    return len(new) > 1


def _tells_its_place(strategy: Strategy) -> bool:
    """Return whether a page of the strategy tells which one it is: by a number, or its link."""
    if isinstance(strategy, PageNumber):
        return strategy.number is not None
    return not isinstance(strategy, Offset) or strategy.start is not None


def _get_page(probe: Listing[Any]) -> Page:
    assert probe._progress.selection is not None  # noqa: S101 - a page was taken
    return probe._progress.selection.reading.page


def _count_before(position: Checkpoint, page: Page, ahead: int, *, of: int) -> int | None:
    """Return how many rows are before a page, if the pages are known to be equal; else None.

    They are if so many pages as the server counts hold the total, or if the caller asked for pages
    as long as the first one.
    """
    rows, strategy = len(page.items), position.strategy
    if position.start is None or position.total is None or rows == 0:
        return None
    is_counted = isinstance(strategy, PageNumber) and strategy.total_pages is not None
    if not (is_counted or isinstance(strategy, Offset) or rows in list_sizes_asked(page.request)):
        return None
    pages = -(-(position.total - position.start) // rows)  # rounded up
    return position.start + ahead * rows if pages == of else None


def _open(listing: Listing[Any], place: Checkpoint, bound: Bound, options: Options) -> Listing[Any]:
    fetcher = listing._reader.fetcher.copy()
    return Listing(PageReader(fetcher, place, bound, options, owns_session=False), options)
