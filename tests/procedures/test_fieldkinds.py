"""Kinds of questions do what their examples say; specs are checked by kind; words of specs follow the reader."""

import pytest
from django.template import Context, Template
from django.utils import translation
from pydantic import ValidationError

from procedures import formspec
from procedures.fieldkinds import KINDS
from tests.procedures.kinds import filled, kept, printed, question, shown

pytestmark = pytest.mark.unit

EXAMPLES = [pytest.param(kind, one, id=f"{kind.code}-{n}") for kind in KINDS for n, one in enumerate(kind.examples)]
REFUSALS = [pytest.param(kind, one, id=f"{kind.code}-{n}") for kind in KINDS for n, one in enumerate(kind.refusals)]
ALL = [pytest.param(kind, id=kind.code) for kind in KINDS]


@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
def test_example_is_kept_shown_and_printed(kind, example):
    form = filled(kind, example.typed)
    assert form.is_valid(), form.error_list()
    assert kept(kind, form) == example.stored
    assert type(kept(kind, form)) is not bool or type(example.stored) is bool
    assert shown(kind, example.stored) == example.shown
    number = str(form.answers()["hoi"]) if kind.seals_number else ""
    assert printed(kind, example.stored, number) == (example.shown if example.printed is None else example.printed)


@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
def test_what_is_kept_comes_back_and_says_the_same_again(kind, example):
    spec = question(kind)
    (field,) = spec.fields()
    back = formspec.build_form(spec, "buoc", {"hoi": example.stored}, wards=(("26506", "Phường Vũng Tàu"),))()
    if kind.seals_number:
        assert back.fields["hoi"].initial is None
    elif not field.inside:
        again = filled(
            kind, tuple(back.fields["hoi"].initial) if isinstance(example.stored, list) else back.fields["hoi"].initial
        )
        assert again.is_valid(), again.error_list()
        assert kept(kind, again) == example.stored


@pytest.mark.parametrize(("kind", "refusal"), REFUSALS)
def test_mistake_is_answered_with_a_sentence(kind, refusal):
    form = filled(kind, refusal.typed)
    assert not form.is_valid()
    sentences = [error["text"] for error in form.error_list()]
    assert any(refusal.sentence in sentence for sentence in sentences), sentences
    assert all(sentence.endswith(".") for sentence in sentences)


@pytest.mark.parametrize("kind", ALL)
def test_a_required_question_is_missing_until_it_is_answered(kind):
    spec = question(kind, required=True)
    assert [gap.key for gap in formspec.missing(spec, {})] == ["hoi"]
    assert formspec.missing(spec, {"hoi": kind.examples[0].stored}) == []
    assert printed(kind, None) == ""
    assert shown(kind, None) == "Chưa điền"


@pytest.mark.parametrize("kind", ALL)
def test_an_answer_is_carried_into_the_same_question_only(kind):
    answers = {"hoi": kind.examples[0].stored}
    assert formspec.carry_over(question(kind), question(kind), answers) == (answers, [])
    other = KINDS["text" if kind.code != "text" else "name"]
    kept_, told = formspec.carry_over(question(kind), question(other), answers)
    assert kept_ == {}
    assert "đã đổi cách điền" in told[0]


@pytest.mark.parametrize("kind", ALL)
def test_an_option_of_another_kind_is_refused(kind):
    with pytest.raises(ValidationError, match="surprise"):
        question(kind, surprise=1)
    foreign = {
        "options": [["a", "A"]],
        "max_length": 5,
        "min": 1,
        "columns": [],
        "party": {"name": "hoi"},
        "max_rows": 3,
    }
    taken = set(kind.shape.model_fields)
    for option in set(foreign) - taken:
        with pytest.raises(ValidationError, match=option):
            question(kind, **{option: foreign[option]})


def test_zero_answers_a_required_question():
    assert formspec.missing(question(KINDS["integer"], required=True), {"hoi": 0}) == []
    assert [
        gap.key for gap in formspec.missing(question(KINDS["checkbox"], options=[], required=True), {"hoi": False})
    ] == ["hoi"]


def test_own_data_answer_only_the_kinds_that_take_them():
    with pytest.raises(ValidationError, match="không lấy sẵn được"):
        question(KINDS["text"], prefill="party.identity")
    (day,) = question(KINDS["date"], prefill="party.birth_date").fields()
    (part,) = question(KINDS["partial_date"], prefill="party.birth_date").fields()
    assert (day.kind.from_fact(day, "1948"), part.kind.from_fact(part, "1948")) == (None, "1948")
    (gender,) = question(KINDS["radio"], options=[["1", "Nam"], ["2", "Nữ"]], prefill="party.gender").fields()
    assert [gender.kind.from_fact(gender, fact) for fact in ("female", "male", "", None)] == ["2", "1", None, None]


@pytest.mark.parametrize("bound", ["2020-02-30", "31/12/2030", "20200101", "2020", ""])
def test_bound_of_days_is_a_day(bound):
    with pytest.raises(ValidationError, match="Giới hạn phải là"):
        question(KINDS["date"], min=bound)


def test_number_in_a_table_names_its_bearer_among_the_columns():
    columns = [{"key": "so", "label": "Số", "kind": "identity", "party": {"name": "ten"}}]
    with pytest.raises(ValidationError, match="cột không có"):
        question(KINDS["table"], columns=columns)
    question(KINDS["table"], columns=[{"key": "ten", "label": "Tên", "kind": "name"}, *columns])


# ── languages ──

TWO = {
    "version": 1,
    "steps": [
        {
            "key": "buoc",
            "title": {"vi": "Người yêu cầu", "en": "Applicant"},
            "hint": {"vi": "Đọc kỹ.", "en": "Read carefully."},
            "fields": [
                {
                    "key": "loai",
                    "label": {"vi": "Loại giấy", "en": "Kind of paper"},
                    "hint": {"vi": "Chọn một.", "en": "Choose one."},
                    "kind": "radio",
                    "options": [["1", {"vi": "Căn cước", "en": "Identity card"}], ["2", "Hộ chiếu"]],
                },
                {
                    "key": "con",
                    "label": {"vi": "Các con", "en": "Children"},
                    "kind": "table",
                    "columns": [{"key": "ten", "label": {"vi": "Tên", "en": "Name"}, "kind": "name"}],
                },
            ],
        }
    ],
}
ANSWERS = {"loai": "1", "con": [{"ten": "Nguyễn Thị Bê"}]}


def _page(language):
    with translation.override(language):
        form = formspec.build_form(formspec.load(TWO), "buoc", {})()
        return Template(
            "{% load crispy_forms_tags %}{{ form.step.title }}{{ form.step.hint }}{% crispy form %}"
        ).render(Context({"form": form}))


def test_page_of_a_form_speaks_the_readers_language():
    english, vietnamese = _page("en"), _page("vi")
    for words in ["Applicant", "Read carefully.", "Kind of paper", "Choose one.", "Identity card", "Children", "Name"]:
        assert words in english
        assert words not in vietnamese
    assert "Hộ chiếu" in english
    assert "Căn cước" in vietnamese


def test_answers_are_shown_in_the_readers_language_and_printed_in_vietnamese():
    spec = formspec.load(TWO)
    with translation.override("en"):
        shown_ = formspec.summary(spec, ANSWERS)
        printed_ = formspec.printed(spec, ANSWERS)
    assert (shown_[0].title, shown_[0].lines[0].label, shown_[0].lines[0].value) == (
        "Applicant",
        "Kind of paper",
        "Identity card",
    )
    assert shown_[0].lines[1].rows == ((("Name", "Nguyễn Thị Bê"),),)
    assert (printed_[0].title, printed_[0].lines[0].label, printed_[0].lines[0].value) == (
        "Người yêu cầu",
        "Loại giấy",
        "Căn cước",
    )
    assert printed_[0].lines[1].rows == ((("Tên", "Nguyễn Thị Bê"),),)


@pytest.mark.parametrize(
    "change",
    [{"label": {"en": "Question"}}, {"label": ""}, {"hint": {"en": "Help"}}, {"label": "x" * 301}, {"label": None}],
)
def test_spec_without_vietnamese_words_is_refused(change):
    with pytest.raises(ValidationError):
        question(KINDS["text"], **change)
