"""Bodies with every field that the contract names, and the fields it promises in answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

_TOMORROW = (timezone.now() + timedelta(days=1)).isoformat()
_ACCOUNT = {"username": "newcomer", "password": "correct horse battery staple", "role": "viewer"}
_CREDENTIAL = {"name": "spare", "username": "netops", "password": "a-password", "enable_password": "another"}
_DEVICE = {
    "hostname": "new1",
    "mgmt_ip": "192.0.2.77",
    "vendor": "Cisco",
    "platform": "cisco_ios",
    "role": "access",
    "enabled": True,
}


def _device(world: Any) -> dict[str, Any]:
    return {
        **_DEVICE,
        "site": world.site.name,
        "tags": {"rack": "r1", "critical": ""},
        "credentials_ref": world.credential.pk,
    }


def _run(world: Any) -> dict[str, Any]:
    return {"task": "get_facts", "targets": {"device_ids": [world.device.pk]}, "params": {}}


BODIES: Mapping[str, Mapping[str, Any] | Callable[[Any], Mapping[str, Any]]] = {
    "UserLogin": lambda world: {"username": "c-login", "password": world.password},
    "RefreshTokenRequest": lambda world: {"refresh_token": world.refresh()},
    "UserCreate": _ACCOUNT,
    "AdminUserCreate": lambda world: {**_ACCOUNT, "is_active": True, "customer_ids": [world.customer.pk]},
    "UserUpdate": {"role": "operator", "is_active": True},
    "APIKeyCreate": {"name": "nightly", "expires_at": _TOMORROW, "scopes": ["view"]},
    "CustomerCreate": {"name": "Fresh", "description": "New here."},
    "CustomerIPRangeCreate": {"cidr": "198.51.100.0/24", "description": "Lab."},
    "CredentialCreate": _CREDENTIAL,
    "CredentialUpdate": {**_CREDENTIAL, "name": "renamed"},
    "DeviceCreate": _device,
    # No other address or credential: that takes a password entered again.
    "DeviceUpdate": {"hostname": "renamed1", "role": "core", "enabled": True, "tags": {"rack": "r2"}},
    "Run": _run,
}
# What may be left out.
OPTIONAL: Mapping[str, tuple[str, ...]] = {
    "UserCreate": ("role",),
    "AdminUserCreate": ("role", "is_active", "customer_ids"),
    "UserUpdate": ("role", "is_active"),
    "APIKeyCreate": ("expires_at", "scopes"),
    "CustomerCreate": ("description",),
    "CustomerIPRangeCreate": ("description",),
    "CredentialCreate": ("enable_password",),
    "CredentialUpdate": ("name", "username", "password", "enable_password"),
    "DeviceCreate": ("vendor", "role", "site", "tags", "enabled", "credentials_ref"),
    "DeviceUpdate": ("hostname", "role", "enabled", "tags"),
}
QUERIES: Mapping[str, Any] = {
    "skip": 0,
    "limit": 5,
    "type": "get_facts",
    "status": "failed",
    "customer_id": lambda world: world.customer.pk,
    "user_id": lambda world: world.users["viewer"].pk,
    "job_id": lambda world: world.job.pk,
    "device_id": lambda world: world.device.pk,
    "task": "get_facts",
    "since": "2020-01-01T00:00:00Z",
    "until": "2030-01-01T00:00:00Z",
    "format": "csv",
    "site": lambda world: world.site.name,
    "role": "access",
    "vendor": "Cisco",
    "reachability_status": "unknown",
    "search": "a",
    "enabled": "true",
}

_USER = {"id", "username", "role", "is_active", "customers"}
_KEY = {"id", "name", "key_prefix", "scopes", "expires_at", "last_used_at", "is_active", "created_at"}
_CUSTOMER = {"id", "name", "description", "created_at"}
_RANGE = {"id", "customer_id", "cidr", "description", "created_at"}
_CREDENTIAL_ANSWER = {"id", "name", "username", "created_at"}
_DEVICE_ANSWER = {
    *("id", "hostname", "mgmt_ip", "vendor", "platform", "role", "site", "tags", "enabled", "credentials_ref"),
    *("reachability_status", "last_reachability_check", "created_at", "updated_at"),
}
_JOB = {
    *("id", "type", "status", "user_id", "target_summary_json", "payload_json", "result_summary_json"),
    *("scheduled_for", "requested_at", "started_at", "finished_at"),
}
_LOG = {"id", "job_id", "ts", "level", "host", "message", "extra_json"}
_SNAPSHOT_ROW = {"id", "created_at", "source", "hash", "job_id"}
_SNAPSHOT = {"id", "device_id", "created_at", "source", "config_text", "hash"}
_TOKENS = {"access_token", "refresh_token", "token_type"}
_STATE = {"job_id", "status"}

# By address and method; of lists, what each row has.
ANSWERS: Mapping[str, set[str]] = {
    "POST /api-keys": {*_KEY, "key"},
    "GET /api-keys": _KEY,
    "GET /api-keys/{key_id}": _KEY,
    "POST /auth/login": _TOKENS,
    "POST /auth/refresh": _TOKENS,
    "GET /auth/me": _USER,
    "GET /config/snapshots/{snapshot_id}": _SNAPSHOT,
    "GET /config/devices/{device_id}/snapshots": _SNAPSHOT_ROW,
    "POST /customers": _CUSTOMER,
    "GET /customers": _CUSTOMER,
    "GET /customers/{customer_id}": _CUSTOMER,
    "GET /customers/{customer_id}/ranges": _RANGE,
    "POST /customers/{customer_id}/ranges": _RANGE,
    "POST /credentials": _CREDENTIAL_ANSWER,
    "GET /credentials": _CREDENTIAL_ANSWER,
    "GET /credentials/{credential_id}": _CREDENTIAL_ANSWER,
    "PUT /credentials/{credential_id}": _CREDENTIAL_ANSWER,
    "POST /devices/import": {"created", "updated", "errors"},
    "POST /devices": _DEVICE_ANSWER,
    "GET /devices": _DEVICE_ANSWER,
    "GET /devices/{device_id}": _DEVICE_ANSWER,
    "PUT /devices/{device_id}": _DEVICE_ANSWER,
    "GET /devices/{device_id}/jobs": _JOB,
    "GET /jobs": _JOB,
    "GET /jobs/{job_id}": _JOB,
    "GET /jobs/{job_id}/logs": _LOG,
    "GET /jobs/{job_id}/results": {*_STATE, "results"},
    "POST /jobs/{job_id}/retry": _STATE,
    "POST /jobs/{job_id}/cancel": _STATE,
    "GET /jobs/admin": _JOB,
    "GET /jobs/admin/{job_id}": _JOB,
    "GET /jobs/admin/{job_id}/logs": _LOG,
    "GET /users": _USER,
    "POST /users": _USER,
    "PUT /users/{user_id}": _USER,
    "POST /tasks/execute": _STATE,
    "GET /tasks/status/{job_id}": {*_STATE, "state", "progress"},
}
