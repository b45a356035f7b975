"""Bytes to a body, rows to a model."""

import json
from contextlib import suppress

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from requests_paginate._transport.json_body import decode_json, to_utf8
from requests_paginate.exceptions import MalformedPage

# A loaded machine is no failure.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
TEXT = '{"name": "Jo\u00e3o \u2603 \U0001f600"}'
NAME = {"name": "Jo\u00e3o \u2603 \U0001f600"}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"[]", []),
        (b"null", None),
        (b' {"a": [1, 2.5, "x", true, false, null]}\r\n', {"a": [1, 2.5, "x", True, False, None]}),
        (TEXT.encode(), NAME),
        (b"\xef\xbb\xbf" + TEXT.encode(), NAME),
        (TEXT.encode("utf-16"), NAME),
        (TEXT.encode("utf-16-le"), NAME),
        (TEXT.encode("utf-16-be"), NAME),
        (TEXT.encode("utf-32"), NAME),
        (TEXT.encode("utf-32-le"), NAME),
        (TEXT.encode("utf-32-be"), NAME),
        (b'["\\ud83d\\ude00"]', ["\U0001f600"]),
        (b'["\\ud83d"]', ["\ud83d"]),
        (b'["\\u0000"]', ["\0"]),
        (b"[18446744073709551616]", [2**64]),
        (b"[-9223372036854775809]", [-(2**63) - 1]),
        (b"[123456789012345678901234567890]", [123456789012345678901234567890]),
        (b"\xef\xbb\xbf[18446744073709551616, 1e5, -0.5]", [2**64, 1e5, -0.5]),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b'\xef\xbb\xbf{"a": 1, "a": 2}', {"a": 2}),
    ],
)
def test_decoding(content, expected):
    """JSON in any of its encodings, with numbers of any size; of equal keys the last counts."""
    body = decode_json(content)
    assert expected == body
    assert type(expected) is type(body)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        ('{"name": "Jo\u00e3o"}'.encode("latin-1"), "utf-8"),
        (b'["\xed\xa0\x80"]', "utf-8"),
        (b"[NaN]", "NaN"),
        (b"[Infinity]", "Infinity"),
        (b"[-Infinity]", "Infinity"),
        (b"[1e999]", "out of range"),
        (b"[-1e999]", "out of range"),
        (b"\xef\xbb\xbf[1e999]", "out of range"),
        (b"\xef\xbb\xbf[NaN]", "NaN"),
        (b"[" + b"9" * 5000 + b"]", "digits"),
        (b"[" * 100_000 + b"]" * 100_000, "deep"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "deep"),
        (b"<html><body>Bad gateway</body></html>", "text/html"),
        (b"[1] [2]", "text/html"),
        (b"[1,]", "text/html"),
        (b"{'a': 1}", "text/html"),
        (b'{"a" 1}', "text/html"),
        (b'["a\x01b"]', "text/html"),
        (b'["\\x"]', "text/html"),
        (b"[01]", "text/html"),
        (b"[+1]", "text/html"),
        (b"[.5]", "text/html"),
        (b"[1]]", "text/html"),
        (b"True", "text/html"),
        (b"\x00", "text/html"),
        (b"\x80\x81", "utf-8"),
        (b"id,name\n1,x\n", "text/html"),
    ],
)
@pytest.mark.usefixtures("deep")
def test_no_json(content, reason):
    """What is no JSON is malformed for good; the text says what came, and shows no value."""
    with pytest.raises(MalformedPage, match=reason) as caught:
        decode_json(content, "text/html")
    assert caught.value.transient is False
    assert "Jo" not in str(caught.value)
    assert "gateway" not in str(caught.value)
    assert "\ufffd" not in str(caught.value)


def test_no_type():
    """A body without a Content-Type is named so."""
    with pytest.raises(MalformedPage, match="expected JSON: "):
        decode_json(b"<html>")


@pytest.mark.parametrize(
    "content",
    [
        b"[", b"{", b'{"a', b'{"a"', b'{"a":', b'{"a": 1', b'{"a": 1,', b"[1", b"[1, 2", b"[1,",
        b'["x', b'["x\\', b'["\\u12', b"[tru", b"[nul", b"[[1], [", b'{"a": "Jo\xc3',
        b"[-", b"[1.", b"[1e", b"[1e+", b"[1e5", b'\xef\xbb\xbf["x', b"\xef\xbb\xbf[1, 2",
        b'["\\ud800", "x',
        b'["\\ud800", "x"', '["x"'.encode("utf-16"), '["xy'.encode("utf-16"),
        '["xy"]'.encode("utf-16-le")[:-3], b'\xef\xbb\xbf["Jo\xc3',
    ],
)  # fmt: skip
def test_cut_json(content):
    """A body that was cut may come whole the next time."""
    with pytest.raises(MalformedPage) as caught:
        decode_json(content, "application/json")
    assert caught.value.transient is True


CONTAINERS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
).map(lambda value: {"results": [value]})


@UNHURRIED
@given(CONTAINERS, st.booleans(), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
def test_what_was_written_is_read(value, ascii_only, encoding):
    """Any JSON value comes back from any encoding."""
    assert value == decode_json(json.dumps(value, ensure_ascii=ascii_only).encode(encoding))


@UNHURRIED
@given(CONTAINERS, st.data())
def test_any_cut(value, data):
    """Wherever a body is cut, it is malformed, and worth another try."""
    content = json.dumps(value, ensure_ascii=False).encode()
    cut = data.draw(st.integers(1, len(content) - 1))
    with pytest.raises(MalformedPage) as caught:
        decode_json(content[:cut])
    assert caught.value.transient is True


@UNHURRIED
@given(st.binary() | st.text('[]{}":,0-1e.aN\\u\ufeff ', max_size=20).map(str.encode))
def test_any_bytes(content):
    """Any bytes are a body or malformed."""
    with suppress(MalformedPage):
        decode_json(content, "text/plain")


PAGE = '{"rows": [{"name": "Jo\u00e3o \u00df"}]}'
RUSSIAN, CHINESE, JAPANESE = '["\u041f\u0451\u0442\u0440"]', '["\u6a21\u5f0f"]', '["\u65e5\u672c"]'


@pytest.mark.parametrize(
    ("declared", "text", "codec"),
    [
        ("application/json; charset=iso-8859-1", PAGE, "latin-1"),
        ("application/json;charset=ISO-8859-15", PAGE, "iso-8859-15"),
        ('application/hal+json; profile=x; Charset="Windows-1252" ', PAGE, "cp1252"),
        ("text/plain; charset = 'latin1'", PAGE, "latin-1"),
        ("application/json; charset=windows-1251", RUSSIAN, "cp1251"),
        ("application/json; charset=KOI8-R", RUSSIAN, "koi8-r"),
        ("application/json; charset=GBK", CHINESE, "gbk"),
        ("application/json; charset=gb2312", '["\u6a21"]', "gb2312"),  # these bytes are UTF-8, too
        ("application/json; charset=Shift_JIS", JAPANESE, "shift_jis"),
        ("application/json; charset=iso-2022-jp", JAPANESE, "iso-2022-jp"),  # and these are ASCII
        ("application/json; charset=utf-16", PAGE, "utf-16"),
        ("application/json; charset=UTF-16", RUSSIAN, "utf-16-be"),
        ("application/json; charset=utf-16le", PAGE, "utf-16-le"),
        ("application/json; charset=utf-32", PAGE, "utf-32"),
        ("application/json; charset=cp037", PAGE, "cp037"),
    ],
)
def test_a_declared_charset_is_heeded(declared, text, codec):
    """A text is what its charset says, as in requests."""
    assert json.loads(text) == decode_json(to_utf8(text.encode(codec), declared))
    response = requests.Response()
    response._content, response.encoding = text.encode(codec), codec
    assert response.json() == json.loads(text)


def test_bytes_of_two_charsets_are_read_as_declared():
    """UTF-8 that says that it is Latin-1 is read as requests reads it."""
    response = requests.Response()
    response._content, response.encoding = PAGE.encode(), "iso-8859-1"
    assert response.json() == decode_json(to_utf8(PAGE.encode(), "x/y; charset=iso-8859-1"))


@pytest.mark.parametrize(
    "content_type",
    [
        None, "", "application/json", "application/json; charset=utf-8", "charset", "; charset=",
        "application/json; charset=UTF8", "application/json; charset=utf-8-sig",
        "application/json; charset=us-ascii", "application/json; charset=no-such-thing",
        "application/json; charset=hex", "application/json; charset=zlib", "x; charset=undefined",
        "application/json; charset=unicode_escape", "application/json; charset=punycode",
        "application/json; charset=idna", "application/json; charset=rot13", "x; charset=\0",
        "application/json; charset=" + "x" * 5000, "text/html; charset=euc-kr",
    ],
)  # fmt: skip
def test_what_does_not_fit_is_left(content_type):
    """UTF-8 stays what it is where no charset is declared, nobody knows it, or it does not fit."""
    assert PAGE.encode() == to_utf8(PAGE.encode(), content_type)
    with pytest.raises(MalformedPage, match="utf-8"):
        decode_json(to_utf8('["Jo\u00e3"]'.encode("latin-1"), content_type))


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_mark_comes_before_what_is_declared(codec):
    """A byte order mark says more than a header that a server sends with everything."""
    declared = "application/json; charset=iso-8859-1"
    assert json.loads(PAGE) == decode_json(to_utf8(PAGE.encode(codec), declared))


@pytest.mark.parametrize("codec", ["latin-1", "gbk", "shift_jis", "euc-kr", "utf-16"])
def test_a_body_of_another_charset_that_was_cut(codec):
    """Wherever it was cut, between or within characters, another try may help."""
    texts = {
        "gbk": '["\u554a\u554a"]',
        "shift_jis": '["\u3042\u3042"]',
        "euc-kr": '["\ud55c\ud55c"]',
    }
    content = texts.get(codec, '["\u00df", 12]').encode(codec)
    for length in range(4, len(content)):
        with pytest.raises(MalformedPage) as caught:
            decode_json(to_utf8(content[:length], f"application/json; charset={codec}"))
        assert caught.value.transient, length
