"""webnet below a prefix, as in a host site, and the pages that only the tests have."""

from __future__ import annotations

from django.urls import include, path

from tests import bed

urlpatterns = [
    path("netops/", include("webnet_core.urls")),
    path("bed/host/<slug:host>/", bed.HostBedView.as_view()),
    path("bed/css/<slug:host>.css", bed.style_sheet),
    path("bed/live/", bed.LiveBedView.as_view()),
    path("bed/htmx/<slug:version>/", bed.HtmxBedView.as_view()),
]
