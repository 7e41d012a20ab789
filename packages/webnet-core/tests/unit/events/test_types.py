"""Every kind of event that core tells of can be put into words that fit into a message."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime

import pytest

from webnet_core.events.registrations import EVENT_TYPES
from webnet_core.events.types import SEVERITIES, JobFailed, JobOutcome, job_ended
from webnet_core.plugins.items import JobStatus

NOW = datetime(2026, 1, 2, tzinfo=UTC)
VALUES = {
    "counts": {},
    "errors": {},
    "status": JobStatus.PARTIAL,
    "what": "paused",
    "due": NOW,
    "started": None,
    "finished": NOW,
    "seconds": 120.0,
    "usual_seconds": 40.0,
}


@pytest.mark.parametrize("item", EVENT_TYPES, ids=lambda item: item.key)
def test_a_kind_of_event_can_be_told(item):
    required = [field for field in dataclasses.fields(item.type) if field.default is dataclasses.MISSING]
    values = {field.name: VALUES.get(field.name, 7 if "int" in str(field.type) else "sw1") for field in required}
    event = item.type(**values)
    assert event.describe().strip()
    assert json.loads(json.dumps(event.payload()))
    assert event.weight in SEVERITIES
    assert item.description.endswith(".")


@pytest.mark.parametrize(
    ("status", "kind", "weight"),
    [
        (JobStatus.SUCCESS, JobOutcome, "info"),
        (JobStatus.CANCELLED, JobOutcome, "info"),
        (JobStatus.PARTIAL, JobFailed, "warning"),
        (JobStatus.FAILED, JobFailed, "error"),
        (JobStatus.INTERRUPTED, JobFailed, "error"),
    ],
)
def test_how_bad_the_end_of_a_job_is(status, kind, weight):
    assert job_ended(status) is kind
    about = {"customer_id": 1, "job_id": 2, "task": "get_facts", "started": None, "finished": NOW}
    assert kind(**about, status=status, counts={}, errors={}).weight == weight
