"""Files that one run alone may write, for as long as it lives.

The lock is the kernel's (flock): it is gone with its process, however that ends. Where there is
none, as on Windows and on some network disks, nothing is locked.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

fcntl: Any
try:
    import fcntl
except ImportError:  # pragma: no cover - Windows
    fcntl = None


def name_lock(path: Path) -> Path:
    """Return the name of the file that is locked for another one."""
    return path.with_name(f".{path.name}.lock")


@contextmanager
def hold_lock(path: Path) -> Iterator[None]:
    """Keep other runs from a file while the context lasts.

    Raises:
        BlockingIOError: Another run has it.
    """
    if fcntl is None:
        yield
        return
    name = name_lock(path)
    descriptor = _take(name, path)
    try:
        yield
    finally:
        name.unlink(missing_ok=True)  # while it is ours
        os.close(descriptor)


def _take(name: Path, path: Path) -> int:
    while True:
        descriptor = os.open(name, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise BlockingIOError(
                f"another run is writing with {path}; wait until it has ended"
            ) from None
        except OSError:  # this disk has no locks
            return descriptor
        if _is_at(name, descriptor):
            return descriptor
        os.close(descriptor)  # who had it has removed it meanwhile


def _is_at(name: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(name.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
