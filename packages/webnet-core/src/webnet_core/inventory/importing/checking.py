"""Every row of a table against the rules of single devices, without a query a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from webnet_core.exceptions import FieldError
from webnet_core.inventory.drafts import DeviceDraft, draft_device
from webnet_core.inventory.importing.cells import ABSENT, CellRefused, data_value, read_cell
from webnet_core.inventory.importing.columns import CHECKED, DATA, IGNORE, bind
from webnet_core.inventory.importing.known import Known, columns_that_repoint, parts
from webnet_core.inventory.importing.tables import MOST_ERRORS, CellError, Line, Table, cell_error
from webnet_core.inventory.importing.verdicts import Duplicates, Row, Verdict
from webnet_core.inventory.models import Device
from webnet_core.inventory.rules import drivers_of
from webnet_core.inventory.tags import tags_of
from webnet_core.plugins.registry import registry
from webnet_core.storable import find_unstorable

_RELATED = ("site", "credential")
# Empty in a file: these keep what they are, or are the default of a new device.
_KEPT = frozenset({"port", "enabled", "connection_options", "data"})
_REQUIRED = {"mgmt_ip": "an address", "platform": "a platform"}
_NOT_EMPTIED = _KEPT | {*_REQUIRED, *CHECKED}


def check_table(
    user: Any,
    customer_id: int,
    table: Table,
    *,
    mapping: Mapping[str, str],
    duplicates: Duplicates,
    lock: bool = False,
) -> Verdict:
    """Say what an import of this table would do, and everything that is wrong with it.

    Arguments:
        user: who would do it.
        mapping: see `columns.bind`.
        duplicates: what becomes of a row whose device there is already.
        lock: keep the devices from being changed by others until the transaction ends.

    Raises:
        InvalidInput: the mapping is wrong; see `columns.bind`.
    """
    return _Check(user, customer_id, table, mapping, duplicates, lock=lock).verdict()


class _Check:
    def __init__(
        self,
        user: Any,
        customer_id: int,
        table: Table,
        mapping: Mapping[str, str],
        duplicates: Duplicates,
        *,
        lock: bool,
    ) -> None:
        self.user, self.customer_id, self.table, self.duplicates = user, customer_id, table, duplicates
        self.columns, self.errors = bind(table.headers, table.header_row, mapping)
        found = [error for error in table.errors if not self._is_ignored(error.column)]
        self.errors += found
        self.wrong = len(self.errors) + (table.wrong - len(table.errors))
        self.refused: dict[int, set[str]] = {}
        for error in self.errors:
            self.refused.setdefault(error.row, set()).add(error.column)
        self.known = Known(customer_id)
        self.existing = self._existing(lock=lock)
        self.tags = self._tags()
        self.seen: dict[str, int] = {}
        self.receiving = 0

    def verdict(self) -> Verdict:
        """Judge every row."""
        rows = [self._judged(line) for line in self.table.lines]
        self.errors.sort(key=lambda error: error.row)
        return Verdict(rows=rows, errors=self.errors, wrong=self.wrong, receiving=self.receiving)

    def _is_ignored(self, heading: str) -> bool:
        pairs = zip(self.table.headers, self.columns.targets, strict=True)
        return any(header == heading and target == IGNORE for header, target in pairs)

    def _existing(self, *, lock: bool) -> dict[str, Device]:
        if "hostname" not in self.columns.headings:
            return {}
        place = self.columns.targets.index("hostname")
        names = {str(line.cells[place]).strip() for line in self.table.lines}
        names = {name for name in names if find_unstorable(name) is None}
        rows = Device.objects.filter(customer_id=self.customer_id)
        rows = rows.select_for_update(of=("self",)) if lock else rows
        found: dict[str, Device] = {}
        for part in parts(sorted(names)):
            # Locked in one order, so that two imports at once wait for each other rather than for ever.
            devices = self.known.placed(rows.filter(hostname__in=part).order_by("pk"))
            found |= {device.hostname: device for device in devices}
        return found

    def _tags(self) -> dict[int, dict[str, str]]:
        if "tags" not in self.columns.headings:
            return {}
        ids = [device.pk for device in self.existing.values()]
        return {pk: tags for part in parts(ids) for pk, tags in tags_of(part).items()}

    def _judged(self, line: Line) -> Row:
        given, errors = self._read(line)
        told = {error.column for error in errors} | self.refused.get(line.number, set())
        row = Row(number=line.number, hostname=str(given.get("hostname") or ""))
        if not row.hostname:
            if self.columns.headings.get("hostname", "hostname") not in told and "hostname" in self.columns.headings:
                errors.append(self._error(line, "hostname", "Every device needs a hostname.", "required"))
            return self._refuse(row, errors)
        device = self.existing.get(row.hostname)
        if self.duplicates == "skip" and (device is not None or row.hostname in self.seen):
            row.state, row.device_id = "skip", device.pk if device is not None else None
            return row
        if (earlier := self.seen.get(row.hostname)) is not None:
            message = f"Row {earlier} is about {row.hostname} too; leave one of them out."
            return self._refuse(row, [*errors, self._error(line, "hostname", message, "repeated")])
        self.seen[row.hostname] = line.number
        if device is not None and self.duplicates == "error":
            message = f"There is a device {row.hostname} already."
            return self._refuse(row, [*errors, self._error(line, "hostname", message, "exists")])
        errors += [error for error in self._apply(row, line, device, given) if error.column not in told]
        return self._refuse(row, errors) if errors or line.number in self.refused else row

    def _refuse(self, row: Row, errors: Sequence[CellError]) -> Row:
        self.wrong += len(errors)
        self.errors += errors[: max(0, MOST_ERRORS - len(self.errors))]
        row.state, row.draft = "error", None
        return row

    # ------------------------------------------------------------------------------------------------- reading cells

    def _read(self, line: Line) -> tuple[dict[str, Any], list[CellError]]:
        given: dict[str, Any] = {}
        errors: list[CellError] = []
        for target, cell in zip(self.columns.targets, line.cells, strict=True):
            if target == IGNORE or self._heading(target) in self.refused.get(line.number, ()):
                continue
            try:
                value = read_cell(target, cell)
            except CellRefused as refused:
                errors.append(self._error(line, target, str(refused), refused.code, allowed=refused.allowed))
                continue
            if target in _RELATED and value is not None and value not in self.known.rows[target]:
                errors.append(self._unknown(line, target, value))
                continue
            given[target] = value
        errors += self._check_customer(line, given)
        return given, errors

    def _check_customer(self, line: Line, given: Mapping[str, Any]) -> Iterator[CellError]:
        if given.get("customer") not in (None, self.known.customer):
            message = f"This import is for the customer {self.known.customer}."
            yield self._error(line, "customer", message, "other_customer", allowed=[self.known.customer])

    def _unknown(self, line: Line, kind: str, value: str) -> CellError:
        nearest = self.known.nearest(kind, value)
        hint = f" Did you mean {nearest}?" if nearest else ""
        message = f"This customer has no {kind} {value[:120]}.{hint}"
        allowed = self.known.allowed(kind)
        return self._error(line, kind, message, f"unknown_{kind}", allowed=allowed, nearest=nearest)

    def _heading(self, target: str) -> str:
        return self.columns.headings.get(target, target)

    def _error(
        self, line: Line, target: str, message: str, code: str, *, allowed: Sequence[str] = (), nearest: str = ""
    ) -> CellError:
        heading = self.columns.headings.get(target)
        value = line.cells[self.table.headers.index(heading)] if heading is not None else ""
        return cell_error(line.number, heading or target, message, code, value=value, allowed=allowed, nearest=nearest)

    # ------------------------------------------------------------------------------------------------ against the rules

    def _apply(self, row: Row, line: Line, stored: Device | None, given: Mapping[str, Any]) -> list[CellError]:
        device = stored if stored is not None else Device(customer_id=self.customer_id)
        held = stored is not None and self.known.holds_secret(device)
        errors = [
            self._error(line, name, f"A device has {what}.", "required")
            for name, what in _REQUIRED.items()
            if given.get(name) is None and (stored is None or name in given)
        ]
        there = self.tags.get(device.pk, {}) if device.pk else {}
        draft = draft_device(self.user, device, self._wanted(device, given), self.known.references, tags=there)
        sends = self.known.holds_secret(device)
        if stored is not None and draft.repoints and (held or sends):
            errors += self._repointing(line, draft)
        blank = {error.column for error in errors}
        errors += [error for error in self._from_rules(line, draft) if error.column not in blank]
        row.device_id, row.draft = device.pk, draft
        row.state = "new" if stored is None else "update" if draft.is_change else "unchanged"
        if row.state == "unchanged":
            row.draft = None
        if stored is None and sends and not errors:
            self.receiving += 1
        return errors

    def _wanted(self, device: Device, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values that the row asks for, as the rules of single devices take them."""
        wanted: dict[str, Any] = {}
        for name, value in given.items():
            if name == "customer" or name.startswith(DATA) or (value is None and name in _NOT_EMPTIED):
                continue
            if name in _RELATED:
                wanted[name] = self.known.rows[name][value] if value is not None else None
            elif name == "tags":
                wanted[name] = value or {}
            else:
                wanted[name] = "" if value is None else value
        single = {name: value for name, value in given.items() if name.startswith(DATA)}
        if single:
            data = wanted.get("data", device.data)
            wanted["data"] = self._merged(data if isinstance(data, dict) else {}, single)
        return wanted

    def _merged(self, data: Mapping[str, Any], cells: Mapping[str, Any]) -> dict[str, Any]:
        """Return `data` with what the cells say of single names; an empty cell takes its name away."""
        merged = dict(data)
        for target, cell in cells.items():
            name = target[len(DATA) :]
            if cell is not None:
                value = data_value(cell, data.get(name, ABSENT))
                merged[name] = self.known.typed(name, value) if isinstance(value, str) else value
            elif merged.get(name, "") != "":
                del merged[name]
        return merged

    def _repointing(self, line: Line, draft: DeviceDraft) -> Iterator[CellError]:
        message = (
            f"{draft.device.hostname} holds a stored secret, and this would send it elsewhere: an import never does."
            " Change it on the device itself, where the password is asked for."
        )
        for name in columns_that_repoint(draft):
            yield self._error(line, name, message, "repoints")

    def _from_rules(self, line: Line, draft: DeviceDraft) -> Iterator[CellError]:
        told = set()
        for error in draft.errors:
            name = self._place_of(error.path)
            if name not in told:
                told.add(name)
                yield self._from_rule(line, draft.device, name, error)

    def _place_of(self, path: str) -> str:
        """Return the column that an error of the rules is about: ``data.rack.0`` is that of ``data.rack``."""
        while path not in self.columns.headings and "." in path:
            path = path.rpartition(".")[0]
        return path

    def _from_rule(self, line: Line, device: Device, name: str, error: FieldError) -> CellError:
        allowed: Sequence[str] = ()
        nearest = ""
        if error.code == "unknown_platform":
            allowed, nearest = self.known.allowed("platform"), self.known.nearest("platform", device.platform)
        elif error.code == "unknown_driver":
            allowed = sorted(drivers_of(registry("platforms").get(device.platform)))
        return self._error(line, name, error.message, error.code, allowed=allowed, nearest=nearest)
