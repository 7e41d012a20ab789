"""Every row of a table against the rules of single devices, without a query a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import islice
from typing import Any

from webnet_core.access.models import Customer
from webnet_core.access.validation import column_errors
from webnet_core.exceptions import FieldError
from webnet_core.inventory.drafts import EDITABLE
from webnet_core.inventory.importing.cells import ABSENT, CellRefused, data_value, read_cell
from webnet_core.inventory.importing.columns import CHECKED, DATA, IGNORE, bind
from webnet_core.inventory.importing.tables import CellError, Line, Table, cell_error
from webnet_core.inventory.importing.verdicts import Duplicates, Row, Verdict
from webnet_core.inventory.models import Device, DeviceCredential, Site, SiteCredential
from webnet_core.inventory.references import References
from webnet_core.inventory.repointing import points_elsewhere
from webnet_core.inventory.rules import drivers_of, find_errors
from webnet_core.plugins.registry import registry
from webnet_core.secrets.models import Credential

_AT_ONCE = 2000
_ALLOWED_SHOWN = 50
_RELATED = ("site", "credential")
# Empty in a file: these keep what they are, or are the default of a new device.
_KEPT = frozenset({"port", "enabled", "connection_options", "data"})
_REQUIRED = {"mgmt_ip": "an address", "platform": "a platform"}


def check_table(
    customer_id: int, table: Table, *, mapping: Mapping[str, str], duplicates: Duplicates, lock: bool = False
) -> Verdict:
    """Say what an import of this table would do, and everything that is wrong with it.

    Arguments:
        mapping: see `columns.bind`.
        duplicates: what becomes of a row whose device there is already.
        lock: keep the devices from being changed by others until the transaction ends.

    Raises:
        InvalidInput: the mapping is wrong; see `columns.bind`.
    """
    return _Check(customer_id, table, mapping, duplicates, lock=lock).verdict()


class Known:
    """What of a customer's inventory the rows may refer to."""

    def __init__(self, customer_id: int) -> None:
        self.customer = str(Customer.objects.get(pk=customer_id))
        self.rows: dict[str, dict[str, Any]] = {
            "site": {row.name: row for row in Site.objects.filter(customer_id=customer_id)},
            "credential": {
                row.name: row
                for row in Credential.objects.filter(customer_id=customer_id).only("id", "name", "customer_id")
            },
        }
        self.by_id = {kind: {row.pk: row for row in rows.values()} for kind, rows in self.rows.items()}
        mine = {"device__customer_id": customer_id}
        self.tried = set(DeviceCredential.objects.filter(**mine).values_list("device_id", flat=True))
        self.sites_with_secrets = set(
            SiteCredential.objects.filter(site__customer_id=customer_id).values_list("site_id", flat=True)
        )
        self.platforms = registry("platforms")
        self._nearest: dict[tuple[str, str], str] = {}

    def allowed(self, kind: str) -> list[str]:
        """Return the first names that may stand in a column."""
        names = self.platforms if kind == "platform" else self.rows[kind]
        return sorted(names)[:_ALLOWED_SHOWN]

    def nearest(self, kind: str, value: str) -> str:
        """Return the likeliest name that was meant; looked for at most a thousand times."""
        if len(self._nearest) < 1000 and (kind, value) not in self._nearest:
            names = list(self.platforms if kind == "platform" else self.rows[kind])
            self._nearest[kind, value] = next(iter(get_close_matches(value[:100], names, n=1)), "")
        return self._nearest.get((kind, value), "")

    def holds_secret(self, device_id: int | None, site_id: int | None, credential_id: int | None) -> bool:
        """Say whether a device of this credential at this site is sent a stored secret."""
        return credential_id is not None or device_id in self.tried or site_id in self.sites_with_secrets


class _Check:
    def __init__(
        self, customer_id: int, table: Table, mapping: Mapping[str, str], duplicates: Duplicates, *, lock: bool
    ) -> None:
        self.customer_id = customer_id
        self.table = table
        self.duplicates = duplicates
        self.columns, self.errors = bind(table.headers, table.header_row, mapping)
        self.errors += [error for error in table.errors if not self._is_ignored(error.column)]
        self.refused: dict[int, set[str]] = {}
        for error in self.errors:
            self.refused.setdefault(error.row, set()).add(error.column)
        self.known = Known(customer_id)
        self.references = References(customer_id)
        self.existing = self._existing(lock=lock)
        self.seen: dict[str, int] = {}
        self.receiving = 0

    def verdict(self) -> Verdict:
        """Judge every row."""
        rows = [self._judged(line) for line in self.table.lines]
        self.errors.sort(key=lambda error: error.row)
        return Verdict(rows=rows, errors=self.errors, receiving=self.receiving)

    def _is_ignored(self, heading: str) -> bool:
        pairs = zip(self.table.headers, self.columns.targets, strict=True)
        return any(header == heading and target == IGNORE for header, target in pairs)

    def _existing(self, *, lock: bool) -> dict[str, Device]:
        if "hostname" not in self.columns.headings:
            return {}
        place = self.columns.targets.index("hostname")
        names = iter({str(line.cells[place]).strip() for line in self.table.lines})
        rows = Device.objects.filter(customer_id=self.customer_id)
        rows = rows.select_for_update(of=("self",)) if lock else rows
        found: dict[str, Device] = {}
        while part := list(islice(names, _AT_ONCE)):
            # Opened by name order, so that two imports at once wait for each other rather than for ever.
            found |= {row.hostname: row for row in rows.filter(hostname__in=part).order_by("pk")}
        return found

    def _judged(self, line: Line) -> Row:
        given, errors = self._read(line)
        row = Row(number=line.number, hostname=str(given.get("hostname") or ""))
        if not row.hostname:
            heading = self.columns.headings.get("hostname")
            if heading and heading not in {error.column for error in errors} | self.refused.get(line.number, set()):
                errors.append(self._error(line, "hostname", "A device has a name.", "required"))
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
        told = {error.column for error in errors} | self.refused.get(line.number, set())
        errors += [error for error in self._apply(row, line, device, given) if error.column not in told]
        return self._refuse(row, errors) if errors or line.number in self.refused else row

    def _refuse(self, row: Row, errors: Iterable[CellError]) -> Row:
        self.errors += errors
        row.state, row.changes, row.device, row.before = "error", {}, None, {}
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
        return self._error(line, kind, message, f"unknown_{kind}", allowed=self.known.allowed(kind), nearest=nearest)

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
        device = stored if stored is not None else Device(customer_id=self.customer_id, hostname=row.hostname)
        errors = [
            self._error(line, name, f"A device has {_REQUIRED[name]}.", "required")
            for name in _REQUIRED
            if given.get(name) is None and (stored is None or name in given)
        ]
        wanted = self._wanted(device, given, new=stored is None)
        before = {name: self._current(device, name) for name in EDITABLE}
        changed = {name: value for name, value in wanted.items() if before[name] != value}
        if stored is not None:
            errors += self._repointing(line, device, changed)
        for name, value in changed.items():
            setattr(device, self._attribute(name), value)
        blank = {error.column for error in errors}
        found = self._rule_errors(line, device, given, changed)
        errors += [error for error in found if error.column not in blank]
        row.device_id = device.pk
        row.state = "new" if stored is None else "update" if changed else "unchanged"
        if changed or stored is None:
            row.device = device
            row.before = {name: before[name] for name in changed} if stored is not None else {}
            row.changes = self._shown(changed, before, new=stored is None)
        if stored is None and self.known.holds_secret(None, device.site_id, device.credential_id) and not errors:
            self.receiving += 1
        return errors

    def _wanted(self, device: Device, given: Mapping[str, Any], *, new: bool) -> dict[str, Any]:
        """Return the values that the row asks for, by field; relations as ids."""
        wanted: dict[str, Any] = {}
        for name, value in given.items():
            if name in CHECKED or name.startswith(DATA) or (value is None and name in (*_KEPT, *_REQUIRED)):
                continue
            if name in _RELATED:
                wanted[name] = self.known.rows[name][value].pk if value is not None else None
            else:
                wanted[name] = "" if value is None else value
        single = {name: value for name, value in given.items() if name.startswith(DATA)}
        if single:
            data = wanted.get("data", device.data if not new else {})
            wanted["data"] = _merged(data if isinstance(data, dict) else {}, single)
        return wanted

    def _repointing(self, line: Line, device: Device, changed: Mapping[str, Any]) -> Iterator[CellError]:
        if not points_elsewhere(device, changed):
            return
        site, credential = changed.get("site", device.site_id), changed.get("credential", device.credential_id)
        holds = self.known.holds_secret
        if not (holds(device.pk, device.site_id, device.credential_id) or holds(device.pk, site, credential)):
            return
        message = (
            f"{device.hostname} holds a stored secret, and this would send it elsewhere: an import never does."
            " Change it on the device itself, where the password is asked for."
        )
        for name in changed:
            if points_elsewhere(device, {name: changed[name]}):
                yield self._error(line, name, message, "repoints")

    def _rule_errors(
        self, line: Line, device: Device, given: Mapping[str, Any], changed: Mapping[str, Any]
    ) -> Iterator[CellError]:
        told = set()
        found = (*column_errors(device), *find_errors(device, given.get("vendor")))
        for error in (*found, *self._customers_errors(device, changed)):
            name = error.path if error.path in self.columns.headings else error.path.partition(".")[0]
            if name in told:
                continue
            told.add(name)
            yield self._from_rule(line, device, name, error)

    def _customers_errors(self, device: Device, changed: Mapping[str, Any]) -> Iterator[FieldError]:
        """Yield what the customer's IP ranges and data schema say against what is new about a device."""
        if "mgmt_ip" in changed and isinstance(device.mgmt_ip, str):
            yield from self.references.address_errors(device.mgmt_ip)
        if (not device.pk or "data" in changed) and isinstance(device.data, dict):
            yield from self.references.data_errors(device.data)

    def _from_rule(self, line: Line, device: Device, name: str, error: FieldError) -> CellError:
        allowed: Sequence[str] = ()
        nearest = ""
        if error.code == "unknown_platform":
            allowed, nearest = self.known.allowed("platform"), self.known.nearest("platform", device.platform)
        elif error.code == "unknown_driver":
            allowed = sorted(drivers_of(self.known.platforms.get(device.platform)))
        return self._error(line, name, error.message, error.code, allowed=allowed, nearest=nearest)

    @staticmethod
    def _attribute(name: str) -> str:
        return f"{name}_id" if name in _RELATED else name

    def _current(self, device: Device, name: str) -> Any:
        return getattr(device, self._attribute(name))

    def _shown(self, changed: Mapping[str, Any], before: Mapping[str, Any], *, new: bool) -> dict[str, Sequence[Any]]:
        """Return old and new value of each field as people read them; of data, name by name."""
        shown: dict[str, Sequence[Any]] = {}
        for name, value in changed.items():
            old = None if new else before[name]
            if name == "data":
                was = old or {}
                keys = [key for key in {**was, **value} if was.get(key, ABSENT) != value.get(key, ABSENT)]
                shown |= {f"{DATA}{key}": [was.get(key), value.get(key)] for key in keys}
            elif name in _RELATED:
                rows = self.known.by_id[name]
                shown[name] = [rows[pk].name if pk in rows else None for pk in (old, value)]
            else:
                shown[name] = [old, value]
        return shown


def _merged(data: Mapping[str, Any], cells: Mapping[str, Any]) -> dict[str, Any]:
    """Return `data` with what the cells say of single names; an empty cell takes its name away."""
    merged = dict(data)
    for target, cell in cells.items():
        name = target[len(DATA) :]
        if cell is not None:
            merged[name] = data_value(cell, data.get(name, ABSENT))
        elif merged.get(name, "") != "":
            del merged[name]
    return merged
