"""A file that gets its name when it is whole, and what is kept of it until then."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp
from typing import Any, BinaryIO

_SECONDS = 1.0  # between two notes of how far the rows were written


@dataclass(frozen=True, kw_only=True)
class Reached:
    """How far the rows of a listing were written.

    Attributes:
        checkpoint: From which the listing goes on.
        length: The length of the file up to there, in bytes.
        state: What the format has to know to go on.
    """

    checkpoint: str
    length: int
    state: Any = None


class Output:
    """The file that is written, beside the one that it will be.

    Args:
        target: The file that it will be.
        note: The file that keeps how far it is; None to begin anew each time.
        part: What it is called until then; None for a name that nobody else has.

    Attributes:
        file: The file, open for writing.
        reached: How far an earlier call came; None if it is to begin.
    """

    def __init__(self, target: Path, note: Path | None, part: Path | None) -> None:
        self._target, self._note = target, note
        self._noted_at = time.monotonic()
        self.reached: Reached | None = None
        if part is None:
            descriptor, name = mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
            self._path = Path(name)
            self.file: BinaryIO = os.fdopen(descriptor, "wb")
            self._length = 0
            return
        self._path = part
        self.reached = None if note is None else _read_note(note, part)
        self._length = 0 if self.reached is None else self.reached.length
        self.file = _open_at(self._path, self._length)

    def write(self, content: bytes) -> None:
        """Add to the end of the file."""
        self.file.write(content)
        self._length += len(content)

    def locate(self, checkpoint: str, state: Any) -> Reached:
        """Return that everything up to a checkpoint of the listing is in the file."""
        return Reached(checkpoint=checkpoint, length=self._length, state=state)

    @property
    def is_due(self) -> bool:
        """Whether it is time to note how far the file is."""
        return self._note is not None and time.monotonic() - self._noted_at >= _SECONDS

    def note(self, reached: Reached) -> None:
        """Note how far the file is. It is on the disk before the note says so."""
        if self._note is not None:
            self.file.flush()
            os.fsync(self.file.fileno())
            _replace(self._note, json.dumps(vars(reached)).encode())
            self._noted_at = time.monotonic()

    def read(self) -> BinaryIO:
        """Return the file as it was written so far, open for reading."""
        self.file.flush()
        return self._path.open("rb")

    def finish(self) -> None:
        """Give the file its name."""
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        self._path.replace(self._target)
        self._remove_note()

    def discard(self) -> None:
        """Remove the file, which was needed no longer than until now."""
        self._remove_note()
        self.leave()

    def _remove_note(self) -> None:
        if self._note is not None:
            self._note.unlink(missing_ok=True)
            _name_new(self._note).unlink(missing_ok=True)

    def leave(self) -> None:
        """Close the file, and remove it if nobody will go on with it."""
        with suppress(OSError):  # a full disk, which was told of already
            self.file.close()
        if self._note is None or not self._note.exists():
            self._path.unlink(missing_ok=True)


@contextmanager
def open_output(
    path: Path, note: Path | None, *, force: bool, suffix: str | None = None
) -> Iterator[Output]:
    """Return an output for a path, which is left where it is not finished.

    With a suffix the part is always called the same, and without one as nothing else is.

    Raises:
        FileExistsError: The file is there already, and `force` is not set.
        OSError: It cannot be written there.
    """
    target = Path(os.path.realpath(path))  # what a link leads to is replaced, and not the link
    if target.is_dir():
        raise IsADirectoryError(f"{path} is a directory")
    if target.exists() and not force:
        raise FileExistsError(f"{path} is there already; write to another file, or pass force=True")
    if not target.parent.is_dir():
        raise FileNotFoundError(f"there is no directory {target.parent}")
    part = target.with_name(f".{target.name}.{suffix}") if suffix else None
    output = Output(target, note, part)
    try:
        yield output
    finally:
        output.leave()


def _open_at(path: Path, length: int) -> BinaryIO:
    """Return a file that ends after so many bytes, open for writing at its end."""
    file = path.open("r+b" if length else "wb")
    file.truncate(length)
    file.seek(length)
    return file


def _read_note(note: Path, path: Path) -> Reached | None:
    """Return how far an earlier call came; None if there was none."""
    try:
        content = note.read_bytes()
    except FileNotFoundError:
        return None
    try:
        reached = Reached(**json.loads(content))
        is_whole = type(reached.length) is int and isinstance(reached.checkpoint, str)
    except (ValueError, TypeError):
        is_whole = False
    if not is_whole:
        raise ValueError(f"{note} is no checkpoint of a file; give another path, or remove it")
    if not path.exists() or path.stat().st_size < reached.length:
        raise ValueError(
            f"{note} is of a file that is not there any more; remove it to begin anew: {path}"
        )
    return reached


def _replace(path: Path, content: bytes) -> None:
    """Write a small file, so that it is never there in part; only its owner may read it."""
    new = _name_new(path)  # always the same, so that nothing is left by who was killed here
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _name_new(path: Path) -> Path:
    return path.with_name(f".{path.name}.new")
