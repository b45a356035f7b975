"""Tokens that belong together: a continuation in several headers, or members of one object."""

from __future__ import annotations

import re
from functools import lru_cache

from requests_paginate._detection.evidence import Evidence, is_link
from requests_paginate._detection.more_pages import list_values, may_lead_on
from requests_paginate._envelope import vocabulary
from requests_paginate._envelope.members import is_ended
from requests_paginate._envelope.vocabulary import normalize_name
from requests_paginate._models import Page
from requests_paginate._paths import is_scalar
from requests_paginate.strategies import Cursor, Strategy

_NAME = re.compile(r"next[\w-]+$", re.IGNORECASE)  # what a token is called, without a prefix


def list_sibling_tokens(evidence: Evidence, path: str) -> dict[str, str]:
    """Return the paths of a continuation and of those in its object, or in headers of its prefix.

    By their names without the prefix.

    https://learn.microsoft.com/en-us/rest/api/storageservices/query-timeout-and-pagination
    """
    group = _NAME.sub("", path)
    return {
        other[len(group) :]: other
        for name, values in list_values(evidence)
        if vocabulary.is_continuation(name) or vocabulary.is_suspicious_token(name)
        for other, value in values
        if group and _NAME.sub("", other).lower() == group.lower()
        if is_scalar(value) and not (is_ended(value) or is_link(value))
    }


def find_unread_token(page: Page, strategy: Strategy) -> str | None:
    """Return the header of a token that belongs to that of a strategy, and that it does not read.

    The prefix of both must speak of a continuation: `X-Next-Page` beside `X-Next-Cursor` leads to
    the same page.
    """
    if not isinstance(strategy, Cursor):
        return None
    read = (strategy.token,) if isinstance(strategy.token, str) else strategy.token
    if not (group := _find_group(read[0])):
        return None  # nearly always
    known = {name.lower() for name in read}
    return next(
        (
            name
            for name, value in page.headers.items()
            if _find_group(name) == group and name.lower() not in known and not is_ended(value)
        ),
        None,
    )


@lru_cache(maxsize=1024)
def _find_group(name: str) -> str:
    """Return the prefix of a token's header, in lower case, if it speaks of a continuation."""
    prefix = _NAME.sub("", name)
    plain = normalize_name(re.sub(r"^x-", "", prefix, flags=re.IGNORECASE))
    is_prefix = prefix != name and prefix[-1:] in ("-", "_") and may_lead_on(plain)
    return prefix.lower() if is_prefix else ""
