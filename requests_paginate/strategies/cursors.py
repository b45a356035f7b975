"""Strategies that send back a value of the response: a token, parameters or the last row's id."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from requests_paginate._envelope.members import is_ended
from requests_paginate._models import Page, PageRequest, copy_with
from requests_paginate._paths import ABSENT, describe_type, is_end_marker, is_scalar, read_path
from requests_paginate._urls import resolve_link
from requests_paginate.exceptions import InconsistentListing, MalformedPage, doubt_end
from requests_paginate.strategies.base import Strategy
from requests_paginate.strategies.parameters import place_value, read_sent_value

_NUMBER = r"-?[0-9]{1,40}(?:\.[0-9]{1,18})?"  # 64 bits make 20 digits, and 128 bits 39


@dataclass(frozen=True, repr=False, eq=False)
class Cursor(Strategy):
    """A token of the response that goes into the next request.

    null, false, 0, an empty string or nothing is the end, unless a flag says otherwise. A flag that
    says that no more rows follow is the end, even if there is a token.

    Attributes:
        cursor: The token's name in the request. In a JSON body, dots lead into nested objects. A
            tuple of names for several tokens (Azure Tables).
        token: Where the token is in the response: a path in the body, else the name of a header. A
            tuple of as many, of which those that are absent are left out of the request; the end is
            where all are.
        more: Where a has-more flag is; `"!path"` for a flag that marks the last page.
        into: Where the token goes: the query, the JSON body or a header. In a JSON body it may be
            an object, as the `LastEvaluatedKey` of DynamoDB. None: the body of a POST with JSON,
            else the query.
        alone: Whether the token replaces the query or body of the first request (Dynatrace,
            Dropbox). A tuple of names says what stays beside it: `("verb",)` of OAI-PMH.
        url: The URL of the following pages, if it is another one than that of the first (Dropbox).
        items: Where the rows are.
        total: Where the number of all rows is.
        number: Whether a token in a string or a header goes into a JSON body as a number.
        end_statuses: HTTP statuses that say that there is no such page: the listing ends there.
    """

    cursor: str | tuple[str, ...] = "cursor"
    token: str | tuple[str, ...] = field(default="next_cursor", kw_only=True)
    more: str | None = field(default=None, kw_only=True)
    into: Literal["query", "json", "header"] | None = field(default=None, kw_only=True)
    alone: bool | tuple[str, ...] = field(default=False, kw_only=True)
    url: str | None = field(default=None, kw_only=True)
    items: Any = field(default=None, kw_only=True)
    total: Any = field(default=None, kw_only=True)
    number: bool = field(default=False, kw_only=True, metadata={"since": "0.2"})
    end_statuses: tuple[int, ...] = field(default=(), kw_only=True, metadata={"since": "0.2"})

    reads: ClassVar[tuple[str, ...]] = ("token", "more")
    needs: ClassVar[tuple[str, ...]] = ("cursor", "token")
    reads_rows: ClassVar[bool] = False
    may_be_ignored: ClassVar[bool] = True
    ends_by_absence: ClassVar[bool] = True
    is_unmistakable: ClassVar[bool] = False

    def begins(self, request: PageRequest) -> bool:
        """Return whether a request has no cursor, or the `*` that asks Crossref for the first."""
        names = (self.cursor,) if isinstance(self.cursor, str) else self.cursor
        return all(read_sent_value(request, name) in (ABSENT, "", "*", None) for name in names)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.into not in (None, "query", "json", "header"):
            raise ValueError(f"into: expected 'query', 'json' or 'header', got {self.into!r}")
        if _count(self.cursor) != _count(self.token):
            raise ValueError(
                f"expected one token for each cursor, got {self.cursor!r} and token={self.token!r}"
            )
        if not isinstance(self.alone, bool) and not _are_names(self.alone):
            raise TypeError(
                "alone: expected True, False or the names of what stays, such as ('verb',), got "
                f"{self.alone!r}"
            )
        if not isinstance(self.number, bool):
            raise TypeError(f"number: expected True or False, got {self.number!r}")

    def _check_path(self, name: str) -> None:
        if name not in self.needs or not _are_names(getattr(self, name)):
            super()._check_path(name)

    def next(self, page: Page) -> PageRequest | None:
        """Return the request that sends the token back, or the tokens."""
        tokens, more = self._read_tokens(page), page.flag(self.more)
        leading = [token for token in tokens.values() if not is_ended(token)]
        if more is False:
            return None
        if not leading and not self._is_position(page, tokens, more):
            self._has_continuation(page, None, more, repr(self.token))
            return None
        following = self._send_tokens(page, tokens)
        if more is None and following == page.request and not self.read_rows(page):
            return None  # it stands
        return following

    def _read_tokens(self, page: Page) -> dict[str, Any]:
        """Return the tokens of a page by their names in the request."""
        if isinstance(self.cursor, str) and isinstance(self.token, str):
            return {self.cursor: page.lookup(self.token)}
        pairs = zip(self.cursor, self.token, strict=True)
        return {name: page.lookup(path) for name, path in pairs}

    def _is_position(self, page: Page, tokens: Mapping[str, Any], more: bool | None) -> bool:
        """Return whether the cursor 0 leads on: positions may count down to it, or up from it."""
        if "0" not in map(_write_single, tokens.values()):
            return False
        return bool(more) or (self.begins(page.request) and len(self.read_rows(page)) == 1)

    def _send_tokens(self, page: Page, tokens: Mapping[str, Any]) -> PageRequest:
        request = page.request
        if self.url is not None:
            request = request.follow(resolve_link(page.url or request.url, self.url))
        if self.alone:
            request = self._clear(request, page.request)
        for name, token in tokens.items():
            request = place_value(request, name, self._convert(token), into=self.into)
        return request

    def _clear(self, request: PageRequest, last: PageRequest) -> PageRequest:
        """Return the request with nothing but what stays beside a token that is alone."""
        kept = self.alone if isinstance(self.alone, tuple) else ()
        if self.url is None:
            request = request.select_params(kept.__contains__)
        else:  # it has no query of the caller's
            stays, sent = last.select_params(kept.__contains__), last.query()
            request = request.select_params(lambda name: name in kept and name not in sent)
            urls = (each.url.partition("#")[0].partition("?") for each in (request, stays))
            (base, _, own), (_, _, query) = urls
            url = "?".join(filter(None, [base, "&".join(filter(None, [own, query]))]))
            request = copy_with(request, url=url, params=stays.params)
        if request.json is None or self.into == "query":
            return request
        fields = {name: read_path(request.json, name) for name in kept}
        request = copy_with(request, json={})
        for name, value in fields.items():
            request = request if value is ABSENT else request.with_json(name, value)
        return request

    def _convert(self, token: Any) -> Any:
        """Return a token as it is sent; `ABSENT` for one of several that is left out."""
        if is_end_marker(token) and _write_single(token) not in ("0", "-1"):
            return ABSENT
        if not (is_scalar(token) or isinstance(token, (Mapping, list))):
            raise MalformedPage(
                f"expected a cursor at {self.token!r}, a string or a number, got "
                f"{describe_type(token)}"
            )
        if not self.number or (is_scalar(token) and not isinstance(token, str)):
            return token
        if not isinstance(token, str) or re.fullmatch(_NUMBER, token) is None:
            raise MalformedPage(
                f"expected a number at {self.token!r}, or one in a string, got "
                f"{describe_type(token)}; leave number= out if it is none"
            )
        return float(token) if "." in token else int(token)

    def is_standing(self, page: Page) -> bool:
        """Return whether a page has no rows, and the token that it was asked for with.

        Crossref and the scroll of Intercom end like this
        (https://www.crossref.org/documentation/retrieve-metadata/rest-api/).
        """
        tokens = self._read_tokens(page)
        if all(map(is_end_marker, tokens.values())):
            return False
        return page.request == self._send_tokens(page, tokens) and not self.read_rows(page)


def _write_single(token: Any) -> str:
    """Return a token as a text, and of a list of one value that value."""
    return str(token[0] if isinstance(token, list) and len(token) == 1 else token)


def _are_names(value: object) -> bool:
    """Return whether a value is a tuple of names or paths."""
    return isinstance(value, tuple) and bool(value) and all(isinstance(v, str) and v for v in value)


def _count(names: str | tuple[str, ...]) -> int:
    """Return how many names there are; -1 for one that is no tuple."""
    return len(names) if isinstance(names, tuple) else -1


@dataclass(frozen=True, repr=False, eq=False)
class LastItem(Strategy):
    """The id of the last row, after which the next page starts.

    Without a flag, an empty page is the end.

    Attributes:
        param: The parameter (or the field of a POST's JSON body) that takes the id.
        key: Where the id is in a row; `""` where the row itself is its id (OpenStack Swift). In a
            JSON body it may be a list, as the `sort` of Elasticsearch for its `search_after`.
        more: Where a has-more flag is; `"!path"` for a flag that marks the last page.
        items: Where the rows are.
        total: Where the number of all rows is.
        end_statuses: HTTP statuses that say that there is no such page: the listing ends there.
    """

    param: str = "starting_after"
    key: str = field(default="id", kw_only=True)
    more: str | None = field(default=None, kw_only=True)
    items: Any = field(default=None, kw_only=True)
    total: Any = field(default=None, kw_only=True)
    end_statuses: tuple[int, ...] = field(default=(), kw_only=True, metadata={"since": "0.2"})

    reads: ClassVar[tuple[str, ...]] = ("more",)
    needs: ClassVar[tuple[str, ...]] = ("param", "key")
    may_be_ignored: ClassVar[bool] = True
    asks_beyond_end: ClassVar[bool] = True

    def _check_path(self, name: str) -> None:
        if name != "key" or self.key != "":
            super()._check_path(name)

    def begins(self, request: PageRequest) -> bool:
        """Return whether a request names no row to start after."""
        return read_sent_value(request, self.param) in (ABSENT, None, "")

    def begins_with_last(self, page: Page) -> bool:
        """Return whether the first row is the one that was sent: the server includes it."""
        own = read_path(page.items[0], self.key) if page.index and page.items else ABSENT
        sent = None if own is ABSENT else read_sent_value(page.request, self.param)
        return sent is not None and (own == sent or (is_scalar(own) and str(own) == str(sent)))

    def next(self, page: Page) -> PageRequest | None:
        """Return the request of the rows after the last one."""
        rows, more = self.read_rows(page), page.flag(self.more)
        if more is False or (more is None and not rows):
            return None
        if not rows:
            raise InconsistentListing("no rows, and the page says that more follow")
        last = read_path(rows[-1], self.key)
        is_sort = isinstance(last, list) and page.request.json is not None  # Elasticsearch
        if not is_sort and not is_scalar(last):
            expected = f"expected the last row's id at {self.key!r}, "
            if last is ABSENT and is_scalar(rows[-1]):
                kind = describe_type(rows[-1])
                raise doubt_end(
                    f'{expected}and the row is {kind}; if that is its id, give the strategy key=""'
                )
            body = "pass json=, which can hold it, or " if isinstance(last, list) else ""
            kind = describe_type(last)
            raise MalformedPage(f"{expected}got {kind}; {body}give the strategy its key=")
        return place_value(page.request, self.param, last)


@dataclass(frozen=True, repr=False, eq=False)
class NextParameters(Strategy):
    """An object of parameters for the next request in the response.

    Examples are the `continue` of MediaWiki and `{"next": {"page": 2, "limit": 10}}`. The
    parameters are added to the first request of the listing, not to the last one: what a page no
    longer names is not sent again (https://www.mediawiki.org/wiki/API:Continue). null, false, an
    empty object or nothing is the end.

    Attributes:
        parameters: Where the object is.
        more: Where a has-more flag is; `"!path"` for a flag that marks the last page.
        items: Where the rows are.
        total: Where the number of all rows is.
        end_statuses: HTTP statuses that say that there is no such page: the listing ends there.
    """

    parameters: str = "continue"
    more: str | None = field(default=None, kw_only=True)
    items: Any = field(default=None, kw_only=True)
    total: Any = field(default=None, kw_only=True)
    end_statuses: tuple[int, ...] = field(default=(), kw_only=True, metadata={"since": "0.2"})

    extends_first_request: ClassVar[bool] = True
    reads: ClassVar[tuple[str, ...]] = ("parameters", "more")
    needs: ClassVar[tuple[str, ...]] = ("parameters",)
    reads_rows: ClassVar[bool] = False
    ends_by_absence: ClassVar[bool] = True

    def next(self, page: Page) -> PageRequest | None:
        """Return the first request with these parameters."""
        parameters = page.lookup(self.parameters)
        more = page.flag(self.more)
        if not self._has_continuation(page, parameters, more, repr(self.parameters)):
            return None
        if not isinstance(parameters, Mapping):
            raise MalformedPage(
                f"expected an object of parameters at {self.parameters!r}, got "
                f"{describe_type(parameters)}"
            )
        following = page.first_request or page.request
        for name, value in parameters.items():
            following = place_value(following, name, value)
        return following
