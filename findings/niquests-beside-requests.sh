#!/usr/bin/env bash
# niquests 3.21.2 (with urllib3-future 2.25.904) installed beside requests 2.34.2 and urllib3 2.8.0.
#
# Expected: a program that imports only requests does not notice that niquests is in the same environment.
# Happens: urllib3-future takes urllib3's place when Python starts (its authors say so), so that requests runs on it too.
#   Not said: it decodes less. It leaves `Content-Encoding: x-gzip` encoded, which HTTP has as another name for gzip and
#   urllib3 decodes. The status is 200, and `response.content` are the compressed bytes. `pip check` finds nothing wrong,
#   and the installed version of urllib3 reads as before.
# Seen:
#   requests alone: urllib3 2.8.0, installed as 2.8.0
#   gzip: decoded, [{"id": 1}]
#   x-gzip: decoded, [{"id": 1}]
#   requests beside niquests: urllib3 2.25.904, installed as 2.8.0
#   gzip: decoded, [{"id": 1}]
#   x-gzip: 200, but still compressed
# Why it matters: a page that could be read yesterday is no JSON today, because of a package that nobody imports.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/read.py" <<'EOF'
import gzip
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version

import requests
import urllib3


class Rows(BaseHTTPRequestHandler):
    """Answers with a compressed page; the path names the encoding."""

    def do_GET(self):
        body = gzip.compress(b'[{"id": 1}]')
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Encoding", self.path[1:])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


print(f"urllib3 {urllib3.__version__}, installed as {version('urllib3')}")
server = HTTPServer(("127.0.0.1", 0), Rows)
threading.Thread(target=server.serve_forever, daemon=True).start()
session = requests.Session()
session.trust_env = False
for encoding in "gzip", "x-gzip":
    answer = session.get(f"http://127.0.0.1:{server.server_port}/{encoding}", timeout=10)
    compressed = answer.content.startswith(b"\x1f\x8b")
    print(f"{encoding}: {answer.status_code}, but still compressed" if compressed
          else f"{encoding}: decoded, {answer.text}")
session.close()
server.shutdown()
server.server_close()
EOF
python3 -m venv "$work/venv"
pip() { "$work/venv/bin/pip" --quiet --disable-pip-version-check "$@"; }
pip install requests==2.34.2 urllib3==2.8.0
{
    printf 'requests alone: '
    "$work/venv/bin/python" "$work/read.py"
    pip install niquests==3.21.2 urllib3-future==2.25.904
    pip check >&2
    printf 'requests beside niquests: '
    "$work/venv/bin/python" "$work/read.py"
} >"$work/seen"
cat "$work/seen"
sed -n '/^# Seen:/,/^# Why/s/^#   //p' "$0" | diff -u - "$work/seen"
