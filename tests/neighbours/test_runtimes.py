"""What changes how a program connects, runs, or is observed."""

from __future__ import annotations

import pytest

from tests.loopback import Authority, LoopbackServer

from .pages import PAGES, ROWS, answer, run

pytestmark = pytest.mark.integration
with_prefetch = pytest.mark.parametrize("prefetch", [0, 3])


def test_truststore(tmp_path):
    """Certificates are verified by the system's store, where truststore is injected."""
    code = """
        import sys

        import truststore

        truststore.inject_into_ssl()

        from requests_paginate import PaginatedSession, exceptions

        with PaginatedSession() as session:
            for prefetch in (0, 3):
                print(len({row["id"] for row in session.get_all(sys.argv[1], prefetch=prefetch)}))
            try:
                list(session.get_all(sys.argv[2]))
            except exceptions.InsecureTransport:
                print("InsecureTransport")
    """
    authority, other = Authority(), Authority()
    trusted = authority.write(tmp_path / "ca.pem")
    with LoopbackServer(answer, authority.context()) as server:
        with LoopbackServer(answer, other.context()) as unknown:
            printed = run(code, server.url, unknown.url, SSL_CERT_FILE=trusted)
    assert ["25", "25", "InsecureTransport"] == printed


def test_gevent(server):
    """Greenlets list at once through one session, each with all rows, where all is patched."""
    code = """
        from gevent import monkey

        monkey.patch_all()

        import sys

        import gevent

        from requests_paginate import PaginatedSession

        with PaginatedSession(allow_http=True) as session:
            for prefetch in (0, 3):
                listings = [session.get_all(sys.argv[1], prefetch=prefetch) for _ in range(8)]
                jobs = [gevent.spawn(list, listing) for listing in listings]
                gevent.joinall(jobs, raise_error=True)
                ids = [[row["id"] for row in job.value] for job in jobs]
                print(ids == [[*range(1, 26)]] * 8)
    """
    assert ["True", "True"] == run(code, server.url)
    assert 2 * 8 * PAGES == len(server.requests)


@with_prefetch
def test_structlog(server, session, prefetch):
    """What is bound around the loop is seen by every page's hook, also in other threads."""
    from structlog.contextvars import bound_contextvars, get_contextvars

    seen = []
    hooks = {"response": lambda *_, **__: seen.append(get_contextvars())}
    with bound_contextvars(job="nightly"):
        assert ROWS == list(session.get_all(server.url, hooks=hooks, prefetch=prefetch))
    assert [{"job": "nightly"}] * PAGES == seen


@with_prefetch
def test_opentelemetry(server, session, prefetch):
    """Every page is requested in the context of the loop, so its span has a parent."""
    from opentelemetry import trace

    seen = []
    parent = trace.SpanContext(trace_id=1, span_id=2, is_remote=False)

    def note_span(*_, **__):
        seen.append(trace.get_current_span().get_span_context().span_id)

    hooks = {"response": note_span}
    with trace.use_span(trace.NonRecordingSpan(parent)):
        assert ROWS == list(session.get_all(server.url, hooks=hooks, prefetch=prefetch))
    assert [2] * PAGES == seen
