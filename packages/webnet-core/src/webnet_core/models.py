"""Every model of webnet_core, for Django to find; each lives in its room."""

from __future__ import annotations

from webnet_core.access.models import ApiKey, Customer, Membership, RefreshFamily
from webnet_core.audit.models import AuditChain, AuditEvent
from webnet_core.blobs.models import Blob, DigestKey
from webnet_core.events.models import Delivery, NotificationRule, Webhook
from webnet_core.inventory.importing.models import ImportBatch
from webnet_core.inventory.models import (
    DataSchema,
    Device,
    DeviceCredential,
    DeviceGroup,
    DeviceLease,
    HostKey,
    IPRange,
    Selection,
    Site,
    SiteCredential,
    Tag,
)
from webnet_core.jobs.models import (
    HostResult,
    IdempotencyRecord,
    Job,
    JobEvent,
    Schedule,
    Shard,
    SingletonLease,
    Worker,
)
from webnet_core.secrets.models import Credential

__all__ = [
    "ApiKey",
    "AuditChain",
    "AuditEvent",
    "Blob",
    "Credential",
    "Customer",
    "DataSchema",
    "Delivery",
    "Device",
    "DeviceCredential",
    "DeviceGroup",
    "DeviceLease",
    "DigestKey",
    "HostKey",
    "HostResult",
    "IPRange",
    "IdempotencyRecord",
    "ImportBatch",
    "Job",
    "JobEvent",
    "Membership",
    "NotificationRule",
    "RefreshFamily",
    "Schedule",
    "Selection",
    "Shard",
    "SingletonLease",
    "Site",
    "SiteCredential",
    "Tag",
    "Webhook",
    "Worker",
]
