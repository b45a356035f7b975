"""The recorder of a run: tables of events, and what listings really tell."""

from __future__ import annotations

import pickle

import pytest
from urllib3 import Retry

from requests_paginate._listing import timeline as timelines
from requests_paginate._listing.timeline import Timeline
from requests_paginate._transport.page_task import PageTask
from requests_paginate._transport.trace import Trace
from requests_paginate.exceptions import PageFailed
from tests.runs import event, every_kind, fetched, one_by_one, record
from tests.scripted import LINKS, page, scripted
from tests.unit.listing.api import items


def spans(fetch):
    """What went on, in milliseconds."""
    return [(span.phase, round(span.begin * 1000), round(span.end * 1000)) for span in fetch.spans]


def in_ms(times):
    return [(round(begin * 1000), round(end * 1000)) for begin, end in times]


TAKEN = [("waiting", 0, 50), ("receiving", 50, 52), ("decoding", 52, 53)]


def test_nothing_happened():
    """A timeline without an event has no fetch and takes no time."""
    timeline = Timeline()
    assert ([], [], [], 0.0) == (
        timeline.fetches(), timeline.consumer_spans(), timeline.waits(), timeline.duration()
    )  # fmt: skip
    assert (False, "") == (timeline.is_going_on, timeline.error)


def test_one_page():
    """Its phases follow each other; before it the consumer waits, behind it it works."""
    timeline = one_by_one(1)
    (fetch,) = timeline.fetches()
    assert TAKEN == spans(fetch)
    assert (0, 10, 1, 200, 1000) == (fetch.page, fetch.rows, fetch.tries, fetch.status, fetch.size)
    assert [(0, 54)] == in_ms(timeline.waits())
    assert [(54, 74)] == in_ms(timeline.consumer_spans())
    assert 0.074 == pytest.approx(timeline.duration())
    assert not timeline.is_going_on


def test_a_failed_try_is_one_span():
    """Waiting for a 503 and reading it is a failure, and the pause and the next try follow it."""
    fetch = next(each for each in every_kind().fetches() if each.page == 1)
    assert [
        ("failed", 55, 102), ("pause", 102, 203),
        ("waiting", 203, 253), ("receiving", 253, 255), ("decoding", 255, 256),
    ] == spans(fetch)  # fmt: skip
    assert ("PageFailed", 2, 200) == (fetch.spans[0].error, fetch.tries, fetch.status)
    assert "" == fetch.error


def test_several_failures_in_a_row():
    """Each try is a span of its own, and the last one's error is that of the fetch."""
    timeline = record(
        event("asked", 0, 0), event("sent", 0, 0, 1), event("failed", 0, 0.1, 1, error="One"),
        event("waited", 0, 0.3, 1, seconds=0.2), event("sent", 0, 0.3, 1),
        event("answered", 0, 0.4, 1), event("failed", 0, 0.5, 1, error="Two"),
        event("ended", 0, 0.5, error="Two"),
    )  # fmt: skip
    (fetch,) = timeline.fetches()
    assert [("failed", 0, 100), ("pause", 100, 300), ("failed", 300, 500)] == spans(fetch)
    assert ("Two", 2, None) == (fetch.error, fetch.tries, fetch.taken)
    assert "Two" == timeline.error
    assert [(0, 500)] == in_ms(timeline.waits())


def test_a_pause_lasts_until_the_next_try():
    """After its own wait a page may stand in a queue, or it may be sent again at once."""
    (fetch,) = record(
        event("sent", 0, 0, 1), event("failed", 0, 0.1, 1, error="PageFailed"),
        event("waited", 0, 0.3, 1, seconds=0.2), event("waited", 0, 0.4, 1, seconds=0.05),
        event("sent", 0, 0.6, 1), event("failed", 0, 0.7, 1, error="PageFailed"),
        event("sent", 0, 0.8, 1), event("answered", 0, 0.9, 1),
    ).fetches()  # fmt: skip
    pauses = [each for each in spans(fetch) if each[0] == "pause"]
    assert [("pause", 100, 300), ("pause", 350, 600), ("pause", 700, 800)] == pauses


def test_an_error_of_decoding_is_part_of_the_try():
    """A body that cannot be decoded failed as a whole."""
    (fetch,) = record(
        fetched(0, 0, 1)[:3], event("failed", 0, 0.06, 1, error="MalformedPage")
    ).fetches()
    assert [("failed", 0, 60)] == spans(fetch)


def test_a_pause_before_the_first_try():
    """A page that waits since another one was refused is paused from the beginning."""
    (fetch,) = record(
        event("asked", 3, 0), event("waited", 3, 0.5, 1, seconds=0.4), fetched(3, 0.5, 1)
    ).fetches()
    assert ("pause", 100, 500) == spans(fetch)[0]
    (fetch,) = record(event("waited", 3, 0.5, 1, seconds=0.4), fetched(3, 0.5, 1)).fetches()
    assert ("pause", 0, 0) == spans(fetch)[0]  # it was over when the picture began


def test_wrong_guesses_are_dropped():
    """The page whose guess was wrong and the one behind it are fetched again."""
    fetches = every_kind().fetches()
    assert [0, 1, 2, 2, 3, 3] == [each.page for each in fetches]
    assert [False, False, True, False, True, False] == [each.is_dropped for each in fetches]
    assert [False, False, True, False, True, False] == [each.is_wrong for each in fetches]
    assert [10, 10, None, 10, None, 1] == [each.rows for each in fetches]
    assert [("waiting", 200, 282)] == spans(fetches[4])


@pytest.mark.parametrize("error", [None, "PageFailed"])
def test_what_is_dropped_at_the_end_was_not_wrong(error):
    """A listing that ends or fails does not need what it guessed; that says nothing about it."""
    timeline = record(
        event("asked", 0, 0), fetched(0, 0, 1), event("taken", 0, 0.06, rows=1),
        event("sent", 1, 0.07, 2, is_guess=True), event("asked", 1, 0.08),
        event("dropped", 1, 0.09, 2, is_guess=True), event("ended", 1, 0.091, error=error),
        event("asked", 1, 0.1), fetched(1, 0.1, 3),
    )  # fmt: skip
    dropped = timeline.fetches()[1]
    assert (True, False, True) == (dropped.is_dropped, dropped.is_wrong, dropped.is_replaced)


def test_a_guess_stays_wrong_if_the_right_request_fails():
    """The listing asked for something else, whatever became of that."""
    dropped, failed = record(
        event("sent", 1, 0, 1, is_guess=True), event("asked", 1, 0.1),
        event("dropped", 1, 0.11, 1, is_guess=True), event("sent", 1, 0.12, 2),
        event("failed", 1, 0.2, 2, error="PageFailed"), event("ended", 1, 0.2, error="PageFailed"),
    ).fetches()  # fmt: skip
    assert dropped.is_wrong
    assert "PageFailed" == failed.error


def test_after_an_error_it_is_the_consumer_s_turn():
    """What it does until it asks again is no waiting for the server."""
    timeline = record(
        event("asked", 0, 0), event("ended", 0, 0.1, error="PageFailed"), event("asked", 0, 0.5),
        event("taken", 0, 0.6, rows=1), event("ended", 1, 0.7),
    )  # fmt: skip
    assert [(100, 500), (600, 700)] == in_ms(timeline.consumer_spans())
    assert [(0, 100), (500, 600)] == in_ms(timeline.waits())


def test_events_after_a_drop_count_for_nothing():
    """The thread of a dropped page goes on for a while, and makes the picture no longer."""
    timeline = record(
        event("asked", 0, 0), fetched(0, 0, 1), event("taken", 0, 0.06, rows=1),
        event("sent", 1, 0.06, 2, is_guess=True), event("dropped", 1, 0.07, 2, is_guess=True),
        event("ended", 1, 0.08), event("answered", 1, 5, 2), event("received", 1, 6, 2),
        event("failed", 1, 7, 2, error="TransferFailed"), event("sent", 1, 8, 2),
    )  # fmt: skip
    assert [("waiting", 60, 70)] == spans(timeline.fetches()[1])
    assert 2 == len(timeline.fetches())
    assert 0.08 == pytest.approx(timeline.duration())


def test_a_drop_before_anything_was_sent():
    """It cost no request, and is not shown."""
    timeline = record(fetched(0, 0, 1), event("dropped", 1, 0.1, 2, is_guess=True))
    assert [0] == [each.page for each in timeline.fetches()]


def test_the_same_page_twice():
    """A page that was read by one strategy, and then by another that fits, is two fetches."""
    timeline = record(
        event("asked", 1, 0), fetched(1, 0, 1), fetched(1, 0.06, 2),
        event("taken", 1, 0.12, rows=3),
    )  # fmt: skip
    first, second = timeline.fetches()
    assert (True, None) == (first.is_replaced, first.taken)
    assert (False, 3) == (second.is_replaced, second.rows)


def test_a_fetch_that_an_interrupt_left_behind():
    """It is over when the page is fetched again, and does not seem to go on for ever."""
    first, second = record(
        event("asked", 0, 0), event("sent", 0, 0, 1), event("ended", 0, 0.1, error="Interrupt"),
        event("asked", 0, 0.5), fetched(0, 0.5, 2), event("taken", 0, 0.6, rows=1),
    ).fetches()  # fmt: skip
    assert [("waiting", 0, 500)] == spans(first)
    assert (True, False) == (first.is_replaced, first.is_open)
    assert 1 == second.rows


def test_a_number_that_is_used_again():
    """After a page was taken, the same page and number are another fetch."""
    fetches = record(
        fetched(0, 0, 7), event("taken", 0, 0.06, rows=1),
        fetched(0, 0.1, 7), event("taken", 0, 0.2, rows=2),
    ).fetches()  # fmt: skip
    assert [1, 2] == [each.rows for each in fetches]
    assert [3, 3] == [len(each.spans) for each in fetches]


def test_fetches_have_numbers_of_their_own():
    """No two tasks have the same one, also if one is gone before the other comes."""
    assert 100 == len({PageTask(None, 0, None).number for _ in range(100)})


def test_threads_that_tell_at_the_same_time():
    """Events of several pages may be mixed; each belongs to its own."""
    mixed = [
        each
        for together in zip(
            fetched(0, 0, 1), fetched(1, 0.001, 2), fetched(2, 0.002, 3), strict=True
        )
        for each in reversed(together)
    ]
    timeline = Timeline()
    for each in mixed:
        timeline.add(each)
    assert [0, 1, 2] == [each.page for each in timeline.fetches()]
    assert TAKEN == spans(timeline.fetches()[0])
    assert [3, 3, 3] == [len(each.spans) for each in timeline.fetches()]


def test_a_picture_in_the_middle_of_a_run():
    """What goes on is shown until the last event, and said to go on."""
    timeline = record(event("asked", 0, 0), event("sent", 0, 0, 1), event("sent", 1, 0.2, 2))
    first, second = timeline.fetches()
    assert [("waiting", 0, 200)] == spans(first)
    assert (True, True) == (first.is_open, second.is_open)
    assert timeline.is_going_on
    assert [(0, 200)] == in_ms(timeline.waits())


def test_a_picture_that_begins_in_the_middle():
    """A page that was on its way, or ready, when it began is shown as far as it is known."""
    on_its_way, ready = record(
        event("received", 4, 0.0, 1), event("decoded", 4, 0.1, 1), event("taken", 4, 0.2, rows=5),
        event("taken", 5, 0.3, rows=6),
    ).fetches()  # fmt: skip
    assert [("decoding", 0, 100)] == spans(on_its_way)
    assert (5, 6) == (on_its_way.rows, ready.rows)
    assert [] == ready.spans


def test_a_resumed_listing():
    """The first page's number is not 0, and a thousand pages from there on are kept."""
    timeline = one_by_one(1000, first=5000)
    assert (5000, 5999) == (timeline.fetches()[0].page, timeline.fetches()[-1].page)
    assert 0 == timeline.pages_left_out


def test_parts_whose_numbers_come_again():
    """Pages of a later listing stand behind those of the one before."""
    timeline = record(one_by_one(3, first=2).events)
    for each in one_by_one(3, first=3).events:
        timeline.add(
            event(each.kind, each.page, each.at - 99, each.fetch + 10 if each.fetch else 0)
        )
    assert [2, 3, 4, 3, 4, 5] == [each.page for each in timeline.fetches()]


def test_memory_is_flat():
    """Beyond the first thousand pages only their number is kept, and the picture ends there."""
    timeline = one_by_one(3000)
    assert 2000 == timeline.pages_left_out
    assert 6001 == len(timeline.events)
    assert 1000 == len(timeline.fetches())
    assert 74 == pytest.approx(timeline.duration())
    worked = timeline.consumer_spans()
    assert 1000 == len(worked)
    assert 0.02 == pytest.approx(worked[-1][1] - worked[-1][0])
    assert not timeline.is_going_on


def test_a_page_that_fails_for_ever_is_cut_off(monkeypatch):
    """The number of events is limited, too, and so is that of ends."""
    monkeypatch.setattr(timelines, "_MOST_EVENTS", 50)
    timeline = Timeline()
    for number in range(1000):
        timeline.add(event("sent", 0, number, 1))
        timeline.add(event("failed", 0, number + 0.5, 1, error="PageFailed"))
    timeline.add(event("taken", 0, 2000, rows=1))
    assert (51, 1) == (len(timeline.events), timeline.pages_left_out)
    ended = record(*[event("ended", 1, number) for number in range(100)])
    assert 2 == len(ended.events)


# What listings tell ------------------------------------------------------------------------------


def test_a_listing_tells_its_pages(api, rows):
    """Of each page all is known, and the consumer's time goes on to the end of the last page."""
    listing = items()
    timeline = listing.timeline()
    assert timeline is listing.timeline()
    assert rows == list(listing)
    fetches = timeline.fetches()
    assert [10, 10, 5] == [each.rows for each in fetches]
    assert [0, 1, 2] == [each.page for each in fetches]
    phases = ["waiting", "receiving", "decoding"]
    assert [phases] * 3 == [[span.phase for span in each.spans] for each in fetches]
    assert 3 == len(timeline.consumer_spans()) == len(timeline.waits())
    assert ["ended", "ended"] == [each.kind for each in timeline.events[-2:]]
    assert (False, "") == (timeline.is_going_on, timeline.error)


@pytest.mark.parametrize("options", [{"max_items": 15}, {"max_pages": 2}])
def test_a_limit_ends_the_last_page_when_the_consumer_has_done_with_it(api, options):
    """The time of the consumer on the last page wanted is known, too."""
    listing = items(**options)
    timeline = listing.timeline()
    list(listing)
    assert 2 == len(timeline.consumer_spans())
    assert ["taken", "ended", "ended"] == [each.kind for each in timeline.events[-3:]]
    assert not timeline.is_going_on


@pytest.mark.parametrize("prefetch", [0, 3])
def test_a_listing_that_fails_tells_so(prefetch):
    """Its error is the end, until it goes on."""
    answers = iter([500])
    with scripted(
        lambda number: page(number, 3, next(answers, 200) if number == 2 else 200)
    ) as script:
        listing = script.list(prefetch=prefetch)
        timeline = listing.timeline()
        with pytest.raises(PageFailed):
            list(listing)
        assert "PageFailed" == timeline.error
        assert not timeline.is_going_on
        failed = [each for each in timeline.fetches() if each.error]
        assert [(1, "PageFailed")] == [(each.page, each.error) for each in failed]
        assert 4 == len(list(listing))
        assert "" == timeline.error


def test_the_caller_s_own_error_is_the_end(api):
    """Also one that is none of a page."""

    def refuse(_):
        raise ZeroDivisionError

    listing = items(items=refuse)
    timeline = listing.timeline()
    with pytest.raises(ZeroDivisionError):
        next(listing)
    assert "ZeroDivisionError" == timeline.error


def test_retries_of_a_listing():
    """A page that was refused once has a failed try, a pause and a second try."""
    answers = iter([503])
    with scripted(
        lambda number: page(number, 3, next(answers, 200) if number == 2 else 200)
    ) as script:
        listing = script.list(retries=Retry(2, backoff_factor=0.001))
        timeline = listing.timeline()
        list(listing)
    fetch = timeline.fetches()[1]
    assert "failed" == fetch.spans[0].phase
    assert {"pause"} == {span.phase for span in fetch.spans[1:-3]}
    assert 2 == fetch.tries
    assert 200 == fetch.status


def test_right_and_wrong_guesses_of_a_listing():
    """They are told apart as the listing's own counts tell them apart."""
    with scripted(lambda number: page(number, **MOVED.get(number, {}))) as script:
        listing = script.list(strategy=LINKS, prefetch=4)
        timeline = listing.timeline()
        for number, _ in enumerate(listing.pages()):
            script.wait_for(*range(1, min(8, number + 4)))
    guesses = [each for each in timeline.fetches() if each.is_guess]
    right = sum(each.taken is not None for each in guesses)
    assert listing.stats.guesses_right == right
    assert 0 < sum(each.is_wrong for each in guesses) <= listing.stats.guesses_wrong
    assert list(range(8)) == [each.page for each in timeline.fetches() if each.taken is not None]


MOVED = {3: {"next": "?page=4&again=1"}}


def test_a_picture_does_not_travel(api):
    """A pickled listing leaves its sinks behind, and can be drawn anew."""
    listing = items()
    timeline = listing.timeline()
    copy = pickle.loads(pickle.dumps(listing))
    assert 25 == len(list(copy))
    assert [] == timeline.events
    assert timeline is not copy.timeline()


def test_without_a_sink_nothing_is_made():
    """An event that nobody wants is not even made."""
    Trace().note("asked", 0, nonsense=True)


def test_an_error_beyond_the_picture_is_told():
    """How the listing ended is known, also of a page that is not in the picture."""
    timeline = one_by_one(1500)
    timeline.add(event("asked", 1500, 200.0))
    timeline.add(event("ended", 1500, 200.1, error="PageFailed"))
    assert "PageFailed" == timeline.error
    assert "PageFailed" in timeline.html()
