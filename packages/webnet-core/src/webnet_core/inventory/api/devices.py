"""Sites and devices over REST."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from webnet_core.access.scope import ScopedQuerySet
from webnet_core.api.fields import Query, list_query
from webnet_core.api.pagination import PageWithTotal
from webnet_core.api.schema import answers
from webnet_core.api.shapes.inventory import (
    DeviceAnswer,
    DeviceBody,
    DeviceQuery,
    DeviceUpdateBody,
    DisableBody,
    HostKeyBody,
    HostKeysAnswer,
    SiteAnswer,
    SiteBody,
    SiteUpdateBody,
    TriedCredentialsAnswer,
    TriedCredentialsBody,
)
from webnet_core.api.views import WebnetAPIView, WebnetViewSet
from webnet_core.inventory.devices import (
    create_device,
    delete_device,
    disable_device,
    enable_device,
    find_devices,
    update_device,
)
from webnet_core.inventory.hostkeys import accept, dismiss
from webnet_core.inventory.listing import answers_of
from webnet_core.inventory.logins import set_device_credentials, set_site_credentials
from webnet_core.inventory.models import Device, DeviceCredential, Site, SiteCredential
from webnet_core.inventory.sites import create_site, delete_site, update_site
from webnet_core.jobs.shownkeys import accept_shown, shown_keys


class DevicePage(PageWithTotal):
    """The envelope of devices, which are read without model instances."""

    def read(self, queryset: Any) -> Any:
        """Return what `DeviceAnswer` shows of the part of the rows."""
        return answers_of(super().read(queryset))


class SiteViews(WebnetViewSet):
    """Places where devices stand."""

    actions: ClassVar[dict[str, str]] = {
        "list": "view",
        "retrieve": "view",
        "create": "sites.edit",
        "update": "sites.edit",
        "partial_update": "sites.edit",
        "destroy": "sites.edit",
    }
    queries: ClassVar[dict[str, type[Query]]] = {"list": list_query("name")}

    @answers(200, SiteAnswer(many=True))
    def list(self, request: Request) -> Response:
        """List the sites you see."""
        return self.page(self.rows(Site).order_by("name", "pk"), SiteAnswer)

    @answers(200, SiteAnswer)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one site."""
        return Response(self.shown(SiteAnswer, self.one(self.rows(Site), pk)))

    @answers(201, SiteAnswer, body=SiteBody)
    def create(self, request: Request) -> Response:
        """Make a site."""
        given = self.body(SiteBody)
        site = create_site(request.user, self.owner(given.pop("customer_id", None)), given)
        return Response(self.shown(SiteAnswer, site), status=201)

    @answers(200, SiteAnswer, body=SiteUpdateBody)
    def update(self, request: Request, pk: int) -> Response:
        """Change a site; what is left out stays."""
        changed = update_site(request.user, self.one(self.rows(Site), pk), self.body(SiteUpdateBody, partial=True))
        return Response(self.shown(SiteAnswer, changed))

    @answers(200, SiteAnswer, body=SiteUpdateBody)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change a site; what is left out stays."""
        return self.update(request, pk)

    @answers(204, None)
    def destroy(self, request: Request, pk: int) -> Response:
        """Remove a site where no device stands."""
        delete_site(request.user, self.one(self.rows(Site), pk))
        return Response(status=204)


class DeviceViews(WebnetViewSet):
    """What webnet logs in to."""

    actions: ClassVar[dict[str, str]] = {
        "list": "view",
        "retrieve": "view",
        "create": "devices.edit",
        "update": "devices.edit",
        "partial_update": "devices.edit",
        "destroy": "devices.edit",
    }
    queries: ClassVar[dict[str, type[Query]]] = {"list": DeviceQuery}
    pagination_class = DevicePage

    @answers(200, DeviceAnswer(many=True))
    def list(self, request: Request) -> Response:
        """List the devices you see."""
        filters: dict[str, Any] = dict(self.query)
        filters["reachability"] = filters.pop("reachability_status", None)
        return device_page(self, self.narrow(find_devices(request.user, filters)))

    @answers(200, DeviceAnswer)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one device."""
        return Response(self.shown(DeviceAnswer, self._device(pk)))

    @answers(201, DeviceAnswer, body=DeviceBody)
    def create(self, request: Request) -> Response:
        """Make a device."""
        given = self.body(DeviceBody)
        device = create_device(request.user, self.owner(given.pop("customer_id", None)), given)
        return Response(self.shown(DeviceAnswer, device), status=201)

    @answers(200, DeviceAnswer, body=DeviceUpdateBody)
    def update(self, request: Request, pk: int) -> Response:
        """Change a device; what is left out stays. Another address, port or credential drops its pinned host keys."""
        changed = update_device(request.user, self._device(pk), self.body(DeviceUpdateBody, partial=True))
        return Response(self.shown(DeviceAnswer, changed))

    @answers(200, DeviceAnswer, body=DeviceUpdateBody)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change a device; what is left out stays. Another address, port or credential drops its pinned host keys."""
        return self.update(request, pk)

    @answers(204, None)
    def destroy(self, request: Request, pk: int) -> Response:
        """Remove a device that no job works on."""
        delete_device(request.user, self._device(pk))
        return Response(status=204)

    def _device(self, pk: int) -> Device:
        return device_of(self, pk)


class EnableView(WebnetAPIView):
    """Letting jobs run on a device again."""

    actions: ClassVar[dict[str, str]] = {"post": "devices.edit"}

    @answers(200, DeviceAnswer, operation_id="devices_enable")
    def post(self, request: Request, pk: int) -> Response:
        """Enable the device."""
        self.no_body()
        return Response(self.shown(DeviceAnswer, enable_device(request.user, device_of(self, pk))))


class DisableView(WebnetAPIView):
    """Leaving a device out of every target."""

    actions: ClassVar[dict[str, str]] = {"post": "devices.edit"}

    @answers(200, DeviceAnswer, body=DisableBody, operation_id="devices_disable")
    def post(self, request: Request, pk: int) -> Response:
        """Disable the device; plans and jobs leave it out and show the reason."""
        reason = self.body(DisableBody).get("reason", "")
        return Response(self.shown(DeviceAnswer, disable_device(request.user, device_of(self, pk), reason)))


def device_page(view: WebnetAPIView, rows: ScopedQuerySet[Device]) -> Response:
    """Return the part of `rows` that the view's query asks for, in the envelope of devices."""
    pages = DevicePage()
    return pages.get_paginated_response(pages.paginate_queryset(rows, view.request, view))


def device_of(view: WebnetAPIView, pk: int) -> Device:
    """Return a device that the view's user sees, with what its answer shows.

    Raises:
        NotFound: there is none.
    """
    return view.one(view.rows(Device).select_related("site", "credential").prefetch_related("tags"), pk)


class HostKeyView(WebnetAPIView):
    """The SSH host keys pinned for a device."""

    actions: ClassVar[dict[str, str]] = {"get": "view", "post": "hostkeys.accept", "delete": "hostkeys.accept"}

    @answers(200, HostKeysAnswer, operation_id="devices_host_keys")
    def get(self, request: Request, pk: int) -> Response:
        """List the keys a device may show."""
        return Response(self._keys(self.one(self.rows(Device), pk)))

    @answers(200, HostKeysAnswer, body=HostKeyBody, operation_id="devices_host_keys_accept")
    def post(self, request: Request, pk: int) -> Response:
        """Accept a key that you compared with the device's own; it takes the place of all others."""
        device = self.one(self.rows(Device), pk)
        given = self.body(HostKeyBody)
        if "fingerprint" in given:
            accept_shown(request.user, device, given["fingerprint"])
        else:
            accept(request.user, device, given["key_type"], given["key"])
        return Response(self._keys(device))

    @answers(204, None, operation_id="devices_host_keys_forget")
    def delete(self, request: Request, pk: int) -> Response:
        """Forget the keys of a device; jobs wait until one is accepted."""
        dismiss(request.user, self.one(self.rows(Device), pk))
        return Response(status=204)

    def _keys(self, device: Device) -> Any:
        keys = device.host_keys.order_by("key_type")
        told = {"repinning_required": device.repinning_required, "results": keys, "shown": shown_keys(device)}
        return self.shown(HostKeysAnswer, told)


class DeviceCredentialsView(WebnetAPIView):
    """The credentials to try on a device after its own."""

    actions: ClassVar[dict[str, str]] = {"get": "view", "put": "devices.edit"}

    @answers(200, TriedCredentialsAnswer, operation_id="devices_credentials_list")
    def get(self, request: Request, pk: int) -> Response:
        """List them in their order."""
        device = self.one(self.rows(Device), pk)
        rows = DeviceCredential.objects.filter(device=device).select_related("credential")
        return Response(self.shown(TriedCredentialsAnswer, {"credentials": [row.credential for row in rows]}))

    @answers(200, TriedCredentialsAnswer, body=TriedCredentialsBody, operation_id="devices_credentials_set")
    def put(self, request: Request, pk: int) -> Response:
        """Set them; one that is new drops the device's pinned host keys."""
        device = self.one(self.rows(Device), pk)
        found = set_device_credentials(request.user, device, self.body(TriedCredentialsBody)["credentials"])
        return Response(self.shown(TriedCredentialsAnswer, {"credentials": found}))


class SiteCredentialsView(WebnetAPIView):
    """The credentials to try on every device of a site after the device's own."""

    actions: ClassVar[dict[str, str]] = {"get": "view", "put": "sites.edit"}

    @answers(200, TriedCredentialsAnswer, operation_id="sites_credentials_list")
    def get(self, request: Request, pk: int) -> Response:
        """List them in their order."""
        site = self.one(self.rows(Site), pk)
        rows = SiteCredential.objects.filter(site=site).select_related("credential")
        return Response(self.shown(TriedCredentialsAnswer, {"credentials": [row.credential for row in rows]}))

    @answers(200, TriedCredentialsAnswer, body=TriedCredentialsBody, operation_id="sites_credentials_set")
    def put(self, request: Request, pk: int) -> Response:
        """Set them."""
        site = self.one(self.rows(Site), pk)
        found = set_site_credentials(request.user, site, self.body(TriedCredentialsBody)["credentials"])
        return Response(self.shown(TriedCredentialsAnswer, {"credentials": found}))
