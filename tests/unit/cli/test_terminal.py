"""What the command line shows and writes."""

import logging
import re
import signal
import sys
import threading
import warnings
from contextlib import suppress

import pytest

from requests_paginate._cli import progress, terminal
from requests_paginate.exceptions import PossiblyTruncated
from requests_paginate.sandbox import json_response, serve
from tests.unit.cli.invocation import Fixed, Scripted, errors_of, listed, rows_of, run

# Lines for a person ------------------------------------------------------------------------------


def test_waits_are_told(monkeypatch):
    """Every wait is one line, so that nobody wonders at the silence."""
    monkeypatch.setattr("requests_paginate._transport.retry.RetryPolicy.wait", lambda *_, **__: 0.0)
    answers = iter([json_response({}, status=503)])
    with serve(Scripted({"2": lambda: next(answers, None)})) as server:
        result = listed(server)
    (line,) = errors_of(result)
    assert (0, 250) == (result.exit_code, len(rows_of(result)))
    assert re.match(r"page 1: waiting 0\.00 s before try 2: PageFailed: GET ", line)


def test_warnings_are_told():
    """A warning is one line; the rows are written all the same."""
    rows = b'[{"id":1},{"id":2}]'
    with serve(Fixed(rows)) as server:
        result = run("get", server.url, "--cacert", server.ca_file, "-p", "limit=2")
    (line,) = errors_of(result)
    assert (0, 2) == (result.exit_code, len(rows_of(result)))
    assert line.startswith("warning: one page was taken for the whole listing")
    assert "pass --strategy" in line


def test_advice_in_options(server):
    """What the library advises in Python is said in options."""
    (line,) = errors_of(listed(server, "--items", "nothing"))
    assert line.endswith("; pass --items if they are elsewhere")
    result = run("get", f"{server.url}/api/links/", "--auth-basic", "BELVO_SECRETS")
    assert "; pass as --cacert the file of the CA" in errors_of(result)[0]


def test_control_characters():
    """A server cannot write more than the one line, nor colour it."""
    answer = json_response({"message": "\x1b[31mred\r\nline"}, status=400)
    with serve(Scripted({None: answer})) as server:
        (line,) = errors_of(listed(server))
    assert line.endswith("400 Bad Request: [31mred line")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("pass items= one of a, b", "pass --items one of a, b"),
        ("pass items='a.b', or strategy=strategies.SinglePage(items='')",
         "pass --items 'a.b', or strategy=strategies.SinglePage(items='')"),
        ("or pass strategy=strategies.Offset('at')",
         "or from Python, pass strategy=strategies.Offset('at')"),
        ("pass another strategy=", "pass another --strategy"),
        ("pass strategy=, for example this", "pass --strategy, for example this"),
        ("pass that as strategy= or another", "pass that as --strategy or another"),
        ("or dialects.SINGLE_PAGE if this is all", "or --strategy single-page if this is all"),
        ("(or pass pin_origin=True to take", "(or pass --pin-origin to take"),
        ("pass allow_origins=('https://a.test',) to go there, or pin_origin=True to",
         "pass --allow-origin https://a.test to go there, or --pin-origin to"),
        ("; set session.verify to the file", "; pass as --cacert the file"),
        ("or PaginatedSession(allow_http=True) where", "or --allow-http where"),
        ("compass items=5", "compass items=5"),
    ],
)  # fmt: skip
def test_advice(capsys, text, shown):
    """Every piece of advice that the library gives has its words on the command line."""
    terminal.say(text, event="told")
    assert ("", f"requests-paginate: {shown}\n") == tuple(capsys.readouterr())


def test_what_is_shown_ends_with_the_context(capsys, monkeypatch):
    """Warnings and waits are lines within it, and as before after it, also after an error."""
    logger = logging.getLogger("requests_paginate")
    monkeypatch.setattr(logger, "level", logging.ERROR)
    before = (logger.level, list(logger.handlers), warnings.showwarning, list(warnings.filters))
    with suppress(ZeroDivisionError), terminal.show_warnings():
        for _ in range(2):  # a second one of the same line is shown, too
            warnings.warn("cut", PossiblyTruncated, stacklevel=1)
        logger.info("waiting")
        logger.debug("unheard")
        1 / 0  # noqa: B018 - the error
    after = (logger.level, list(logger.handlers), warnings.showwarning, list(warnings.filters))
    said = ["warning: cut", "warning: cut", "waiting"]
    assert said == [line.partition(": ")[2] for line in capsys.readouterr().err.splitlines()]
    assert before == after


@pytest.mark.parametrize(
    ("err", "out", "is_shown"),
    [(True, False, True), (True, True, False), (False, False, False), (None, False, False)],
)
def test_progress(monkeypatch, err, out, is_shown):
    """It is shown on a terminal, unless the rows are, or there is no stderr at all."""

    class Stream:
        def __init__(self, is_terminal):
            self.isatty = lambda: is_terminal

    monkeypatch.setattr(sys, "stderr", None if err is None else Stream(err))
    monkeypatch.setattr(sys, "stdout", Stream(out))
    assert is_shown is not progress.make_progress_bar().disable
    assert progress.make_progress_bar(is_hidden=True).disable


# Rows --------------------------------------------------------------------------------------------


def test_numbers_keep_their_digits():
    """Rows leave as they came: long integers, decimals and exponents, letters beyond ASCII."""
    line = '{"id":123456789012345678901234567890,"price":1.10,"tiny":1E-400,"name":"São"}'
    with serve(Fixed(f"[{line}]".encode())) as server:
        result = run("get", server.url, "--cacert", server.ca_file)
    assert f"{line}\n".encode() == result.stdout_bytes


def test_half_a_surrogate_pair():
    """A string that no UTF-8 can hold is written with its escape."""
    with serve(Fixed(b'[{"name":"\\ud800"}]')) as server:
        result = run("get", server.url, "--cacert", server.ca_file)
    assert b'{"name":"\\ud800"}\n' == result.stdout_bytes


# Interrupts --------------------------------------------------------------------------------------


@pytest.fixture
def ctrl_c():
    """Ctrl-C as Python handles it; a process in the background may have been started without it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_interrupt_is_put_off(ctrl_c):
    """Ctrl-C waits until the page is written."""
    interrupts, written = terminal.Interrupts(), []
    with interrupts.watch(), pytest.raises(KeyboardInterrupt), interrupts.hold():
        signal.raise_signal(signal.SIGINT)
        written.append("to the end")
    assert ["to the end"] == written


def test_second_interrupt(ctrl_c):
    """A second Ctrl-C is obeyed while the page is still being written."""
    interrupts, written = terminal.Interrupts(), []
    with interrupts.watch(), pytest.raises(KeyboardInterrupt), interrupts.hold():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        written.append("never")
    assert [] == written


def test_ignored_interrupt():
    """Where Ctrl-C is ignored, as in a background job, it stays ignored."""
    usual = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with terminal.Interrupts().watch():
            assert signal.SIG_IGN is signal.getsignal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, usual)


def test_an_interrupt_between_pages_is_obeyed(ctrl_c):
    """Nothing is put off where no page is being written, and afterwards Ctrl-C is as before."""
    interrupts, usual = terminal.Interrupts(), signal.getsignal(signal.SIGINT)
    with interrupts.watch():
        with interrupts.hold():
            pass
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert usual is signal.getsignal(signal.SIGINT)


def test_a_thread_watches_no_signal(ctrl_c):
    """Only the main thread may set a handler; in another one Ctrl-C stays as it is."""
    usual, seen = signal.getsignal(signal.SIGINT), []

    def watch():
        with terminal.Interrupts().watch():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=watch)
    thread.start()
    thread.join(30)
    assert [usual] == seen
