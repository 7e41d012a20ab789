"""Which topics there are and who may watch one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from webnet_core.plugins.items import Topic
from webnet_core.plugins.registry import registry


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """A topic that somebody may watch: its family and the id of the object it is about."""

    name: str
    family: Topic
    object_id: int


def open_topic(user: Any, name: str) -> Watched | None:
    """Return the topic if it exists and `user` may watch it; None otherwise, without saying which of the two."""
    for family in registry("topics").values():
        match = re.fullmatch(family.pattern, name)
        if match is None:
            continue
        object_id = int(match["id"])
        if getattr(user, "is_active", False) and family.may_watch(user, object_id):
            return Watched(name=name, family=family, object_id=object_id)
    return None
