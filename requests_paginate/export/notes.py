"""How far a file was written, kept on the disk so that the same call can go on with it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from zlib import crc32

_TAIL = 4096  # bytes by which a file is known again
_NOT_GIVEN = "not given"


@dataclass(frozen=True, kw_only=True)
class Reached:
    """How far the rows of a listing were written.

    Attributes:
        checkpoint: From which the listing goes on.
        length: The length of the file up to there, in bytes.
        rows: How many rows are in it.
        pages: How many pages they were.
        state: What the format has to know to go on.
    """

    checkpoint: str
    length: int
    rows: int
    pages: int
    state: Any = None


class Note:
    """The file that keeps how far another one was written, and by which call.

    Args:
        path: The file.
        call: What the call asks for, in plain values: another call does not go on with the file.
    """

    def __init__(self, path: Path, call: Mapping[str, Any]) -> None:
        self._path, self._call = path, dict(call)

    def exists(self) -> bool:
        """Return whether there is something to go on with."""
        return self._path.exists()

    def read(self, part: Path) -> Reached | None:
        """Return how far the same call came before; None if it did not begin.

        Raises:
            ValueError: It is no note, or one of another call, or its file is not as it was.
        """
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return None
        note = _parse(content)
        if not _is_note(note):
            raise ValueError(
                f"{self._path} is no checkpoint of a file; give another path, or remove it"
            )
        if "call" not in note:
            raise ValueError(
                f"{self._path} is a checkpoint of an earlier version; remove it to begin anew"
            )
        if note["call"] != self._call:
            differences = "; ".join(_tell_differences(note["call"], self._call))
            raise ValueError(
                f"{self._path} is the checkpoint of another call: {differences}. Make the same "
                "call again, or remove that file to begin anew"
            )
        reached = Reached(**{each.name: note[each.name] for each in fields(Reached)})
        if not part.exists() or note["tail"] != _read_tail(part, reached.length):
            raise ValueError(
                f"{self._path} is of a file that is not there any more, or was changed; remove it "
                f"to begin anew: {part}"
            )
        return reached

    def write(self, reached: Reached, part: Path) -> None:
        """Note how far a file is that is on the disk already."""
        note = {**vars(reached), "tail": _read_tail(part, reached.length), "call": self._call}
        _replace(self._path, json.dumps(note).encode())

    def remove(self) -> None:
        """Forget the file, which is whole."""
        self._path.unlink(missing_ok=True)
        name_new(self._path).unlink(missing_ok=True)


def name_new(path: Path) -> Path:
    """Return what a note is called while it is written."""
    return path.with_name(f".{path.name}.new")


def _parse(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _is_note(note: Any) -> bool:
    if not isinstance(note, dict):
        return False
    counts = ("length", "rows", "pages", "tail") if "call" in note else ("length",)
    return (
        isinstance(note.get("checkpoint"), str)
        and all(type(note.get(name)) is int for name in counts)
        and isinstance(note.get("call", {}), dict)
        and "state" in note
    )


def _tell_differences(noted: Mapping[str, Any], asked: Mapping[str, Any]) -> list[str]:
    names = [name for name in {**noted, **asked} if noted.get(name) != asked.get(name)]
    return [
        f"{name} was {_tell(noted.get(name))}, and is {_tell(asked.get(name))}" for name in names
    ]


def _tell(value: Any) -> str:
    return _NOT_GIVEN if value is None else repr(value)


def _read_tail(path: Path, length: int) -> int | None:
    """Return a digest of the last bytes of so many; None if there are fewer."""
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size < length:
            return None
        file.seek(max(0, length - _TAIL))
        return crc32(file.read(min(length, _TAIL)))


def _replace(path: Path, content: bytes) -> None:
    """Write a small file, so that it is never there in part; only its owner may read it."""
    new = name_new(path)  # always the same, so that nothing is left by who was killed here
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
