"""The request that the arguments of the command line ask for.

A secret comes from an environment variable, and no message repeats what may be one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec
import requests

from requests_paginate import Listing, PaginatedSession, dialects
from requests_paginate._cli.terminal import Failure, clean
from requests_paginate._paths import ABSENT, read_path
from requests_paginate._transport.json_body import decode_json
from requests_paginate.export.jsonl import JSONLines

# The environment variables of each provider's credentials.
_CREDENTIALS = {
    "pluggy": ("PLUGGY_CLIENT_ID", "PLUGGY_CLIENT_SECRET"),
    "belvo": ("BELVO_SECRET_ID", "BELVO_SECRET_PASSWORD"),
}
_LIKE_A_NAME = re.compile(r"[A-Z][A-Z_]{,40}")  # without digits, which most keys have
Command = TypeVar("Command", bound=Callable[..., Any])


def _split_pairs(separator: str, form: str) -> Callable[..., list[tuple[str, str]]]:
    """Return a callback that splits values in two; its error quotes nothing: it may be a secret."""

    def split(_context: click.Context, _option: Any, given: Sequence[str]) -> list[tuple[str, str]]:
        pairs = [text.partition(separator) for text in given]
        for name, found, value in pairs:
            if not name.strip() or not found or not (value or separator == "="):
                raise click.BadParameter(f"expected {form!r}, in quotes where it has spaces.")
        return [(name.strip(), value) for name, _, value in pairs]

    return split


def _read_secret(_context: click.Context, _option: Any, variable: str | None) -> str | None:
    if variable is None:
        return None
    if secret := os.environ.get(variable) if variable else None:
        return secret
    # what does not look like a name is perhaps the secret itself, so it is not repeated
    if not _LIKE_A_NAME.fullmatch(variable):
        raise click.BadParameter(
            "expected the name of an environment variable, and none of the given name is set."
        )
    raise click.BadParameter(f"the environment variable {variable} is not set, or is empty.")


def _read_secret_headers(
    context: click.Context, option: Any, given: Sequence[str]
) -> dict[str, str]:
    pairs = _split_pairs("=", "NAME=VARIABLE")(context, option, given)
    return {name: _read_secret(context, option, variable) or "" for name, variable in pairs}


def _find_strategy(_context: click.Context, _option: Any, name: str | None) -> str | None:
    """Return the name of a strategy, which may be written in any case and with either dash."""
    known = dialects.by_name()
    if name is None or (plain := name.lower().replace("_", "-")) in known:
        return None if name is None else plain
    near = ", ".join(get_close_matches(plain, known, n=5, cutoff=0.4))
    meant = f"; did you mean {near}?" if near else "."
    raise click.BadParameter(f"no dialect is called {name!r}{meant} 'dialects' lists them all.")


def _complete_strategy(_context: click.Context, _option: Any, begun: str) -> list[str]:
    return [name for name in dialects.by_name() if name.startswith(begun.lower())]


def _read_user_and_password(context: click.Context, option: Any, variable: str | None) -> Any:
    secret = _read_secret(context, option, variable)
    if secret is not None and ":" not in secret:
        raise click.BadParameter(f"{variable} must hold 'user:password'; it has no colon.")
    # bytes: requests would write str in latin-1 and fail at what is not in it (RFC 7617: UTF-8)
    return None if secret is None else tuple(map(os.fsencode, secret.split(":", 1)))


def _read_body(_context: click.Context, _option: Any, given: str | None) -> Any:
    """Return the value that a text of JSON, or with @ the file of a name, holds."""
    if given is None:
        return None
    try:
        text = Path(given[1:]).read_bytes() if given.startswith("@") else given
        return msgspec.json.decode(text)
    except OSError as error:
        raise click.BadParameter(f"cannot read {given[1:]!r}: {error.strerror}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise click.BadParameter(
            'expected JSON, in single quotes for the shell: \'{"query": "x"}\', or @FILE.'
        ) from None


def read_identity_path(_context: click.Context, _option: Any, path: str | None) -> Any:
    """Return what tells a row from another: the value at a path, which every row must have."""
    if path is None:
        return None

    def identity(row: msgspec.Raw) -> bytes:
        value = read_path(decode_json(bytes(row), exactly=True), path)
        if value is ABSENT:
            raise Failure(f"--key: a row has nothing at {path!r}")
        return JSONLines().add([value])  # hashable, whatever it is

    identity.__qualname__ = path  # by which the checkpoint of a file knows it
    return identity


_REQUEST_OPTIONS = (
    click.argument("url"),
    click.option("-p", "--param", "params", multiple=True, metavar="NAME=VALUE",
                 callback=_split_pairs("=", "name=value"),
                 help="A query parameter. May be repeated; a repeated name sends a list."),
    click.option("-H", "--header", "headers", multiple=True, metavar="'NAME: VALUE'",
                 callback=_split_pairs(":", "Name: value"), help="A header. May be repeated."),
    click.option("--json", "body", metavar="BODY", callback=_read_body,
                 help="A body, as JSON or @FILE; the method is POST then."),
    click.option("-X", "--method", metavar="METHOD", help="The method.  [default: GET, or POST]"),
    click.option("--header-env", "secret_headers", multiple=True, metavar="NAME=VARIABLE",
                 callback=_read_secret_headers,
                 help="A header whose value is in an environment variable. May be repeated."),
    click.option("--auth-basic", "basic", metavar="VARIABLE", callback=_read_user_and_password,
                 help="HTTP Basic; the environment variable holds user:password."),
    click.option("--provider", type=click.Choice([*_CREDENTIALS]),
                 help="URL may be a path of this provider. Credentials from the environment: "
                 "PLUGGY_CLIENT_ID and PLUGGY_CLIENT_SECRET, or BELVO_SECRET_ID and "
                 "BELVO_SECRET_PASSWORD. BELVO_API_URL=production (or sandbox, its default, or a "
                 "URL) and PLUGGY_API_URL say where it is."),
    click.option("--bearer", metavar="VARIABLE", callback=_read_secret,
                 help="Send 'Authorization: Bearer ...'; the variable holds the token."),
    click.option("--strategy", metavar="NAME", callback=_find_strategy,
                 shell_complete=_complete_strategy,
                 help="How the API paginates: a name that 'dialects' lists.  [default: found out]"),
    click.option("--items", metavar="PATH",
                 help="Where the rows are: 'data.items', '' for a bare list.  [default: found]"),
    click.option("--cacert", metavar="FILE", type=click.Path(exists=True, dir_okay=False),
                 help="The certificates to trust, in PEM."),
    click.option("--allow-http", is_flag=True, help="Allow URLs that begin with http://."),
    click.option("--timeout", metavar="SECONDS", type=click.FloatRange(0, min_open=True),
                 help="To connect, and between bytes.  [default: 10 and 60]"),
)  # fmt: skip


def _make_session(provider: str | None, allow_http: bool) -> PaginatedSession:
    """Return the session of a provider, or one for any API."""
    if provider is None:
        return PaginatedSession(allow_http=allow_http)
    from requests_paginate.providers import BelvoSession, PluggySession

    missing = [name for name in _CREDENTIALS[provider] if not os.environ.get(name)]
    if missing:
        names = " and ".join(missing)
        raise click.UsageError(f"--provider {provider}: set {names} in the environment.")
    make = PluggySession if provider == "pluggy" else BelvoSession
    try:
        return make(allow_http=allow_http)
    except ValueError as error:
        text = re.sub(r"^(base_url|environment)", f"{provider.upper()}_API_URL", str(error))
        raise click.UsageError(text) from None


def add_request_options(command: Command) -> Command:
    """Give a command the URL and the options of the request."""
    for option in reversed(_REQUEST_OPTIONS):
        command = option(command)
    return command


def open_listing(
    url: str,
    *,
    params: Sequence[tuple[str, str]],
    headers: Sequence[tuple[str, str]],
    secret_headers: dict[str, str],
    basic: tuple[bytes, bytes] | None,
    bearer: str | None,
    provider: str | None,
    strategy: str | None,
    cacert: str | None,
    allow_http: bool,
    body: Any,
    method: str | None,
    timeout: float | None,
    **options: Any,
) -> Listing[Any]:
    """Return the listing that the options ask for; nothing is sent yet.

    Raises:
        UsageError: The options contradict each other, or the library refuses one.
    """
    if sum(map(bool, (basic, bearer, provider))) > 1:
        raise click.UsageError("--auth-basic, --bearer and --provider exclude each other.")
    if url.startswith("/") and provider is None:
        raise click.UsageError("a path needs --provider; write the whole URL of any other API.")
    if url.strip().lower().startswith("http://") and not allow_http:
        hint = "use https://, or --allow-http where the network can be trusted."
        raise click.UsageError(f"http:// would send everything unencrypted; {hint}")
    sent = {name: value.strip() for name, value in headers} | secret_headers
    if bearer:
        sent["Authorization"] = f"Bearer {bearer}"
    query: dict[str, list[str]] = {}
    for name, value in params:
        query.setdefault(name, []).append(value)
    session = click.get_current_context().with_resource(_make_session(provider, allow_http))
    session.verify = cacert or True
    if body is not None:
        options["json"] = body
    if timeout is not None:
        options["timeout"] = timeout
    try:
        return session.request_all(
            method or ("GET" if body is None else "POST"),
            url,
            params={n: values if len(values) > 1 else values[0] for n, values in query.items()},
            # bytes: http.client would write str in latin-1 and fail at what is not in it
            headers={name: os.fsencode(value) for name, value in sent.items()},
            auth=basic,
            strategy=None if strategy is None else dialects.by_name()[strategy],
            **options,
        )
    except (requests.RequestException, TypeError, ValueError) as error:
        raise click.UsageError(clean(str(error))) from None
