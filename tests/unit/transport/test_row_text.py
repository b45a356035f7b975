"""Rows as JSON again."""

from decimal import Decimal

import pytest

from requests_paginate._transport.row_text import encode_row


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ({"n": Decimal("1.10"), "long": 10**30}, b'{"n":1.10,"long":1%b}' % (b"0" * 30)),
        ({"t": "\ud83d", "n": [Decimal("1.10"), None]}, b'{"t":"\\ud83d","n":[1.10,null]}'),
        ({"\ud83d": {"a": 1.5}}, b'{"\\ud83d":{"a":1.5}}'),
        ("\ud83d\n", b'"\\ud83d\\n"'),
    ],
)  # fmt: skip
def test_every_digit_and_letter_is_kept(row, text):
    """Numbers have their digits, and half of a surrogate pair its escape."""
    assert text == encode_row(row)
