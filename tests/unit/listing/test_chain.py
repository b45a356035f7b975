"""Several listings as one: what belongs to the whole holds over its parts."""

from __future__ import annotations

import json
import sys
import warnings
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from requests_paginate._listing import chain
from requests_paginate.exceptions import InconsistentListing, PossiblyTruncated
from requests_paginate.providers import PluggySession

URL = "https://api.pluggy.ai"
IDS = [f"id{number:04d}" for number in range(1203)]


@pytest.fixture
def serve():
    """A function that has each request for ids answered by a body that another function makes."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:

        def answer_by(make):
            def reply(request):
                query = parse_qs(urlsplit(request.url).query)
                seen.append(query)
                return 200, {}, json.dumps(make(query.get("ids", [""])[0].split(",")))

            mock.add_callback("GET", f"{URL}/rows", reply)
            return seen

        seen = []
        mock.post(f"{URL}/auth", json={"apiKey": "a-key"})
        yield answer_by


def rows_of(ids):
    return [{"id": each} for each in ids]


def cursor_page(ids):
    return {"results": rows_of(ids), "next": None}


def numbered_page(ids, **changes):
    return {"results": rows_of(ids), "total": len(ids), "totalPages": 1, "page": 1, **changes}


def listing(session=None, ids=IDS, **options):
    params = {"ids": ids, **options.pop("params", {})}
    return (session or PluggySession("a", "b")).get_all("/rows", params=params, **options)


def test_an_error_about_the_end_of_a_part_ends_no_other(serve):
    """It is raised after that part's rows, and the next part follows, also when resumed."""
    serve(lambda ids: numbered_page(ids, total=501 if ids[0] == IDS[0] else len(ids)))
    listed = listing()
    got = []
    with pytest.raises(InconsistentListing) as caught:
        got += listed
    assert 500 == caught.value.items_yielded
    rest = list(listed)
    resumed = list(listing(resume=caught.value.checkpoint))
    assert rest == resumed == rows_of(IDS[500:])
    assert listed.complete is False
    assert [str(caught.value)] == list(listed.doubts)


def test_with_strict_every_part_can_be_read(serve):
    """A doubt about a part is an error, and the next part follows."""
    serve(rows_of)
    listed, got, errors = listing(strict=True), [], 0
    for _ in range(5):
        try:
            got += listed
        except InconsistentListing:
            errors += 1
    assert (IDS, 2) == ([row["id"] for row in got], errors)


def test_doubts_of_all_parts_are_kept(serve):
    """Each is told at the end of its part, and the listing is not complete."""
    serve(rows_of)
    listed = listing()
    with pytest.warns(PossiblyTruncated):
        assert rows_of(IDS) == list(listed)
    assert (False, 2) == (listed.complete, len(listed.doubts))


@pytest.mark.parametrize("prefetch", [0, 2])
def test_a_key_holds_over_all_parts(serve, prefetch):
    """What came in a part before is dropped, also after resuming."""
    serve(lambda ids: cursor_page(["a", "b", "c", *ids[:1]]))
    listed = listing(key="id", prefetch=prefetch)
    first = [next(listed)["id"] for _ in range(3)]
    rest = listing(key="id", resume=listed.checkpoint(), prefetch=prefetch)
    assert ["a", "b", "c"] == first
    assert [IDS[0], IDS[500], IDS[1000]] == [row["id"] for row in rest]
    assert [IDS[0], IDS[500], IDS[1000]] == [row["id"] for row in listed]
    assert 6 == listed.stats.duplicates_dropped


@pytest.mark.parametrize("strict", [False, True])
def test_whole_pages_tell_of_the_end_of_each_part(serve, strict):
    """Doubts and errors are told as for single rows, with a checkpoint taken at every page."""
    serve(rows_of)
    listed, got, told = listing(strict=strict), [], 0
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        for _ in range(5):
            try:
                for page in listed.pages():
                    got += page.items
                    assert listed.checkpoint() == page.checkpoint
            except InconsistentListing:
                told += 1
    assert (IDS, 2) == ([row["id"] for row in got], told + len(seen))
    assert not listed.complete


def test_a_checkpoint_knows_that_an_earlier_part_was_doubtful(serve):
    """A listing that goes on from it is not complete."""
    serve(rows_of)
    listed = listing()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(600):
            next(listed)
        rest = listing(resume=listed.checkpoint())
        assert len(IDS) - 600 == len(list(rest))
    assert (False, True) == (rest.complete, "a part before the checkpoint" in rest.doubts[0])


@pytest.mark.parametrize("by", ["rows", "pages"])
def test_an_interrupt_between_the_parts_loses_nothing(serve, monkeypatch, by):
    """Wherever it comes in the taking of a row or of a page, every row comes once."""
    monkeypatch.setattr("requests_paginate.providers.pluggy._MOST_IDS", 2)
    serve(cursor_page)

    def read(listed):
        return (row for page in listed.pages() for row in page) if by == "pages" else listed

    def run(stop_at):
        """The rows, and whether there was a line with that number."""
        listed, got, lines = listing(ids=IDS[:6]), [], [0]

        def trace(frame, event, _):
            if frame.f_code.co_filename != chain.__file__:
                return None
            lines[0] += event == "line"
            if lines[0] == stop_at and event == "line":
                raise KeyboardInterrupt
            return trace

        before = sys.gettrace()  # of a measurement of coverage
        sys.settrace(trace)
        try:
            for row in read(listed):
                got.append(row)
        except KeyboardInterrupt:
            pass
        finally:
            sys.settrace(before)
        got += read(listed)
        return got, lines[0] >= stop_at

    stop_at, is_there = 0, True
    while is_there:
        stop_at += 1
        got, is_there = run(stop_at)
        assert rows_of(IDS[:6]) == got
    assert stop_at > 40


def test_every_part_is_asked_with_the_parameters_of_the_call(serve):
    """Iterators are read once, and what is changed after the call is not what was asked for."""
    seen = serve(cursor_page)
    status, headers = ["A"], {"X-Asked": "1"}
    listed = listing(params={"status": status, "kind": iter("XY")}, headers=headers)
    next(listed)
    status.append("B")
    headers["X-Asked"] = "2"
    assert len(IDS) - 1 == len(list(listed))
    assert [["A"], ["X", "Y"]] * 3 == [query[name] for query in seen for name in ("status", "kind")]


def test_a_row_taken_while_a_part_is_opened_is_an_error(serve):
    """And no row is lost or repeated by it, whoever asked."""
    serve(cursor_page)
    taken = []

    class Greedy(PluggySession):
        def complete_url(self, url):
            if taken is not None and listed is not None and len(got) == 500 and not taken:
                taken.append(None)
                with pytest.raises(RuntimeError, match="being read by another"):
                    next(listed)
            return super().complete_url(url)

    listed, got = None, []
    listed = listing(Greedy("a", "b"))
    for row in listed:
        got.append(row)
    assert (rows_of(IDS), [None], True) == (got, taken, listed.complete)


def test_a_part_that_cannot_be_opened_is_opened_again(serve):
    """What fails between two parts loses nothing."""
    serve(cursor_page)
    failing = []

    class Failing(PluggySession):
        def complete_url(self, url):
            if failing:
                raise failing.pop()
            return super().complete_url(url)

    listed = listing(Failing("a", "b"))
    got = [next(listed) for _ in range(500)]
    failing.append(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        next(listed)
    assert rows_of(IDS) == [*got, *listed]


def test_what_a_chain_shows(serve):
    """Its place among the parts, no total, and a length only in the last part."""
    serve(numbered_page)
    listed = listing()
    shown = [repr(listed).partition(":")[0]]
    for _ in range(501):
        next(listed)
    shown.append(repr(listed).partition(":")[0])
    assert ["<ListingChain 1 of 3", "<ListingChain 2 of 3"] == shown
    assert listed.total is None
    assert listed.__length_hint__() is NotImplemented
    for _ in range(501):
        next(listed)
    assert 201 == listed.__length_hint__()


def test_a_timeline_has_the_pages_of_all_parts(serve):
    """It is asked for before the first part, and shows each part's page in its order."""
    serve(cursor_page)
    listed = listing()
    timeline = listed.timeline()
    list(listed)
    fetches = timeline.fetches()
    assert [0, 1, 2] == [each.page for each in fetches]
    assert [500, 500, 203] == [each.rows for each in fetches]
    assert 3 == len(timeline.consumer_spans())
    assert not timeline.is_going_on


def test_a_timeline_of_parts_that_were_resumed(serve):
    """One that is asked for later has what follows."""
    serve(cursor_page)
    first = listing()
    next(first.pages())
    listed = listing(resume=first.checkpoint())
    timeline = listed.timeline()
    list(listed)
    assert [500, 203] == [each.rows for each in timeline.fetches()]


def test_pages_of_a_resumed_chain_count_on(serve):
    """A page has the number that it has without the interruption, in events and errors, too."""
    serve(lambda ids: numbered_page(ids, total=501 if ids[0] == IDS[0] else len(ids)))
    whole = listing()
    with pytest.raises(InconsistentListing):
        list(whole.pages())
    assert [1, 2] == [page.index for page in whole.pages()]
    serve(cursor_page)
    for place, page in enumerate(listing().pages()):
        rest, events = listing(resume=page.checkpoint), []
        rest.trace(events.append)
        assert [0, 1, 2][place + 1 :] == [each.index for each in rest.pages()]
        taken = [event.page for event in events if event.kind == "taken"]
        assert [0, 1, 2][place + 1 :] == taken


def test_a_checkpoint_of_an_earlier_version_goes_on(serve):
    """One that does not say how many pages came before is still one."""
    serve(cursor_page)
    listed = listing()
    rows = [next(listed)["id"] for _ in range(600)]
    token, mark, place = listed.checkpoint().split(".")
    rows += [row["id"] for row in listing(resume=f"{token}.{mark}.{place.partition('-')[0]}")]
    assert rows == IDS
