"""The files on a device's flash."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


class Files:
    """What is stored on a device, by name.

    Args:
        prefixes: What a name may start with, for example ``flash:``; with or without it, it is the same file.
        home: Put before a name that says no place, for example ``/var/home/``.
    """

    def __init__(self, prefixes: Sequence[str], home: str = "") -> None:
        self._prefixes = prefixes
        self._home = home
        self._contents: dict[str, bytes] = {}

    def locate(self, name: str) -> str:
        """The name a file is stored under, from whatever a client calls it."""
        for prefix in self._prefixes:
            if name.startswith(prefix):
                return name[len(prefix) :].lstrip("/")
        if self._home:
            return name if name.startswith("/") else self._home + name
        return name.lstrip("/")

    def get(self, name: str) -> bytes | None:
        """A file's content; None when there is no such file."""
        return self._contents.get(self.locate(name))

    def put(self, name: str, content: bytes) -> None:
        """Store a file; one of the same name is replaced."""
        self._contents[self.locate(name)] = content

    def remove(self, name: str) -> bool:
        """Delete a file; tells whether there was one."""
        return self._contents.pop(self.locate(name), None) is not None

    def under(self, name: str) -> Iterator[tuple[str, bytes]]:
        """All files whose name starts so, in order, each with its content."""
        start = self.locate(name) if name else ""
        return ((key, self._contents[key]) for key in sorted(self._contents) if key.startswith(start))
