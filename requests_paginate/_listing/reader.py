"""The server's side of a listing: its pages, one after the other.

A page is fetched, recognised, compared with its predecessors and asked for its successor before
anybody sees a row of it. `take` changes nothing; only `accept` moves on. So whatever fails in
between, the same page is taken again, and no row of it is lost.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice

import requests

from requests_paginate._detection import detect
from requests_paginate._envelope.rows import find_rows
from requests_paginate._listing.checkpoint import Checkpoint
from requests_paginate._listing.completeness import doubt_the_only_page, doubt_the_size
from requests_paginate._listing.consistency import RepeatGuard, Totals
from requests_paginate._listing.fingerprint import is_alike, likeness, mark_of, rows_mark
from requests_paginate._listing.options import Options
from requests_paginate._listing.trial import Candidate, candidates, is_about_a_name, names_tried
from requests_paginate._models import Page, PageRequest, changed
from requests_paginate._transport.fetcher import Fetcher
from requests_paginate._transport.page_task import PageTask
from requests_paginate._transport.prefetcher import Prefetcher
from requests_paginate._transport.typed_rows import RowDecoder
from requests_paginate._urls import is_relative
from requests_paginate.exceptions import (
    InconsistentListing,
    InvalidCheckpoint,
    ListingChanged,
    MalformedPage,
    PageFailed,
    PaginationError,
    PaginationWarning,
    PossiblyTruncated,
    UnsafeLink,
    warn,
)
from requests_paginate.strategies import (
    ContentRange,
    Cursor,
    LastItem,
    LinkHeader,
    NextLink,
    NextParameters,
    Offset,
    PageNumber,
    SinglePage,
    Strategy,
)

__all__ = ["PageReader", "Reading"]

# Those that only count rows. Others, a caller's own among them, get rows as they came.
_COUNT_ROWS = (ContentRange, Cursor, LinkHeader, NextLink, NextParameters, Offset, PageNumber)
# Those that send a parameter whose name the page does not tell: it may be ignored.
_NAMED = (Cursor, LastItem, Offset, PageNumber)

Place = tuple[PageRequest, int, "int | None", int, str]  # request, index, start, rows, mark


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A page that was taken, and not yet accepted.

    Attributes:
        page: The page, with its rows, total and successor.
        strategy: The strategy that read it.
        mark: What it is known by.
        others: What else a first page allows, each with its second page's request.
        first_rows: What a first page is recognised by, until the second one decides.
    """

    page: Page
    strategy: Strategy
    mark: str
    others: tuple[Candidate, ...] = ()
    first_rows: str | None = None


class PageReader:
    """Takes the pages of one listing in order.

    Args:
        fetcher: Fetches them.
        request: The first page's request.
        options: The listing's options.

    Attributes:
        strategy: The strategy in use; None before the first page when it is to be detected.
        upcoming: The request of the page to take next; None at the end.
        index: That page's place in the listing.
        start: Rows of the listing before that page; None where it began in the middle.
        skip: How many of that page's rows an earlier listing handed out.
        totals: What the pages said about the whole.
    """

    def __init__(self, fetcher: Fetcher, request: PageRequest, options: Options) -> None:
        self.fetcher = fetcher
        self.ahead = Prefetcher(fetcher, options.prefetch) if options.prefetch else None
        self.response: requests.Response | None = None  # of the page that is being taken
        self.first = request
        self.strategy = options.strategy
        if options.items is not None and self.strategy is not None:
            self.strategy = self.strategy.reading(options.items)
        self.upcoming: PageRequest | None = request
        self.index = 0
        self.start: int | None = 0 if detect.starts_at_beginning(request) else None
        self.skip = 0
        self.totals = Totals()
        self._has_warned = False  # of an upgraded link
        self._options = options
        self._guard = RepeatGuard()
        self._row_decoder: RowDecoder | None = None
        self._last_mark: str | None = None  # of the page before the upcoming one
        self._rows_before: str | None = None  # of the upcoming page, where it was read before
        # What else the first page allows, each with its second page's request; and that page's
        # rows, to be recognised. Both only until the second page decides.
        self._others: tuple[Candidate, ...] = ()
        self._first_rows: str | None = None
        self._behind: Place | None = None  # the end of the last page
        self._retreat: Checkpoint | None = None  # the same, where what that page said leads nowhere
        self._tried: tuple[Strategy | None, ...] = ()
        self._empty: Reading | None = None  # the second page, where it was empty by a likely name
        if options.resume is not None:
            self._resume(options.resume)

    def _resume(self, token: str) -> None:
        try:
            point = Checkpoint.decode(
                token,
                first=self.first,
                strategy=self.strategy,
                items=self._options.items,
                session_secrets=self.fetcher.sender.secrets.by_name(),
            )
            for request in (point.request, *(request for _, request in point.others)):
                if request is not None:
                    _check_sendable(request)
        except RecursionError:
            raise InvalidCheckpoint("the checkpoint is nested too deeply") from None
        self.strategy = point.strategy
        if self.strategy is not None and self._options.items is not None:
            self.strategy = self.strategy.reading(self._options.items)
        self.upcoming, self.index, self.start = point.request, point.index, point.start
        self.skip, self._rows_before = point.rows, point.fingerprint
        self._last_mark, self.totals = point.previous, Totals(point.total)
        self._others, self._first_rows = tuple(point.others), point.first_rows
        if point.previous is not None:
            self._guard.expect_no(point.previous)

    def take(self) -> Reading:
        """The upcoming page, checked. Nothing changes, whatever comes of it.

        Raises:
            PaginationError: It cannot be had, or contradicts itself or the pages before it.
        """
        self._retreat = None
        before = self.strategy, self.upcoming, self._others
        try:
            return self._decided()
        except PaginationError as error:
            error.page_request = self.upcoming
            if isinstance(error, (InconsistentListing, UnsafeLink)):
                self._retreat = self._retreat or self._end_of_last_page()
            raise
        finally:
            self.strategy, self.upcoming, self._others = before
            self._tried, self._empty = (), None

    def _decided(self) -> Reading:
        """The upcoming page by the first candidate that it does not speak against."""
        while True:
            try:
                reading = self._read()
                if not self._decides_nothing(reading):
                    return reading
                self._empty = self._empty or reading
            except (InconsistentListing, MalformedPage, PageFailed) as error:
                # Perhaps the parameter has another name there: it was ignored, or refused.
                is_misnamed = is_about_a_name(error)
                if not (is_misnamed and self._others):
                    if self._empty is not None:
                        return self._empty
                    if is_misnamed:
                        self._tell_candidates(error)
                    raise
            self._take_next_candidate()

    def _tell_candidates(self, error: PaginationError) -> None:
        """Says in the last candidate's error which there were, if any."""
        if self._first_rows is not None:
            end = self._end_of_last_page()
            self._retreat = end and changed(end, strategy=None)
            error.args = (f"{error}; {names_tried(self._tried, self.strategy)}",)

    def _read(self) -> Reading:
        """The upcoming page as the strategy in use reads it."""
        assert self.upcoming is not None  # noqa: S101 - the caller asks first
        self.response = None
        if self.ahead is not None:
            fetched = self.ahead.fetch(self.upcoming, self.index)
        else:
            task = PageTask(self.upcoming, self.index, self.fetcher.seconds)
            fetched = self.fetcher.fetch(task)
        self.response = fetched.response
        if fetched.has_upgraded:
            self._warn_of_upgrades()
        try:
            return self._judged(fetched.page)
        except RecursionError:
            pass
        raise MalformedPage("the page is nested too deeply")

    def _judged(self, page: Page) -> Reading:
        strategy, *likely = self._strategies_for(page)
        is_begun = page.index > 0 or strategy.begins(page.request)
        rows = strategy.items(page)
        page = changed(
            page,
            items=rows if isinstance(rows, (list, tuple)) else list(rows),
            total=strategy.total(page),
            start=self.start if is_begun else None,
        )
        mark = mark_of(page.items, strategy.signals(page))
        self._refuse_repeats(strategy, page, mark)
        following = strategy.next(self._without_grown_total(page))
        if following is not None and not isinstance(following, PageRequest):
            raise TypeError(f"{strategy!r}: next() gave {type(following).__name__}")
        page = changed(page, next=following)
        if following is None:
            self._check_end(strategy, page)
        else:
            self._guard.check_next(following, page.request)
        others = candidates(likely, page)
        first_rows = None
        if page.index == 0 and self._options.strategy is None and isinstance(strategy, _NAMED):
            # before the caller's code sees the rows, and perhaps changes them
            first_rows = likeness(page.items, mark, by_rows=len(others) > 0)
        return Reading(
            page=page, strategy=strategy, mark=mark, others=others, first_rows=first_rows
        )

    def _without_grown_total(self, page: Page) -> Page:
        """The page as a strategy sees it: where rows have arrived since, none may be missed.

        A cursor that goes on to older rows never comes to those that arrived meanwhile, so the
        rows so far are not compared with a total that counts them.
        """
        least = self.totals.least(page.total)
        return page if page.total in (None, least) else changed(page, start=None)

    def fetch_ahead(self, reading: Reading, most: int | None) -> None:
        """Has the pages after an accepted one fetched ahead.

        Args:
            reading: That page.
            most: Pages that will be asked for at most; None for any number.
        """
        if self.ahead is None or self.upcoming is None:
            return
        planned = [self.upcoming]
        if self._others:
            most = 1  # while a name is only likely, one wrong request is enough
        else:
            with suppress(Exception):  # a guess is only for speed
                guesses = [*islice(reading.strategy.guess(reading.page), self._options.prefetch)]
                planned = guesses if guesses[:1] == planned else planned
        self.ahead.plan(planned, self.index, most, partial(_successor, reading.strategy))

    def row_decoder(self, strategy: Strategy) -> RowDecoder | None:
        """What makes the caller's models of the bytes of rows; None where that cannot be done."""
        path = getattr(strategy.items, "path", None)
        if self._options.decode is not None:
            return None
        if self._row_decoder is None or self._row_decoder.path != path:
            self._row_decoder = RowDecoder.of(self._options.model, path)
        return self._row_decoder

    def accept(self, reading: Reading) -> None:
        """Moves on to the page after this one."""
        page = reading.page
        self.strategy = reading.strategy
        self._guard.note(page, reading.mark)
        # While identities decide whether a page comes again, rows are needed as they came.
        is_settled = page.index > 0 or self._options.strategy is not None
        if is_settled and type(reading.strategy) in _COUNT_ROWS:
            self.fetcher.row_decoder = self.row_decoder(reading.strategy)
        self.totals.note(page, reading.strategy)
        self._others, self._first_rows = reading.others, reading.first_rows
        self._behind = _place_in(reading, len(page.items))
        self.upcoming = page.next
        self.index += 1
        self.start = None if page.start is None else page.start + len(page.items)
        self.skip, self._rows_before = 0, None
        self._last_mark = reading.mark if page.items else None

    def point(self) -> Checkpoint:
        """Where the upcoming page begins.

        Where it is not to be had by what the last page said, the end of that page: it is read
        again, and perhaps says something else then, or the resuming call does.
        """
        return self._retreat or Checkpoint(
            first=self.first,
            request=self.upcoming,
            strategy=self.strategy,
            index=self.index,
            start=self.start,
            rows=self.skip,
            total=self.totals.least(None),
            fingerprint=self._rows_before,
            previous=self._last_mark,
            others=self._others,
            first_rows=self._first_rows,
        )

    def point_in(self, reading: Reading, rows: int) -> Checkpoint:
        """A place inside a page that was accepted."""
        return self._point_at(_place_in(reading, rows))

    def _end_of_last_page(self) -> Checkpoint | None:
        if self._behind is None:
            return None
        point = self._point_at(self._behind)
        # a first page tells anew how it goes on
        is_detected = point.index == 0 and self._options.strategy is None
        return changed(point, strategy=None) if is_detected else point

    def _point_at(self, place: Place) -> Checkpoint:
        request, index, start, rows, mark = place
        return Checkpoint(
            first=self.first,
            request=request,
            strategy=None if self._others else self.strategy,
            index=index,
            start=start,
            rows=rows,
            total=self.totals.least(None),
            fingerprint=mark,
        )

    def has_changed(self, reading: Reading) -> bool:
        """Whether a page that is read again is another now."""
        # by the rows alone: a token may be another one each time
        return self._rows_before not in (None, rows_mark(reading.mark))

    def warn_of_changes(self, reading: Reading) -> None:
        """Tells of a changed page or total; each once."""
        page = reading.page
        if self.has_changed(reading):
            what = "are handed out again" if self._options.key else "may be missing or repeat"
            warn(
                f"page {page.index} changed since the checkpoint was made: of its first "
                f"{self.skip} rows, some {what}",
                ListingChanged,
            )
        has_changed = self.totals.have_changed
        change = None if has_changed else self.totals.change(page, reading.strategy)
        if change is not None:
            self.totals.have_changed = True
            warn(
                f"{change} on page {page.index}: rows may be missing or repeated",
                ListingChanged,
            )

    def _warn_of_upgrades(self) -> None:
        if not self._has_warned:
            self._has_warned = True
            warn(
                "a link led to http; it is followed on the listing's own https origin instead. "
                "Behind a TLS proxy Django needs SECURE_PROXY_SSL_HEADER to link to https",
                PaginationWarning,
            )

    def _strategies_for(self, page: Page) -> tuple[Strategy, ...]:
        """The strategy in use; on the first page those detected, likeliest first.

        Each is told where its rows are.
        """
        if self.strategy is not None:
            found: tuple[Strategy, ...] = (self.strategy,)
        else:
            found = detect.detect(page, items=self._options.items)
            if isinstance(found[0], SinglePage):
                doubt_the_size(found[0], page)
        if getattr(found[0].items, "path", "") is None:
            path = find_rows(page.body, page.url)
            return tuple(strategy.reading(path) for strategy in found)
        return found

    def _refuse_repeats(self, strategy: Strategy, page: Page, mark: str) -> None:
        if self._guard.knows(mark):
            raise self._guard.repeated(strategy)
        self._guard.check_empty(page)
        # Tokens may be random; but while a parameter's name is only likely, the same rows again
        # say that the server ignores it.
        if self._first_rows is not None and is_alike(self._first_rows, page.items, mark):
            raise self._guard.repeated(strategy)

    def _decides_nothing(self, reading: Reading) -> bool:
        """Whether a second page is empty perhaps because its parameter was taken for a filter."""
        page, is_end = reading.page, reading.page.next is None
        is_standing = reading.strategy.is_standing(page)
        return len(self._others) > 0 and not page.items and is_end and not is_standing

    def _take_next_candidate(self) -> None:
        """Asks for the second page by the next strategy that the first page allows."""
        self._tried += (self.strategy,)
        (self.strategy, self.upcoming), *others = self._others
        self._others = tuple(others)

    def _check_end(self, strategy: Strategy, page: Page) -> None:
        """Refuses an end before the total that this page or an earlier one told."""
        total = self.totals.least(page.total)
        rows = len(page.items) + (page.start or 0)
        if total is not None and page.start is not None and rows < total:
            text = (
                f"the listing ends after {rows} of {total} rows; if that total is only an "
                "estimate, pass a strategy without total="
            )
            if (
                not strategy.is_standing(page)
                and page.flag(getattr(strategy, "more", None)) is not False
            ):
                raise InconsistentListing(text)
            warn(text, PossiblyTruncated)
        if page.index == 0:
            doubt_the_only_page(strategy, page)


def _check_sendable(request: PageRequest) -> None:
    """Raises InvalidCheckpoint for a token's request that requests cannot send."""
    url = request.url if not is_relative(request.url) else "https://relative.invalid/"
    try:
        requests.Request(
            request.method, url, params=request.params, json=request.json, headers=request.headers
        ).prepare()
    except (requests.RequestException, ValueError, TypeError, RecursionError):
        pass
    else:
        return
    raise InvalidCheckpoint("the checkpoint's next page is nothing that can be asked for")


def _place_in(reading: Reading, rows: int) -> Place:
    page = reading.page
    return page.request, page.index, page.start, rows, rows_mark(reading.mark)


def _successor(strategy: Strategy, page: Page) -> PageRequest | None:
    """The request after a page, as far as that page alone tells."""
    page = changed(page, start=None)
    return strategy.next(changed(page, items=strategy.items(page)))
