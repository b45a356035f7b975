"""The sandbox's public names and examples."""

import doctest
import importlib

import pytest

from requests_paginate import sandbox


@pytest.mark.parametrize("module", ["", ".pluggy", ".belvo", ".keys", ".limits", ".changes"])
def test_the_examples_in_the_docstrings(module):
    """What the docstrings show is what happens."""
    done = doctest.testmod(importlib.import_module(f"requests_paginate.sandbox{module}"))
    assert (0, True) == (done.failed, done.attempted > 0)


def test_every_public_name_is_there():
    """`__all__` is sorted and true."""
    assert sorted(sandbox.__all__) == sandbox.__all__
    assert all(hasattr(sandbox, name) for name in sandbox.__all__)
