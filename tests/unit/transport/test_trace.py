"""Who is told what happens to the pages."""

import pickle

import pytest

from requests_paginate._transport.trace import PageEvent, Trace


def test_every_sink_gets_every_event():
    """Sinks are called in their order, and pages are counted over all listings."""
    trace, seen = Trace(), []
    trace.note("asked", 0)  # for nobody
    trace.sinks, trace.pages_before = (seen.append, seen.append), 5
    trace.note("taken", 1, rows=10)
    assert [("taken", 6, 10)] * 2 == [(each.kind, each.page, each.rows) for each in seen]
    assert all(isinstance(each, PageEvent) for each in seen)


def test_a_sink_cannot_end_a_listing():
    """StopIteration of a sink is an error, as in a generator (PEP 479)."""
    trace = Trace()
    trace.sinks = (lambda _event: next(iter([])),)
    with pytest.raises(RuntimeError, match="a sink raised StopIteration"):
        trace.note("asked", 0)


def test_sinks_stay_in_their_process():
    """A trace travels without the functions of the process that it left."""
    trace = Trace()
    trace.sinks = (lambda _event: None,)
    assert () == pickle.loads(pickle.dumps(trace)).sinks
