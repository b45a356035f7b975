"""Checkpoints taken apart, and forged."""

from base64 import urlsafe_b64decode
from enum import Enum
from urllib.parse import quote, quote_plus

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from requests_paginate._listing.checkpoint import Checkpoint
from requests_paginate._models import PageRequest
from requests_paginate._redaction import is_secret_name
from requests_paginate.strategies import NextLink

# A loaded machine is no failure.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
URL = "https://api.test/v1/rows"
FIRST = PageRequest("GET", URL)


def content(token):
    """The bytes that a token holds, beside the checksum."""
    return urlsafe_b64decode(token + "=" * (-len(token) % 4))[9:]


def resumed(token, first=FIRST, strategy=None, session_secrets=None):
    """What a token means to a call."""
    return Checkpoint.decode(
        token, first=first, strategy=strategy, session_secrets=session_secrets or {}
    )


# Round trips -------------------------------------------------------------------------------------


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def written(name, equals, value):
    """A pair of a query: bytes as servers write them, but a secret as requests does."""
    quoted = quote_plus(value) if is_secret_name(name) else quote(value, safe="/+")
    return f"{quote(name)}{equals}{quoted}"


class Colour(Enum):
    """A value as callers have them."""

    RED = "red"


# Another call ------------------------------------------------------------------------------------


LINK = NextLink("next", items="results")
