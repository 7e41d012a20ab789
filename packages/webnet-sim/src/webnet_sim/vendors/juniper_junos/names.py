"""Interface names of Juniper Junos."""

from __future__ import annotations

import re
from collections.abc import Mapping

from webnet_sim.shell.arguments import COMMON_KINDS, InterfaceNames, Kind

_FORM = re.compile(r"([a-z]+)(?:-(\d+/\d+/\d+)|(\d*))(?:\.(\d+))?$")


class JunosNames(InterfaceNames):
    """Names such as ``ge-0/0/0``, ``lo0`` and ``fxp0``; they have no short form."""

    def expand(self, text: str) -> str | None:
        """The name itself, or None when it is no interface of this vendor."""
        found = _FORM.match(text)
        return text if found and found[1] in self.types else None

    def shorten(self, name: str) -> str:
        """The name itself."""
        return name

    def sort_key(self, name: str) -> tuple[int, tuple[int, ...]]:
        """Order of display: by type as listed, then by number."""
        found = _FORM.match(name)
        if found is None or found[1] not in self.types:
            return len(self.types), ()
        return self.types.index(found[1]), tuple(int(part) for part in re.findall(r"\d+", name))


NAMES = JunosNames(types=("ge", "xe", "et", "ae", "em", "fxp", "irb", "lo", "me", "vme"), short={})

KINDS: Mapping[str, Kind] = {**COMMON_KINDS, "interface": NAMES.match}
