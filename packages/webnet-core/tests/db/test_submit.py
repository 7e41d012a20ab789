"""The one way in takes a job whole or leaves nothing behind."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.db import connections
from django.utils import timezone

from webnet_core.access.models import Customer, Membership
from webnet_core.audit.models import AuditEvent
from webnet_core.exceptions import Conflict, InvalidInput, PermissionDenied, SubmissionRefused, WebnetError
from webnet_core.inventory.models import Device, Selection
from webnet_core.inventory.selections import freeze
from webnet_core.jobs.models import HostResult, Job, JobEvent, Shard
from webnet_core.jobs.plan import plan
from webnet_core.jobs.retry import retry_failed
from webnet_core.jobs.submit import submit
from webnet_core.plugin import hookimpl
from webnet_core.plugins.items import Veto
from webnet_core.testing.factories import make_customer, make_device, make_devices, make_site, make_user
from webnet_core.testing.jobs import run_jobs_inline


def ids(devices: list[Device]) -> dict[str, list[int]]:
    return {"device_ids": [device.pk for device in devices]}


def refused(error: type[WebnetError], user: Any, **asked: Any) -> Any:
    """Submit what must be refused; return the error, having seen that nothing was stored."""
    with pytest.raises(error) as caught:
        submit(user, **{"task": "proof.read", **asked})
    assert not Job.objects.exists()
    assert not Shard.objects.exists()
    assert not HostResult.objects.exists()
    assert not JobEvent.objects.exists()
    assert not AuditEvent.objects.filter(action="jobs.submit").exists()
    return caught.value


def paths(error: InvalidInput) -> list[str]:
    return [item.path for item in error.errors]


def test_a_job_is_written_with_its_hosts_shards_event_and_audit_row(
    core: Callable[..., None], customer: Customer, operator: Any
) -> None:
    core(SHARD_SIZE=2)
    london = make_site(customer, queue="lon")
    devices = [*make_devices(3, customer), *make_devices(1, customer, site=london)]
    job = submit(operator, task="proof.read", targets=ids(devices))
    assert (job.status, job.total, job.open_shards, job.event_seq) == ("queued", 4, 3, 1)
    assert list(job.shards.order_by("number").values_list("queue", flat=True)) == ["default", "default", "lon"]
    assert set(job.results.values_list("device_id", flat=True)) == {device.pk for device in devices}
    assert AuditEvent.objects.get(action="jobs.submit").object_id == job.pk


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ({"task": "proof.raed"}, "task"),
        ({"task": "a\x00b"}, "task"),
        ({"targets": {}}, "targets"),
        ({"targets": {"all": False}}, "targets"),
        ({"targets": {"device_ids": []}}, "targets"),
        ({"targets": {"device_ids": ["x"]}}, "targets.device_ids.0"),
        ({"targets": {"devices": [1]}}, "targets.devices"),
        ({"targets": {"device_ids": [2**80]}}, "targets.device_ids"),
        ({"targets": {"hostname": "nobody"}}, "targets"),
        ({"targets": {"hostname": ""}}, "targets"),
        ({"targets": {"hostname": "a\x00"}}, "targets"),
        ({"targets": {"site": 2**80}}, "targets"),
        ({"targets": {"site": "9" * 40}}, "targets"),
        ({"targets": {"selection": str(uuid.uuid4())}}, "targets.selection"),
        ({"targets": {"selection": "x"}}, "targets.selection"),
        ({"params": {"colour": "red"}}, "params.colour"),
        ({"params": {"seconds": "soon"}}, "params.seconds"),
        ({"params": {"contacts": "a\x00b"}}, "params.contacts"),
        ({"params": {"answers": {"x": "\ud800"}}}, "params.answers.x"),
        ({"options": {"workers": 0}}, "options.workers"),
        ({"options": {"speed": 1}}, "options.speed"),
        ({"token": "never made by us"}, "token"),
        ({"task": "proof.change"}, "token"),
    ],
)
def test_what_is_wrong_is_named_by_its_path_and_nothing_is_stored(
    asked: dict[str, Any], path: str, customer: Customer, operator: Any
) -> None:
    device = make_device(customer)
    error = refused(InvalidInput, operator, **{"targets": ids([device]), **asked})
    assert paths(error) == [path]


def test_an_unknown_task_comes_with_the_closest_ones(customer: Customer, operator: Any) -> None:
    error = refused(InvalidInput, operator, task="proof.raed", targets=ids([make_device(customer)]))
    assert "proof.read" in error.message


def test_a_viewer_may_not_run_anything(customer: Customer) -> None:
    viewer = make_user(role="viewer", customer=customer)
    error = refused(PermissionDenied, viewer, targets=ids([make_device(customer)]))
    assert "jobs.run" in error.message


def test_a_foreign_device_is_refused_in_the_words_for_one_that_does_not_exist(
    customer: Customer, operator: Any
) -> None:
    mine, foreign = make_device(customer), make_device()
    texts = set()
    for wrong in (foreign.pk, foreign.pk + 1000):
        error = refused(InvalidInput, operator, targets={"device_ids": [mine.pk, wrong]})
        assert paths(error) == ["targets.device_ids"]
        texts.add(error.message.replace(str(wrong), "N"))
        named = refused(InvalidInput, operator, targets={"device_ids": [wrong]}, customer_id=foreign.customer_id)
        texts.add(named.message.replace(str(wrong), "N"))
    assert len(texts) == 1


def test_two_customers_are_refused_and_the_header_is_named() -> None:
    everywhere = make_user(role="operator")
    first, second = make_device(), make_device()
    error = refused(InvalidInput, everywhere, targets=ids([first, second]))
    assert paths(error) == ["targets"]
    assert "X-Customer-ID" in error.message
    assert submit(everywhere, task="proof.read", targets={"all": True}, customer_id=first.customer_id).total == 1


def test_a_role_in_one_customer_does_not_open_a_task_in_another(customer: Customer, operator: Any) -> None:
    other = make_customer("Other")
    Membership.objects.create(user=operator, customer=other, role="admin")
    device = make_device(customer)
    error = refused(InvalidInput, operator, task="proof.raw", targets=ids([device]))
    assert paths(error) == ["targets.device_ids"]
    assert submit(operator, task="proof.raw", targets=ids([make_device(other)])).customer_id == other.pk


def test_disabled_devices_are_left_out_and_nothing_else_is_refused(customer: Customer, operator: Any) -> None:
    on, off = make_device(customer), make_device(customer, enabled=False)
    error = refused(InvalidInput, operator, targets=ids([off]))
    assert [item.code for item in error.errors] == ["all_disabled"]
    planned = plan(operator, task="proof.read", targets=ids([on, off]))
    assert {row.device_id: row.excluded for row in planned.rows} == {on.pk: "", off.pk: "the device is disabled"}
    job = submit(operator, task="proof.read", targets=ids([on, off]))
    assert [row.device_id for row in job.results.all()] == [on.pk]


def test_a_selection_that_lost_a_device_is_not_silently_smaller(customer: Customer, operator: Any) -> None:
    devices = make_devices(2, customer)
    selection = freeze(operator, customer.pk, [device.pk for device in devices])
    devices[0].delete()
    error = refused(InvalidInput, operator, targets={"selection": str(selection.pk)})
    assert paths(error) == ["targets.selection"]


class TestPlanTokens:
    """What a token binds."""

    def plan(self, user: Any, devices: list[Device], **asked: Any) -> str:
        return plan(user, **{"task": "proof.change", "targets": ids(devices), **asked}).token

    def test_a_change_runs_with_its_plan_and_only_with_it(self, customer: Customer, operator: Any) -> None:
        devices = make_devices(3, customer)
        error = refused(InvalidInput, operator, task="proof.change", targets=ids(devices))
        assert error.errors[0].code == "plan_required"
        token = self.plan(operator, devices, params={"seconds": 1.5}, options={"driver": "paper"})
        assert not Selection.objects.exists()
        job = submit(operator, task="proof.change", token=token)
        assert (job.total, job.params["seconds"], job.options) == (3, 1.5, {"driver": "paper"})

    def test_it_cannot_be_altered(self, customer: Customer, operator: Any) -> None:
        token = self.plan(operator, [make_device(customer)])
        for wrong in (token[:-1] + ("A" if token[-1] != "A" else "B"), "x" + token, token[5:], "ü:1:2", ""):
            error = refused(InvalidInput, operator, task="proof.change", token=wrong)
            assert paths(error) == ["token"]

    def test_another_signature_of_this_site_is_no_plan(self, operator: Any) -> None:
        error = refused(InvalidInput, operator, task="proof.change", token=signing.dumps({"user": operator.pk}))
        assert paths(error) == ["token"]

    def test_it_expires(self, core: Callable[..., None], customer: Customer, operator: Any) -> None:
        token = self.plan(operator, [make_device(customer)])
        core(PLAN_TOKEN_SECONDS=0.000001)
        assert "expired" in refused(InvalidInput, operator, task="proof.change", token=token).message

    def test_it_is_of_no_use_to_somebody_else(self, customer: Customer, operator: Any) -> None:
        token = self.plan(operator, [make_device(customer)])
        other = make_user(role="operator", customer=customer)
        assert "another user" in refused(InvalidInput, other, task="proof.change", token=token).message

    def test_it_is_of_no_use_to_one_who_lost_the_role(self, customer: Customer, operator: Any) -> None:
        token = self.plan(operator, [make_device(customer)])
        Membership.objects.update(role="viewer")
        again = type(operator).objects.get(pk=operator.pk)
        refused(PermissionDenied, again, task="proof.change", token=token)

    @pytest.mark.parametrize(
        "differs",
        [
            {"task": "proof.read"},
            {"params": {"seconds": 2}},
            {"options": {"workers": 3}},
            {"customer_id": 10**6},
        ],
    )
    def test_it_starts_no_other_run(self, differs: dict[str, Any], customer: Customer, operator: Any) -> None:
        token = self.plan(operator, [make_device(customer)])
        error = refused(InvalidInput, operator, **{"task": "proof.change", "token": token, **differs})
        assert error.errors[0].code == "plan_differs"

    @pytest.mark.parametrize("change", ["delete", "disable"])
    def test_it_dies_with_a_change_of_its_devices(self, change: str, customer: Customer, operator: Any) -> None:
        devices = make_devices(3, customer)
        token = self.plan(operator, devices)
        row = Device.objects.filter(pk=devices[1].pk)
        if change == "delete":
            row.delete()
        else:
            row.update(enabled=False)
        refused(InvalidInput, operator, task="proof.change", token=token)

    def test_more_devices_than_fit_are_frozen_and_signed(self, customer: Customer, operator: Any) -> None:
        devices = make_devices(201, customer)
        token = self.plan(operator, devices)
        frozen = Selection.objects.get()
        assert len(frozen.device_ids) == 201
        assert len(token) < 700
        Selection.objects.update(device_ids=frozen.device_ids[:200])
        assert "changed" in refused(InvalidInput, operator, task="proof.change", token=token).message
        Selection.objects.update(device_ids=frozen.device_ids)
        assert submit(operator, task="proof.change", token=token).total == 201

    def test_selections_that_have_expired_go_away(self, customer: Customer, operator: Any) -> None:
        first = freeze(operator, customer.pk, [1])
        Selection.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        second = freeze(operator, customer.pk, [2])
        assert list(Selection.objects.values_list("pk", flat=True)) == [second.pk] != [first.pk]


def test_the_same_submission_is_one_job(customer: Customer, operator: Any) -> None:
    asked = {"task": "proof.read", "targets": ids(make_devices(2, customer)), "submission_id": uuid.uuid4()}
    assert submit(operator, **asked).pk == submit(operator, **asked).pk
    assert (Job.objects.count(), HostResult.objects.count()) == (1, 2)


def test_a_submission_id_is_not_taken_for_another_run(customer: Customer, operator: Any) -> None:
    taken = uuid.uuid4()
    targets = ids(make_devices(1, customer))
    job = submit(operator, task="proof.read", targets=targets, submission_id=taken)
    with pytest.raises(Conflict, match=f"job {job.pk}, which is another run"):
        submit(operator, task="proof.read", targets=targets, options={"workers": 3}, submission_id=taken)
    assert Job.objects.count() == 1


def test_twenty_submissions_at_once_are_one_job(customer: Customer, operator: Any) -> None:
    asked = {"task": "proof.read", "targets": ids(make_devices(2, customer)), "submission_id": uuid.uuid4()}
    gate, found = threading.Barrier(20), []

    def go() -> None:
        gate.wait()
        try:
            found.append(submit(operator, **asked).pk)
        except Exception as error:  # noqa: BLE001 - it must not happen, and is seen below
            found.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 20
    assert set(found) == {Job.objects.get().pk}


def test_a_submission_id_of_another_customer_is_as_free_as_any(customer: Customer, operator: Any) -> None:
    taken = uuid.uuid4()
    stranger = make_user(role="operator", customer=make_customer())
    make_device(stranger.webnet_memberships.get().customer)
    submit(stranger, task="proof.read", targets={"all": True}, submission_id=taken)
    job = submit(operator, task="proof.read", targets=ids([make_device(customer)]), submission_id=taken)
    assert (Job.objects.count(), job.customer) == (2, customer)


class Guard:
    """A guard that says whatever it is told to."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[Any] = []

    @hookimpl
    def webnet_check_submission(self, draft: Any, user: Any) -> Any:
        self.asked.append((draft, user))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_every_veto_refuses_and_all_are_told(customer: Customer, operator: Any, webnet_plugins: Any) -> None:
    freeze_guard = Guard([Veto(code="freeze", message="Changes are frozen until Monday.")])
    webnet_plugins.load(frozen=freeze_guard, broken=Guard(OSError("no calendar")), fine=Guard(None))
    device = make_device(customer)
    error = refused(SubmissionRefused, operator, targets=ids([device]))
    assert {veto.code for veto in error.vetoes} == {"freeze", "guard_failed"}
    assert freeze_guard.asked[0][0].device_ids == (device.pk,)
    freeze_guard.answer = None
    error = refused(SubmissionRefused, operator, targets=ids([device]))
    assert "no calendar" in error.message


def test_retry_takes_the_hosts_that_did_not_succeed(customer: Customer, operator: Any) -> None:
    names = ["one", "two", "three", "four"]
    devices = [make_device(customer, hostname=name) for name in names]
    params = {"answers": {"two": "failed", "three": "unreachable", "four": "skipped"}}
    job = submit(operator, task="proof.read", targets=ids(devices), params=params)
    with pytest.raises(Conflict):
        retry_failed(operator, job)
    run_jobs_inline()
    job.refresh_from_db()
    again = retry_failed(operator, job)
    assert (again.retry_of_id, again.total) == (job.pk, 3)
    assert {row.device_name for row in again.results.all()} == {"two", "three", "four"}


@pytest.mark.parametrize(
    ("after", "error"),
    [('webnet_core_device"."enabled', Conflict), ('webnet_core_site"."queue', InvalidInput)],
)
def test_a_device_removed_at_this_moment_is_told_and_makes_no_job_without_it(
    customer: Customer, operator: Any, after: str, error: type[WebnetError]
) -> None:
    device = make_device(customer)

    def remove() -> None:
        device.delete()
        connections.close_all()

    def overtaken(execute: Any, sql: str, *rest: Any) -> Any:
        found = execute(sql, *rest)
        if after in sql and device.pk:
            thread = threading.Thread(target=remove)
            thread.start()
            thread.join()
        return found

    with connections["default"].execute_wrapper(overtaken):
        refused(error, operator, targets=ids([device]))
    assert not Device.objects.exists()
