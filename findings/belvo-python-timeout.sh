#!/usr/bin/env bash
# belvo-python 0.39.1 (Belvo's own client, with requests 2.34.2): the `timeout` of a listing.
#
# Expected: `client.Accounts.list(timeout=30)` waits 30 seconds for each page.
# Happens: it waits 30 seconds for page one, and 5 seconds (the client's own default) for each further page: the timeout
#   travels with the filters, and the client drops these when it follows `next`. The log-in has 5 seconds, too.
# Seen:
#   GET /api/ with timeout 5
#   GET /api/accounts/?link=link-1 with timeout 30
#   GET /api/accounts/?page=2 with timeout 5
#   GET /api/accounts/?page=3 with timeout 5
#   rows: [1, 2, 3]
# Why it matters: a listing whose pages are slow fails after page one, whatever timeout is given. Who moves from this
#   client to another should not take the number that worked for page one for the number that all pages had.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check belvo-python==0.39.1 requests==2.34.2
cat >"$work/list.py" <<'EOF'
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import requests
from belvo.client import Client


class Accounts(BaseHTTPRequestHandler):
    """Three pages of one row each, as Belvo writes them."""

    def do_GET(self):
        page = int(parse_qs(urlsplit(self.path).query).get("page", ["1"])[0])
        following = f"{base}/api/accounts/?page={page + 1}" if page < 3 else None
        body = json.dumps({"count": 3, "next": following, "previous": None, "results": [{"id": page}]})
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args):
        pass


class Watching(requests.adapters.HTTPAdapter):
    """Prints the timeout of each request before it is sent."""

    def send(self, request, timeout=None, **options):
        print(f"GET {request.path_url} with timeout {timeout}")
        return super().send(request, timeout=timeout, **options)


def watch(session, make=requests.Session.__init__):
    make(session)
    session.trust_env = False
    session.mount("http://127.0.0.1", Watching())


server = HTTPServer(("127.0.0.1", 0), Accounts)
base = f"http://127.0.0.1:{server.server_port}"
threading.Thread(target=server.serve_forever, daemon=True).start()
requests.Session.__init__ = watch
client = Client("id", "none", base)
print("rows:", [row["id"] for row in client.Accounts.list(link="link-1", timeout=30)])
server.shutdown()
server.server_close()
EOF
"$work/venv/bin/python" "$work/list.py" >"$work/seen"
cat "$work/seen"
sed -n '/^# Seen:/,/^# Why/s/^#   //p' "$0" | diff -u - "$work/seen"
