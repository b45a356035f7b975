#!/usr/bin/env bash
# pyarrow 26.0.1 beside pandas 3.1.1: the first column that is made of a list imports pandas, which nobody asked for.
#
# Expected: pandas is looked at only where it is loaded already, since a value of pandas cannot exist before.
# Happens: `pa.array([1])` imports all of it, as `pa.infer_type` does.
# Seen:
#   after import pyarrow: pandas loaded: False
#   after pa.array([1]): pandas loaded: True
#   that takes more than 20 MB: True
# Why it matters: a program that writes Parquet in a small container pays for pandas in memory and in its first page's time as
#   soon as anything in the environment depends on it. Measure in the environment that will run, or keep pandas out of it.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check pyarrow==26.0.1 pandas==3.1.1
cat >"$work/load.py" <<'EOF'
import re
import sys
from pathlib import Path

import pyarrow as pa


def memory():
    """Resident memory in MB."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024


def loaded():
    return "pandas loaded: " + str("pandas" in sys.modules)


print("after import pyarrow:", loaded())
before = memory()
pa.array([1])
print("after pa.array([1]):", loaded())
print("that takes more than 20 MB:", memory() - before > 20)
EOF
"$work/venv/bin/python" "$work/load.py" >"$work/seen"
cat "$work/seen"
sed -n '/^# Seen:/,/^# Why/s/^#   //p' "$0" | diff -u - "$work/seen"
