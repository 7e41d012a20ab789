"""Everything that can go wrong in the simulated network, as one tree."""

from __future__ import annotations

from collections.abc import Iterable


class SimError(Exception):
    """Something is wrong with the simulated network."""


class TopologyError(SimError):
    """A topology does not describe a network that can be built.

    Args:
        path: Where in the topology, for example ``devices[3].platform``.
        problem: What is wrong there and what is allowed instead.
        source: The file it was read from, where there is one.
    """

    def __init__(self, path: str, problem: str, *, source: str = "") -> None:
        self.path = path
        self.problem = problem
        self.source = source
        super().__init__(f"{source + ': ' if source else ''}{path}: {problem}")


class UnknownDevice(SimError):
    """A name that no device of this network has."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        self.known = sorted(known)
        shown = ", ".join(self.known[:10]) + (", …" if len(self.known) > 10 else "")
        super().__init__(f"no device is called {name!r}; there are: {shown or 'none'}")


class UnknownFault(SimError):
    """A fault name that is not in the catalogue."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        self.known = sorted(known)
        super().__init__(f"no fault is called {name!r}; choose one of: {', '.join(self.known)}")


class BadFaultParameter(SimError):
    """A fault was given a parameter it does not take, or a value it cannot use."""

    def __init__(self, fault: str, problem: str) -> None:
        self.fault = fault
        self.problem = problem
        super().__init__(f"fault {fault!r}: {problem}")


class NotLoopback(SimError):
    """The simulated network serves loopback addresses only."""

    def __init__(self, host: str) -> None:
        self.host = host
        super().__init__(f"{host!r} is not a loopback address; listen on 127.0.0.1 or another of 127.0.0.0/8")


class PortTaken(SimError):
    """A device's port is in use by somebody else."""

    def __init__(self, device: str, host: str, port: int) -> None:
        self.device, self.host, self.port = device, host, port
        super().__init__(
            f"{device} cannot listen on {host}:{port}: the port is taken; stop what uses it or choose another port"
        )


class NotStarted(SimError):
    """The network has to be started before this can be asked of it."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is known only while the network runs; call start() or use it as a context manager")


class InputError(SimError):
    """A line typed at a device is not one of its commands."""

    def __init__(self, word: str = "", index: int = 0, column: int = 0) -> None:
        self.word, self.index, self.column = word, index, column
        super().__init__(f"{type(self).__name__}: {word!r} at column {column}")


class UnknownWord(InputError):
    """A word fits no command here."""


class AmbiguousWord(InputError):
    """A word is the beginning of several commands."""


class IncompleteLine(InputError):
    """The line stops before the command is whole."""


class Rejected(InputError):
    """The command is known, and the device refuses what it asks for.

    Args:
        text: What the device prints, lines parted by line feeds.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class ControlRefused(SimError):
    """The control server of a simulated network could not do what was asked."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(f"the simulated network refused: {problem}")
