"""What a command hands out beside its result: files, which whoever runs the command stores, where they may write.

The server opens no path that a command names: it may be another user, see other files under the same name, and write
nowhere but in its data directory. So it copies there, takes the copy's name away while it is open, and sends what is in it.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Protocol, Self

from headcount._refused import Refused

MEDIA_TYPE = "application/x-tar"
"""Of an answer that hands out files."""

_RESULT = "result.json"  # the first file of the archive, which is a command's result
_PIECE = 1 << 20  # bytes that are sent at a time

Store = Callable[[str, IO[bytes]], None]
"""Takes a file, by its name and its content."""


class Handing(Protocol):
    """The result of a command, as JSON has it, and its files."""

    @property
    def result(self) -> Any:
        """The result."""

    def give(self, store: Store) -> None:
        """Give each file to ``store``. Raises `Refused` where they cannot be read, and what ``store`` raises."""


class HandedOut:
    """A result with files that are open here. It is a context, at whose end they are closed."""

    def __init__(self, result: Any, files: Mapping[str, IO[bytes]]) -> None:
        self.result = result
        self._files = files

    @classmethod
    def of_directory(cls, result: Any, directory: Path) -> Self:
        """Hand out the files of a directory, which may be removed then. Raises OSError."""
        with ExitStack() as stack:
            files = {path.name: stack.enter_context(path.open("rb")) for path in sorted(directory.iterdir())}
            stack.pop_all()
            return cls(result, files)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files.values():
            file.close()

    def give(self, store: Store) -> None:
        """Give each file to ``store``."""
        for name, content in self._files.items():
            store(name, content)

    def archive(self) -> Iterator[bytes]:
        """Yield the result and the files as a tar archive, in pieces; the files are closed then."""
        with self:
            result = json.dumps(self.result).encode()
            for name, file, size in [
                (_RESULT, BytesIO(result), len(result)),
                *((name, file, os.fstat(file.fileno()).st_size) for name, file in self._files.items()),
            ]:
                member = tarfile.TarInfo(name)
                member.size = size
                yield member.tobuf(tarfile.PAX_FORMAT)
                while piece := file.read(_PIECE):
                    yield piece
                yield bytes(-size % tarfile.BLOCKSIZE)
            yield bytes(2 * tarfile.BLOCKSIZE)


class Received:
    """A result with files that a server sends."""

    def __init__(self, response: IO[bytes], who: str) -> None:
        """Read the result. ``who`` sends, in words. Raises `Refused`."""
        self._who = who
        with self._reading():
            self._archive = tarfile.open(fileobj=response, mode="r|")  # noqa: SIM115  # it holds no more than the response
            first = self._archive.next()
            content = first and self._archive.extractfile(first)
            if not content:
                raise tarfile.ReadError("nothing came")
            self.result = json.loads(content.read())

    def give(self, store: Store) -> None:
        """Give each file to ``store``, while it is received. Raises `Refused` where it is cut off."""
        while True:
            with self._reading():
                member = self._archive.next()
                content = member and self._archive.extractfile(member)
            if member is None or content is None:
                return
            store(member.name, _Checked(content, self._reading))  # type: ignore[arg-type]  # it is read alone

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError, http.client.HTTPException, tarfile.TarError) as error:
            raise Refused(f"{self._who} sent no whole answer: {error}; see its log.") from error


class _Checked:
    """A file whose reading raises `Refused` where it is cut off, so that this is no error of where it is written to."""

    def __init__(self, file: IO[bytes], reading: Callable[[], Any]) -> None:
        self._file = file
        self._reading = reading

    def read(self, size: int = -1) -> bytes:
        with self._reading():
            return self._file.read(size)


def copy(content: IO[bytes], target: IO[bytes]) -> None:
    """Write a file that was handed out into another one. Raises OSError where it cannot be written."""
    shutil.copyfileobj(content, target, _PIECE)
