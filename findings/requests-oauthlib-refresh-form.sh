#!/usr/bin/env bash
# requests-oauthlib 2.0.0 (oauthlib 4.0.1, requests 2.34.2): what stands in the form of an automatic refresh.
#
# Expected: the access token is over, so OAuth2Session asks for a new one before it sends the request. The form holds
#   grant_type, refresh_token and what auto_refresh_kwargs names (RFC 6749 section 6). The request's own options, its
#   query among them, go to the resource server alone.
# Happens: every option of the request that OAuth2Session.request does not name itself (params, allow_redirects, hooks,
#   ...) is a field of the form, as the text that Python writes for it. headers and timeout are not.
# Seen:
#   POST /token: grant_type=refresh_token, refresh_token=r, params={'account': '12', 'page': 2}, allow_redirects=True
#   GET /rows?account=12&page=2
# Why it matters: the token endpoint, often another company's, gets to know what is asked for; and a token endpoint that
#   refuses fields that it does not know, against the RFC, fails for requests with a query and works without one. Who
#   pages through a listing meets it where the token ends: on page one there was nothing to see.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
    requests-oauthlib==2.0.0 oauthlib==4.0.1 requests==2.34.2
cat >"$work/refresh.py" <<'EOF'
import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # the server below speaks plain http
from requests_oauthlib import OAuth2Session

TOKEN = {"access_token": "new", "token_type": "Bearer", "expires_in": 3600}


class Server(BaseHTTPRequestHandler):
    """Gives a new token, and rows."""

    def do_GET(self):
        print(f"GET {self.path}")
        self.answer([])

    def do_POST(self):
        form = parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode())
        print(f"POST {self.path}: " + ", ".join(f"{name}={value}" for name, value in form))
        self.answer(TOKEN)

    def answer(self, body):
        content = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass


server = HTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever).start()
url = f"http://127.0.0.1:{server.server_port}"
over = {"access_token": "old", "refresh_token": "r", "token_type": "Bearer", "expires_at": time.time() - 5}
with OAuth2Session("client", token=over, auto_refresh_url=f"{url}/token", token_updater=over.update) as session:
    session.trust_env = False
    session.get(f"{url}/rows", params={"account": "12", "page": 2}, headers={"X-A": "b"}, timeout=5)
server.shutdown()
server.server_close()
EOF
expected="POST /token: grant_type=refresh_token, refresh_token=r, params={'account': '12', 'page': 2}, allow_redirects=True
GET /rows?account=12&page=2"
seen=$("$work/venv/bin/python" "$work/refresh.py")
printf '%s\n' "$seen"
[ "$seen" = "$expected" ]
