"""The candidate of a Junos device, its commits and how it goes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from webnet_sim.exceptions import Rejected
from webnet_sim.shell.tree import Line
from webnet_sim.vendors.juniper_junos.trees import as_sets

if TYPE_CHECKING:
    from webnet_sim.device import Device

KEPT = 50
"""Configurations a device keeps, the active one included."""

_TIMER = "commit confirmed"
_MANDATORY = "commit failed: (missing mandatory statements)"


@dataclass(frozen=True, slots=True)
class Commit:
    """A configuration that was made active.

    Args:
        tree: The configuration.
        at: When.
        user: By whom; ``root`` for the device itself.
        client: What was used: ``cli``, ``netconf`` or ``other``.
        comment: What the user said of it, or ``rollback in 5mins`` of one to be confirmed.
    """

    tree: Line
    at: datetime
    user: str
    client: str = "cli"
    comment: str = ""


class Commits:
    """All that a device knows of its configurations.

    Args:
        device: The device.
    """

    def __init__(self, device: Device) -> None:
        self._device = device
        self.history: list[Commit] = [Commit(device.tree.copy(), device.booted, "root", "other")]
        self.candidate: Line = device.tree.copy()
        self.changed: datetime | None = None
        self.locked_by: object | None = None
        self.locker = ""

    @property
    def active(self) -> Line:
        """The configuration in use."""
        return self._device.tree

    def dirty(self, candidate: Line | None = None) -> bool:
        """Whether a candidate, by default the shared one, differs from the active configuration."""
        chosen = self.candidate if candidate is None else candidate
        return list(as_sets(chosen)) != list(as_sets(self.active))

    @property
    def pending(self) -> int | None:
        """Minutes left to confirm the last commit, rounded up; None when nothing waits."""
        due = self._device.timers.due(_TIMER)
        return None if due is None else -(-int((due - self._device.clock()).total_seconds()) // 60)

    def past(self, number: int) -> Commit:
        """The configuration so many commits ago.

        Raises:
            Rejected: There is none that old.
        """
        self._device.timers.ring_due()
        if number >= len(self.history):
            raise Rejected(f"error: Rollback {number} does not exist\n")
        return self.history[number]

    def check(self, candidate: Line) -> None:
        """See whether a candidate could be committed.

        Raises:
            Rejected: It could not; with the reasons.
        """
        problems = "".join(_problems(candidate))
        if problems:
            end = "configuration check-out failed" if "Policy error" in problems else _MANDATORY
            raise Rejected(f"{problems}error: {end}\n")

    def commit(self, candidate: Line, user: str, *, client: str = "cli", minutes: int = 0, comment: str = "") -> None:
        """Make a candidate the active configuration; it also confirms one that waits.

        Args:
            candidate: The new configuration.
            user: Who commits.
            client: What they use.
            minutes: The device goes back by itself unless somebody commits before so many are over.
            comment: What they say of it.

        Raises:
            Rejected: The check failed; nothing has changed.
        """
        self.check(candidate)
        self._device.timers.stop(_TIMER)
        before = self.active.copy()
        note = f"commit confirmed, rollback in {minutes}mins" if minutes else comment
        self._activate(candidate, self._device.clock(), user, client, note)
        if minutes:
            due = self._device.clock() + timedelta(minutes=minutes)
            self._device.timers.start(_TIMER, due, lambda at: self._go_back(before, at))

    def _go_back(self, before: Line, at: datetime) -> None:
        self._activate(before, at, "root", "other", "")
        self.candidate = before.copy()

    def _activate(self, tree: Line, at: datetime, user: str, client: str, comment: str) -> None:
        self._device.replace_tree(tree.copy(), user, at=at)
        self.history.insert(0, Commit(tree.copy(), at, user, client, comment))
        del self.history[KEPT:]
        self.changed = None


def _problems(candidate: Line) -> Iterator[str]:
    login = candidate.children.get("system", Line("")).children.get("login", Line(""))
    for user in login.starting("user"):
        if "class" not in user.children:
            yield f"[edit system login]\n  '{user.text}'\n    Missing mandatory statement: 'class'\n"
    bgp = candidate.children.get("protocols", Line("")).children.get("bgp", Line(""))
    policies = candidate.children.get("policy-options", Line("")).children
    for group in bgp.starting("group"):
        for word in ("import", "export"):
            for policy in group.children.get(word, Line("")).children:
                if f"policy-statement {policy}" not in policies:
                    yield (
                        f"[edit protocols bgp {group.text}]\n  '{word}'\n"
                        f"    Policy error: Policy {policy} referenced but not defined\n"
                    )
