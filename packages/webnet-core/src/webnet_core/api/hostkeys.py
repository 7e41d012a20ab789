"""Host keys over REST, across devices."""

from __future__ import annotations

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from webnet_core.api.fields import Query
from webnet_core.api.schema import answers
from webnet_core.api.shapes.hostkeys import HostKeyQuery, PinnedKeyAnswer
from webnet_core.api.views import WebnetViewSet
from webnet_core.inventory.models import HostKey

_FILTERS = {
    "device_id": "device",
    "hostname": "device__hostname__icontains",
    "fingerprint": "fingerprint",
    "key_type": "key_type",
}


class HostKeyViews(WebnetViewSet):
    """The SSH host keys pinned for devices; a device's own route accepts and forgets them."""

    actions: ClassVar[dict[str, str]] = {"list": "view", "retrieve": "view"}
    queries: ClassVar[dict[str, type[Query]]] = {"list": HostKeyQuery}

    @answers(200, PinnedKeyAnswer(many=True))
    def list(self, request: Request) -> Response:
        """List the pinned keys you see, the newest first."""
        wanted = {lookup: self.query[name] for name, lookup in _FILTERS.items() if name in self.query}
        rows = self.rows(HostKey).filter(**wanted).select_related("device")
        return self.page(rows.order_by("-pk"), PinnedKeyAnswer)

    @answers(200, PinnedKeyAnswer)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one pinned key."""
        return Response(self.shown(PinnedKeyAnswer, self.one(self.rows(HostKey).select_related("device"), pk)))
