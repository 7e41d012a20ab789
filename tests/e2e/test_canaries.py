"""Every secret field holds a canary; after every kind of job none of them is found outside of where it belongs."""

from __future__ import annotations

import base64
import contextlib
import json
import re
from collections.abc import Iterator

import psycopg
import pytest

from tests.e2e.canaries import (
    ADMIN,
    CANARIES,
    LIBRARIES,
    Run,
    dump_tables,
    fill,
    look_at_everything,
    make_specs,
    run_every_task,
    sign_in_and_out,
)
from tests.e2e.site import PATIENCE, wait_for
from tests.e2e.stacks import stack
from tests.e2e.wiretap import Tap, tapped
from webnet_core.testing.brokers import Broker
from webnet_core.testing.canaries import leaks
from webnet_core.testing.database import ServiceMissing, services_required
from webnet_core.testing.receivers import receiver
from webnet_core.testing.sshkeys import make_key_pair
from webnet_sim.network import Network

HEARD = {"netmiko": (" netmiko: ",), "scrapli": (" scrapli.",), "napalm": ()}


@pytest.fixture(scope="module", params=["postgres-celery-redis", "postgres-celery-rabbitmq"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Everything done once on each stack; each test then looks at one place."""
    key = make_key_pair()
    taps: list[Tap] = []
    state = tmp_path_factory.mktemp(request.param)
    env = {
        "WEBNET_LOG_LEVEL": "DEBUG",
        "TESTS_LOUD_LOGGERS": ",".join(LIBRARIES),
        "WEBNET_SECRET_1_CORE": CANARIES["environment"],
    }
    with contextlib.ExitStack() as parts:

        def reach(broker: Broker) -> str:
            taps.append(parts.enter_context(tapped(broker.port)))
            return broker.url.replace(f":{broker.port}/", f":{taps[-1].port}/")

        try:
            found = parts.enter_context(stack(request.param, state, own_broker=True, env=env, reach=reach))
        except ServiceMissing as error:
            if services_required():
                raise
            pytest.skip(f"LEFT OUT: {request.param} was not searched for secrets: {error}")
        network = parts.enter_context(Network(make_specs(key.public)))
        keys = json.loads((state / "keys.json").read_text(encoding="ascii"))
        secrets = {**CANARIES, **keys, "ssh_private_key": key.private, "admin_password": ADMIN}
        outside = parts.enter_context(receiver())
        done = Run(stack=found, taps=taps, secrets=secrets, receiver=outside)
        fill(done, network)
        sign_in_and_out(done)
        run_every_task(done)
        look_at_everything(done)
        assert all(network[name].transcript.auth_attempts() for name in network), "the secrets were used"
        yield done


def test_no_answer_holds_a_secret_that_it_is_not_there_to_hand_out(run: Run) -> None:
    handed_out = {secret for answer in run.answers.found for secret in answer.gives}
    assert len(handed_out) == 3 * 3 + 2, "two logins, a refresh, an API key and a webhook's secret"
    seen = b"".join(answer.body for answer in run.answers.found)
    for marker in ("by-password", "login refuses", "description canary cage", "<html", "show version"):
        assert marker.encode() in seen, marker
    found = []
    for answer in run.answers.found:
        # A session's cookie is handed out by whatever page prolongs the session.
        head = re.sub(rb"(?im)^set-cookie: sessionid=.*$", b"", answer.head)
        leaked = run.leaked(head + b"\n" + answer.body, but=frozenset(answer.gives))
        found += [f"{answer.request} ({answer.status}): {name}" for name in leaked]
    assert found == []


def test_an_answer_that_hands_a_secret_out_is_seen_to_do_so(run: Run) -> None:
    for answer in run.answers.found:
        assert all(leaks(answer.body, [secret]) for secret in answer.gives), answer.request


def test_no_webhook_is_sent_a_secret(run: Run) -> None:
    wait_for(lambda: len(run.receiver.got) >= len(run.jobs), PATIENCE, "what every job told")
    heard = b"".join(got.body + repr(got.headers).encode() for got in run.receiver.got)
    told = {got.json["data"].get("job_id") for got in run.receiver.got}
    assert set(run.jobs.values()) <= told
    assert run.leaked(heard) == []


def test_no_frame_of_the_live_socket_holds_a_secret(run: Run) -> None:
    heard = "\n".join(run.frames)
    assert sum('"finished"' in frame for frame in run.frames) == len(run.jobs)
    assert all(name in heard for name in ("by-password", "by-key", "by-environment", "refuses"))
    assert run.leaked(heard) == []


def test_neither_the_broker_nor_the_channel_layer_hears_a_secret(run: Run) -> None:
    broker, layer = (run.taps[0].heard(), run.taps[-1].heard())
    assert b"webnet.work" in broker
    assert b"webnet.tick" in broker
    with psycopg.connect(run.stack.site.environment["WEBNET_DATABASE_URL"]) as connection:
        ((shard,),) = connection.execute("SELECT min(id) FROM webnet_core_shard").fetchall()
    assert leaks(broker, [f"[[{shard}], {{}}, "]), "the arguments, of which one in base64 is seen as well"
    assert f"webnet.job.{next(iter(run.jobs.values()))}".encode() in layer
    assert b"by-password" in layer, "events pass through the layer"
    assert run.leaked(broker) == []
    assert run.leaked(layer) == []


def test_no_process_logs_a_secret_at_debug(run: Run) -> None:
    logs = {path.stem: path.read_bytes() for path in run.stack.site.state.glob("*.log")}
    assert set(logs) == {"server", "worker1", "beat1"}
    libraries = {marker for _, driver in run.jobs for marker in HEARD[driver]}
    for name, markers in {
        "server": ["DEBUG"],
        "worker1": ["DEBUG", " paramiko.transport: ", "webnet.work", *libraries],
        "beat1": ["DEBUG", "webnet-tick"],
    }.items():
        assert [marker for marker in markers if marker.encode() not in logs[name]] == [], name
    assert {name: run.leaked(text) for name, text in logs.items()} == {name: [] for name in logs}


def test_no_column_of_any_table_holds_a_secret(run: Run) -> None:
    dumped = dump_tables(run)
    for table in ("webnet_core_credential", "webnet_core_auditevent", "webnet_core_jobevent", "django_session"):
        assert dumped[table], table
    assert b"md5$" in dumped["accounts_user"], "passwords as hashes"
    assert b"login by-password" in dumped["webnet_core_credential"]
    kept_by_django = frozenset({run.secrets["session"]})
    found = {table: run.leaked(text, but=kept_by_django) for table, text in dumped.items()}
    assert {table: names for table, names in found.items() if names} == {}


def test_nothing_that_was_packed_before_it_was_stored_holds_a_secret(run: Run) -> None:
    code = (
        "import base64, json; from django.contrib.sessions.models import Session\n"
        "from webnet_core.testing.canaries import dump\n"
        "sessions = json.dumps([row.get_decoded() for row in Session.objects.all()], default=str)\n"
        "print(base64.b64encode(dump() + sessions.encode()).decode())"
    )
    opened = base64.b64decode(run.stack.site.python(code).strip().splitlines()[-1])
    assert b"hostname by-password" in opened, "configurations"
    assert b"_auth_user_id" in opened, "sessions"
    assert run.leaked(opened, but=frozenset({run.secrets["session"]})) == []
