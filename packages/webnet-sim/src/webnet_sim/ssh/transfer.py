"""Files sent to a device and fetched from it: SCP and SFTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import asyncssh

if TYPE_CHECKING:
    from webnet_sim.device import Device

_WRITES = asyncssh.FXF_WRITE | asyncssh.FXF_CREAT | asyncssh.FXF_TRUNC
LARGEST = 64 << 20
"""Bytes one file may have; a device's flash is no bottomless pit."""

_DIRECTORY = asyncssh.SFTPAttrs(type=asyncssh.FILEXFER_TYPE_DIRECTORY, permissions=0o040755, size=0)


def _file(size: int) -> asyncssh.SFTPAttrs:
    return asyncssh.SFTPAttrs(type=asyncssh.FILEXFER_TYPE_REGULAR, permissions=0o100644, size=size)


class OpenFile:
    """A file while a client reads or writes it.

    Args:
        name: What the client calls it.
        content: What it holds.
        writing: Whether it is stored when it is closed.
    """

    def __init__(self, name: str, content: bytes, *, writing: bool) -> None:
        self.name = name
        self.content = bytearray(content)
        self.writing = writing


class FileServer(asyncssh.SFTPServer):
    """The files of a device as SFTP and SCP see them.

    Args:
        device: The device.
        number: Number of the connection, for the transcript.
        channel: The channel the client asked on.
    """

    def __init__(self, device: Device, number: int, channel: asyncssh.SSHServerChannel[bytes]) -> None:
        super().__init__(channel)
        self._device = device
        self._number = number

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
        """Start to read or write a file."""
        name = path.decode("utf-8", "replace")
        if pflags & _WRITES:
            return OpenFile(name, b"", writing=True)
        return OpenFile(name, self._content(name), writing=False)

    def close(self, file_obj: object) -> None:
        """End it; what was written is on the flash now."""
        if isinstance(file_obj, OpenFile):
            if file_obj.writing:
                self._device.files.put(file_obj.name, bytes(file_obj.content))
            verb = "put" if file_obj.writing else "get"
            self._device.transcript.add(self._number, "file", f"{verb} {file_obj.name}")

    def read(self, file_obj: object, offset: int, size: int) -> bytes:
        """A part of an open file."""
        assert isinstance(file_obj, OpenFile)  # noqa: S101 - we made it
        return bytes(file_obj.content[offset : offset + size])

    def write(self, file_obj: object, offset: int, data: bytes) -> int:
        """Put a part into an open file."""
        assert isinstance(file_obj, OpenFile)  # noqa: S101 - we made it
        if offset + len(data) > LARGEST:
            raise asyncssh.SFTPFailure("No space left on device")
        file_obj.content[offset : offset + len(data)] = data
        return len(data)

    def stat(self, path: bytes) -> asyncssh.SFTPAttrs:
        """Size of a file; anything that ends like a place is a directory."""
        name = path.decode("utf-8", "replace")
        if self._device.files.get(name) is None and _is_place(self._device.files.locate(name), name):
            return _DIRECTORY
        return _file(len(self._content(name)))

    def lstat(self, path: bytes) -> asyncssh.SFTPAttrs:
        """The same; there are no links."""
        return self.stat(path)

    def fstat(self, file_obj: object) -> asyncssh.SFTPAttrs:
        """Size of an open file."""
        assert isinstance(file_obj, OpenFile)  # noqa: S101 - we made it
        return _file(len(file_obj.content))

    def setstat(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:
        """Times and permissions are not kept."""

    def fsetstat(self, file_obj: object, attrs: asyncssh.SFTPAttrs) -> None:
        """Times and permissions are not kept."""

    def realpath(self, path: bytes) -> bytes:
        """A path is what it is called."""
        return path

    def remove(self, path: bytes) -> None:
        """Delete a file."""
        if not self._device.files.remove(path.decode("utf-8", "replace")):
            raise asyncssh.SFTPNoSuchFile("No such file or directory")

    async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        """The files of a place."""
        for name, content in self._device.files.under("" if path in {b".", b"/"} else path.decode("utf-8", "replace")):
            yield asyncssh.SFTPName(name.encode(), attrs=_file(len(content)))

    def _content(self, name: str) -> bytes:
        content = self._device.files.get(name)
        if content is None:
            raise asyncssh.SFTPNoSuchFile("No such file or directory")
        return content


def _is_place(located: str, name: str) -> bool:
    return located in {"", "."} or name.endswith(("/", ":")) or name == "/var/tmp"  # noqa: S108 - a place on the device
