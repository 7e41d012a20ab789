"""`webnet import`: files of devices from a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.cli.conftest import Webnet

from webnet_core.audit.models import AuditEvent
from webnet_core.inventory.models import Device
from webnet_core.testing.factories import make_credential

HEAD = "hostname,mgmt_ip,platform"


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    return tmp_path / "fleet.csv"


def test_a_file_is_tried_and_then_imported(webnet: Webnet, fleet: Path) -> None:
    fleet.write_text(f"{HEAD},colour\nnew1,192.0.2.9,cisco_ios,red\n")
    arguments = ("import", str(fleet), "--map", "colour=ignore", "--customer", "Acme")
    code, printed = webnet(*arguments, "--dry-run")
    assert (code, printed) == (0, "1 would be made, 0 would be changed, 0 unchanged, 0 skipped\n")
    assert not Device.objects.filter(hostname="new1").exists()
    code, told = webnet(*arguments, "--json")
    assert (code, told["created"], told["errors"]) == (0, 1, [])
    assert AuditEvent.objects.get(action="devices.create").door.startswith("command")


@pytest.mark.parametrize("tried", [(), ("--dry-run",)])
def test_everything_wrong_with_a_file_is_listed_and_ends_with_1(
    webnet: Webnet, fleet: Path, tried: tuple[str, ...]
) -> None:
    fleet.write_text(f"{HEAD},colour\nnew1,\x1b[2Jx,cisco_ios,red\nr1,192.0.2.9,nothing,\n")
    code, printed = webnet("import", str(fleet), "--duplicates", "error", *tried)
    assert code == 1
    assert [line.split()[:2] for line in printed.splitlines()[1:4]] == [
        ["1", "colour"],
        ["2", "mgmt_ip"],
        ["3", "hostname"],
    ]
    assert "\x1b" not in printed
    code, told = webnet("import", str(fleet), "--json", *tried)
    assert (code, len(told["errors"])) == (1, 3)
    assert not Device.objects.filter(hostname="new1").exists()


def test_a_file_that_is_none_ends_with_1_and_wrong_words_with_2(webnet: Webnet, fleet: Path) -> None:
    fleet.write_bytes(b"\x81")
    assert webnet("import", str(fleet))[0] == 1
    for wrong in (["no-such-file"], [str(fleet), "--map", "colour"], [str(fleet), "--customer", "Other"]):
        assert webnet("import", *wrong)[0] == 2
    assert webnet("import", str(fleet), user="vera")[0] == 3


def test_new_devices_get_stored_secrets_only_for_a_reason_that_the_audit_shows(webnet: Webnet, fleet: Path) -> None:
    make_credential(Device.objects.get(hostname="r1").customer, name="lab")
    fleet.write_text(f"{HEAD},credential\nnew1,192.0.2.9,cisco_ios,lab\n")
    code, printed = webnet("import", str(fleet))
    assert (code, "--reason" in printed) == (3, True)
    assert webnet("import", str(fleet), "--reason", "first fleet")[0] == 0
    assert AuditEvent.objects.get(action="devices.create").data["proof"] == "trusted: first fleet"
    fleet.write_text("hostname,mgmt_ip\nnew1,192.0.2.66\n")
    assert webnet("import", str(fleet), "--reason", "any")[0] == 1
