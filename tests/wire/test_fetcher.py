"""One page: faults of the wire, retries, bounds, decoding; byte-exact over real sockets."""

from __future__ import annotations

import gzip
import json
import logging
import zlib

import pytest
import requests
from urllib3 import Retry

from requests_paginate import exceptions, get_all, request_all
from requests_paginate.strategies import Offset
from tests.wires import RESET, STALL, Authority, http, wire_server

GOOD = http([{"id": 1}])
ROWS = [{"id": 1}]
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def listed(server, **options):
    with requests.Session() as session:
        return list(get_all(server.url, session=session, **options))


@pytest.mark.parametrize(
    "fault",
    [
        [],
        [RESET],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n[1"],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n[1", RESET],
        [CHUNKED + b"5\r\n[1,2,\r\n"],
        [CHUNKED + b"zz\r\n[1,2,\r\n"],
        [CHUNKED + b"5\r\n[1"],
        [b'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[{"id": '],
        http(gzip.compress(b"[1]")[:-10], content_encoding="gzip"),
        http(b"no gzip", content_encoding="gzip"),
        http(b"[1, 2"),
        http(status=500),
        http(status=502),
        http(status=503),
        http(status=504),
        http(status=429),
        [b"nonsense\r\n\r\n"],
    ],
)
def test_a_fault_is_tried_again_and_no_row_is_lost_or_repeated(fault, waits):
    """Connection, body, decoding and status faults cost a retry and nothing else."""
    with wire_server([fault, GOOD]) as server:
        assert ROWS == listed(server)
        assert (2, 1) == (len(server.requests), len(waits))


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ([RESET], exceptions.TransferFailed),
        (http(status=500), exceptions.PageFailed),
        (http(b"[1, 2"), exceptions.MalformedPage),
        (http(b"no gzip", content_encoding="gzip"), exceptions.TransferFailed),
    ],
)
def test_a_fault_that_stays_is_raised_after_the_retries(fault, error, waits):
    """After the last try the fault comes out, with the number of tries asked for."""
    with wire_server([fault] * 9) as server:
        with pytest.raises(error) as caught:
            listed(server, retries=2)
        assert 3 == len(server.requests)
        assert (0, 0) == (caught.value.page_index, caught.value.items_yielded)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (http(status=400), exceptions.PageFailed),
        (http(status=401), exceptions.PageFailed),
        (http(status=404), exceptions.PageFailed),
        (http(status=302), exceptions.PageFailed),
        (http(status=304), exceptions.PageFailed),
        (http([1], status=201), exceptions.PageFailed),
        (http([1], status=206), exceptions.PageFailed),
        (http([1], status=206, content_range="bytes 0-3/9"), exceptions.PageFailed),
        (http([1], status=999), exceptions.PageFailed),
        (http(status=204, content_length=None), exceptions.MalformedPage),
        (http(b""), exceptions.MalformedPage),
        (http(b"<html>", content_type="text/html"), exceptions.MalformedPage),
        (http('"Jo\xe3o"'.encode("latin-1")), exceptions.MalformedPage),
        (http(b"[NaN]"), exceptions.MalformedPage),
        (http(b"[" * 100_000), exceptions.MalformedPage),
        (http([1] * 100), exceptions.PageTooLarge),
    ],
)
@pytest.mark.usefixtures("deep")
def test_what_another_try_cannot_mend_is_raised_at_once(answer, error, waits):
    """A refusal, a wrong status or a malformed body is asked for once."""
    with wire_server([answer] * 9) as server:
        with pytest.raises(error):
            listed(server, max_page_bytes=200_000 if error is not exceptions.PageTooLarge else 50)
        assert (1, []) == (len(server.requests), waits)


def test_a_206_that_counts_rows_is_a_page():
    """PostgREST answers 206 with a Content-Range of rows."""
    with wire_server([http(ROWS, status=206, content_range="0-0/1")]) as server:
        assert ROWS == listed(server)


def test_a_204_after_the_first_page_has_no_rows():
    """No Content on a later page says that there is nothing there."""
    pages = [http({"items": [1], "total": 5}), http(status=204, content_length=None)]
    with wire_server(pages) as server:
        assert [1] == listed(server, strategy=Offset("offset", items="items"))


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        (b"\xef\xbb\xbf[1]", [1]),
        ('["João"]'.encode("utf-16"), ["João"]),
        (b'["\\ud800"]', ["\ud800"]),
        (b"[123456789012345678901234567890]", [123456789012345678901234567890]),
        ('["João"]'.encode(), ["João"]),
    ],
)
def test_what_other_parsers_take_is_taken(body, rows):
    """A byte order mark, UTF-16, lone surrogates and long integers survive."""
    with wire_server([http(body)]) as server:
        assert rows == listed(server)


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("gzip", gzip.compress(json.dumps(ROWS).encode(), mtime=0)),
        ("deflate", zlib.compress(json.dumps(ROWS).encode())),
        ("identity", json.dumps(ROWS).encode()),
    ],
)
def test_encoded_bodies_are_decoded(encoding, content):
    """Compressed pages are read."""
    with wire_server([http(content, content_encoding=encoding)]) as server:
        assert ROWS == listed(server)


LINES = b"1\n" * 5000
ENCODED = {
    "gzip": gzip.compress(LINES),
    "x-gzip": gzip.compress(LINES[:1000]) + gzip.compress(LINES[1000:]),
    "deflate": zlib.compress(LINES),
}


def read_lines(server):
    return listed(server, decode=lambda text: text.decode().splitlines(), retries=0)


def until_closed(encoding, content):
    return [f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\n\r\n".encode() + content]


@pytest.mark.parametrize("encoding", ENCODED)
def test_a_body_that_only_the_caller_can_read_has_its_end(encoding):
    """A compressed body that was cut is no page, also where `decode` would take what there is."""
    whole = ENCODED[encoding]
    with wire_server([until_closed(encoding, part) for part in (whole, whole[:-9])]) as server:
        assert ["1"] * 5000 == read_lines(server)
        with pytest.raises(exceptions.TransferFailed, match="ends before its end"):
            read_lines(server)


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("gzip", ENCODED["gzip"] + b"\0" * 9),
        ("gzip", ENCODED["gzip"] + b"\n"),
        ("x-gzip", ENCODED["x-gzip"] + b"\r\n"),
        ("deflate", ENCODED["deflate"][2:-4]),
    ],
    ids=[
        "zeros after the end",
        "a line's end",
        "and after two members",
        "deflate without a header",
    ],
)
def test_a_body_that_does_not_tell_its_end_is_taken(encoding, content):
    """What other clients read is read."""
    with wire_server([until_closed(encoding, content)]) as server:
        assert ["1"] * 5000 == read_lines(server)


def test_a_gzip_bomb_is_refused_by_its_decoded_size():
    """What decodes to more than max_page_bytes is PageTooLarge, however small on the wire."""
    bomb = gzip.compress(b"[" + b" " * 5_000_000 + b"]")
    with wire_server([http(bomb, content_encoding="gzip")]) as server:
        with pytest.raises(exceptions.PageTooLarge, match="max_page_bytes"):
            listed(server, max_page_bytes=1_000_000)


def test_the_connection_is_kept_and_used_again():
    """A listing's pages come through one connection."""

    def answer(number, _):
        return http({"results": [number], "next": f"?page={number + 2}" if number < 4 else None})

    with wire_server(answer) as server:
        assert [0, 1, 2, 3, 4] == listed(server)
        assert 1 == server.connections


def test_chunked_bodies_keep_the_connection():
    """A chunked body is read to its end, so the connection can be used again."""

    def answer(number, _):
        following = '"?page=2"' if number == 0 else "null"
        body = b'{"results": [%d], "next": %s}' % (number, following.encode())
        return CHUNKED + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)

    with wire_server(answer) as server:
        assert [0, 1] == listed(server)
        assert 1 == server.connections


def test_a_connection_closed_while_idle_costs_a_retry(waits):
    """The race between a keep-alive connection and the server's closing of it is no failure."""
    pages = [[http({"results": [1], "next": "?page=2"})], http({"results": [2], "next": None})]
    with wire_server(pages) as server:
        assert [1, 2] == listed(server)
        assert 2 == server.connections


def test_tls_that_is_cut_is_tried_again(waits, tmp_path):
    """A TLS connection that ends without a goodbye was cut; that is no matter of trust."""
    authority = Authority()
    pages = [http({"results": [1], "next": "?page=2"}), [RESET], [], http({"results": [2]})]
    with wire_server(pages, authority.context()) as server, requests.Session() as session:
        session.verify = authority.write(tmp_path / "ca.pem")
        assert [1, 2] == list(get_all(server.url, session=session))
        assert 2 == len(waits)


# Retries


@pytest.mark.parametrize(
    ("headers", "wait"),
    [({"retry_after": "7"}, 7), ({"retry_after": "60", "ratelimit_reset": "3"}, 3)],
)
def test_the_server_s_wait_is_obeyed(headers, wait, waits, caplog):
    """Retry-After is waited for, and a shorter RateLimit-Reset wins; the log says why."""
    caplog.set_level(logging.INFO, "requests_paginate")
    with wire_server([http(status=429, **headers), GOOD]) as server:
        assert ROWS == listed(server)
    assert [wait] == waits
    assert "PageFailed" in caplog.text


def test_a_wait_beyond_the_deadline_is_raised_at_once(waits):
    """A Retry-After that the deadline forbids is not waited for."""
    with wire_server([http(status=429, retry_after="99999999")]) as server:
        with pytest.raises(exceptions.DeadlineExceeded, match="429"):
            listed(server)
        assert [] == waits


@pytest.mark.parametrize(
    ("method", "retries", "expected"),
    [
        ("POST", 3, 1),
        ("POST", Retry(3, allowed_methods=None), 4),
        ("GET", Retry(2, status_forcelist=[418]), 1),
        ("GET", 0, 1),
        ("GET", 3, 4),
    ],
)
def test_the_policy_decides_what_is_tried_again(method, retries, expected, waits):
    """An int or a Retry says how often, which statuses and which methods."""
    with wire_server([http(status=503)] * 9) as server, requests.Session() as session:
        with pytest.raises(exceptions.PageFailed):
            list(request_all(method, server.url, session=session, retries=retries))
        assert expected == len(server.requests)


def test_stats_count_what_it_cost(waits):
    """Requests, retries and waits are in the statistics."""
    with wire_server([http(status=429, retry_after="2"), GOOD]) as server:
        with requests.Session() as session:
            listing = get_all(server.url, session=session)
            list(listing)
    stats = listing.stats
    assert (2, 1, 2.0, 1, 1) == (
        stats.requests, stats.retries, stats.seconds_waited, stats.pages, stats.items,
    )  # fmt: skip


# Time


@pytest.mark.parametrize(
    "fault", [[STALL], [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[", STALL]]
)
def test_a_stall_ends_by_the_timeout(fault, waits):
    """A server that stops talking, before or in the body, is a DeadlineExceeded after retries."""
    with wire_server([fault] * 3) as server:
        with pytest.raises(exceptions.DeadlineExceeded):
            listed(server, timeout=(5, 0.1), retries=1)
        assert 2 == len(server.requests)


def test_the_deadline_cuts_the_timeouts():
    """No single wait is longer than what the page has left."""
    with wire_server([[STALL]] * 3) as server:
        with pytest.raises(exceptions.DeadlineExceeded):
            listed(server, deadline=0.2, timeout=60)


def test_a_dripping_body_ends_by_the_deadline(monkeypatch):
    """Bytes that keep coming do not keep a page alive past its deadline."""
    clock = iter(range(1000))
    monkeypatch.setattr("requests_paginate._transport.deadline.time.monotonic", lambda: next(clock))
    body = CHUNKED + b"".join(b"1\r\n \r\n" for _ in range(100_000))
    with wire_server([[body, STALL]]) as server:
        with pytest.raises(exceptions.DeadlineExceeded, match="longer than its 8 s"):
            listed(server, deadline=8, retries=0)


def test_without_deadline_and_timeout_a_page_is_read():
    """None means no bound."""
    with wire_server([GOOD]) as server:
        assert ROWS == listed(server, deadline=None, timeout=None)


# Errors


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"code": 401, "message": "no key"}, "401: no key"),
        ([{"code": "invalid_link", "message": "no", "request_id": "r"}], "invalid_link: no (r)"),
        ({"error": {"code": "x", "message": "y"}}, "x: y"),
        ({"errors": [{"title": "t"}]}, "t"),
        ({"detail": "Invalid page."}, "Invalid page."),
        ({"error": "denied"}, "denied"),
        ([], ""),
        ("text", ""),
        (b"<html>", ""),
    ],
)  # fmt: skip
def test_a_refusal_names_the_provider_s_code_and_message(body, said):
    """What the provider says of its refusal is in the error's text, and its body can be read."""
    with wire_server([http(body, status=403)]) as server:
        with pytest.raises(exceptions.PageFailed) as caught:
            listed(server)
        assert f"answered 403 Because{': ' if said else ''}{said}" in str(caught.value)
        response = caught.value.response
        assert body == (response.content if isinstance(body, bytes) else response.json())


def test_a_long_error_body_is_cut_and_still_a_refusal():
    """An endless error page is not read to its end."""
    with wire_server([http(b"x" * 5_000_000, status=404)]) as server:
        with pytest.raises(exceptions.PageFailed) as caught:
            listed(server)
        assert len(caught.value.response.content) <= 2**16


def test_what_the_caller_s_hooks_and_auth_raise_passes_unchanged():
    """An error of the caller's own code is not wrapped."""

    class Mine(Exception):
        pass

    def refuse(*_, **__):
        raise Mine

    with wire_server(lambda *_: GOOD) as server:
        for option in ({"hooks": {"response": refuse}}, {"auth": refuse}, {"decode": refuse}):
            with pytest.raises(Mine):
                listed(server, **option)


def test_a_hook_that_reads_the_body_leaves_it_readable():
    """A response hook may look at the page."""
    seen = []

    def look(response, **_):
        seen.append(response.json())

    with wire_server([GOOD]) as server:
        assert ROWS == listed(server, hooks={"response": look})
        assert [ROWS] == seen


def test_a_session_header_that_cannot_be_sent_does_not_show_its_value():
    """A newline in a session's key is refused without the key in the text."""
    with wire_server([GOOD]) as server, requests.Session() as session:
        session.headers["X-API-KEY"] = "s3cret\n"
        with pytest.raises(requests.exceptions.InvalidHeader) as caught:
            list(get_all(server.url, session=session))
        assert "s3cret" not in str(caught.value)


def test_http_links_behind_a_tls_proxy_are_upgraded_with_one_warning(tmp_path):
    """Django behind a TLS proxy links to http on its own host; the pin is followed instead."""
    authority = Authority()

    def answer(number, _):
        following = f"http://localhost/x?page={number + 2}" if number < 2 else None
        return http({"results": [number], "next": following})

    with wire_server(answer, authority.context()) as server, requests.Session() as session:
        session.verify = authority.write(tmp_path / "ca.pem")
        with pytest.warns(exceptions.PaginationWarning, match="SECURE_PROXY_SSL_HEADER") as seen:
            assert [0, 1, 2] == list(get_all(server.url, session=session))
        assert (1, __file__) == (len(seen), seen[0].filename)
        assert ["/", "/x?page=2", "/x?page=3"] == server.paths()


def test_any_other_http_link_is_refused(tmp_path):
    """A link to http elsewhere is UnsafeLink and names what to mend."""
    authority = Authority()
    page = http({"results": [1], "next": "http://elsewhere.test/x"})
    with wire_server([page], authority.context()) as server, requests.Session() as session:
        session.verify = authority.write(tmp_path / "ca.pem")
        with pytest.raises(exceptions.UnsafeLink, match="SECURE_PROXY_SSL_HEADER"):
            list(get_all(server.url, session=session))
