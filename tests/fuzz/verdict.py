"""Lists a server, and judges how it went against the truth."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import Any

import requests

from requests_paginate import request_all
from requests_paginate.exceptions import (
    PaginationError,
    PaginationWarning,
    UnknownPagination,
)
from tests.fuzz.cases import Case

RIGHT, TOLD, REFUSED, ALLOWED, ALARM, WRONG, UNKNOWABLE = (
    "right", "told", "refused", "allowed alarm", "false alarm", "silent wrong", "unknowable",
)  # fmt: skip


@dataclass(kw_only=True)
class Outcome:
    """How a listing went."""

    rows: list[Any] = field(default_factory=list)
    error: BaseException | None = None
    doubts: list[str] = field(default_factory=list)
    complete: bool = False
    strategy: Any = None


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What is to be said of a listing: one of the verdicts above, and why."""

    name: str
    kind: str = ""  # what has gone wrong, in a few words that many cases share
    text: str = ""


def run(case: Case, session: requests.Session) -> Outcome:
    """List the server of a case; a checkpoint may divide the listing into two."""
    outcome = Outcome()
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            _list(case, session, outcome)
        except PaginationError as error:
            outcome.error = error
        except Exception as error:  # noqa: BLE001 - any other one is a fault of the library
            outcome.error = error
    outcome.doubts += [f"{type(w.message).__name__}: {w.message}" for w in warned]
    unlike = [w for w in warned if not issubclass(w.category, PaginationWarning)]
    if unlike and outcome.error is None:
        outcome.error = RuntimeError(f"a warning of another kind: {unlike[0].message}")
    return outcome


def _list(case: Case, session: requests.Session, outcome: Outcome) -> None:
    server = case.server
    options = dict(case.way)
    if not case.is_detected:
        options["strategy"] = server.paging.make_strategy(server.rows_path)
    call: dict[str, Any] = {"params": case.params, "headers": case.headers}
    if case.json is not None:
        call["json"] = case.json
    url = f"{server.origin}{server.path}"
    if case.stop is not None:
        first = request_all(case.method, url, session=session, **call, **options)
        for row in first if case.stop else ():
            outcome.rows.append(row)
            if len(outcome.rows) >= case.stop:
                break
        outcome.strategy = first.strategy
        outcome.doubts += getattr(first, "doubts", ())
        options["resume"] = first.checkpoint()
        if "key" in options and first.complete:
            outcome.complete = True
    listing = request_all(case.method, url, session=session, **call, **options)
    try:
        for row in listing:
            outcome.rows.append(row)
    finally:
        outcome.complete = listing.complete
        outcome.strategy = listing.strategy
        outcome.doubts += getattr(listing, "doubts", ())


def judge(case: Case, outcome: Outcome) -> Verdict:
    """Return the verdict on a listing."""
    error, doubts = outcome.error, outcome.doubts
    if case.server.ran_away:
        return _blame(case, "runaway", f"{case.server.asked} requests, {len(outcome.rows)} rows")
    if error is not None and not isinstance(error, PaginationError):
        return _blame(case, f"crash: {type(error).__name__}", str(error))
    expected = case.truth[: case.way.get("max_items", len(case.truth))]
    is_prefix = outcome.rows == expected[: len(outcome.rows)]
    is_whole = outcome.rows == expected
    if error is not None:
        if outcome.complete:
            return _blame(case, "complete beside an error", str(error))
        is_late = any(fault.is_told_last for fault in case.faults)
        if not (is_prefix or doubts or is_late):
            return _blame(case, "wrong rows before an error", _compare(case, outcome, expected))
    elif not doubts:
        is_cut = case.way.get("max_items", len(case.truth)) < len(case.truth)
        if not is_whole:
            return _blame(
                case, _name_difference(outcome, expected), _compare(case, outcome, expected)
            )
        if not outcome.complete and not is_cut and "max_items" not in case.way:
            return _blame(case, "not complete, and nothing told", "")
        return Verdict(name=RIGHT)
    return _judge_told(case, outcome, is_whole=is_whole)


def _judge_told(case: Case, outcome: Outcome, *, is_whole: bool) -> Verdict:
    text = (
        f"{type(outcome.error).__name__}: {outcome.error}" if outcome.error else outcome.doubts[0]
    )
    if not case.is_honest or not case.is_knowable_at_all():
        return Verdict(name=TOLD, text=text)
    kind = type(outcome.error).__name__ if outcome.error else "doubt"
    if _is_refusal(case, outcome, is_whole=is_whole):
        return Verdict(name=REFUSED, kind=kind, text=text)
    is_doubt = outcome.error is None or "strict" in case.way
    if is_whole and is_doubt and case.is_silent():
        return Verdict(name=ALLOWED, kind=kind, text=text)
    if case.has_equal_pages() and getattr(outcome.error, "is_repeat", False):
        return Verdict(name=ALLOWED, kind="equal pages", text=text)
    return Verdict(name=ALARM, kind=kind, text=text)


def _is_refusal(case: Case, outcome: Outcome, *, is_whole: bool) -> bool:
    """Return whether detection says that it cannot tell how to go on."""
    error = outcome.error
    if not case.is_detected:
        return False
    if (error is None or "strict" in case.way) and not is_whole:
        return True  # it tells that more rows may follow, and they do
    return isinstance(error, UnknownPagination) or "tried the parameter" in str(error)


def _name_difference(outcome: Outcome, expected: list[Any]) -> str:
    if len(outcome.rows) < len(expected):
        is_prefix = outcome.rows == expected[: len(outcome.rows)]
        return "silently short" if is_prefix else "silently short, with a gap"
    return "silently repeated" if len(outcome.rows) > len(expected) else "silently others"


def _compare(case: Case, outcome: Outcome, expected: list[Any]) -> str:
    return f"{len(outcome.rows)} rows of {len(expected)} by {outcome.strategy!r}"


def _blame(case: Case, kind: str, text: str) -> Verdict:
    is_excused = not case.is_knowable() and not kind.startswith("crash")
    return Verdict(name=UNKNOWABLE if is_excused else WRONG, kind=kind, text=text)
