"""The README and the how-to on embedding are followed to the letter, in a project as `startproject` makes it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from websockets.sync.client import connect

from tests.compositions.processes import ROOT, Browser, run_python, running, wait_for
from webnet_core.testing.ports import free_port

BLOCK = re.compile(r"^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
PART = re.compile(r"^# (?=\w+\.py)", re.MULTILINE)
PASSWORD = "a-long-password"


class Project:
    """A Django project as Django's own command makes it, and what it needs in its environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.environment = {
            "PYTHONPATH": "",
            "WEBNET_KEY": Fernet.generate_key().decode(),
            "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
        }
        made = run_python("-m", "django", "startproject", "shop", str(folder))
        assert made.returncode == 0, made.stderr

    def append(self, name: str, text: str) -> None:
        """Put text at the end of one of the project's files."""
        with (self.folder / "shop" / name).open("a", encoding="utf-8") as file:
            file.write("\n" + text)

    def manage(self, *arguments: str) -> str:
        """Run a management command and return all it said."""
        done = run_python("manage.py", *arguments, cwd=self.folder, **self.environment)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    @contextmanager
    def serving(self) -> Iterator[Browser]:
        """Migrate, create a superuser and serve for the length of a block."""
        self.manage("migrate", "--verbosity=0")
        self.manage("createsuperuser", "--noinput", "--username=keeper", "--email=keeper@example.org", "--skip-checks")
        command = ["-m", "uvicorn", "--host", "127.0.0.1", "--port", str(self.port), "shop.asgi:application"]
        log = self.folder / "server.log"
        with running(command, log, cwd=self.folder, environment=self.environment):
            browser = Browser(url=f"http://127.0.0.1:{self.port}")
            wait_for(lambda: browser.answers("/"), 240, f"the server ({log})")
            yield browser

    def workers(self) -> list[str]:
        """Return the kinds of workers that are at work."""
        with sqlite3.connect(self.folder / "db.sqlite3", timeout=60) as database:
            return [row[0] for row in database.execute("select kind from webnet_core_worker")]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A new project."""
    (tmp_path / "shop").mkdir()
    return Project(tmp_path / "shop")


def parts(document: str) -> list[tuple[str, str]]:
    """Return the Python that a document tells to write, as pairs of the file's heading and the lines below it."""
    text = (ROOT / document).read_text(encoding="utf-8")
    found = []
    for block in BLOCK.finditer(text):
        if block["language"] == "python":
            pieces = PART.split(block["text"])
            found += [tuple(piece.split("\n", 1)) for piece in pieces if piece.strip()]
    return [(heading, lines) for heading, lines in found]


def test_the_twelve_lines_of_the_readme_make_a_site_run_webnet(project: Project) -> None:
    told = parts("README.md")
    assert [heading for heading, _ in told] == ["settings.py", "urls.py", "asgi.py"]
    (block,) = [one["text"] for one in BLOCK.finditer((ROOT / "README.md").read_text()) if one["language"] == "python"]
    assert len(block.splitlines()) == 12
    for name, lines in told:
        project.append(name, lines)
    with project.serving() as browser:
        assert "Sign in" in browser.get("/network/").text
        browser.post_form("/network/login/", {"username": "keeper", "password": PASSWORD})
        assert browser.get("/network/devices/").status == 200
        assert browser.get("/network/api/v1/auth/me/").json()["username"] == "keeper"
        assert wait_for(project.workers, 240, "the embedded worker") == ["embedded"]
        assert browser.get("/admin/").status == 200
    assert project.workers() == []


def test_the_how_to_leads_to_a_site_with_live_pages_inside_its_own_base(project: Project) -> None:
    told = parts("docs/how-to/embed.md")
    replaced = {heading.partition(",")[0] for heading, _ in told if "instead of" in heading}
    assert replaced == {"asgi.py"}
    for heading, lines in told:
        if heading not in replaced:
            project.append(heading.partition(",")[0], lines)
    _write_templates(project)
    assert "no issues" in project.manage("check", "--database", "default")
    with project.serving() as browser:
        browser.post_form("/admin/login/", {"username": "keeper", "password": PASSWORD})
        page = browser.get("/network/devices/").text
        assert page.index("Shop of nets") < page.index('class="wn-root') < page.index("Closed on Sundays")
        headers = {"Cookie": browser.cookie_header(), "Origin": browser.url}
        with connect(f"ws://127.0.0.1:{project.port}/ws/live/", additional_headers=headers, open_timeout=120) as socket:
            socket.send('{"subscribe": "job:1"}')
            assert '"not_found"' in str(socket.recv(120))
        assert wait_for(project.workers, 240, "the embedded worker") == ["embedded"]


def _write_templates(project: Project) -> None:
    """Give the project a base template, and the adapter as the how-to has it."""
    text = (ROOT / "docs/how-to/embed.md").read_text(encoding="utf-8")
    (adapter,) = [block["text"] for block in BLOCK.finditer(text) if block["language"] == "django"]
    templates = project.folder / "templates"
    (templates / "webnet_ui").mkdir(parents=True)
    (templates / "webnet_ui" / "host_base.html").write_text(adapter.split("\n", 1)[1], encoding="utf-8")
    blocks = (
        "<html><head><title>{% block title %}{% endblock %}</title>{% block extra_head %}{% endblock %}</head>"
        "<body><h1>Shop of nets</h1>{% block content %}{% endblock %}<p>Closed on Sundays</p></body></html>"
    )
    (templates / "base.html").write_text(blocks, encoding="utf-8")
    project.append("settings.py", 'TEMPLATES[0]["DIRS"] = [BASE_DIR / "templates"]\nLOGIN_URL = "/admin/login/"\n')
