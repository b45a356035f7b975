"""How the request spells what the response names: `nextPageToken` goes into `pageToken`.

The caller's own spelling comes first, then that of a sibling that was sent, then what most APIs
do. A wrong name is found out on the second page, and the next one is tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from requests_paginate._detection.evidence import Evidence, is_count
from requests_paginate._detection.fields import is_graphql_query
from requests_paginate._envelope import vocabulary
from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate.exceptions import UnknownPagination

__all__ = ["guess_position_names", "guess_token_names"]

_NEXT = re.compile(r"^next[_-]?", re.IGNORECASE)
_PAGE = re.compile(r"^page[_-]?", re.IGNORECASE)
_SIZE = re.compile(r"size$", re.IGNORECASE)
_NUMBER = re.compile(r"n[a-z]+$", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"(\w+)\[(\$?\w+)\]")
_DOTTED = re.compile(r"(.+)\.(\w+)")
_PREFIXED = re.compile(r"(\$|_|(?:cursor|pager|pagination|paging)_)(\w+)")


def guess_position_names(evidence: Evidence, likely: Sequence[str]) -> list[str]:
    """The names that a page number or an offset may have, likeliest first.

    Raises:
        UnknownPagination: A GraphQL query has no variable for it.
    """
    first, *echoed = likely
    spellings = list(_spellings(evidence))
    siblings = []
    if spellings:
        variants = [*echoed, *map(_in_camel_case, echoed), first]
        siblings = [spelling.format(name) for name in variants for spelling in spellings]
    if first == "page" and "page[{}]" in spellings:
        siblings.insert(0, "page[number]")  # https://jsonapi.org/format/#fetching-pagination
    alike = [name for name in echoed if _is_alike(evidence, name)]
    return _spelled(evidence, siblings, [*alike, first, *echoed])


def _is_alike(evidence: Evidence, echo: str) -> bool:
    """Whether an echo is named as the parameters are: `PageNumber` where `PageSize` was sent."""
    if normalize_name(echo) == "pagina":  # of several languages; none calls it page
        return True
    stem = _NUMBER.sub("", echo)
    return stem != "" and any(
        plain in vocabulary.SIZES and stem == _SIZE.sub("", name)
        for plain, (name, _) in evidence.sent.items()
    )


def guess_token_names(evidence: Evidence, name: str, path: str, value: Any) -> list[str]:
    """The names that a token may have, likeliest first.

    Args:
        evidence: What the first page shows.
        name: The token's normalized name.
        path: Where it is in the response.
        value: The token.

    Raises:
        UnknownPagination: A GraphQL query has no variable for it.
    """
    own = _own_name(evidence, path)
    if own[:1].isupper() and _is_capitalized(evidence):
        bare = _NEXT.sub("", own)
        likely = [own, bare] if name == "nexttoken" else [bare, own]  # AWS: NextMarker, Marker
    else:
        likely = [*map(_uncapitalized, _usual_names(evidence, name)), *_variants(own), own]
    likely = [text for text in likely if text]
    siblings = [spelling.format(text) for text in likely[:2] for spelling in _spellings(evidence)]
    grouped = [text for text in siblings if text[0] not in "$_"]
    return _spelled(
        evidence, grouped, [*likely, *siblings], list(_following(evidence, name, value))
    )


def _own_name(evidence: Evidence, path: str) -> str:
    """The name that the response has for a token; of a header without the provider's."""
    match = re.fullmatch(vocabulary.HEADER_TOKENS, path)
    if match is not None and evidence.header(path) is not None:
        return match["name"].lower().replace("-", "_")
    return path.rpartition(".")[2].rpartition(":")[2]


def _usual_names(evidence: Evidence, name: str) -> tuple[str, ...]:
    """What most APIs call a token of this normalized name in the request."""
    usual = vocabulary.TOKEN_PARAMS.get(name, ())
    pages_are_tokens = evidence.first(["currentpage"], lambda value: not is_count(value))
    if name == "nextpage" and pages_are_tokens is not None:
        # https://uriyyo-fastapi-pagination.netlify.app/tutorials/cursor-pagination/
        return ("cursor", *usual)
    return usual


@lru_cache(maxsize=1024)  # few names are many APIs'
def _variants(own: str) -> Sequence[str]:
    """The response's name for a token without "next", and in other cases."""
    bare = _NEXT.sub("", own)
    shorter = _PAGE.sub("", bare)  # nextPageCursor goes into cursor
    is_position = normalize_name(shorter) in ("cursor", "offset")
    variants = [bare, own, _in_camel_case(own), *_in_other_cases(bare)]
    return tuple(map(_uncapitalized, ([shorter] if is_position else []) + variants))


def _uncapitalized(name: str) -> str:
    return name[:1].lower() + name[1:]


def _is_capitalized(evidence: Evidence) -> bool:
    """Whether the caller's names, if any, are written `LikeThis`."""
    return all(name[:1].isupper() for name, _ in evidence.sent.values())


def _following(evidence: Evidence, name: str, value: Any) -> Iterator[str]:
    """The name of the page number or offset that a token is the next one of."""
    if not is_count(value):
        return
    asked = evidence.requested(vocabulary.PAGE_PARAMS), evidence.requested(vocabulary.OFFSETS)
    for position, step in zip(asked, (1, len(evidence.rows)), strict=True):
        if position is not None and int(value) == position[1] + step:
            yield position[0]
    number = evidence.first(vocabulary.NUMBERS, is_count)
    start = evidence.first(vocabulary.OFFSETS, is_count)
    if number is not None and int(value) == int(number[2]) + 1:
        yield "page"
    if start is not None and int(value) == int(start[2]) + len(evidence.rows):
        yield start[1].rpartition(".")[2]
    if name == "next" and int(value) == 2:
        yield "page"
    if name == "next" and int(value) == len(evidence.rows):
        yield "offset"


def _spelled(
    evidence: Evidence, siblings: list[str], likely: list[str], following: Sequence[str] = ()
) -> list[str]:
    by_name = {name: name for name, _ in evidence.sent.values()}
    by_name |= {plain: name for plain, (name, _) in evidence.sent.items()}
    alike = [n for each in likely for n in (each, normalize_name(each))] if by_name else ()
    sent = [by_name[name] for name in alike if name in by_name]
    if is_graphql_query(evidence.page.request):
        if not sent:
            raise UnknownPagination(
                "the query takes no position: declare a variable, for example query($after: "
                "String), and give the connection after: $after"
            )
        return list(dict.fromkeys(sent))
    return list(dict.fromkeys([*following, *sent, *siblings, *likely]))


def _spellings(evidence: Evidence) -> Iterator[str]:
    """How the page size that was sent would spell its siblings: `page[{}]`, `pagination_{}`."""
    for name, _ in evidence.sent.values():
        if (match := _IN_BRACKETS.fullmatch(name)) and _is_size(match[2]):
            yield f"{match[1]}[{{}}]"
        elif (match := _DOTTED.fullmatch(name)) and _is_size(match[2]):
            yield f"{match[1]}.{{}}"  # BACEN Pix: paginacao.itensPorPagina, .paginaAtual
        elif (match := _PREFIXED.fullmatch(name)) and _is_size(match[2]):
            yield f"{match[1]}{{}}"


def _is_size(name: str) -> bool:
    return normalize_name(name) in vocabulary.SIZES


def _in_camel_case(name: str) -> str:
    return re.sub(r"[_-]+(\w)", lambda match: match[1].upper(), name)


def _in_other_cases(name: str) -> list[str]:
    """CircleCI's next_page_token goes into page-token; others change between camels and snakes."""
    snake = re.sub(r"(?<=[a-z])([A-Z])", lambda match: f"_{match[1].lower()}", name)
    return [_in_camel_case(name), snake.lower(), *([name.replace("_", "-")] if "_" in name else [])]
