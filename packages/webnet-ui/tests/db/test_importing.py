"""The steps of an import, as pages that need no script, and the list of devices as a file."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from webnet_core.inventory.importing.models import ImportBatch
from webnet_core.inventory.models import Device
from webnet_core.testing.factories import make_credential

UPLOAD = "/netops/devices/import/"
HEAD = "hostname,mgmt_ip,platform"


@pytest.fixture(autouse=True)
def _site(settings) -> None:
    keys = {"ENCRYPTION_KEYS": [Fernet.generate_key().decode()]}
    settings.WEBNET = {**settings.WEBNET, "CORE": {**settings.WEBNET.get("CORE", {}), **keys}}
    cache.clear()


def send(client, text, **fields):
    """Upload a file; return where the page leads and what is there."""
    data = {"file": SimpleUploadedFile("fleet.csv", text.encode()), "duplicates": "update", **fields}
    return client.post(UPLOAD, data, follow=True)


def told(response):
    return response.content.decode()


def test_a_file_is_previewed_imported_and_taken_back(login, world):
    client = login(world.operator)
    page = send(client, f"{HEAD},role\nnew1,10.1.2.9,cisco_ios,edge\nlon-core-1,10.1.2.3,cisco_ios,spare\n")
    url = page.redirect_chain[-1][0]
    assert url.startswith(UPLOAD)
    assert not Device.objects.filter(hostname="new1").exists()
    changed = told(client.get(url, {"state": "update"}))
    assert '<del class="wn-mono">core</del> → <ins class="wn-mono">spare</ins>' in changed
    done = client.post(url, {"_commit": "1"}, follow=True)
    assert "Imported" in told(done)
    made = Device.objects.get(hostname="new1")
    assert made.customer == world.ours
    assert reverse("webnet:device-detail", args=[made.pk]) in told(client.get(url, {"state": "new"}))
    undone = client.post(url, {"_undo": "1"}, follow=True)
    assert "Undone" in told(undone)
    assert not Device.objects.filter(hostname="new1").exists()
    world.device.refresh_from_db()
    assert world.device.role == "core"


def test_an_unknown_column_leads_to_the_columns_and_blocks_until_it_is_ignored(login, world):
    client = login(world.operator)
    page = send(client, "Name,mgmt_ip,platform,colour\nnew1,10.1.2.9,cisco_ios,red\n")
    url = page.redirect_chain[-1][0]
    assert url.endswith("/columns/")
    assert "A device has no field" in told(page)
    some = {"column0": "hostname", "column1": "mgmt_ip", "column2": "platform", "duplicates": "update"}
    assert "colour: This field is required" in told(client.post(url, some))
    still = client.get(url.removesuffix("columns/"))
    assert "Nothing can be imported yet" in told(still)
    assert b"1,colour,colour," in client.get(url.replace("columns", "errors")).content
    chosen = {"column0": "hostname", "column1": "mgmt_ip", "column2": "platform", "column3": "ignore"}
    fine = client.post(url, {**chosen, "duplicates": "update"}, follow=True)
    assert "Nothing can be imported yet" not in told(fine)
    assert ImportBatch.objects.get().mapping == {"Name": "hostname", "colour": "ignore"}


def test_every_error_shows_with_its_row_and_nothing_can_be_imported(login, world):
    client = login(world.operator)
    page = send(client, f"{HEAD},site\nbad name,10.1.2.9,cisco_ios,London\nnew1,<b>x,cisco_ios,Paris\n")
    text = told(page)
    assert [f'data-row="{row}"' in text for row in (2, 3)] == [True, True]
    assert "&lt;b&gt;x" in text
    assert 'name="_commit"' not in text
    refused = client.post(page.redirect_chain[-1][0], {"_commit": "1"})
    assert "nothing was imported" in told(refused)


def test_a_stored_secret_asks_for_the_password_on_the_page(login, world):
    world.operator.set_password("correct horse")
    world.operator.save()
    make_credential(world.ours, name="lab")
    client = login(world.operator)
    page = send(client, f"{HEAD},credential\nnew1,10.1.2.9,cisco_ios,lab\n")
    url = page.redirect_chain[-1][0]
    assert "Your password" in told(page)
    wrong = client.post(url, {"_commit": "1", "password": "wrong"})
    assert "do not match" in told(wrong)
    assert not Device.objects.filter(hostname="new1").exists()
    client.post(url, {"_commit": "1", "password": "correct horse"})
    assert Device.objects.get(hostname="new1").credential.name == "lab"


def test_text_is_pasted_and_nonsense_is_told_on_the_page(login, world):
    client = login(world.operator)
    page = client.post(UPLOAD, {"text": f"{HEAD}\nnew1,10.1.2.9,cisco_ios\n", "duplicates": "skip"}, follow=True)
    assert "Pasted text" in told(page)
    assert "Choose a file or paste its text" in told(client.post(UPLOAD, {"duplicates": "skip"}))
    assert "cannot be read" in told(send(client, "PK\x03\x04")) or "no XLSX" in told(send(client, "PK\x03\x04"))


def test_who_may_import_and_whose_imports_one_sees(login, world):
    token = send(login(world.operator), f"{HEAD}\nnew1,10.1.2.9,cisco_ios\n").context["batch"].pk
    pages = [reverse(f"webnet:import-{name}", args=[token]) for name in ("preview", "columns", "errors")]
    assert [login(world.stranger).get(page).status_code for page in pages] == [404, 404, 404]
    assert login(world.stranger).post(pages[0], {"_commit": "1"}).status_code == 404
    assert [login(world.viewer).get(page).status_code for page in (UPLOAD, *pages)] == [403] * 4
    assert "Import" not in told(login(world.viewer).get("/netops/devices/")).split("wn-pagehead-actions")[1][:300]
    assert "The customer" not in told(login(world.operator).get(UPLOAD))
    assert login(world.chief).get(UPLOAD).context["form"].fields["customer"].required


def test_the_filtered_list_is_a_file_in_every_format(login, world):
    client = login(world.viewer)
    for form in ("csv", "xlsx", "yaml", "json"):
        found = client.get(f"/netops/devices/export/{form}/", {"role": "core"})
        assert found.status_code == 200
        assert f'.{form}"' in found.headers["Content-Disposition"]
    assert b"lon-core-1" in client.get("/netops/devices/export/csv/", {"role": "core"}).content
    assert b"lon-core-1" not in client.get("/netops/devices/export/csv/", {"q": "nothing"}).content
    assert b"par-core-1" not in client.get("/netops/devices/export/json/").content
    assert client.get("/netops/devices/export/exe/").status_code == 404
    assert "export/csv/?role=core" in told(client.get("/netops/devices/", {"role": "core"}))
