"""When a schedule is due, above all when clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webnet_core.exceptions import InvalidInput
from webnet_core.jobs.recurrence import Every, recurrence, upcoming

ANCHOR = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = ("Europe/Berlin", "Australia/Lord_Howe", "America/New_York", "Asia/Kathmandu", "Pacific/Chatham", "UTC")


def cron(expression: str, zone: str = "Europe/Berlin") -> Any:
    return recurrence(cron=expression, interval=None, time_zone=zone, anchor=ANCHOR)


def local_times(expression: str, zone: str, day: str, days: int = 1) -> list[str]:
    """What a clock of the zone shows, with its offset, at every run of these days."""
    start = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone))
    end = (start.replace(tzinfo=None) + timedelta(days=days)).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    times, found = cron(expression, zone), []
    due = times.next_after(start.astimezone(UTC) - timedelta(seconds=1))
    while due < end:
        found.append(due.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes")[5:])
        due = times.next_after(due)
    return found


@pytest.mark.parametrize(
    ("expression", "zone", "day", "runs"),
    [
        # A time that does not exist runs at the next minute that does.
        ("30 2 * * *", "Europe/Berlin", "2027-03-28", ["03-28T03:00+02:00"]),
        ("30 2 * * *", "Europe/Berlin", "2027-03-29", ["03-29T02:30+02:00"]),
        ("*/30 2 * * *", "Europe/Berlin", "2027-03-28", ["03-28T03:00+02:00"]),
        ("30 1-4 * * *", "Europe/Berlin", "2027-03-28",
         ["03-28T01:30+01:00", "03-28T03:00+02:00", "03-28T03:30+02:00", "03-28T04:30+02:00"]),
        ("0 2,3 * * *", "Europe/Berlin", "2027-03-28", ["03-28T03:00+02:00"]),
        ("30 2 28 3 *", "Europe/Berlin", "2027-03-28", ["03-28T03:00+02:00"]),
        ("15 2 * * *", "Australia/Lord_Howe", "2026-10-04", ["10-04T02:30+11:00"]),
        ("30 2 * * *", "America/New_York", "2027-03-14", ["03-14T03:00-04:00"]),
        ("30 0 * * *", "Asia/Beirut", "2027-03-28", ["03-28T01:00+03:00"]),
        # One that comes twice runs the first time only.
        ("30 2 * * *", "Europe/Berlin", "2026-10-25", ["10-25T02:30+02:00"]),
        ("*/30 2 * * *", "Europe/Berlin", "2026-10-25", ["10-25T02:00+02:00", "10-25T02:30+02:00"]),
        ("30 */2 * * 0", "Europe/Berlin", "2026-10-25", [
            "10-25T00:30+02:00", "10-25T02:30+02:00", *(f"10-25T{hour:02}:30+01:00" for hour in range(4, 24, 2))]),
        ("45 1 * * *", "Australia/Lord_Howe", "2027-04-04", ["04-04T01:45+11:00"]),
        ("15 1 * * *", "America/New_York", "2026-11-01", ["11-01T01:15-04:00"]),
        ("59 23 * * *", "Asia/Beirut", "2026-10-24", ["10-24T23:59+03:00"]),
    ],
)  # fmt: skip
def test_a_time_on_the_clock_runs_once_when_clocks_change(
    expression: str, zone: str, day: str, runs: list[str]
) -> None:
    assert local_times(expression, zone, day) == runs


@pytest.mark.parametrize("day", ["2027-03-28", "2026-10-25", "2026-06-01"])
def test_a_rhythm_goes_on_when_clocks_change(day: str) -> None:
    hours = {"2027-03-28": 23, "2026-10-25": 25, "2026-06-01": 24}[day]
    assert len(local_times("30 * * * *", "Europe/Berlin", day)) == hours
    assert len(local_times("*/5 * * * *", "Europe/Berlin", day)) == hours * 12


@pytest.mark.parametrize("change", ["2027-03-28T00:00:00+00:00", "2026-10-24T22:00:00+00:00"])
def test_an_interval_counts_real_time_over_a_change_of_clocks(change: str) -> None:
    moment = datetime.fromisoformat(change)
    times = recurrence(cron="", interval=6 * 3600, time_zone="Europe/Berlin", anchor=moment)
    assert upcoming(times, moment, 5) == [moment + timedelta(hours=6 * number) for number in range(1, 6)]


@given(
    minute=st.sampled_from(["0", "30", "*/20", "7,59", "*"]),
    hour=st.sampled_from(["*", "0", "1", "2", "*/3", "1-3", "23"]),
    day=st.sampled_from(["* *", "1 *", "* 3,10", "28 3", "*/9 *"]),
    zone=st.sampled_from(ZONES),
    moment=st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_what_comes_next_and_what_came_last_agree(minute: str, hour: str, day: str, zone: str, moment: Any) -> None:
    times = cron(f"{minute} {hour} {day} *", zone)
    due = times.next_after(moment)
    assert due > moment
    assert times.latest(due) == due
    before = times.latest(moment)
    assert before <= moment
    assert times.next_after(before) == due
    assert (due.second, due.microsecond) == (0, 0)


@given(st.integers(60, 10**7), st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_intervals_agree_too(seconds: int, moment: Any) -> None:
    times = Every(seconds=seconds, anchor=ANCHOR)
    assert times.latest(moment) <= moment < times.next_after(moment)
    assert (times.next_after(moment) - ANCHOR) % timedelta(seconds=seconds) == timedelta(0)


@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        ({"cron": "30 2 * *"}, "cron", "cron"),
        ({"cron": "0 30 2 * * *"}, "cron", "cron"),
        ({"cron": "61 2 * * *"}, "cron", "cron"),
        ({"cron": "@daily"}, "cron", "cron"),
        ({"cron": "x " * 5}, "cron", "cron"),
        ({"cron": "1," * 200 + "1 * * * *"}, "cron", "cron"),
        ({"cron": "0 0 30 2 *"}, "cron", "cron"),
        ({"cron": "0 0 */31 2 1#2"}, "cron", "never"),
        ({"cron": "", "interval": None}, "cron", "one_of"),
        ({"cron": "* * * * *", "interval": 60}, "cron", "one_of"),
        ({"cron": "", "interval": 59}, "interval", "invalid"),
        ({"cron": "", "interval": 10**9}, "interval", "invalid"),
        ({"cron": "* * * * *", "time_zone": "Europe"}, "time_zone", "time_zone"),
        ({"cron": "* * * * *", "time_zone": "../../etc/passwd"}, "time_zone", "time_zone"),
    ],
)
def test_what_cannot_be_meant_is_named(given: dict[str, Any], path: str, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        recurrence(**{"interval": None, "time_zone": "UTC", "anchor": ANCHOR, **given})
    assert [(item.path, item.code) for item in caught.value.errors] == [(path, code)]


@given(st.lists(st.text("0123459*/,-#LWSUN", max_size=5), min_size=5, max_size=5))
def test_whatever_is_written_is_either_meant_or_refused(fields: list[str]) -> None:
    try:
        times = cron(" ".join(fields))
    except InvalidInput:
        return
    assert times.next_after(ANCHOR) is None or times.describe()


def test_it_is_said_in_plain_words() -> None:
    assert cron("30 2 * * 1-5").describe() == "At 02:30 on Monday through Friday, Europe/Berlin time"
    assert Every(seconds=86400, anchor=ANCHOR).describe() == "Every day"
    assert Every(seconds=5400, anchor=ANCHOR).describe() == "Every 90 minutes"
