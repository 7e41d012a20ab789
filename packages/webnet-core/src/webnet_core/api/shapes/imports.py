"""Bodies, filters and answers of imports and exports of devices."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from rest_framework import serializers

from webnet_core.api.fields import Answer, Body, Id, JSONObject, PageQuery, RowAnswer, Text, Timestamp
from webnet_core.api.shapes.inventory import DeviceQuery
from webnet_core.inventory.exporting import FORMS as EXPORT_FORMS
from webnet_core.inventory.importing.batches import PREVIEW_LIFE
from webnet_core.inventory.importing.models import ImportBatch
from webnet_core.inventory.importing.reading import FORMS
from webnet_core.inventory.importing.undoing import UNDO_LIFE, may_undo
from webnet_core.inventory.importing.verdicts import STATES
from webnet_core.storable import find_unstorable

DUPLICATES = ("update", "skip", "error")


class UploadedFile(serializers.FileField):
    """A file of the multipart body."""

    default_error_messages = {"invalid": "This is a file: send the body as multipart/form-data."}

    def to_internal_value(self, data: Any) -> Any:
        """Return the file."""
        if not hasattr(data, "content"):
            self.fail("invalid")
        return data


class FormFlag(serializers.ChoiceField):
    """True or false, as a form writes it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"choices": ("true", "false"), **kwargs})

    def to_internal_value(self, data: Any) -> Any:
        """Return the truth value."""
        return super().to_internal_value(data) == "true"


class FormMapping(Text):
    """A JSON object of texts, as a form writes it."""

    default_error_messages = {"not_json": 'This is a JSON object of texts, as {{"Colour": "ignore"}}.'}

    def to_internal_value(self, data: Any) -> Any:
        """Return the mapping."""
        try:
            found = json.loads(super().to_internal_value(data))
        except (ValueError, RecursionError):
            found = None
        texts = isinstance(found, dict) and all(isinstance(value, str) for value in found.values())
        if not texts or find_unstorable(found) is not None:
            self.fail("not_json")
        return found


class FormId(Id):
    """An id of ours, as a form writes it."""

    def to_internal_value(self, data: Any) -> int:
        """Return the number."""
        text = str(data)
        return super().to_internal_value(int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else data)


class ImportBody(Body):
    """A file of devices."""

    file = UploadedFile(help_text="CSV, XLSX, YAML or JSON; the first row of a table names the columns.")
    dry_run = FormFlag(required=False, help_text="True: say what would be done and change nothing.")
    duplicates = serializers.ChoiceField(
        choices=DUPLICATES, required=False, help_text="What becomes of a row whose device there is already."
    )
    format = serializers.ChoiceField(choices=FORMS, required=False, help_text="Told by the file where left out.")
    mapping = FormMapping(
        required=False, max_length=20_000, help_text='Fields by column, or "ignore": {"Colour": "ignore"}.'
    )
    customer_id = FormId(required=False)


class ImportErrorAnswer(Answer):
    """One thing wrong with a file."""

    path = serializers.CharField()
    message = serializers.CharField()
    code = serializers.CharField()
    row = serializers.IntegerField(help_text="As the program shows it that wrote the file; in YAML the line.")
    column = serializers.CharField(help_text="The heading; empty for the whole row.")
    value = serializers.CharField(help_text="What stood there.")
    allowed = serializers.ListField(child=serializers.CharField(), help_text="What may, as far as it can be listed.")
    nearest = serializers.CharField(help_text="The likeliest of them.")


class ImportAnswer(RowAnswer):
    """An import: what it would do, or has done."""

    customer_id = serializers.IntegerField(read_only=True)
    format = serializers.CharField(source="form", read_only=True)
    sha256 = serializers.CharField(source="digest", read_only=True)
    created = serializers.IntegerField(source="counts.new", read_only=True)
    updated = serializers.IntegerField(source="counts.update", read_only=True)
    unchanged = serializers.IntegerField(source="counts.unchanged", read_only=True)
    skipped = serializers.IntegerField(source="counts.skip", read_only=True)
    failed = serializers.IntegerField(source="counts.error", read_only=True, help_text="Rows that cannot be taken.")
    errors_total = serializers.IntegerField(
        source="counts.errors", read_only=True, help_text="What is wrong; the first 10,000 are named."
    )
    receiving = serializers.IntegerField(
        source="counts.receiving",
        read_only=True,
        help_text="New devices that a stored secret would be sent to: the commit wants the password entered again.",
    )
    mapping = JSONObject(read_only=True)
    expires_at = serializers.SerializerMethodField()
    undo_until = serializers.SerializerMethodField()

    class Meta:
        model = ImportBatch
        fields: ClassVar[Any] = (
            "id",
            "customer_id",
            "state",
            "username",
            "filename",
            "format",
            "encoding",
            "delimiter",
            "sha256",
            "size",
            "duplicates",
            "mapping",
            "created",
            "updated",
            "unchanged",
            "skipped",
            "failed",
            "errors_total",
            "receiving",
            "created_at",
            "expires_at",
            "committed_at",
            "undone_at",
            "undo_until",
        )
        read_only_fields = fields

    def get_expires_at(self, row: ImportBatch) -> str | None:
        """Return until when a preview may be committed."""
        return _time(row.created_at + PREVIEW_LIFE) if row.state == "previewed" else None

    def get_undo_until(self, row: ImportBatch) -> str | None:
        """Return until when a committed import may be taken back."""
        return _time(row.committed_at + UNDO_LIFE) if row.committed_at is not None and may_undo(row) else None


class ImportResultAnswer(ImportAnswer):
    """An import with everything that is wrong with its file."""

    errors = ImportErrorAnswer(many=True, source="wrong")  # type: ignore[assignment]

    class Meta(ImportAnswer.Meta):
        fields: ClassVar[Any] = (*ImportAnswer.Meta.fields, "errors")
        read_only_fields = fields


class ImportRowQuery(PageQuery):
    """Which rows of an import."""

    state = serializers.ChoiceField(choices=STATES, required=False)


class ImportRowAnswer(Answer):
    """What an import would do with a row, or has done."""

    row = serializers.IntegerField()
    hostname = serializers.CharField()
    state = serializers.ChoiceField(choices=STATES)
    device_id = serializers.IntegerField(allow_null=True)
    changes = serializers.DictField(
        child=serializers.ListField(child=serializers.JSONField()), help_text="By field, the old and the new value."
    )


class DeviceExportQuery(DeviceQuery):
    """Which devices to write out, and how."""

    format = serializers.ChoiceField(choices=EXPORT_FORMS, default="csv")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("limit", "offset", "skip"):
            self.fields.pop(name)


class ExportedDeviceAnswer(Answer):
    """A device as an export writes it and an import reads it."""

    customer = serializers.CharField(required=False, help_text="Where the devices are of several customers.")
    hostname = serializers.CharField()
    mgmt_ip = serializers.CharField()
    port = serializers.IntegerField()
    platform = serializers.CharField()
    site = serializers.CharField(allow_null=True)
    role = serializers.CharField()
    credential = serializers.CharField(allow_null=True, help_text="Its name; never a secret.")
    driver = serializers.CharField()
    enabled = serializers.BooleanField()
    disabled_reason = serializers.CharField()
    tags = serializers.DictField(child=serializers.CharField(allow_blank=True))
    connection_options = JSONObject()
    data = JSONObject()  # type: ignore[assignment]  # a column, not the serializer's data


def _time(moment: Any) -> str:
    return str(Timestamp().to_representation(moment))
