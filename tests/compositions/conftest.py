"""Each folder with settings of its own is one site, and one site is one process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.compositions.sites import Report, run

AT_A_TIME = 2


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out the tests of sites that are not this process's own."""
    if collection_path.is_dir() and (collection_path / "settings.py").exists():
        own = os.environ.get("DJANGO_SETTINGS_MODULE", "").rpartition(".")[0]
        if own != f"tests.compositions.{collection_path.name}":
            return True
    return None


def wanted(items: list[pytest.Item]) -> list[str]:
    """Return the sites whose test will run; none inside a site's own process."""
    callspecs = [item.callspec for item in items if isinstance(item, pytest.Function) and hasattr(item, "callspec")]
    return [str(callspec.params["site"]) for callspec in callspecs if "site" in callspec.params]


@pytest.fixture(scope="session", autouse=True)
def reports(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Report]]]:
    """All sites' runs, a few at a time, from the beginning: they go on while other tests wait for servers."""
    scratch = tmp_path_factory.mktemp("records")
    pool = ThreadPoolExecutor(max_workers=AT_A_TIME)
    yield {site: pool.submit(run, site, scratch) for site in wanted(request.session.items)}
    pool.shutdown(cancel_futures=True)
