"""The server's side of a listing: its pages, one after the other.

Before its rows are handed out, a page is fetched, compared with the pages before it and asked for
the next one. `read` leaves the position as it is, and `accept` moves it. So if anything fails in
between, the same page is read again, and no row of it is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import requests

from requests_paginate import exceptions
from requests_paginate._listing.bound import Bound
from requests_paginate._listing.checkpoint import Checkpoint
from requests_paginate._listing.doubts import Doubts, join_doubts
from requests_paginate._listing.keys import SeenKeys
from requests_paginate._listing.options import Options
from requests_paginate._listing.page_checker import PageChecker
from requests_paginate._listing.reading import Reading, find_successor, guess_requests
from requests_paginate._listing.refusals import advise, warn_of_upgrade
from requests_paginate._listing.row_model import RowModel, find_row_reader
from requests_paginate._listing.shared_cache import Stored
from requests_paginate._listing.stats import Stats
from requests_paginate._listing.trial import Trial
from requests_paginate._models import PageRequest, copy_with
from requests_paginate._transport.fetcher import Fetched, Fetcher
from requests_paginate._transport.prefetcher import Prefetcher
from requests_paginate.strategies import Strategy


class PageReader:
    """Reads the pages of one listing in order.

    Attributes:
        position: Where the listing stands: before the page to read next.
        bound: Where it ends before the server says so.
        told: What speaks against the end, and what of it was told.
        secrets: The caller's, which nobody may see.
        trace: Who is told what happens to the pages.
    """

    def __init__(
        self, fetcher: Fetcher, position: Checkpoint, bound: Bound, options: Options,
        *, owns_session: bool,
    ) -> None:  # fmt: skip
        self.fetcher, self._options, self._owns_session = fetcher, options, owns_session
        self.secrets, self.trace = fetcher.sender.secrets, fetcher.trace
        self._prefetcher = Prefetcher(fetcher, options.prefetch) if options.prefetch else None
        self._source = self._prefetcher or fetcher
        self._response: requests.Response | None = None  # of the page that is being read
        self._row_model = RowModel(options)
        self._has_warned = False  # of an upgraded link
        self._last_end: Mapping[str, Any] | None = None  # the end of the last page
        self._retreat: Checkpoint | None = None  # where to go on after an error, if not here
        self._stored: Stored | None = None  # the last page, in a cache
        self.position, self.bound, self.told = position, bound, Doubts()
        self._checker = PageChecker(options, position)
        self._fit_fetcher()

    def read(self) -> Reading:
        """Return the next page, checked. The position changes only in `accept`."""
        position, trial = self.position, None
        assert position.request is not None  # noqa: S101 - the caller asks first
        self._retreat = self._response = None
        self.trace.note("asked", position.index)
        try:
            is_undecided = position.others or position.first_rows is not None
            if is_undecided and position.strategy is not None:
                candidates = [(position.strategy, position.request), *position.others]
                trial = Trial(candidates, position.start)
                return trial.run(self._read_by)
            fetched = self._source.fetch(position.request, position.index)
            return self._interpret(fetched, position.strategy)
        except exceptions.PaginationError as error:
            if (end := self._checker.read_refusal(error, position)) is not None:
                return self.bound.judge(end)
            if trial is None:
                error.page_request = position.request
            self._retreat = self._choose_retreat(error, trial)
            if hint := advise(error, position.strategy, position.index):
                raise exceptions.append_text(error, hint) from None
            raise

    def _read_by(self, strategy: Strategy, request: PageRequest) -> Reading:
        """Return the next page as one of several strategies asks for it and reads it."""
        self._response = None  # of the candidate before
        try:
            return self._interpret(self._source.fetch(request, self.position.index), strategy)
        except exceptions.PaginationError as error:
            error.page_request = request
            raise

    def _choose_retreat(
        self, error: exceptions.PaginationError, trial: Trial | None
    ) -> Checkpoint | None:
        """Return where to go on if the last page does not lead to the next one.

        That is the end of the last page. It is read again then, and it or the resuming call may say
        something else. None: the next page is the place to go on.
        """
        if self._last_end is None:
            return None
        end = self.locate(self._last_end)
        if trial is not None and trial.has_failed:
            return copy_with(end, strategy=None)
        is_of_link = isinstance(error, (exceptions.InconsistentListing, exceptions.UnsafeLink))
        return self._choose_end(end) if is_of_link else None

    def _choose_end(self, end: Checkpoint) -> Checkpoint:
        """Return the end of a page from where to go on; the first page is detected again."""
        is_detected = end.index == 0 and self._options.strategy is None
        return copy_with(end, strategy=None) if is_detected else end

    def _interpret(self, fetched: Fetched, strategy: Strategy | None) -> Reading:
        """Return the page as its strategy reads it, or the first one that detection finds."""
        self._response = fetched.response
        if fetched.has_upgraded and not self._has_warned:
            self._has_warned = True
            warn_of_upgrade()
        try:
            reading = self.bound.judge(self._checker.check(fetched.page, strategy, self.position))
        except exceptions.PaginationError as error:
            raise self.fetcher.hide_secrets(error, fetched) from None
        except RecursionError:
            pass
        else:
            if reading.doubts:
                told = tuple(self.fetcher.redact(doubt, fetched) for doubt in reading.doubts)
                reading = copy_with(reading, doubts=told)
            return self._row_model.decode(reading, self._response)
        raise exceptions.MalformedPage("the page is nested too deeply")

    def accept(self, reading: Reading) -> None:
        """Move on to the page after this one."""
        page, strategy = reading.page, reading.strategy
        self.trace.note("taken", page.index, rows=len(page.items))
        changes = self._checker.find_changes(reading, self.position.rows)
        changes += self.bound.find_changes(reading)
        if stored := Stored.read(self._response):
            changes += stored.find_change(self._stored, self._options)
        self._stored = stored
        self.told.add_page(reading.contradiction, changes)
        self._checker.remember(reading)
        earlier = self._checker.earlier
        self.fetcher.row_decoder = self._row_model.find_decoder_ahead(reading, earlier.column)
        self.position = copy_with(
            self.position,
            request=page.next,
            strategy=strategy,
            index=page.index + 1,
            start=None if page.start is None else page.start + len(page.items),
            rows=0,
            fingerprint=None,
            previous=reading.mark if page.items else None,
            total=self._checker.totals.least,
            others=reading.others,
            first_rows=reading.first_rows,
            doubts=join_doubts(reading.doubts_before, (*reading.doubts, *self.told.changes)),
            is_after_short=self._checker.may_be_last(page, strategy),
            longest=self._checker.find_longest(strategy),
            earlier=earlier,
        )
        rows = self.bound.cut(reading)
        self._last_end = reading.locate(len(page.items) if rows is None else rows)
        if reading.contradiction is not None:
            # whoever goes on from here asks the server again
            self.position = self._choose_end(self.locate(self._last_end))
        elif rows is not None:
            self.position = copy_with(self.locate(self._last_end), doubts=self.position.doubts)
        self._response = self._response if reading.contradiction else None

    def save(self) -> tuple[Any, ...]:
        """Return what `restore` needs to undo the accepting of one page."""
        return self.position, self._last_end, self._stored, self.told.save()

    def restore(self, saved: tuple[Any, ...]) -> None:
        """Return to the page before, as a call that resumes there; `accept` may be half done."""
        self.position, self._last_end, self._stored, doubts = saved
        self.told.restore(doubts)
        self._checker = PageChecker(self._options, self.position)

    def fetch_ahead(self, reading: Reading, most: int | None) -> None:
        """Have the pages after an accepted one fetched ahead, if the caller asked for that.

        At most `most` pages will be asked for; None for any number.
        """
        if self._prefetcher is None or self.position.request is None:
            return
        index, depth = self.position.index, self._options.prefetch
        most = self.bound.limit_pages(most, index)
        if self.position.others:
            most = depth = 1  # while a name is only likely, one wrong request is enough
        planned = guess_requests(reading, self.position.request, depth)
        self._prefetcher.plan(planned, index, most, partial(find_successor, reading.strategy))

    def checkpoint(self, keys: SeenKeys, reading: Reading | None = None, rows: int = 0) -> str:
        """Return a token of where the listing stands: so many rows into a page, or at the next."""
        point = self._retreat or self.position
        if reading is not None:
            point = self.locate(reading.locate(rows))
        known = keys.describe(before_page=point.fingerprint is not None)  # it is read again
        return copy_with(point, **known).encode(self.fetcher.collect_secrets())

    def locate(self, place: Mapping[str, Any]) -> Checkpoint:
        """Return a place inside a page that was accepted."""
        strategy = None if self.position.others else self.position.strategy
        # what the position says of the page before it is of this very page
        fields = {"previous": None, "others": (), "first_rows": None, "is_after_short": False}
        point = copy_with(self.position, strategy=strategy, **fields, **place)
        return copy_with(point, doubts=join_doubts(point.doubts, self.told.changes))

    @property
    def is_at_end(self) -> bool:
        """Whether no next page is there, or wanted, or that contradicts the server, untold."""
        is_over = self.position.request is None or self.told.is_contradicted
        return is_over or (self.bound.place is not None and self.bound.is_reached(self.position))

    @property
    def doubts(self) -> tuple[str, ...]:
        """What the pages so far said against the whole, and against their end."""
        return (*self.position.doubts, *filter(None, [self.told.contradiction]))

    def add_doubt(self, doubt: str | None) -> None:
        """Keep a doubt about the whole, if there is one."""
        if doubt is not None and doubt not in self.position.doubts:
            self.position = copy_with(self.position, doubts=(*self.position.doubts, doubt))

    def tell_doubts(self) -> None:
        """Warn once of what makes the end doubtful.

        Raises:
            InconsistentListing: The server contradicts this end, or no doubt is allowed. To go on
                asks for the last page again.
        """
        if not self.doubts:
            return
        try:
            self.told.tell_end(self.doubts, strict=self._options.strict)
        except exceptions.InconsistentListing:
            if self.told.contradiction is None and self._last_end is not None:
                self._retreat = self._choose_end(self.locate(self._last_end))
            raise

    @property
    def total(self) -> int | None:
        """Rows in the whole listing, as last told."""
        return self._checker.totals.last

    def add_position(self, error: exceptions.PaginationError) -> None:
        """Say in an error which page it is about, and hide the caller's secrets in it."""
        error.page_request = error.page_request or self.position.request
        error.page_index = self.position.index
        if error.response is None:
            error.response = self._response
        self.secrets.hide_in(error)
        self._response = None

    def stats(self) -> Stats:
        """Return what reading cost so far."""
        ahead = self._prefetcher
        return Stats(
            **self.fetcher.tally.counts(),
            guesses_right=ahead.right if ahead else 0,
            guesses_wrong=ahead.wrong if ahead else 0,
            drift=self._checker.totals.have_changed,
        )

    def change_model(self, options: Options, place: Checkpoint) -> None:
        """Read rows as the model of other options, from a place in the current page on."""
        if self._prefetcher is not None:
            self._prefetcher.stop()
        self._options, self._row_model = options, RowModel(options)
        self.position, self._checker = place, PageChecker(options, place)
        self._fit_fetcher()

    def _fit_fetcher(self) -> None:
        reader = find_row_reader(self.position.strategy, self._options)
        self.fetcher.row_decoder, self.fetcher.row_reader = None, reader
        self.fetcher.keeps_digits = reader is not None and self._row_model.has_decimals

    def renew(self) -> None:
        """Go on in a forked process, which fetches the pages ahead anew."""
        self._source.renew()

    def stop(self, error: BaseException | None = None) -> None:
        """Drop the pages that are being fetched ahead: the listing has ended, or failed."""
        if self._prefetcher is not None:
            self._prefetcher.stop()
        self.trace.note("ended", self.position.index, error=error and type(error).__name__)

    def close(self) -> None:
        """Drop the pages ahead, and close the session if it was made for this listing."""
        self.stop()
        if self._owns_session:
            self.fetcher.close_session()
