"""Hold the end of a listing against all numbers that may count its rows, if there are several."""

from __future__ import annotations

from requests_paginate._detection.count_nouns import Counted, weigh_count
from requests_paginate._detection.evidence import FILTERED, Evidence, gather_evidence
from requests_paginate._envelope import vocabulary
from requests_paginate._models import Page
from requests_paginate._paths import is_count
from requests_paginate.strategies import Strategy


def find_reached_number(page: Page, strategy: Strategy) -> str | None:
    """Return the path of a number of rows that an end reaches, of whatever rows; None if none.

    On a first page it is rather the length of that page.
    """
    if not page.start:
        return None
    evidence = gather_evidence(page, getattr(strategy.items, "path", None))
    rows = page.start + len(page.items)
    for name, values in evidence.found.items():
        if _may_count_rows(evidence, name) and not evidence.is_share(name):
            for path, value in values:
                if is_count(value) and int(value) == rows:
                    return path
    return None


def describe_unreached(page: Page, strategy: Strategy) -> str | None:
    """Return why an end by the rows alone is doubtful: it reaches none of two numbers of rows.

    One of them counts what a filter leaves, or what it leaves out: nobody knows.
    """
    is_by_rows = strategy.asks_beyond_end and getattr(strategy.total, "path", "") is None
    if not is_by_rows or page.start is None or page.flag(strategy.more) is not None:
        return None
    evidence = gather_evidence(page, getattr(strategy.items, "path", None))
    rows, totals = page.start + len(page.items), {number for _, number, _ in evidence.totals}
    largest, rivals = max(totals, default=0), evidence.list_rivals()
    rest = {largest - rival for rival in rivals}
    if not rivals or rows >= largest or rows in {*totals, *rivals, *rest}:
        return None
    told = ", ".join(map(str, sorted({*totals, *rivals})))
    return f"the listing ends after {rows} rows, and the numbers beside them are {told}"


def _may_count_rows(evidence: Evidence, name: str) -> bool:
    if vocabulary.is_row_count(name) or name in FILTERED:
        return True
    is_suspicious = vocabulary.is_suspicious_count(name)
    return is_suspicious and weigh_count(name, evidence.row_names) is not Counted.OTHERS
