"""Run a finished job again for the hosts it failed on."""

from __future__ import annotations

from typing import Any

from webnet_core.access.scope import can
from webnet_core.exceptions import Conflict, InvalidInput, PermissionDenied
from webnet_core.jobs.catalogue import get_task, permission_of
from webnet_core.jobs.models import Job
from webnet_core.jobs.plan import Frozen
from webnet_core.jobs.submit import create_job
from webnet_core.plugins.items import HostStatus

_AGAIN = (HostStatus.FAILED, HostStatus.UNREACHABLE, HostStatus.CANCELLED, HostStatus.SKIPPED, HostStatus.UNKNOWN)


def retry_failed(user: Any, job: Job, *, source: str = "api") -> Job:
    """Make a new job with the same task, parameters and options over the hosts that did not succeed.

    Raises:
        PermissionDenied: the user may not run this task for this customer.
        Conflict: the job has not ended, has nothing to retry, or changes devices (then plan anew).
    """
    spec = get_task(job.type)
    if not can(user, permission_of(spec), job.customer_id):
        raise PermissionDenied(f"Retrying needs the action '{permission_of(spec)}', which your role does not have.")
    if not job.finished:
        raise Conflict(f"Job {job.pk} is {job.status}; it can be retried when it has ended.")
    if spec.risk != "read":
        raise Conflict(f"{spec.name} changes devices and is never repeated by itself: plan it anew for these hosts.")
    again = job.results.filter(status__in=[status.value for status in _AGAIN], device__enabled=True)
    ids = list(again.values_list("device_id", flat=True))
    if not ids:
        raise InvalidInput.at("job", f"Job {job.pk} has no failed host left to retry.", "nothing_to_retry")
    frozen = Frozen(task=spec.name, customer_id=job.customer_id, device_ids=ids, params=job.params, options=job.options)
    return create_job(user, spec, frozen, source=source, retry_of=job)
