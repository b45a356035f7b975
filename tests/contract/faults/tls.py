"""Servers, sessions and routes for the faults of TLS."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys

import pytest
from requests.adapters import HTTPAdapter

from requests_paginate import PaginatedSession, exceptions
from tests.loopback import http

TLS_1_0, TLS_1_1 = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
TLS_1_2, TLS_1_3 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
LAX_CIPHERS = "ALL:@SECLEVEL=0"  # without which OpenSSL 3 speaks nothing below TLS 1.2
ROWS = [{"id": 1}]
UNVERIFIED = "ignore:Unverified HTTPS request"


class Recorder:
    """A server's context that notes of each connection the version and the client's certificate."""

    def __init__(self, context):
        self._context = context
        self.versions = []
        self.client_certificates = []

    def wrap_socket(self, *arguments, **options):
        connection = self._context.wrap_socket(*arguments, **options)
        self.versions.append(connection.version())
        self.client_certificates.append(connection.getpeercert())
        return connection


class LaxAdapter(HTTPAdapter):
    """The control: it speaks any version, and differs from TLSAdapter in nothing else."""

    def init_poolmanager(self, *arguments, **options):
        super().init_poolmanager(*arguments, ssl_minimum_version=TLS_1_0, **options)

    def proxy_manager_for(self, proxy, **options):
        return super().proxy_manager_for(proxy, ssl_minimum_version=TLS_1_0, **options)


def session_with(ca_file, **options):
    session = PaginatedSession(**options)
    session.verify = ca_file
    return session


def lax_session(ca_file):
    session = session_with(ca_file)
    session.mount("https://", LaxAdapter())
    return session


def speaking(authority, version):
    """A server's context for one version."""
    return authority.context(minimum=version, maximum=version, ciphers=LAX_CIPHERS)


def answer_rows(*_):
    return http(ROWS)


def answer_last_row(*_):
    return http({"results": [2], "next": None})


def refused(session, url, waits, *, match=None, rows=(), **options):
    """The InsecureTransport that must end a listing after these pages of one row, in one try."""
    handed_out = []
    with pytest.raises(exceptions.InsecureTransport, match=match) as caught:
        handed_out.extend(session.get_all(url, **options))
    error = caught.value
    assert (exceptions.InsecureTransport, list(rows)) == (type(error), handed_out)
    assert (len(rows), len(rows)) == (error.page_index, error.items_yielded)
    assert [] == waits
    return error


def run_python(code, *arguments, **environment):
    """The JSON that a program of its own prints."""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    return json.loads(done.stdout)
