"""Every place of a secret, by every way to echo it: `python -m tests.secrets_matrix` counts leaks.

A caller puts a secret into a call, a hostile server repeats it, and every output is searched.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import logging
import os
import pickle
import re
import sys
import tempfile
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import quote, quote_plus

import requests
from click.testing import CliRunner
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase, HTTPBasicAuth, HTTPDigestAuth
from urllib3 import HTTPResponse, Retry

from requests_paginate import Listing, PaginatedSession, exceptions, request_all
from requests_paginate._cli import options as command_line
from requests_paginate._cli.commands import commands
from tests.unit.listing.test_checkpoint import content

HOST = "api.test"
URL = f"https://{HOST}/rows"
SECOND = f"{URL}?page=2"
USER = "some-user"
AT_ONCE = Retry(1, backoff_factor=0, allowed_methods=None)  # another try, and no wait before it


class Secret:
    """A secret, and how it may be written.

    Attributes:
        name: The name that it has in a query.
        text: What the caller passes; its ends are of letters, in its middle is what URLs quote.
    """

    def __init__(self, place: str, name: str) -> None:
        ends = hashlib.sha256(place.encode()).hexdigest()
        self.name, self.text = name, f"Z{ends[:10]}+/&=%\"#?<'{ends[10:20]}Q"

    @cached_property
    def basic(self) -> str:
        """User and password, as Basic authentication sends them."""
        return base64.b64encode(f"{USER}:{self.text}".encode()).decode()

    @cached_property
    def forms(self) -> frozenset[str]:
        """What no output may hold, in lower case: every spelling, and each of its ends."""
        spelled = {spell(self.text) for spell in SPELLINGS.values()}
        found = {*spelled, *map(quote, spelled), *list_cores(self.text), self.basic.rstrip("=")}
        return frozenset(form.lower() for form in {*found, self.text[:9], self.text[-9:]})

    def leaks_into(self, text: str) -> bool:
        """Whether a text holds any of the forms."""
        text = text.lower()
        return any(form in text for form in self.forms)


def list_cores(text: str) -> list[str]:
    """What stands of a text in the base 64 of a longer one, by how many bytes are before it."""
    cores = []
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + text.encode()).decode().rstrip("=")
        # characters at the ends hold bits of other bytes
        cores.append(coded[-(-before * 8 // 6) : len(text.encode()) * 8 // 6 - 1])
    return [*cores, *(core.translate({43: "-", 47: "_"}) for core in cores)]


SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "quoted": partial(quote, safe=""),
    "quoted but slashes": quote,
    "quoted as a form": quote_plus,
    "quoted in small letters": lambda text: re.sub(
        "%..", lambda match: match[0].lower(), quote(text, safe="")
    ),
    "quoted twice": lambda text: quote(quote(text, safe=""), safe=""),
    "every byte quoted": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "base 64": lambda text: base64.b64encode(text.encode()).decode(),
    "base 64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "small hexadecimal": lambda text: text.encode().hex(),
    "large hexadecimal": lambda text: text.encode().hex().upper(),
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON of PHP": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "HTML": html.escape,
}

# Places -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Call:
    """What a caller passes, beside what the session holds."""

    method: str = "GET"
    url: str = URL
    options: dict[str, Any] = field(default_factory=dict)


class HeaderAuth(AuthBase):
    """An auth object as many write it."""

    def __init__(self, name: str, value: str) -> None:
        self.name, self.value = name, value

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers[self.name] = self.value
        return request


class QueryAuth(AuthBase):
    """An auth object that adds a parameter."""

    def __init__(self, name: str, value: str) -> None:
        self.name, self.value = name, value

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.prepare_url(request.url, {self.name: self.value})
        return request


def _by_header(name: str, form: str = "{}") -> Callable[..., Call]:
    return lambda _, secret: Call(options={"headers": {name: form.format(secret.text)}})


def _by_option(name: str, make: Callable[[str], Any]) -> Callable[..., Call]:
    return lambda _, secret: Call(options={name: make(secret.text)})


def _by_body(name: str, make: Callable[[str], Any], **more: Any) -> Callable[..., Call]:
    return lambda _, secret: Call("POST", options={name: make(secret.text), **more})


def _in_session(change: Callable[[requests.Session, str], object]) -> Callable[..., Call]:
    def put(session: requests.Session, secret: Secret) -> Call:
        change(session, secret.text)
        return Call()

    return put


def _by_netrc(session: requests.Session, _secret: Secret) -> Call:
    session.trust_env = True  # see `netrc_file`
    return Call()


def _quoted(text: str) -> str:
    return quote(text, safe="")


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
# Where the secret is, with the name that a server would give it in a query.
PLACES: dict[str, tuple[str, Callable[[requests.Session, Secret], Call]]] = {
    "Bearer": ("access_token", _by_header("Authorization", "Bearer {}")),
    "X-API-KEY": ("api_key", _by_header("X-API-KEY")),
    "a header in bytes": (
        "api_key", lambda _, secret: Call(options={"headers": {"X-API-KEY": secret.text.encode()}}),
    ),
    "an odd header": ("auth_token", _by_header("X-Acme-Auth-Token")),
    "a header of the session": (
        "api_key", _in_session(lambda session, text: session.headers.update({"X-Api-Key": text})),
    ),
    "a proxy's header": ("token", _by_header("Proxy-Authorization", "Bearer {}")),
    "a Cookie header": ("sid", _by_header("Cookie", "a=b; sid={}")),
    "auth": ("password", _by_option("auth", lambda text: (USER, text))),
    "auth of the session": (
        "password", _in_session(lambda session, text: setattr(session, "auth", (USER, text))),
    ),
    "an auth object": ("password", _by_option("auth", lambda text: HTTPBasicAuth(USER, text))),
    "digest": ("password", _by_option("auth", lambda text: HTTPDigestAuth(USER, text))),
    "auth that adds a header": (
        "token", _by_option("auth", lambda text: HeaderAuth("Authorization", f"Token {text}")),
    ),
    "auth that adds a parameter": (
        "api_key", _by_option("auth", lambda text: QueryAuth("api_key", text)),
    ),
    "cookies": ("sid", _by_option("cookies", lambda text: {"sid": text})),
    "cookies of the session": (
        "sid", _in_session(lambda session, text: session.cookies.set("sid", text)),
    ),
    "netrc": ("password", _by_netrc),
    "userinfo": (
        "password",
        lambda _, secret: Call(url=f"https://{USER}:{_quoted(secret.text)}@{HOST}/rows"),
    ),
    "proxies": (
        "password",
        _by_option("proxies", lambda text: {"https": f"http://me:{_quoted(text)}@proxy.test"}),
    ),
    "params": ("api_key", _by_option("params", lambda text: {"api_key": text})),
    "a list in params": ("token", _by_option("params", lambda text: {"token": ["other", text]})),
    "pairs in params": ("token", _by_option("params", lambda text: [("filter[token]", text)])),
    "params of the session": (
        "api_key", _in_session(lambda session, text: session.params.update({"api_key": text})),
    ),
    "the URL's query": (
        "api_key", lambda _, secret: Call(url=f"{URL}?a=1&api_key={quote_plus(secret.text)}"),
    ),
    "a JSON body": ("token", _by_body("json", lambda text: {"auth": {"token": text}, "a": 1})),
    "a form": ("client_secret", _by_body("data", lambda text: {"client_secret": text})),
    "a form as text": (
        "client_secret",
        _by_body("data", lambda text: f"a=1&client_secret={quote_plus(text)}", headers=FORM),
    ),
    "a body as text": (
        "client_secret",
        _by_body("data", lambda text: json.dumps({"client_secret": text}), headers=JSON),
    ),
}  # fmt: skip
SECRETS = {place: Secret(place, name) for place, (name, _) in PLACES.items()}


@contextmanager
def netrc_file() -> Iterator[None]:
    """A netrc file for the host, while the context lasts."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "netrc"
        file.write_text(f"machine {HOST} login {USER} password {SECRETS['netrc'].text}\n")
        with patch.dict(os.environ, {"NETRC": str(file)}):
            yield


# Echoes -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """What a server says to one request."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    reason: str = "Because"
    is_cut: bool = False  # no response comes, but a reset


Answers = tuple[Answer, Answer]  # to the first request, and to every later one
Echo = Callable[[Secret], Answers]


def _json(body: Any, status: int = 200, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(json.dumps(body).encode(), status, {"Content-Type": "application/json", **named})


def _page(**members: Any) -> Answer:
    return _json({"items": [{"id": 1}, {"id": 2}], **members})


REFUSED = _json({"message": "no"}, 500)
CUT = Answer(b"", is_cut=True)
LAST = _json({"items": [{"id": 3}], "next": None})


def _linking(write: Callable[[Secret], str]) -> Echo:
    """A link that holds the secret, and a second page that is refused."""
    return lambda secret: (_page(next=write(secret)), REFUSED)


def _second(answer: Callable[[Secret], Answer]) -> Echo:
    """A second page that holds the secret."""
    return lambda secret: (_page(next=SECOND), answer(secret))


def _first(answer: Callable[[Secret], Answer]) -> Echo:
    """A first page that holds the secret, and a second one that is refused."""
    return lambda secret: (answer(secret), REFUSED)


def _say(text: str, status: int = 401) -> Echo:
    return _second(lambda secret: _json({"message": text.format(secret.text)}, status))


def _hide_in_base_64(secret: Secret, before: str) -> str:
    """A cursor as many servers make it: the parameters of the request, in base 64."""
    cursor = f'{before}{{"k":"{secret.text}","offset":2}}'
    return base64.urlsafe_b64encode(cursor.encode()).decode().rstrip("=")


ECHOES: dict[str, Echo] = {
    "a link, the same name": _linking(lambda s: f"{SECOND}&{s.name}={_quoted(s.text)}"),
    "a link, a plain name": _linking(lambda s: f"{SECOND}&k={quote_plus(s.text)}"),
    "a link, unquoted": _linking(lambda s: f"{SECOND}&k={s.text}"),
    "a link's path": _linking(lambda s: f"{URL}/{_quoted(s.text)}?page=2"),
    "a relative link's path": _linking(lambda s: f"/rows/{quote(s.text)}/2"),
    "a link's fragment": _linking(lambda s: f"{SECOND}#{_quoted(s.text)}"),
    "a link's userinfo": _linking(lambda s: f"https://u:{_quoted(s.text)}@{HOST}/rows?page=2"),
    "a link to what breaks": lambda s: (_page(next=f"{SECOND}&k={_quoted(s.text)}"), CUT),
    "a link's host": _linking(lambda s: f"https://{_quoted(s.text)}.{HOST}/rows?page=2"),
    "a link to another origin": _linking(lambda s: f"https://evil.test/{_quoted(s.text)}?page=2"),
    "a link that is none": _linking(lambda s: f"https://[{s.text}/rows"),
    "a cursor": lambda s: (_page(next_cursor=s.text), REFUSED),
    "inside a cursor": lambda s: (_page(next_cursor=f"v1.{s.text}.2"), REFUSED),
    "user and password": lambda s: (_page(next_cursor=s.basic), REFUSED),
    "a name in a link": _linking(lambda s: f"{SECOND}&{_quoted(s.text)}=1"),
    "a Link header": _first(
        lambda s: _json([{"id": 1}], Link=f'<{SECOND}&k={_quoted(s.text)}>; rel="next"')
    ),
    "a Link header that is none": _first(lambda s: _json([{"id": 1}], Link=f"<{SECOND}> {s.text}")),
    **{
        f"base 64 in a longer text, {len(before)} before": (
            lambda s, before=before: (_page(next_cursor=_hide_in_base_64(s, before)), REFUSED)
        )
        for before in ("", "-", "--")
    },
    "a message with 400": _say("Invalid key: {}", 400),
    "a message with 401": _say("Invalid key: {}"),
    "a message under the name": _second(
        lambda s: _json({"message": f"bad {s.name}={s.text}"}, 403)
    ),
    "glued to a word": _say("key{}abc is unknown"),
    "a URL in a message": _second(
        lambda s: _json({"message": f"not found: {SECOND}&{s.name}={_quoted(s.text)}"}, 404)
    ),
    "an error's field": _second(lambda s: _json({"errors": {s.text: ["unknown"]}}, 422)),
    "plain text with 401": _second(
        lambda s: Answer(f"no key {s.text}".encode(), 401, {"Content-Type": "text/plain"})
    ),
    "HTML with 500": _second(
        lambda s: Answer(
            f"<html><title>{html.escape(s.text)}</title></html>".encode(),
            500,
            {"Content-Type": "text/html"},
        )
    ),
    "XML with 400": _second(
        lambda s: Answer(
            f"<e><code>7</code><message>{html.escape(s.text)}</message></e>".encode(),
            400,
            {"Content-Type": "text/xml"},
        )
    ),
    "the reason": _second(lambda s: Answer(b"", 403, {}, f"No {s.text}")),
    "WWW-Authenticate": _second(
        lambda s: _json({}, 401, WWW_Authenticate=f'Bearer error="{s.text}"')
    ),
    "other headers": _second(
        lambda s: _json({}, 404, X_Request=f"k={s.text}", X_Debug=s.basic, ETag=_quoted(s.text))
    ),
    "a header's name": _second(lambda s: Answer(b"", 404, {f"X-{_quoted(s.text)}": "1"})),
    "Content-Type": _second(
        lambda s: Answer(b"<html>", 200, {"Content-Type": f"text/html; k={s.text}"})
    ),
    "Retry-After": _second(lambda s: _json({}, 429, Retry_After=f"after {s.text}")),
    "a redirect to another origin": _second(
        lambda s: _json({}, 302, Location=f"https://evil.test/login/{_quoted(s.text)}?k={s.text}")
    ),
    "a redirect in the same origin": _second(
        lambda s: _json({}, 302, Location=f"/rows/{_quoted(s.text)}?k={_quoted(s.text)}")
    ),
    "a redirect of 300": _second(lambda s: _json({}, 300, Location=f"/login/{_quoted(s.text)}")),
    "an error with 200": _second(lambda s: _json({"error": {"message": f"bad key {s.text}"}})),
    "an error with 200 at first": _first(lambda s: _json({"error": f"bad key {s.text}"})),
    "a row's id": lambda s: (
        _json({"items": [{"id": s.text}], "next": SECOND}),
        _json({"items": [{"id": s.text}], "next": f"{SECOND}2"}),
    ),
    "a total that is text": _first(lambda s: _page(next=SECOND, total=s.text)),
    "text for a list": _second(lambda s: _json({"items": s.text, "next": None})),
    "text in JSON": _second(lambda s: _json(s.text)),
    "JSON that is broken": _second(
        lambda s: Answer(f'{{"items": [], "{s.text}": {s.text}'.encode())
    ),
    "text instead of JSON": _second(lambda s: Answer(f"{s.text} is unknown".encode())),
    "names of two lists": _first(lambda s: _json({s.text: [{"id": 1}], f"b{s.text}": [{"id": 2}]})),
    "a long name": _first(lambda s: _json({f"{'x' * 180}{s.text}": {"a": 1}, "b": 1})),
    "a name beside no list": _first(lambda s: _json({s.text: {"a": 1}, "meta": {s.text: 1}})),
    "the name of the rows": _first(
        lambda s: _json({s.text: [{"id": 1}, {"id": 2}], "next": SECOND})
    ),
    "the name of a cursor": _first(
        lambda s: _page(**{f"next_{s.text}": "x", "meta": {"next": {s.text: 1}}})
    ),
    "errors beside the rows": _second(
        lambda s: _json({"items": [{"id": 3}], "next": None, "errors": [{"message": s.text}]})
    ),
    "a sign of loss": _second(
        lambda s: _json({"items": [{"id": 3}], "next": None, s.text: {"is_partial": True}})
    ),
    "a total under the name": lambda s: (
        _json({"items": [{"id": 1}], "next": SECOND, f"{s.text}": {"total": 9}}),
        LAST,
    ),
    "a parameter that is ignored": lambda s: (
        _page(next_cursor=f"{s.text}1"),
        _page(next_cursor=f"{s.text}2"),
    ),
}
SPELLED: dict[str, Echo] = {
    **{
        f"a cursor, {name}": (lambda s, spell=spell: (_page(next_cursor=spell(s.text)), REFUSED))
        for name, spell in SPELLINGS.items()
    },
    **{
        f"a message, {name}": _second(
            lambda s, spell=spell: _json({"message": f"Invalid: {spell(s.text)}, sorry"}, 403)
        )
        for name, spell in SPELLINGS.items()
    },
}


class Server(HTTPAdapter):
    """Answers without a socket; asks for digest authentication where a call has it."""

    def __init__(self, answers: Answers, *, asks_for_digest: bool) -> None:
        super().__init__()
        self.answers, self.asks_for_digest = answers, asks_for_digest
        self.sent: list[str] = []

    def send(self, request: requests.PreparedRequest, **_options: Any) -> requests.Response:
        if self.asks_for_digest and "Authorization" not in request.headers:
            challenge = 'Digest realm="r", nonce="n", qop="auth"'
            return self._build(request, Answer(b"", 401, {"WWW-Authenticate": challenge}))
        self.sent.append(str(request.url))
        answer = self.answers[min(len(self.sent), 2) - 1]
        if answer.is_cut:
            raise requests.ConnectionError("reset")
        return self._build(request, answer)

    def _build(self, request: requests.PreparedRequest, answer: Answer) -> requests.Response:
        raw = HTTPResponse(
            BytesIO(answer.body), status=answer.status, reason=answer.reason,
            headers=answer.headers, preload_content=False, request_method=request.method,
        )  # fmt: skip
        return self.build_response(request, raw)


# Outputs ------------------------------------------------------------------------------------------


@dataclass
class Outcome:
    """Everything that a listing of rows and one of pages showed."""

    listing: Listing[Any]
    error: exceptions.PaginationError | None = None
    traceback: str = ""
    half_way: list[str] = field(default_factory=list)  # tokens
    of_pages: list[str] = field(default_factory=list)
    reprs: list[str] = field(default_factory=list)
    of_requests: list[str] = field(default_factory=list)
    records: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    stderr: str = ""


def _chain(error: BaseException | None) -> str:
    """The errors that led to an error, and theirs."""
    shown, open_errors = [], [error.__cause__, error.__context__] if error else []
    while open_errors:
        if (inner := open_errors.pop()) is not None:
            shown.append(f"{inner} {inner!r} {vars(inner)}")
            open_errors += [inner.__cause__, inner.__context__]
    return "\n".join(shown)


def _readable(pickled: bytes) -> str:
    return pickled.decode("latin-1")


def _open(tokens: list[str]) -> str:
    """What tokens hold, as it is written there and as it is read."""
    inside = [content(token) for token in tokens]
    return "\n".join([
        text for each in inside
        for text in (each.decode(), json.dumps(json.loads(each), ensure_ascii=False))
    ])  # fmt: skip


OUTPUTS: dict[str, Callable[[Outcome], str]] = {
    "str(error)": lambda seen: str(seen.error),
    "repr(error)": lambda seen: repr(seen.error),
    "traceback": lambda seen: seen.traceback,
    "pickle of the error": lambda seen: _readable(pickle.dumps(seen.error)),
    "error.checkpoint": lambda seen: _open([seen.error.checkpoint] if seen.error else []),
    "checkpoint half-way": lambda seen: _open(seen.half_way),
    "Page.checkpoint": lambda seen: _open(seen.of_pages),
    "repr(listing)": lambda seen: f"{seen.listing!r}",
    "repr of a request": lambda seen: repr(seen.error and seen.error.page_request),
    "repr of pages": lambda seen: "\n".join(seen.reprs),
    "repr of requests": lambda seen: "\n".join([*seen.of_requests, repr(seen.listing.strategy)]),
    "log": lambda seen: "\n".join(seen.records),
    "warnings": lambda seen: "\n".join(seen.warnings),
    "doubts": lambda seen: "\n".join(seen.listing.doubts),
    "chain of errors": lambda seen: _chain(seen.error),
    "stderr": lambda seen: seen.stderr,
}


class _Records(logging.Handler):
    """Keeps what is logged."""

    def __init__(self, kept: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self.kept = kept

    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append(self.format(record))


@contextmanager
def _recording(outcome: Outcome) -> Iterator[None]:
    """Keep what is logged, warned and raised."""
    logger, handler = logging.getLogger("requests_paginate"), _Records(outcome.records)
    level, propagates = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            try:
                yield
            except exceptions.PaginationError as error:
                outcome.error, outcome.traceback = error, traceback.format_exc()
        outcome.warnings += [f"{each.message} {each}" for each in warned]
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        logger.propagate = propagates


def _open_listing(
    place: str, answers: Answers, session: requests.Session, **given: Any
) -> Listing[Any]:
    """A listing whose caller put the secret of a place into it, or into its session."""
    session.trust_env = False
    session.mount("https://", Server(answers, asks_for_digest=place == "digest"))
    call = PLACES[place][1](session, SECRETS[place])
    given = {"retries": AT_ONCE, **given}
    for name in ("headers", "params"):  # of the command line
        given[name] = {**(given.get(name) or {}), **dict(call.options.get(name) or {})}
    given = {**given, **{n: v for n, v in call.options.items() if n not in ("headers", "params")}}
    return request_all(call.method, call.url, session=session, **given)


def list_rows(place: str, answers: Answers) -> Outcome:
    """List row by row."""
    listing = _open_listing(place, answers, requests.Session())
    outcome = Outcome(listing)
    with _recording(outcome):
        next(listing, None)
        outcome.half_way.append(listing.checkpoint())
        outcome.reprs.append(repr(listing))
        list(listing)
    return outcome


def list_pages(place: str, answers: Answers, outcome: Outcome) -> None:
    """List page by page; what was seen is added to an outcome, whose error stays."""
    seen = Outcome(_open_listing(place, answers, requests.Session()), records=outcome.records)
    with _recording(seen):
        for page in seen.listing.pages():
            outcome.of_pages.append(str(page.checkpoint))
            outcome.reprs.append(repr(page))
            outcome.of_requests += [repr(page.request), repr(page.next)]


def run_command(place: str, answers: Answers) -> str:
    """What the command line shows on stderr, where its session carries the secret."""

    class Carrying(PaginatedSession):
        def __init__(self, **_options: Any) -> None:
            super().__init__()

        def request_all(
            self, method: str, url: str, params: Any = None, **options: Any
        ) -> Listing[Any]:
            own = ("retries", "deadline")  # the command line's, with which it would wait
            given = {n: v for n, v in options.items() if v is not None and n not in own}
            if self.__dict__.setdefault("is_opening", False):  # asked for below
                return super().request_all(method, url, params, **options)
            self.is_opening = True
            return _open_listing(place, answers, self, params=params, **given)

    with patch.object(command_line, "PaginatedSession", Carrying):
        return CliRunner().invoke(commands, ["get", URL]).stderr


def find_leaks(place: str, echo: str, *, runs_command: bool = True) -> list[str]:
    """The outputs that show the secret of a place after an echo."""
    secret = SECRETS[place]
    answers = (ECHOES | SPELLED)[echo](secret)
    outcome = list_rows(place, answers)
    list_pages(place, answers, outcome)
    if runs_command:
        outcome.stderr = run_command(place, answers)
    return [name for name, show in OUTPUTS.items() if secret.leaks_into(show(outcome))]


def ask_for_second_page(place: str, echo: str) -> tuple[list[str], list[str]]:
    """What is asked for after the first page: in one listing, and by one that resumes there.

    The token of the listing's error is opened, too; it raises where that cannot be.
    """
    first, second = (ECHOES | SPELLED)[echo](SECRETS[place])
    whole, rest = requests.Session(), requests.Session()
    listing = _open_listing(place, (first, second), whole)
    outcome, token, strategy = Outcome(listing), None, None
    with _recording(outcome):
        for page in listing.pages():
            token = token or page.checkpoint
            strategy = strategy or listing.strategy
    if outcome.error is not None:
        given = {"resume": outcome.error.checkpoint, "strategy": strategy}
        _open_listing(place, (first, second), requests.Session(), **given)
    if not (sent := [*dict.fromkeys(whole.get_adapter(URL).sent[1:])]):
        return [], []  # the link was refused
    resumed = _open_listing(place, (second, second), rest, resume=token, strategy=strategy)
    with _recording(Outcome(resumed)):
        list(resumed)
    return sent, [*dict.fromkeys(rest.get_adapter(URL).sent)]


# What is known to leak ----------------------------------------------------------------------------


OF_AUTH_OBJECTS = {"auth that adds a header", "auth that adds a parameter"}
OF_FIRST_REQUEST = {
    "netrc", "params", "a list in params", "pairs in params", "the URL's query",
}  # fmt: skip
TOKENS = {"error.checkpoint", "checkpoint half-way", "Page.checkpoint"}
# Why, and where. Each is to leak somewhere, so that nothing stays here that was mended.
KNOWN: dict[str, Callable[[str, str, str], bool]] = {
    "a request and a strategy are values that know no secrets": (
        lambda place, echo, output: output == "repr of requests"
    ),
    "what an auth object adds is not known before it is sent, so a token could not be resumed": (
        lambda place, echo, output: place in OF_AUTH_OBJECTS and output in TOKENS
    ),
}


def explain(place: str, echo: str, output: str) -> str | None:
    """Why a leak is known; None if it is not."""
    return next((why for why, holds in KNOWN.items() if holds(place, echo, output)), None)


def main() -> int:
    """Print the leaks, and how many combinations there are."""
    known: Counter[str] = Counter()
    leaks = 0
    with netrc_file():
        for place in PLACES:
            for echo in ECHOES | SPELLED:
                for output in find_leaks(place, echo):
                    if (why := explain(place, echo, output)) is not None:
                        known[why] += 1
                    else:
                        leaks += 1
                        print(f"{place}, echoed as {echo}: {output}")
    for why, count in known.items():
        print(f"known: {count}, {why}")
    count = len(PLACES) * len(ECHOES | SPELLED) * len(OUTPUTS)
    print(f"secrets: {count} combinations, {leaks} leaks, {known.total()} known")
    return leaks


if __name__ == "__main__":
    sys.exit(main() > 0)
