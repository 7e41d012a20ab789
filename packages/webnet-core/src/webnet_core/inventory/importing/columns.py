"""Which column of a file holds which field of a device."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from webnet_core.exceptions import FieldError, InvalidInput
from webnet_core.inventory.drafts import EDITABLE
from webnet_core.inventory.importing.tables import CellError, cell_error
from webnet_core.storable import find_unstorable

IGNORE = "ignore"
DATA = "data."
# Looked at and not stored: they must fit what the row says besides, and whose file it is.
CHECKED = ("vendor", "customer")
FIELDS = (*EDITABLE, "disabled_reason", "tags", *CHECKED)
_ALIASES = {"credentials_ref": "credential", "credential_name": "credential", "management_address": "mgmt_ip"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Columns:
    """What each heading stands for (`IGNORE` for nothing), and which heading names a field."""

    targets: Sequence[str]
    headings: Mapping[str, str]


def bind(headers: Sequence[str], header_row: int, mapping: Mapping[str, str]) -> tuple[Columns, list[CellError]]:
    """Say which field each heading stands for, and what is wrong with the headings.

    Arguments:
        mapping: by heading, a field, ``data.<name>`` or ``ignore``; other headings are fields by their own name.

    Raises:
        InvalidInput: the mapping names a heading that the file does not have, or a field that a device does not have.
    """
    _check_mapping(headers, mapping)
    errors: list[CellError] = []
    targets: list[str] = []
    taken: dict[str, str] = {}
    for header in headers:
        target = mapping[header] if header in mapping else field_of(header)
        if not target:
            nearest = next(iter(get_close_matches(header.casefold(), FIELDS, n=1)), "")
            hint = f" Did you mean {nearest}?" if nearest else ""
            message = f"A device has no field {header!r}.{hint} Rename the column, or map it to '{IGNORE}'."
            allowed = (*FIELDS, f"{DATA}<name>")
            errors.append(
                cell_error(
                    header_row, header, message, "unknown_column", value=header, allowed=allowed, nearest=nearest
                )
            )
        elif target != IGNORE and target in taken:
            message = f"{target} stands in the column {taken[target]!r} already; map one of them to '{IGNORE}'."
            errors.append(cell_error(header_row, header, message, "repeated_column", value=header))
            target = IGNORE
        targets.append(target or IGNORE)
        taken.setdefault(target or IGNORE, header)
    taken.pop(IGNORE, None)
    if "hostname" not in taken:
        message = "The file has no column hostname, by which devices are known."
        errors.append(cell_error(header_row, "hostname", message, "missing_column"))
    return Columns(targets=targets, headings=taken), errors


def field_of(heading: str) -> str:
    """Return the field that a heading names by itself; empty where it names none."""
    text = heading.strip()
    if text.casefold().startswith(DATA):
        return f"{DATA}{text[len(DATA) :].strip()}" if text[len(DATA) :].strip() else ""
    name = "_".join(text.casefold().split())
    name = _ALIASES.get(name, name)
    return name if name in FIELDS else ""


def _check_mapping(headers: Sequence[str], mapping: Mapping[str, str]) -> None:
    errors = []
    for header, target in mapping.items():
        if header not in headers:
            errors.append(
                FieldError(path=f"mapping.{header}", message="The file has no such column.", code="unknown_column")
            )
        elif target != IGNORE and (field_of(target) != target or find_unstorable(target) is not None):
            message = f"There is no field {target!r}: {', '.join(FIELDS)}, {DATA}<name> or {IGNORE}."
            errors.append(FieldError(path=f"mapping.{header}", message=message, code="unknown_field"))
    if errors:
        raise InvalidInput(errors=errors)
