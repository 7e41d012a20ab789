"""The table of devices, and that of what one device answered."""

from __future__ import annotations

import django_tables2 as tables
from django.utils.safestring import mark_safe

from webnet_ui.lists import Cell

_PICK = (
    '<input class="wn-check" type="checkbox" data-wn-row name="pk" value="{{ record.pk|unlocalize }}"'
    ' aria-label="Select {{ record.hostname }}">'
)
_PICK_ALL = '<input class="wn-check" type="checkbox" data-wn-all aria-label="Select all on this page">'
_NAME = '<a class="wn-table-link" href="{% url "webnet:device-detail" record.pk %}">{{ record.hostname }}</a>'
_ADDRESS = "{{ record.mgmt_ip }}{% if record.port != 22 %}:{{ record.port|unlocalize }}{% endif %}"
_PROBLEM = (
    '{% if record.problem %}<span title="{{ record.problem.message }}">{{ record.problem.word }}</span>{% endif %}'
)
_JOB = '<a class="wn-table-link" href="{% url "webnet:job-host" record.job_id record.pk %}">{{ record.title }}</a>'
_NUMBER = '<a class="wn-link" href="{% url "webnet:job-detail" record.job_id %}">#{{ record.job_id|unlocalize }}</a>'


class _Pick(Cell):
    """The tick of a row, and in the head that of the whole page."""

    @property
    def header(self) -> str:
        """The tick of all rows of this page."""
        return mark_safe(_PICK_ALL)  # noqa: S308 - a constant of this module


class DeviceTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Devices by name."""

    pick = _Pick(_PICK, orderable=False, attrs={"td": {"data-cell": "select"}})
    state = Cell(
        "{% wn_status record.state plain=True %}",
        verbose_name="Status",
        order_by=("-enabled", "reachability", "hostname", "pk"),
        attrs={"td": {"data-cell": "status"}},
    )
    hostname = Cell(_NAME, verbose_name="Device", order_by=("hostname", "pk"), attrs={"td": {"data-cell": "title"}})
    mgmt_ip = Cell(
        _ADDRESS, verbose_name="Address", order_by=("mgmt_ip", "port", "pk"), attrs={"td": {"data-cell": "mono"}}
    )
    platform = Cell("{{ record.platform_label }}", order_by=("platform", "hostname", "pk"))
    make = Cell("{{ record.make }}", verbose_name="Model", order_by=("model", "hostname", "pk"))
    site = Cell("{% if record.site %}{{ record.site }}{% endif %}", order_by=("site__name", "hostname", "pk"))
    role = Cell("{{ record.role }}", order_by=("role", "hostname", "pk"))
    customer = Cell("{{ record.customer }}", order_by=("customer__name", "hostname", "pk"))
    last_seen = Cell("{% wn_time record.last_seen %}", order_by=("last_seen", "hostname", "pk"))
    problem = Cell(_PROBLEM, verbose_name="Last error", order_by=("last_error", "hostname", "pk"))


class ResultTable(tables.Table):  # type: ignore[misc]
    """What one device answered, newest first."""

    task = Cell(_JOB, orderable=False, attrs={"td": {"data-cell": "title"}})
    status = Cell("{% wn_status record.status plain=True %}", orderable=False, attrs={"td": {"data-cell": "status"}})
    job = Cell(_NUMBER, orderable=False)
    problem = tables.Column(verbose_name="Error", orderable=False, default="")
    driver = tables.Column(orderable=False, default="", attrs={"td": {"data-cell": "mono"}})
    when = Cell('{% wn_time record.finished_at "not ended" %}', orderable=False)
    took = tables.Column(verbose_name="Duration", orderable=False, default="", attrs={"td": {"data-cell": "num"}})
