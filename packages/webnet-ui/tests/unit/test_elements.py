"""The component tags."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import django_tables2 as tables
import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, RequestContext, Template, TemplateSyntaxError
from django.test import RequestFactory

from webnet_core.plugins.items import HostStatus, JobStatus
from webnet_ui.elements.pages import page_links, remove_query_value, replace_query
from webnet_ui.elements.progress import measure_progress
from webnet_ui.elements.times import format_duration, relative_time
from webnet_ui.exceptions import ElementError, ForbiddenAttribute, UnknownIcon
from webnet_ui.lists import Cell
from webnet_ui.statuses import ICONS, LOOKS, look_of


def render(source: str, path: str = "/", **context) -> str:
    request = RequestFactory().get(path)
    return Template("{% load webnet %}" + source).render(RequestContext(request, context))


class _Attributes(HTMLParser):
    def __init__(self, tag: str) -> None:
        super().__init__()
        self.tag, self.found = tag, []

    def handle_starttag(self, tag, attrs):
        if tag == self.tag:
            self.found.append(dict(attrs))


def attributes(html: str, tag: str) -> list[dict[str, str | None]]:
    parser = _Attributes(tag)
    parser.feed(html)
    return parser.found


class TestStatus:
    @pytest.mark.parametrize("state", [*HostStatus, *JobStatus])
    def test_every_status_of_core_has_a_look_of_its_own_word(self, state):
        assert state.value in LOOKS
        assert look_of(state).word

    def test_what_nobody_registered_is_unknown_and_never_green(self):
        assert look_of("levitating").key == "unknown"
        assert look_of("levitating").word == "Levitating"

    def test_failed_and_unreachable_and_unknown_differ_in_shape(self):
        assert len(set(ICONS.values())) == len(ICONS)

    def test_a_badge_has_icon_and_word(self):
        html = render("{% wn_status status %}", status=HostStatus.UNREACHABLE)
        assert 'data-status="unreachable"' in html
        assert "#unplug" in html
        assert "Unreachable" in html


class TestButton:
    def test_text_is_escaped_and_htmx_attributes_pass(self):
        html = render('{% wn_button text kind="primary" hx_post="run/" hx_target="#wn-x" %}', text="<b>Run</b>")
        assert "&lt;b&gt;Run" in html
        (button,) = attributes(html, "button")
        assert button["hx-post"] == "run/"
        assert button["type"] == "button"
        assert button["class"] == "wn-btn wn-btn-primary"

    def test_with_a_target_it_is_a_link(self):
        (link,) = attributes(render('{% wn_button "Open" href="jobs/1/" %}'), "a")
        assert link["href"] == "jobs/1/"

    def test_a_disabled_one_says_why_and_keeps_its_focus(self):
        (button,) = attributes(render('{% wn_button "Run" disabled=True reason="Preview the plan first" %}'), "button")
        assert button["aria-disabled"] == "true"
        assert button["aria-description"] == "Preview the plan first"
        assert "disabled" not in button

    def test_an_icon_alone_needs_a_label(self):
        with pytest.raises(ElementError, match="label"):
            render('{% wn_button icon="x" %}')

    @pytest.mark.parametrize("name", ["onclick", "style", "hx_on__click", "hx_vals", "onfocus"])
    def test_code_and_style_are_refused(self, name):
        with pytest.raises(ForbiddenAttribute):
            render("{% wn_button 'Run' " + name + "='x' %}")

    def test_an_unknown_icon_names_the_nearest(self):
        with pytest.raises(UnknownIcon, match="router"):
            render('{% wn_icon "rooter" %}')


class TestField:
    class Form(forms.Form):
        name = forms.CharField(help_text="As the device calls itself.")
        note = forms.CharField(required=False)
        enabled = forms.BooleanField(required=False)

    def test_label_help_and_error_are_tied_to_the_input(self):
        html = render("{% wn_field form.name %}", form=self.Form(data={}, auto_id="wn-%s"))
        (box,) = attributes(html, "input")
        assert box["aria-invalid"] == "true"
        assert set(box["aria-describedby"].split()) == {"wn-name_helptext", "wn-name_error"}
        assert 'id="wn-name_helptext"' in html
        assert 'id="wn-name_error"' in html
        assert attributes(html, "label")[0]["for"] == "wn-name"

    def test_optional_fields_say_so(self):
        html = render("{% wn_field form.note %}", form=self.Form(auto_id="wn-%s"))
        assert "optional" in html

    def test_the_summary_links_each_error_to_its_field(self):
        html = render("{% wn_errors form %}", form=self.Form(data={}, auto_id="wn-%s"))
        assert attributes(html, "a")[0]["href"] == "#wn-name"
        assert "One thing needs your attention" in html

    def test_a_valid_form_has_no_summary(self):
        assert render("{% wn_errors form %}", form=self.Form(data={"name": "a"})).strip() == ""

    def test_a_whole_form_renders_every_field_once(self):
        html = render("{% wn_form form %}", form=self.Form(auto_id="wn-%s"))
        assert [box["id"] for box in attributes(html, "input")] == ["wn-name", "wn-note", "wn-enabled"]


class TestProgress:
    def test_segments_fill_the_bar_in_a_fixed_order(self):
        progress = measure_progress({HostStatus.PENDING: 2, HostStatus.OK: 6})
        shown = [(part.state, part.x, part.width) for part in progress.segments if part.count]
        assert shown == [("ok", 0, 750), ("pending", 750, 250)]

    def test_states_without_hosts_are_there_to_grow(self):
        assert len(measure_progress({"ok": 1}).segments) == len(HostStatus)

    def test_the_label_says_it_in_words(self):
        assert measure_progress({"ok": 38, "failed": 1}).label == "38 ok, 1 failed of 39"

    def test_no_hosts_is_no_division(self):
        assert measure_progress({}).label == "no hosts"

    def test_numbers_are_written_for_machines_in_any_language(self, settings):
        settings.LANGUAGE_CODE = "de"
        html = render("{% wn_progress counts %}", counts={"ok": 1, "failed": 2})
        assert "333.33" in html


class TestTime:
    NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("ago", "words"),
        [
            (timedelta(seconds=2), "just now"),
            (timedelta(seconds=14), "14 s ago"),
            (timedelta(minutes=3, seconds=50), "3 min ago"),
            (timedelta(hours=5), "5 h ago"),
            (timedelta(days=3), "3 d ago"),
            (timedelta(days=-2), "in 2 d"),
            (timedelta(days=90), "1 Dec 2025"),
        ],
    )
    def test_relative(self, ago, words):
        assert relative_time(self.NOW - ago, self.NOW) == words

    @pytest.mark.parametrize(
        ("seconds", "words"), [(0.84, "0.8 s"), (42, "42 s"), (72, "1m 12s"), (7500, "2h 05m"), (None, "")]
    )
    def test_duration(self, seconds, words):
        assert format_duration(seconds) == words

    def test_the_exact_time_is_there_too(self):
        (time,) = attributes(render("{% wn_time at %}", at=self.NOW), "time")
        assert time["datetime"] == "2026-03-01T12:00:00+00:00"
        assert "2026-03-01 12:00:00" in time["title"]

    def test_no_time_says_never(self):
        assert "never" in render("{% wn_time at %}", at=None)


class Hosts(tables.Table):
    """One column of each kind."""

    name = tables.Column(attrs={"td": {"data-cell": "title"}})
    state = Cell("{% wn_status record.state plain=True %}", attrs={"td": {"data-cell": 'sta"tus'}})
    note = Cell("{{ record.note }}")
    size = tables.Column(default="none")


class TestTable:
    def rows(self, *records):
        request = RequestFactory().get("/")
        template = Template('{% load webnet %}{% wn_table table "Hosts" %}')
        html = template.render(RequestContext(request, {"table": Hosts(records, orderable=False)}))
        return html.partition("<tbody")[2]

    def test_cells_are_what_their_column_says_and_text_is_text(self):
        html = self.rows({"name": "<b>r1</b>", "state": "ok", "note": "<script>", "size": 7})
        assert '<th scope="row" role="rowheader" data-cell="title">&lt;b&gt;r1&lt;/b&gt;</th>' in html
        assert '<td role="cell">&lt;script&gt;</td><td role="cell">7</td>' in html
        assert 'data-cell="sta&quot;tus"' in html

    def test_a_row_tells_its_own_and_nothing_of_the_row_before(self):
        looks = ["ok", "failed", "ok", "unheard of"]
        html = self.rows(*({"name": f"r{number}", "state": look} for number, look in enumerate(looks)))
        assert [look["data-status"] for look in attributes(html, "span") if "data-status" in look] == [
            look_of(look).key for look in looks
        ]
        assert html.count("none") == 4
        html = self.rows({"name": "r0", "state": "ok", "note": "only here", "size": 7}, {"name": "r1", "state": "ok"})
        assert (html.count("only here"), html.count(">7<"), html.count("none")) == (1, 1, 1)


class TestPages:
    def test_the_query_keeps_everything_but_what_changes_and_what_is_internal(self):
        request = RequestFactory().get("/?q=lon&page=2&_part=table")
        assert replace_query(request, page=3) == "?q=lon&page=3"
        assert replace_query(request, q=None) == "?page=2"

    def test_a_chip_removes_one_value_and_goes_to_the_first_page(self):
        request = RequestFactory().get("/?site=lon&site=par&page=4")
        assert remove_query_value(request, "site", "lon") == "?site=par"

    def test_long_lists_are_elided(self):
        page = Paginator(range(1000), 10).page(50)
        labels = [link.label for link in page_links(RequestFactory().get("/"), page)]
        assert labels == ["1", "…", "48", "49", "50", "51", "52", "…", "100"]

    def test_the_pager_marks_where_one_is(self):
        html = render('{% wn_pager page "devices" %}', page=Paginator(range(318), 25).page(3), path="/?q=lon")
        assert "51–75 of 318 devices" in html
        assert 'href="?q=lon&amp;page=4"' in html

    def test_without_a_request_it_says_what_is_missing(self):
        template = Template("{% load webnet %}{% wn_pager page %}")
        with pytest.raises(ElementError, match="request"):
            template.render(Context({"page": Paginator([], 25).page(1)}))


class TestHostileText:
    TEXT = '</span><script src="x"></script>"><img src=x>'

    @pytest.mark.parametrize(
        "source",
        [
            "{% wn_code text %}",
            "{% wn_status text %}",
            "{% wn_facts facts %}",
            "{% wn_tile tile %}",
            "{% wn_log events %}",
            "{% wn_tag text %}",
            "{% wn_stat text text hint=text %}",
            "{% wn_banner title=text %}{{ text }}{% endwn_banner %}",
            "{% wn_empty text text=text %}{% endwn_empty %}",
            '{% wn_dialog text id="wn-x" %}{{ text }}{% endwn_dialog %}',
        ],
    )
    def test_text_from_a_device_stays_text(self, source):
        html = render(
            source,
            text=self.TEXT,
            facts=[(self.TEXT, self.TEXT, "copy")],
            tile={"device_id": 1, "name": self.TEXT, "status": "ok", "note": self.TEXT, "href": self.TEXT},
            events=[{"level": self.TEXT, "host": self.TEXT, "message": self.TEXT, "ts": "", "clock": ""}],
        )
        assert "<script" not in html
        assert "<img" not in html
        assert "&lt;script" in html


def test_code_lines_can_be_linked_to():
    html = render("{% wn_code text %}", text="hostname a\n!\nend")
    assert [span["id"] for span in attributes(html, "span") if "id" in span] == ["wn-L1", "wn-L2", "wn-L3"]


def test_a_misspelt_argument_is_a_template_error():
    with pytest.raises(TemplateSyntaxError):
        render('{% wn_stat "Devices" 1 hnt="x" %}')


def test_an_element_can_be_replaced_by_the_host(settings, tmp_path):
    own = tmp_path / "webnet_ui" / "elements"
    own.mkdir(parents=True)
    (own / "tag.html").write_text('<b class="host-tag">{{ text }}</b>', encoding="utf-8")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    assert render('{% wn_tag "core" %}') == '<b class="host-tag">core</b>'
