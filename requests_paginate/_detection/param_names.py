"""Guess what the request calls a value of the response: `nextPageToken` goes into `pageToken`.

The names that the caller sent come first, then those written like the page size that was sent, then
usual ones, and what else the page size and the place of the answer suggest. If a name is wrong, the
second page shows it, and the listing tries the next name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from requests_paginate._detection.evidence import Evidence, Found
from requests_paginate._detection.fields import is_graphql_query
from requests_paginate._envelope import vocabulary
from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate._paths import is_count
from requests_paginate.exceptions import UnknownPagination

_NEXT = re.compile(r"^next[_-]?", re.IGNORECASE)
_LAST_EVALUATED = re.compile(r"last[_-]?evaluated", re.IGNORECASE)
_LAST_OR_NEXT = re.compile(
    r"(?:last|next)(?:[_-]?(?:evaluated|start))?(?=[_-]?key$)", re.IGNORECASE
)
_PAGE = re.compile(r"^page[_-]?", re.IGNORECASE)
_SIZE = re.compile(r"size$", re.IGNORECASE)
_SIZE_WORD = re.compile(r"(?:count|limit|max|perpage|results|rows|size)$")
_NUMBER = re.compile(r"n[a-z]+$", re.IGNORECASE)
# Words for the position beside those for the page size: of a page, and of a row.
_PAGE_SIBLINGS = {
    "pagesize": ("page number", "current page"), "pagelimit": ("page number", "current page"),
    "perpage": ("current page",), "ps": ("p", "pn"),
}  # fmt: skip
_OFFSET_SIBLINGS = {
    "maxresults": ("start at",), "num": ("start",), "pagelimit": ("page offset",),
    "rows": ("start",), "take": ("skip",), "top": ("skip",),
}  # fmt: skip
# What ends the name of a page size, and what stands in its place in that of the position.
_SIZE_END = re.compile(r"(?:count|length|limit|size)$", re.IGNORECASE)
_ENDS = {"page": ("num", "no", "index"), "offset": ("offset", "start")}
_ANY_OFFSETS = ("start", "start index", "from", "skip count")
_IN_BRACKETS = re.compile(r"(\w+)\[(\$?\w+)\]")
_DOTTED = re.compile(r"(.+)\.(\w+)")
_PREFIXED = re.compile(r"(\$|_|(?:cursor|pager|pagination|paging)_)(\w+)")


def guess_position_names(evidence: Evidence, names: Sequence[str]) -> list[str]:
    """Return the names that a page number or an offset may have, likeliest first.

    `names` are a usual name, and then those in the page. A GraphQL query without a variable raises.
    """
    usual, *echoed = names
    patterns = list(_list_patterns(evidence))
    variants = [*echoed, *map(_to_camel_case, echoed), usual]
    siblings = [pattern.format(name) for name in variants for pattern in patterns]
    if usual == "page" and "page[{}]" in patterns:
        siblings.insert(0, "page[number]")  # https://jsonapi.org/format/#fetching-pagination
    alike = [name for name in echoed if _is_like_size(evidence, name)]
    return _rank(evidence, siblings, [*alike, usual, *echoed])


def list_further_names(evidence: Evidence, kind: str, told: Found | None) -> Iterator[str]:
    """Yield less likely names of a page number (kind `page`) or an offset (kind `offset`).

    They are named by the object where the answer tells the position, `told`: Strapi's
    `meta.pagination.page` goes into `pagination[page]`. Then by the page size that was sent, unless
    the answer says `page`, which nearly always is the parameter's name.
    """
    if told is not None:
        family = told.path.rpartition(".")[0].rpartition(".")[2]
        if normalize_name(family) in vocabulary.FAMILIES:
            in_json = evidence.page.request.json is not None
            pattern = f"{family}.{{}}" if in_json else f"{family}[{{}}]"
            yield pattern.format(told.own_name)
            if kind == "page" and normalize_name(told.own_name) != "page":
                yield pattern.format("number" if normalize_name(family) == "page" else "page")
        if told.own_name == "page":
            return
    siblings = _PAGE_SIBLINGS if kind == "page" else _OFFSET_SIBLINGS
    for pattern, size in _split_sizes(evidence):
        for words in siblings.get(normalize_name(size), ()):
            yield pattern.format(_write_like(size, words))
        if size[:1].isupper():
            yield pattern.format(_write_like(size, kind))


def list_rarest_names(evidence: Evidence, kind: str) -> Iterator[str]:
    """Yield the least likely names of a page number or an offset, written like the page size.

    They keep the stem of the size (`sysparm_limit` and `sysparm_offset`, `pageSize` and `pageNo`),
    or are any start of rows beside a size without one. They are for pages with a total, which finds
    out if one was taken for something else.
    """
    for pattern, size in _split_sizes(evidence):
        stem, is_lower = _SIZE_END.sub("", size), size.islower() and size.isalpha()
        has_stem = stem not in ("", size) and stem.lower() != "max"
        for end in _ENDS[kind] if has_stem else ():
            yield pattern.format(
                stem + (end.title() if stem[-1:].isalpha() and not is_lower else end)
            )
        words = _ANY_OFFSETS if kind == "offset" and not has_stem else ()
        compounds = _PAGE_SIBLINGS.get(size, ()) if kind == "page" and is_lower else ()
        yield from (pattern.format(_write_like(size, each)) for each in words)
        yield from (pattern.format(each.replace(" ", "")) for each in compounds)


def _write_like(name: str, words: str) -> str:
    """Return words as one name, in the case of another: snake, kebab, Pascal or camel."""
    separator = next((mark for mark in "_-" if mark in name), None)
    if separator is not None:
        return words.replace(" ", separator)
    first, *others = words.split()
    joined = first + "".join(map(str.title, others))
    return joined[:1].upper() + joined[1:] if name[:1].isupper() else joined


def find_beginnings(evidence: Evidence, sizes: Collection[str]) -> Iterator[tuple[str, int, bool]]:
    """Yield parameters that were sent as 0 or 1 and perhaps are the position: name, value, kind.

    The kind is whether it counts pages. The name is of the family of a page size that was sent, as
    the `page_offset` beside the `page_limit` of Airflow, or says what it is (`row_offset`).
    """
    plain_sizes = [normalize_name(name.rpartition(".")[2]) for name in sizes]
    stems = {_SIZE_WORD.sub("", plain) for plain in plain_sizes} - {""}
    for plain, (name, value) in evidence.sent.items():
        if str(value) not in ("0", "1") or name in sizes:
            continue
        rests = [plain[len(stem) :] for stem in stems if plain.startswith(stem)]
        if plain.endswith(("offset", "skip")) or any(rest in vocabulary.OFFSETS for rest in rests):
            counts_from_one = any(rest.startswith("start") for rest in rests)
            if str(value) == "0" or counts_from_one:
                yield name, int(value), False
        elif plain.endswith(("page", "pageno", "pagenumber", "pageindex")) or any(
            rest in ("idx", "index", "nr", "no", "num", "number") for rest in rests
        ):
            yield name, int(value), True


def _is_like_size(evidence: Evidence, name: str) -> bool:
    """Return whether a name is written as the page size: `PageNumber` if `PageSize` was sent."""
    if normalize_name(name) == "pagina":  # a word of languages that do not call it page
        return True
    stem = _NUMBER.sub("", name)
    return stem != "" and any(
        plain in vocabulary.SIZES and stem == _SIZE.sub("", sent)
        for plain, (sent, _) in evidence.sent.items()
    )


def guess_token_names(evidence: Evidence, token: Found) -> list[str]:
    """Return the names that a token may have in the request, likeliest first.

    Raises:
        UnknownPagination: A GraphQL query has no variable for it.
    """
    own = _name_token(evidence, token.path)
    names = [own, *(name for name, _ in evidence.sent.values())]
    if all(name[:1].isupper() for name in names):
        bare = _NEXT.sub("", own)  # AWS: NextMarker, Marker
        likely = [own, bare] if token.name == "nexttoken" else [bare, own]
    else:
        usual = _list_usual_names(evidence, token)
        likely = [*map(_uncapitalize, usual), *_list_variants(own), own]
    likely = [text for text in (_name_start(own), *likely, _name_start_key(own)) if text]
    siblings = [pattern.format(text) for text in likely[:2] for pattern in _list_patterns(evidence)]
    grouped = [text for text in siblings if text[0] not in "$_"]
    counted = list(_find_counted_names(evidence, token))
    family = token.path.rpartition(".")[0].rpartition(".")[2]
    if normalize_name(family) in vocabulary.FAMILIES and (bare := _NEXT.sub("", own)):
        # Cosmos: pagination.next_key goes into pagination.key
        siblings += [f"{family}.{bare}", f"{family}[{bare}]"]
    return _rank(evidence, grouped, [*likely, *siblings], counted)


def _name_start(own: str) -> str:
    """Return what takes the last key of DynamoDB: LastEvaluatedKey goes into ExclusiveStartKey.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html#Scan.Pagination
    """
    if _LAST_EVALUATED.match(own) is None:
        return ""
    for word, other in (("last", "exclusive"), ("evaluated", "start")):
        own = own.replace(word, other, 1).replace(word.title(), other.title(), 1)
    return own


def _name_start_key(own: str) -> str:
    """Return what takes the key of a row under a plainer name: LastKey goes into StartKey."""
    match = _LAST_OR_NEXT.match(own)
    if match is None:
        return ""
    return ("Start" if own[:1].isupper() else "start") + own[match.end() :]


def _name_token(evidence: Evidence, path: str) -> str:
    """Return the name of a token in the response; of a header without the provider's name."""
    match = re.fullmatch(vocabulary.HEADER_TOKENS, path)
    if match is not None and evidence.header(path) is not None:
        return match["name"].lower().replace("-", "_")
    return path.rpartition(".")[2].rpartition(":")[2]


def _list_usual_names(evidence: Evidence, token: Found) -> tuple[str, ...]:
    """Return what most APIs call a token in the request."""
    usual = vocabulary.TOKEN_PARAMS.get(token.name, ())
    if token.name == "nextpage" and not is_count(token.value):
        # https://uriyyo-fastapi-pagination.netlify.app/tutorials/cursor-pagination/
        pages_are_tokens = evidence.find(["currentpage"], lambda value: not is_count(value))
        return (*usual, "cursor") if pages_are_tokens is None else ("cursor", *usual)
    return usual


@lru_cache(maxsize=1024)  # many APIs share few names
def _list_variants(own: str) -> Sequence[str]:
    """Return the name of a token in the response without "next", and in other cases."""
    bare = _NEXT.sub("", own)
    shorter = _PAGE.sub("", bare)  # nextPageCursor goes into cursor
    is_position = normalize_name(shorter) in ("cursor", "offset")
    variants = [bare, own, _to_camel_case(own), *_to_other_cases(bare)]
    return tuple(map(_uncapitalize, ([shorter] if is_position else []) + variants))


def _uncapitalize(name: str) -> str:
    return name[:1].lower() + name[1:]


def _find_counted_names(evidence: Evidence, token: Found) -> Iterator[str]:
    """Yield the names of the page number or offset that a token is the next one of."""
    if not is_count(token.value):
        return
    following, rows = int(token.value), len(evidence.rows)
    page = evidence.find_sent_count(vocabulary.PAGE_PARAMS)
    offset = evidence.find_sent_count(vocabulary.OFFSETS)
    if page is not None and following == page[1] + 1:
        yield page[0]
    if offset is not None and following == offset[1] + rows:
        yield offset[0]
    number = evidence.find(vocabulary.NUMBERS, is_count)
    start = evidence.find(vocabulary.OFFSETS, is_count)
    if number is not None and following == int(number.value) + 1:
        yield "page"
    if start is not None and following == int(start.value) + rows:
        yield start.own_name
    if token.name == "next" and following == 2:
        yield "page"
    if token.name == "next" and following == rows:
        yield "offset"


def _rank(
    evidence: Evidence, siblings: list[str], likely: list[str], counted: Sequence[str] = ()
) -> list[str]:
    """Return all names, likeliest first: counted ones, those that were sent, siblings, the rest."""
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
    return list(dict.fromkeys([*counted, *sent, *siblings, *likely]))


def _list_patterns(evidence: Evidence) -> Iterator[str]:
    """Yield how names are written that go with the page size: `page[{}]`, `pagination_{}`."""
    return (pattern for pattern, _ in _split_sizes(evidence) if pattern != "{}")


def _split_sizes(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """Yield the page sizes that were sent as a pattern and a name: `page[{}]` and `size`."""
    for name, _ in evidence.sent.values():
        if (match := _IN_BRACKETS.fullmatch(name)) and _is_size(match[2]):
            yield f"{match[1]}[{{}}]", match[2]
        elif (match := _DOTTED.fullmatch(name)) and _is_size(match[2]):
            yield f"{match[1]}.{{}}", match[2]  # BACEN Pix: paginacao.itensPorPagina, .paginaAtual
        elif (match := _PREFIXED.fullmatch(name)) and _is_size(match[2]):
            yield f"{match[1]}{{}}", match[2]
        elif _is_size(name):
            yield "{}", name


def _is_size(name: str) -> bool:
    plain = normalize_name(name)
    return plain in vocabulary.SIZES or plain.endswith(("limit", "size"))


def _to_camel_case(name: str) -> str:
    return re.sub(r"[_-]+(\w)", lambda match: match[1].upper(), name)


def _to_other_cases(name: str) -> list[str]:
    """Return a name in camel case, in snake case, and with hyphens (page-token of CircleCI)."""
    snake = re.sub(r"(?<=[a-z])([A-Z])", lambda match: f"_{match[1].lower()}", name)
    return [_to_camel_case(name), snake.lower(), *([name.replace("_", "-")] if "_" in name else [])]
