"""What the name of a link says about where it leads; names are normalized."""

from __future__ import annotations

import re
from functools import lru_cache

from requests_paginate._envelope import vocabulary

_NOUN = r"(?:urls?|uris?|hrefs?|links?|page|path|endpoint)"
_NEXT_LINK = (
    r"(?:next|(?:load|show|fetch|get|view|see)more)"
    r"(?:batch|chunk|cursor|data|entries|items|list|records|results|rows|set|" + _NOUN + r")*"
    r"|(?:api|pager|paging|" + _NOUN + r")(?:to|of)?(?:the)?next(?:page)?"
)
# Words that lead on in most APIs, and elsewhere in some: `following_url` of GitHub's users.
_ONWARD_LINK = (
    r"(?:load|show|fetch|get|view|see)?(?:additional|after|continu|following|forward|further|more"
    r"|next|older|onward|avanti|dalej|n[aä]chste|naechste|nasta|nastepn|neste|prochain|pr[oó]xim|seguente"
    r"|seguinte|subsequent"
    r"|siguiente|sonraki|successiv|suivant|volgende|weiter|\u6b21).*"
)
# Links to the page itself, to earlier pages and to other things.
_NO_WAY_ON = (
    r".*(?:id|template|about|type)"
    r"|.*(?:self|first|prev|last|before|newer|newest|recent|latest|oldest|current|canonical|back"
    r"|begin|start|final|delta|sync|refresh|poll|subscri|watch).*"
    r"|(?:end|top|up|home|root|parent|this|own|base|api|html|web)?" + _NOUN + r"*"
)


@lru_cache(maxsize=4096)
def leads_elsewhere(name: str) -> bool:
    """Return whether a link of this name leads to no later page."""
    return re.fullmatch(_NO_WAY_ON, name) is not None


def is_named_link(name: str) -> bool:
    """Return whether a name says that its value is a link."""
    return re.search(_NOUN + "$", name) is not None


@lru_cache(maxsize=4096)
def rank_name(name: str) -> int | None:
    """Return how surely a link of this name leads to the next page; None if it does not.

    0: it does. 1: the name leads on, and the link must lead to the listing itself. 2: the name says
    that it is a link, which must show by its query that it leads on.
    """
    if name in vocabulary.SYNCHRONISATION:
        return None
    if name in vocabulary.NEXT_LINKS or re.fullmatch(_NEXT_LINK, name):
        return 0
    if leads_elsewhere(name):
        return None
    if re.fullmatch(_ONWARD_LINK, name):
        return 1
    return 2 if is_named_link(name) else None
