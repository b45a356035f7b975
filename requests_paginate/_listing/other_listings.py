"""Links to the next page of another listing: another account's orders, or its invoices.

Servers write a path otherwise (GitHub has numbers for names), and proxies change what is in front.
So a path is another one only where all else in it stayed, and the link counts its pages: a path may
hold a token as a query may.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from requests_paginate._envelope import vocabulary
from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate._models import PageRequest
from requests_paginate._paths import is_count
from requests_paginate._redaction import is_secret_name

_INNER = re.compile(r"[\w.]+\[(\w+)\]")  # page[number]
_PAGE_PATH = re.compile(r"/(?:pages?|p|pagina|seite)/\d+/?$")
_OWNER = re.compile(
    r"(?!after|before|cursor|end|first|from|last|max|min|next|page|pit|query|request|scroll|search"
    r"|seek|session|since|start|to|trace|until)"
    r".*(?:id|account|client|company|customer|group|org|organi[sz]ation|owner|project|shop|store"
    r"|team|tenant|user|workspace)"
)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def describe_other_listing(request: PageRequest, link: PageRequest) -> str | None:
    """Return what of a request a link that counts changes, in words; None for nothing."""
    if request.method != "GET":
        return None  # a search by POST may go on elsewhere
    sent, kept = request.query(), link.query()
    position = next((name for name, value in kept.items() if _is_position(name, value)), None)
    if position is None or str(sent.get(position)) == str(kept[position]):
        return None
    changed = [
        repr(name)
        for name, value in kept.items()
        if name in sent and not is_secret_name(name) and _OWNER.fullmatch(normalize_name(name))
        if _is_other(str(sent[name]), str(value))
    ]
    return f"another value of {', '.join(changed)}" if changed else _compare_paths(request, link)


def _is_position(name: str, value: object) -> bool:
    inner = _INNER.fullmatch(name)
    plain = normalize_name(inner[1] if inner else name)
    return is_count(value) and (plain in vocabulary.PAGE_PARAMS or plain in vocabulary.OFFSETS)


def _compare_paths(request: PageRequest, link: PageRequest) -> str | None:
    here, there = _split_path(request.url), _split_path(_PAGE_PATH.sub("", link.url))
    lost = here[: len(here) - len(there)]
    if there and here[len(lost) :] == there and any(_is_identity(segment) for segment in lost):
        return "a path without an identity that was in it"
    differing = [pair for pair in zip(here, there, strict=False) if pair[0] != pair[1]]
    if len(here) != len(there) or len(differing) != 1:
        return None
    own, other = differing[0]
    if _is_identity(own) and _is_other(own, other):
        return "a path with another identity in it"
    is_last = here[-1] is own
    return "the path of another resource" if is_last and _are_words_apart(own, other) else None


def _split_path(url: str) -> list[str]:
    return [segment for segment in unquote(urlsplit(url).path).split("/") if segment]


def _is_identity(segment: str) -> bool:
    is_version = re.fullmatch(r"v\d{1,2}(?:\.\d+)*|\d{1,2}(?:\.\d+)+", segment) is not None
    return any(map(str.isdecimal, segment)) and not is_version


def _is_other(own: str, other: str) -> bool:
    """Return whether two texts are different identities of one kind, such as c7 and c8."""
    if own == other:
        return False
    return _measure(own) == _measure(other) and any(map(str.isdecimal, own))


def _measure(text: str) -> str:
    """Return the kind of a text: its letters and its digits each as one."""
    if _UUID.fullmatch(text):
        return "uuid"
    return re.sub(r"\d+", "9", re.sub(r"[^\W\d_]+", "a", text))


def _are_words_apart(own: str, other: str) -> bool:
    are_words = own.isalpha() and other.isalpha()
    return are_words and own.lower() not in other.lower() and other.lower() not in own.lower()
