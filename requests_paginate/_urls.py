"""Links: the RFC 8288 Link header, and what a link in a page leads to.

`requests.Response.links` is not used: it loses `next` where a target or a title holds `;`, where
another parameter or a valueless one comes first, in `rel="next last"`, in `REL=` and in
`rel="Next"`, all of which RFC 8288 section 3 allows; a listing would end there, silently.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from requests_paginate._paths import type_name
from requests_paginate.exceptions import MalformedPage, UnsafeLink

__all__ = [
    "Link",
    "below_root",
    "check_link",
    "header_text",
    "is_relative",
    "parse_link_header",
    "resolve",
]

_LINK_LIMIT = 8192  # the longest request line that common servers accept is about as long

# Each alternative starts with another character, so no input is read twice: linear time.
_SEPARATORS = re.compile(r"[\s,]*")
_TARGET = re.compile(r"<([^>]*)>")
_PARAMETER = re.compile(
    r"""\s*;\s*
    (?: (?P<name> [^\s=;,"<>]+ ) \s*
        (?: = \s* (?: "(?P<quoted> (?: [^"\\] | \\. )* )" | (?P<token> [^\s;,"]* ) ) )?
    )?""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\\ud800-\udfff]")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")


@dataclass(frozen=True, kw_only=True)
class Link:
    """One link of a Link header (RFC 8288 section 3).

    Attributes:
        target: The link's target as written, perhaps relative.
        relations: Its link relation types in lower case (RFC 8288 section 2.1.1).
        parameters: All its parameters by lower-cased name; of several the first counts.
    """

    target: str
    relations: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)


def parse_link_header(text: str) -> tuple[Link, ...]:
    """Reads a Link header; several headers may be joined by commas (RFC 9110 section 5.3).

    Raises:
        MalformedPage: The text is not a list of links.
    """
    links = []
    position = _end(_SEPARATORS, text, 0)
    while position < len(text):
        target = _TARGET.match(text, position)
        if target is None:
            raise MalformedPage(f"the Link header is no list of <links> at character {position}")
        parameters: dict[str, str] = {}
        position = target.end()
        while (parameter := _PARAMETER.match(text, position)) is not None:
            position = parameter.end()
            if parameter["name"]:
                value = parameter["token"] or ""
                if parameter["quoted"] is not None:
                    value = _ESCAPE.sub(r"\1", parameter["quoted"])
                # "occurrences after the first MUST be ignored" (RFC 8288 section 3.3)
                parameters.setdefault(parameter["name"].lower(), value)
        relations = tuple(parameters.get("rel", "").lower().split())
        links.append(Link(target=target[1], relations=relations, parameters=parameters))
        after = _end(_SEPARATORS, text, position)
        if after < len(text) and "," not in text[position:after]:
            raise MalformedPage(f"the Link header has no comma at character {position}")
        position = after
    return tuple(links)


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position


def check_link(link: object) -> str:
    r"""The link, if it has the form of one that may be followed.

    Two parsers read `https://api.test\@evil.test/` as two hosts and drop control characters
    in different places, so a link with such characters is refused before anyone parses it.

    Raises:
        MalformedPage: It is no string.
        UnsafeLink: It is too long or holds a space, a control character or a backslash.
    """
    if not isinstance(link, str):
        raise MalformedPage(f"expected the next link to be a string, got {type_name(link)}")
    if len(link) > _LINK_LIMIT:
        raise UnsafeLink(f"the next link is {len(link)} characters long, {_LINK_LIMIT} at most")
    if _UNSAFE.search(link) or link != link.strip():  # requests strips blanks of any alphabet
        raise UnsafeLink("the next link holds a space, a control character or a backslash")
    return link


def header_text(value: str) -> str:
    """A header's value with its UTF-8 read as such: http.client reads every byte as Latin-1."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def is_relative(url: str) -> bool:
    """Whether a URL names no host of its own."""
    return not (_ABSOLUTE.match(url) or url.startswith("//"))


def resolve(base: str, link: object) -> str:
    """The URL that a link in the page at `base` leads to, its own bytes unchanged.

    Args:
        base: The URL of the page.
        link: An absolute URL, `//host/path`, `/path`, `?query` or a relative path.

    Raises:
        MalformedPage: The link is no string.
        UnsafeLink: The link does not have the form of one.
    """
    link = check_link(link)
    if _ABSOLUTE.match(link):
        return link
    base = base.partition("#")[0]
    scheme, _, rest = base.partition("://")
    if link.startswith("//"):
        return f"{scheme}:{link}"
    if link.startswith("/"):
        authority = re.split(r"[/?]", rest, maxsplit=1)[0]
        return f"{scheme}://{authority}{link}"
    if link.startswith("?"):
        return base.partition("?")[0] + link
    return urljoin(base, link)


def below_root(base: str, link: object) -> object:
    """The link, from the API's root where that is what it continues.

    DocuSign, Sage and Confluence write `/envelopes?start=2` in the page at `/restapi/envelopes`.
    By RFC 3986 it leads to the host's `/envelopes`, which they do not serve: where the page's own
    path ends with the link's, the listing goes on at its own path.
    """
    if not isinstance(link, str) or not link.startswith("/") or link.startswith("//"):
        return link
    own, path = link.partition("?")[0].rstrip("/"), urlsplit(base).path.rstrip("/")
    return path[: -len(own)] + link if own and path.endswith(own) else link
