"""The schema of device data: what is one, and what a device's data must be then."""

from __future__ import annotations

import time

import pytest

from webnet_core.audit.models import AuditEvent
from webnet_core.inventory.dataschemas import data_errors
from webnet_core.inventory.models import Device

API = "/api/v1"
SCHEMA = {
    "type": "object",
    "properties": {
        "rack": {"type": "string", "pattern": "^[A-Z][0-9]+$"},
        "tier": {"enum": ["gold", "silver"]},
        "vlans": {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 4094}},
    },
    "patternProperties": {"^x-": {"type": "string"}},
    "required": ["rack"],
    "additionalProperties": False,
}


def where(world):
    return f"{API}/customers/{world.ours.pk}/data-schema/"


@pytest.fixture
def ruled(world):
    Device.objects.filter(customer=world.ours).update(data={"rack": "A1"})
    assert world.client("admin").put(where(world), {"schema": SCHEMA}).status_code == 200
    return world


UNSATISFYING = [
    ({}, "data.rack", "missing"),
    ({"rack": 1}, "data.rack", "no string"),
    ({"rack": "a1"}, "data.rack", "^[A-Z][0-9]+$"),
    ({"rack": "A1", "tier": "iron"}, "data.tier", '"gold", "silver"'),
    ({"rack": "A1", "vlans": [1, 5000]}, "data.vlans.1", "4094"),
    ({"rack": "A1", "colour": "red"}, "data.colour", "rack, tier, vlans"),
    ({"rack": "A1", "x-note": 1}, "data.x-note", "no string"),
]


def test_data_that_does_not_satisfy_it_is_refused_with_path_and_what_would_be_right(ruled):
    for data, path, said in UNSATISFYING:
        answer = ruled.client("operator").patch(f"{API}/devices/{ruled.devices[0].pk}/", {"data": data})
        assert answer.status_code == 400
        error = answer.json()["errors"][0]
        assert (error["path"], error["code"]) == (path, "data_schema")
        assert said in error["message"]


def test_every_error_is_told_at_once_and_a_new_device_is_held_to_it_too(ruled):
    body = {"hostname": "edge 1", "mgmt_ip": "192.0.2.9", "platform": "nothing", "data": {"tier": 1, "x": 2}}
    errors = ruled.client("operator").post(f"{API}/devices/", body).json()["errors"]
    assert {error["path"] for error in errors} == {"hostname", "platform", "data.rack", "data.tier", "data.x"}


def test_data_that_satisfies_it_is_stored_and_other_customers_are_free(ruled):
    data = {"rack": "B2", "vlans": [7], "x-note": "near the door"}
    device = ruled.devices[0]
    assert ruled.client("operator").patch(f"{API}/devices/{device.pk}/", {"data": data}).json()["data"] == data
    body = {"hostname": "r1", "mgmt_ip": "192.0.2.9", "platform": "cisco_ios", "data": {"anything": 1}}
    assert ruled.client("stranger").post(f"{API}/devices/", body).status_code == 201
    assert ruled.client("viewer").get(where(ruled)).json()["schema"] == SCHEMA


def test_a_schema_that_devices_do_not_satisfy_is_refused_with_their_names(world):
    refused = world.client("admin").put(where(world), {"schema": SCHEMA})
    assert refused.status_code == 409
    assert {row["id"] for row in refused.json()["used_by"]} == {device.pk for device in world.devices}
    assert "data.rack: This is missing." in refused.json()["message"]
    assert world.client("viewer").get(where(world)).json() == {"schema": None, "updated_at": None}


def test_a_removed_schema_frees_the_data(ruled):
    assert ruled.client("admin").delete(where(ruled)).status_code == 204
    answer = ruled.client("operator").patch(f"{API}/devices/{ruled.devices[0].pk}/", {"data": {"any": 1}})
    assert answer.status_code == 200
    acts = AuditEvent.objects.filter(object_type="webnet_core.dataschema").order_by("pk")
    assert list(acts.values_list("action", flat=True)) == ["schemas.create", "schemas.delete"]


NO_SCHEMAS = [
    ({"type": "thing"}, "schema.type"),
    ({"properties": {"a": {"$ref": "http://192.0.2.1/x.json"}}}, "schema.properties.a.$ref"),
    ({"$ref": "#"}, "schema.$ref"),
    ({"$schema": "http://json-schema.org/draft-04/schema#"}, "schema.$schema"),
    ({"properties": {"a": {"pattern": "(?=a)b"}}}, "schema.properties.a.pattern"),
    ({"properties": {"a": {"pattern": "("}}}, "schema.properties.a.pattern"),
    ({"patternProperties": {"(": {}}}, "schema.patternProperties"),
    ({"unevaluatedProperties": False}, "schema.unevaluatedProperties"),
    ({"description": "x" * 70_000}, "schema"),
    ({"patternProperties": {f"^a{number}$": {} for number in range(51)}}, "schema"),
]


def test_what_is_no_schema_or_could_be_turned_against_the_site_is_refused(world):
    for schema, path in NO_SCHEMAS:
        answer = world.client("admin").put(where(world), {"schema": schema})
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["path"].startswith(path)


def test_a_pattern_that_would_take_another_engine_for_ever_is_matched_at_once(world):
    schema = {"properties": {"a": {"type": "string", "pattern": "^(a+)+$"}}}
    assert world.client("admin").put(where(world), {"schema": schema}).status_code == 200
    answer = world.client("operator").patch(f"{API}/devices/{world.devices[0].pk}/", {"data": {"a": "a" * 5000 + "!"}})
    assert answer.status_code == 400


def test_patterns_are_made_ready_once_and_same_items_found_without_comparing_each_with_each():
    costly = {"patternProperties": {rf"^\w{{100}}{number}$": {} for number in range(12)}, "additionalProperties": {}}
    began = time.process_time()
    assert data_errors(costly, {f"a{number}": 1 for number in range(400)}) == []
    assert data_errors({"properties": {"a": {"uniqueItems": True}}}, {"a": [{"n": n} for n in range(10_000)]}) == []
    assert time.process_time() - began < 4
    alike = {"properties": {"a": {"uniqueItems": True}}}
    assert [len(data_errors(alike, {"a": items})) for items in ([1, 1.0], [1, True], [0.5, "0.5"])] == [1, 0, 0]
