"""The routes external systems use, as data: method, address, answer, least role, package, step, body and query.

Below ``/api/v1`` but for `ROOT`. A row is due when its step is done and its package installed; those of later steps stand
here already, so that whoever builds them finds what they must be.
"""

from __future__ import annotations

from dataclasses import dataclass

# Steps of the plan that are done; a later one adds its number.
DONE = {1, 2, 3, 4}
# Served at the root of the site.
ROOT = {"/metrics", "/health", "/health/live", "/health/ready"}


@dataclass(frozen=True, slots=True)
class Row:
    """One method of one address. `codes` are those that the least role may get; `body` names fields of `bodies`."""

    verb: str
    path: str
    codes: tuple[int, ...]
    role: str
    package: str
    step: int
    body: str = ""
    query: str = ""

    @property
    def due(self) -> bool:
        """Whether it must hold by now; sockets are tried by the tests of sockets."""
        return self.step in DONE and self.verb != "WS"

    def __str__(self) -> str:
        return f"{self.verb} {self.path}"


# fmt: off
# ruff: noqa: E501
REFERENCE = (
    Row("POST", "/api-keys", (201,), "viewer", "core", 3, body="APIKeyCreate"),
    Row("GET", "/api-keys", (200,), "viewer", "core", 3),
    Row("GET", "/api-keys/{key_id}", (200,), "viewer", "core", 3),
    Row("POST", "/api-keys/{key_id}/revoke", (204,), "viewer", "core", 3),
    Row("DELETE", "/api-keys/{key_id}", (204,), "viewer", "core", 3),
    Row("POST", "/auth/login", (200,), "public", "core", 1, body="UserLogin"),
    Row("GET", "/auth/me", (200,), "viewer", "core", 1),
    Row("POST", "/auth/refresh", (200,), "public", "core", 1, body="RefreshTokenRequest"),
    Row("POST", "/auth/register", (201, 403), "public", "core", 3, body="UserCreate"),
    Row("GET", "/commands/suggestions", (200,), "operator", "nornir", 5, query="platform"),
    Row("POST", "/commands/run", (202,), "operator", "nornir", 5, body="CommandRunRequest"),
    Row("GET", "/compliance/policies", (200,), "viewer", "compliance", 9, query="skip,limit"),
    Row("GET", "/compliance/policies/{policy_id}", (200,), "viewer", "compliance", 9),
    Row("POST", "/compliance/policies", (201,), "admin", "compliance", 9, body="PolicyCreate"),
    Row("PUT", "/compliance/policies/{policy_id}", (200,), "admin", "compliance", 9, body="PolicyUpdate"),
    Row("DELETE", "/compliance/policies/{policy_id}", (204,), "admin", "compliance", 9),
    Row("POST", "/compliance/run", (202,), "operator", "compliance", 9, body="RunComplianceRequest"),
    Row("GET", "/compliance/results", (200,), "viewer", "compliance", 9, query="policy_id,device_id,status,skip,limit,start,end"),
    Row("GET", "/compliance/overview", (200,), "viewer", "compliance", 9, query="recent_limit"),
    Row("GET", "/compliance/results/{result_id}", (200,), "viewer", "compliance", 9),
    Row("GET", "/compliance/devices/{device_id}", (200,), "viewer", "compliance", 9),
    Row("POST", "/config/backup", (202,), "operator", "config", 7, body="ConfigBackupRequest"),
    Row("GET", "/config/snapshots/{snapshot_id}", (200,), "viewer", "config", 1),
    Row("POST", "/config/deploy/preview", (202,), "operator", "config", 8, body="ConfigDeployPreviewRequest"),
    Row("POST", "/config/deploy/commit", (202,), "operator", "config", 8, body="ConfigDeployCommitRequest"),
    Row("GET", "/config/devices/{device_id}/snapshots", (200,), "viewer", "config", 1, query="limit"),
    Row("GET", "/config/devices/{device_id}/diff", (200,), "viewer", "config", 7, query="from,to"),
    Row("POST", "/config/rollback/preview", (202,), "operator", "config", 8, body="ConfigRollbackPreviewRequest"),
    Row("POST", "/config/rollback/commit", (202,), "operator", "config", 8, body="ConfigRollbackCommitRequest"),
    Row("POST", "/customers", (201,), "admin", "core", 4, body="CustomerCreate"),
    Row("GET", "/customers", (200,), "viewer", "core", 4),
    Row("GET", "/customers/{customer_id}", (200,), "viewer", "core", 4),
    Row("POST", "/customers/{customer_id}/users/{user_id}", (204,), "admin", "core", 4),
    Row("DELETE", "/customers/{customer_id}/users/{user_id}", (204,), "admin", "core", 4),
    Row("GET", "/customers/{customer_id}/ranges", (200,), "viewer", "core", 4),
    Row("POST", "/customers/{customer_id}/ranges", (201,), "admin", "core", 4, body="CustomerIPRangeCreate"),
    Row("DELETE", "/customers/{customer_id}/ranges/{range_id}", (204,), "admin", "core", 4),
    Row("POST", "/credentials", (201,), "operator", "core", 4, body="CredentialCreate"),
    Row("GET", "/credentials", (200,), "viewer", "core", 4),
    Row("GET", "/credentials/{credential_id}", (200,), "viewer", "core", 4),
    Row("PUT", "/credentials/{credential_id}", (200,), "operator", "core", 4, body="CredentialUpdate"),
    Row("DELETE", "/credentials/{credential_id}", (204,), "operator", "core", 4),
    Row("POST", "/devices/import", (200,), "operator", "core", 4),
    Row("POST", "/devices", (201,), "operator", "core", 4, body="DeviceCreate"),
    Row("GET", "/devices", (200,), "viewer", "core", 4, query="site,role,vendor,reachability_status,search,enabled,skip,limit"),
    Row("GET", "/devices/{device_id}", (200,), "viewer", "core", 4),
    Row("PUT", "/devices/{device_id}", (200,), "operator", "core", 4, body="DeviceUpdate"),
    Row("DELETE", "/devices/{device_id}", (204,), "operator", "core", 4),
    Row("GET", "/devices/{device_id}/jobs", (200,), "viewer", "core", 4, query="type,status,skip,limit"),
    Row("GET", "/jobs", (200,), "viewer", "core", 4, query="type,status,skip,limit"),
    Row("GET", "/jobs/{job_id}", (200,), "viewer", "core", 4),
    Row("GET", "/jobs/{job_id}/logs", (200,), "viewer", "core", 4, query="limit"),
    Row("GET", "/jobs/{job_id}/results", (200,), "viewer", "core", 4),
    Row("POST", "/jobs/{job_id}/retry", (200,), "operator", "core", 4),
    Row("POST", "/jobs/{job_id}/cancel", (200,), "operator", "core", 4),
    Row("GET", "/jobs/admin", (200,), "admin", "core", 4, query="type,status,customer_id,user_id,skip,limit"),
    Row("GET", "/jobs/admin/{job_id}", (200,), "admin", "core", 4),
    Row("GET", "/jobs/admin/{job_id}/logs", (200,), "admin", "core", 4, query="limit"),
    Row("GET", "/metrics", (200,), "public", "core", 4),
    Row("POST", "/network/run_commands", (200, 202), "operator", "nornir", 5, body="CommandRequest"),
    Row("POST", "/network/compliance/getters", (200, 202), "operator", "nornir", 5, body="ComplianceRequest"),
    Row("POST", "/network/check_reachability", (200, 202), "operator", "nornir", 5, body="ReachabilityRequest"),
    Row("POST", "/topology/discover", (202,), "operator", "nornir", 5),
    Row("GET", "/topology/links", (200,), "viewer", "nornir", 5, query="device_id"),
    Row("GET", "/topology/graph", (200,), "viewer", "nornir", 5),
    Row("DELETE", "/topology/links", (200,), "operator", "nornir", 5),
    Row("GET", "/users", (200,), "admin", "core", 4),
    Row("POST", "/users", (201,), "admin", "core", 4, body="AdminUserCreate"),
    Row("PUT", "/users/{user_id}", (200,), "admin", "core", 4, body="UserUpdate"),
    Row("WS", "/ws/jobs/{job_id}", (), "public", "core", 6, query="token"),
    Row("WS", "/ws/devices/{device_id}/ssh", (), "public", "nornir", 6, query="token,customer_id"),
    Row("GET", "/health", (200,), "public", "core", 4),
    Row("GET", "/health/live", (200,), "public", "core", 4),
    Row("GET", "/health/ready", (200, 503), "public", "core", 4),
)
# Beside the reference's: the resources of tasks and results, and what people manage through pages.
OURS = (
    Row("GET", "/tasks", (200,), "viewer", "core", 4),
    Row("POST", "/tasks/plan", (200,), "operator", "core", 4, body="Run"),
    Row("POST", "/tasks/execute", (202,), "operator", "core", 4, body="Run"),
    Row("GET", "/tasks/status/{job_id}", (200,), "viewer", "core", 4),
    Row("GET", "/results", (200,), "viewer", "core", 4, query="job_id,device_id,task,status,since,until"),
    Row("GET", "/results/export", (200,), "viewer", "core", 4, query="format"),
    Row("GET", "/users/{user_id}", (200,), "admin", "core", 4),
    Row("PATCH", "/users/{user_id}", (200,), "admin", "core", 4, body="UserUpdate"),
    Row("DELETE", "/users/{user_id}", (204,), "admin", "core", 4),
    Row("POST", "/users/{user_id}/activate", (200,), "admin", "core", 4),
    Row("POST", "/users/{user_id}/deactivate", (200,), "admin", "core", 4),
    Row("GET", "/users/{user_id}/api-keys", (200,), "admin", "core", 4),
    Row("PUT", "/customers/{customer_id}", (200,), "admin", "core", 4, body="CustomerCreate"),
    Row("PATCH", "/customers/{customer_id}", (200,), "admin", "core", 4, body="CustomerCreate"),
    Row("DELETE", "/customers/{empty_id}", (204,), "admin", "core", 4),
    Row("GET", "/sites", (200,), "viewer", "core", 4, query="skip,limit"),
    Row("GET", "/audit", (200,), "admin", "core", 4, query="limit"),
    Row("GET", "/host-keys", (200,), "viewer", "core", 4, query="device_id,skip,limit"),
    Row("GET", "/plugins", (200,), "admin", "core", 4),
    Row("GET", "/workers", (200,), "admin", "core", 4),
    Row("GET", "/schema", (200,), "viewer", "core", 4),
)
# fmt: on
TABLE = (*REFERENCE, *OURS)
