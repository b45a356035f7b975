"""The words of a refusal in the charset that its headers or its XML declare."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest
import requests

from requests_paginate._transport.errors import describe_refusal


@pytest.mark.parametrize(
    ("content_type", "text", "charset", "said"),
    [
        ("text/plain; charset=iso-8859-1", "página inválida", "latin-1", "página inválida"),
        ("text/plain; charset=windows-1250", "zła strona", "cp1250", "zła strona"),
        ("application/xml; charset=koi8-r", "<error><message>нет такой страницы</message></error>", "koi8-r", "нет такой страницы"),
        ("application/xml", '<?xml version="1.0" encoding="ISO-8859-1"?><fault><faultstring>Größe</faultstring></fault>', "latin-1", "Größe"),
        (None, "<?xml version='1.0' encoding='gbk'?><e><message>页码错误</message></e>", "gbk", "页码错误"),
        ("application/json; charset=iso-8859-1", '{"message": "página inválida"}', "latin-1", "página inválida"),
        # as they are
        ("text/plain", "página", "utf-8", "página"), ("application/xml; charset=utf-8", '<?xml encoding="latin-1"?><message>página</message>', "utf-8", "página"),
        ("text/plain; charset=no-such", "página", "utf-8", "página"), ("text/plain", "página", "latin-1", ""),
    ],
)  # fmt: skip
def test_a_declared_charset(content_type, text, charset, said):
    """What is declared holds, the header first; what is not is UTF-8, and else no text."""
    response = requests.Response()
    response._content = text.encode(charset)
    if content_type is not None:
        response.headers["Content-Type"] = content_type
    assert said == describe_refusal(response)
