#!/usr/bin/env bash
# PySpark 4.3.0: what `read` of a SimpleDataSourceStreamReader may return.
#
# Expected: its annotation and its text ask for "an iterator and the next offset", so a generator will do, as in
#   DataSourceReader.read and in readBetweenOffsets.
# Happens: Spark copies what it got with copy.copy, to hand the rows out later. A generator cannot be copied, so the query fails
#   with "cannot pickle 'generator' object". The iterator of a list can.
# Seen:
#   a generator: TypeError: cannot pickle 'generator' object
#   iter(list): 5 rows
# Why it matters: rows that are read lazily from somewhere are naturally a generator. The message names neither the method nor
#   the source, and nothing is said of it where the method is described. All rows of a batch have to be in memory.
#   Needs Java 17.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
command -v java >/dev/null || { echo "Java is needed" >&2; exit 1; }
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check pyspark==4.3.0 pyarrow==26.0.0 pandas==2.3.3
cat >"$work/stream.py" <<'EOF'
import re
import sys
from pathlib import Path

from pyspark.errors import StreamingQueryException
from pyspark.sql import SparkSession
from pyspark.sql.datasource import DataSource, SimpleDataSourceStreamReader

folder = Path(sys.argv[1])


class Numbers(DataSource):
    @classmethod
    def name(cls):
        return "numbers"

    def schema(self):
        return "number int"

    def simpleStreamReader(self, schema):
        return NumberReader(self.options["as"])


class NumberReader(SimpleDataSourceStreamReader):
    def __init__(self, kind):
        self.kind = kind

    def initialOffset(self):
        return {"next": 0}

    def read(self, start):
        rows = ((number,) for number in range(start["next"], 5))
        return rows if self.kind == "generator" else iter(list(rows)), {"next": 5}

    def readBetweenOffsets(self, start, end):
        return iter([(number,) for number in range(start["next"], end["next"])])


spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
spark.sparkContext.setLogLevel("OFF")
spark.dataSource.register(Numbers)
for kind, label in (("generator", "a generator"), ("list", "iter(list)")):
    stream = spark.readStream.format("numbers").option("as", kind).load().writeStream.format("parquet")
    stream = stream.option("path", str(folder / kind)).option("checkpointLocation", str(folder / f"{kind}-at"))
    query = stream.start()
    try:
        query.processAllAvailable()
        query.stop()
        print(f"{label}: {spark.read.parquet(str(folder / kind)).count()} rows")
    except StreamingQueryException as error:
        print(f"{label}:", re.search(r"TypeError: .*? object", str(error))[0])
spark.stop()
EOF
export PYSPARK_PYTHON="$work/venv/bin/python" SPARK_LOCAL_IP=127.0.0.1
"$work/venv/bin/python" "$work/stream.py" "$work" 2>"$work/log" >"$work/seen" || { tail -40 "$work/log" >&2; exit 1; }
cat "$work/seen"
sed -n '/^# Seen:/,/^# Why/s/^#   //p' "$0" | diff -u - "$work/seen"
