"""What a provider says of a failure, read out of its body.

Names are compared normalized. What is shown stands under names of messages and codes, and is short
and redacted. Bodies with rows are never read, so no value of a row is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from requests_paginate._paths import normalize_name
from requests_paginate._redaction import REDACTED, is_secret_name, redact_text

_DEEPEST = 6
_MOST_PHRASES = 4
_LONGEST_TEXT = 2**14  # characters; who shows it cuts it, after hiding what it quotes of secrets
_LONGEST_PLAIN = 300  # of a body that is text: a longer one is a page of a website

# Where words of a failure stand: codes and messages, the likeliest first, and what may follow them.
_CODES = dict.fromkeys(
    """code errorcode errcode errno errorno faultcode exceptioncode retcode returncode resultcode
    respcode responsecode statuscode infocode cod result""".split()
).keys()
MESSAGES = dict.fromkeys(
    """message errormessage errormsg errmsg msg errorsummary faultstring diagnostics text errortext
    detail details title error errors err reason info description statusmessage statusmsg
    resultmessage resultmsg returnmessage returnmsg retmsg respmsg exceptionmessage exception
    localizedmessage usermessage developermessage cause mensagem mensaje nachricht
    errmessage errordetail errordetails erro erreur fehler meldung fehlermeldung
    note notice information warning statustext hint moreinfo messages msgs
    detalhe detalhes motivo detalle detalles descripción descrição descricao descripcion
    messageerreur raison détail grund fehlertext fehlergrund fehlernachricht beschreibung
    messaggio errore dettaglio foutmelding melding felmeddelande
    """.split()
).keys()
_DETAILS = ("codedescription", "errordescription", "field", "requestid")
# Objects and lists with words in them.
_SPEAKING = re.compile(
    r"(?:error|fault|exception|issue|detail|message|msg|violation|cause|failure|problem|extension)s?"
    r"|.*(?:errors?|fault|exception|response|status|errordetails?|errorinfo|reports?)"
    r"|(?:validation|field|form)(?:messages|failures)"
    r"|rootcauses?|errorinfo|erros|errores|erreurs|warnings|meta|metadata|header|head|result|body|envelope|innererror|statusinfo"
)
# Objects that hold rows elsewhere: in these, only what is called a message or an error speaks.
_HOLDING = frozenset("data payload content".split())
_SURELY_SAID = frozenset(
    "code error errorcode errormessage errors message messages msg msgs reason status".split()
)
ERRORS = frozenset("error errors err fault faults exception exceptions errorinfo".split())
# Lists under these names hold what went wrong, and no rows.
FAILURES = ERRORS | frozenset(
    """nonfielderrors errorlist errormessages errmsgs errordetails validationerrors
    validationmessages validationfailures fielderrors apierrors failure failures faultlist
    exceptionlist
    erro erros errores erreur erreurs fehler fehlermeldungen errori""".split()
)
# What a program asks for, and its names, the likeliest first.
_FOR_PROGRAMS: Mapping[str, tuple[str, ...]] = {
    "code": tuple(_CODES),
    "code_description": ("codedescription",),
    "request_id": ("requestid", "errorid", "traceid"),
}
# Names that stand beside each other where a request is wrong.
_OF_A_REQUEST = (
    ("loc", "msg"), ("propertyPath", "message"), ("instancePath", "message"),
    ("dataPath", "message"), ("invalidValue", "message"), ("code", "diagnostics"),
)  # fmt: skip
# A name in this form is an AWS exception: {"__type": "com.amazon.coral#ValidationException"}
# (https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html).
_AWS_TYPE = "__type"
_MARKUP = re.compile(r"<(?:\w+:)?(?P<name>\w+)(?P<attributes>[^<>]*)>(?P<text>[^<>]+)</")
_CODE_ATTRIBUTE = re.compile(r"\b(?:exception)?code\s*=\s*[\"']([^\"']+)", re.IGNORECASE)
_TEXT_OF_FAILURE = re.compile(r"(?i).*(?:error|exception|fault)(?:text)?")
_WEBSITE = re.compile(r"<(?:!doctype\s+html|html|head|body|div|p|h\d)\b", re.IGNORECASE)


def read_words(body: Any) -> str:
    """Return what a provider says in the body of a failure: codes and messages, or nothing.

    The body is decoded, or the text of one that is not JSON.
    """
    if isinstance(body, str):
        phrases = list(_read_text(body.strip()))
    else:
        phrases = list(filter(None, _read_node(body, 0))) or _read_fields(body, 0, of_lists=True)
    said = list(dict.fromkeys(filter(None, phrases)))
    return redact_text("; ".join(said[:_MOST_PHRASES]))


def read_codes(body: Any) -> dict[str, str | int]:
    """Return what a program may ask about a failure: `code`, `code_description`, `request_id`.

    They stand at the top of the body, in the first error of a list as Belvo's, or in an object
    under `error`. What is missing is left out.
    """
    for _ in range(3):
        if isinstance(body, list) and body:
            body = body[0]
        elif isinstance(body, Mapping):
            plain = {normalize_name(str(name)): value for name, value in body.items()}
            found = {
                place: plain[name] if place == "code" else str(plain[name])
                for place, names in _FOR_PROGRAMS.items()
                for name in reversed(names)
                if isinstance(plain.get(name), (str, int)) and not isinstance(plain[name], bool)
            }
            if found:
                return found
            body = next((plain[name] for name in ERRORS if plain.get(name)), None)
    return {}


def is_fatal(issues: Any) -> bool:
    """Return whether a list is of issues that made a request fail, and of no things with an id.

    The OperationOutcome of FHIR has them (https://hl7.org/fhir/R4/operationoutcome.html), and
    what validates a request lists where it is wrong: FastAPI a `loc`, Symfony a `propertyPath`.
    """
    return isinstance(issues, list) and bool(issues) and all(map(_is_fatal, issues))


def _is_fatal(issue: Any) -> bool:
    if not isinstance(issue, Mapping) or {"id", "key", "uuid"}.intersection(issue):
        return False
    if "severity" in issue:
        return str(issue["severity"]).lower() in ("error", "fatal", "critical")
    return any(place in issue and said in issue for place, said in _OF_A_REQUEST)


def _read_text(text: str) -> Iterator[str]:
    text = re.sub(r"<!\[CDATA\[([^<]*?)\]\]>", r"\1", text)
    if text.startswith("<"):
        if _WEBSITE.search(text) is None:
            found = [*_find_in_markup(text[: 2**14])]
            is_only = len(found) == 1 and len(found[0][1]) <= _LONGEST_PLAIN
            yield _phrase(dict(reversed(found))) or (clean(found[0][1]) if is_only else "")
    elif len(text) <= _LONGEST_PLAIN and text[:1] not in ("{", "[") and "<" not in text:
        # what cannot be printed was no text
        yield "" if "\ufffd" in text or "\0" in text else clean(text)


def _find_in_markup(text: str) -> Iterator[tuple[str, str]]:
    """Yield the names and texts of elements that hold nothing else, and what their code is."""
    for element in _MARKUP.finditer(text):
        if (code := _CODE_ATTRIBUTE.search(element["attributes"])) is not None:
            yield "code", code[1]
        is_failure = _TEXT_OF_FAILURE.fullmatch(element["name"]) is not None
        yield ("message" if is_failure else element["name"]), element["text"]


def _read_node(node: Any, depth: int) -> Iterator[str]:
    """Yield a phrase for each object that says something, from the outside in."""
    if isinstance(node, list):
        for each in node[:_MOST_PHRASES]:
            yield from _read_node(each, depth)
    elif isinstance(node, str):
        yield clean(node)
    elif isinstance(node, Mapping) and depth < _DEEPEST:
        yield _phrase(node)
        for name, value in node.items():
            plain = normalize_name(name)
            is_inner = isinstance(value, (Mapping, list)) and value
            is_said = (plain in MESSAGES or plain in _CODES) and _read_value(value)
            if not is_inner or is_said or not _may_speak(plain, value):
                continue
            of_errors = plain in FAILURES or plain in MESSAGES
            if isinstance(value, list) and not of_errors:
                value = [v for v in value if isinstance(v, Mapping)]  # noqa: PLW2901 - its part
            found = [phrase for phrase in _read_node(value, depth + 1) if phrase]
            yield from found or (_read_fields(value, depth + 1) if of_errors else ())


def _may_speak(plain: str, value: Any) -> bool:
    """Return whether what stands under a name may say what went wrong."""
    if plain in _HOLDING and isinstance(value, Mapping):
        return {normalize_name(name) for name in value} <= _SURELY_SAID
    return _SPEAKING.fullmatch(plain) is not None


def _phrase(node: Mapping[Any, Any]) -> str:
    """Return what one object says: `code: message (details)`."""
    texts: dict[str, str] = {}
    for name, value in node.items():
        plain = name if name == _AWS_TYPE else normalize_name(name)
        if plain in MESSAGES or plain in _CODES or plain in _DETAILS or plain == _AWS_TYPE:
            is_number = isinstance(value, int) and plain in MESSAGES  # how many errors, perhaps
            texts.setdefault(plain, "" if is_number else _read_value(value))
    codes = [texts[name] for name in (*_CODES, _AWS_TYPE) if texts.get(name)][:1]
    said = [texts[name] for name in MESSAGES if texts.get(name)]
    more = [texts[name] for name in _DETAILS if texts.get(name)]
    text = ": ".join(dict.fromkeys([*codes, *said]))
    return (f"{text} ({', '.join(more)})" if text else ", ".join(more)) if more else text


def _read_value(value: Any) -> str:
    """Return the text of a code or message, which may be an object as in OData or a list of one."""
    if isinstance(value, Mapping):
        texts = {normalize_name(name): inner for name, inner in value.items()}
        value = texts.get("value", texts.get("text")) if len(texts) <= 2 else None
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    is_text = isinstance(value, (str, int)) and not isinstance(value, bool)
    return clean(str(value)) if is_text else ""


def _read_fields(node: Any, depth: int, *, of_lists: bool = False) -> list[str]:
    """Return the errors of fields, as in `{"page_size": ["Too large"]}`; a text may be an error."""
    if not isinstance(node, Mapping) or depth >= _DEEPEST:
        return []
    if of_lists and any(isinstance(value, str) for value in node.values()):
        return []  # an object with texts of its own
    found: list[str] = []
    for name, value in node.items():
        texts = value if isinstance(value, list) else [value]
        if isinstance(value, Mapping):
            found += _read_fields(value, depth + 1, of_lists=of_lists)
        elif texts and all(isinstance(each, str) for each in texts):
            said = REDACTED if is_secret_name(str(name)) else " ".join(map(clean, texts[:3]))
            found.append(f"{clean(str(name))}: {said}")
    return found


def clean(text: str) -> str:
    """Return a text on one line, without what a terminal would obey, and not too long."""
    text = "".join(letter if letter.isprintable() else " " for letter in text)
    text = " ".join(text.split())
    if len(text) <= _LONGEST_TEXT:
        return text
    return f"{text[:_LONGEST_TEXT].rpartition(' ')[0]} ...".lstrip()  # no half of a secret
