"""What a provider says of a failure, read out of its body."""

# ruff: noqa: E501 - a table reads best with a case on a line

from __future__ import annotations

import pytest

from requests_paginate._failures import read_words


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"code": 429, "message": "Slow down"}, "429: Slow down"),
        ({"error_code": "NO_ITEM", "error_message": "no such item", "display_message": None}, "NO_ITEM: no such item"),
        ({"errorCode": "E42", "errorSummary": "Invalid filter", "errorCauses": []}, "E42: Invalid filter"),
        ({"issue": [{"severity": "error", "code": "processing", "diagnostics": "Search gone"}]}, "processing: Search gone"),
        ({"Type": "ValidationException", "Message": "bad page"}, "bad page"),
        ({"Fault": {"Error": [{"Message": "No access", "code": "3200"}], "type": "AUTH"}}, "3200: No access"),
        ({"errors": {"cursor": "Invalid value."}}, "cursor: Invalid value."),
        ({"errors": {"base": ["No", "Never"], "page": ["Too far"]}}, "base: No Never; page: Too far"),
        ({"errors": "Not found here"}, "Not found here"),
        ({"error": ["first", "second"]}, "first; second"),
        ({"error": {"code": "7", "message": {"lang": "en", "value": "Gone"}}}, "7: Gone"),
        ({"errcode": 40001, "errmsg": "invalid credential"}, "40001: invalid credential"),
        ({"fault": {"faultstring": "Quota", "detail": {"errorcode": "policies.Quota"}}}, "Quota; policies.Quota"),
        ({"limit": ["Too large"], "page": ["Not a number"]}, "limit: Too large; page: Not a number"),
        ({"filters": {"since": ["Not a date"]}}, "since: Not a date"),
        ([{"errorCode": "BAD_LOCATOR", "message": "bad locator"}], "BAD_LOCATOR: bad locator"),
        ({"__type": "com.amazon#Validation", "message": "no"}, "com.amazon#Validation: no"),
        ({"errors": [{"message": "a"}, {"message": "a"}, {"message": "b"}]}, "a; b"),
        ({"errors": [{"message": "no", "extensions": {"code": "DENIED"}}]}, "no; DENIED"),
        ({"meta": {"status": 400, "msg": "bad cursor"}}, "bad cursor"),
        ({"resultCode": "31", "resultMsg": "Deadline has expired"}, "31: Deadline has expired"),
        ({"message": "Validation failed", "details": [{"message": "page too big", "field": "page"}]}, "Validation failed; page too big (page)"),
        ({"faultcode": "soap:Client", "faultstring": "No such method"}, "soap:Client: No such method"),
        ("Too many requests", "Too many requests"),
        ("<Error><Code>SlowDown</Code><Message>Reduce your rate</Message></Error>", "SlowDown: Reduce your rate"),
        ('<s:Envelope><s:Body><s:Fault><faultcode>s:Client</faultcode><faultstring xml:lang="en">No</faultstring></s:Fault></s:Body></s:Envelope>', "s:Client: No"),
    ],
)  # fmt: skip
def test_what_providers_say(body, said):
    """Codes and messages of a failure, whatever they are called and however deep they stand."""
    assert said == read_words(body)


@pytest.mark.parametrize(
    "body",
    [
        {}, [], None, 5, True, "", "<html><body>Bad gateway</body></html>", "x" * 301, "a\0b",
        "<!DOCTYPE html><title>No</title>", '{"cut": ', "[1, 2", "\ufffd\ufffd",
        {"errors": 3}, {"error": True}, {"error": None, "errors": []}, {"code": None},
        {"name": "s3cr3t", "roles": ["s3cr3t"]}, {"rows": [{"message": "s3cr3t"}]},
        {"user": {"detail": "s3cr3t"}}, {"data": {"title": "s3cr3t"}}, {"data": {"message": "s3cr3t", "name": "x"}},
        {"payload": {"message": "s3cr3t", "id": 5}}, "<user><name>s3cr3t</name><role>s3cr3t</role></user>",
    ],
)  # fmt: skip
def test_bodies_that_say_nothing(body):
    """A website, half a body, and what stands under other names than those of messages."""
    assert "" == read_words(body)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"message": "see https://me:s3cr3t@a.test/?api_key=s3cr3t"}, "see https://REDACTED@a.test/?api_key=REDACTED"),
        ({"errors": {"access_token": "s3cr3t is invalid"}}, "access_token: REDACTED"),
        ({"password": ["s3cr3t is too short"]}, "password: REDACTED"),
        ({"message": "two\nlines\x1b[31m\tand a color"}, "two lines [31m and a color"),
        ({"error": {"message": "no", "request": {"message": "s3cr3t", "key": "s3cr3t"}}}, "no"),
    ],
)  # fmt: skip
def test_secrets_and_controls_are_not_shown(body, said):
    """Neither secrets of URLs and fields, nor what a terminal would obey."""
    assert said == read_words(body)


def test_words_are_bounded():
    """Few phrases, none from far below, and no half of a long word, which may be a secret."""
    assert "1; 2; 3; 4" == read_words({"errors": [{"message": str(n)} for n in range(1, 9)]})
    deep = {"message": "too deep"}
    for _ in range(9):
        deep = {"error": deep}
    assert "" == read_words(deep)
    assert "..." == read_words({"message": "s3cr3t" * 9999})
    assert len(read_words({"message": "long " * 9999})) <= 2**14 + 4


@pytest.mark.parametrize(
    "body",
    [
        {"errMessage": "no book"}, {"Hint": "no book"}, {"more_info": "no book"},
        {"error_details": "no book"}, {"meta": {"errorDetail": "no book"}},
        {"error": {"root_cause": [{"reason": "no book"}]}}, {"erros": [{"mensagem": "no book"}]},
        {"warnings": [{"text": "no book"}]}, {"meldung": "no book"}, {"erreur": "no book"},
        "<fail><message><![CDATA[no book]]></message></fail>", "<fail><why><![CDATA[no book]]></why></fail>",
        # what holds rows elsewhere, and exceptions in an object, in a list of texts and in markup
        {"data": {"message": "no book"}}, {"payload": {"error": "no book"}}, {"response": {"data": {"error": {"msg": "no book"}}}},
        {"ServiceException": {"text": "no book"}}, {"RequestFault": {"text": "no book", "value": 5}}, {"errorInfo": {"text": "no book"}},
        {"exceptionReport": {"detail": "no book"}}, {"msgs": ["no book"]}, {"statusText": "no book"},
        "<ServiceException>no book</ServiceException>", "<Report><ows:ExceptionText>no book</ows:ExceptionText><at>5</at></Report>",
        # other languages
        {"detalhe": "no book"}, {"message_erreur": "no book"}, {"fehlertext": "no book"}, {"messaggio": "no book"},
        {"détail": "no book"}, {"descripción": "no book"}, {"foutmelding": "no book"},
    ],
)  # fmt: skip
def test_words_under_further_names(body):
    """A message is shown by its names in other languages, in causes and in marked sections."""
    assert "no book" == read_words(body)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<ServiceException code='Gone'>no book</ServiceException>", "Gone: no book"),
        ('<ows:Exception exceptionCode="Invalid"><ows:ExceptionText code="7">no</ows:ExceptionText></ows:Exception>', "7: no"),
        ({"validation_messages": {"limit": {"tooLarge": "at most 50"}}}, "tooLarge: at most 50"),
        ({"code": 5, "msgs": ["no book", "no shelf"]}, "5; no book; no shelf"),
    ],
)  # fmt: skip
def test_codes_of_further_names(body, said):
    """A code in an attribute, and the field of a message in an object of them."""
    assert said == read_words(body)
