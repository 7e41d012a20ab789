"""Devices from files over REST: every error at once, all or nothing, committed as previewed, taken back."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import sys
import zipfile

import openpyxl
import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from webnet_core.audit.models import AuditEvent
from webnet_core.exceptions import InvalidInput
from webnet_core.inventory.dataschemas import set_schema
from webnet_core.inventory.importing import batches, bombs, retention, undoing, workbooks
from webnet_core.inventory.importing.models import ImportBatch
from webnet_core.inventory.models import DataSchema, Device, HostKey, IPRange, SiteCredential
from webnet_core.inventory.ranges import create_range
from webnet_core.inventory.tags import store_tags, tags_of
from webnet_core.testing.access import reauthenticated
from webnet_core.testing.factories import make_device

API = "/api/v1"
HEAD = "hostname,mgmt_ip,platform"


def send(world, content, *, who="operator", name="devices.csv", **options):
    body = content if isinstance(content, bytes) else content.encode()
    fields = {"file": SimpleUploadedFile(name, body), **options}
    return world.client(who).post(f"{API}/devices/import", fields, format="multipart")


def errors_of(answer):
    return [(item["row"], item["column"], item["code"]) for item in answer.json()["errors"]]


def everything():
    fields = ("hostname", "mgmt_ip", "port", "platform", "site_id", "role", "credential_id", "data", "enabled")
    return list(Device.objects.order_by("pk").values_list("pk", *fields))


def test_new_devices_are_made_and_known_ones_changed(world):
    first = world.devices[0]
    known = f"{first.hostname},{first.mgmt_ip},cisco_ios,London,core,A1"
    text = f"{HEAD},site,role,data.rack\n{known}\nnew1,192.0.2.201,arista_eos,,edge,B2\n"
    answer = send(world, text)
    assert answer.status_code == 200, answer.json()
    found = answer.json()
    assert (found["created"], found["updated"], found["unchanged"], found["errors"]) == (1, 1, 0, [])
    first.refresh_from_db()
    assert (first.role, first.data) == ("core", {"rack": "A1"})
    made = Device.objects.get(hostname="new1")
    assert (made.customer, made.platform, made.site, made.port, made.data) == (
        world.ours,
        "arista_eos",
        None,
        22,
        {"rack": "B2"},
    )
    events = {row.action: row for row in AuditEvent.objects.filter(action__startswith="devices.")}
    assert set(events) == {"devices.import", "devices.create", "devices.update"}
    assert events["devices.update"].data["after"]["role"] == "core"
    assert {row.data["import"] for row in events.values()} == {found["id"]}
    assert {row.customer_id for row in events.values()} == {world.ours.pk}


def test_a_bad_file_gets_all_its_errors_at_once_and_changes_nothing(world):
    first = world.devices[0]
    before = everything()
    rows = [
        "hostname;mgmt_ip;platform;site;port;colour;role",
        f"{first.hostname};{first.mgmt_ip};cisco_ios;London;22;red;core",
        "bad name;192.0.2.5;cisco_ios;London;22;;",
        "x1;not an address!;arista_eox;Londn;70000;;",
        "x2;192.0.2.6;cisco_ios;London;22;;",
        "x2;192.0.2.7;cisco_ios;London;many;;",
        "x3;192.0.2.8;cisco_ios;London;22;;=cmd()",
        ";192.0.2.9;cisco_ios;;;;",
        "x4;;;;;;",
    ]
    answer = send(world, b"\xef\xbb\xbf" + "\r\n".join(rows).encode())
    assert answer.status_code == 400
    assert answer.json()["code"] == "import_refused"
    assert errors_of(answer) == [
        (1, "colour", "unknown_column"),
        (3, "hostname", "invalid"),
        (4, "site", "unknown_site"),
        (4, "mgmt_ip", "invalid"),
        (4, "port", "max_value"),
        (4, "platform", "unknown_platform"),
        (6, "port", "type"),
        (6, "hostname", "repeated"),
        (7, "role", "formula"),
        (8, "hostname", "required"),
        (9, "mgmt_ip", "required"),
        (9, "platform", "required"),
    ]
    told = {(item["row"], item["column"]): item for item in answer.json()["errors"]}
    assert (told[4, "site"]["value"], told[4, "site"]["allowed"], told[4, "site"]["nearest"]) == (
        "Londn",
        ["London"],
        "London",
    )
    assert told[4, "platform"]["nearest"] == "arista_eos"
    assert told[7, "role"]["value"] == "=cmd()"
    assert everything() == before
    assert not ImportBatch.objects.exists()


def test_an_unknown_column_may_be_ignored_or_named(world):
    text = "Device Name,mgmt_ip,platform,colour\nnew1,192.0.2.201,cisco_ios,red\n"
    mapping = {"Device Name": "hostname", "colour": "ignore"}
    assert send(world, text, mapping=json.dumps(mapping)).json()["created"] == 1
    refused = send(world, text, mapping=json.dumps({"Hue": "ignore", "colour": "shade"}))
    assert [(item["path"], item["code"]) for item in refused.json()["errors"]] == [
        ("mapping.Hue", "unknown_column"),
        ("mapping.colour", "unknown_field"),
    ]


@pytest.mark.parametrize(
    ("policy", "code", "counted"), [("update", 200, "updated"), ("skip", 200, "skipped"), ("error", 400, "")]
)
def test_what_becomes_of_known_devices_is_chosen_up_front(world, policy, code, counted):
    first = world.devices[0]
    answer = send(world, f"{HEAD},role\n{first.hostname},{first.mgmt_ip},cisco_ios,core\n", duplicates=policy)
    assert answer.status_code == code
    first.refresh_from_db()
    assert first.role == ("core" if policy == "update" else "access")
    if counted:
        assert answer.json()[counted] == 1
    else:
        assert errors_of(answer) == [(2, "hostname", "exists")]


def test_names_of_another_customer_are_as_unknown_as_missing_ones(world):
    answers = []
    for site, credential in ((world.foreign_site.name, world.foreign_credential.name), ("site 9x9", "login 9x9")):
        answer = send(world, f"{HEAD},site,credential\nnew1,192.0.2.201,cisco_ios,{site},{credential}\n")
        items = [
            {**item, "value": "", "message": item["message"].replace(site, "").replace(credential, "")}
            for item in answer.json()["errors"]
        ]
        answers.append((answer.status_code, items))
    assert answers[0] == answers[1]
    taken = send(world, f"{HEAD}\n{world.foreign_device.hostname},198.51.100.201,cisco_ios\n")
    assert taken.json()["created"] == 1
    world.foreign_device.refresh_from_db()
    assert world.foreign_device.mgmt_ip != "198.51.100.201"


@pytest.mark.parametrize("proved", [False, True])
@pytest.mark.parametrize("who", ["operator", "admin", "boss"])
def test_an_import_never_moves_a_stored_secret_whoever_asks(world, who, proved):
    if proved:
        reauthenticated(world.users[who])
    world.devices[2].further_credentials.create(credential=world.credential, position=1)
    Device.objects.filter(pk=world.devices[2].pk).update(credential=None)
    before = everything()
    names = [device.hostname for device in world.devices]
    rows = [
        f"{names[0]},192.0.2.66,22,London,lab",
        f"{names[1]},{world.devices[1].mgmt_ip},2222,,",
        f"{names[2]},192.0.2.66,22,London,",
    ]
    text = "hostname,mgmt_ip,port,site,credential\n" + "\n".join(rows)
    answer = send(world, text, who=who, customer_id=str(world.ours.pk))
    assert answer.status_code == 400, answer.json()
    assert errors_of(answer) == [
        (2, "mgmt_ip", "repoints"),
        (3, "port", "repoints"),
        (3, "site", "repoints"),
        (3, "credential", "repoints"),
        (4, "mgmt_ip", "repoints"),
    ]
    assert everything() == before


def test_options_of_drivers_move_a_secret_too(world):
    first = world.devices[0]
    for options, code in (({"netmiko": {"sock": "honey"}}, 400), ({"netmiko": {"global_delay_factor": 2}}, 200)):
        cell = json.dumps(options).replace('"', '""')
        assert send(world, f'hostname,connection_options\n{first.hostname},"{cell}"\n').status_code == code


def test_a_device_without_a_secret_may_be_corrected_and_loses_its_pinned_key(world):
    device = make_device(world.ours, hostname="bare1")
    HostKey.objects.create(device=device, key_type="ssh-ed25519", key="AAAA", fingerprint="x")
    assert send(world, "hostname,mgmt_ip\nbare1,192.0.2.99\n").json()["updated"] == 1
    device.refresh_from_db()
    assert (device.mgmt_ip, device.repinning_required, device.host_keys.count()) == ("192.0.2.99", True, 0)


@pytest.mark.parametrize("by_site", [False, True])
def test_new_devices_get_a_stored_secret_only_with_the_password_entered_again(world, by_site):
    if by_site:
        SiteCredential.objects.create(site=world.site, credential=world.credential, position=1)
    text = f"{HEAD},site,credential\nnew1,192.0.2.201,cisco_ios,London,{'' if by_site else 'lab'}\n"
    preview = send(world, text, dry_run="true").json()
    assert preview["receiving"] == 1
    for answer in (send(world, text), world.client("operator").post(f"{API}/imports/{preview['id']}/commit/")):
        assert (answer.status_code, answer.json()["code"]) == (403, "reauthentication_required")
    assert not Device.objects.filter(hostname="new1").exists()
    reauthenticated(world.users["operator"])
    assert world.client("operator").post(f"{API}/imports/{preview['id']}/commit/").json()["created"] == 1
    assert AuditEvent.objects.get(action="devices.create").data["proof"] == "password"


def test_a_dry_run_changes_nothing_and_its_token_does_exactly_what_it_showed(world):
    first, second, _ = world.devices
    before = everything()
    known = [f"{first.hostname},{first.mgmt_ip},cisco_ios,core", f"{second.hostname},{second.mgmt_ip},cisco_ios,access"]
    text = "\n".join([f"{HEAD},role", known[0], "new1,192.0.2.201,cisco_ios,edge", known[1]])
    preview = send(world, text, dry_run="true").json()
    assert everything() == before
    assert (preview["state"], preview["created"], preview["updated"], preview["unchanged"]) == ("previewed", 1, 1, 1)
    rows = world.client("viewer").get(f"{API}/imports/{preview['id']}/rows/", {"state": "update"}).json()
    assert rows["results"] == [
        {
            "row": 2,
            "hostname": first.hostname,
            "state": "update",
            "device_id": first.pk,
            "changes": {"role": ["access", "core"]},
        }
    ]
    done = world.client("operator").post(f"{API}/imports/{preview['id']}/commit/").json()
    assert (done["state"], done["created"], done["updated"]) == ("committed", 1, 1)
    again = world.client("operator").post(f"{API}/imports/{preview['id']}/commit/")
    assert again.status_code == 409


def test_what_was_changed_since_the_preview_is_named_and_nothing_is_done(world):
    first = world.devices[0]
    preview = send(world, f"{HEAD},role\n{first.hostname},{first.mgmt_ip},cisco_ios,core\n", dry_run="true").json()
    Device.objects.filter(pk=first.pk).update(role="spare")
    answer = world.client("operator").post(f"{API}/imports/{preview['id']}/commit/")
    assert (answer.status_code, answer.json()["code"]) == (409, "inventory_moved")
    assert f"row 2 ({first.hostname})" in answer.json()["message"]
    first.refresh_from_db()
    assert first.role == "spare"


def test_an_import_is_taken_back(world):
    first = world.devices[0]
    before = everything()
    text = (
        f"{HEAD},role,data.rack\n{first.hostname},{first.mgmt_ip},cisco_ios,core,A1\nnew1,192.0.2.201,cisco_ios,edge,\n"
    )
    token = send(world, text).json()["id"]
    undone = world.client("operator").post(f"{API}/imports/{token}/undo/")
    assert undone.status_code == 200, undone.json()
    assert undone.json()["state"] == "undone"
    assert everything() == before
    assert world.client("operator").post(f"{API}/imports/{token}/undo/").status_code == 409
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"devices.import_undo", "devices.delete"} <= actions


def test_undo_names_every_device_that_stands_in_its_way_and_does_nothing(world):
    first, second, third = world.devices
    rows = [f"{device.hostname},{device.mgmt_ip},cisco_ios,core" for device in (first, second, third)]
    rows += [f"new{number},192.0.2.20{number},cisco_ios,edge" for number in (1, 2, 3)]
    token = send(world, f"{HEAD},role\n" + "\n".join(rows)).json()["id"]
    Device.objects.filter(pk=first.pk).update(role="spare")
    Device.objects.filter(hostname="new1").update(port=23)
    Device.objects.filter(hostname="new3").delete()
    world.finished_job(targets={"device_ids": [Device.objects.get(hostname="new2").pk]})
    before = everything()
    answer = world.client("operator").post(f"{API}/imports/{token}/undo/")
    assert (answer.status_code, answer.json()["code"]) == (409, "undo_refused")
    assert [(item["value"], item["code"]) for item in answer.json()["errors"]] == [
        (first.hostname, "changed"),
        ("new1", "changed"),
        ("new2", "has_jobs"),
        ("new3", "gone"),
    ]
    assert everything() == before


def test_undo_moves_no_stored_secret_either(world):
    device = make_device(world.ours, hostname="bare1", mgmt_ip="192.0.2.66")
    token = send(world, "hostname,mgmt_ip\nbare1,192.0.2.99\n").json()["id"]
    device.further_credentials.create(credential=world.credential, position=1)
    answer = world.client("operator").post(f"{API}/imports/{token}/undo/")
    assert [item["code"] for item in answer.json()["errors"]] == ["repoints"]
    device.refresh_from_db()
    assert device.mgmt_ip == "192.0.2.99"


def test_previews_and_what_undo_needs_are_forgotten_in_time(world, monkeypatch):
    preview = send(world, f"{HEAD}\nnew1,192.0.2.201,cisco_ios\n", dry_run="true").json()["id"]
    done = send(world, f"{HEAD}\nnew2,192.0.2.202,cisco_ios\n").json()["id"]
    assert retention.forget_imports() == 0
    two_days_ago = timezone.now() - 2 * max(batches.PREVIEW_LIFE, undoing.UNDO_LIFE)
    ImportBatch.objects.filter(pk=preview).update(created_at=two_days_ago)
    ImportBatch.objects.filter(pk=done).update(created_at=two_days_ago, committed_at=two_days_ago)
    assert retention.forget_imports() == 2
    assert list(ImportBatch.objects.values_list("outcome", "table")) == [(None, None)]
    assert world.client("operator").post(f"{API}/imports/{done}/undo/").status_code == 409
    assert world.client("viewer").get(f"{API}/imports/{done}/").json()["errors"] == []


@pytest.mark.parametrize("form", ["csv", "xlsx", "yaml", "json"])
def test_what_is_exported_is_unchanged_when_imported(world, form):
    odd = {
        "note": "=1+1",
        "dash": "-x",
        "at": "@home",
        "plus": "+49 30",
        "quote": "'quoted",
        "both": "'=x",
        "lines": "a\nb\tc",
        "blank": "",
        "spaced": " x ",
        "number": 22,
        "text": "22",
        "list": [1, {"a": None}],
        "yes": True,
        "none": None,
        "braces": "{not json",
        "json": '["text"]',
        "semi": 'a;b,"c"',
    }
    store_tags(world.ours.pk, {world.devices[0].pk: {"env": "lab", "note": "a, b=c"}})
    Device.objects.filter(pk=world.devices[0].pk).update(
        data=odd, role="-access", connection_options={"netmiko": {"keepalive": 3}}
    )
    exported = world.client("viewer").get(f"{API}/devices/export/", {"format": form})
    assert exported.status_code == 200
    assert b"password" not in exported.content
    answer = send(world, exported.content, name=f"devices.{form}", dry_run="true")
    found = answer.json()
    rows = world.client("viewer").get(f"{API}/imports/{found['id']}/rows/").json()["results"]
    assert (found["unchanged"], found["updated"], found["errors"]) == (3, 0, []), rows


def test_an_exported_table_does_not_trick_a_spreadsheet(world):
    Device.objects.filter(pk=world.devices[0].pk).update(
        role="=cmd()", data={"a": "@x", "b": "-5", "c": "\tx", "=d": "1"}
    )
    query = {"search": world.devices[0].hostname}
    text = world.client("viewer").get(f"{API}/devices/export/", query).content.decode("utf-8-sig")
    assert "'=cmd()" in text
    assert not {cell for line in csv.reader(io.StringIO(text)) for cell in line if cell[:1] in "=@\t\r+"} - {""}
    assert ",-5" in text
    body = world.client("viewer").get(f"{API}/devices/export/", {**query, "format": "xlsx"}).content
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(body)).active.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value not in (None, "")} == {"s"}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_table_is_no_wider_than_an_import_takes(world, form):
    for device in world.devices:
        Device.objects.filter(pk=device.pk).update(data={f"{device.pk}.{number}": 1 for number in range(80)})
    answer = world.client("viewer").get(f"{API}/devices/export/", {"format": form})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "too_many_columns")
    assert world.client("viewer").get(f"{API}/devices/export/", {"format": "json"}).status_code == 200


def test_an_export_holds_the_filtered_devices_of_ones_own_customers(world):
    found = world.client("viewer").get(
        f"{API}/devices/export/", {"search": world.devices[1].hostname, "format": "json"}
    )
    assert [row["hostname"] for row in json.loads(found.content)] == [world.devices[1].hostname]
    assert world.client("viewer").get(f"{API}/devices/export/", {"colour": "red"}).status_code == 400
    whole = world.client("boss").get(f"{API}/devices/export/", {"format": "yaml"})
    assert {row["customer"] for row in yaml.safe_load(whole.content)} == {"Ours", "Theirs"}


def workbook(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_typed_cells_of_a_workbook_become_text_and_formulas_are_named(world):
    rows = [
        ["hostname", "mgmt_ip", "platform", "port", "enabled", "data.height"],
        ["new1", "192.0.2.201", "cisco_ios", 22.0, False, 2.5],
    ]
    assert send(world, workbook(rows), name="fleet.xlsx").json()["created"] == 1
    made = Device.objects.get(hostname="new1")
    assert (made.port, made.enabled, made.data) == (22, False, {"height": "2.5"})
    answer = send(world, workbook([*rows, ["new2", "192.0.2.202", "cisco_ios", "=A2", True, None]]), name="fleet.xlsx")
    assert errors_of(answer) == [(3, "port", "formula")]
    assert "Cell D3" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b"", "empty"),
        ("a.csv", b"\x81\x8d", "encoding"),
        ("a.csv", "hostname\n".encode("utf-16-le"), "encoding"),
        ("a.csv", b"hostname\n" + b"x" * 200_000, "bad_csv"),
        ("a.xlsx", b"PK\x03\x04 and nothing else", "bad_xlsx"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "bad_xlsx"),
        ("a.json", b"[{", "bad_json"),
        ("a.json", b"{}", "shape"),
        ("a.json", b"[" * 100_000, "bad_json"),
        ("a.yaml", b"- a: [", "bad_yaml"),
        ("a.yaml", b"a: 1", "shape"),
        ("a.yaml", b"- &x {hostname: a}\n- *x\n", "alias"),
        ("a.yaml", b"- hostname: !!python/object:os.system {}\n", "tag"),
        ("a.yaml", b"- hostname: " + b"[" * 40 + b"]" * 40, "too_deep"),
        ("a.yaml", b"- hostname: a\n  hostname: b\n", "repeated_name"),
    ],
)
def test_what_is_no_such_file_says_so(world, name, content, code):
    answer = send(world, content, name=name)
    assert answer.status_code == 400
    assert [(item["path"], item["code"]) for item in answer.json()["errors"]] == [("file", code)]


ONE = '"hostname": "n1", "mgmt_ip": "192.0.2.201", "platform": "cisco_ios"'


@pytest.mark.parametrize("dry_run", ["true", "false"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", f'{HEAD},data\nn1,192.0.2.201,cisco_ios,"{{""a"": NaN}}"\n'),
        ("a.csv", f'{HEAD},data\nn1,192.0.2.201,cisco_ios,"{{""a"": ""\\ud800""}}"\n'),
        ("a.csv", f'{HEAD},data.x\nn1,192.0.2.201,cisco_ios,"[""\\u0000""]"\n'),
        ("a.csv", f"{HEAD},data.x\nn1,192.0.2.201,cisco_ios,{'[' * 500}{']' * 500}\n"),
        ("a.csv", f"{HEAD},data.{'x' * 1000}\0\nn1,192.0.2.201,cisco_ios,1\n"),
        ("a.json", f'[{{{ONE}, "data.x": 1e999}}]'),
        ("a.json", f'[{{{ONE}, "data.\\ud800": "x"}}]'),
        ("a.json", f"[{{{ONE.replace('n1', 'n' + chr(92) + 'ud800')}}}]"),
    ],
)
def test_what_no_database_keeps_is_an_error_of_its_cell(world, name, content, dry_run):
    before = everything()
    answer = send(world, content, name=name, dry_run=dry_run)
    assert [item["code"] for item in answer.json()["errors"]] == ["unstorable"]
    if "id" in answer.json():
        assert world.client("operator").get(f"{API}/imports/{answer.json()['id']}/rows").status_code == 200
    assert everything() == before


def test_a_mapping_that_no_database_keeps_is_refused(world):
    answer = send(world, f"{HEAD}\n", mapping='{"x\\ud800": "ignore"}')
    assert answer.status_code == 400


def test_a_damaged_workbook_is_an_error_wherever_the_damage_is(world):
    whole = workbook([["hostname", "mgmt_ip", "platform"], *([f"n{number}", "", ""] for number in range(20))])
    for place in range(0, len(whole), 61):
        damaged = bytearray(whole)
        damaged[place] ^= 0x55
        with contextlib.suppress(InvalidInput):
            workbooks.read_xlsx(bytes(damaged), limit=100)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_are_told_apart(world, encoding):
    text = f"{HEAD},role\nnew1,192.0.2.201,cisco_ios,Zürich\n"
    found = send(world, text.encode(encoding)).json()
    assert (found["encoding"], Device.objects.get(hostname="new1").role) == (encoding, "Zürich")


def test_yaml_keeps_what_was_typed(world):
    text = "- {hostname: new1, mgmt_ip: 192.0.2.201, platform: cisco_ios, port: 22,\n"
    text += "   data: {rack: 012, units: 2, on: yes, tags: [a, 1]}}\n"
    assert send(world, text, name="fleet.yaml").json()["created"] == 1
    assert Device.objects.get(hostname="new1").data == {"rack": "012", "units": 2, "on": "yes", "tags": ["a", 1]}


def test_a_file_beyond_the_limits_is_refused(world, settings):
    settings.WEBNET = {
        **settings.WEBNET,
        "CORE": {**settings.WEBNET["CORE"], "IMPORT_LIMIT_ROWS": 2, "IMPORT_LIMIT_BYTES": 1000},
    }
    assert send(world, HEAD + "\na,192.0.2.1,cisco_ios" * 3).json()["errors"][0]["code"] == "too_many_rows"
    assert send(world, HEAD + "\n" + "a" * 1000).json()["errors"][0]["code"] == "too_large"
    assert send(world, HEAD + "\n" + "a" * 100_000).status_code == 413


def test_the_body_is_a_form_and_nothing_in_it_is_ignored(world):
    answer = send(world, f"{HEAD}\n", colour="red", dry_run="perhaps", mapping="[]", duplicates="merge")
    assert answer.status_code == 400
    assert {item["path"] for item in answer.json()["errors"]} == {"colour"}
    answer = send(world, f"{HEAD}\n", dry_run="perhaps", mapping="[]", duplicates="merge")
    assert {item["path"] for item in answer.json()["errors"]} == {"dry_run", "mapping", "duplicates"}
    client = world.client("operator")
    assert (
        client.post(f"{API}/devices/import", {"file": "text"}, format="multipart").json()["errors"][0]["path"] == "file"
    )
    assert client.post(f"{API}/devices/import", {"file": "text"}).status_code == 415


def test_an_import_sent_again_with_its_key_is_done_once(world):
    text = f"{HEAD}\nnew1,192.0.2.201,cisco_ios\n".encode()
    client, headers = world.client("operator"), {"Idempotency-Key": "one"}
    first, second = (
        client.post(
            f"{API}/devices/import", {"file": SimpleUploadedFile("a.csv", text)}, format="multipart", headers=headers
        )
        for _ in range(2)
    )
    assert first.json() == second.json()
    other = {"file": SimpleUploadedFile("a.csv", text + b"new2,192.0.2.202,cisco_ios\n")}
    assert client.post(f"{API}/devices/import", other, format="multipart", headers=headers).status_code == 409


def test_a_file_keeps_to_the_customers_ranges_and_schema_and_says_who_disabled_a_device(world):
    IPRange.objects.create(customer=world.ours, cidr="192.0.2.0/24")
    DataSchema.objects.create(customer=world.ours, schema={"properties": {"rack": {"enum": ["A1"]}}})
    rows = "far,198.51.100.1,cisco_ios,A1,yes\nodd,192.0.2.202,cisco_ios,B9,yes\n"
    refused = send(world, f"{HEAD},data.rack,enabled\n{rows}")
    assert errors_of(refused) == [(2, "mgmt_ip", "address"), (3, "data.rack", "data_schema")]
    assert send(world, f"{HEAD},data.rack,enabled\noff,192.0.2.202,cisco_ios,A1,no\n").status_code == 200
    made = Device.objects.get(hostname="off")
    assert (made.disabled_by, bool(made.disabled_at)) == ("operator", True)
    send(world, f"{HEAD},enabled\noff,192.0.2.202,cisco_ios,yes\n")
    made.refresh_from_db()
    assert (made.enabled, made.disabled_by, made.disabled_at) == (True, "", None)


def test_tags_ranges_the_data_schema_and_reasons_are_those_of_single_devices(world):
    set_schema(world.users["boss"], world.ours.pk, {"properties": {"units": {"type": "integer", "maximum": 4}}})
    create_range(world.users["boss"], world.ours.pk, {"cidr": "192.0.2.0/24"})
    rows = [
        "hostname,mgmt_ip,platform,tags,data.units,enabled,disabled_reason",
        'new1,192.0.2.201,cisco_ios,"env=lab, core",2,no,spare',
    ]
    assert send(world, "\n".join(rows)).json()["created"] == 1
    made = Device.objects.get(hostname="new1")
    assert (tags_of([made.pk])[made.pk], made.data) == ({"env": "lab", "core": ""}, {"units": 2})
    assert (made.enabled, made.disabled_reason, made.disabled_by) == (False, "spare", "operator")
    bad = "new2,198.51.100.7,cisco_ios,-x,9,yes,why"
    assert errors_of(send(world, "\n".join([*rows, bad]), duplicates="skip")) == [
        (3, "tags", "invalid"),
        (3, "disabled_reason", "enabled"),
        (3, "mgmt_ip", "address"),
        (3, "data.units", "data_schema"),
    ]


def test_tags_and_reasons_come_back_with_an_undo(world):
    text = "hostname,mgmt_ip,platform,tags,enabled,disabled_reason\nnew1,192.0.2.201,cisco_ios,{},{},{}\n"
    send(world, text.format("env=lab", "no", "spare"))
    made = Device.objects.get(hostname="new1")
    token = send(world, text.format("env=live", "yes", "")).json()["id"]
    made.refresh_from_db()
    assert (tags_of([made.pk])[made.pk], made.enabled, made.disabled_by) == ({"env": "live"}, True, "")
    assert world.client("operator").post(f"{API}/imports/{token}/undo/").status_code == 200
    made.refresh_from_db()
    assert tags_of([made.pk])[made.pk] == {"env": "lab"}
    assert (made.enabled, made.disabled_reason, made.disabled_by) == (False, "spare", "operator")


def test_a_query_a_row_is_never_asked(world, django_assert_max_num_queries):
    rows = [f"new{n},192.0.2.{n % 250 + 1},cisco_ios,London,edge,env=lab,B{n}" for n in range(300)]
    text = "\n".join(["hostname,mgmt_ip,platform,site,role,tags,data.rack", *rows])
    with django_assert_max_num_queries(60):
        assert send(world, text).json()["created"] == 300
    with django_assert_max_num_queries(60):
        assert send(world, text.replace(",edge,env=lab", ",core,env=live")).json()["updated"] == 300
    token = ImportBatch.objects.order_by("created_at").first().pk
    Device.objects.filter(hostname__startswith="new").update(role="edge")
    with django_assert_max_num_queries(60):
        assert world.client("operator").post(f"{API}/imports/{token}/undo/").status_code == 409


@pytest.mark.parametrize(("form", "library"), [("xlsx", "openpyxl"), ("xlsx", "defusedxml"), ("yaml", "yaml")])
def test_a_site_without_the_extra_says_what_to_install(world, monkeypatch, form, library):
    content = workbook([["hostname"], ["a"]]) if form == "xlsx" else b"- hostname: a\n"
    monkeypatch.setitem(sys.modules, library, None)
    answer = send(world, content, name=f"a.{form}")
    assert answer.status_code == 400
    assert f'{library}: pip install "webnet-core[import]"' in answer.json()["message"]
    exported = world.client("viewer").get(f"{API}/devices/export/", {"format": form})
    assert exported.status_code == (200 if library == "defusedxml" else 400)


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked(world):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (bombs.MAX_UNPACKED + 1))
    assert len(out.getvalue()) < 100_000
    assert send(world, out.getvalue(), name="a.xlsx").json()["errors"][0]["code"] == "too_large"
    for entity in (b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>', b"not xml"):
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(workbook([["hostname"]]))) as real, zipfile.ZipFile(out, "w") as forged:
            for part in real.infolist():
                forged.writestr(part, entity if part.filename.endswith("sheet1.xml") else real.read(part))
        assert send(world, out.getvalue(), name="a.xlsx").json()["errors"][0]["code"] == "bad_xlsx"


@pytest.mark.parametrize(
    ("part", "text", "code"),
    [
        ("xl/worksheets/sheet1.xml", f"<worksheet><sheetData><row>{'<c/>' * 51_000}</row>", "too_large"),
        ("xl/worksheets/sheet1.xml", f"<x:worksheet xmlns:x='urn:x'>{'<x:row><x:row/>' * 51_000}", "too_large"),
        ("xl/styles.xml", f"<styleSheet><cellXfs>{'<xf/>' * 51_000}</cellXfs>", "too_large"),
        ("xl/other.bin", f"<workbook>{'<definedName/>' * 51_000}", "too_large"),
        ("xl/styles.xml", f'<!DOCTYPE x [<!ENTITY a "{"a" * 70_000}">]><x>&a;</x>', "bad_xlsx"),
    ],
)
def test_a_small_archive_that_would_take_minutes_to_read_is_not_read(part, text, code):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, text)
    with pytest.raises(InvalidInput) as caught:
        bombs.refuse_bombs(out.getvalue())
    assert caught.value.errors[0].code == code


@pytest.mark.parametrize("text", ["NaN", "1e999", "9" * 5000, "[" * 2000])
def test_a_text_that_is_no_number_stays_one_where_the_schema_wants_a_number(world, text):
    DataSchema.objects.create(customer=world.ours, schema={"properties": {"units": {"type": "number"}}})
    answer = send(world, f"{HEAD},data.units\nnew1,192.0.2.201,cisco_ios,{text}\n")
    assert errors_of(answer) == [(2, "data.units", "data_schema")]


def test_a_very_long_number_in_yaml_is_a_text(world):
    text = f"- {{hostname: new1, mgmt_ip: 192.0.2.201, platform: cisco_ios, data: {{n: {'9' * 5000}}}}}\n"
    assert send(world, text, name="a.yaml").status_code == 200
    assert Device.objects.get(hostname="new1").data == {"n": "9" * 5000}
