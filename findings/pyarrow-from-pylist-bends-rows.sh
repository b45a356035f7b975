#!/usr/bin/env bash
# pyarrow 26.0.1: rows of a later page, made into a table with the schema of the first page.
#
# Expected: a row that does not fit the schema is an error, as a text in a column of whole numbers is.
# Happens: 1.5 in a column of int64 becomes 1, and a field that the schema does not have is left out, both without a word;
#   in an object the same. The JSON reader of the same version refuses all of them.
# Seen:
#   first page: id: int64, fee: struct<n: int64>
#   from_pylist: [{'id': 1, 'fee': {'n': 2}}]
#   a text: Could not convert 'x' with type str: tried to convert to int64
#   read_json, a fraction: Failed to convert JSON to int64, couldn't parse:1.5
#   read_json, a new field: JSON parse error: unexpected field
# Why it matters: the usual loop that writes Parquet takes the schema of the first page for all others, so an amount loses its
#   cents, and a column that an API adds later is never seen. Check each page, or read its bytes with pyarrow.json.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check pyarrow==26.0.1
cat >"$work/pages.py" <<'EOF'
import pyarrow as pa
from pyarrow import json

first = [{"id": 1, "fee": {"n": 1}}]
later = [{"id": 1.5, "status": "booked", "fee": {"n": 2.75, "currency": "EUR"}}]

schema = pa.Table.from_pylist(first).schema
print("first page:", ", ".join(f"{field.name}: {field.type}" for field in schema))
print("from_pylist:", pa.Table.from_pylist(later, schema=schema).to_pylist())
try:
    pa.Table.from_pylist([{"id": "x"}], schema=schema)
except pa.ArrowInvalid as error:
    print("a text:", error)
for name, line in (("a fraction", b'{"id": 1.5}'), ("a new field", b'{"id": 1, "status": "x"}')):
    options = json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error")
    try:
        json.read_json(pa.BufferReader(line), parse_options=options)
    except pa.ArrowInvalid as error:
        print(f"read_json, {name}:", str(error).splitlines()[0])
EOF
"$work/venv/bin/python" "$work/pages.py" >"$work/seen"
cat "$work/seen"
sed -n '/^# Seen:/,/^# Why/s/^#   //p' "$0" | diff -u - "$work/seen"
