"""Dialects of the sandbox, asked without a socket."""

from urllib.parse import urlsplit

from requests_paginate.sandbox import (
    Belvo,
    BodyCursor,
    CursorLinkPages,
    LastIdList,
    LimitOffsetPages,
    LinkHeaderPages,
    OffsetEnvelope,
    PageNumberPages,
    Pluggy,
    Request,
    SingleListing,
    TotalPagesEnvelope,
)

PLUGGY = Pluggy(transactions=30, v2_page_size=4)
BELVO = Belvo(transactions=35, accounts=3, links=2)
ACCOUNT, LINK = PLUGGY.account_ids[0], BELVO.link_ids[0]
LISTINGS = (
    BodyCursor,
    CursorLinkPages,
    LastIdList,
    LimitOffsetPages,
    LinkHeaderPages,
    OffsetEnvelope,
    PageNumberPages,
    SingleListing,
    TotalPagesEnvelope,
)


def ask(dialect, url, **fields):
    """Asks a dialect for a URL, absolute or from the path on, and decodes nothing."""
    parts = urlsplit(url)
    return dialect.respond(Request(path=parts.path, query=parts.query, **fields))


def belvo(url, dialect=BELVO, **fields):
    return ask(dialect, url, headers={"authorization": dialect.authorization}, **fields)


def pluggy(url, dialect=PLUGGY, **fields):
    return ask(dialect, url, headers={"x-api-key": dialect.api_key}, **fields)
