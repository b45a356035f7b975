"""Servers that others wrote, each a process of its own on loopback."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

import pytest

from requests_paginate import PaginatedSession

ROOT = Path(__file__).parents[2]


@contextmanager
def killed_after(seconds, process):
    """Bounds what the block waits for."""
    timer = Timer(seconds, process.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextmanager
def running(module, database):
    """Runs a server of this folder until the block ends; gives its URL."""
    command = [sys.executable, "-m", f"tests.integration.{module}", str(database)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env={}, stdin=pipe, stdout=pipe) as process:
        with killed_after(60, process):
            port = process.stdout.readline().decode().strip()
        assert port, f"{module} did not start"
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            with killed_after(10, process):
                process.communicate()  # the end of its input ends the server
        assert 0 == process.returncode


def server_fixture(name):
    @pytest.fixture(scope="session", name=name)
    def server(tmp_path_factory):
        with running(f"{name}_server", tmp_path_factory.mktemp(name) / "shop.db") as url:
            yield url

    return server


django = server_fixture("django")
fastapi = server_fixture("fastapi")
datasette = server_fixture("datasette")


@pytest.fixture
def session():
    with PaginatedSession(allow_http=True) as session:
        yield session
