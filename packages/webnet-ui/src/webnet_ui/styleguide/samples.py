"""Invented data for the style guide."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import django_tables2 as tables
from django import forms
from django.core.paginator import Paginator
from django.utils import timezone

from webnet_core.plugins.items import NavItem, Section
from webnet_ui.statuses import HOST_STATES

COUNTS: Mapping[str, int] = {"ok": 38, "changed": 2, "failed": 1, "unreachable": 1, "running": 6, "pending": 12}
_NAMES = (
    "lon-core-1",
    "lon-core-2",
    "lon-acc-1",
    "lon-acc-2",
    "lon-acc-3",
    "par-core-1",
    "par-acc-1",
    "par-acc-2",
    "wan-edge-1",
)
_NOTES = {"failed": "authentication", "unreachable": "connection refused", "unknown": "link lost after sending"}

CONFIG = """\
hostname lon-core-1
!
interface GigabitEthernet0/1
 description uplink to par-core-1
 ip address 10.0.12.1 255.255.255.252
!
ntp server 10.0.0.10
line vty 0 4
 transport input ssh
end"""


class SampleForm(forms.Form):
    """One of each widget."""

    hostname = forms.CharField(initial="lon-core-1", help_text="As the device calls itself.")
    address = forms.CharField(label="Management address", initial="10.0.0.999")
    platform = forms.ChoiceField(choices=[("cisco_ios", "Cisco IOS"), ("arista_eos", "Arista EOS")])
    commands = forms.CharField(widget=forms.Textarea(attrs={"rows": 3, "data-code": ""}), initial="show version")
    driver = forms.ChoiceField(
        widget=forms.RadioSelect, choices=[("auto", "Auto"), ("netmiko", "Netmiko")], initial="auto"
    )
    enabled = forms.BooleanField(required=False, initial=True, help_text="Disabled devices are left out of every run.")
    note = forms.CharField(required=False)

    def clean_address(self) -> str:
        """Refuse, so that an error can be seen."""
        message = "10.0.0.999 is not an IP address."
        raise forms.ValidationError(message)


def sample_form() -> SampleForm:
    """Return a form with one wrong field."""
    data = {
        "hostname": "lon-core-1",
        "address": "10.0.0.999",
        "platform": "cisco_ios",
        "commands": "show version",
        "driver": "auto",
    }
    return SampleForm(data=data, auto_id="wn-sample-%s")


class DeviceTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Devices as the list page shows them."""

    pick = tables.TemplateColumn(
        '<input class="wn-check" type="checkbox" data-wn-row name="pk" value="{{ record.name }}"'
        ' aria-label="Select {{ record.name }}">',
        verbose_name="",
        orderable=False,
        attrs={"td": {"data-cell": "select"}},
    )
    name = tables.TemplateColumn(
        '<a class="wn-table-link" href="#{{ value }}">{{ value }}</a>', attrs={"td": {"data-cell": "title"}}
    )
    status = tables.TemplateColumn("{% load webnet %}{% wn_status value %}", attrs={"td": {"data-cell": "status"}})
    address = tables.Column(attrs={"td": {"data-cell": "mono"}})
    platform = tables.Column()
    site = tables.Column()
    seen = tables.TemplateColumn("{% load webnet %}{% wn_time value %}", verbose_name="Last seen")
    took = tables.Column(attrs={"td": {"data-cell": "num"}}, verbose_name="Duration")


def sample_devices(count: int = 9) -> list[dict[str, Any]]:
    """Return rows of the device table."""
    now, states = (
        timezone.now(),
        ("ok", "ok", "changed", "ok", "failed", "unreachable", "skipped", "running", "unknown"),
    )
    return [
        {
            "name": _NAMES[index] if index < len(_NAMES) else f"par-acc-{index}",
            "status": states[index % len(states)],
            "address": f"10.0.{index}.1",
            "platform": "cisco_ios" if index % 3 else "arista_eos",
            "site": _NAMES[index % len(_NAMES)][:3],
            "seen": now - timedelta(seconds=14 * 9**index) if index < 6 else None,
            "took": f"{0.8 + index / 2:.1f} s",
        }
        for index in range(count)
    ]


def sample_tiles(count: int = 18) -> list[dict[str, Any]]:
    """Return hosts of a job's grid, one of each state first."""
    tiles = []
    for index in range(count):
        state = HOST_STATES[index] if index < len(HOST_STATES) else "ok"
        name = f"{_NAMES[index % len(_NAMES)][:3]}-acc-{index + 1}"
        seconds = None if state in {"pending", "skipped"} else 0.7 + index * 1.3
        tiles.append(
            {
                "device_id": index + 1,
                "name": name,
                "status": state,
                "href": f"?host={index + 1}",
                "seconds": seconds,
                "note": _NOTES.get(state, "netmiko" if state in {"ok", "changed"} else ""),
            }
        )
    return tiles


def sample_events() -> list[dict[str, Any]]:
    """Return lines of a log."""
    lines = [
        ("info", "", "Job started: 24 devices in 1 shard"),
        ("info", "lon-core-1", "connected with netmiko in 0.4 s"),
        ("debug", "lon-core-1", "terminal length 0"),
        ("info", "lon-core-1", "configuration read, 214 lines"),
        ("warning", "lon-acc-2", "slow answer: 8.1 s for show running-config"),
        ("error", "lon-acc-3", "authentication failed: the device refused the credential lab-admin"),
        ("error", "par-acc-2", "unreachable: connection refused by 10.0.7.1 port 22"),
        ("info", "par-core-1", "unchanged since 3 d"),
    ]
    now = timezone.localtime()
    return [
        {"level": level, "host": host, "message": text, "ts": now.isoformat(), "clock": now.strftime("%H:%M:%S")}
        for level, host, text in lines
    ]


def sample_nav() -> list[NavItem]:
    """Return a full navigation; every entry leads back to the style guide."""
    rows = [
        (Section.HOME, "Dashboard", "layout-dashboard"),
        (Section.INVENTORY, "Devices", "router"),
        (Section.INVENTORY, "Groups", "boxes"),
        (Section.INVENTORY, "Credentials", "key-round"),
        (Section.INVENTORY, "Topology", "waypoints"),
        (Section.AUTOMATE, "Run a task", "play"),
        (Section.AUTOMATE, "Jobs", "list-checks"),
        (Section.AUTOMATE, "Schedules", "calendar-clock"),
        (Section.CONFIG, "Changes", "history"),
        (Section.CONFIG, "Compare", "git-compare"),
        (Section.COMPLIANCE, "Overview", "shield-check"),
        (Section.PLATFORM, "Plugins", "puzzle"),
        (Section.PLATFORM, "Health", "heart-pulse"),
        (Section.PLATFORM, "Audit log", "scroll-text"),
    ]
    return [
        NavItem(
            key=f"ui.sample{number}",
            label=label,
            icon=icon,
            section=section,
            weight=number,
            route="webnet:styleguide-page" if label == "Devices" else "webnet:styleguide",
            badge=(lambda _viewer: 2) if label == "Jobs" else None,
        )
        for number, (section, label, icon) in enumerate(rows)
    ]


def sample_page() -> Any:
    """Return the third page of a long list."""
    return Paginator(range(318), 25).page(3)
