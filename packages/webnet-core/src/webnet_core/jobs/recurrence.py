"""When a schedule is due: cron in a time zone, or every so many seconds. Moments go in and come out with their offset.

cronsim knows the expressions. What happens when clocks change is ours: an expression that names hours means times on
the clock of its zone. A time that does not exist that day runs at the next minute that does, one that comes twice runs
the first time only. An expression for every hour means a rhythm, which a change of clocks neither doubles nor holds up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from webnet_core.exceptions import FieldError, InvalidInput

LONGEST_CRON = 100
SHORTEST_INTERVAL = 60
LONGEST_INTERVAL = 366 * 86400
_EVERY_HOUR = set(range(24))
# No zone has ever set its clocks by more than this, one skipped day in the Pacific apart.
_WIDEST_CHANGE = timedelta(hours=3)
_MINUTE = timedelta(minutes=1)
_UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


class Recurrence(Protocol):
    """Times that come again and again."""

    def next_after(self, moment: datetime) -> datetime | None:
        """Return the first due time after `moment`; None where none will come."""

    def latest(self, moment: datetime) -> datetime | None:
        """Return the last due time that is not after `moment`; None where there was none."""

    def describe(self) -> str:
        """Return it in plain words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cron:
    """Five fields of cron, read on the clock of a zone."""

    expression: str
    zone: ZoneInfo

    def next_after(self, moment: datetime) -> datetime | None:
        """Return the first due time after `moment`, in UTC; None where none will come."""
        return next((due for due in self._times(moment) if due > moment), None)

    def latest(self, moment: datetime) -> datetime | None:
        """Return the last due time that is not after `moment`, in UTC; None where there was none."""
        return next((due for due in self._times(moment, reverse=True) if due <= moment), None)

    def describe(self) -> str:
        """Return the expression in plain words."""
        return f"{CronSim(self.expression, datetime(2000, 1, 1)).explain()}, {self.zone.key} time"  # noqa: DTZ001

    def _times(self, moment: datetime, *, reverse: bool = False) -> Iterator[datetime]:
        local = moment.astimezone(self.zone).replace(microsecond=0)
        if _is_rhythm(self.expression):
            start = (moment + timedelta(seconds=1)).astimezone(self.zone).replace(microsecond=0) if reverse else local
            for due in CronSim(self.expression, start, reverse=reverse):
                yield due.astimezone(UTC)
            return
        clock = local.replace(tzinfo=None)
        for due in CronSim(self.expression, clock + _WIDEST_CHANGE if reverse else clock, reverse=reverse):
            yield _on_the_clock(due, self.zone)


@dataclass(frozen=True, kw_only=True, slots=True)
class Every:
    """Every `seconds` seconds of real time, one of the times being `anchor`; clocks that change do not move it."""

    seconds: int
    anchor: datetime

    def next_after(self, moment: datetime) -> datetime:
        """Return the first due time after `moment`."""
        return self.latest(moment) + timedelta(seconds=self.seconds)

    def latest(self, moment: datetime) -> datetime:
        """Return the last due time that is not after `moment`."""
        step = timedelta(seconds=self.seconds)
        return self.anchor + (moment - self.anchor) // step * step

    def describe(self) -> str:
        """Return the interval in plain words."""
        size, unit = next((size, unit) for size, unit in _UNITS if self.seconds % size == 0)
        number = self.seconds // size
        return f"Every {unit}" if number == 1 else f"Every {number} {unit}s"


def recurrence(*, cron: str, interval: int | None, time_zone: str, anchor: datetime) -> Recurrence:
    """Return the due times of a cron expression in a zone, or of an interval in seconds counted from `anchor`.

    Raises:
        InvalidInput: not exactly one of both is given, or one cannot be meant.
    """
    problems = [problem for problem in (_zone_problem(time_zone), _rhythm_problem(cron, interval)) if problem]
    if problems:
        raise InvalidInput(errors=problems)
    if interval is not None:
        return Every(seconds=interval, anchor=anchor.astimezone(UTC))
    return Cron(expression=_spaced(cron), zone=ZoneInfo(time_zone))


def upcoming(times: Recurrence, moment: datetime, count: int) -> list[datetime]:
    """Return the next `count` due times after `moment`, fewer where there are fewer."""
    found: list[datetime] = []
    while len(found) < count and (due := times.next_after(found[-1] if found else moment)) is not None:
        found.append(due)
    return found


def _spaced(cron: str) -> str:
    return " ".join(cron.split())


def _rhythm_problem(cron: str, interval: int | None) -> FieldError | None:
    if bool(cron) == (interval is not None):
        return FieldError(path="cron", message="Give either cron or interval.", code="one_of")
    if interval is None:
        return _cron_problem(_spaced(cron))
    if SHORTEST_INTERVAL <= interval <= LONGEST_INTERVAL:
        return None
    message = f"An interval is {SHORTEST_INTERVAL} to {LONGEST_INTERVAL} seconds."
    return FieldError(path="interval", message=message, code="invalid")


def _cron_problem(expression: str) -> FieldError | None:
    if len(expression) > LONGEST_CRON or len(expression.split(" ")) != 5:
        message = "Write five fields: minute, hour, day of the month, month, day of the week; as 30 2 * * 1-5."
        return FieldError(path="cron", message=message, code="cron")
    try:
        found = next(CronSim(expression, datetime(2000, 1, 1)), None)  # noqa: DTZ001 - a clock, in no zone
    except CronSimError as error:
        return FieldError(path="cron", message=f"{error}: this is no cron expression.", code="cron")
    return None if found else FieldError(path="cron", message="This time never comes.", code="never")


@lru_cache(maxsize=1024)
def _is_rhythm(expression: str) -> bool:
    """Say whether an expression is for every hour of the day, so that it names no time on the clock."""
    return CronSim(expression, datetime(2000, 1, 1)).hours == _EVERY_HOUR  # noqa: DTZ001 - a clock, in no zone


def _on_the_clock(clock: datetime, zone: ZoneInfo) -> datetime:
    """Return when a clock of the zone first shows this minute, or the next that it shows at all."""
    while True:
        moment = clock.replace(tzinfo=zone).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == clock:
            return moment
        clock += _MINUTE


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone_problem(name: str) -> FieldError | None:
    if name in _zones():
        return None
    message = f"There is no time zone {name!r}; write it as Europe/London."
    return FieldError(path="time_zone", message=message, code="time_zone")
