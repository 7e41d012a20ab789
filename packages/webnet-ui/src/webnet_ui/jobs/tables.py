"""The table of jobs."""

from __future__ import annotations

import django_tables2 as tables

_STATUS = "{% load webnet %}{% wn_status value %}"
_LINK = (
    '{% load l10n %}<a class="wn-table-link" href="{% url "webnet:job-detail" record.pk %}">'
    "#{{ record.pk|unlocalize }} {{ record.title }}</a>"
)
_HOSTS = "{% load webnet %}{% wn_progress record.bar small=True %}"
_TIME = (
    "{% load webnet %}{% if record.status == 'scheduled' %}{% wn_time record.scheduled_for %}"
    "{% else %}{% wn_time value %}{% endif %}"
)
_FROM = "{{ value }}{% if record.schedule %} <span class='wn-muted'>{{ record.schedule.name }}</span>{% endif %}"


class JobTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Jobs, newest first."""

    job = tables.TemplateColumn(_LINK, order_by="pk", attrs={"td": {"data-cell": "title"}}, empty_values=())
    status = tables.TemplateColumn(_STATUS, attrs={"td": {"data-cell": "status"}})
    hosts = tables.TemplateColumn(_HOSTS, orderable=False, empty_values=())
    total = tables.Column(verbose_name="Devices", attrs={"td": {"data-cell": "num"}})
    user = tables.Column(verbose_name="By", default="system")
    source = tables.TemplateColumn(_FROM, verbose_name="From")
    requested_at = tables.TemplateColumn(_TIME, verbose_name="When")
    took = tables.Column(orderable=False, attrs={"td": {"data-cell": "num"}}, default="")
