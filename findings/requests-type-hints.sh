#!/usr/bin/env bash
# requests 2.34.2: typing.get_type_hints on its own public names, which carry types since this series.
#
# Expected: a dict of types, as for other typed packages: what reads signatures (injectors, command-line and API frameworks)
#   calls it, also on classes that inherit from these.
# Happens: the names of the types are imported for type checkers alone, so a NameError comes, and a subclass inherits it.
# Seen:
#   requests.get NameError: name '_t' is not defined
#   Session NameError: name '_t' is not defined
#   HTTPAdapter NameError: name '_PoolManager' is not defined
#   Response NameError: name 'RequestsCookieJar' is not defined
#   a subclass of Session NameError: name '_t' is not defined
#   PreparedRequest.prepare NameError: name '_t' is not defined
# Why it matters: `get_type_hints` of a session class of one's own fails for a parent's annotations. Read those of the
#   functions alone, or catch NameError.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check requests==2.34.2
cat >"$work/hints.py" <<'EOF'
import typing

import requests


class Own(requests.Session):
    """A session of one's own, with one annotation."""

    retries: int = 0


asked = {
    "requests.get": requests.get,
    "Session": requests.Session,
    "HTTPAdapter": requests.adapters.HTTPAdapter,
    "Response": requests.Response,
    "a subclass of Session": Own,
    "PreparedRequest.prepare": requests.PreparedRequest.prepare,
}
for name, value in asked.items():
    try:
        print(name, sorted(typing.get_type_hints(value)))
    except NameError as error:
        print(name, f"NameError: {error}")
EOF
"$work/venv/bin/python" "$work/hints.py" >"$work/seen"
cat "$work/seen"
sed -n '/^# Seen:/,/^# Why/s/^#   //p' "$0" | diff -u - "$work/seen"
