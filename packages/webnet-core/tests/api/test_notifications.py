"""Webhooks, rules and deliveries over REST: what is shown once, what is asked for, and what is somebody's own."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from webnet_core.audit.models import AuditEvent
from webnet_core.events.deliveries import claim, send
from webnet_core.events.emit import emit
from webnet_core.events.models import Delivery, NotificationRule, Webhook
from webnet_core.events.types import Channel, DeliveryFailed, HostUnreachable
from webnet_core.plugin import hookimpl
from webnet_core.testing.access import reauthenticated
from webnet_core.testing.receivers import ANSWER, receiver

API = "/api/v1"
HOOK = {"name": "siem", "url": "https://127.0.0.1/hook", "events": ["job.failed"]}


@pytest.fixture
def admin(world):
    return world.client("admin")


def codes(answer) -> dict[str, str]:
    return {item["path"]: item["code"] for item in answer.json()["errors"]}


def send_due() -> list[str]:
    return [send(row).state.value for row in claim({"email": 2, "webhook": 6}, 2, 8)]


def test_the_secret_is_shown_once_and_signs_what_is_sent(world, admin):
    with receiver() as outer:
        made = admin.post(f"{API}/webhooks/", {**HOOK, "url": outer.url()}).json()
        secret = made.pop("secret")
        assert admin.get(f"{API}/webhooks/{made['id']}/").json() == made
        tested = admin.post(f"{API}/webhooks/{made['id']}/test/")
        assert (tested.status_code, tested.json()["state"]) == (202, "pending")
        assert send_due() == ["delivered"]
    got = outer.got[0]
    signed = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.".encode() + got.body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert got.headers["webhook-signature"] == f"v1,{expected}"
    assert got.json["event"] == "webhook.test"
    shown = admin.get(f"{API}/webhooks/{made['id']}/deliveries/").json()["results"][0]
    assert (shown["id"], shown["state"], shown["status_code"]) == (got.json["id"], "delivered", 200)
    text = str(shown) + str(list(AuditEvent.objects.values_list("data", flat=True)))
    assert secret not in text
    assert ANSWER not in text


def test_a_secret_of_ones_own_is_taken_in_the_form_that_libraries_read(world, admin):
    own = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()
    assert admin.post(f"{API}/webhooks/", {**HOOK, "secret": own}).json()["secret"] == own
    for wrong in ("short", "whsec_c2hvcnQ=", "whsec_\u00e4", own.removeprefix("whsec_")):
        answer = admin.post(f"{API}/webhooks/", {**HOOK, "name": "other", "secret": wrong})
        assert (answer.status_code, codes(answer)) == (400, {"secret": "secret"})


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "https://10.0.0.1/",
        "https://[::ffff:169.254.169.254]/",
        "https://[::1]/",
        "https://0.0.0.0/",
        "ftp://127.0.0.1/",
        "https://user:pass@127.0.0.1/",
    ],
)
def test_an_address_where_nothing_may_be_sent_is_refused_when_it_is_saved(world, admin, url):
    answer = admin.post(f"{API}/webhooks/", {**HOOK, "url": url})
    assert (answer.status_code, codes(answer)) == (400, {"url": "url"})
    answer = admin.patch(f"{API}/webhooks/{world.hook.pk}/", {"url": url})
    assert (answer.status_code, codes(answer)) == (400, {"url": "url"})


def test_everything_wrong_is_named_at_once(world, admin):
    answer = admin.post(
        f"{API}/webhooks/", {"name": "x", "url": "ftp://x", "events": ["job.failed", "no.such"], "secret": "y"}
    )
    assert codes(answer) == {"url": "url", "events.1": "unknown_event", "secret": "secret"}
    answer = admin.post(
        f"{API}/notification-rules/",
        {
            "name": "x",
            "events": ["no.such"],
            "tasks": ["no_such"],
            "sites": [world.foreign_site.pk],
            "groups": [999_999],
            "channel": "pigeon",
        },
    )
    assert codes(answer) == {
        "events.0": "unknown_event",
        "tasks.0": "unknown_task",
        "sites.0": "unknown_site",
        "groups.0": "unknown_group",
        "channel": "unknown_channel",
    }


def test_another_url_needs_a_new_secret_or_the_password_again(world, admin):
    path, other = f"{API}/webhooks/{world.hook.pk}/", "https://127.0.0.1/other"
    refused = admin.patch(path, {"url": other})
    assert (refused.status_code, refused.json()["code"]) == (403, "reauthentication_required")
    own = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()
    assert admin.patch(path, {"url": other, "secret": own}).status_code == 200
    assert codes(admin.patch(path, {"url": "https://127.0.0.1/third", "secret": ""})) == {"secret": "required"}
    reauthenticated(world.users["admin"])
    assert admin.patch(path, {"url": "https://127.0.0.1/third"}).status_code == 200
    row = AuditEvent.objects.filter(action="webhooks.update").order_by("pk").last()
    assert row.data["proof"] == "password"
    assert Webhook.objects.get(pk=world.hook.pk).previous_secret == ""


def test_a_rotation_shows_the_new_secret_and_keeps_the_old_for_a_while(world, admin):
    made = admin.post(f"{API}/webhooks/", HOOK).json()
    turned = admin.post(f"{API}/webhooks/{made['id']}/rotate-secret/").json()
    assert turned["secret"] != made["secret"]
    assert turned["previous_until"]
    row = Webhook.objects.get(pk=made["id"])
    assert (row.secret.reveal(), row.previous_secret.reveal()) == (turned["secret"], made["secret"])


def test_deliveries_are_explained_and_sent_again_under_the_same_id(world, admin):
    world.rule.delete()
    with receiver(statuses=[302]) as outer:
        outer.location = outer.url("/inner")
        made = admin.post(f"{API}/webhooks/", {**HOOK, "url": outer.url(), "events": ["host.unreachable"]}).json()
        emit(HostUnreachable(customer_id=world.ours.pk, device_id=1, device="sw1"))
        assert send_due() == ["dead"]
        (dead,) = admin.get(f"{API}/deliveries/", {"webhook": made["id"], "state": "dead"}).json()["results"]
        assert (dead["status_code"], dead["attempts"]) == (302, 1)
        assert "redirects are refused" in dead["explanation"]
        path = f"{API}/deliveries/{dead['id']}/redeliver/"
        assert world.client("operator").post(path).status_code == 404
        assert admin.post(path).status_code == 202
        assert admin.post(path).status_code == 409
        assert send_due() == ["delivered"]
    assert outer.ids == [dead["id"]] * 2
    assert admin.get(f"{API}/deliveries/", {"colour": "red"}).status_code == 400


def test_a_viewer_makes_rules_for_themselves_alone(world):
    viewer, operator = world.client("viewer"), world.client("operator")
    body = {"name": "mine", "events": ["host.unreachable"], "personal": True}
    assert codes(viewer.post(f"{API}/notification-rules/", body)) == {"target": "target"}
    world.users["viewer"].email = "vera@example.org"
    world.users["viewer"].save()
    made = viewer.post(f"{API}/notification-rules/", body)
    assert (made.status_code, made.json()["personal"], made.json()["channel"]) == (201, True, "email")
    path = f"{API}/notification-rules/{made.json()['id']}/"
    for who in ("operator", "admin", "stranger"):
        assert world.client(who).get(path).status_code == 404
    for wrong in ({"target": "noc@example.org"}, {"channel": "webhook", "target": str(world.hook.pk)}):
        assert viewer.patch(path, wrong).status_code == 400
    assert viewer.post(f"{API}/notification-rules/", {"name": "x", "target": "noc@example.org"}).status_code == 403
    assert operator.patch(f"{API}/notification-rules/{world.rule.pk}/", {"enabled": False}).status_code == 403
    assert viewer.get(f"{API}/notification-rules/{world.rule.pk}/").json()["target"] == ""
    emit(HostUnreachable(customer_id=world.ours.pk, device_id=1, device="sw1"))
    (own,) = viewer.get(f"{API}/deliveries/").json()["results"]
    assert own["rule_id"] == made.json()["id"]
    assert world.client("admin").get(f"{API}/deliveries/{own['id']}/").status_code == 404
    assert viewer.delete(path).status_code == 204


def test_a_shared_rule_is_a_global_admins(world, admin):
    body = {"name": "all", "shared": True, "target": "noc@example.org"}
    assert admin.post(f"{API}/notification-rules/", body).status_code == 403
    made = world.client("boss").post(f"{API}/notification-rules/", body)
    assert (made.status_code, made.json()["customer_id"]) == (201, None)
    path = f"{API}/notification-rules/{made.json()['id']}/"
    assert world.client("viewer").get(path).json()["editable"] is False
    header = {"X-Customer-ID": str(world.ours.pk)}
    listed = world.client("viewer").get(f"{API}/notification-rules/", headers=header).json()["results"]
    assert [row["name"] for row in listed] == ["all", "noc"]
    assert admin.patch(path, {"enabled": False}).status_code == 403
    assert NotificationRule.objects.get(pk=made.json()["id"]).customer is None


def test_a_rule_may_send_to_a_webhook_of_its_own_customer_alone(world, admin):
    foreign = Webhook.objects.create(customer=world.theirs, name="x", url="https://127.0.0.1/", secret="whsec_")
    for target, code in ((world.hook.pk, 201), (foreign.pk, 400), (999_999, 400), ("x", 400)):
        body = {"name": f"to {target}", "channel": "webhook", "target": str(target)}
        assert admin.post(f"{API}/notification-rules/", body).status_code == code, target


def test_a_webhook_that_rules_send_to_is_not_removed(world, admin):
    path = f"{API}/webhooks/{world.hook.pk}/"
    body = {"name": "night", "channel": "webhook", "target": str(world.hook.pk)}
    made = admin.post(f"{API}/notification-rules/", body).json()
    refused = admin.delete(path)
    assert (refused.status_code, refused.json()["used_by"][0]["name"]) == (409, "night")
    admin.delete(f"{API}/notification-rules/{made['id']}/")
    assert admin.delete(path).status_code == 204


def test_event_types_and_channels_are_listed(world):
    listed = world.client("viewer").get(f"{API}/event-types/").json()
    assert {item["key"] for item in listed["results"]} >= {"job.finished", "job.failed", "host.unreachable"}
    assert {item["key"] for item in listed["channels"]} == {"email", "webhook"}


class Pager:
    """A plugin with a channel of its own: the one of the documentation."""

    def __init__(self):
        self.paged = []

    @hookimpl
    def webnet_register_channels(self):
        return [Channel(key="acme.pager", label="Pager", send=self.page, check=self.number, hint="Ten digits.")]

    def page(self, message):
        if message.target.endswith("0"):
            raise DeliveryFailed("The pager is off.")
        self.paged.append((message.target, message.summary))

    def number(self, text):
        if not (text.isdecimal() and len(text) == 10):
            raise ValueError("This is no pager.")
        return text


def test_register_channels_adds_a_way_to_be_told(world, admin, webnet_plugins):
    pager = Pager()
    webnet_plugins.load(acme=pager)
    body = {"name": "page", "channel": "acme.pager", "target": "0123456789"}
    wrong = admin.post(f"{API}/notification-rules/", {**body, "target": "home"})
    assert (codes(wrong), "Ten digits" in wrong.json()["message"]) == ({"target": "target"}, True)
    assert admin.post(f"{API}/notification-rules/", body).status_code == 201
    assert admin.post(f"{API}/notification-rules/", {**body, "name": "off", "target": "0123456780"}).status_code == 201
    world.rule.delete()
    emit(HostUnreachable(customer_id=world.ours.pk, device_id=1, device="sw1"))
    assert sorted(send_due()) == ["delivered", "pending"]
    assert pager.paged == [("0123456789", "sw1 cannot be reached")]
    assert Delivery.objects.get(state="pending").explanation == "The pager is off."
