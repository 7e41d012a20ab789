"""The application for HTTP: threads and connections that are kept, and everything else as Django has it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.db import connection, connections
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import override_settings
from django.urls import path

from webnet_core.serving import pages

pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]
SEEN: list[threading.Thread] = []
HELD = threading.Event()


class Noting:
    """A middleware that can only be synchronous."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        SEEN.append(threading.current_thread())
        return self.get_response(request)


def where(_request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    SEEN.append(threading.current_thread())
    return HttpResponse(f"{threading.get_ident()} {id(connection.connection)}")


def held(_request: HttpRequest) -> HttpResponse:
    HELD.wait(20)
    return HttpResponse(str(threading.get_ident()))


def closing(_request: HttpRequest) -> HttpResponse:
    connections.close_all()
    return HttpResponse("closed")


def body(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.body)


def broken(_request: HttpRequest) -> HttpResponse:
    raise ValueError("a defect")


async def awaited(_request: HttpRequest) -> HttpResponse:
    await asyncio.sleep(0)
    return HttpResponse("awaited")


def stream(_request: HttpRequest) -> StreamingHttpResponse:
    async def parts() -> AsyncIterator[bytes]:
        for part in (b"one ", b"two"):
            await asyncio.sleep(0)
            yield part

    return StreamingHttpResponse(parts())


urlpatterns = [
    path("where/", where),
    path("held/", held),
    path("closing/", closing),
    path("body/", body),
    path("broken/", broken),
    path("awaited/", awaited),
    path("stream/", stream),
]


@pytest.fixture(autouse=True)
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """These views behind two middlewares, and connections that live on."""
    SEEN.clear()
    HELD.clear()
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 60)
    middleware = ["django.middleware.common.CommonMiddleware", f"{__name__}.Noting"]
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=middleware, DEBUG_PROPAGATE_EXCEPTIONS=False):
        yield
    HELD.set()


def asked(application: Any, address: str, sent: bytes = b"", whole: bool = True) -> ApplicationCommunicator:
    """Return a request on its way; without `whole`, its body is not ended yet."""
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST" if sent else "GET",
        "path": address,
        "query_string": b"",
        "headers": [(b"host", b"testserver"), (b"content-length", str(len(sent)).encode())],
    }
    one = ApplicationCommunicator(application, scope)
    one.input_queue.put_nowait({"type": "http.request", "body": sent if whole else sent[:1], "more_body": not whole})
    _ = one.future  # it runs from here on
    return one


async def answer(one: ApplicationCommunicator) -> tuple[int, str]:
    """Return the status and text that come."""
    status = (await one.receive_output(20))["status"]
    text = b""
    while True:
        part = await one.receive_output(20)
        text += part.get("body", b"")
        if not part.get("more_body"):
            break
    await one.wait(20)
    return status, text.decode()


async def test_requests_one_after_another_share_a_thread_and_its_connection():
    application = pages()
    found = {await answer(asked(application, "/where/")) for _ in range(5)}
    await answer(asked(application, "/closing/"))
    assert len(found) == 1, found


async def test_middlewares_and_view_run_on_the_same_thread():
    application = pages()
    await answer(asked(application, "/where/"))
    await answer(asked(application, "/closing/"))
    assert len(set(SEEN)) == 1, SEEN
    assert SEEN[0].name.startswith("webnet-page")


async def test_more_requests_than_threads_are_kept_are_answered_at_once_and_the_further_threads_end():
    application = pages(keep=2)
    waiting = [asked(application, "/held/") for _ in range(6)]
    limit = time.monotonic() + 20
    while len(SEEN) < 6 and time.monotonic() < limit:
        await asyncio.sleep(0.01)
    assert len(SEEN) == 6, "a request waits for another"
    HELD.set()
    answers = [await answer(one) for one in waiting]
    assert len({text for _, text in answers}) == 6
    while time.monotonic() < limit and len(left := [thread for thread in SEEN if thread.is_alive()]) > 2:
        await asyncio.sleep(0.01)
    assert len(left) == 2, left


async def test_a_body_that_does_not_end_holds_no_other_request_up():
    application = pages(keep=1)
    slow = [asked(application, "/body/", b"abc", whole=False) for _ in range(5)]
    assert (await answer(asked(application, "/awaited/"))) == (200, "awaited")
    for one in slow:
        await one.send_input({"type": "http.request", "body": b"bc", "more_body": False})
    assert {await answer(one) for one in slow} == {(200, "abc")}


async def test_a_request_that_was_given_up_leaves_a_thread_that_answers():
    application = pages(keep=1)
    given_up = asked(application, "/held/")
    while not SEEN:
        await asyncio.sleep(0.01)
    await given_up.send_input({"type": "http.disconnect"})
    HELD.set()
    await given_up.wait(20)
    for _ in range(3):
        assert (await answer(asked(application, "/awaited/"))) == (200, "awaited")
    assert len(set(SEEN)) == 1


async def test_asynchronous_views_and_streams_answer_as_ever():
    application = pages()
    assert await answer(asked(application, "/awaited/")) == (200, "awaited")
    assert await answer(asked(application, "/stream/")) == (200, "one two")


async def test_a_view_with_a_defect_is_a_500_and_the_next_request_is_answered():
    application = pages(keep=1)
    status, _ = await answer(asked(application, "/broken/"))
    assert status == 500
    assert await answer(asked(application, "/awaited/")) == (200, "awaited")
