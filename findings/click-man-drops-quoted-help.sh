#!/usr/bin/env bash
# click-man 0.6.0 with click 8.5.1: the help of an option that begins with an apostrophe.
#
# Expected: the man page says what `--help` says, character by character.
# Happens: roff takes a line that begins with ' or . for a request, and click-man escapes neither the apostrophe nor a dot, so
#   the line is gone from the page; a warning only comes if one asks for it. The option stands there without a word.
# Seen:
#   --help: --quoted TEXT  'a=b' is sent as it is.
#   --help: --dotted TEXT  .netrc is not read.
#   --help: --plain TEXT   Sent as it is.
#   the page: --quoted TEXT |
#   the page: --dotted TEXT |
#   the page: --plain TEXT | Sent as it is.
# Why it matters: help texts often begin with a quoted example or with the name of a dot file, and nobody reads a generated
#   page to the end. Begin the text with a word.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check click-man==0.6.0 click==8.5.1 setuptools==80.9.0
cat >"$work/pages.py" <<'EOF'
import pathlib
import shutil
import subprocess
import sys

import click
from click.testing import CliRunner
from click_man.core import write_man_pages


@click.command()
@click.option("--quoted", help="'a=b' is sent as it is.")
@click.option("--dotted", help=".netrc is not read.")
@click.option("--plain", help="Sent as it is.")
def send(**options):
    """Send something."""


shown = CliRunner().invoke(send, ["--help"]).output
for line in shown.splitlines():
    if "TEXT" in line:
        print("--help:", line.strip())
folder = pathlib.Path(sys.argv[1])
write_man_pages("send", send, version="1", target_dir=str(folder), date="2026-11-29")
if shutil.which("groff") is None:
    sys.exit("groff is needed to read the page")
page = subprocess.run(["groff", "-man", "-Tascii", "-P-cbou", folder / "send.1"], capture_output=True, text=True).stdout
lines = [line.strip() for line in page.splitlines()] + [""]
for place, line in enumerate(lines):
    if line.startswith("--"):
        print("the page:", line, "|", lines[place + 1] if not lines[place + 1].startswith("--") else "")
EOF
"$work/venv/bin/python" "$work/pages.py" "$work" | sed 's/ *$//' >"$work/seen"
cat "$work/seen"
sed -n '/^# Seen:/,/^# Why/s/^#   //p' "$0" | diff -u - "$work/seen"
