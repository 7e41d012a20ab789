"""The one way from webnet to devices: builds Nornir over the inventory, runs tasks, closes sessions."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from nornir.core import Nornir
from nornir.core.inventory import Host
from nornir.core.task import Task
from pydantic import BaseModel

from webnet_core.exceptions import Conflict
from webnet_core.inventory import hostkeys
from webnet_core.inventory.hostkeys import pin
from webnet_core.inventory.models import Device
from webnet_core.jobs.params import parse_params
from webnet_core.plugins.items import Outcome, TaskSpec
from webnet_core.plugins.registry import registry
from webnet_core.redact import current
from webnet_nornir.admission import Gate
from webnet_nornir.choosing import choose, platform_of
from webnet_nornir.conf import NornirConfig
from webnet_nornir.connections import pool
from webnet_nornir.control import Admission, Admitted, Control, Refused, Unrecorded
from webnet_nornir.dispatch import TaskDispatcher
from webnet_nornir.exceptions import HostError, HostKeyChanged, RecordRequired, RepinningRequired
from webnet_nornir.inventory import DjangoInventory, device_facts
from webnet_nornir.outbox import KeyShown
from webnet_nornir.results import NornirResultProcessor
from webnet_nornir.runner import WebnetRunner
from webnet_nornir.selection import DriverChoice


def _given(task: Task) -> None:
    """Stand for whatever task is given to `Nornir.run`."""


# A Nornir task that is in no catalogue: it may do whatever reads.
ANY_TASK: Final[TaskSpec[Any]] = TaskSpec(
    name="nornir", title="A Nornir task", run=_given, needs=frozenset({"run_commands"}), deadline=timedelta(minutes=5)
)


class NornirManager:
    """Runs tasks on devices through Nornir. Knows no jobs: notebooks, tests and host code use it as it is.

    Args:
        options: ``driver``, ``workers`` and ``deadline`` (seconds a host) for every run of this manager.
    """

    def __init__(self, options: Mapping[str, Any] | None = None) -> None:
        self.config = NornirConfig(options)

    def initialize_nornir(
        self,
        inventory_source: DjangoInventory | Iterable[Device | int] | None = None,
        *,
        control: Control | None = None,
    ) -> Nornir:
        """Return a new Nornir over webnet's devices.

        Args:
            inventory_source: Devices or their ids; None for every enabled device; or an inventory, whose hosts get
                their secrets from `control`.
            control: What the runner asks and tells. Without one, ``nornir.run`` takes any Nornir task that reads.
        """
        if not isinstance(inventory_source, DjangoInventory):
            rows = _rows(inventory_source)
            inventory_source = DjangoInventory(devices=rows, config=self.config)
            control = control or _Alone(Gate(rows, ANY_TASK, self.config))
        runner = WebnetRunner(self.config.workers, control=control)
        return self.config.nornir(inventory_source.load(), runner)

    def get_connection_plugin(self, device: Device, operation: str = "run_commands") -> DriverChoice:
        """Return which driver would do `operation` on `device`, and why.

        Raises:
            HostError: None can; the error says what to do.
        """
        facts = device_facts(device, self.config)
        return choose(facts, platform_of(device.platform), operation, self.config.options)

    def execute_task(
        self,
        task_name: str | TaskSpec[Any],
        devices: Iterable[Device | int],
        *,
        unrecorded: bool = False,
        **params: Any,
    ) -> Mapping[int, Outcome]:
        """Run a task of the catalogue on devices, without a job, and return each device's outcome.

        Everything a job's run does is done, except that nothing is recorded: see `unrecorded`.

        Args:
            task_name: A task's name in the catalogue, or a TaskSpec that is in none.
            devices: Devices or their ids.
            unrecorded: Allow a task that changes devices; nothing then says how far it got if this process dies.
            **params: The task's parameters.

        Raises:
            RecordRequired: The task changes devices and `unrecorded` is not given.
            UnknownKey: There is no such task.
            InvalidInput: The parameters are wrong.
        """
        spec: TaskSpec[Any] = registry("tasks").get(task_name) if isinstance(task_name, str) else task_name
        if spec.scope != "host":
            raise RecordRequired(f"{spec.name} runs as a whole, not on devices; submit it as a job.")
        if spec.risk != "read" and not unrecorded:
            raise RecordRequired
        rows = _rows(devices)
        control = _Alone(Gate(rows, spec, self.config))
        self.run(spec, parse_params(spec, params), rows, control, control.gate)
        return {int(name): outcome for name, outcome in control.outcomes.items()}

    def run(
        self, spec: TaskSpec[Any], params: BaseModel, devices: Sequence[Device], control: Control, gate: Gate
    ) -> None:
        """Run `spec` on `devices`; outcomes go to `control`, whose thread is the caller's.

        Args:
            spec: The task.
            params: Its validated parameters.
            devices: Rows with site and credential loaded.
            control: What is asked and told.
            gate: Admits the hosts; closed when this returns.
        """
        dispatcher = TaskDispatcher(spec, params, attempts=self.config.section.ATTEMPTS)
        try:
            self.initialize_nornir(DjangoInventory(devices=devices, config=self.config), control=control).run(
                task=dispatcher, name=spec.name
            )
        finally:
            gate.close()

    def close_connections(self) -> int:
        """Close every session kept for later; return how many. Those in use are closed by who uses them."""
        return pool.drop()


class _Alone(Unrecorded):
    """A run without a job: outcomes are remembered, keys seen first are pinned."""

    def __init__(self, gate: Gate) -> None:
        super().__init__()
        self.gate = gate

    def admit(self, host: Host) -> Admission:
        try:
            self.gate.open(host)
        except HostError as error:
            return Refused(outcome=NornirResultProcessor().failed(error))
        return Admitted()

    def finished(self, host: Host, outcome: Outcome) -> None:
        super().finished(host, redacted(outcome))

    def pin(self, host: Host, shown: KeyShown) -> None:
        pin_first_key(int(host.name), shown)


def pin_first_key(device_id: int, shown: KeyShown) -> None:
    """Pin a key seen for the first time; call in the control thread.

    Raises:
        HostKeyChanged: Another one was pinned meanwhile.
        RepinningRequired: The device was pointed elsewhere meanwhile.
    """
    try:
        pin(device_id, shown.key_type, shown.key)
    except hostkeys.RepinningRequired as error:
        raise RepinningRequired(f"{error.message} No password was sent.") from error
    except Conflict as error:
        raise HostKeyChanged(f"{error.message} No password was sent.") from error


def redacted(outcome: Outcome) -> Outcome:
    """Return `outcome` with live secrets masked in what people read about it; the device's output stays as it is."""
    clean = current().clean
    attempts = tuple(dataclasses.replace(one, message=clean(one.message)) for one in outcome.attempts)
    return dataclasses.replace(outcome, message=clean(outcome.message), attempts=attempts)


def _rows(devices: Iterable[Device | int] | None) -> Sequence[Device]:
    rows = Device.objects.select_related("site", "credential", "customer").order_by("pk")
    if devices is None:
        return list(rows.filter(enabled=True))
    return list(rows.filter(pk__in=[device.pk if isinstance(device, Device) else device for device in devices]))
