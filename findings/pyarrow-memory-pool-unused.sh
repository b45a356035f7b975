#!/usr/bin/env bash
# pyarrow 26.0.1: a memory pool that is given to a reader or a writer holds little of what these allocate.
#
# Expected: `ipc.open_stream(file, memory_pool=pool)` puts the columns into that pool, and `ParquetWriter(..., memory_pool=pool)`
#   what it encodes: both take it, and where it is None, the default pool stands for it.
# Happens: all columns of a stream that is read from an `OSFile` come from the default pool, and nearly all that is allocated while
#   a table is written as Parquet, too.
# Seen:
#   columns read, in the given pool: 0 %, in the default pool: 100 %
#   written as Parquet, most of it in the default pool: True
# Why it matters: who gives a pool to bound or to measure a writer's memory, or to have the system's allocator give it back, sees and
#   changes next to nothing. ARROW_DEFAULT_MEMORY_POOL=system, set before the process begins, does; so does set_memory_pool().
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check pyarrow==26.0.1
cat >"$work/pools.py" <<'EOF'
import io
import sys

import pyarrow as pa
from pyarrow import parquet

given, usual = pa.system_memory_pool(), pa.default_memory_pool()
texts = [f"the text of row {number}" for number in range(500_000)]
table = pa.table({"text": texts})
path = sys.argv[1]
with pa.OSFile(path, "wb") as file, pa.ipc.new_stream(file, table.schema) as writer:
    writer.write_table(table)

held = usual.bytes_allocated()
with parquet.ParquetWriter(io.BytesIO(), table.schema, memory_pool=given) as writer:
    writer.write_table(table)
in_given, in_usual = given.max_memory(), usual.max_memory() - held

before = given.bytes_allocated()
found = pa.ipc.open_stream(pa.OSFile(path), memory_pool=given).read_all()
share = [
    round(100 * part / found.nbytes)
    for part in (given.bytes_allocated() - before, usual.bytes_allocated() - held)
]
print("columns read, in the given pool: %d %%, in the default pool: %d %%" % tuple(share))
print("written as Parquet, most of it in the default pool:", in_usual > 3 * in_given)
EOF
"$work/venv/bin/python" "$work/pools.py" "$work/rows.arrow" >"$work/seen"
cat "$work/seen"
sed -n '/^# Seen:/,/^# Why/s/^#   //p' "$0" | diff -u - "$work/seen"
