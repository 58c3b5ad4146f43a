"""The common look: tags and filters say it in Vietnamese, layouts and components hold together, vendored files are as declared."""

import hashlib
import re
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Origin, Template, engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.translation import override

from portal.charts import bar_chart, line_chart
from portal.clock import VIETNAM
from portal.icons import icon_svg, names
from portal.templatetags import ui
from portal.views import bad_request, csrf_failure, forbidden, not_found, server_error, too_many
from tests.weights import weight_of

ROOT = Path(settings.BASE_DIR)
DUE = datetime(2022, 9, 9, 16, 0, tzinfo=VIETNAM)  # a Friday
NBSP = "\u00a0"
INLINE = re.compile(r"\sstyle=|<style|<script(?![^>]*\bsrc=)|\son[a-z]+=")


class PersonForm(forms.Form):
    name = forms.CharField(label="Họ tên", help_text="Như trong giấy khai sinh.")
    sure = forms.BooleanField(label="Tôi cam đoan đúng.")

    def clean(self):
        raise forms.ValidationError("Hai mục không khớp nhau.")


class Missing(str):
    """What an undefined variable becomes here: an error."""

    __slots__ = ()

    def __contains__(self, item):
        return True

    def __mod__(self, name):
        raise AssertionError(f"undefined template variable: {name}")


@pytest.fixture(autouse=True)
def _strict_templates(monkeypatch):
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", Missing("%s"))


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# ── due and badge ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("minutes", "text", "tone"),
    [
        (960, "còn 2 ngày làm việc (hạn 16:00 thứ Sáu 09/09/2022)", "info"),
        (1439, "còn 2 ngày làm việc (hạn 16:00 thứ Sáu 09/09/2022)", "info"),
        (480, "còn 1 ngày làm việc (hạn 16:00 thứ Sáu 09/09/2022)", "info"),
        (479, "còn 7 giờ (hạn 16:00 thứ Sáu 09/09/2022)", "warning"),
        (180, "còn 3 giờ (hạn 16:00 thứ Sáu 09/09/2022)", "warning"),
        (59, "còn 59 phút (hạn 16:00 thứ Sáu 09/09/2022)", "warning"),
        (0, "đến hạn (hạn 16:00 thứ Sáu 09/09/2022)", "warning"),
        (-1, "vừa quá hạn (hạn 16:00 thứ Sáu 09/09/2022)", "danger"),
        (-2, "quá hạn 2 phút (hạn 16:00 thứ Sáu 09/09/2022)", "danger"),
        (-130, "quá hạn 2 giờ (hạn 16:00 thứ Sáu 09/09/2022)", "danger"),
        (-480, "quá hạn 1 ngày làm việc (hạn 16:00 thứ Sáu 09/09/2022)", "danger"),
        (None, "tạm dừng tính giờ (hạn 16:00 thứ Sáu 09/09/2022)", "neutral"),
    ],
)
def test_due_says_both_and_picks_the_tone(minutes, text, tone):
    html = ui.due(DUE, minutes)
    assert words(html) == text
    assert f"status-{tone}" in html
    assert 'aria-hidden="true"' in html


def test_due_without_a_date():
    assert words(ui.due(None, None)) == "chưa có hạn"


def test_due_moment_in_vietnams_time():
    assert "hạn 16:00 thứ Sáu 09/09/2022" in ui.due(DUE.astimezone(UTC), 960)


def test_due_short_leaves_the_date_out():
    assert words(ui.due_short(960)) == "còn 2 ngày"
    assert words(ui.due_short(-130)) == "quá hạn 2 giờ"
    assert words(ui.due_short(None)) == "tạm dừng"


def test_in_a_list_only_what_is_soon_or_late_bears_a_badge():
    assert ["status" in ui.due_short(minutes) for minutes in (-1, 60, 960, None)] == [True, True, False, False]


def test_badge_escapes_and_is_safe_in_a_template():
    html = Template('{% badge "danger" label %}').render(Context({"label": "<b>Từ chối</b>"}))
    assert "&lt;b&gt;" in html
    assert '<span class="status status-danger">' in html


def test_badge_unknown_tone_or_icon_is_a_mistake():
    with pytest.raises(ValueError, match="Unknown tone"):
        ui.badge("purple", "x")
    with pytest.raises(KeyError):
        ui.badge("info", "x", "unicorn")


def test_badge_fifty_rows_cost_little():
    template = Template("{% for n in rows %}{% badge 'info' 'Đang giải quyết' %}{% due_short n %}{% endfor %}")
    template.render(Context({"rows": range(50)}))
    begin = time.process_time()
    template.render(Context({"rows": range(50)}))
    assert time.process_time() - begin < 0.02


def test_icons_all_draw():
    for name in names():
        assert icon_svg(name).startswith("<svg")


# ── numbers, days ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("filter_name", "value", "text"),
    [
        ("money", 50000, f"50.000{NBSP}đ"),
        ("money", 0, f"0{NBSP}đ"),
        ("money", 1234567, f"1.234.567{NBSP}đ"),
        ("money", None, "chưa có mức thu"),
        ("percent", Decimal("0.26"), f"26,0{NBSP}%"),
        ("percent", 0.26, f"26,0{NBSP}%"),
        ("percent", 0.0005, f"0,1{NBSP}%"),
        ("percent", 1, f"100,0{NBSP}%"),
        ("percent", None, "–"),
        ("points", Decimal("0.04"), f"4,0{NBSP}điểm"),
        ("points", Decimal("-0.0123"), f"-1,2{NBSP}điểm"),
        ("points", Decimal("-0.0001"), f"0,0{NBSP}điểm"),
        ("number", 1042, "1.042"),
        ("number", Decimal("12345.50"), "12.345,5"),
        ("number", Decimal("1E+3"), "1.000"),
        ("number", 999, "999"),
        ("number", None, "–"),
        ("day", date(2022, 9, 9), "09/09/2022"),
        ("day", datetime(2022, 9, 8, 18, 0, tzinfo=UTC), "09/09/2022"),
        ("day", None, "–"),
        ("moment", DUE, "16:00 thứ Sáu 09/09/2022"),
        ("moment", datetime(2022, 9, 10, 17, 0, tzinfo=UTC), "00:00 Chủ nhật 11/09/2022"),
        ("filesize_vi", 0, f"0{NBSP}B"),
        ("filesize_vi", 34567, f"34{NBSP}KB"),
        ("filesize_vi", 1234567, f"1,2{NBSP}MB"),
        ("tel", "088 8801 247", "0888801247"),
        ("as_lead", "Tôi cam đoan đúng.", "Tôi cam đoan đúng:"),
    ],
)
def test_filter(filter_name, value, text):
    assert Template(f"{{{{ value|{filter_name} }}}}").render(Context({"value": value})) == text


def test_number_english_groups_with_commas():
    with override("en"):
        assert ui.number(1042) == "1,042"


@time_machine.travel(datetime(2022, 9, 5, 3, 0, tzinfo=UTC), tick=False)  # Monday 10:00 in Vietnam
@pytest.mark.parametrize(
    ("value", "text"),
    [
        (date(2022, 9, 5), "hôm nay"),
        (date(2022, 9, 6), "ngày mai"),
        (date(2022, 9, 4), "hôm qua"),
        (date(2022, 9, 9), "thứ Sáu 09/09/2022"),
        (date(2022, 9, 13), "13/09/2022"),
        (DUE, "16:00 thứ Sáu 09/09/2022"),
        (datetime(2022, 9, 5, 17, 30, tzinfo=UTC), "00:30 ngày mai"),
    ],
)
def test_nearday(value, text):
    assert ui.nearday(value) == text


# ── layouts and pages ────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def page_context():
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    layout = {
        "authority_name": "UBND thành phố Vũng Tàu",
        "system_name": "Một Cửa",
        "hotlines": settings.HOTLINES,
        "demo": True,
        "nav": [{"url": "/a/", "label": "Thủ tục", "active": True}],
        "user_name": "Nguyễn Thị Mai",
        "units": [],
    }
    return {"layout": layout, "request": request, "csrf_token": "x", "messages": []}


@pytest.mark.parametrize("name", ["citizen", "desk", "board"])
def test_layout_has_skip_link_landmarks_and_no_inline_code(name, page_context):
    html = render_to_string(f"layout/{name}.html", page_context)
    assert '<html lang="vi">' in html
    assert html.index('class="skip-link" href="#noi-dung"') < html.index("<header") < html.index('<main id="noi-dung"')
    assert html.index("<main") < html.index("<footer")
    assert html.count("<h1") == 1
    assert settings.HOTLINES["citizen"] in html
    assert settings.HOTLINES["business"] in html
    assert 'aria-current="page"' in html
    assert '"allowEval": false' in html
    assert '"includeIndicatorStyles": false' in html
    assert not INLINE.search(html)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", html)


def test_layout_title_says_error_first(page_context):
    html = render_to_string("layout/citizen.html", {**page_context, "form": PersonForm({})})
    assert "<title>Lỗi: " in html
    assert "<title>Lỗi: " not in render_to_string("layout/citizen.html", {**page_context, "form": PersonForm()})
    assert "<title>Lỗi: " in render_to_string("layout/citizen.html", {**page_context, "has_errors": True})


@pytest.mark.parametrize(
    ("view", "status"),
    [(bad_request, 400), (forbidden, 403), (not_found, 404), (too_many, 429), (server_error, 500), (csrf_failure, 403)],
)
def test_error_page_stands_without_database(view, status):
    """No database mark on this test: a query here would fail it."""
    response = view(RequestFactory().get("/"))
    html = response.content.decode()
    assert response.status_code == status
    assert '<html lang="vi">' in html
    assert "hãy " in html.lower(), "says what to do"
    assert settings.HOTLINES["citizen"] in html
    assert not INLINE.search(html)


def test_error_page_shows_the_request_id():
    html = render_to_string("errors/500.html", {"request_id": "5fb0cde3"})
    assert "5fb0cde3" in html
    assert "Mã để bộ phận hỗ trợ" not in render_to_string("errors/500.html", {})


def test_email_layout_is_plain_text():
    text = Template('{% extends "layout/email.txt" %}{% block content %}{{ words }}{% endblock %}').render(
        Context({"words": "Hồ sơ <17> & 18"})
    )
    assert text.startswith("Hồ sơ <17> & 18")
    assert settings.HOTLINES["citizen"] in text


# ── components ───────────────────────────────────────────────────────────────────────────────────

COMPONENTS = {
    "card": {"title": "Bổ sung 2 mục"},
    "table": {
        "caption": "Phí",
        "columns": [{"label": "Kênh", "numeric": False}, {"label": "Phí", "numeric": True}],
        "rows": [["Tại quầy", {"text": "20.000 đ", "url": "/x"}]],
    },
    "pager": {"prev_url": "", "next_url": "/n"},
    "stepper": {
        "steps": [{"label": "Mẹ", "state": "current", "url": ""}, {"label": "Cha", "state": "done", "url": "/c"}],
        "number": 1,
        "total": 2,
    },
    "timeline": {
        "items": [
            {"title": "Đã nộp", "at": DUE, "text": "a\nb", "tone": "success", "icon": ""},
            {"title": "Kết quả", "at": "", "text": "", "tone": "neutral", "icon": ""},
        ]
    },
    "lines": {"text": "Lời dài hơn bốn dòng. " * 20, "css": "timeline-text"},
    "fact": {"label": "Họ tên", "value": "Mai"},
    "empty": {"text": "Chưa có hồ sơ."},
    "error_summary": {"errors": [{"text": "Số này có 12 chữ số.", "href": "#id_x"}, {"text": "Sai.", "href": ""}]},
    "confirm": {"text": "Hồ sơ sẽ bị rút.", "action": "/x", "submit": "Rút", "csrf_token": "x"},
    "file_row": {"name": "a.pdf", "size": 5, "scan_state": "clean"},
    "chart": {"chart": "", "caption": "Tỷ lệ", "columns": [{"label": "Tháng", "numeric": False}], "rows": []},
    "badge": {"tone": "info", "label": "Đã nộp", "icon": "info"},
}


def test_long_words_are_whole_on_the_page_and_open_without_scripts():
    words = "Lời dài hơn bốn dòng.\n" * 20
    html = render_to_string("ui/lines.html", {"text": words, "css": "timeline-text"})
    assert html.count("Lời dài hơn bốn dòng.") == 20
    assert '<details class="clamp timeline-text">' in html
    assert "<details" not in render_to_string("ui/lines.html", {"text": "Ngắn.", "css": "timeline-text"})


@pytest.mark.parametrize("name", sorted(COMPONENTS))
def test_component_draws_with_its_least_inputs(name):
    html = render_to_string(f"ui/{name}.html", COMPONENTS[name])
    assert html.strip()
    assert not INLINE.search(html)


def test_component_every_file_says_its_inputs():
    for path in sorted((ROOT / "templates" / "ui").glob("*.html")):
        first = path.read_text(encoding="utf-8")[:400]
        assert first.startswith("{% comment %}"), path.name
        assert "Input" in first, path.name


def test_error_summary_lists_form_errors_as_links():
    html = render_to_string("ui/error_summary.html", {"form": PersonForm({})})
    assert 'role="alert"' in html
    assert 'href="#id_name"' in html
    assert "Tôi cam đoan đúng: " in words(html)
    assert "Hai mục không khớp nhau." in html
    assert not render_to_string("ui/error_summary.html", {"form": PersonForm()}).strip()


def test_form_error_is_icon_word_and_sentence():
    source = "{% load crispy_forms_filters %}{{ form|crispy }}"
    html = Template(source).render(Context({"form": PersonForm({})}))
    assert "Lỗi:" in words(html)
    assert html.count("<svg") >= 2
    assert 'aria-invalid="true"' in html


# ── charts ───────────────────────────────────────────────────────────────────────────────────────

POINTS = [("07/2022", Decimal("21.4")), ("08/2022", None), ("09/2022", 26)]


def test_line_chart_words_gap_and_target():
    svg = line_chart([{"name": "Thực tế", "points": POINTS}], target=30)
    assert 'role="img"' in svg
    assert "Thực tế: 07/2022 21,4" in svg
    assert "08/2022 chưa có số liệu" in svg
    assert f"Chỉ tiêu: 30{NBSP}%" in svg
    assert not INLINE.search(svg)
    path = re.search(r'<path d="(M[^"]+)" fill="none"', svg).group(1)
    assert path.count("M") == 2, "a missing month breaks the line"


def test_a_telephones_chart_is_narrow_with_its_legend_below_each_other():
    lines = [{"name": name, "points": POINTS} for name in ("a", "b", "c")]
    wide, narrow = line_chart(lines), line_chart(lines, narrow=True)
    assert 'class="chart chart-narrow" viewBox="0 0 340 300"' in narrow
    assert 'class="chart" viewBox="0 0 600 300"' in wide
    legend = [re.search(rf'y="(\d+)"[^>]*>{name}<', narrow)[1] for name in ("a", "b", "c")]
    assert len(set(legend)) == 3


def test_line_chart_escapes_names():
    assert "<script" not in line_chart([{"name": "<script>", "points": [("<b>", 1)]}])


@pytest.mark.parametrize("values", [[0, 0], [1e-9, 2e-9], [5], [-3, 4], [1_000_000, 3]])
def test_line_chart_any_range(values):
    svg = line_chart([{"name": "a", "points": [(str(place), value) for place, value in enumerate(values)]}], unit="")
    assert "nan" not in svg
    assert "inf" not in svg


def test_charts_without_figures_say_so():
    for chart in (
        line_chart([]),
        line_chart([{"name": "a", "points": [("1", None)]}]),
        bar_chart([]),
        bar_chart([("a", None, None)]),
    ):
        assert "Chưa có số liệu" in chart


def test_bar_chart_value_target_and_missing():
    svg = bar_chart(
        [("UBND phường 7", 26.04, 30), ("Phòng Tư pháp", None, 30), ("Phòng rất dài tên và dài nữa thật dài", 40, None)]
    )
    assert "UBND phường 7: 26" in svg
    assert "Phòng Tư pháp: chưa có số liệu, chỉ tiêu 30" in svg
    assert "vạch đứng: chỉ tiêu" in svg
    assert not INLINE.search(svg)


def test_charts_cost_under_ten_milliseconds():
    series = [
        {"name": f"Đơn vị {n}", "points": [(f"{m:02d}/2022", n * 10 + m) for m in range(1, 13)]} for n in range(4)
    ]
    rows = [(f"Phường {n}", n * 3.1, 45) for n in range(20)]
    line_chart(series, target=45)
    for draw in (lambda: line_chart(series, target=45), lambda: bar_chart(rows)):
        costs = []
        for _turn in range(5):
            begin = time.process_time()
            draw()
            costs.append(time.process_time() - begin)
        assert min(costs) < 0.010


# ── files ────────────────────────────────────────────────────────────────────────────────────────


def test_vendored_files_are_as_declared():
    text = (ROOT / "static" / "vendor" / "VENDOR.md").read_text(encoding="utf-8")
    declared = dict(re.findall(r"\| ((?:vendor|fonts)/[\w.-]+) \| `([0-9a-f]{64})` \|", text))
    present = {f"vendor/{path.name}" for path in (ROOT / "static/vendor").iterdir() if path.suffix in {".js", ".css"}}
    present |= {f"fonts/{path.name}" for path in (ROOT / "static/fonts").glob("*.woff2")}
    assert present == set(declared)
    for name, digest in declared.items():
        assert hashlib.sha256((ROOT / "static" / name).read_bytes()).hexdigest() == digest, name


def test_static_files_name_no_other_host_and_no_source_map():
    for path in (ROOT / "static").rglob("*"):
        if path.suffix in {".css", ".js"}:
            text = path.read_text(encoding="utf-8")
            assert "sourceMappingURL" not in text, path.name
            assert not re.search(r"(?:url\(|@import\s+)[\"']?(?:https?:)?//", text), path.name


FETCHING = '{% extends "layout/citizen.html" %}{% block htmx %}{% include "layout/_htmx.html" %}{% endblock %}'


def test_first_view_weighs_less_than_seventy_five_kilobytes(page_context):
    """What a phone fetches for a citizen's first page, compressed as whitenoise does."""
    plain = weight_of(render_to_string("layout/citizen.html", page_context).encode())
    with_parts = weight_of(element(FETCHING, **page_context).encode())
    assert plain.sent < 57_000
    assert with_parts.sent < 74_000, "of which 17 KB to fetch a part by itself"


# ── allauth in our look ──────────────────────────────────────────────────────────────────────────


def element(source: str, **context) -> str:
    if "extends" not in source:
        source = "{% load allauth %}" + source
    origin = Origin(name="page.html", template_name="page.html")
    return Template(source, origin=origin).render(Context(context))


@pytest.mark.parametrize(
    ("tags", "look"),
    [
        ("primary", "btn-primary"),
        ("danger,delete", "btn-outline-danger"),
        ("outline,cancel", "btn-outline-primary"),
        ("link", "act-away"),
    ],
)
def test_allauth_button_takes_our_look(tags, look):
    assert look in element(f'{{% element button href="/x" tags="{tags}" %}}Tiếp{{% endelement %}}')


def test_allauth_form_shows_errors_on_top_and_at_the_field():
    source = '{% element form form=form method="post" %}{% slot body %}{% element fields form=form %}{% endelement %}{% endslot %}{% endelement %}'
    html = element(source, form=PersonForm({}))
    assert html.index("error-summary") < html.index("<form")
    assert 'id="id_name"' in html
    assert not INLINE.search(html)


def test_allauth_page_has_one_heading(page_context):
    source = '{% extends "allauth/layouts/base.html" %}{% load allauth %}{% block head_title %}Đăng nhập{% endblock %}{% block content %}{% element h1 %}Đăng nhập{% endelement %}{% endblock %}'
    html = element(source, **page_context)
    assert html.count("<h1") == 1
    assert "<title>Đăng nhập" in html
