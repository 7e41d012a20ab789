"""One test for each hook of core, by its name: implemented by a plugin, it reaches who asks."""

from __future__ import annotations

import pytest

from webnet_core.exceptions import InvalidRegistration
from webnet_core.ops.health import look
from webnet_core.plugin import (
    Channel,
    Event,
    EventType,
    HealthCheck,
    HealthResult,
    NavItem,
    Panel,
    PlanRow,
    Platform,
    SecretBackend,
    Section,
    Settings,
    SettingsSection,
    Tab,
    TaskSpec,
    TickStep,
    Topic,
    Veto,
    Widget,
    hookimpl,
    registry,
)
from webnet_core.plugins.calls import decide, guard, notify
from webnet_core.secrets.backends import fetch
from webnet_core.testing.plugins import PluginSandbox


class AcmeSettings(SettingsSection):
    SITE: str = "hq"


def may_watch(user, id_):
    return True


def read_after(id_, seq, limit):
    return (), seq, True


class RackFull(Event):
    """An event of a plugin's."""


class Acme:
    """A plugin that implements everything."""

    def __init__(self) -> None:
        self.heard: list[object] = []

    @hookimpl
    def webnet_register_settings(self):
        return [Settings(key="ACME", model=AcmeSettings)]

    @hookimpl
    def webnet_register_platforms(self):
        return [
            Platform(slug="acme_os", label="AcmeOS", vendor="Acme", names={"netmiko": "linux"}, drivers=["netmiko"])
        ]

    @hookimpl
    def webnet_register_tasks(self):
        return [TaskSpec(name="acme.uptime", title="Read uptime", run=print)]

    @hookimpl
    def webnet_register_ui(self):
        return (
            Panel(key="acme.late", label="Late", on="webnet_core.device", template="acme/late.html", weight=900),
            Panel(key="acme.soon", label="Soon", on="webnet_core.device", template="acme/soon.html", weight=100),
            Tab(key="acme.tab", label="Tab", on="webnet_core.device", template="acme/tab.html"),
            NavItem(key="acme.nav", label="Acme", route="acme:home", section=Section.AUTOMATE),
            Widget(key="acme.widget", label="Widget", template="acme/widget.html"),
        )

    @hookimpl
    def webnet_register_topics(self):
        pattern = r"acme-poll:(?P<id>\d+)"
        return [Topic(key="acme.poll", pattern=pattern, may_watch=may_watch, read_after=read_after)]

    @hookimpl
    def webnet_register_tick_steps(self):
        yield TickStep(key="acme.expire", run=lambda: 3)

    @hookimpl
    def webnet_register_secret_backends(self):
        return [
            SecretBackend(key="acme.safe", label="ACME safe", fetch=lambda request: {"password": request.reference})
        ]

    @hookimpl
    def webnet_register_health_checks(self):
        return [HealthCheck(key="acme.licence", label="Licence", run=lambda: HealthResult(ok=False, message="over"))]

    @hookimpl
    def webnet_register_event_types(self):
        return [EventType(key="acme.rack_full", label="Rack full", type=RackFull)]

    @hookimpl
    def webnet_register_channels(self):
        return [Channel(key="acme.pager", label="Pager", send=print)]

    @hookimpl
    def webnet_execute_shard(self, run):
        return True if run == "acme's" else None

    @hookimpl
    def webnet_plan_targets(self, devices):
        return {device: PlanRow(device_id=device, driver="acme", reason="controller") for device in devices}

    @hookimpl
    def webnet_check_submission(self, draft):
        return Veto(code="acme.freeze", message="No changes until Monday.") if draft == "change" else None

    @hookimpl
    def webnet_event(self, event):
        self.heard.append(event)


@pytest.fixture
def acme(webnet_plugins: PluginSandbox) -> Acme:
    plugin = Acme()
    webnet_plugins.load(acme=plugin)
    return plugin


def test_register_settings_declares_a_section(acme: Acme):
    from webnet_core.conf import settings

    assert settings.ACME.SITE == "hq"


def test_register_platforms_adds_a_platform_under_its_bare_slug(acme: Acme):
    assert registry("platforms")["acme_os"].vendor == "Acme"


def test_register_tasks_adds_to_the_catalogue(acme: Acme):
    assert registry("tasks")["acme.uptime"].title == "Read uptime"


def test_register_ui_takes_four_kinds_of_item_and_sorts_by_weight(acme: Acme):
    def own(kind: type) -> list[str]:
        return [item.key for item in registry("ui").of(kind) if item.key.startswith("acme.")]

    assert own(Panel) == ["acme.soon", "acme.late"]
    assert (own(Tab), own(NavItem), own(Widget)) == (["acme.tab"], ["acme.nav"], ["acme.widget"])


def test_register_ui_takes_no_classes(webnet_plugins: PluginSandbox):
    class Broken:
        @hookimpl
        def webnet_register_ui(self):
            return [Panel]

    with pytest.raises(InvalidRegistration, match="instances of NavItem or Tab or Panel or Widget"):
        webnet_plugins.load(broken=Broken())


def test_register_topics_adds_a_family_of_live_topics(acme: Acme):
    assert registry("topics")["acme.poll"].read_after(1, 5, 10) == ((), 5, True)


def test_register_tick_steps_adds_work_of_the_tick(acme: Acme):
    assert registry("tick_steps")["acme.expire"].run() == 3


def test_register_health_checks_adds_to_what_readiness_asks(acme: Acme, db):
    found = {row.key: row for row in look().rows}
    assert (found["acme.licence"].ok, found["acme.licence"].message, found["database"].ok) == (False, "over", True)


def test_register_secret_backends_adds_a_place_where_secrets_are_kept(acme: Acme):
    assert set(registry("secret_backends")) >= {"database", "env", "file", "vault", "acme.safe"}
    assert fetch("acme.safe", 7, "abc", ("password",)) == {"password": "abc"}


def test_register_event_types_adds_a_kind_of_event(acme: Acme):
    assert registry("event_types")["acme.rack_full"].type is RackFull


def test_register_channels_adds_a_way_to_be_told(acme: Acme):
    assert set(registry("channels")) >= {"email", "webhook", "acme.pager"}


def test_execute_shard_is_taken_by_the_first_plugin_that_wants_it(acme: Acme):
    decision = decide("webnet_execute_shard", run="acme's")

    assert (decision.value, decision.plugin) == (True, "acme")


def test_plan_targets_answers_a_row_for_each_device(acme: Acme):
    rows = decide("webnet_plan_targets", task=None, devices=[3, 4], options={}).value

    assert {key: row.driver for key, row in rows.items()} == {3: "acme", 4: "acme"}


def test_check_submission_objects_or_not(acme: Acme):
    assert [veto.code for veto in guard("webnet_check_submission", draft="change", user=None)] == ["acme.freeze"]
    assert guard("webnet_check_submission", draft="read", user=None) == []


def test_event_reaches_every_listener(acme: Acme):
    notify("webnet_event", event="ended")

    assert acme.heard == ["ended"]
