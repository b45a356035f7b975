#!/usr/bin/env bash
# json-server 1.0.0-beta.15 beside 0.17.4: the page size parameter of the old version, and the page after the last one.
#
# Expected: the new version answers `?_page=1&_limit=2` as the old one does, or ignores `_limit`, or refuses it; and the
#   page after the last one is empty.
# Happens: the new version's page size is called `_per_page`, and every other name is a filter, with or without an
#   underscore. No row has a field `_limit` that is 2, so the answer is a complete listing of no rows: status 200,
#   "items": 0, "next": null. A page after the last one is the last one again, with the same rows, "prev" and "next".
#   `_per_page` alone is ignored: all rows come, as a bare list.
# Seen:
#   0.17.4 ?_page=1&_limit=2: 200, total 5, links first next last, [1,2]
#   0.17.4 ?_page=4&_limit=2: 200, total 5, no links, []
#   1.0.0-beta.15 ?_page=1&_limit=2: 200, {"first":1,"prev":null,"next":null,"last":1,"pages":1,"items":0,"data":[]}
#   1.0.0-beta.15 ?_page=3&_per_page=2: 200, {"first":1,"prev":2,"next":null,"last":3,"pages":3,"items":5,"data":[5]}
#   1.0.0-beta.15 ?_page=4&_per_page=2: 200, {"first":1,"prev":2,"next":null,"last":3,"pages":3,"items":5,"data":[5]}
#   1.0.0-beta.15 ?_per_page=2: 200, [1,2,3,4,5]
# Why it matters: a client of the old version sees an empty listing in which nothing is wrong. One that counts pages up
#   until a page is empty gets the last rows again and again.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$0" "$work/self" && cd "$work"
npm install --silent --no-audit --no-fund old@npm:json-server@0.17.4 new@npm:json-server@1.0.0-beta.15 >&2
cat >ask.mjs <<'EOF'
import { createRequire } from "node:module";

// The database library of the new json-server itself, from where that one finds it.
const fromNew = createRequire(import.meta.resolve("new/lib/app.js"));
const { Low, Memory } = await import(fromNew.resolve("lowdb"));
const { createApp } = await import("new/lib/app.js");
const old = createRequire(import.meta.url)("old");

const rows = () => ({ rows: [1, 2, 3, 4, 5].map((id) => ({ id })) });
const show = (body) => JSON.stringify(body, (_, value) => (value?.id ? value.id : value));

async function ask(version, app, queries) {
  const server = await new Promise((ready) => {
    const listening = app.listen(0, () => ready(listening), "127.0.0.1");
  });
  for (const query of queries) {
    const url = `http://127.0.0.1:${server.address().port}/rows${query}`;
    const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    const total = answer.headers.get("x-total-count");
    const links = [...(answer.headers.get("link") ?? "").matchAll(/rel="(\w+)"/g)].map((match) => match[1]);
    const shown = links.length ? `links ${links.join(" ")}` : "no links";
    const head = total ? `total ${total}, ${shown}, ` : "";
    console.log(`${version} ${query}: ${answer.status}, ${head}${show(await answer.json())}`);
  }
  server.close();
  server.closeAllConnections();
}

const server = old.create();
server.use(old.router(rows()));
await ask("0.17.4", { listen: (port, ready, host) => server.listen(port, host, ready) },
  ["?_page=1&_limit=2", "?_page=4&_limit=2"]);
await ask("1.0.0-beta.15", createApp(new Low(new Memory(), rows())),
  ["?_page=1&_limit=2", "?_page=3&_per_page=2", "?_page=4&_per_page=2", "?_per_page=2"]);
EOF
node ask.mjs >seen
cat seen
sed -n '/^# Seen:/,/^# Why/s/^#   //p' self | diff -u - seen
