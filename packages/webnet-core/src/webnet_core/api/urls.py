"""The routes of webnet-core's API, relative to ``api/v1/``; each works with and without the slash at its end."""

from __future__ import annotations

from webnet_core.access import tokens
from webnet_core.access.api.customers import CustomerMemberView, CustomerViews
from webnet_core.access.api.keys import KeyRevokeView, KeyViews, UserKeyRevokeView, UserKeyViews
from webnet_core.access.api.passwords import PasswordView
from webnet_core.access.api.signin import LoginView, LoginViews, LogoutView, MeView, ReauthenticateView, RefreshView
from webnet_core.access.api.users import (
    MembershipViews,
    RegisterView,
    UserActivateView,
    UserDeactivateView,
    UserViews,
)
from webnet_core.api.docs import DocsView, SchemaView, assets_installed
from webnet_core.api.hostkeys import HostKeyViews
from webnet_core.api.imports import (
    DeviceExportView,
    DeviceImportView,
    ImportCommitView,
    ImportRowsView,
    ImportUndoView,
    ImportViews,
)
from webnet_core.api.jobs_admin import AdminJobLogView, AdminJobViews
from webnet_core.api.results import ResultExportView, ResultsView
from webnet_core.api.routes import crud, route
from webnet_core.api.schedules import (
    SchedulePauseView,
    SchedulePreviewView,
    ScheduleResumeView,
    ScheduleRunView,
    ScheduleViews,
)
from webnet_core.api.system import HealthView, PluginListView, PluginView, WorkerViews
from webnet_core.api.tasks import ExecuteView, PlanView, StatusView, TaskListView, TaskView
from webnet_core.audit.api import AuditExportView, AuditViews
from webnet_core.events.api import (
    DeliveryViews,
    EventTypesView,
    RedeliverView,
    RuleViews,
    WebhookDeliveryViews,
    WebhookRotateView,
    WebhookTestView,
    WebhookViews,
)
from webnet_core.inventory.api.bulk import BulkDeleteView, BulkDevicesView, SelectionsView, SelectionView
from webnet_core.inventory.api.devices import (
    DeviceCredentialsView,
    DeviceViews,
    DisableView,
    EnableView,
    HostKeyView,
    SiteCredentialsView,
    SiteViews,
)
from webnet_core.inventory.api.groups import GroupDevicesView, GroupDeviceView, GroupViews, TagViews
from webnet_core.inventory.api.ranges import DataSchemaView, RangeViews
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

_NO_WRITES = ("create", "update", "partial_update")
_READ_ONLY = (*_NO_WRITES, "destroy")

urlpatterns = [
    *route("auth/logout/", LogoutView.as_view(), "api-logout"),
    *route("auth/me/", MeView.as_view(), "api-me"),
    *route("auth/reauthenticate/", ReauthenticateView.as_view(), "api-reauthenticate"),
    *crud("api-keys", KeyViews, "api-keys", leave_out=["update", "partial_update"]),
    *route("api-keys/<webnet_id:pk>/revoke/", KeyRevokeView.as_view(), "api-key-revoke"),
    *route("auth/register/", RegisterView.as_view(), "api-register"),
    *route("auth/password/", PasswordView.as_view(), "api-password"),
    *crud("users", UserViews, "api-users", one="webnet_user"),
    *crud("users/<webnet_user:user_id>/api-keys", UserKeyViews, "api-user-keys", leave_out=_NO_WRITES),
    *route(
        "users/<webnet_user:user_id>/api-keys/<webnet_id:pk>/revoke/",
        UserKeyRevokeView.as_view(),
        "api-user-key-revoke",
    ),
    *route("users/<webnet_user:pk>/activate/", UserActivateView.as_view(), "api-user-activate"),
    *route("users/<webnet_user:pk>/deactivate/", UserDeactivateView.as_view(), "api-user-deactivate"),
    *crud("memberships", MembershipViews, "api-memberships"),
    *crud("customers", CustomerViews, "api-customers"),
    *route(
        "customers/<webnet_id:pk>/users/<webnet_user:user_id>/", CustomerMemberView.as_view(), "api-customer-member"
    ),
    *route("customers/<webnet_id:pk>/ranges/", RangeViews.as_view({"get": "list", "post": "create"}), "api-ranges"),
    *route(
        "customers/<webnet_id:pk>/ranges/<webnet_id:range_id>/", RangeViews.as_view({"delete": "destroy"}), "api-range"
    ),
    *route("customers/<webnet_id:pk>/data-schema/", DataSchemaView.as_view(), "api-data-schema"),
    *crud("sites", SiteViews, "api-sites"),
    *crud("tags", TagViews, "api-tags"),
    *crud("groups", GroupViews, "api-groups"),
    *route("groups/<webnet_id:pk>/devices/", GroupDevicesView.as_view(), "api-group-devices"),
    *route("groups/<webnet_id:pk>/devices/<webnet_id:device_id>/", GroupDeviceView.as_view(), "api-group-device"),
    *crud("credentials", CredentialViews, "api-credentials"),
    *route("selections/", SelectionsView.as_view(), "api-selections"),
    *route("selections/<uuid:pk>/", SelectionView.as_view(), "api-selection"),
    *route("devices/bulk/", BulkDevicesView.as_view(), "api-devices-bulk"),
    *route("devices/bulk/delete/", BulkDeleteView.as_view(), "api-devices-bulk-delete"),
    *crud("devices", DeviceViews, "api-devices"),
    *route("devices/<webnet_id:pk>/enable/", EnableView.as_view(), "api-device-enable"),
    *route("devices/<webnet_id:pk>/disable/", DisableView.as_view(), "api-device-disable"),
    *route("devices/import/", DeviceImportView.as_view(), "api-devices-import"),
    *route("devices/export/", DeviceExportView.as_view(), "api-devices-export"),
    *route("imports/", ImportViews.as_view({"get": "list"}), "api-imports"),
    *route("imports/<uuid:pk>/", ImportViews.as_view({"get": "retrieve"}), "api-import"),
    *route("imports/<uuid:pk>/rows/", ImportRowsView.as_view(), "api-import-rows"),
    *route("imports/<uuid:pk>/commit/", ImportCommitView.as_view(), "api-import-commit"),
    *route("imports/<uuid:pk>/undo/", ImportUndoView.as_view(), "api-import-undo"),
    *route("devices/<webnet_id:pk>/host-keys/", HostKeyView.as_view(), "api-host-keys"),
    *route("devices/<webnet_id:pk>/credentials/", DeviceCredentialsView.as_view(), "api-device-credentials"),
    *route("sites/<webnet_id:pk>/credentials/", SiteCredentialsView.as_view(), "api-site-credentials"),
    *route("devices/<webnet_id:pk>/jobs/", DeviceJobViews.as_view({"get": "list"}), "api-device-jobs"),
    *route("tasks/", TaskListView.as_view(), "api-tasks"),
    *route("tasks/plan/", PlanView.as_view(), "api-task-plan"),
    *route("tasks/execute/", ExecuteView.as_view(), "api-task-execute"),
    *route("tasks/status/<webnet_id:pk>/", StatusView.as_view(), "api-task-status"),
    *route("tasks/<str:name>/", TaskView.as_view(), "api-task"),
    *crud("jobs/admin", AdminJobViews, "api-jobs-admin", leave_out=_READ_ONLY),
    *route("jobs/admin/<webnet_id:pk>/logs/", AdminJobLogView.as_view(), "api-jobs-admin-logs"),
    *crud("jobs", JobViews, "api-jobs", leave_out=_READ_ONLY),
    *route("jobs/<webnet_id:pk>/logs/", JobLogView.as_view(), "api-job-logs"),
    *route("jobs/<webnet_id:pk>/events/", JobEventsView.as_view(), "api-job-events"),
    *route("jobs/<webnet_id:pk>/results/", JobResultsView.as_view(), "api-job-results"),
    *route("jobs/<webnet_id:pk>/results/<webnet_id:device_id>/", JobResultView.as_view(), "api-job-result"),
    *route("jobs/<webnet_id:pk>/cancel/", JobCancelView.as_view(), "api-job-cancel"),
    *route("jobs/<webnet_id:pk>/retry/", JobRetryView.as_view(), "api-job-retry"),
    *crud("schedules", ScheduleViews, "api-schedules"),
    *route("schedules/preview/", SchedulePreviewView.as_view(), "api-schedule-preview"),
    *route("schedules/<webnet_id:pk>/run/", ScheduleRunView.as_view(), "api-schedule-run"),
    *route("schedules/<webnet_id:pk>/pause/", SchedulePauseView.as_view(), "api-schedule-pause"),
    *route("schedules/<webnet_id:pk>/resume/", ScheduleResumeView.as_view(), "api-schedule-resume"),
    *route("event-types/", EventTypesView.as_view(), "api-event-types"),
    *crud("webhooks", WebhookViews, "api-webhooks"),
    *route("webhooks/<webnet_id:pk>/test/", WebhookTestView.as_view(), "api-webhook-test"),
    *route("webhooks/<webnet_id:pk>/rotate-secret/", WebhookRotateView.as_view(), "api-webhook-rotate"),
    *route(
        "webhooks/<webnet_id:pk>/deliveries/", WebhookDeliveryViews.as_view({"get": "list"}), "api-webhook-deliveries"
    ),
    *crud("notification-rules", RuleViews, "api-notification-rules"),
    *crud(
        "deliveries",
        DeliveryViews,
        "api-deliveries",
        leave_out=["create", "update", "partial_update", "destroy"],
        one="uuid",
    ),
    *route("deliveries/<uuid:pk>/redeliver/", RedeliverView.as_view(), "api-delivery-redeliver"),
    *route("audit/export/", AuditExportView.as_view(), "api-audit-export"),
    *crud("audit", AuditViews, "api-audit", leave_out=_READ_ONLY),
    *route("results/", ResultsView.as_view(), "api-results"),
    *route("results/export/", ResultExportView.as_view(), "api-results-export"),
    *crud("host-keys", HostKeyViews, "api-all-host-keys", leave_out=_READ_ONLY),
    *route("plugins/", PluginListView.as_view(), "api-plugins"),
    *route("plugins/<str:name>/", PluginView.as_view(), "api-plugin"),
    *route("health/", HealthView.as_view(), "api-health"),
    *route("workers/", WorkerViews.as_view({"get": "list"}), "api-workers-list"),
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
