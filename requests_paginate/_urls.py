"""Links: the Link header of RFC 8288, and the URL that a link of a page leads to.

`requests.Response.links` is not used, because it misses `next` in headers that RFC 8288 section 3
allows: where a target or a title holds `;`, where another parameter or one without a value comes
first, in `rel="next last"`, in `REL=` and in `rel="Next"`. A listing would end there in silence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from requests_paginate._paths import describe_type
from requests_paginate.exceptions import MalformedPage, UnsafeLink

_LINK_LIMIT = 2**16  # common servers accept about 8,000; a link of Pluggy's repeats up to 500 ids

# No input is read more than twice: linear time. Some servers write `rel='next'`; to RFC 8288 the
# quotes would be part of the value, as they are in `title='90s`.
_SEPARATORS = re.compile(r"[\s,]*")
_TARGET = re.compile(r"<([^>]*)>")
_PARAMETER = re.compile(
    r"""\s*;\s*
    (?: (?P<name> [^\s=;,"<>]+ ) \s*
        (?: = \s* (?:
            "(?P<quoted> (?: [^"\\] | \\. )* )"
            | '(?P<single> [^'"<>;,]* )' (?= \s* (?: [;,] | \Z ) )
            | (?P<token> [^\s;,"]* )
        ) )?
    )?""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_IANA = re.compile(r"https?://www\.iana\.org/assignments/(?:.*[/#])?")
_TYPOGRAPHIC_QUOTES = "\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb"
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\\ud800-\udfff]")
_BEFORE_PATH = re.compile(r"(?:[^/?#]*:)?(?://[^/?#]*)?")  # scheme and authority
_LEADING_DOTS = re.compile(r"(?:\.{0,2}/)*")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


_LOGIN = re.compile(
    r"log[-_]?[io]n|sign[-_]?[io]n|saml|oauth|openid|authori[sz]|authenti"
    r"|\b(?:adfs|auth|cas|idp|sso)\b"
    r"|anmeld|einlogg|inlogg|connexion|se[-_]connecter|iniciar[-_]?sesi|logowanie|zaloguj"
    r"|\b(?:accedi|acceder|entrar|giris)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Link:
    """One link of a Link header (RFC 8288 section 3).

    Attributes:
        target: As it was written, perhaps relative.
        relations: Its link relation types in lower case (RFC 8288 section 2.1.1), as registered
            ones: `next` for `next-page` and for the URI of IANA.
        parameters: All its parameters by name in lower case; of several, the first counts.
    """

    target: str
    relations: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)


def parse_link_header(text: str) -> tuple[Link, ...]:
    """Return the links of a Link header, or of several joined by commas (RFC 9110 section 5.3)."""
    links = []
    position = _match_end(_SEPARATORS, text, 0)
    while position < len(text):
        target = _TARGET.match(text, position)
        if target is None:
            raise MalformedPage(f"the Link header is no list of <links> at character {position}")
        parameters: dict[str, str] = {}
        position = target.end()
        while (parameter := _PARAMETER.match(text, position)) is not None:
            position = parameter.end()
            if parameter["name"]:
                value = parameter["single"] or parameter["token"] or ""
                if parameter["quoted"] is not None:
                    value = _ESCAPE.sub(r"\1", parameter["quoted"])
                # "occurrences after the first MUST be ignored" (RFC 8288 section 3.3)
                parameters.setdefault(parameter["name"].lower(), value)
        relations = tuple(map(name_relation, parameters.get("rel", "").lower().split()))
        links.append(Link(target=target[1], relations=relations, parameters=parameters))
        after = _match_end(_SEPARATORS, text, position)
        if after < len(text) and "," not in text[position:after]:
            raise MalformedPage(f"the Link header has no comma at character {position}")
        position = after
    return tuple(links)


def find_links_of(url: str, text: str) -> tuple[Link, ...]:
    """Return the links of a Link header, but for those that are of another resource.

    A link with an `anchor` has its context there, and not where it was found (RFC 8288 section
    3.2). A part of the same resource, as `#rows`, is none of its own.

    Args:
        url: Where the header came from.
        text: The header.
    """
    return tuple(
        link
        for link in parse_link_header(text)
        if "anchor" not in link.parameters or _is_same(url, link.parameters["anchor"])
    )


def _is_same(url: str, anchor: str) -> bool:
    try:
        here, there = urlsplit(url), urlsplit(urljoin(url, anchor))
    except ValueError:
        return False
    return here[:3] == there[:3] and there.query in ("", here.query)


def are_written_links(values: list[Any]) -> bool:
    """Return whether a list is of texts in the form of a Link header: `<?page=2>; rel=next`."""
    return all(isinstance(value, str) and value.lstrip()[:1] == "<" for value in values)


def name_relation(text: str) -> str:
    """Return the registered name of a link relation, which may be written as a URI.

    `http://www.iana.org/assignments/relation/next` is `next` (RFC 8288 appendix A.2).
    """
    name = _IANA.sub("", text).strip(_TYPOGRAPHIC_QUOTES)
    return re.sub(r"(?<=\w)[-_]?page$", "", name)


def _match_end(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position


def check_link(link: object) -> str:
    r"""Return the link if it has the form of one that may be followed.

    Parsers disagree on the host of `https://api.test\@evil.test/`, and drop control characters in
    different places. So a link with such characters is refused before anything parses it. A space
    in its path or query cannot move its host: Eve and OGC SensorThings repeat a filter unquoted.

    Raises:
        MalformedPage: The link is not a string.
        UnsafeLink: It is too long, begins or ends with a blank, or holds a control character, a
            backslash, or a space before its path.
    """
    if not isinstance(link, str):
        raise MalformedPage(f"expected the next link to be a string, got {describe_type(link)}")
    if len(link) > _LINK_LIMIT:
        raise UnsafeLink(f"the next link is {len(link)} characters long, {_LINK_LIMIT} at most")
    if _UNSAFE.search(link) or link != link.strip():  # requests strips blanks of any alphabet
        raise UnsafeLink(
            "the next link begins or ends with a blank, or holds a control character or a backslash"
        )
    if " " in link and " " in _match_text(_BEFORE_PATH, link):
        raise UnsafeLink("the next link holds a space before its path")
    return link


def _match_text(pattern: re.Pattern[str], text: str) -> str:
    return text[: _match_end(pattern, text, 0)]


def decode_header(value: str) -> str:
    """Return a header's value decoded as UTF-8, if it is; http.client decodes it as Latin-1."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def is_relative(url: str) -> bool:
    """Return whether a URL names no host."""
    return not (_ABSOLUTE.match(url) or url.startswith("//"))


def resolve_link(base: str, link: object) -> str:
    """Return the URL that a link of a page leads to.

    It may be absolute, `//host/path`, `/path`, `?query` or a relative path. Its bytes stay as they
    are, but for spaces, which become `%20` as in requests. What `check_link` refuses raises.
    """
    link = check_link(link)
    if " " in link:
        link = _quote_spaces(link)
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


def _quote_spaces(link: str) -> str:
    """Return a link with `%20` for its spaces.

    Where a path or a query holds a bare `%`, as in `q=50% off`, requests takes no `%` of it for
    quoted. It would quote our `%20` again, so every `%` is quoted here.
    """
    rest, hash_sign, fragment = link.partition("#")
    path, question, query = rest.partition("?")
    pieces = (_quote_percents(path), question, _quote_percents(query), hash_sign, fragment)
    return "".join(pieces).replace(" ", "%20")


def _quote_percents(component: str) -> str:
    return component.replace("%", "%25") if _BARE_PERCENT.search(component) else component


def may_be_login(url: str) -> bool:
    """Return whether a URL is perhaps that of a page to log in at; its query says nothing."""
    return _LOGIN.search(url.partition("?")[0]) is not None


def has_been_led_to_login(asked: str, url: str) -> bool:
    """Return whether a redirect led from a URL to another one, perhaps to log in there."""
    return url.partition("?")[0] != asked.partition("?")[0] and (
        may_be_login(url) and not may_be_login(asked)
    )


def rebase_link(base: str, link: object) -> object:
    """Return the link with the path of its page, if it was written from the API's root.

    DocuSign, Sage and Confluence link to `/envelopes?start=2` in the page at `/restapi/envelopes`.
    By RFC 3986 that is the host's `/envelopes`, which they do not serve. The relative links of
    OData start at the root of the service
    (https://docs.oasis-open.org/odata/odata-json-format/v4.01/odata-json-format-v4.01.html#sec_RelativeURLs),
    and TestRail links to `/api/v2/get_cases/1&offset=2` in `/index.php?/api/v2/get_cases/1`. So if
    the path of the page, or the path in its query, ends with the path of the link, the path of the
    page is used. Anything but a path comes back as it is.
    """
    if not isinstance(link, str) or link.startswith("//") or not is_relative(link):
        return link
    path, _, query = base.partition("#")[0].partition("?")
    written = re.split("[?#]", link, maxsplit=1)[0]
    own = written[_match_end(_LEADING_DOTS, written, 0) :]
    names, here = own.rstrip("/").split("/"), urlsplit(path).path.rstrip("/").split("/")
    if own and _unquote(names) == _unquote(here[-len(names) :]):
        return "/".join([*here[: -len(names)], own]) + link[len(written) :]
    route, route_query = re.split(r"(?=[?&#]|\Z)", link, maxsplit=1)
    first = query.partition("&")[0]  # `/api/rows` or `route=/api/rows`
    known = first.rpartition("=")[2]
    if len(route) > 1 and unquote(known).lstrip("/") == unquote(route).lstrip("/"):
        return f"?{first}{route_query.replace('?', '&', 1)}"
    return link


def _unquote(names: list[str]) -> list[str]:
    return [unquote(name) for name in names]
