"""What of the inventory leans on the database: long lists, groups, tags and many devices at once."""

from __future__ import annotations

import pytest

from webnet_core.access.models import Customer
from webnet_core.exceptions import InvalidInput
from webnet_core.inventory.bulk import create_devices, delete_devices, update_devices
from webnet_core.inventory.dataschemas import set_schema
from webnet_core.inventory.groups import add_members, create_group, groups_of
from webnet_core.inventory.listing import answers_of, used_values
from webnet_core.inventory.models import Device, DeviceGroup
from webnet_core.inventory.ranges import create_range
from webnet_core.inventory.tags import tags_of
from webnet_core.inventory.targets import resolve
from webnet_core.paging import part_of
from webnet_core.testing.factories import make_devices, make_site, make_user


def new(number, **fields):
    return {"hostname": f"new{number}", "mgmt_ip": f"192.0.2.{number}", "platform": "cisco_ios", **fields}


@pytest.fixture
def admin(customer):
    return make_user(role="admin", customer=customer)


def test_every_page_has_the_rows_that_it_would_have_if_counted_from_the_front(customer):
    site = make_site(customer)
    for part, fields in ((650, {}), (652, {"site": site})):
        for start in range(0, part, 163):
            make_devices(min(163, part - start), customer, role=f"role {start % 5}", **fields)
    mine = Device.objects.filter(customer=customer)
    for order in (("hostname", "pk"), ("-hostname", "-pk"), ("role", "pk"), ("site__name", "-pk")):
        rows = mine.order_by(*order)
        whole = list(rows.values_list("pk", flat=True))
        assert len(whole) == 1302
        for start in (0, 499, 500, 651, 652, 1250, 1299, 1301, 1302, 2000):
            assert [row.pk for row in part_of(rows, start, 50, len(whole))] == whole[start : start + 50], (order, start)
    undecided = mine.order_by("role")
    assert str(part_of(undecided, 1000, 50, 1302).query) == str(undecided[1000:1050].query), "no way round is safe"
    assert [row["id"] for row in answers_of(part_of(rows, 1300, 50, 1302))] == whole[1300:]


def test_roles_and_platforms_in_use_are_those_of_devices_one_sees(customer, admin, django_assert_num_queries):
    make_devices(2, customer, role="core", platform="arista_eos")
    make_devices(1, customer, role="access")
    make_devices(1, customer, role="")
    other = Customer.objects.create(name="other")
    make_devices(1, other, role="theirs", platform="juniper_junos")
    for owner, name in ((customer, "backbone"), (customer, "edge"), (other, "theirs"), (other, "edge")):
        DeviceGroup.objects.create(customer=owner, name=name)
    assert used_values(make_user(role=None)) == {"role": [], "platform": [], "group": []}
    viewer = make_user(role="viewer", customer=customer)
    expected = {"role": ["access", "core"], "platform": ["arista_eos", "cisco_ios"], "group": ["backbone", "edge"]}
    assert used_values(viewer) == expected
    with django_assert_num_queries(1):
        used_values(viewer)
    everybodys = used_values(make_user(role="viewer"))
    assert (everybodys["role"], everybodys["group"]) == (["access", "core", "theirs"], ["backbone", "edge", "theirs"])


def test_devices_are_made_changed_found_by_group_and_tag_and_removed_together(customer, admin):
    make_site(customer, name="London")
    create_range(admin, customer.pk, {"cidr": "192.0.2.0/24"})
    set_schema(admin, customer.pk, {"properties": {"rack": {"type": "string"}}})
    rows = [new(number, site="London", tags={"env": "lab"}, data={"rack": "A"}) for number in range(1, 6)]
    made = create_devices(make_user(customer=customer), customer.pk, rows)
    ids = [row.pk for row in made]
    changed = update_devices(admin, ids, {"role": "core", "enabled": False, "tags": {"env": "prod", "spare": ""}})
    assert [row.pk for row in changed] == ids
    assert tags_of(ids) == {pk: {"env": "prod", "spare": ""} for pk in ids}
    assert update_devices(admin, ids[:4], {"enabled": True, "role": "core"})
    create_group(admin, customer.pk, {"name": "spares", "filter": {"tag": ["spare", "env=prod"], "site": "London"}})
    static = create_group(admin, customer.pk, {"name": "core"})
    assert add_members(admin, static, ids[1:]) == 4
    found = resolve(admin, {"group": "core", "tag": "env"})
    assert (list(found.device_ids), list(found.disabled)) == (ids[1:4], ids[4:])
    assert groups_of(made) == {pk: ["spares"] if pk == ids[0] else ["core", "spares"] for pk in ids}
    assert delete_devices(admin, ids) == 5
    assert not DeviceGroup.objects.get(pk=static.pk).members.exists()


def test_nothing_is_stored_of_many_devices_where_one_is_wrong(customer, admin):
    create_range(admin, customer.pk, {"cidr": "192.0.2.0/24"})
    with pytest.raises(InvalidInput) as caught:
        create_devices(admin, customer.pk, [new(1), new(1, mgmt_ip="198.51.100.1"), new(2, data={"a": 1}, port=0)])
    assert {error.path for error in caught.value.errors} == {
        "devices.1.hostname",
        "devices.1.mgmt_ip",
        "devices.2.port",
    }
    assert not Device.objects.filter(customer=customer).exists()
