"""What IOS, EOS and NX-OS have in common about the files on their flash."""

from __future__ import annotations

from hashlib import md5
from typing import TYPE_CHECKING

from webnet_sim.exceptions import Rejected
from webnet_sim.shell.loading import load_configuration

if TYPE_CHECKING:
    from webnet_sim.device import Device
    from webnet_sim.shell.dialect import IndentedDialect
    from webnet_sim.shell.tree import Line

RUNNING = frozenset({"running-config", "system:running-config", "system:/running-config"})
STARTUP = frozenset({"startup-config", "nvram:startup-config", "flash:startup-config", "flash:/startup-config"})


def spell_out(name: str) -> str:
    """The full name of a configuration, which may be cut short as other words may; files stay as they are."""
    full = ("running-config", "startup-config")
    return next((each for each in full if len(name) > 2 and each.startswith(name)), name)


def read_text(device: Device, name: str, missing: str) -> str:
    """A file's text.

    Raises:
        Rejected: There is no such file; with the text given for that.
    """
    content = device.files.get(name)
    if content is None:
        raise Rejected(missing)
    return content.decode("utf-8", "replace")


def checksum(content: bytes) -> str:
    """The MD5 sum devices show."""
    return md5(content, usedforsecurity=False).hexdigest()


def strange_lines(device: Device, dialect: IndentedDialect, text: str) -> tuple[Line, list[str]]:
    """The configuration in a text, and the lines that neither the device nor its running configuration knows."""
    unknown: list[str] = []
    tree = load_configuration(dialect.grammar, text, unknown)
    running = {line.strip() for section in device.body() for line in section.split("\n")}
    return tree, [line for line in unknown if line not in running]
