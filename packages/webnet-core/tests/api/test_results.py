"""Results across jobs: filters that narrow, reading on, and files that a spreadsheet cannot be tricked with."""

from __future__ import annotations

import csv
import io
import json

import pytest
from openpyxl import load_workbook
from tests.api.conftest import HOSTILE

from webnet_core.audit.models import AuditEvent
from webnet_core.jobs import results as found
from webnet_core.jobs.models import HostResult

API = "/api/v1"


@pytest.fixture
def answered(world):
    """Two jobs of ours, one host of which failed."""
    world.executor.failing = {world.devices[0].hostname}
    world.first, world.second = world.finished_job(), world.finished_job(targets={"device_ids": [world.devices[1].pk]})
    return world


def ids(world, query, who="viewer"):
    answer = world.client(who).get(f"{API}/results/{query}")
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def test_each_filter_narrows(answered):
    everything = ids(answered, "")
    assert everything == sorted(everything, reverse=True)
    assert len(everything) == 4
    device = answered.devices[1]
    for query, expected in (
        (f"?job_id={answered.first.pk}", 3),
        (f"?device_id={device.pk}", 2),
        (f"?hostname={device.hostname}", 2),
        ("?task=talker.ask", 4),
        ("?task=talker.alter", 0),
        ("?status=failed", 1),
        ("?error_category=authentication", 1),
        ("?since=2099-01-01T00:00:00Z", 0),
        ("?until=2099-01-01T00:00:00Z", 4),
    ):
        assert len(ids(answered, query)) == expected, query


@pytest.mark.parametrize("query", ["?vendor=cisco", "?status=odd", "?job_id=x", "?since=yesterday", "?limit=201"])
def test_what_does_not_narrow_is_refused(world, query):
    assert world.client("viewer").get(f"{API}/results/{query}").status_code == 400


def test_reading_on_gives_every_row_once_while_rows_are_added(answered):
    first = answered.client("viewer").get(f"{API}/results/?limit=2").json()
    answered.finished_job()
    second = answered.client("viewer").get(first["next"]).json()
    seen = [row["id"] for row in (*first["results"], *second["results"])]
    assert (first["count"], second["next"], len(seen), len(set(seen))) == (None, None, 4, 4)


def test_nobody_sees_anothers(answered):
    assert ids(answered, "", who="stranger") == []
    assert ids(answered, f"?job_id={answered.first.pk}", who="stranger") == []


def exported(world, form, who="viewer"):
    answer = world.client(who).get(f"{API}/results/export/?format={form}")
    assert answer.status_code == 200
    assert answer["Content-Disposition"].endswith(f'.{form}"')
    return answer.getvalue()


def test_exports_hold_every_row_masked_and_harmless(answered):
    HostResult.objects.filter(job=answered.second).update(message="=cmd|' /C calc'!A0")
    rows = json.loads(exported(answered, "json"))
    assert len(rows) == 4
    assert "s3cret-word" not in json.dumps(rows)
    assert "s3cret-word" in exported(answered, "json", who="admin").decode()
    assert rows[0]["message"].startswith("=cmd")
    lines = list(csv.DictReader(io.StringIO(exported(answered, "csv").decode())))
    assert [line["id"] for line in lines] == [str(row["id"]) for row in rows]
    assert lines[0]["message"].startswith("'=cmd")
    assert HOSTILE not in exported(answered, "csv").decode()
    sheet = load_workbook(io.BytesIO(exported(answered, "xlsx"))).active
    cells = list(sheet.iter_rows(values_only=True))
    assert (cells[0], len(cells)) == (found.COLUMNS, 5)
    assert cells[1][found.COLUMNS.index("message")].startswith("'=cmd")
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "inlineStr"}
    assert AuditEvent.objects.filter(action="results.export").count() == 5


def test_too_many_rows_are_refused_with_what_narrows_them(answered, settings):
    settings.WEBNET = {**settings.WEBNET, "CORE": {**settings.WEBNET["CORE"], "EXPORT_ROWS": 2}}
    refused = answered.client("viewer").get(f"{API}/results/export/")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "too_many_rows")


def test_addresses_without_a_version_are_the_same_routes(answered):
    viewer, operator = answered.client("viewer"), answered.client("operator")
    body = {"task": "talker.ask", "targets": {"all": True}, "params": {"commands": ["show version"]}}
    for slash in ("/", ""):
        assert len(viewer.get(f"/api/results{slash}").json()["results"]) == 4
        assert viewer.get(f"/api/devices{slash}").json()["total"] == 3
        assert viewer.post(f"/api/devices{slash}", {}).status_code == 403
        assert viewer.get(f"/api/tasks/status/{answered.first.pk}{slash}").json()["id"] == answered.first.pk
    for slash in ("/", ""):
        assert operator.post(f"/api/tasks/execute{slash}", body).status_code == 202
    # What else is below api/ may be the host's.
    assert viewer.get("/api/nothing/")["Content-Type"].startswith("text/html")
