"""What somebody says about a file, about its columns, and to prove that it is they."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from webnet_core.access.login import check_password
from webnet_core.access.models import Customer
from webnet_core.access.scope import customer_ids
from webnet_core.access.stepup import carry_session, mark_session
from webnet_core.conf import settings
from webnet_core.exceptions import WebnetError
from webnet_core.inventory.importing.batches import Upload
from webnet_core.inventory.importing.columns import DATA, FIELDS, IGNORE, field_of
from webnet_core.inventory.importing.reading import FORMS

_POLICIES = [
    ("update", "Change them as the file says"),
    ("skip", "Leave them as they are"),
    ("error", "Refuse the file"),
]
_FORMATS = [("", "Told by the file"), *((form, form.upper()) for form in FORMS)]


class UploadForm(forms.Form):
    """A file, or its text."""

    file = forms.FileField(required=False, help_text="CSV, XLSX, YAML or JSON. The first row names the columns.")
    text = forms.CharField(
        required=False,
        strip=False,
        label="Or paste it",
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
    )
    customer = forms.ChoiceField(required=False)
    duplicates = forms.ChoiceField(
        choices=_POLICIES, initial="update", label="Devices that are there already", widget=forms.RadioSelect
    )
    format = forms.ChoiceField(required=False, choices=_FORMATS)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = customer_ids(user, "devices.edit")
        rows = Customer.objects.for_user(user).order_by("name")
        mine = rows if allowed is None else rows.filter(pk__in=allowed)
        found = [(str(pk), name) for pk, name in mine.values_list("pk", "name")]
        field = self.fields["customer"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        if len(found) == 1:
            field.choices, field.initial, field.widget = found, found[0][0], forms.HiddenInput()
        else:
            field.choices, field.required = [("", "Choose"), *found], True

    def clean(self) -> dict[str, Any]:
        """Ask for a file or a text, not both, and for no more than an import takes."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        file, text = data.get("file"), data.get("text")
        if bool(file) == bool(text):
            message = "Choose a file or paste its text." if not file else "Send the file or the text, not both."
            raise ValidationError(message, code="required")
        limit = settings.CORE.IMPORT_LIMIT_BYTES
        if file and file.size > limit:
            self.add_error("file", f"The file has {file.size} bytes; an import takes {limit}.")
        return data

    def customer_id(self) -> int:
        """Return whose devices the file has."""
        field = self.fields["customer"]
        return int(self.cleaned_data["customer"] or field.initial)

    def upload(self) -> Upload:
        """Return the file as the service takes it."""
        data = self.cleaned_data
        file = data["file"]
        return Upload(
            content=file.read() if file else data["text"].encode(),
            filename=file.name if file else "",
            form=data["format"],
            duplicates=data["duplicates"],
        )


class ColumnsForm(forms.Form):
    """Which field each column of a file holds."""

    duplicates = UploadForm.base_fields["duplicates"]

    def __init__(
        self, *args: Any, headers: Sequence[str], mapping: Mapping[str, str], duplicates: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.headers = headers
        self.fields["duplicates"].initial = duplicates
        for number, header in enumerate(headers):
            own = field_of(header)
            chosen = mapping.get(header, own)
            extra = [own] if own and own not in FIELDS else []
            names = dict.fromkeys((*FIELDS, *extra, header if header.startswith(DATA) else f"{DATA}{header}"))
            choices = [("", "Choose"), *((name, name) for name in names), (IGNORE, IGNORE)]
            self.fields[f"column{number}"] = forms.ChoiceField(
                label=header or f"Column {number + 1}",
                choices=choices,
                initial=chosen,
                widget=forms.Select(attrs={"class": "wn-select"}),
            )

    def mapping(self) -> dict[str, str]:
        """Return the fields by heading, where somebody chose another than the heading's own."""
        chosen = {header: self.cleaned_data[f"column{number}"] for number, header in enumerate(self.headers)}
        return {header: target for header, target in chosen.items() if target and target != field_of(header)}

    def columns(self) -> list[Any]:
        """Return the bound fields of the columns, in their order."""
        return [self[f"column{number}"] for number in range(len(self.headers))]


class PasswordForm(forms.Form):
    """The password once more, before a stored secret is sent somewhere."""

    password = forms.CharField(
        strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}), max_length=4096
    )
    code = forms.CharField(
        required=False,
        max_length=64,
        label="Code",
        help_text="Of your second factor, where you have one.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, request: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean(self) -> dict[str, Any]:
        """Check the password; the session remembers for a while that it was entered."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("password"):
            return data
        user = self.request.user
        try:
            found = check_password(
                self.request,
                user.get_username(),
                data["password"],
                code=data.get("code", "").replace(" ", ""),
                action="auth.reauthenticate",
            )
        except WebnetError as error:
            raise ValidationError(error.message, code=error.code) from error
        if found != user:
            raise ValidationError("That is not your password.", code="invalid_credentials")
        mark_session(self.request.session, user)
        carry_session(user, self.request.session)
        return data
