"""The pytest plugin of requests_paginate: fixtures that mount paginated APIs.

Every run of pytest imports this file where the package is installed, so it imports nothing of it:
neither requests nor responses is loaded before a test asks for a fixture. For the same reason it
stands beside the package, and not in it. `pytest -p no:requests_paginate_pytest` leaves it out.

PYTEST_DONT_REWRITE: it asserts nothing, and may be imported before pytest looks at it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from requests_paginate.testing import BelvoSandbox, MockListing, PluggySandbox, Sandbox


@pytest.fixture(name="mock_listing")
def mock_listing_fixture() -> Iterator[Callable[..., MockListing]]:
    """`requests_paginate.testing.mock_listing`, while `responses` is active."""
    import responses

    from requests_paginate.testing import mock_listing

    with responses.mock:
        yield mock_listing


@pytest.fixture
def skipped_waits() -> Iterator[list[float]]:
    """The seconds that listings would wait before they try again; they do not."""
    from requests_paginate.testing import skip_waits

    with skip_waits() as seconds:
        yield seconds


@pytest.fixture
def pluggy_sandbox() -> Iterator[PluggySandbox]:
    """Pluggy, mounted on `responses` at its own address; nothing else is reachable."""
    from requests_paginate.testing.providers import mount_pluggy

    with mount_pluggy() as sandbox:
        yield sandbox


@pytest.fixture
def belvo_sandbox() -> Iterator[BelvoSandbox]:
    """Belvo's sandbox, mounted on `responses` at its own address; nothing else is reachable."""
    from requests_paginate.testing.providers import mount_belvo

    with mount_belvo() as sandbox:
        yield sandbox


@pytest.fixture
def tls_sandbox() -> Iterator[Sandbox]:
    """Pluggy and Belvo over real TLS on this machine; needs the extra `sandbox`."""
    from requests_paginate.testing import Sandbox

    with Sandbox() as sandbox:
        yield sandbox
