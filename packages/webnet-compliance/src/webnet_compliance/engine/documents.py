"""What a rule is asked about: one configuration, when and where it comes from, and what else is known of the device."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from webnet_compliance.engine.trees import Tree


@dataclass(frozen=True, kw_only=True)
class ConfigDocument:
    """One configuration of one device.

    `platform` is a slug, `source` says how it came (``backup``, ``live``, a file's name). `facts` holds what is known
    beside the text, such as ``model`` and ``os_version``. `lines` and `tree` are made when first asked for.
    """

    text: str = field(repr=False)
    platform: str
    taken_at: datetime
    source: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def lines(self) -> Sequence[str]:
        """The lines, without what ends them."""
        return tuple(line.rstrip("\r") for line in self.text.split("\n"))

    @cached_property
    def tree(self) -> Tree:
        """The lines by what belongs to what."""
        return Tree.of(self.lines)
