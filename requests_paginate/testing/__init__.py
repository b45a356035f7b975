"""Paginated APIs for your own tests, without a socket.

`mock_listing` mounts an API with your rows, in any dialect, on `responses`; faults are on request.
`mount` does so with any object that answers requests, such as those of the sandbox: Pluggy and
Belvo. `Sandbox` serves these two over real TLS. `skip_waits` lets listings try again at once.

This module needs an extra: `pip install requests-paginate[testing]`. Where pytest is installed,
there are fixtures, and no line is needed to load them: `mock_listing`, `skipped_waits`,
`pluggy_sandbox`, `belvo_sandbox` and `tls_sandbox`.

Examples:
    >>> import responses
    >>> from requests_paginate import dialects, get_all
    >>> from requests_paginate.testing import mock_listing
    >>> rows = [{"id": f"ch_{number}"} for number in range(250)]
    >>> with responses.mock:
    ...     listing = mock_listing("https://api.example.com/charges", rows, dialects.STRIPE)
    ...     rows == list(get_all("https://api.example.com/charges", strategy=dialects.STRIPE))
    True
    >>> [request.parameter("starting_after") for request in listing.requests]
    [None, 'ch_99', 'ch_199']
"""

from __future__ import annotations

import importlib.util

from requests_paginate.sandbox import Belvo, Pluggy, Sandbox
from requests_paginate.testing.faults import Fault
from requests_paginate.testing.listings import MockListing, mock_listing
from requests_paginate.testing.mounting import Mock, mount
from requests_paginate.testing.providers import (
    BELVO_URL,
    PLUGGY_URL,
    BelvoSandbox,
    PluggySandbox,
)
from requests_paginate.testing.waits import skip_waits

__all__ = [
    "BELVO_URL",
    "PLUGGY_URL",
    "Belvo",
    "BelvoSandbox",
    "Fault",
    "Mock",
    "MockListing",
    "Pluggy",
    "PluggySandbox",
    "Sandbox",
    "mock_listing",
    "mount",
    "skip_waits",
]

if importlib.util.find_spec("pytest") is not None:
    from requests_paginate_pytest import (
        belvo_sandbox,
        mock_listing_fixture,
        pluggy_sandbox,
        skipped_waits,
        tls_sandbox,
    )

    __all__ += [
        "belvo_sandbox",
        "mock_listing_fixture",
        "pluggy_sandbox",
        "skipped_waits",
        "tls_sandbox",
    ]
