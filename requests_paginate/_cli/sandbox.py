"""The command that serves the sandbox, and what it says at its start."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import sys
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import requests

from requests_paginate._cli.sandbox_options import Served, add_sandbox_options, make_served
from requests_paginate._cli.terminal import Failure, say

if TYPE_CHECKING:
    from requests_paginate.sandbox import Server


@click.command()
@add_sandbox_options
def sandbox(port: int, **switches: Any) -> None:
    """Serve invented Pluggy and Belvo data until Ctrl-C.

    It speaks TLS on localhost, and prints commands that list its data. The switches make it as
    hard to list as the real ones can be.
    """
    server_class, served = find_server(), make_served(**switches)
    # Like Ctrl-C, so that the certificate's directory goes whoever ends it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        server = server_class(served.dialect, port=port)
    except OSError as error:
        raise Failure(f"cannot serve on port {port}: {os.strerror(error.errno or 0)}") from None
    with server, suppress(KeyboardInterrupt):
        click.echo(write_welcome(server, served))
        while True:
            time.sleep(3600)
    say("the sandbox is stopped", event="stopped")


def find_server() -> type[Server]:
    """Return the server of the sandbox, if it can make a certificate."""
    from requests_paginate.sandbox import Server

    if find_spec("trustme") is None:
        hint = "pip install 'requests-paginate[sandbox]'"
        raise Failure(f"the sandbox needs trustme for its certificate: {hint}")
    return Server


def write_welcome(server: Server, served: Served) -> str:
    """Return what the sandbox says at its start, with commands that work when pasted."""
    pluggy, belvo = served.pluggy, served.belvo
    # A proxy from the environment would not find this machine.
    direct = "NO_PROXY=localhost " if requests.utils.get_environ_proxies(server.url) else ""
    account, link = pluggy.account_ids[0], belvo.link_ids[0]
    variables_of_pluggy = _write_variables(
        PLUGGY_API_URL=server.url,
        PLUGGY_CLIENT_ID=pluggy.client_id,
        PLUGGY_CLIENT_SECRET=pluggy.client_secret,
    )
    variables_of_belvo = _write_variables(
        BELVO_API_URL=server.url,
        BELVO_SECRET_ID=belvo.secret_id,
        BELVO_SECRET_PASSWORD=belvo.secret_password,
    )
    of_both = _write_variables(
        PLUGGY_ACCOUNT=account, BELVO_LINK=link, REQUESTS_CA_BUNDLE=str(server.ca_file)
    )
    of_pluggy, of_belvo = direct + variables_of_pluggy, direct + variables_of_belvo
    get = f"{_name_program()} get --cacert {shlex.quote(str(server.ca_file))} --provider"
    notes = "".join(f"{note}\n\n" for note in served.notes)
    return f"""\
Pluggy and Belvo are served at {server.url} until Ctrl-C.
CA file: {server.ca_file}

Pluggy by page number, Pluggy by cursor, and Belvo by links, in another terminal:

{of_pluggy} {get} pluggy /transactions -p accountId={account}

{of_pluggy} {get} pluggy /v2/transactions -p accountId={account}

{of_belvo} {get} belvo /api/transactions/ -p link={link}

For a program in Python, in its terminal:

export {direct}{variables_of_pluggy}
export {variables_of_belvo}
export {of_both}

{notes}Put explain in place of get to see what is found."""


def _write_variables(**variables: str) -> str:
    return " ".join(f"{name}={shlex.quote(value)}" for name, value in variables.items())


def _name_program() -> str:
    """Return how this program is called again, from any directory."""
    started = Path(sys.argv[0])
    if started.name == "__main__.py":
        return f"{shlex.quote(sys.executable)} -m requests_paginate"
    return started.name if shutil.which(started.name) else shlex.quote(str(started.absolute()))
