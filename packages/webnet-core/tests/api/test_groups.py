"""Tags and groups: what they are on devices, and that filters and targets use them."""

from __future__ import annotations

import pytest

from webnet_core.audit.models import AuditEvent
from webnet_core.exceptions import InvalidInput
from webnet_core.inventory.groups import groups_of
from webnet_core.inventory.models import Device, DeviceGroup, Tag
from webnet_core.inventory.targets import resolve

API = "/api/v1"


@pytest.fixture
def tagged(world):
    """The first device is in the lab and spare, the second in production."""
    client = world.client("operator")
    for device, tags in zip(world.devices, ({"env": "lab", "spare": ""}, {"env": "prod"}), strict=False):
        assert client.patch(f"{API}/devices/{device.pk}/", {"tags": tags}).json()["tags"] == tags
    return world


def names(answer):
    return [row["hostname"] for row in answer.json()["results"]]


def test_tags_of_a_device_are_an_object_and_made_where_they_are_first_used(tagged):
    assert set(Tag.objects.values_list("name", "value")) == {("env", "lab"), ("env", "prod"), ("spare", "")}
    body = {"hostname": "edge1", "mgmt_ip": "192.0.2.200", "platform": "cisco_ios", "tags": {"env": "lab"}}
    made = tagged.client("operator").post(f"{API}/devices/", body).json()
    assert made["tags"] == {"env": "lab"}
    assert Tag.objects.filter(name="env", value="lab").count() == 1
    device = tagged.devices[0]
    changed = tagged.client("operator").patch(f"{API}/devices/{device.pk}/", {"tags": {"env": "prod"}}).json()
    assert changed["tags"] == {"env": "prod"}
    told = AuditEvent.objects.filter(action="devices.update", object_id=device.pk).latest("pk").data
    assert (told["before"]["tags"], told["after"]["tags"]) == (["env=lab", "spare"], ["env=prod"])


@pytest.mark.parametrize(
    ("tags", "path"),
    [
        ({"rack": 12}, "tags.rack"),
        ({"two words": ""}, "tags.two words"),
        ({"env": "x" * 121}, "tags.env"),
        ({f"t{number}": "" for number in range(51)}, "tags"),
    ],
)
def test_tags_that_are_none_are_refused_by_name(world, tags, path):
    answer = world.client("operator").patch(f"{API}/devices/{world.devices[0].pk}/", {"tags": tags})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, path)
    assert not Tag.objects.exists()


def test_a_tag_does_not_give_a_device_two_values_of_one_name(tagged):
    client, spare = tagged.client("operator"), Tag.objects.get(name="spare")
    refused = client.patch(f"{API}/tags/{spare.pk}/", {"name": "env"})
    assert (refused.status_code, tagged.devices[0].hostname in refused.json()["message"]) == (409, True)
    assert client.patch(f"{API}/tags/{spare.pk}/", {"name": "unused"}).status_code == 200
    assert client.delete(f"{API}/tags/{spare.pk}/").status_code == 204
    assert client.get(f"{API}/devices/{tagged.devices[0].pk}/").json()["tags"] == {"env": "lab"}


QUERIES = [
    ({"tag": "env"}, [0, 1]),
    ({"tag": "env=lab"}, [0]),
    ({"tag": "spare="}, [0]),
    ({"tag": "none"}, []),
    ({"group": "core"}, [0]),
    ({"group": "production"}, [1]),
    ({"group": "nobody's"}, []),
    ({"hostname": "x"}, []),
    ({"ordering": "-hostname"}, [2, 1, 0]),
    ({"ordering": "-id"}, [2, 1, 0]),
    ({"ordering": "site"}, [0, 1, 2]),
]


def test_devices_are_filtered_and_ordered(tagged):
    DeviceGroup.objects.create(customer=tagged.ours, name="core").members.add(tagged.devices[0])
    DeviceGroup.objects.create(customer=tagged.ours, name="production", filter={"tag": "env=prod"})
    for query, places in QUERIES:
        found = names(tagged.client("viewer").get(f"{API}/devices/", query))
        assert found == [tagged.devices[place].hostname for place in places], query


def test_an_unknown_ordering_is_refused(world):
    answer = world.client("viewer").get(f"{API}/devices/", {"ordering": "credential__password"})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "ordering")


def test_a_static_group_gets_and_loses_members(world):
    client = world.client("operator")
    group = client.post(f"{API}/groups/", {"name": "core", "description": "Backbone"}).json()
    assert (group["dynamic"], group["filter"]) == (False, None)
    where = f"{API}/groups/{group['id']}/devices/"
    first, second, third = (device.pk for device in world.devices)
    assert client.post(where, {"device_ids": [first, second]}).json() == {"added": 2, "count": 2}
    assert client.post(where, {"device_ids": [second, third]}).json() == {"added": 1, "count": 3}
    assert client.put(where, {"device_ids": [third]}).json() == {"added": 0, "count": 1}
    assert names(client.get(where)) == [world.devices[2].hostname]
    assert client.delete(f"{where}{third}/").status_code == 204
    assert client.delete(f"{where}{third}/").status_code == 404
    refused = client.post(where, {"device_ids": [first, world.foreign_device.pk]})
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (400, "device_ids.1")
    assert client.get(where).json()["count"] == 0
    acts = AuditEvent.objects.filter(action="groups.members").order_by("pk").values_list("data", flat=True)
    assert [(act.get("added_count", 0), act["removed_count"]) for act in acts] == [(2, 0), (1, 0), (0, 2), (0, 1)]


def test_a_dynamic_group_is_whatever_matches_now(world):
    client = world.client("operator")
    group = client.post(f"{API}/groups/", {"name": "access", "filter": {"role": "access", "site": "London"}}).json()
    where = f"{API}/groups/{group['id']}/devices/"
    assert (group["dynamic"], client.get(where).json()["count"]) == (True, 3)
    client.patch(f"{API}/devices/{world.devices[0].pk}/", {"role": "core"})
    assert client.get(where).json()["count"] == 2
    assert client.post(where, {"device_ids": [world.devices[0].pk]}).json()["code"] == "dynamic_group"


NO_GROUPS = [
    ({"filter": {"colour": "red"}}, "filter.colour"),
    ({"filter": {}}, "filter"),
    ({"filter": {"device_ids": [1]}}, "filter.device_ids"),
    ({"filter": {"group": "core"}}, "filter.group"),
    ({"filter": {"role": ""}}, "filter"),
    ({"filter": []}, "filter"),
    ({"filter": {"tag": []}}, "filter"),
    ({"name": ""}, "name"),
]


def test_a_group_that_is_none_is_refused_by_path(world):
    for given, path in NO_GROUPS:
        answer = world.client("operator").post(f"{API}/groups/", {"name": "core", **given})
        assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, path), given


def test_a_group_with_members_gets_no_filter(world):
    group = DeviceGroup.objects.create(customer=world.ours, name="core")
    group.members.add(world.devices[0])
    answer = world.client("operator").patch(f"{API}/groups/{group.pk}/", {"filter": {"all": True}})
    assert answer.status_code == 409


def test_a_job_over_a_group_runs_on_that_group(tagged):
    static = DeviceGroup.objects.create(customer=tagged.ours, name="core")
    static.members.add(tagged.devices[0], tagged.devices[2])
    DeviceGroup.objects.create(customer=tagged.ours, name="lab", filter={"tag": "env=lab"})
    job = tagged.finished_job(targets={"group": "core", "role": "access"})
    assert sorted(tagged.executor.executed) == sorted([tagged.devices[0].hostname, tagged.devices[2].hostname])
    assert job.total == 2
    assert tagged.job(targets={"group": static.pk, "tag": ["env=lab", "spare"]}).total == 1
    assert tagged.job(targets={"group": "lab"}).targets == {"device_ids": [tagged.devices[0].pk]}
    assert tagged.job(targets={"tag": "env"}).total == 2


@pytest.mark.parametrize("group", ["nobody's", 999_999, "999999", 2**70])
def test_a_group_that_is_not_there_is_no_target(world, group):
    with pytest.raises(InvalidInput) as caught:
        resolve(world.users["operator"], {"group": group})
    assert [(error.path, error.code) for error in caught.value.errors] == [("targets.group", "unknown_group")]


def test_a_foreign_group_is_as_unknown_as_a_missing_one(world):
    theirs = DeviceGroup.objects.create(customer=world.theirs, name="theirs", filter={"all": True})
    for named in (theirs.pk, "theirs"):
        with pytest.raises(InvalidInput) as caught:
            resolve(world.users["operator"], {"group": named})
        assert caught.value.errors[0].code == "unknown_group"
    assert world.client("viewer").get(f"{API}/devices/", {"group": theirs.pk}).json()["count"] == 0


def test_groups_of_the_same_name_hold_each_customers_own_devices(world):
    for customer in (world.ours, world.theirs):
        DeviceGroup.objects.create(customer=customer, name="all", filter={"all": True})
    found = world.client("boss").get(f"{API}/devices/", {"group": "all"}).json()
    assert found["count"] == 4
    ours = resolve(world.users["boss"], {"group": "all"}, customer_id=world.ours.pk)
    assert set(ours.device_ids) == {device.pk for device in world.devices}


def test_the_groups_of_devices_are_found_by_a_number_of_queries_that_does_not_grow(tagged, django_assert_num_queries):
    DeviceGroup.objects.create(customer=tagged.ours, name="core").members.add(*tagged.devices[:2])
    for name, wanted in (("lab", {"tag": "env=lab"}), ("everything", {"all": True}), ("none", {"vendor": "nobody"})):
        DeviceGroup.objects.create(customer=tagged.ours, name=name, filter=wanted)
    devices = [*Device.objects.filter(customer=tagged.ours).order_by("pk"), tagged.foreign_device]
    with django_assert_num_queries(3):
        found = groups_of(devices)
    first, second, third = (device.pk for device in tagged.devices)
    assert found == {first: ["core", "everything", "lab"], second: ["core", "everything"], third: ["everything"]}
