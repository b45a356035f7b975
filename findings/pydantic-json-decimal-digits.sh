#!/usr/bin/env bash
# pydantic 2.14.4: a Decimal field that is read from JSON with model_validate_json.
#
# Expected: the digits of the text, as `model_validate(json.loads(body, parse_float=Decimal))` gives them: a Decimal field is
#   what one takes for money.
# Happens: a number with a point goes through a float first. From 17 digits on it is another number, and 1.10 loses its last
#   digit. A whole number of any length stays exact.
# Seen:
#   12345678901234567.89 model_validate_json 12345678901234568 model_validate 12345678901234567.89
#   12345678901234567890.123456789 model_validate_json 12345678901234567000 model_validate 12345678901234567890.123456789
#   1.10 model_validate_json 1.1 model_validate 1.10
#   0.1 model_validate_json 0.1 model_validate 0.1
#   100000000000000000000001 model_validate_json 100000000000000000000001 model_validate 100000000000000000000001
# Why it matters: the fast way from bytes to a model is the one that changes amounts, without an error. Amounts in texts
#   ("1.10") are exact in both.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check pydantic==2.14.4
cat >"$work/amounts.py" <<'EOF'
import json
from decimal import Decimal

import pydantic


class Row(pydantic.BaseModel):
    amount: Decimal


for text in (
    "12345678901234567.89",
    "12345678901234567890.123456789",
    "1.10",
    "0.1",
    "100000000000000000000001",
):
    body = f'{{"amount": {text}}}'
    from_bytes = Row.model_validate_json(body)
    from_row = Row.model_validate(json.loads(body, parse_float=Decimal))
    print(text, "model_validate_json", from_bytes.amount, "model_validate", from_row.amount)
EOF
"$work/venv/bin/python" "$work/amounts.py" >"$work/seen"
cat "$work/seen"
sed -n '/^# Seen:/,/^# Why/s/^#   //p' "$0" | diff -u - "$work/seen"
