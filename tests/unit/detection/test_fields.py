"""What stands around the rows of a page."""

from __future__ import annotations

import tracemalloc

from tests.hostile import ROWS, Script, listed, page


def test_found_paths_that_fill_the_memory():
    """What detection remembers of a page is not larger than the page by orders of magnitude."""
    body = page({"results": ROWS, "x" * 20_000: {str(number): 0 for number in range(2000)}})
    tracemalloc.start()
    listed(Script((body,)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40 * len(body.content)
