"""Bar 7: one page of a long list of devices, on PostgreSQL, against the SQL that it cannot do without."""

from __future__ import annotations

import contextlib
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import psycopg

from benchmarks.conversations import Conversation
from benchmarks.figures import Bar, Figure
from benchmarks.workbench import Workbench, median_of
from tests.e2e.site import Site, browser_cookie, running, sign_in
from webnet_core.testing.database import ServiceMissing, started

LENGTH = 50
_ROWS = (
    "SELECT d.*, s.name, c.name FROM webnet_core_device d LEFT JOIN webnet_core_site s ON s.id = d.site_id"
    " LEFT JOIN webnet_core_credential c ON c.id = d.credential_id ORDER BY d.hostname, d.id LIMIT 50"
)
_COUNT = "SELECT count(*) FROM webnet_core_device"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sizes:
    """How much of it: `rows` devices, each page `asked` times a round."""

    rows: int = 100_000
    asked: int = 15
    rounds: int = 5


SMOKE = Sizes(rows=1100, asked=1, rounds=1)


def run(_bench: Workbench, sizes: Sizes) -> Bar:
    """Enter the rows into a site on PostgreSQL and ask for pages of them in turns with the bare SQL."""
    with _site() as (site, address):
        inside = Conversation("benchmarks.site_process", env=site.environment)
        with contextlib.closing(inside), psycopg.connect(address, autocommit=True) as bare:
            inside.hear()
            inside.ask("fill", sizes.rows)
            bare.execute("VACUUM ANALYZE")
            client = sign_in(site.url, "admin", "a-long-password")
            browser = httpx.Client(base_url=site.url, headers={"Cookie": browser_cookie(site)}, timeout=300)
            _check(bare, client, sizes)
            last = sizes.rows - LENGTH
            queries = inside.ask("queries", f"/api/v1/devices/?limit={LENGTH}", client.headers["Authorization"], "")
            on_page = inside.ask("queries", f"/devices/?per_page={LENGTH}", "", browser.headers["Cookie"])
            rounds = [
                {
                    "raw": _milliseconds(sizes, lambda: _read(bare)),
                    "first": _milliseconds(sizes, lambda: _get(client, f"devices/?limit={LENGTH}")),
                    "last": _milliseconds(sizes, lambda: _get(client, f"devices/?limit={LENGTH}&offset={last}")),
                    "page": _milliseconds(sizes, lambda: _get(browser, f"/devices/?per_page={LENGTH}")),
                    "last page": _milliseconds(
                        sizes, lambda: _get(browser, f"/devices/?per_page={LENGTH}&page={sizes.rows // LENGTH}")
                    ),
                }
                for _ in range(sizes.rounds)
            ]
    return Bar(
        key="7",
        title=f"{LENGTH} of {sizes.rows} devices on PostgreSQL, over the raw joined SELECT and its count",
        figures=[
            Figure(what="REST", value=median_of(rounds, lambda one: one["first"] / one["raw"]), must=4, aim=2),
            Figure(what="REST, queries", value=queries, unit="", must=6, aim=6),
            Figure(
                what="REST, last over first", value=median_of(rounds, lambda one: one["last"] / one["first"]), must=2,
                aim=1.5,
            ),
            Figure(what="page", value=median_of(rounds, lambda one: one["page"] / one["raw"]), must=4, aim=2),
            Figure(what="page, queries", value=on_page, unit="", must=6, aim=6),
            Figure(
                what="page, last over first", value=median_of(rounds, lambda one: one["last page"] / one["page"]),
                must=2, aim=1.5,
            ),
        ],
        rounds=rounds,
    )  # fmt: skip


@contextlib.contextmanager
def _site() -> Iterator[tuple[Site, str]]:
    """Serve a site from a PostgreSQL of our own; give it and the address of its database."""
    with contextlib.ExitStack() as parts:
        folder = parts.enter_context(tempfile.TemporaryDirectory(prefix="webnet-bench-"))
        try:
            server = parts.enter_context(started())
        except ServiceMissing as error:
            raise AssertionError(error.message) from error
        name = f"webnet_bench_{secrets.token_hex(4)}"
        place = f"postgresql://{server.user}@{server.host}:{server.port}"
        with psycopg.connect(f"{place}/postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        site = Site(state=Path(folder), env={"WEBNET_DATABASE_URL": f"{place}/{name}"})
        yield parts.enter_context(running(site)), f"{place}/{name}"


def _check(bare: psycopg.Connection[Any], client: httpx.Client, sizes: Sizes) -> None:
    """The gate: first and last page are exactly what the database has there.

    Raises:
        AssertionError: They are not.
    """
    for offset in (0, sizes.rows - LENGTH):
        answer = _get(client, f"devices/?limit={LENGTH}&offset={offset}").json()
        rows = bare.execute(_ROWS + f" OFFSET {offset}").fetchall()
        assert [row["id"] for row in answer["results"]] == [row[0] for row in rows], f"another page at {offset}"
        assert answer["count"] == sizes.rows


def _read(bare: psycopg.Connection[Any]) -> None:
    bare.execute(_ROWS).fetchall()
    bare.execute(_COUNT).fetchall()


def _get(client: httpx.Client, address: str) -> httpx.Response:
    answer = client.get(address)
    assert answer.status_code == httpx.codes.OK, answer.text[:500]
    return answer


def _milliseconds(sizes: Sizes, ask: Callable[[], Any]) -> float:
    ask()
    taken = []
    for _ in range(sizes.asked):
        began = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - began)
    return median(taken) * 1000
