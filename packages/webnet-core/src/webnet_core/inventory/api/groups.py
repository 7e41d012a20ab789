"""Tags and groups of devices over REST."""

from __future__ import annotations

from typing import ClassVar

from django.db.models import Q
from rest_framework.request import Request
from rest_framework.response import Response

from webnet_core.api.fields import PageQuery, Query, list_query
from webnet_core.api.schema import answers
from webnet_core.api.shapes.groups import (
    GroupAnswer,
    GroupBody,
    GroupUpdateBody,
    MembersAnswer,
    MembersBody,
    TagAnswer,
    TagBody,
    TagQuery,
    TagUpdateBody,
)
from webnet_core.api.shapes.inventory import DeviceAnswer
from webnet_core.api.views import WebnetAPIView, WebnetViewSet
from webnet_core.exceptions import NotFound
from webnet_core.inventory.api.devices import DevicePage, device_page
from webnet_core.inventory.groups import (
    add_members,
    create_group,
    delete_group,
    devices_in,
    remove_member,
    set_members,
    update_group,
)
from webnet_core.inventory.models import Device, DeviceGroup, Tag
from webnet_core.inventory.tags import create_tag, delete_tag, update_tag


class TagViews(WebnetViewSet):
    """Words on devices."""

    actions: ClassVar[dict[str, str]] = {
        "list": "view",
        "retrieve": "view",
        "create": "tags.edit",
        "update": "tags.edit",
        "partial_update": "tags.edit",
        "destroy": "tags.edit",
    }
    queries: ClassVar[dict[str, type[Query]]] = {"list": TagQuery}

    @answers(200, TagAnswer(many=True))
    def list(self, request: Request) -> Response:
        """List the tags you see."""
        rows = self.rows(Tag).order_by("name", "value", "pk")
        if name := self.query.get("name"):
            rows = rows.filter(name=name)
        if search := self.query.get("search"):
            rows = rows.filter(Q(name__icontains=search) | Q(value__icontains=search))
        return self.page(rows, TagAnswer)

    @answers(200, TagAnswer)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one tag."""
        return Response(self.shown(TagAnswer, self.one(self.rows(Tag), pk)))

    @answers(201, TagAnswer, body=TagBody)
    def create(self, request: Request) -> Response:
        """Make a tag; giving a device one that is not there makes it as well."""
        given = self.body(TagBody)
        tag = create_tag(request.user, self.owner(given.pop("customer_id", None)), given)
        return Response(self.shown(TagAnswer, tag), status=201)

    @answers(200, TagAnswer, body=TagUpdateBody)
    def update(self, request: Request, pk: int) -> Response:
        """Change a tag on all its devices; what is left out stays."""
        changed = update_tag(request.user, self.one(self.rows(Tag), pk), self.body(TagUpdateBody, partial=True))
        return Response(self.shown(TagAnswer, changed))

    @answers(200, TagAnswer, body=TagUpdateBody)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change a tag on all its devices; what is left out stays."""
        return self.update(request, pk)

    @answers(204, None)
    def destroy(self, request: Request, pk: int) -> Response:
        """Remove a tag, from its devices too."""
        delete_tag(request.user, self.one(self.rows(Tag), pk))
        return Response(status=204)


class GroupViews(WebnetViewSet):
    """Groups of devices, with members or with a filter."""

    actions: ClassVar[dict[str, str]] = {
        "list": "view",
        "retrieve": "view",
        "create": "groups.edit",
        "update": "groups.edit",
        "partial_update": "groups.edit",
        "destroy": "groups.edit",
    }
    queries: ClassVar[dict[str, type[Query]]] = {"list": list_query("name")}

    @answers(200, GroupAnswer(many=True))
    def list(self, request: Request) -> Response:
        """List the groups you see."""
        return self.page(self.rows(DeviceGroup).order_by("name", "pk"), GroupAnswer)

    @answers(200, GroupAnswer)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one group."""
        return Response(self.shown(GroupAnswer, self.one(self.rows(DeviceGroup), pk)))

    @answers(201, GroupAnswer, body=GroupBody)
    def create(self, request: Request) -> Response:
        """Make a group."""
        given = self.body(GroupBody)
        group = create_group(request.user, self.owner(given.pop("customer_id", None)), given)
        return Response(self.shown(GroupAnswer, group), status=201)

    @answers(200, GroupAnswer, body=GroupUpdateBody)
    def update(self, request: Request, pk: int) -> Response:
        """Change a group; what is left out stays."""
        group = self.one(self.rows(DeviceGroup), pk)
        return Response(
            self.shown(GroupAnswer, update_group(request.user, group, self.body(GroupUpdateBody, partial=True)))
        )

    @answers(200, GroupAnswer, body=GroupUpdateBody)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change a group; what is left out stays."""
        return self.update(request, pk)

    @answers(204, None)
    def destroy(self, request: Request, pk: int) -> Response:
        """Remove a group; its devices stay."""
        delete_group(request.user, self.one(self.rows(DeviceGroup), pk))
        return Response(status=204)


class GroupDevicesView(WebnetAPIView):
    """The devices of a group."""

    actions: ClassVar[dict[str, str]] = {"get": "view", "post": "groups.edit", "put": "groups.edit"}
    queries: ClassVar[dict[str, type[Query]]] = {"get": PageQuery}
    pagination_class = DevicePage

    @answers(200, DeviceAnswer(many=True), operation_id="groups_devices_list")
    def get(self, request: Request, pk: int) -> Response:
        """List the devices that are in the group just now."""
        group = self.one(self.rows(DeviceGroup), pk)
        return device_page(self, devices_in(request.user, group).order_by("hostname", "pk"))

    @answers(200, MembersAnswer, body=MembersBody, operation_id="groups_devices_add")
    def post(self, request: Request, pk: int) -> Response:
        """Put devices into a group that has no filter."""
        group = self.one(self.rows(DeviceGroup), pk)
        return self._told(group, add_members(request.user, group, self.body(MembersBody)["device_ids"]))

    @answers(200, MembersAnswer, body=MembersBody, operation_id="groups_devices_set")
    def put(self, request: Request, pk: int) -> Response:
        """Make these devices the members of a group that has no filter, and no others."""
        group = self.one(self.rows(DeviceGroup), pk)
        return self._told(group, set_members(request.user, group, self.body(MembersBody)["device_ids"]))

    def _told(self, group: DeviceGroup, added: int) -> Response:
        return Response(self.shown(MembersAnswer, {"added": added, "count": group.members.count()}))


class GroupDeviceView(WebnetAPIView):
    """One device in a group."""

    actions: ClassVar[dict[str, str]] = {"delete": "groups.edit"}

    @answers(204, None, operation_id="groups_devices_remove")
    def delete(self, request: Request, pk: int, device_id: int) -> Response:
        """Take a device out of a group that has no filter."""
        group, device = self.one(self.rows(DeviceGroup), pk), self.one(self.rows(Device), device_id)
        if not remove_member(request.user, group, device):
            raise NotFound(f"{device} is not in {group}.")
        return Response(status=204)
