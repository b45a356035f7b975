#!/usr/bin/env bash
# PySpark 4.0.5: a SimpleDataSourceStreamReader and trigger(availableNow=True).
#
# Expected: "availableNow" processes everything that is there, in as many batches as it takes, and then stops: `read` is asked
#   until it returns the offset that it was given.
# Happens: the query ends after the first batch, without an error or a warning, though `read` has more. With the default trigger
#   all rows come. PySpark 4.2 has SupportsTriggerAvailableNow for such readers.
# Seen:
#   availableNow: 40 of 190 rows
#   default trigger: 190 of 190 rows
# Why it matters: a nightly job that pages through an API is written with availableNow, and here it is silently short.
#   Needs Java 17.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
command -v java >/dev/null || { echo "Java is needed" >&2; exit 1; }
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check pyspark==4.0.5 pyarrow==20.0.0 pandas==2.3.3 setuptools==80.9.0
cat >"$work/stream.py" <<'EOF'
import sys
from pathlib import Path

from pyspark.sql import SparkSession
from pyspark.sql.datasource import DataSource, SimpleDataSourceStreamReader

ROWS, BATCH = 190, 40
folder = Path(sys.argv[1])


class Numbers(DataSource):
    @classmethod
    def name(cls):
        return "numbers"

    def schema(self):
        return "number int"

    def simpleStreamReader(self, schema):
        return NumberReader()


class NumberReader(SimpleDataSourceStreamReader):
    def initialOffset(self):
        return {"next": 0}

    def read(self, start):
        end = min(start["next"] + BATCH, ROWS)
        return iter([(number,) for number in range(start["next"], end)]), {"next": end}

    def readBetweenOffsets(self, start, end):
        return iter([(number,) for number in range(start["next"], end["next"])])


spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
spark.sparkContext.setLogLevel("OFF")
spark.dataSource.register(Numbers)


def start(name, **trigger):
    stream = spark.readStream.format("numbers").load().writeStream.format("parquet")
    stream = stream.option("path", str(folder / name)).option("checkpointLocation", str(folder / f"{name}-at"))
    return (stream.trigger(**trigger) if trigger else stream).start()


start("now", availableNow=True).awaitTermination()
print(f"availableNow: {spark.read.parquet(str(folder / 'now')).count()} of {ROWS} rows")
query = start("default")
query.processAllAvailable()
query.stop()
print(f"default trigger: {spark.read.parquet(str(folder / 'default')).count()} of {ROWS} rows")
spark.stop()
EOF
export PYSPARK_PYTHON="$work/venv/bin/python" SPARK_LOCAL_IP=127.0.0.1
"$work/venv/bin/python" "$work/stream.py" "$work" 2>"$work/log" >"$work/seen" || { tail -40 "$work/log" >&2; exit 1; }
cat "$work/seen"
sed -n '/^# Seen:/,/^# Why/s/^#   //p' "$0" | diff -u - "$work/seen"
