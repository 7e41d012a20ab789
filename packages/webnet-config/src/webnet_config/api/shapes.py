"""Snapshots as the API gives them back."""

from __future__ import annotations

from rest_framework import serializers

from webnet_config.models import Snapshot
from webnet_core.api.fields import Query, RowAnswer


class SnapshotRow(RowAnswer):
    """A snapshot in a list: everything but its text."""

    device_id = serializers.IntegerField()
    job_id = serializers.IntegerField(allow_null=True)
    hash = serializers.CharField(
        source="raw.digest", help_text="Keyed digest of the text; equal texts have equal ones."
    )

    class Meta:
        model = Snapshot
        fields = (
            "id",
            "device_id",
            "kind",
            "created_at",
            "valid_from",
            "last_seen",
            "source",
            "hash",
            "job_id",
            "lines",
            "size",
            "lines_added",
            "lines_removed",
        )


class SnapshotAnswer(SnapshotRow):
    """A snapshot with its text."""

    config_text = serializers.CharField(help_text="The configuration; secrets are hidden unless `masked` is false.")
    masked = serializers.BooleanField(help_text="Whether secrets are hidden in `config_text`.")

    class Meta(SnapshotRow.Meta):
        fields = (*SnapshotRow.Meta.fields, "config_text", "masked")  # type: ignore[assignment]


class TextQuery(Query):
    """How the text is wanted."""

    raw = serializers.BooleanField(
        required=False, help_text="With secrets, for those who may `config.view_raw`; others get the masked text."
    )
