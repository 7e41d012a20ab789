"""How Junos configurations are read, shown and asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Interface, IPv4Network
from typing import TYPE_CHECKING

from webnet_sim.shell.tree import Line
from webnet_sim.vendors.juniper_junos import trees
from webnet_sim.vendors.juniper_junos.configuring import JunosConfiguring

if TYPE_CHECKING:
    from webnet_sim.shell.dialect import Mode
    from webnet_sim.shell.session import Session

_NOTHING = Line("")


def below(line: Line, *keys: str) -> Line:
    """The line under these keys; one without anything when it is not there."""
    for key in keys:
        line = line.children.get(key, _NOTHING)
    return line


class JunosDialect:
    """Configurations of statements in braces, or of set lines."""

    def load(self, text: str) -> Line:
        """The tree a device has that starts from this text."""
        return trees.load(text)

    def render(self, tree: Line) -> list[str]:
        """A tree's top statements as the device shows them."""
        return ["\n".join(trees.render(line)) for line in tree.ordered()]

    def configure(self, session: Session) -> Mode:
        """Let a session change the shared candidate."""
        return JunosConfiguring(session)

    def hostname(self, tree: Line) -> str:
        """The configured host name, empty without one."""
        return below(tree, "system").value("host-name")

    def interfaces(self, tree: Line) -> Mapping[str, Line]:
        """Name to statement of all configured interfaces."""
        return below(tree, "interfaces").children

    def interface(self, tree: Line, name: str) -> Line | None:
        """An interface's statement; units share that of their interface."""
        return below(tree, "interfaces").children.get(name.partition(".")[0])

    def enabled(self, section: Line) -> bool:
        """Whether an interface is not switched off."""
        return "disable" not in section.children

    def address(self, section: Line) -> IPv4Interface | None:
        """The first IPv4 address of an interface's units."""
        for unit in section.starting("unit"):
            for line in below(unit, "family inet").starting("address"):
                try:
                    return IPv4Interface(line.text.split()[1])
                except ValueError:
                    continue
        return None

    def static_routes(self, tree: Line) -> Iterator[tuple[IPv4Network, str]]:
        """Each static route."""
        for line in below(tree, "routing-options", "static").starting("route"):
            via = line.value("next-hop") or ("discard" if "discard" in line.children else "")
            try:
                network = IPv4Network(line.text.split()[1])
            except ValueError:
                continue
            if via:
                yield network, via
