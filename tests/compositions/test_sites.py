"""Every composition stands, each in a process of its own."""

from __future__ import annotations

from concurrent.futures import Future

import pytest

from tests.compositions.sites import HERE, SITES, Report, walked


@pytest.mark.parametrize("site", SITES)
def test_the_site_stands(site: str, reports: dict[str, Future[Report]]) -> None:
    report = reports[site].result()
    assert report.code == 0, report.output
    assert report.passed > 10
    assert report.skipped == 0


def test_every_composition_is_run() -> None:
    assert {path.parent.name for path in HERE.glob("*/settings.py")} == {*SITES, "hostile"}


def test_a_site_that_keeps_local_times_answers_the_same() -> None:
    for ours, theirs in zip(walked("local_times"), walked("plain"), strict=True):
        assert ours == theirs, ours["asked"]
