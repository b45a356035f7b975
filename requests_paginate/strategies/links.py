"""Strategies that follow a link of the response."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import parse_qsl, unquote

from requests_paginate._envelope.vocabulary import LINK_TARGETS, normalize_name
from requests_paginate._models import Page, PageRequest, copy_with
from requests_paginate._paths import ABSENT, describe_type, is_count, is_end_marker, read_path
from requests_paginate._urls import (
    Link,
    are_written_links,
    decode_header,
    find_links_of,
    parse_link_header,
    rebase_link,
    resolve_link,
)
from requests_paginate.exceptions import MalformedPage, UnsafeLink
from requests_paginate.strategies.base import Strategy

_METHODS = frozenset("CONNECT DELETE GET HEAD OPTIONS PATCH POST PUT QUERY SEARCH TRACE".split())
_JSON_TYPE = r"(?i)\s*application/json\s*(?:;\s*charset=\"?utf-?8\"?\s*)?"


class FollowedLink(Strategy):
    """What strategies share whose next request is a link of the page."""

    reads_rows: ClassVar[bool] = False
    ends_by_absence: ClassVar[bool] = True

    def is_standing(self, page: Page) -> bool:
        """Return whether the link leads nowhere: to the page itself, or past the total.

        The last page of Mailgun and of Okta's system log is empty and links to itself. That of
        Spree links to itself, too, and holds the last rows. CKAN links to a next page for ever.
        """
        following = self._read_request(page)
        return following is not None and self._leads_nowhere(page, following)

    def _read_request(self, page: Page) -> PageRequest | None:
        """Return the request that the link of a page asks for; None without a link."""
        raise NotImplementedError

    def _leads_nowhere(self, page: Page, following: PageRequest) -> bool:
        left = None  # rows of this page and those after it; None if nobody knows
        if page.start is not None and (total := self.total(page)) is not None:
            left = total - page.start
        if page.items and left != len(page.items):
            return False
        if _leads_to_itself(page, following):
            rows = self.read_rows(page)
            return not rows or left == len(rows)
        return left is not None and left <= 0 and not self.read_rows(page)


def _leads_to_itself(page: Page, following: PageRequest) -> bool:
    """Return whether a link asks for its own page, perhaps with its query in another order."""
    own = page.request
    if following == own:
        return True
    answered = PageRequest(own.method, page.url or own.url)  # with what the session added
    is_alike = (following.method, following.json) == (own.method, own.json)
    return is_alike and _identify(following) in (_identify(own), _identify(answered))


def _identify(request: PageRequest) -> tuple[str, list[tuple[str, str]]]:
    url, _, query = request.url.partition("#")[0].partition("?")
    parameters = parse_qsl(query, keep_blank_values=True)
    for name, value in request.params.items():
        values = value if isinstance(value, (list, tuple)) else [value]
        parameters += [(str(name), str(each)) for each in values if each is not None]
    return unquote(url), sorted(parameters)


@dataclass(frozen=True, repr=False, eq=False)
class NextLink(FollowedLink):
    """The URL of the next page in the body: absolute, a path or only a `?query`.

    It may stand in a link object, in the first of a list of them, or in a text (or a list of
    texts) in the form of a Link header. null, an empty string or nothing is the end, unless a flag
    or a larger total says otherwise.

    The link object may name a method and a body, as in STAC
    (https://github.com/radiantearth/stac-api-spec/tree/main/item-search#pagination). The body is
    sent; with `merge` it is added to the body of the page's own request. A link of a listing by
    POST may ask for GET. No link can ask for another method, or for headers,
    but for those that say that JSON is sent or taken: it is anyway.

    Attributes:
        link: Where the link is: `"next"`, `"links.next.href"`, `"@odata.nextLink"`,
            `"links[rel=next].href"`.
        items: Where the rows are.
        total: Where the number of all rows is.
        more: Where a has-more flag is; `"!path"` for a flag that marks the last page.
        page_param: The query parameter of the link that counts pages. With it, the links of later
            pages can be guessed.
        offset_param: The query parameter of the link that counts rows. A page without rows is the
            end if its link leads past the total: CKAN links to a next page for ever.
        end_statuses: HTTP statuses that say that there is no such page: the listing ends there.
    """

    link: str = "next"
    items: Any = field(default=None, kw_only=True)
    total: Any = field(default=None, kw_only=True)
    more: str | None = field(default=None, kw_only=True)
    page_param: str | None = field(default=None, kw_only=True)
    offset_param: str | None = field(default=None, kw_only=True)
    end_statuses: tuple[int, ...] = field(default=(), kw_only=True, metadata={"since": "0.2"})

    reads: ClassVar[tuple[str, ...]] = ("link", "more")
    needs: ClassVar[tuple[str, ...]] = ("link",)
    reads_rows: ClassVar[bool] = False

    def next(self, page: Page) -> PageRequest | None:
        """Return the request of the page that the link leads to."""
        (link, fields), more = self._read_link(page), page.flag(self.more)
        if not self._has_continuation(page, link, more, repr(self.link)):
            return None
        following = self._follow(page, link, fields)
        return None if more is None and self._leads_nowhere(page, following) else following

    def _read_request(self, page: Page) -> PageRequest | None:
        link, fields = self._read_link(page)
        is_onward = isinstance(link, str) and not is_end_marker(link)
        return self._follow(page, link, fields) if is_onward else None

    def _read_link(self, page: Page) -> tuple[Any, Mapping[str, Any]]:
        """Return the link of a page, and the fields of the object that it stands in."""
        above, _, name = self.link.rpartition(".")
        around: Any = ABSENT
        if above and normalize_name(name) in LINK_TARGETS:
            around = read_path(page.body, above)
        # HAL: a relation may have a list of link objects (draft-kelly-json-hal section 4.1.1)
        link = around if isinstance(around, list) else page.lookup(self.link)
        if isinstance(link, list) and link:
            link = ", ".join(link) if are_written_links(link) else link[0]
        if isinstance(link, str) and link[:1] == "<":
            return _find_next(parse_link_header(link))[0], {}
        if isinstance(link, Mapping):
            # JSON:API: a link may be an object (https://jsonapi.org/format/#document-links)
            target = next((n for n in link if normalize_name(n) in LINK_TARGETS), None)
            return (link, {}) if target is None else (link[target], link)
        is_inside = isinstance(around, Mapping) and around.get(name, ABSENT) is link
        return link, around if is_inside else {}

    def _follow(self, page: Page, link: Any, fields: Mapping[str, Any]) -> PageRequest:
        base = page.url or page.request.url
        following = page.request.follow(resolve_link(base, rebase_link(base, link)))
        return _ask_as_named(following, fields) if len(fields) > 1 else following

    def _leads_nowhere(self, page: Page, following: PageRequest) -> bool:
        if super()._leads_nowhere(page, following):
            return True
        if page.items or self.offset_param is None or (total := self.total(page)) is None:
            return False
        offset = _read_query_number(following, self.offset_param)
        return offset is not None and offset >= total and not self.read_rows(page)

    def signals(self, page: Page) -> Sequence[Any]:
        """Return the link, the body that it names, and the flag."""
        link, fields = self._read_link(page)
        flag = [] if self.more is None else [page.lookup(self.more.lstrip("!"), None)]
        body = [fields["body"]] if "body" in fields else []
        return [None if link is ABSENT else link, *flag, *body]

    def guess(self, page: Page) -> Iterator[PageRequest]:
        """Return the next link with its page number counted up, as far as the total."""
        following, total = self.next(page), self.total(page)
        step = len(self.read_rows(page))
        if following is None or self.page_param is None or total is None or step == 0:
            return
        number = _read_query_number(following, self.page_param)
        if number is None:
            return
        # without the rows before, the number of the next page tells. Where pages count from 1, this
        # is a page less than there are; the listing goes on to its end nevertheless
        before = max(0, number - 1) * step if page.start is None else page.start
        left = total - before - step
        for ahead in range(-(-left // step)):
            yield following.with_param(self.page_param, number + ahead)


def _ask_as_named(request: PageRequest, fields: Mapping[str, Any]) -> PageRequest:
    """Return the request with the method and the body that its link object names.

    Raises:
        MalformedPage: The bodies cannot be merged.
        UnsafeLink: The link asks for what no page may have sent with the caller's credentials.
    """
    method, body = str(fields.get("method")).upper(), fields.get("body")
    if method not in _METHODS:
        if request.method == "GET" or body is None:
            return request
        method = request.method
    has_json = method == "GET" or body is not None or request.json is not None
    if (headers := fields.get("headers")) and not (has_json and _say_only_json(headers)):
        raise UnsafeLink(
            "the next link asks for headers, and none is sent because a page says so; if the "
            "server needs them, pass them as headers="
        )
    if method not in ("GET", request.method):
        raise UnsafeLink(
            f"the next link asks for {method}, and this listing is asked for by {request.method}: "
            f"a link may at most ask for GET instead; to list by {method}, call "
            f"request_all({method!r}, url)"
        )
    if method == "GET":
        return copy_with(request, method="GET", json=None)
    if body is not None and str(fields.get("merge")).lower() == "true":
        own = {} if request.json is None else request.json
        if not isinstance(body, Mapping) or not isinstance(own, Mapping):
            raise MalformedPage(
                f"expected two objects to merge, got {describe_type(own)} as the JSON body of the "
                f"request and {describe_type(body)} as that of the next link"
            )
        body = {**own, **body}
    return request if body is None else request.with_body(body)


def _say_only_json(headers: Any) -> bool:
    """Return whether the headers of a link only say that JSON is sent, or taken: it is anyway."""
    return isinstance(headers, Mapping) and all(
        str(name).lower() in ("accept", "content-type") and re.fullmatch(_JSON_TYPE, str(value))
        for name, value in headers.items()
    )


@dataclass(frozen=True, repr=False, eq=False)
class LinkHeader(FollowedLink):
    """The URL of the next page in the Link header, with the link relation `next` (RFC 8288).

    A page without that relation is the last one, unless a larger total says otherwise.

    Attributes:
        items: Where the rows are.
        total: Where the number of all rows is: a path or a header such as `X-Total-Count`.
        header: The name of the header, if the server has another one for its links.
        end_statuses: HTTP statuses that say that there is no such page: the listing ends there.
    """

    items: Any = None
    total: Any = field(default=None, kw_only=True)
    header: str = field(default="Link", kw_only=True, metadata={"since": "0.2"})
    end_statuses: tuple[int, ...] = field(default=(), kw_only=True, metadata={"since": "0.2"})

    needs: ClassVar[tuple[str, ...]] = ("header",)
    reads_rows: ClassVar[bool] = False

    def next(self, page: Page) -> PageRequest | None:
        """Return the request of the page that the first link with relation `next` leads to."""
        link, parameters = self._read_link(page)
        # Sentry always links to a next page, and says in `results` whether it has rows.
        if parameters.get("results") == "false":
            return None
        if not self._has_continuation(page, link, None, "link relation next"):
            return None
        following = page.request.follow(resolve_link(page.url or page.request.url, link))
        return None if self._leads_nowhere(page, following) else following

    def _read_request(self, page: Page) -> PageRequest | None:
        link, parameters = self._read_link(page)
        if is_end_marker(link) or parameters.get("results") == "false":
            return None
        return page.request.follow(resolve_link(page.url or page.request.url, link))

    def _read_link(self, page: Page) -> tuple[Any, Mapping[str, str]]:
        """Return the target of the first link with relation `next`, and its parameters."""
        text = decode_header(page.header(self.header) or "")
        return _find_next(find_links_of(page.url or page.request.url, text))

    def signals(self, page: Page) -> Sequence[Any]:
        """Return the header with the links."""
        return [page.header(self.header)]


def _find_next(links: Iterable[Link]) -> tuple[Any, Mapping[str, str]]:
    """Return the target of the first link with relation `next`, and its parameters."""
    onward = (link for link in links if "next" in link.relations)
    return next(((link.target, link.parameters) for link in onward), (ABSENT, {}))


def _read_query_number(request: PageRequest, name: str) -> int | None:
    value = str(request.query().get(name, ""))
    return int(value) if is_count(value) else None
