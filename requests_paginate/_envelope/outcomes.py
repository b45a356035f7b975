"""Whether a body with status 200 and without rows tells of a failure.

Three kinds of names tell how a request went: those of errors, flags such as `success`, and those of
a code or a word (`status`, `retCode`). Most words are data, such as `active`; those of failure and
those like `REQUEST_DENIED` are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from requests_paginate._envelope.echoes import NOTHING_SENT, Echoes
from requests_paginate._envelope.named_failures import (
    is_failure_code,
    is_failure_type,
    is_grave,
    names_failure,
)
from requests_paginate._envelope.sentences import is_complaint, join_words, tells_of_finding
from requests_paginate._envelope.vocabulary import IDENTITIES, normalize_name
from requests_paginate._failures import ERRORS, FAILURES, MESSAGES, clean, is_fatal, read_words
from requests_paginate._redaction import redact_text

_ERROR_TEXTS = frozenset(
    """errorcode errcode errno errormessage errormessages errormsg errmsg errordescription
    errorsummary errortext faultstring""".split()
)
_SUCCESS_FLAGS = frozenset("ok success successful succeeded succeed issuccess issuccessful".split())
_FAILURE_FLAGS = frozenset(
    "iserror haserror haserrors failed hasfailed isfailure denied throttled ratelimited".split()
)
_TRUE, _FALSE = ("true", "1", "yes", "y"), ("false", "0", "no", "n", "f")
_CODES = frozenset(
    """code errcode errorcode errno errorno retcode returncode rc ret resultcode respcode
    responsecode statuscode httpstatus httpcode httpstatuscode cod infocode""".split()
)
_WORDS = frozenset(
    "status stat result response outcome ack reply returnstatus resultstatus".split()
)
_CODE_OF_FAILURE = re.compile(r"(?:e|err|error)[-_]?\d+", re.IGNORECASE)
# These may be sentences for people, which say nothing for sure.
_SAYINGS = frozenset("message msg info errmsg statusmessage resultmsg resultmessage retmsg".split())
# These are read as sentences alone.
_REMARKS = frozenset("detail reason note notice information warning".split())
# A title or a description is that of a thing, too.
_MESSAGES = MESSAGES - frozenset(
    "title description info reason cause note notice information warning statustext"
    " hint moreinfo motivo raison grund beschreibung descrição descricao descripción"
    " descripcion".split()
)
_LISTS_OF_WORDS = frozenset({"messages", "notices", "alerts"})
# What may say `OK`: Comic Vine's `error` does, beside `status_code: 1`.
_SUCCESS_NAMES = _WORDS | _SAYINGS | _CODES | _ERROR_TEXTS | ERRORS
# Objects around or beside the rows that tell the outcome.
_TELLING = re.compile(r"meta|metadata|head|.*(?:header|response|result|status|ack)|envelope|body")

_NO_ERROR = frozenset(
    {"", "200", "ok", "success", "none", "null", "nil", "false", "no error", "n/a", "na", "-", "--"}
)
# Codes such as `0000` and `S0000`.
_ALL_ZEROS = re.compile(r"[a-z]{0,4}[-_]?0{2,}")
_SUCCESS = re.compile(
    r"(?!\w*[不未没無])\w*成功\w*|성공|정상\w*"
    r"|okay|ok|success\w*|succeeded|passed|true|none|null|normal|done|completed?|warning"
    r"|(?:zero|empty|nothing)\w*"
    r"|no(?:more|further)?(?:data|errors?|results?|records?|content|rows?|items?|match\w*|more"
    r"|entries|hits|changes?|updates?)\w*"
)
_FAILURE = re.compile(
    r"error|errored|err|fail|failed|failures?|fault|rejected|aborted|refused|ko|nok|ng|notok|no"
    r"|false|denied|invalid|illegal"
    r"|.*(?:error|failure|failed|fault|invalid|denied|exceed|unauthori|unauthenticat|forbidden"
    r"|exhaust|throttl|toomany|timeout|timedout|unavailable|malformed|badrequest|notfound"
    r"|notallowed|notpermitted|notsupported|unsupported|over\w*limit|limitreached|ratelimit"
    r"|exception).*"
)
# States of a thing, in words that look like `REQUEST_DENIED`.
_STATES = frozenset(
    """ACTIVE ALL AVAILABLE CLOSED COMPLETE COMPLETED DISABLED DONE ENABLED END EOF FINISHED FOUND
    HOLD LAST LIVE NEW OK ONLY OPEN PARTIAL PENDING PROGRESS QUEUED READY REVIEW RUNNING STARTED
    SUCCESS UP WAITING""".split()
)


def find_error(body: Mapping[str, Any]) -> str | None:
    """Return where a body holds an error, and the provider's words; None if it holds none."""
    for name, value in body.items():
        plain = normalize_name(name)
        is_list = isinstance(value, list) and (
            any(value) if plain in FAILURES else are_failures(plain, value)
        )
        if is_list or (plain in ERRORS and _is_error(value)):
            return _describe(name, value, body)
    return None


def are_failures(plain: str, values: list[Any]) -> bool:
    """Return whether a list of this name is of failures, by its elements or its sentences."""
    if plain in MESSAGES and all(isinstance(value, str) for value in values):
        return any(map(is_complaint, values))
    return is_fatal(values)


def find_failure(body: Any, sent: Echoes = NOTHING_SENT) -> str | None:
    """Return where a body without rows reports a failure, and the provider's words, or None.

    Args:
        body: A decoded body.
        sent: What was in the request: the echo of `?status=failed` is no outcome.
    """
    if isinstance(body, list) and len(body) == 1:
        body = body[0]
    for node in _list_telling(body):
        if (error := find_error(node)) is not None:
            return error
        has_succeeded = any(map(_is_success, map(normalize_name, node), node.values()))
        for name, value in node.items():
            if _is_failure(name, value, node, has_succeeded) and not _is_echo(name, value, sent):
                return _describe(name, value, node)
    return None


def _is_echo(name: str, value: Any, sent: Echoes) -> bool:
    """Return whether a value only repeats the request; a flag of success or failure never does."""
    plain = normalize_name(name)
    return plain not in _SUCCESS_FLAGS and plain not in _FAILURE_FLAGS and sent.holds(name, value)


def says_something(body: Mapping[str, Any]) -> bool:
    """Return whether a message stands in a body, other than one that all went well."""
    said = [value for name, value in body.items() if normalize_name(name) in _MESSAGES]
    return any(isinstance(text, str) and not is_good(text) for text in said)


def find_refusal(body: Any) -> str | None:
    """Return the words of a message beside rows that are null, unless it is about a finding.

    Nothing else in the object may say that the request went well.
    """
    for node in _list_telling(body):
        if any(map(_is_success, map(normalize_name, node), node.values())):
            return None
        said = [value for name, value in node.items() if normalize_name(name) in _MESSAGES]
        for text in said:
            is_known = not isinstance(text, str) or is_good(text)
            if not is_known and (is_complaint(text) or not tells_of_finding(text)):
                return read_words(node)
    return None


def is_outcome(name: str) -> bool:
    """Return whether a value of this name tells how a request went, in a code or in words."""
    return name in _CODES or name in _WORDS or name in _SUCCESS_FLAGS or name in _MESSAGES


def speaks_of_failure(text: str) -> bool:
    """Return whether a sentence has a word of failure in it."""
    return _FAILURE.fullmatch(join_words(text)) is not None


def _list_telling(body: Any) -> Iterator[Mapping[str, Any]]:
    """Yield a body and the objects in it that tell the outcome, from the outside in."""
    level = [body] if isinstance(body, Mapping) else []
    for _ in range(4):
        yield from level
        level = [
            value
            for node in level
            for name, value in node.items()
            if isinstance(value, Mapping)
            and (len(node) == 1 or _TELLING.fullmatch(normalize_name(name)))
        ]


def _is_error(error: Any) -> bool:
    if isinstance(error, Mapping):
        codes = [error.get(name) for name in ("code", "errno", "status")]
        code = next((code for code in codes if code is not None and code != ""), None)
        said = [value for name, value in error.items() if normalize_name(name) in _MESSAGES]
        is_said = any(_fails(text) or is_complaint(text) for text in said)
        return any(error.values()) if code is None else _is_error(code) or is_said
    text = str(error or "").lower()
    return text not in _NO_ERROR and text.strip("0") != "" and not _ALL_ZEROS.fullmatch(text)


def is_good(text: str) -> bool:
    """Return whether a text says nothing, or that all went well."""
    plain = text.strip().lower()
    is_known = plain in _NO_ERROR or _ALL_ZEROS.fullmatch(plain) is not None
    return is_known or _SUCCESS.fullmatch(join_words(text)) is not None


def _is_success(plain: str, value: Any) -> bool:
    """Return whether a value says that the request went well."""
    if plain in _SUCCESS_FLAGS:
        return value is True
    number = _read_number(value)
    if number is not None:
        return plain in _CODES and (number == 0 or 200 <= number < 300)
    is_word = plain in _SUCCESS_NAMES
    return is_word and isinstance(value, str) and value != "" and is_good(value)


def _is_failure(name: str, value: Any, node: Mapping[str, Any], has_succeeded: bool) -> bool:
    """Return whether a value says that the request failed.

    What some APIs say of success, too (a code of 10000), counts only if nothing else says success.
    """
    plain, number = normalize_name(name), _read_number(value)
    is_text = isinstance(value, str)
    if plain in _SUCCESS_FLAGS or plain in _FAILURE_FLAGS:
        is_of_success = plain in _SUCCESS_FLAGS
        failing = _FALSE if is_of_success else _TRUE[:1] if plain == "failed" else _TRUE
        return str(value).lower() in failing or (is_of_success and _fails(value))
    if number is not None:
        return _is_failure_number(plain, number, node, has_succeeded)
    if plain in _ERROR_TEXTS:
        return is_text and not has_succeeded and not is_good(value)
    if plain in _WORDS and any(normalize_name(each) in IDENTITIES for each in node):
        return _fails(value) and says_something(node)  # the status of a failed payment is data
    if plain in _REMARKS or (plain in _SAYINGS and " " in str(value)):
        is_word = plain == "reason" and _fails(value)
        return not has_succeeded and (is_word or is_complaint(value))
    return _tells_failure(plain, value) or (
        not has_succeeded and _names_failure(name, plain, value, node)
    )


def _tells_failure(plain: str, value: Any) -> bool:
    """Return whether a word, `false` or a type is one of failure, whatever else says success."""
    is_false = value is False and plain in _WORDS
    is_telling = plain in _WORDS or plain in _CODES or plain in _SAYINGS
    return is_failure_type(plain, value) or is_false or (is_telling and _fails(value))


def _names_failure(name: str, plain: str, value: Any, node: Mapping[str, Any]) -> bool:
    """Return whether a code, a name or a list of messages is one of failure."""
    if plain in ERRORS:
        return False  # `find_error` has read them
    if isinstance(value, str) and is_good(value) and value.lower() != "true":
        return False
    is_code = plain in _CODES and is_failure_code(plain, value)
    return is_code or names_failure(name, value) or _is_further_failure(plain, value, node)


def _is_further_failure(plain: str, value: Any, node: Mapping[str, Any]) -> bool:
    """Return whether a title of a problem, a letter or a list of messages tells of a failure."""
    if plain in _LISTS_OF_WORDS and isinstance(value, list):
        return any(is_complaint(each) or is_grave(each) for each in value)
    if plain == "title":  # RFC 9457 section 3.1
        return "type" in node and _fails(value)
    return plain in ("returnstatus", "resultstatus") and value in ("E", "F")


def _is_failure_number(
    plain: str, number: int, node: Mapping[str, Any], has_succeeded: bool
) -> bool:
    if number == 0 or 200 <= number < 300 or not (plain in _CODES or plain in _WORDS):
        return False
    if 300 <= number < 600 or (number < 0 and not has_succeeded):
        return True
    if plain in _CODES:
        return not has_succeeded
    # Kea: {"result": 2, "text": "not supported"}; beside an object or a list it may count something
    is_alone = not any(isinstance(each, (Mapping, list)) for each in node.values())
    return is_alone and not has_succeeded and says_something(node)


def _fails(value: Any) -> bool:
    """Return whether a word is one of failure, or one such as `REQUEST_DENIED`."""
    if not isinstance(value, str) or len(value) > 60 or is_good(value):
        return False
    pieces = value.split("_")
    is_constant = value.isupper() and len(pieces) > 1 and _STATES.isdisjoint(pieces)
    is_code = (
        _CODE_OF_FAILURE.fullmatch(value) is not None and re.search("[1-9]", value) is not None
    )
    return is_constant or is_code or _FAILURE.fullmatch(join_words(value)) is not None


def _read_number(value: Any) -> int | None:
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,18}", value.strip(), re.ASCII):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _describe(name: str, value: Any, node: Mapping[str, Any]) -> str:
    """Return the place of a failure and the provider's words, for messages."""
    said = read_words(node)
    is_value = isinstance(value, (str, int)) and not isinstance(value, bool)
    if is_value and clean(str(value)) not in said:
        said = ": ".join(filter(None, [redact_text(clean(str(value))), said]))
    return redact_text(repr(name)) + (f": {said}" if said else "")
