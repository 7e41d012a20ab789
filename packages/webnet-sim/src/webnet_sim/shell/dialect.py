"""How a vendor writes configurations: read, shown, changed, and asked for what the network needs to know."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv4Network
from typing import TYPE_CHECKING, Protocol

from webnet_sim.shell.configuring import Configuring
from webnet_sim.shell.grammar import Grammar, Rule
from webnet_sim.shell.loading import load_configuration
from webnet_sim.shell.tree import Line

if TYPE_CHECKING:
    from webnet_sim.device import Device
    from webnet_sim.shell.session import Session


class Mode(Protocol):
    """A session's stay in configuration mode."""

    kind: str
    """What transcripts call it: ``config``, or ``tcl``."""

    @property
    def label(self) -> str:
        """The mode's name in the prompt."""

    @property
    def collecting(self) -> bool:
        """Whether the next lines are text for the command before, up to its end."""

    def collect(self, line: str) -> str:
        """Take one more line of text."""

    def execute(self, line: str) -> str:
        """Do what a line says; gives what the device prints.

        Raises:
            InputError: The line is none of this mode, or the device refuses it.
        """

    def next_words(self, typed: str) -> Sequence[str]:
        """What could be typed next."""

    def hang_up(self) -> None:
        """The session ended without leaving the mode."""


class Dialect(Protocol):
    """A vendor's way to write configurations."""

    def load(self, text: str) -> Line:
        """The tree a device has that starts from this text."""

    def render(self, tree: Line) -> list[str]:
        """A tree's top sections as the device shows them, each one or more lines, in order."""

    def configure(self, session: Session) -> Mode:
        """Let a session into configuration mode."""

    def hostname(self, tree: Line) -> str:
        """The configured host name, empty without one."""

    def interfaces(self, tree: Line) -> Mapping[str, Line]:
        """Name to section of all configured interfaces."""

    def interface(self, tree: Line, name: str) -> Line | None:
        """An interface's section."""

    def enabled(self, section: Line) -> bool:
        """Whether an interface is not shut down."""

    def address(self, section: Line) -> IPv4Interface | None:
        """The first IPv4 address of an interface."""

    def static_routes(self, tree: Line) -> Iterator[tuple[IPv4Network, str]]:
        """Each static route: its network, and the next hop's address or the name of an interface."""


@dataclass(frozen=True, kw_only=True)
class IndentedDialect:
    """Configurations of one line a statement, sections moved in: the way of IOS and those that follow it.

    Args:
        grammar: What may be configured.
        indent: What a line under a section is moved in by.
        mode_label: Name of a configuration mode in the prompt, from the section one stands in.
        check_removal: Refuses (raises `Rejected`) to remove what cannot be removed.
        banner_end: ``EOF`` where banners end with that line, else empty: the first character is the delimiter.
    """

    grammar: Grammar
    indent: str
    mode_label: Callable[[Line], str]
    check_removal: Callable[[Device, Rule, str], None]
    banner_end: str = ""

    def load(self, text: str) -> Line:
        """The tree a device has that starts from this text."""
        return load_configuration(self.grammar, text)

    def render(self, tree: Line) -> list[str]:
        """A tree's top sections as the device shows them."""
        return ["\n".join(line.render(self.indent)) for line in tree.ordered()]

    def configure(self, session: Session) -> Mode:
        """Let a session change the running configuration."""
        return Configuring(session, self)

    def hostname(self, tree: Line) -> str:
        """The configured host name, empty without one."""
        return tree.value("hostname")

    def interfaces(self, tree: Line) -> Mapping[str, Line]:
        """Name to section of all configured interfaces."""
        return {line.text[10:]: line for line in tree.starting("interface")}

    def interface(self, tree: Line, name: str) -> Line | None:
        """An interface's section."""
        return tree.children.get(f"interface {name}")

    def enabled(self, section: Line) -> bool:
        """Whether an interface is not shut down."""
        shut = section.children.get("shutdown")
        return shut is None or shut.text != "shutdown"

    def address(self, section: Line) -> IPv4Interface | None:
        """The IPv4 address of an interface."""
        words = section.value("ip address").split()
        try:
            return IPv4Interface("/".join(words[:2])) if words else None
        except ValueError:
            return None

    def static_routes(self, tree: Line) -> Iterator[tuple[IPv4Network, str]]:
        """Each static route of the default table."""
        for line in tree.starting("ip route"):
            words = line.text.split()[2:]
            try:
                network = IPv4Network(words[0] if "/" in words[0] else f"{words[0]}/{words[1]}")
            except ValueError:
                continue
            yield network, words[1] if "/" in words[0] else words[2]
