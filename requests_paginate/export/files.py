"""A file that gets its name when it is whole, and what is kept of it until then."""

from __future__ import annotations

import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from requests_paginate.export.locks import hold_lock, name_lock
from requests_paginate.export.notes import Note, Reached

_SECONDS = 1.0  # between two notes of how far the rows were written


@dataclass(frozen=True)
class Paths:
    """Where a file is written.

    Attributes:
        given: What the caller called it.
        target: The file that it will be: what a link leads to is replaced, and not the link.
        note: The file that keeps how far it is; None to begin anew each time.
    """

    given: Path
    target: Path
    note: Path | None

    @property
    def part(self) -> Path:
        """What it is called until then, if there is a note: it has to be found again."""
        return self._name("part")

    @property
    def whole(self) -> Path:
        """What it is called while it becomes another format, if there is a note."""
        return self._name("whole")

    def _name(self, suffix: str) -> Path:
        return self.target.with_name(f".{self.target.name}.{suffix}")

    @property
    def others(self) -> tuple[Path, ...]:
        """The names that a note must not have."""
        return self.target, self.part, self.whole, name_lock(self.target)


def find_paths(
    path: str | os.PathLike[str], checkpoint: str | os.PathLike[str] | None, *, force: bool
) -> Paths:
    """Return where a file is written, if it can be.

    Raises:
        FileExistsError: The file is there already, and `force` is not set.
        ValueError: What is there is no file, or the checkpoint would be the same file.
        OSError: It cannot be written there.
    """
    given, target = Path(path), Path(os.path.realpath(path))
    if target.is_dir():
        raise IsADirectoryError(f"{given} is a directory")
    if target.exists() and not target.is_file():
        raise ValueError(
            f"{given} is a device or a pipe, which no file can replace; let the command line write "
            "on stdout, and lead that there"
        )
    if target.exists() and not force:
        raise FileExistsError(_tell_existing(given))
    _check_directory(target.parent)
    if checkpoint is None:
        return Paths(given, target, None)
    paths = Paths(given, target, Path(os.path.realpath(checkpoint)))
    _check_note(paths, Path(checkpoint))
    return paths


def _tell_existing(path: Path) -> str:
    return f"{path} is there already; write to another file, or pass force=True"


def _check_directory(path: Path) -> None:
    if not path.is_dir():
        raise FileNotFoundError(f"there is no directory {path}")
    if not os.access(path, os.W_OK | os.X_OK):
        raise PermissionError(f"nothing may be written into the directory {path}")


def _check_note(paths: Paths, given: Path) -> None:
    note = paths.note
    assert note is not None  # noqa: S101 - the caller has one
    _check_directory(note.parent)
    if note.is_dir():
        raise IsADirectoryError(f"the checkpoint {given} is a directory")
    if note.exists() and not note.is_file():
        raise ValueError(f"the checkpoint {given} is a device or a pipe")
    if any(is_same_file(note, other) for other in paths.others):
        raise ValueError(
            f"the checkpoint {given} would be the file itself, or the part of it that is written; "
            "give it another name"
        )


def is_same_file(path: Path, other: Path) -> bool:
    """Return whether two names may be of one file; there are disks that do not know upper case."""
    path, other = Path(os.path.realpath(path)), Path(os.path.realpath(other))
    if path.exists() and other.exists():
        return path.samefile(other)
    return str(path).casefold() == str(other).casefold()


class Output:
    """The file that is written, beside the one that it will be.

    Args:
        paths: Where.
        part: What it is called until then; None for a name that nobody else has.
        note: What keeps how far it is.
        force: Whether to replace a file that is there.

    Attributes:
        file: The file, open for writing.
        reached: How far an earlier call came; None if it is to begin.
        rows: How many rows are in it.
        pages: How many pages they were.
    """

    def __init__(
        self, paths: Paths, part: Path | None = None, note: Note | None = None, *, force: bool
    ) -> None:
        self._paths, self._note, self._force = paths, note, force
        self._noted_at = time.monotonic()
        self.reached = None if note is None or part is None else note.read(part)
        self._length = 0 if self.reached is None else self.reached.length
        self.rows = 0 if self.reached is None else self.reached.rows
        self.pages = 0 if self.reached is None else self.reached.pages
        self._path = part or _make_name(paths.target)
        self.file: BinaryIO = (
            self._path.open("xb") if part is None else _open_at(part, self._length)
        )
        self._keep_mode(stat.S_IRUSR | stat.S_IWUSR)

    def write(self, content: bytes) -> None:
        """Add to the end of the file."""
        self.file.write(content)
        self._length += len(content)

    def count(self, rows: int) -> None:
        """Count a page that was given to the format."""
        self.rows += rows
        self.pages += 1

    def locate(self, checkpoint: str, state: object) -> Reached:
        """Return that everything up to a checkpoint of the listing is in the file."""
        return Reached(
            checkpoint=checkpoint,
            length=self._length,
            rows=self.rows,
            pages=self.pages,
            state=state,
        )

    @property
    def is_due(self) -> bool:
        """Whether it is time to note how far the file is."""
        return self._note is not None and time.monotonic() - self._noted_at >= _SECONDS

    def note(self, reached: Reached) -> None:
        """Note how far the file is. It is on the disk before the note says so."""
        if self._note is not None:
            self.file.flush()
            os.fsync(self.file.fileno())
            self._note.write(reached, self._path)
            self._noted_at = time.monotonic()

    def read(self) -> BinaryIO:
        """Return the file as it was written so far, open for reading."""
        self.file.flush()
        return self._path.open("rb")

    def finish(self) -> None:
        """Give the file its name.

        Raises:
            FileExistsError: Another one has it meanwhile, and `force` is not set.
        """
        if not self._force and self._paths.target.exists():
            raise FileExistsError(_tell_existing(self._paths.given))
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        self._keep_mode()
        self._path.replace(self._paths.target)
        self.forget()

    def _keep_mode(self, more: int = 0) -> None:
        """Let those read and write the file who may do so with the one that it replaces."""
        with suppress(FileNotFoundError):  # it replaces none
            mode = self._paths.target.stat().st_mode & (stat.S_IRWXU | stat.S_IRWXG | stat.S_IRWXO)
            self._path.chmod(mode | more)

    def forget(self) -> None:
        """Have the next call begin anew."""
        if self._note is not None:
            self._note.remove()

    def discard(self) -> None:
        """Remove the file, which was needed no longer than until now."""
        self.forget()
        self.leave()

    def leave(self) -> None:
        """Close the file, and remove it if nobody will go on with it."""
        with suppress(OSError):  # a full disk, which was told of already
            self.file.close()
        if self._note is None or not self._note.exists():
            self._path.unlink(missing_ok=True)


@contextmanager
def open_output(paths: Paths, note: Note | None, *, force: bool) -> Iterator[Output]:
    """Return an output for the rows, which is left where it is not finished.

    Raises:
        BlockingIOError: Another run writes the same file with a checkpoint, or has the checkpoint.
        ValueError: The checkpoint is of something else.
        OSError: It cannot be written there.
    """
    with ExitStack() as kept:
        if paths.note is not None:
            kept.enter_context(hold_lock(paths.target))
            kept.enter_context(hold_lock(paths.note))
        output = Output(paths, paths.part if note else None, note, force=force)
        kept.callback(output.leave)
        yield output


@contextmanager
def open_converted(paths: Paths, *, force: bool) -> Iterator[Output]:
    """Return an output for what rows that are all there become."""
    output = Output(paths, paths.whole if paths.note else None, force=force)
    try:
        yield output
    finally:
        output.leave()


def _make_name(target: Path) -> Path:
    return target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")


def _open_at(path: Path, length: int) -> BinaryIO:
    """Return a file that ends after so many bytes, open for writing at its end."""
    file = path.open("r+b" if length else "wb")
    file.truncate(length)
    file.seek(length)
    return file
