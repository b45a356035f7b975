"""The switches of the sandbox, and the dialects that they ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from requests_paginate.sandbox import Belvo, Combined, PathDialect, Pluggy

__all__ = ["Served", "add_sandbox_options", "make_served"]

Command = TypeVar("Command", bound=Callable[..., Any])

# Here and not from the sandbox, which is loaded only when it is served.
LINK_ERRORS = (
    "token_required", "request_timeout", "access_to_resource_denied", "invalid_link",
    "too_many_sessions", "consent_without_accounts", "unexpected_error",
)  # fmt: skip

_SANDBOX_OPTIONS = (
    click.option("--port", type=click.IntRange(0, 65535), default=0,
                 help="The port on localhost.  [default: any that is free]"),
    click.option("--transactions", metavar="N", type=click.IntRange(0),
                 help="Transactions of each account.  [default: Pluggy 3000, Belvo 3542]"),
    click.option("--insert", metavar="N", type=click.IntRange(0), default=0,
                 help="Insert N transactions in each account after each page of them."),
    click.option("--delete", metavar="N", type=click.IntRange(0), default=0,
                 help="Delete the newest N of each account after each page of them."),
    click.option("--rate-limit", metavar="N", type=click.IntRange(0),
                 help="Answer N requests a minute on each path, then 429. Pluggy's limit is 360."),
    click.option("--minute", metavar="SECONDS", type=click.FloatRange(0, min_open=True),
                 default=60.0, help="How long a minute of the limit lasts.  [default: 60]"),
    click.option("--gone", is_flag=True,
                 help="Pluggy: /transactions is a 410 for every key, and not only for those of the "
                 "client sandbox-deprecated-client-id."),
    click.option("--key-seconds", metavar="SECONDS", type=click.FloatRange(0),
                 help="Pluggy: /auth gives JWTs that live so long. Pluggy's do for 7200."),
    click.option("--key-requests", metavar="N", type=click.IntRange(0),
                 help="Pluggy: /auth gives JWTs that are good for N requests."),
    click.option("--key-status", type=click.Choice(["403", "401"]), default="403",
                 help="Pluggy: what refuses a JWT that is over.  [default: 403]"),
    click.option("--odd-cursors", is_flag=True, help="Pluggy: cursors hold +, /, = and %."),
    click.option("--next", "next_form", type=click.Choice(["query", "path", "url"]),
                 default="query", help="Pluggy: how next is written.  [default: query]"),
    click.option("--categories", type=click.Choice(["array", "envelope"]), default="array",
                 help="Pluggy: what /categories answers.  [default: array]"),
    click.option("--balance-limited", is_flag=True,
                 help="Pluggy: /accounts/{id}/balance is a 429 of the bank's."),
    click.option("--json-only", is_flag=True,
                 help="Pluggy: every request needs Content-Type: application/json."),
    click.option("--link-error", metavar="CODE", type=click.Choice(LINK_ERRORS),
                 help=f"Belvo: what the second link answers with: {', '.join(LINK_ERRORS)}."),
    click.option("--error-page", metavar="N", type=click.IntRange(1), default=1,
                 help="Belvo: the page from which it does.  [default: 1]"),
    click.option("--denied", multiple=True,
                 type=click.Choice(["links", "accounts", "transactions", "payments"]),
                 help="Belvo: a resource that is a 403. May be repeated."),
    click.option("--direct-debit", type=click.Choice(["cursor", "links"]), default="cursor",
                 help="Belvo: how /account_movements paginates.  [default: cursor]"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Served:
    """What is served.

    Attributes:
        dialect: All of it.
        pluggy: Pluggy as it is at first.
        belvo: Belvo as it is at first.
        notes: Sentences about what is not usual.
    """

    dialect: Combined
    pluggy: Pluggy
    belvo: Belvo
    notes: tuple[str, ...] = ()


def add_sandbox_options(command: Command) -> Command:
    """Give a command the switches of the sandbox."""
    for option in reversed(_SANDBOX_OPTIONS):
        command = option(command)
    return command


def make_served(**switches: Any) -> Served:
    """Return the dialects that the switches ask for."""
    from requests_paginate.sandbox import BelvoDirectDebit, Changing, Combined

    pluggy, belvo = _make_pluggy(switches), _make_belvo(switches)
    changes = {"inserted_per_page": switches["insert"], "deleted_per_page": switches["delete"]}
    pluggy_served = _add_keys(Changing(dialect=pluggy, **changes), switches)
    dialects = [
        _limit(pluggy_served, switches),
        _limit(Changing(dialect=belvo, **changes), switches, refuse=belvo.refuse_excess),
        BelvoDirectDebit(cursors=switches["direct_debit"] == "cursor"),
    ]
    notes: tuple[str, ...] = ()
    if switches["link_error"]:
        notes = (f"Belvo's link {belvo.link_ids[1]} answers {switches['link_error']}.",)
    combined = Combined(dialects=tuple(dialects))
    return Served(dialect=combined, pluggy=pluggy, belvo=belvo, notes=notes)


def _make_pluggy(switches: dict[str, Any]) -> Pluggy:
    from requests_paginate.sandbox import Pluggy

    return Pluggy(
        **_size(switches),
        odd_cursors=switches["odd_cursors"],
        next_form=switches["next_form"],
        bare_categories=switches["categories"] == "array",
        deprecated=switches["gone"],
        balance_limited=switches["balance_limited"],
        json_only=switches["json_only"],
    )


def _make_belvo(switches: dict[str, Any]) -> Belvo:
    from requests_paginate.sandbox import Belvo

    return Belvo(
        **_size(switches),
        link_errors=(None, switches["link_error"]),
        error_page=switches["error_page"],
        denied=switches["denied"],
    )


def _size(switches: dict[str, Any]) -> dict[str, Any]:
    count = switches["transactions"]
    return {} if count is None else {"transactions": count}


def _add_keys(served: PathDialect, switches: dict[str, Any]) -> PathDialect:
    """Return Pluggy with keys that expire if that is asked for."""
    from requests_paginate.sandbox import ExpiringKeys

    seconds, requests = switches["key_seconds"], switches["key_requests"]
    if seconds is None and requests is None:
        return served
    return ExpiringKeys(
        dialect=served,
        lifetime=7200.0 if seconds is None else seconds,
        requests=requests,
        status=int(switches["key_status"]),
    )


def _limit(dialect: PathDialect, switches: dict[str, Any], **fields: Any) -> PathDialect:
    from requests_paginate.sandbox import RateLimited

    limit = switches["rate_limit"]
    if limit is None:
        return dialect
    return RateLimited(dialect=dialect, limit=limit, minute=switches["minute"], **fields)
