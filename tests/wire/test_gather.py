"""Many listings at once."""

from __future__ import annotations

import contextlib
import contextvars
import pickle
import re
import sqlite3
import threading
from datetime import date

import pytest
import requests

from requests_paginate import PaginatedSession, exceptions, gather, strategies, windows
from requests_paginate._listing.group import Group
from requests_paginate._listing.listing import Listing
from requests_paginate._listing.progress import Progress
from requests_paginate._models import PageRequest
from requests_paginate._transport.deadline import Deadline
from requests_paginate._transport.page_task import PageTask
from requests_paginate._transport.pooled_task import PooledTask
from requests_paginate._transport.shared_limit import SharedLimit
from requests_paginate._transport.worker_pool import WorkerPool
from requests_paginate.providers import BelvoSession, PluggySession
from requests_paginate.sandbox import Belvo, Combined, Pluggy, serve
from requests_paginate.testing import skip_waits
from tests.loopback import LoopbackServer, http, is_server_thread

PAGES = 3  # of each account, with two rows
CURSORS = strategies.Cursor("cursor", token="next")


def rows_of(account):
    return [f"{account}-{number}" for number in range(2 * PAGES)]


def answer(_number, request):
    """A page of /ACCOUNT; an account called empty has no rows, and one called broken fails."""
    account = re.match(r"GET /(\w+)", request)[1]
    cursor = re.search(r"cursor=(\d+)", request)
    page = int(cursor[1]) if cursor else 0
    if account.startswith("broken") and page == 1:
        return http({"message": "gone"}, status=404)
    if account.startswith("empty"):
        return http({"rows": [], "next": None})
    following = str(page + 1) if page + 1 < PAGES else None
    return http({"rows": rows_of(account)[2 * page : 2 * page + 2], "next": following})


@pytest.fixture
def server():
    with LoopbackServer(answer) as server:
        yield server


@pytest.fixture
def session():
    with PaginatedSession(allow_http=True) as session:
        session.trust_env = False
        yield session


def calls(session, server, accounts, **options):
    for account in accounts:
        yield session.get_all(
            f"{server.url}/{account}", strategy=CURSORS, items="rows", retries=0, **options
        )


def accounts(count):
    return [f"a{number}" for number in range(count)]


def workers_alive():
    return [each for each in threading.enumerate() if not is_server_thread(each)]


@pytest.mark.parametrize("workers", [1, 3, 40])
@pytest.mark.parametrize("prefetch", [0, 2])
def test_every_row_of_every_listing_comes_once(server, session, workers, prefetch):
    """The pages of each listing are all there, in its order, whatever comes between them."""
    seen: dict[str, list[str]] = {}
    numbers: dict[str, list[int]] = {}
    for listing, page in gather(
        calls(session, server, accounts(20), prefetch=prefetch), workers=workers
    ):
        account = page.url.partition("?")[0].rpartition("/")[2]
        assert (True, listing.strategy) == (listing.stats.pages > 0, CURSORS.reading("rows"))
        seen.setdefault(account, []).extend(page.items)
        numbers.setdefault(account, []).append(page.index)
    assert {account: rows_of(account) for account in accounts(20)} == seen
    assert [[0, 1, 2]] * 20 == list(numbers.values())


def test_an_empty_listing_has_its_page(server, session):
    """Who stores what came learns of a listing without rows, too."""
    ((listing, page),) = gather(calls(session, server, ["empty"]))
    assert ([], True) == (page.items, listing.complete)


def test_listings_are_taken_as_they_are_needed(server, session):
    """A generator is asked for a few listings more than are read, in the caller's own thread."""
    taken = []

    def watched():
        for listing in calls(session, server, accounts(50)):
            taken.append(threading.current_thread())
            yield listing

    pages = gather(watched(), workers=2)
    assert [] == taken
    next(pages)
    assert 4 >= len(taken)
    assert 50 * PAGES - 1 == len(list(pages))
    assert {threading.current_thread()} == set(taken)


def test_leaving_the_loop_stops_all_and_loses_nothing(server, session):
    """Nothing more is sent, the threads end, and each checkpoint leads to what did not come."""
    listings = list(calls(session, server, accounts(6)))
    threads = len(workers_alive())
    seen: dict[str, list[str]] = {account: [] for account in accounts(6)}
    pages = gather(listings, workers=3)
    for _, page in pages:
        seen[page.items[0].partition("-")[0]] += page.items
        if sum(map(len, seen.values())) >= 14:
            break
    pages.close()
    for thread in workers_alive()[threads:]:
        thread.join(10)
    assert threads == len(workers_alive())
    for account, listing in zip(accounts(6), listings, strict=True):
        (rest,) = calls(session, server, [account], resume=listing.checkpoint())
        assert rows_of(account) == [*seen[account], *rest]
        assert rows_of(account) == [*seen[account], *listing]


def test_an_error_ends_with_its_place(server, session):
    """The first error of a listing is raised, and leads to the next row."""
    pages = gather(calls(session, server, ["broken"]))
    assert rows_of("broken")[:2] == next(pages)[1].items
    with pytest.raises(exceptions.PageFailed) as caught:
        next(pages)
    assert (2, 1) == (caught.value.items_yielded, caught.value.page_index)
    assert caught.value.checkpoint is not None


def test_an_error_can_stand_for_its_page(server, session):
    """With on_error="return" one broken listing stops no other, and its error has its place."""
    names = ["a0", "broken1", "a1", "broken2", "a2"]
    failed, rows = [], []
    for listing, page in gather(calls(session, server, names), workers=2, on_error="return"):
        if isinstance(page, exceptions.PaginationError):
            failed.append(listing)
            assert page.checkpoint == listing.checkpoint()
        else:
            rows += page.items
    expected = [row for name in names for row in rows_of(name)[: 2 if "broken" in name else 6]]
    assert (2, sorted(expected)) == (len(failed), sorted(rows))


@pytest.mark.parametrize("on_error", ["raise", "return"])
def test_an_error_of_the_caller_s_own_is_raised(server, session, on_error):
    """What the caller's code raises is no error of a listing: of an auth, or of the generator."""

    class Broken(requests.auth.AuthBase):
        def __call__(self, request):
            raise LookupError("no key")

    with pytest.raises(LookupError):
        list(gather(calls(session, server, ["a0"], auth=Broken()), on_error=on_error))

    def failing():
        yield from calls(session, server, ["a0"])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(gather(failing(), on_error=on_error))


def test_mistakes(server, session):
    """They are told at the call, or where a listing is taken."""
    listing, other = calls(session, server, ["a0", "a1"])
    for arguments, options, error, text in (
        ((listing,), {}, TypeError, "several listings"),
        ((5,), {}, TypeError, "several listings"),
        (([],), {"workers": 0}, ValueError, "workers: expected 1 or more"),
        (([],), {"workers": 1.5}, TypeError, "workers"),
        (([],), {"workers": True}, TypeError, "workers"),
        (([],), {"on_error": "ignore"}, ValueError, "on_error"),
    ):
        with pytest.raises(error, match=text):
            gather(*arguments, **options)
    with pytest.raises(TypeError, match="expected listings, got str"):
        list(gather(["https://a.test"]))
    with pytest.raises(TypeError, match="expected listings, got NoneType"):
        list(gather([other, None]))
    other = next(calls(session, server, ["a2"]))
    with pytest.raises(ValueError, match="was given twice"):
        list(gather([listing, other, listing]))
    assert [] == list(gather([]))


def test_few_pages_are_held(server, session):
    """A slow consumer holds back the workers: each has one page, and asks for no other."""
    pages = gather(calls(session, server, accounts(30)), workers=3)
    for count, _ in enumerate(pages, 1):
        assert len(server.requests) <= count + 3
        if count == 20:
            break
    pages.close()


KEY = contextvars.ContextVar("KEY")


def test_context_variables_are_the_caller_s(server, session):
    """What was set around the call is there for an auth in a thread."""
    seen = []

    class Reading(requests.auth.AuthBase):
        def __call__(self, request):
            seen.append(KEY.get())
            return request

    token = KEY.set("of the caller")
    pages = gather(calls(session, server, accounts(4), auth=Reading()))
    KEY.reset(token)
    assert 4 * PAGES == len(list(pages))
    assert ["of the caller"] * 4 * PAGES == seen


def test_listings_of_one_session_share_its_entry_and_those_of_one_origin_its_limit(server):
    """One refresh at a time per session, and one pause per origin."""
    one, two = PaginatedSession(allow_http=True), PaginatedSession(allow_http=True)
    group = Group(4)
    listings = [*calls(one, server, ["a0", "a1"]), *calls(two, server, ["a2"])]
    listings.append(two.get_all("http://127.0.0.2:1/rows"))
    for listing in listings:
        listing._join(group)
    fetchers = [listing._reader.fetcher for listing in listings]
    entries = [fetcher.sender.session_request.entry for fetcher in fetchers]
    limits = [fetcher.make_task.args[0] for fetcher in fetchers]
    assert (entries[0], entries[2]) == (entries[1], entries[3])
    assert entries[0] is not entries[2]
    assert limits[0] is limits[1] is limits[2] is not limits[3]
    assert "a0" in repr(pickle.loads(pickle.dumps(listings[0])))


def refused(status=429):
    error = exceptions.PageFailed("refused")
    error.response, error.transient = requests.Response(), True
    error.response.status_code = status
    return error


def test_a_pause_of_one_is_one_of_all():
    """Where the server asks one page to wait, the others wait before their next try."""
    limit = SharedLimit(4)
    tasks = [PageTask(PageRequest("GET", "https://a.test"), 0, 60) for _ in range(2)]
    assert [0.0, 0.0] == [limit.begin_try(task) for task in tasks]
    assert limit.note_failure(tasks[0], 30.0) is False  # another one was on its way
    assert 29 < limit.begin_try(tasks[1]) <= 30
    limit.end(tasks[0], has_come=False)


def test_a_pause_is_heeded_by_those_that_fetch_ahead(session):
    """With prefetch, too, a page waits where the server asked another listing of its origin to."""
    group, url = Group(4), "https://a.test/rows"
    listings = [session.get_all(url, prefetch=1) for _ in range(3)]
    for listing in listings[:2]:
        listing._join(group)
    first, second, alone = (
        PooledTask(WorkerPool(listing._reader.fetcher, 1), PageRequest("GET", url), 0)
        for listing in listings
    )
    plain = session.get_all(url)
    plain._join(group)
    other = plain._reader.fetcher.make_task(PageRequest("GET", url), 0, 60)
    assert [0.0] * 4 == [task.begin_try() for task in (first, second, alone, other)]
    assert first.note_failure(refused(), 30.0)
    assert 29 < second.begin_try() <= 30
    assert 29 < other.begin_try() <= 30
    assert 0.0 == alone.begin_try()
    second.deadline = Deadline(5)
    assert 0.0 == second.begin_try()  # its own answer counts
    first.note_failure(refused(status=500), 90.0)
    assert other.begin_try() <= 30


def test_ids_of_several_requests_are_one_listing():
    """A chain of listings is gathered as one: its parts follow each other."""

    def answer_ids(_number, request):
        if request.startswith("POST"):
            return http({"apiKey": "a-key"})
        ids = re.search(r"ids=([^& ]+)", request)[1].replace("%2C", ",").split(",")
        return http({"results": [{"id": each} for each in ids], "next": None})

    ids = [f"id{number:04d}" for number in range(1203)]
    with LoopbackServer(answer_ids) as server:
        pluggy = PluggySession("a", "b", base_url=server.url, allow_http=True)
        listing = pluggy.get_all("/rows", {"ids": ids})
        found = [(page.index, row["id"]) for _, page in gather([listing]) for row in page.items]
        assert pickle.loads(pickle.dumps(listing)).complete
    assert ids == [row for _, row in found]
    assert [0, 1, 2] == sorted({index for index, _ in found})


@pytest.mark.parametrize("provider", ["pluggy", "belvo"])
def test_windows_lose_and_repeat_no_row(provider):
    """A listing that is cut by days is the whole listing: rows of a window's edge are in one."""
    pluggy, belvo = Pluggy(transactions=500), Belvo(transactions=500)
    account, link = pluggy.account_ids[0], belvo.link_ids[0]
    with serve(Combined(dialects=(pluggy, belvo))) as server:
        if provider == "pluggy":
            session = PluggySession(pluggy.client_id, pluggy.client_secret, base_url=server.url)
            path, field, names = "/v2/transactions", "date", ("dateFrom", "dateTo")
            asked = {"accountId": account}
        else:
            session = BelvoSession(belvo.secret_id, belvo.secret_password, environment=server.url)
            path, field = "/api/transactions/", "value_date"
            names, asked = ("value_date__gte", "value_date__lte"), {"link": link, "page_size": 50}
        session.verify, session.trust_env = server.ca_file, False
        whole = list(session.get_all(path, asked))
        days = sorted({date.fromisoformat(row[field][:10]) for row in whole})
        spans = windows(days[0], days[-1], 3)
        calls = [
            session.get_all(path, asked | dict(zip(names, span, strict=True))) for span in spans
        ]
        found = [row for _, page in gather(calls, workers=4) for row in page.items]
    assert len(calls) > 10
    assert sorted(row["id"] for row in whole) == sorted(row["id"] for row in found)


def test_a_listing_that_is_closed_ends_there(server, session):
    """Closing is how a consumer has enough of one listing; the others go on."""
    seen = []
    for listing, page in gather(calls(session, server, accounts(4)), workers=2):
        seen += page.items
        if page.items[0].startswith("a1"):
            listing.close()
    expected = [row for name in accounts(4) for row in rows_of(name)[: 2 if name == "a1" else 6]]
    assert sorted(expected) == sorted(seen)


def test_a_place_is_that_of_the_pages_that_came(server, session):
    """While the consumer has a page, its listing's checkpoint leads past that one alone."""
    for listing, page in gather(calls(session, server, accounts(6)), workers=3):
        for _ in range(20):
            assert page.checkpoint == listing.checkpoint()


@pytest.mark.parametrize("name", ["read_rest", "_write_checkpoint"])
def test_an_interrupt_loses_no_page(server, session, monkeypatch, name):
    """One that comes while a page is taken leaves it to the listing, and no thread behind."""
    threads = len(workers_alive())
    (listing,) = calls(session, server, ["a0"])
    pages = gather([listing])
    first = next(pages)[1].items
    owner = Progress if name == "read_rest" else Listing

    def interrupt(*_arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, interrupt)
        with pytest.raises(KeyboardInterrupt):
            next(pages)
    for thread in workers_alive()[threads:]:
        thread.join(10)
    assert threads == len(workers_alive())
    assert rows_of("a0") == [*first, *listing]


@pytest.mark.parametrize("on_error", ["raise", "return"])
@pytest.mark.parametrize("are_there", [True, False], ids=["waiting", "on the way"])
def test_others_are_closed_while_their_pages_wait(session, on_error, are_there):
    """A listing whose next page is there, or on its way, ends as well when it is closed."""
    answered, may_answer = threading.Semaphore(0), threading.Event()

    def hold_back(number, request):
        if "cursor=" in request:
            assert may_answer.wait(10)
            answered.release()
        return answer(number, request)

    with LoopbackServer(hold_back) as holding:
        listings = list(calls(session, holding, accounts(4)))
        got = {}
        for listing, page in gather(listings, workers=4, on_error=on_error):
            got[listing] = [*got.get(listing, ()), *page.items]
            if len(got) == 4 and not may_answer.is_set():  # the others have asked for more
                if are_there:
                    may_answer.set()
                    assert all(answered.acquire(timeout=10) for _ in range(3))
                kept = listing
                for other in {*listings} - {kept}:
                    other.close()
                may_answer.set()
    assert {
        each: rows_of(f"a{n}")[: 6 if each is kept else 2] for n, each in enumerate(listings)
    } == (got)


@pytest.mark.parametrize("place", ["session", "auth", "adapter"])
def test_a_session_of_one_thread_is_refused(server, place):
    """What it holds for its own thread is found before anything is sent; one for all may stay."""
    with contextlib.closing(sqlite3.connect(":memory:")) as bound, PaginatedSession() as session:
        session.auth = lambda request: request
        holder = {
            "session": session, "auth": session.auth, "adapter": session.get_adapter("https://"),
        }[place]  # fmt: skip
        holder.tokens = bound
        plain = [session.get_all("https://api.test/rows") for _ in range(2)]
        for call in (
            lambda: gather(plain),
            lambda: session.get_all("https://api.test/rows", prefetch=2),
            lambda: list(gather(each for each in plain)),
        ):
            with pytest.raises(ValueError, match="tokens is a connection to SQLite that only one"):
                call()
        with contextlib.closing(sqlite3.connect(":memory:", check_same_thread=False)) as shared:
            holder.tokens = shared
            assert session.get_all("https://api.test/rows", prefetch=2)
        assert session.get_all("https://api.test/rows", prefetch=2)  # closed: it tells its own
    assert [] == server.requests


def test_leaving_the_loop_wakes_those_that_wait(session):
    """A worker that was told to wait for a minute ends when the consumer leaves."""
    refusals = threading.Semaphore(0)

    def answer_once(_number, request):
        if "/slow" in request:
            refusals.release()
            return http({}, status=429, **{"Retry-After": "60"})
        return answer(_number, request)

    threads = len(workers_alive())
    with LoopbackServer(answer_once) as server:
        session.trust_env = False
        slow = session.get_all(f"{server.url}/slow", strategy=CURSORS, items="rows")
        other = session.get_all(f"{server.url}/a0", strategy=CURSORS, items="rows")
        pages = gather([other, slow])
        next(pages)
        assert refusals.acquire(timeout=10)
        pages.close()
        for thread in workers_alive()[threads:]:
            thread.join(10)
        assert (threads, 1) == (
            len(workers_alive()),
            len([r for r in server.requests if "/slow" in r]),
        )


def test_waits_can_be_skipped(server, session):
    """In tests, gathered listings try again at once, too."""
    answers = iter([http({}, status=429, **{"Retry-After": "60"})])

    def answer_later(number, request):
        return next(answers, None) or answer(number, request)

    with LoopbackServer(answer_later) as refusing, skip_waits() as waits:
        listing = session.get_all(f"{refusing.url}/a0", strategy=CURSORS, items="rows")
        assert rows_of("a0") == [row for _, page in gather([listing]) for row in page.items]
    assert [60.0] == waits
