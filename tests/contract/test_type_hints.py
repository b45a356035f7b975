"""What reads types at run time can read those of every public name."""

from __future__ import annotations

import inspect
import typing
from importlib import import_module

import pytest

from requests_paginate import Listing, Page, exceptions, get_all
from requests_paginate.providers import BelvoSession, PluggySession

MODULES = [
    "requests_paginate", "requests_paginate.adapters", "requests_paginate.exceptions",
    "requests_paginate.export", "requests_paginate.providers",
    "requests_paginate.providers.belvo", "requests_paginate.providers.pluggy",
    "requests_paginate.sandbox", "requests_paginate.strategies", "requests_paginate.testing",
]  # fmt: skip


def is_ours(thing):
    return str(getattr(thing, "__module__", None)).startswith("requests_paginate")


def unwrapped(member):
    """The function of a property, a class method or a cached value."""
    for at in ("fget", "__func__", "func"):
        member = getattr(member, at, member)
    return member


def hinted(thing):
    """The hints of a class or a function, and of the methods defined in it.

    Of a class, its own hints: what requests annotates has names that only type checkers know.
    """
    if inspect.isclass(thing):
        own = type(thing.__name__, (), {"__annotations__": inspect.get_annotations(thing)})
        own.__module__ = thing.__module__
        yield typing.get_type_hints(own)
        for member in vars(thing).values():
            if inspect.isfunction(inner := unwrapped(member)):
                yield from hinted(inner)
    elif inspect.isfunction(thing) and is_ours(thing):
        yield typing.get_type_hints(thing)


def parts_of(hint):
    """A type and all that stand in its brackets."""
    yield typing.get_origin(hint) or hint
    for inner in typing.get_args(hint):
        yield from parts_of(inner)


def reached(things):
    """Classes and functions, and what they return of the package's own classes."""
    waiting, found = list(things), {}
    while waiting:
        thing = waiting.pop()
        if not is_ours(thing) or id(thing) in found:
            continue
        found[id(thing)] = thing
        if inspect.isclass(thing):
            waiting += thing.__mro__[1:]
        for hints in hinted(thing):
            waiting += parts_of(hints.get("return"))
    return list(found.values())


@pytest.mark.parametrize("name", MODULES)
def test_every_hint_can_be_read(name):
    """`typing.get_type_hints` resolves each name in them, also of what they lead to."""
    module = import_module(name)
    things = reached(getattr(module, each) for each in module.__all__)
    assert things


def test_the_hints_that_are_read():
    """Those of methods, errors and values are among them."""
    read = reached([get_all, PluggySession, BelvoSession, exceptions.PageFailed])
    assert {Listing, Page, exceptions.PaginationError, PluggySession} <= {
        each for each in read if inspect.isclass(each)
    }
    assert typing.get_type_hints(PluggySession.request_all)["return"] == Listing[typing.Any]
