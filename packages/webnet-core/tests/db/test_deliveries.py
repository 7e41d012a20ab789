"""Deliveries beside real jobs: who is told, when it is tried again, and that nobody waits for a receiver."""

from __future__ import annotations

import json
import smtplib
import threading
import time
from datetime import timedelta
from typing import ClassVar

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from webnet_core.access.models import Customer, Membership
from webnet_core.audit.models import AuditEvent
from webnet_core.events.deliveries import claim, prune, send
from webnet_core.events.emit import emit
from webnet_core.events.models import Delivery, DeliveryState, NotificationRule, Webhook
from webnet_core.events.rules import create_rule
from webnet_core.events.sending import courier
from webnet_core.events.types import Event, EventType, HostReachable, HostUnreachable
from webnet_core.events.webhooks import create_webhook, rotate_secret, update_webhook
from webnet_core.inventory.models import Device, DeviceGroup, Reachability
from webnet_core.jobs.tick import tick
from webnet_core.plugin import hookimpl
from webnet_core.testing.factories import make_customer, make_devices, make_site, make_user
from webnet_core.testing.jobs import run_jobs_inline
from webnet_core.testing.receivers import ANSWER, receiver

ROOM = {"email": 2, "webhook": 6}


@pytest.fixture
def admin(customer):
    return make_user("ada", role="admin", customer=customer, email="ada@example.org")


@pytest.fixture(autouse=True)
def _idle_courier():
    """Begin and end with nothing under way, and a process that sends only when a test's tick says so.

    Another file's tick may have made it one that sends.
    """
    assert courier.wait(30)
    courier._pid = 0
    yield
    assert courier.wait(30)
    courier._pid = 0


@pytest.fixture
def hook(admin, customer):
    """Make a webhook for a receiver."""

    def make(url, *events, **values) -> Webhook:
        values = {"name": f"hook {Webhook.objects.count()}", "url": url, "events": list(events or ["job.finished"])}
        return create_webhook(admin, customer.pk, values)[0]

    return make


def rule(customer, **values) -> NotificationRule:
    values = {"name": "rule", "channel": "email", "target": "noc@example.org", **values}
    return NotificationRule.objects.create(customer=customer, **values)


def _group(customer, *, members=(), **values) -> DeviceGroup:
    made = DeviceGroup.objects.create(customer=customer, name=f"group {DeviceGroup.objects.count()}", **values)
    made.members.set(members)
    return made


def unreachable(customer, number=1, **values) -> list[HostUnreachable]:
    return [
        HostUnreachable(customer_id=customer.pk, device_id=pk, device=f"sw{pk}", **values)
        for pk in range(1, number + 1)
    ]


def send_due() -> list[DeliveryState]:
    """Try whatever is due, in this thread; return what became of each."""
    done = []
    while taken := claim(ROOM, 2, 8):
        done += [send(row).state for row in taken]
    return done


def due_again() -> None:
    Delivery.objects.filter(state="pending").update(next_at=timezone.now())


# ------------------------------------------------------------------------------------------------------ who is told


def test_a_job_that_ends_is_told_signed_and_without_secrets(start, customer, hook):
    with receiver() as outer:
        hook(outer.url())
        job = start("read", make_devices(2, customer))
        run_jobs_inline()
        assert send_due() == [DeliveryState.DELIVERED]
    got = outer.got[0]
    row = Delivery.objects.get()
    assert got.json["event"] == "job.finished"
    assert got.json["data"]["job_id"] == job.pk
    assert got.json["id"] == got.headers["webhook-id"] == str(row.pk)
    assert got.headers["x-webnet-event"] == "job.finished"
    assert got.headers["webhook-signature"].startswith("v1,")
    assert (row.state, row.status_code, row.attempts) == ("delivered", 200, 1)
    assert ANSWER not in json.dumps(row.payload) + row.explanation
    assert "up 3 days" not in got.body.decode()


def test_who_asks_for_ends_hears_of_failures_and_who_asks_for_failures_of_nothing_else(start, customer, hook):
    devices = make_devices(2, customer)
    with receiver() as ends, receiver() as failures:
        hook(ends.url(), "job.finished")
        hook(failures.url(), "job.failed")
        start("read", devices)
        run_jobs_inline()
        start("read", devices, answers={devices[0].hostname: "failed"})
        run_jobs_inline()
        send_due()
    assert [one.json["event"] for one in ends.got] == ["job.finished", "job.failed"]
    assert [one.json["event"] for one in failures.got] == ["job.failed"]


def test_a_device_that_is_lost_and_found_is_told_once_each(start, customer):
    devices = make_devices(2, customer)
    rule(customer, events=["host.unreachable", "host.reachable"])
    for answer in ("unreachable", "unreachable", "ok", "ok"):
        start("read", devices, answers={devices[0].hostname: answer})
        run_jobs_inline()
    told = Delivery.objects.order_by("created_at").values_list("event", "payload__data__device")
    assert list(told) == [("host.unreachable", devices[0].hostname), ("host.reachable", devices[0].hostname)]
    assert Device.objects.get(pk=devices[0].pk).reachability == Reachability.REACHABLE


def test_many_events_cost_a_handful_of_queries(customer):
    rule(customer)
    counts = []
    for number in (1, 100):
        with CaptureQueriesContext(connection) as queries:
            emit(*unreachable(customer, number))
        counts.append(len(queries))
    # Nobody is looked for more often; SQLite takes only so many values in a statement.
    assert counts[1] <= counts[0] + 4 < 12
    assert Delivery.objects.count() == 101


def test_filters_narrow_and_other_customers_are_never_told(customer):
    site = make_site(customer)
    other = make_site()
    make_devices(1, customer, pk=1, role="core")
    wanted = [
        rule(customer, name="all"),
        rule(customer, name="errors", min_severity="error"),
        rule(customer, name="site", sites=[site.pk]),
        rule(None, name="shared"),
        rule(customer, name="group", groups=[_group(customer, members=[1]).pk]),
        rule(customer, name="dynamic", groups=[_group(customer, filter={"role": "core"}).pk]),
    ]
    rule(customer, name="elsewhere", sites=[site.pk + 1])
    rule(customer, name="another group", groups=[_group(customer, members=[]).pk])
    rule(customer, name="a task", tasks=["proof.read"])
    rule(customer, name="off", enabled=False)
    rule(customer, name="others", events=["job.failed"])
    rule(other.customer, name="foreign")
    for place, row in enumerate(wanted):
        NotificationRule.objects.filter(pk=row.pk).update(target=f"noc{place}@example.org")
    emit(*unreachable(customer, site_ids=frozenset({site.pk})))
    emit(HostReachable(customer_id=customer.pk, device_id=2, device="sw2"))
    told = Delivery.objects.filter(event="host.unreachable").values_list("rule__name", flat=True)
    assert sorted(told) == ["all", "dynamic", "errors", "group", "shared", "site"]
    assert sorted(Delivery.objects.filter(event="host.reachable").values_list("rule__name", flat=True)) == [
        "all",
        "shared",
    ]
    assert set(Delivery.objects.values_list("customer", flat=True)) == {customer.pk}


def test_ones_own_rule_ends_with_the_right_to_see_at_match_and_at_send(customer, mailoutbox):
    viewer = make_user("vera", role="viewer", customer=customer, email="vera@example.org")
    rule(customer, user=viewer, target="")
    emit(*unreachable(customer))
    assert send_due() == [DeliveryState.DELIVERED]
    assert [mail.to for mail in mailoutbox] == [["vera@example.org"]]
    emit(*unreachable(customer))
    Membership.objects.filter(user=viewer).delete()
    assert send_due() == [DeliveryState.DROPPED]
    assert "may not see" in Delivery.objects.get(state="dropped").explanation
    emit(*unreachable(customer))
    assert send_due() == []
    assert len(mailoutbox) == 1


def test_an_event_that_cannot_be_told_fails_nobody(customer, listener, webnet_plugins):
    class Broken(Event):
        def payload(self):
            raise RuntimeError("no words")

    class Plugin:
        @hookimpl
        def webnet_register_event_types(self):
            return [EventType(key="acme.broken", label="Broken", type=Broken)]

        @hookimpl
        def webnet_event(self, event):
            raise RuntimeError("a listener that fails")

    webnet_plugins.load(acme=Plugin())
    rule(customer)
    emit(Broken(customer_id=customer.pk), *unreachable(customer))
    assert list(Delivery.objects.values_list("event", flat=True)) == ["host.unreachable"]


def test_a_rule_or_a_webhook_that_goes_at_this_moment_keeps_nobody_else_from_being_told(customer, hook, webnet_plugins):
    class Removing(Event):
        """Its words take a rule away the first time, as somebody might between our look and our writing."""

        def payload(self):
            asked.append(self)
            if len(asked) == 1:
                NotificationRule.objects.filter(name="going").delete()
            return {}

    class Plugin:
        @hookimpl
        def webnet_register_event_types(self):
            return [EventType(key="acme.removing", label="Removing", type=Removing)]

    asked = []
    webnet_plugins.load(acme=Plugin())
    gone = hook("https://127.0.0.1/", "job.failed")
    rule(customer, name="to a webhook that is gone", channel="webhook", target=str(gone.pk))
    Webhook.objects.all().delete()
    rule(customer, name="stays")
    going = rule(customer, name="going")
    NotificationRule.objects.filter(pk=going.pk).update(target="other@example.org")
    with transaction.atomic():
        emit(*unreachable(customer))
        assert sorted(Delivery.objects.values_list("rule__name", flat=True)) == ["going", "stays"]
        emit(Removing(customer_id=customer.pk))
    # The removal was undone with what it spoilt, and what could be told was told.
    told = Delivery.objects.filter(event="acme.removing").values_list("rule__name", flat=True)
    assert (len(asked), sorted(told)) == (2, ["going", "stays"])


# ------------------------------------------------------------------------------------------------ trying, and giving up


def test_a_receiver_that_is_not_well_gets_the_same_delivery_later(customer, hook):
    with receiver(statuses=[500, 503]) as outer:
        hook(outer.url(), "host.unreachable")
        emit(*unreachable(customer))
        states, waits = [], []
        for _ in range(3):
            before = timezone.now()
            send_due()
            after = timezone.now()
            row = Delivery.objects.get()
            states.append((row.state, row.explanation))
            waits.append(((row.next_at - after).total_seconds(), (row.next_at - before).total_seconds()))
            due_again()
    assert [state for state, _ in states] == ["pending", "pending", "delivered"]
    assert "answered 500" in states[0][1]
    # 10 and 40 seconds, a fifth more or less, from some moment between the two.
    assert (waits[0][0] <= 12, waits[0][1] >= 8) == (True, True)
    assert (waits[1][0] <= 48, waits[1][1] >= 32) == (True, True)
    assert len(set(outer.ids)) == 1
    assert len(outer.got) == 3
    assert (row.attempts, Webhook.objects.get().failures) == (3, 0)


def test_after_the_last_try_it_is_dead_and_may_be_sent_again_by_hand(customer, hook, core, admin):
    from webnet_core.events.deliveries import redeliver

    core(DELIVERY_TRIES=2)
    with receiver(statuses=[500, 500]) as outer:
        hook(outer.url(), "host.unreachable")
        emit(*unreachable(customer))
        send_due()
        due_again()
        assert send_due() == [DeliveryState.DEAD]
        row = Delivery.objects.get()
        assert "Given up after 2 tries" in row.explanation
        redeliver(admin, row)
        assert send_due() == [DeliveryState.DELIVERED]
    assert len(set(outer.ids)) == 1
    assert AuditEvent.objects.filter(action="deliveries.redeliver").count() == 1


def test_a_webhook_that_fails_too_often_is_switched_off_visibly(customer, hook, core, admin, mailoutbox):
    core(WEBHOOK_FAILURES=2, DELIVERY_TRIES=5)
    with receiver(status=500) as outer:
        webhook = hook(outer.url(), "host.unreachable", "webhook.disabled")
        rule(customer, events=["webhook.disabled"])
        emit(*unreachable(customer, 3))
        for _ in range(2):
            assert send_due()[0] == DeliveryState.PENDING
            due_again()
        assert send_due() == []
        assert "2 failures" in mailoutbox[0].subject
        webhook.refresh_from_db()
        assert (webhook.enabled, webhook.failures) == (False, 2)
        assert "2 failures in a row" in webhook.disabled_reason
        assert set(Delivery.objects.filter(webhook=webhook).values_list("state", flat=True)) == {"dead"}
        assert AuditEvent.objects.filter(action="webhooks.disable", user=None).exists()
        outer.status = 204
        update_webhook(admin, webhook, {"enabled": True})
        emit(*unreachable(customer))
        assert send_due() == [DeliveryState.DELIVERED]
    webhook.refresh_from_db()
    assert (webhook.failures, webhook.disabled_reason) == (0, "")


def test_redirects_and_addresses_inside_are_given_up_at_once_and_explained(customer, hook, core, monkeypatch):
    import socket

    core(WEBHOOK_NETWORKS=["127.0.0.1/32"])
    with receiver() as inner, receiver(status=307) as outer:
        outer.location = inner.url("/latest/meta-data/")
        redirected = hook(outer.url(), "host.unreachable")
        metadata = hook(outer.url(), "host.unreachable")
        rebound = hook(outer.url(), "host.unreachable")
        # What was valid when it was saved leads elsewhere when it is sent.
        Webhook.objects.filter(pk=metadata.pk).update(url="http://169.254.169.254/latest/")
        Webhook.objects.filter(pk=rebound.pk).update(url=f"http://hooks.example:{inner.port}/")
        asked = []

        def rebinding(host, *args, **kwargs):
            asked.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.2", inner.port))]

        with monkeypatch.context() as patched:
            patched.setattr(socket, "getaddrinfo", rebinding)
            emit(*unreachable(customer))
            states = send_due()
    assert states == [DeliveryState.DEAD] * 3
    assert inner.got == []
    assert asked == ["hooks.example"]
    told = dict(Delivery.objects.values_list("webhook", "explanation"))
    assert "redirects are refused" in told[redirected.pk]
    assert "WEBHOOK_NETWORKS" in told[metadata.pk]
    assert "WEBHOOK_NETWORKS" in told[rebound.pk]


def test_both_secrets_sign_after_a_rotation(customer, hook, admin):
    with receiver() as outer:
        webhook = hook(outer.url(), "host.unreachable")
        rotate_secret(admin, webhook)
        emit(*unreachable(customer))
        send_due()
        Webhook.objects.update(previous_until=timezone.now() - timedelta(seconds=1))
        emit(*unreachable(customer))
        send_due()
    assert [len(one.headers["webhook-signature"].split()) for one in outer.got] == [2, 1]


# --------------------------------------------------------------------------------------------- storms, mail, channels


def test_within_an_interval_what_happens_is_gathered_into_one_message(customer, mailoutbox):
    rule(customer, interval=300)
    emit(*unreachable(customer, 30))
    send_due()
    assert len(mailoutbox) == 1
    assert "and 29 more" in mailoutbox[0].subject
    assert mailoutbox[0].body.count("cannot be reached") == 30
    emit(*unreachable(customer, 5))
    assert send_due() == []
    due_again()
    send_due()
    assert len(mailoutbox) == 2
    assert set(Delivery.objects.values_list("state", flat=True)) == {"delivered"}


def test_of_a_storm_one_message_says_how_much_there_is(customer, mailoutbox):
    rule(customer, interval=300)
    emit(*unreachable(customer, 250))
    assert send_due() == [DeliveryState.DELIVERED]
    assert len(mailoutbox) == 1
    assert "and 249 more" in mailoutbox[0].subject
    assert mailoutbox[0].body.count("cannot be reached") == 101
    assert "and 149 more" in mailoutbox[0].body
    assert not Delivery.objects.exclude(state="delivered").exists()


def test_mail_is_plain_and_of_one_line_in_its_subject(customer, mailoutbox):
    rule(customer)
    emit(HostUnreachable(customer_id=customer.pk, device_id=1, device="sw1\r\nBcc: eve@example.org\x1b[2J"))
    send_due()
    message = mailoutbox[0].message()
    assert message["Bcc"] is None
    assert message.get_content_type() == "text/plain"
    assert "\x1b" not in mailoutbox[0].body + mailoutbox[0].subject
    assert message["X-Webnet-Delivery"] == str(Delivery.objects.get().pk)


def test_a_site_without_mail_says_so_rather_than_claim_to_have_sent(customer, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    rule(customer)
    emit(*unreachable(customer))
    assert send_due() == [DeliveryState.DEAD]
    assert "sends no mail" in Delivery.objects.get().explanation


def test_a_mail_server_that_is_away_is_tried_again(customer, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    rule(customer)
    emit(*unreachable(customer))
    assert send_due() == [DeliveryState.PENDING]
    assert "mail server" in Delivery.objects.get().explanation


class Picky(BaseEmailBackend):
    """A mail server that knows no gone@example.org."""

    sent: ClassVar[list[str]] = []

    def send_messages(self, messages):
        for message in messages:
            if message.to == ["gone@example.org"]:
                raise smtplib.SMTPRecipientsRefused({"gone@example.org": (550, b"no such user")})
            self.sent += message.to


def test_an_address_that_is_refused_keeps_nobody_elses_mail_back(customer, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Picky"
    Picky.sent.clear()
    rule(customer, target="gone@example.org")
    rule(make_customer("Other"), target="noc@example.org")
    emit(*unreachable(customer, 3))
    emit(*unreachable(Customer.objects.get(name="Other")))
    send_due()
    assert Picky.sent == ["noc@example.org"]


def test_the_target_of_a_rule_is_the_id_of_its_webhook_however_it_is_written(customer, hook, admin):
    to = hook("https://127.0.0.1/")
    said = {"name": "pad", "channel": "webhook", "target": f"00{to.pk}"}
    assert create_rule(admin, customer.pk, said).target == str(to.pk)


def test_what_a_process_took_and_never_finished_is_due_again(customer, mailoutbox):
    rule(customer)
    emit(*unreachable(customer))
    (row,) = claim(ROOM, 2, 8)
    assert claim(ROOM, 2, 8) == []
    Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    (again,) = claim(ROOM, 2, 8)
    assert again.pk == row.pk
    send(row)  # the first one comes back late: its claim is gone, and it changes nothing
    assert Delivery.objects.get().state == "sending"
    send(again)
    assert Delivery.objects.get().state == "delivered"
    assert mailoutbox


def test_old_deliveries_that_ended_are_removed(customer):
    rule(customer)
    emit(*unreachable(customer, 2))
    old = timezone.now() - timedelta(days=31)
    Delivery.objects.update(created_at=old)
    kept = Delivery.objects.first()
    Delivery.objects.exclude(pk=kept.pk).update(state="dead")
    assert prune() == 1
    assert Delivery.objects.get().pk == kept.pk


# ------------------------------------------------------------------------------------------ nobody waits for a receiver


def test_a_receiver_that_hangs_delays_no_job_no_tick_and_no_other_receiver(start, customer, hook, core):
    core(WEBHOOK_SECONDS=200)
    release = threading.Event()
    devices = make_devices(2, customer)
    with receiver(hang=release) as dead, receiver() as fine:
        hook(dead.url())
        hook(fine.url())
        tick()  # from here on this process sends
        jobs = [start("read", devices) for _ in range(3)]
        run_jobs_inline()
        tick()
        assert fine.came.wait(30)
        assert dead.came.wait(30)
        for job in jobs:
            job.refresh_from_db()
        assert {job.status for job in jobs} == {"success"}
        deadline = time.monotonic() + 60
        while Delivery.objects.filter(state="delivered").count() < 3 and time.monotonic() < deadline:
            tick()
            time.sleep(0.02)
        assert len(fine.got) == 3
        assert len(dead.got) == 1  # one at a time, and the first one still hangs
        assert Delivery.objects.filter(state="sending").count() == 1
        release.set()
        assert courier.wait(30)
    hanging = Delivery.objects.get(attempts=1, webhook__name="hook 0")
    assert (hanging.state, "broke" in hanging.explanation or "failed" in hanging.explanation) == ("pending", True)
