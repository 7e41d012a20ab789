"""Routes of webnet-ui's pages, in the namespace ``webnet``."""

from __future__ import annotations

from django.urls import path

from webnet_ui.dashboard.views import DashboardView
from webnet_ui.devices import actions as device_actions
from webnet_ui.devices import views as devices
from webnet_ui.importing import views as importing
from webnet_ui.importing.exports import DeviceExportView
from webnet_ui.jobs import views as jobs
from webnet_ui.run import views as run
from webnet_ui.signin.views import LoginView, LogoutView, standalone_only
from webnet_ui.styleguide.views import ShellDemoView, StyleGuideView

urlpatterns = [
    path("", DashboardView.as_view(), name="dashboard"),
    path("login/", standalone_only(LoginView.as_view()), name="login"),
    path("logout/", standalone_only(LogoutView.as_view()), name="logout"),
    path("devices/", devices.DeviceListView.as_view(), name="device-list"),
    path("devices/select/", device_actions.DeviceSelectView.as_view(), name="device-select"),
    path("devices/export/<str:form>/", DeviceExportView.as_view(), name="device-export"),
    path("devices/import/", importing.ImportUploadView.as_view(), name="import"),
    path("devices/import/template/", importing.ImportTemplateView.as_view(), name="import-template"),
    path("devices/import/<uuid:token>/", importing.ImportPreviewView.as_view(), name="import-preview"),
    path("devices/import/<uuid:token>/columns/", importing.ImportColumnsView.as_view(), name="import-columns"),
    path("devices/import/<uuid:token>/errors/", importing.ImportErrorsView.as_view(), name="import-errors"),
    path("devices/<int:pk>/", devices.DeviceDetailView.as_view(), name="device-detail"),
    path("devices/<int:pk>/jobs/", devices.DeviceJobsView.as_view(), name="device-jobs"),
    path("devices/<int:pk>/start/<str:task>/", device_actions.DeviceRunView.as_view(), name="device-run"),
    path("devices/<int:pk>/<slug:tab>/", devices.DeviceTabView.as_view(), name="device-tab"),
    path("run/", run.RunCatalogueView.as_view(), name="run"),
    path("run/<str:task>/", run.RunTaskView.as_view(), name="run-task"),
    path("jobs/", jobs.JobListView.as_view(), name="job-list"),
    path("jobs/<int:pk>/", jobs.JobDetailView.as_view(), name="job-detail"),
    path("jobs/<int:pk>/events/", jobs.JobEventsView.as_view(), name="job-events"),
    path("jobs/<int:pk>/cancel/", jobs.JobCancelView.as_view(), name="job-cancel"),
    path("jobs/<int:pk>/retry/", jobs.JobRetryView.as_view(), name="job-retry"),
    path("jobs/<int:pk>/hosts/<int:result>/", jobs.JobHostView.as_view(), name="job-host"),
    path("__styleguide__/", StyleGuideView.as_view(), name="styleguide"),
    path("__styleguide__/page/", ShellDemoView.as_view(), name="styleguide-page"),
]
