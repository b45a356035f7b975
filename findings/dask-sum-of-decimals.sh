#!/usr/bin/env bash
# dask 2026.8.0 with pandas 3.1.1 and pyarrow 26: the sum of a column of Decimals (pandas.ArrowDtype(decimal128)).
#
# Expected: `frame["amount"].sum()` is the exact sum, as pandas alone gives it and as `frame[["amount"]].sum()` does.
# Happens: sum, mean, min and max of the single column raise TokenizationError; of a frame with this column they work, and so
#   does groupby. With float64 all of them work.
# Seen:
#   pandas, column: 3.33
#   dask, column, sum: TokenizationError
#   dask, column, max: TokenizationError
#   dask, frame, sum: 3.33
#   dask, groupby, sum: 3.33
#   dask, column of float64, sum: 3.33
# Why it matters: exact amounts are what one makes a column of Decimals for, and the first thing that one does with them is to
#   add them up. Write `frame[["amount"]].sum()`.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'dask[dataframe]==2026.8.0' pandas==3.1.1 pyarrow==26.0.0
cat >"$work/sums.py" <<'EOF'
from decimal import Decimal

import dask.dataframe
import pandas as pd
import pyarrow as pa

amounts = pd.Series([Decimal("1.11"), Decimal("2.22")], dtype=pd.ArrowDtype(pa.decimal128(18, 2)))
frame = pd.DataFrame({"amount": amounts, "kind": ["a", "a"], "double": [1.11, 2.22]})
lazy = dask.dataframe.from_pandas(frame, npartitions=2)
print("pandas, column:", frame["amount"].sum())
asked = {
    "column, sum": lambda: lazy["amount"].sum().compute(),
    "column, max": lambda: lazy["amount"].max().compute(),
    "frame, sum": lambda: lazy[["amount"]].sum().compute()["amount"],
    "groupby, sum": lambda: lazy.groupby("kind")["amount"].sum().compute()["a"],
    "column of float64, sum": lambda: f"{lazy['double'].sum().compute():.2f}",
}
for name, ask in asked.items():
    try:
        print(f"dask, {name}: {ask()}")
    except Exception as error:
        print(f"dask, {name}: {type(error).__name__}")
EOF
"$work/venv/bin/python" -W ignore "$work/sums.py" >"$work/seen"
cat "$work/seen"
sed -n '/^# Seen:/,/^# Why/s/^#   //p' "$0" | diff -u - "$work/seen"
