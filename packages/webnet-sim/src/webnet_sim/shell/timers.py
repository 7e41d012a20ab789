"""Things a device does by itself when its clock reaches a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Timer:
    """Something that will happen.

    Args:
        due: When, by the device's clock.
        ring: What happens; it is told the time it was due.
    """

    due: datetime
    ring: Callable[[datetime], None]


class Timers:
    """A device's timers by name.

    They are looked at whenever anybody looks at the device, so nobody ever sees a state older than the clock.

    Args:
        clock: The device's clock.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._timers: dict[str, Timer] = {}

    def start(self, name: str, due: datetime, ring: Callable[[datetime], None]) -> None:
        """Start a timer; one of the same name is forgotten."""
        self._timers[name] = Timer(due, ring)

    def stop(self, name: str) -> bool:
        """Stop a timer; tells whether there was one."""
        self.ring_due()
        return self._timers.pop(name, None) is not None

    def due(self, name: str) -> datetime | None:
        """When a timer rings; None when there is none of this name."""
        self.ring_due()
        return self._timers[name].due if name in self._timers else None

    def ring_due(self) -> None:
        """Ring whatever is due by now, in order."""
        if not self._timers:
            return
        now = self._clock()
        for name, timer in sorted(self._timers.items(), key=lambda item: item[1].due):
            if timer.due <= now and self._timers.pop(name, None) is not None:
                timer.ring(timer.due)
