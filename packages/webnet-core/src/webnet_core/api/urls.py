"""The routes of webnet-core's API, relative to ``api/v1/``; each works with and without the slash at its end."""

from __future__ import annotations

from webnet_core.access import tokens
from webnet_core.access.api.customers import CustomerViews
from webnet_core.access.api.keys import KeyRevokeView, KeyViews
from webnet_core.access.api.signin import LoginView, LoginViews, LogoutView, MeView, ReauthenticateView, RefreshView
from webnet_core.access.api.users import (
    MembershipViews,
    RegisterView,
    UserActivateView,
    UserDeactivateView,
    UserViews,
)
from webnet_core.api.docs import DocsView, SchemaView, assets_installed
from webnet_core.api.routes import crud, route
from webnet_core.api.tasks import ExecuteView, PlanView, StatusView, TaskListView, TaskView
from webnet_core.audit.api import AuditExportView, AuditViews
from webnet_core.inventory.api.devices import (
    DeviceCredentialsView,
    DeviceViews,
    HostKeyView,
    SiteCredentialsView,
    SiteViews,
)
from webnet_core.jobs.api import (
    DeviceJobViews,
    JobCancelView,
    JobEventsView,
    JobLogView,
    JobResultsView,
    JobResultView,
    JobRetryView,
    JobViews,
)
from webnet_core.secrets.api import CredentialViews

urlpatterns = [
    *route("auth/logout/", LogoutView.as_view(), "api-logout"),
    *route("auth/me/", MeView.as_view(), "api-me"),
    *route("auth/reauthenticate/", ReauthenticateView.as_view(), "api-reauthenticate"),
    *crud("api-keys", KeyViews, "api-keys", leave_out=["update", "partial_update"]),
    *route("api-keys/<webnet_id:pk>/revoke/", KeyRevokeView.as_view(), "api-key-revoke"),
    *route("auth/register/", RegisterView.as_view(), "api-register"),
    *crud("users", UserViews, "api-users", leave_out=["destroy"], one="webnet_user"),
    *route("users/<webnet_user:pk>/activate/", UserActivateView.as_view(), "api-user-activate"),
    *route("users/<webnet_user:pk>/deactivate/", UserDeactivateView.as_view(), "api-user-deactivate"),
    *crud("memberships", MembershipViews, "api-memberships"),
    *crud("customers", CustomerViews, "api-customers", leave_out=["destroy"]),
    *crud("sites", SiteViews, "api-sites"),
    *crud("credentials", CredentialViews, "api-credentials"),
    *crud("devices", DeviceViews, "api-devices"),
    *route("devices/<webnet_id:pk>/host-keys/", HostKeyView.as_view(), "api-host-keys"),
    *route("devices/<webnet_id:pk>/credentials/", DeviceCredentialsView.as_view(), "api-device-credentials"),
    *route("sites/<webnet_id:pk>/credentials/", SiteCredentialsView.as_view(), "api-site-credentials"),
    *route("devices/<webnet_id:pk>/jobs/", DeviceJobViews.as_view({"get": "list"}), "api-device-jobs"),
    *route("tasks/", TaskListView.as_view(), "api-tasks"),
    *route("tasks/plan/", PlanView.as_view(), "api-task-plan"),
    *route("tasks/execute/", ExecuteView.as_view(), "api-task-execute"),
    *route("tasks/status/<webnet_id:pk>/", StatusView.as_view(), "api-task-status"),
    *route("tasks/<str:name>/", TaskView.as_view(), "api-task"),
    *crud("jobs", JobViews, "api-jobs", leave_out=["create", "update", "partial_update", "destroy"]),
    *route("jobs/<webnet_id:pk>/logs/", JobLogView.as_view(), "api-job-logs"),
    *route("jobs/<webnet_id:pk>/events/", JobEventsView.as_view(), "api-job-events"),
    *route("jobs/<webnet_id:pk>/results/", JobResultsView.as_view(), "api-job-results"),
    *route("jobs/<webnet_id:pk>/results/<webnet_id:device_id>/", JobResultView.as_view(), "api-job-result"),
    *route("jobs/<webnet_id:pk>/cancel/", JobCancelView.as_view(), "api-job-cancel"),
    *route("jobs/<webnet_id:pk>/retry/", JobRetryView.as_view(), "api-job-retry"),
    *route("audit/export/", AuditExportView.as_view(), "api-audit-export"),
    *crud("audit", AuditViews, "api-audit", leave_out=["create", "update", "partial_update", "destroy"]),
    *route("schema/", SchemaView.as_view(), "api-schema"),
]
if tokens.available():
    urlpatterns += [
        *route("auth/login/", LoginView.as_view(), "api-login"),
        *route("auth/refresh/", RefreshView.as_view(), "api-refresh"),
        *crud("auth/logins", LoginViews, "api-logins", leave_out=["create", "retrieve", "update", "partial_update"]),
    ]
if assets_installed():
    urlpatterns += route("docs/", DocsView.as_view(), "api-docs")
