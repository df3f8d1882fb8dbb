"""The one right of root's that a process may keep when it acts as somebody else: to read, and to look into directories.

`capabilities(7)` and `prctl(2)` of Linux say what is meant. Elsewhere, and where root has no such right, nothing changes.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

_READ = 2  # CAP_DAC_READ_SEARCH
_VERSION = 0x20080522  # _LINUX_CAPABILITY_VERSION_3
_AMBIENT, _RAISE, _LOWER = 47, 2, 3  # PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE and _LOWER


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Half(ctypes.Structure):
    """The sets of the capabilities 0 to 31, or of those from 32 on."""

    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


@contextmanager
def may_read_all() -> Iterator[None]:
    """Let this thread, and what it starts, read as root may, where it still has the right to that and gave up its use."""
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "capset"):
        yield
        return
    header, sets = _Header(_VERSION, 0), (_Half * 2)()
    libc.capget(ctypes.byref(header), sets)
    inheritable = sets[0].inheritable
    sets[0].effective |= sets[0].permitted & (1 << _READ)
    sets[0].inheritable |= sets[0].permitted & (1 << _READ)
    libc.capset(ctypes.byref(header), sets)
    libc.prctl(_AMBIENT, _RAISE, _READ, 0, 0)  # for processes that are started
    try:
        yield
    finally:
        libc.prctl(_AMBIENT, _LOWER, _READ, 0, 0)
        sets[0].inheritable = inheritable
        libc.capset(ctypes.byref(header), sets)
