"""Look for what contradicts the end that a strategy found, and for what makes it doubtful.

Nobody notices rows that are lost after a first page. So detection looks at an only page again. A
contradiction raises an error, after the rows of the page were handed out. A sign that only may be
one is a doubt, in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from requests_paginate._detection import detect, sizes
from requests_paginate._detection.incompleteness import (
    find_signs_in_headers,
    find_signs_of_incompleteness,
    may_hold_signs,
)
from requests_paginate._detection.later_pages import find_sign_of_later_page
from requests_paginate._detection.rival_totals import describe_unreached, find_reached_number
from requests_paginate._detection.sibling_tokens import find_unread_token
from requests_paginate._envelope import vocabulary
from requests_paginate._envelope.odd_ends import names_loss
from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate._failures import read_words
from requests_paginate._models import Page
from requests_paginate._paths import ABSENT, describe_type, is_count, read_flag, read_path
from requests_paginate._redaction import redact_url
from requests_paginate._urls import has_been_led_to_login
from requests_paginate.exceptions import (
    MalformedPage,
    PaginationError,
    UnknownPagination,
    doubt_end,
)
from requests_paginate.strategies import SinglePage, Strategy
from requests_paginate.strategies.parameters import read_sent_number

_MOST_QUOTED = 300  # characters of a provider's words
_SINGLE = "pass strategy=strategies.SinglePage() if this is all"


def find_doubts_of_page(
    page: Page,
    total: int | None,
    strategy: Strategy,
    last_total: int | None = None,
    place: str | None = None,
) -> list[str]:
    """Return what a page says against the whole, whichever page it is.

    `last_total` is what the page before told, and `place` the path of the rows, if it is known.

    Raises:
        MalformedPage: The server tells of errors, and a row is missing for it.
    """
    doubts = []
    if total is not None and total < len(page.items):
        doubts.append(
            f"the total at {strategy.total!r} is smaller than the number of rows on its own page, "
            "so it does not tell where the listing ends"
        )
    elif total is not None and last_total == total < (page.start or 0) + len(page.items):
        doubts.append(
            f"more rows came than the total at {strategy.total!r} counts, so it does not tell "
            "where the listing ends"
        )
    if (unread := find_unread_token(page, strategy)) is not None:
        doubts.append(
            f"the header {unread!r} is a part of the continuation, and {strategy!r} does not send "
            "it back: give it a tuple of names and one of tokens"
        )
    if has_been_led_to_login(page.request.url, page.url):
        doubts.append(
            f"a redirect led to {redact_url(page.url.partition('?')[0])}, perhaps to log in there: "
            "this may be no page of the listing"
        )
    body, is_deep = page.body, place is None or "." in place
    if isinstance(body, list) or (type(body) is dict and not (is_deep or may_hold_signs(body))):
        return doubts  # nearly always
    signs = find_signs_of_incompleteness(body, place, page.items)
    if not signs or _is_resource(page, place):
        return doubts
    sent = _list_words_sent(page)
    errors = [sign.value for sign in signs if sign.kind == "errors"]
    doubts += [
        f"the page says at {path!r} that rows are missing, that something failed, or that its "
        "work goes on"
        for path, kind, value in signs
        if kind != "errors"
        and path != strategy.more
        and not (isinstance(value, str) and value.casefold() in sent)
    ]
    return [*doubts, _describe_errors(page, errors[0])] if errors else doubts


def _list_words_sent(page: Page) -> set[str]:
    """Return the words of a request, which a page may echo; a number may be equal by chance.

    `/orders/pending` answers with `"status": "PENDING"`.
    """
    request = page.request
    fields = request.json if isinstance(request.json, Mapping) else {}
    values = [*request.query().values(), *fields.values(), *urlsplit(page.url).path.split("/")]
    return {str(value).casefold() for value in values if not is_count(value)}


def _describe_errors(page: Page, errors: Any) -> str:
    """Say what errors stand beside the rows, as in GraphQL (https://spec.graphql.org/, 7.1.2)."""
    said = read_words({"errors": errors}) or describe_type(errors)
    text = f"the page reports errors beside its rows: {said[:_MOST_QUOTED]}"
    if any(row is None for row in page.items):
        raise MalformedPage(f"{text}, and a row is null")
    return text


def find_doubts_of_size(strategy: SinglePage, page: Page) -> Iterator[str]:
    """Yield why a page that detection takes for the whole listing may be only a part of it."""
    items = getattr(strategy.items, "path", None)
    if _is_resource(page, items):
        yield from _find_doubts_of_resource(page, items)
        return
    reason = sizes.describe_doubtful_size(page, items)
    if reason is not None:
        yield (
            f"one page was taken for the whole listing, and {reason}; ask for a larger page, or "
            f"pass strategy= with the way to the next one, or {_SINGLE}"
        )
    if (sign := detect.find_weak_sign(page, items)) is not None:
        yield f"one page was taken for the whole listing, and {sign}; {_SINGLE}"


def _find_doubts_of_resource(page: Page, path: Any) -> Iterator[str]:
    """Yield the flags that say that a list of a single resource was cut."""
    node = read_path(page.body, path)
    if any(isinstance(value, list) and value for value in node.values()):
        for name, value in node.items():
            if names_loss(normalize_name(name)) and read_flag(value):
                yield f"the resource says at {name!r} that a part of it is missing"


def find_doubts_of_end(
    strategy: Strategy,
    page: Page,
    total: int | None,
    *,
    place: str | None = None,
    is_detected: bool,
    is_given: bool = False,
) -> Iterator[str]:
    """Yield what makes an end doubtful where the server may be right.

    `total` is the smallest one that was told, `place` the path of the rows, if it is known.
    `is_detected` says whether detection chose the strategy and found the rows, and `is_given`
    whether the caller chose it.

    Raises:
        InconsistentListing: The last page says that more rows follow.
    """
    rows = len(page.items) + (page.start or 0)
    if total is not None and page.start is not None and rows < total:
        text = (
            f"the listing ends after {rows} of {total} rows; if that total is only an "
            "estimate, pass a strategy without total="
        )
        if not strategy.is_standing(page) and page.flag(strategy.more) is not False:
            raise doubt_end(text)
        yield text
    if strategy.total_pages is not None and (pages := _count_pages_left(page, strategy)):
        yield (
            f"the listing ends at {strategy.more!r}, and {strategy.total_pages!r} counts {pages} "
            "pages more"
        )
    if total is not None and (size := _find_full_size(page, strategy, total, is_detected)):
        yield (
            f"the total at {strategy.total!r} is {total}, which is also {size}: it may count the "
            "page alone"
        )
    if is_detected and (unreached := describe_unreached(page, strategy)) is not None:
        yield unreached
    path = getattr(strategy.items, "path", None)
    if is_detected and isinstance(path, str) and page.status == 200:
        yield from _find_doubts_of_detection(page, path)
    if headers := find_signs_in_headers(page.headers):
        yield f"the header {headers[0]!r} says that rows are missing, or not there yet"
    # what is asked for past the end may echo anything
    is_read = bool(page.items) or page.index == 0 or strategy.ends_by_absence
    is_said = type(strategy) is SinglePage and not is_detected
    is_listing = page.status != 204 and not _is_resource(page, place)
    if is_read and is_listing and not is_said:
        sign = find_sign_of_later_page(page, strategy, place, is_given=is_given)
        if sign is not None:
            yield f"{sign}, though {strategy!r} ends here"
    if page.index == 0 and strategy.ends_by_absence and page.flag(strategy.more) is not False:
        yield from _find_doubts_of_only_page(strategy, page)


def find_doubt_of_contradiction(
    error: PaginationError, page: Page, strategy: Strategy
) -> str | None:
    """Return an end that a total contradicts as a doubt, if all rows by another number came."""
    if page.flag(strategy.more):
        return None
    reached = find_reached_number(page, strategy)
    return None if reached is None else f"{error}; but {reached!r} counts as many rows as came"


def find_doubts_of_refusal(page: Page, strategy: Strategy) -> Iterator[str]:
    """Yield why a refusal that counts as the end may be none."""
    if page.index == 0:
        yield (
            f"the first page was refused with {page.status}, which the strategy takes for the end: "
            "there may be no such listing"
        )
    elif strategy.more is not None or strategy.total_pages is not None:
        sign = strategy.more or strategy.total_pages
        yield (
            f"the page before told of another one (at {sign!r}), which was refused with "
            f"{page.status}"
        )


def _count_pages_left(page: Page, strategy: Strategy) -> int:
    """Return how many pages follow the last one by the number of pages, against a flag."""
    pages = page.number(strategy.total_pages or "")
    if pages is None or page.flag(strategy.more) is not False:
        return 0
    number = read_sent_number(page.request, getattr(strategy, strategy.needs[0]), strategy.first)
    return max(0, pages - (number - strategy.first + 1))


def _find_full_size(page: Page, strategy: Strategy, total: int, is_detected: bool) -> str | None:
    """Return of what size a first page is if only a total of its length says that it is all."""
    is_told = page.flag(strategy.more) is not None or strategy.total_pages is not None
    if page.index > 0 or not strategy.asks_beyond_end or is_told or len(page.items) != total:
        return None
    if total in sizes.list_sizes_asked(page.request, or_ambiguous=True):
        return "the page size that was asked for"
    path = getattr(strategy.items, "path", None)
    is_unknown = is_detected and not sizes.list_named_sizes(page, path)
    return "a usual page size" if is_unknown and sizes.is_usual_size(total) else None


def _find_doubts_of_detection(page: Page, path: str) -> Iterator[str]:
    """Yield why the end may be none if detection chose where the rows and their total are."""
    rows = read_path(page.body, path)
    if page.index > 0 and rows is ABSENT:
        yield (
            f"the last page has no list at {path!r}, where the first one had its rows; "
            f"pass items={path!r} if a page without it is the end"
        )
    above = path.rpartition(".")[0]
    node = read_path(page.body, above)
    for name, value in node.items() if isinstance(node, Mapping) and node is not rows else ():
        low = is_count(value) and int(value) < len(page.items)
        if low and vocabulary.is_row_count(normalize_name(name)):
            place = f"{above}.{name}" if above else name
            yield f"{place!r} counts {value} rows, fewer than are on its own page"


def _is_resource(page: Page, items: Any) -> bool:
    """Return whether the only row of a page is the object where a list could be."""
    return isinstance(items, str) and isinstance(read_path(page.body, items), Mapping)


def _find_doubts_of_only_page(strategy: Strategy, page: Page) -> Iterator[str]:
    """Yield the way to go on that detection finds; raise if it can be nothing else."""
    try:
        explanation = detect.explain(page, items=getattr(strategy.items, "path", None))
        found = (explanation.strategies[0], *explanation.passed_over)
        # what only the caller's parameters suggest is no doubt
        onward = [each for each in found if any(each.signals(page)) and each.next(page) is not None]
        is_contradiction = bool(onward) and (
            onward[0].is_unmistakable or bool(page.flag(onward[0].more))
        )
    except UnknownPagination as error:
        yield f"{strategy!r} says that the first page is all; without it: {error}"
        return
    except PaginationError:
        return
    if not onward:
        return
    text = (
        f"{strategy!r} says that the first page is all, and it looks like one of many by "
        f"{onward[0]!r}; pass that as strategy=, or dialects.SINGLE_PAGE if this is all"
    )
    if is_contradiction:
        raise doubt_end(text)
    yield text
