"""The kind of a hook fixes whom webnet asks and what a failure means."""

from __future__ import annotations

import logging

import pytest

from webnet_core.exceptions import NoDecision, PluginHookError, UnknownKey
from webnet_core.plugin import Veto, hookimpl
from webnet_core.plugins.calls import decide, decide_or_none, guard, notify
from webnet_core.plugins.manager import plugin_rows
from webnet_core.redact import current
from webnet_core.testing.plugins import PluginSandbox


class Plugin:
    """Answers, or raises, what it was given; remembers that it was asked."""

    def __init__(self, answer: object = None) -> None:
        self.answer = answer
        self.asked = 0

    def _respond(self):
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Decider(Plugin):
    @hookimpl
    def webnet_plan_targets(self):
        return self._respond()


class LastDecider(Plugin):
    @hookimpl(trylast=True)
    def webnet_plan_targets(self):
        return self._respond()


class Guard(Plugin):
    @hookimpl
    def webnet_check_submission(self):
        return self._respond()


class Listener(Plugin):
    @hookimpl
    def webnet_event(self):
        return self._respond()


def plan(call=decide):
    return call("webnet_plan_targets", task=None, devices=[], options={})


def check() -> list[Veto]:
    return guard("webnet_check_submission", draft=None, user=None)


@pytest.mark.parametrize(("first", "second"), [("acme", "beta"), ("beta", "acme")])
def test_the_first_answer_holds_and_says_whose_it_is(webnet_plugins: PluginSandbox, first: str, second: str):
    webnet_plugins.load(**{first: Decider({1: first}), second: Decider({1: second})})

    decision = plan()

    assert decision.value == {1: first}
    assert decision.plugin == first


def test_none_hands_on_to_the_next(webnet_plugins: PluginSandbox):
    webnet_plugins.load(acme=Decider(None), beta=Decider({}))

    assert plan().plugin == "beta"


def test_trylast_is_asked_after_the_others(webnet_plugins: PluginSandbox):
    webnet_plugins.load(acme=LastDecider({1: "acme"}), beta=Decider({1: "beta"}))

    assert plan().plugin == "beta"


def test_an_error_is_not_a_no_and_the_next_plugin_is_not_asked(webnet_plugins: PluginSandbox):
    healthy = Decider({})
    webnet_plugins.load(acme=Decider(RuntimeError("transport is gone")), beta=healthy)

    with pytest.raises(PluginHookError, match=r"acme.*webnet_plan_targets.*transport is gone") as caught:
        plan()

    assert (caught.value.plugin, caught.value.hook) == ("acme", "webnet_plan_targets")
    assert isinstance(caught.value.__cause__, RuntimeError)
    assert healthy.asked == 0


def test_nobody_answering_is_an_error_that_lists_who_was_asked(webnet_plugins: PluginSandbox):
    webnet_plugins.load(acme=Decider(None), beta=Decider(None))

    with pytest.raises(NoDecision, match="acme, beta") as caught:
        plan()

    assert caught.value.asked == ("acme", "beta")
    assert plan(decide_or_none) is None


def test_all_guards_are_asked_after_a_veto_too(webnet_plugins: PluginSandbox):
    third = Guard(None)
    webnet_plugins.load(
        acme=Guard(Veto(code="a", message="no")),
        beta=Guard([Veto(code="b", message="never", device_ids=[3])]),
        third=third,
    )

    assert [veto.code for veto in check()] == ["a", "b"]
    assert third.asked == 1


def test_a_guard_that_raises_is_a_veto_of_the_whole(webnet_plugins: PluginSandbox):
    second = Guard(Veto(code="b", message="no"))
    webnet_plugins.load(acme=Guard(ValueError("cannot look")), beta=second)

    failed, other = check()

    assert failed.code == "guard_failed"
    assert failed.message == "guard acme failed: ValueError: cannot look"
    assert failed.device_ids == ()
    assert other.code == "b"


@pytest.mark.parametrize("answer", [True, "no", [Veto(code="a", message="b"), "no"]])
def test_a_guard_with_a_strange_answer_is_a_veto(webnet_plugins: PluginSandbox, answer: object):
    webnet_plugins.load(acme=Guard(answer))

    assert [veto.code for veto in check()] == ["guard_failed"]


def test_no_guard_objects_by_default():
    assert check() == []


def test_a_listener_that_raises_is_logged_and_counted_and_the_others_hear(
    webnet_plugins: PluginSandbox, caplog: pytest.LogCaptureFixture
):
    deaf, healthy = Listener(RuntimeError("deaf")), Listener()
    webnet_plugins.load(acme_counts=deaf, beta=healthy)

    notify("webnet_event", event=object())
    notify("webnet_event", event=object())

    assert (deaf.asked, healthy.asked) == (2, 2)
    assert "acme_counts" in caplog.text
    assert "RuntimeError: deaf" in caplog.text
    failures = {row.name: row.failures for row in plugin_rows()}
    assert (failures["acme_counts"], failures["beta"]) == (2, 0)


def test_a_secret_in_a_plugins_error_is_masked(webnet_plugins: PluginSandbox, caplog: pytest.LogCaptureFixture):
    current().add("hunter2-in-a-url")
    try:
        webnet_plugins.load(acme=Guard(ValueError("https://u:hunter2-in-a-url@host")))
        vetoes = check()
    finally:
        current().discard("hunter2-in-a-url")

    assert "hunter2" not in vetoes[0].message
    assert "hunter2" not in caplog.text


def test_a_misspelt_hook_name_in_a_call_names_the_closest():
    with pytest.raises(UnknownKey, match="webnet_event"):
        notify("webnet_evnt", event=None)


def test_a_hook_is_called_as_its_kind_says():
    with pytest.raises(TypeError, match="guard hook, not a notify hook"):
        notify("webnet_check_submission", draft=None, user=None)


def test_every_call_is_traced_with_plugin_and_result(webnet_plugins: PluginSandbox, caplog: pytest.LogCaptureFixture):
    error = RuntimeError("deaf")
    webnet_plugins.load(acme=Listener(error), beta=Decider({1: "b"}))
    webnet_plugins.calls.clear()

    with caplog.at_level(logging.CRITICAL, logger="webnet.plugins"):
        notify("webnet_event", event=None)
    plan()

    assert [(call.hook, call.plugin, call.result) for call in webnet_plugins.calls] == [
        ("webnet_event", "acme", error),
        ("webnet_plan_targets", "beta", {1: "b"}),
    ]


def test_a_plain_object_can_be_a_plugin(webnet_plugins: PluginSandbox):
    webnet_plugins.load(acme=Listener())

    notify("webnet_event", event=1)

    assert webnet_plugins.calls[-1].plugin == "acme"
