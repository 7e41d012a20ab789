"""Sessions kept between jobs: one owner, a cap, an age."""

from __future__ import annotations

import dataclasses

import pytest

from tests.unit.fakes import FakeConnection, FakeDriver, context
from webnet_nornir.connections import ConnectionPool, pool_key

DRIVER = FakeDriver("first")


def key(**fields):
    held = context(DRIVER)
    return pool_key(dataclasses.replace(held, device=dataclasses.replace(held.device, **fields)), "first")


def test_a_session_given_back_serves_the_next_job_and_nobody_else():
    pool, connection = ConnectionPool(idle_seconds=60), FakeConnection()
    pool.give_back(key(), DRIVER, connection)

    assert pool.take(key()) is connection
    assert pool.take(key()) is None


@pytest.mark.parametrize(
    "other",
    [
        {"address": "127.0.0.2"},
        {"port": 2222},
        {"customer_id": 2},
        {"credential_version": 2},
        {"connection_options": {"first": {"keepalive": 1}}},
    ],
)
def test_whatever_changes_what_a_session_is_makes_it_another(other):
    pool = ConnectionPool(idle_seconds=60)
    pool.give_back(key(), DRIVER, FakeConnection())

    assert pool.take(key(**other)) is None


def test_nothing_is_kept_without_an_idle_time():
    pool, connection = ConnectionPool(), FakeConnection()
    pool.give_back(key(), DRIVER, connection)

    assert connection.closed
    assert len(pool) == 0


def test_a_dead_session_is_not_kept():
    pool, connection = ConnectionPool(idle_seconds=60), FakeConnection()
    connection.closed = True
    pool.give_back(key(), DRIVER, connection)

    assert len(pool) == 0


def test_above_the_cap_the_oldest_goes():
    pool = ConnectionPool(idle_seconds=60, cap=2)
    connections = [FakeConnection() for _ in range(3)]
    for number, connection in enumerate(connections):
        pool.give_back(key(id=number), DRIVER, connection)

    assert [connection.closed for connection in connections] == [True, False, False]


def test_sessions_of_one_device_are_dropped_alone():
    pool = ConnectionPool(idle_seconds=60)
    for number in (1, 2):
        pool.give_back(key(id=number), DRIVER, FakeConnection())

    assert pool.drop(device_id=1) == 1
    assert len(pool) == 1
    assert pool.drop() == 1
