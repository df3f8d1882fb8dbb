"""Tombstones in their file: a line that is damaged is left out and named; what cannot be written is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from headcount.server.data.directory import open_directory
from headcount.server.data.keys import open_key
from headcount.server.data.tombstones import Tombstones, damaged_lines
from tests.support.command import headcount
from tests.support.disks import disk

KEY = "0123456789abcdef"
GOOD = f"{5:016x} 10 {KEY}"


@pytest.mark.parametrize(
    "line",
    [
        f"zz 5 {KEY}", f"{6:016x} 5", "00ab", f"{6:016x} -5 {KEY}", f"0x{6:014x} 5 {KEY}", f"{6:016x} ² {KEY}",
        f"{6:016x} {10**20} {KEY}", f"{6:016x}\x0c5 {KEY}", f"{6:016x} 5 {KEY} 7", "\x00" * 40, "\x85\xff",
    ],
)  # fmt: skip
def test_a_damaged_line_is_left_out(tmp_path: Path, line: str) -> None:
    """The lines before and behind it hold."""
    path = tmp_path / "tombstones"
    path.write_bytes(f"\n{GOOD}\n{line}\n{8:016x} 11 {KEY}\n".encode("latin-1", "replace"))
    tombstones = Tombstones(path, KEY)
    assert tombstones.all() == {5: 10, 8: 11}
    assert damaged_lines(path) == [3]
    tombstones.add([9], 12)
    assert tombstones.all() == {5: 10, 8: 11, 9: 12}


@pytest.mark.ci
def test_a_damaged_line_stops_no_command(tmp_path: Path) -> None:
    """The doctor says which line it is."""
    data = open_directory(tmp_path / "data", create=True)
    fingerprint = open_key(data).fingerprint
    assert headcount("ask", "installs", f"--data={data.path}").returncode == 0
    data.tombstones.write_text(f"\nzz 5 {fingerprint}\n")
    assert headcount("ask", "installs", f"--data={data.path}").returncode == 0
    doctor = headcount("doctor", f"--data={data.path}")
    assert doctor.returncode == 1
    assert f"line 2 of {data.tombstones} is damaged" in doctor.stdout


def test_an_erasure_that_a_full_disk_has_no_room_for_is_not_written(tmp_path: Path) -> None:
    """Neither whole nor in part: who asked for it is told."""
    with disk(tmp_path / "disk", 1) as small:
        path = small.path / "tombstones"
        tombstones = Tombstones(path, KEY)
        tombstones.add([5], 10)
        before = path.read_bytes()
        small.fill()
        with pytest.raises(OSError, match="No space left"):
            tombstones.add(range(10_000), 11)
        assert path.read_bytes() == before
        small.empty()
        tombstones.add([6], 12)
        assert tombstones.all() == {5: 10, 6: 12}
