"""Nothing of the machine's environment reaches a test."""

from __future__ import annotations

import gc
import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

# A loaded machine is no failure, and a change is not refused for what another one brought:
# `make test` tries the same inputs each time, and `make fuzz` looks for new ones.
settings.register_profile("same", deadline=None, derandomize=True, max_examples=30)
settings.register_profile("deep", deadline=None, max_examples=3000)
settings.load_profile("same")

pytest_plugins = ["requests_paginate.testing"]

_ENVIRONMENT = (
    "ALL_PROXY", "CURL_CA_BUNDLE", "FTP_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NETRC", "NO_PROXY",
    "REQUESTS_CA_BUNDLE", "SSL_CERT_DIR", "SSL_CERT_FILE", "SSLKEYLOGFILE",
)  # fmt: skip


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    """One process more than cores: a test over sockets waits a third of its time."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (cores or 1) + 1


def pytest_make_parametrize_id(val, argname):
    """Name a case of bytes by its argument: what gzip compresses holds the time."""
    return argname if isinstance(val, bytes) else None


def pytest_collection_finish():
    """Let the tests collect what they leave behind, and not look at 16,000 tests each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def _clean_environment():
    with pytest.MonkeyPatch.context() as patch:
        for name in _ENVIRONMENT:
            patch.delenv(name, raising=False)
            patch.delenv(name.lower(), raising=False)
        patch.setenv("NETRC", str(Path(__file__).with_name("no-netrc")))  # no such file
        # a shell lets what it runs in the background ignore Ctrl-C, and programs inherit that
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        yield
        signal.signal(signal.SIGINT, before)


@pytest.fixture
def waits(monkeypatch):
    """The seconds that the code under test wanted to wait; it does not."""
    seconds: list[float] = []
    monkeypatch.setattr("requests_paginate._transport.page_task.time.sleep", seconds.append)
    return seconds


@pytest.fixture
def deep():
    """No collection while the stack is used up: what it finalizes there would fail, whosesoever."""
    gc.collect()
    gc.freeze()  # the next one looks only at what came since
    gc.disable()
    yield
    gc.enable()
