#!/usr/bin/env bash
# pluggy-sdk 0.90.0 (Pluggy's own client for Node): what `fetchAllTransactions` does with a cursor and with a text.
#
# Expected: the request for page two has the query string of `next`, or an equal one; and the text of a transaction is
#   a text.
# Happens: the client reads `after` out of `next`, decodes it, and puts it into the next URL as it is. The cursor `a+b==`,
#   which `next` writes as `a%2Bb%3D%3D`, goes out as `a+b==`, and a server that reads query strings as forms gets
#   `a b==`. All other parameters of `next` are left out. And every text that looks like an instant is made a Date,
#   also one in a description.
# Seen:
#   sent: /v2/transactions?accountId=account-1
#   next: ?accountId=account-1&after=a%2Bb%3D%3D&pageSize=2
#   sent: /v2/transactions?after=a+b==&accountId=account-1
#   the server reads: after=[a b==] pageSize=[null]
#   descriptions: string, Date
# Why it matters: the client cannot be the reference for how to follow `next`. Who follows it as it is written gets pages
#   for a cursor with + in it that this client does not get, and other pages where `next` has more parameters.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$0" "$work/self" && cd "$work"
npm install --silent --no-audit --no-fund pluggy-sdk@0.90.0 >&2
cat >list.cjs <<'EOF'
const http = require("node:http");
const { PluggyClient } = require("pluggy-sdk");

const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const apiKey = [part({ alg: "none" }), part({ exp: 9999999999 }), ""].join(".");
const next = "?accountId=account-1&after=a%2Bb%3D%3D&pageSize=2";

function answer(url) {
  if (url.pathname === "/auth") return { apiKey };
  console.log(`sent: ${url.pathname}${url.search}`);
  if (url.searchParams.has("after")) {
    const [after, size] = ["after", "pageSize"].map((name) => url.searchParams.get(name));
    console.log(`the server reads: after=[${after}] pageSize=[${size}]`);
    return { results: [{ id: "2", description: "2026-01-31T00:00:00.000Z" }], next: null };
  }
  console.log(`next: ${next}`);
  return { results: [{ id: "1", description: "Bakery" }], next };
}

const server = http.createServer((request, response) => {
  response.setHeader("Content-Type", "application/json");
  response.setHeader("Connection", "close");
  response.end(JSON.stringify(answer(new URL(request.url, "http://127.0.0.1"))));
});
server.listen(0, "127.0.0.1", async () => {
  process.env.PLUGGY_API_URL = `http://127.0.0.1:${server.address().port}`;
  const client = new PluggyClient({ clientId: "id", clientSecret: "none" });
  try {
    const rows = await client.fetchAllTransactions("account-1");
    const kinds = rows.map((row) => (row.description instanceof Date ? "Date" : typeof row.description));
    console.log(`descriptions: ${kinds.join(", ")}`);
  } finally {
    server.close();
  }
});
EOF
node list.cjs >seen
cat seen
sed -n '/^# Seen:/,/^# Why/s/^#   //p' self | diff -u - seen
