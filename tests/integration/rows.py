"""What every server here lists, in this order."""

from __future__ import annotations

ROWS = [{"id": number, "colour": "red" if number % 3 else "blue"} for number in range(1, 58)]
RED = [row for row in ROWS if row["colour"] == "red"]
