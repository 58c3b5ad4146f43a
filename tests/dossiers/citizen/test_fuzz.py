"""Anything posted to any form of the citizen gets an answer below 500, and a draft is never half-saved."""

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dossiers.answers import summary
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.services import drafts
from procedures import formspec
from tests.dossiers.citizen.conftest import PDF
from tests.dossiers.citizen.test_following import ask
from tests.houses import assigned, draft, has_drafts_checked, received, sent_for_check

pytestmark = [pytest.mark.django_db, pytest.mark.web, pytest.mark.slow]

NASTY = [
    "\x00",
    "x" * 10_000,
    "31/02/2026",
    "-1",
    "0",
    "9" * 40,
    "1e309",
    "NaN",
    "' OR 1=1 --",
    "<script>",
    "%00",
    "../..",
    "on",
    "desk",
    "TP1",
    "kiem-tra",
    "n\u0302\u0323",
    "\u202e",
    "\ufffd",
    "077090123456",
    "02/01/1990",
    "Nguyễn Văn Mẫu",
    '{"party": 1}',
]
TEXT = st.sampled_from(NASTY) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="{"), max_size=30)
NAMES = st.sampled_from(
    [
        "ho_ten",
        "ngay_sinh",
        "so_dinh_danh",
        "muc_dich",
        "version",
        "next",
        "leave",
        "add_row",
        "remove_row",
        "ve",
        "unit",
        "case",
        "delivery",
        "declared",
        "paper",
        "item",
        "answer",
        "reason",
        "code",
        "secret",
        "words",
        "dung",
        "sua",
        "la",
    ]
)
FILES = st.sampled_from(
    [
        None,
        ("a.pdf", PDF),
        ("a.pdf", b"<html>"),
        ("x" * 300, b""),
        ("a\x00.png", b"\x89PNG\r\n\x1a\n"),
        ("a.docx", b"PK\x03\x04"),
    ]
)
BOUNDED = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def targets(house):
    """Addresses of every form, for dossiers in the states that show them."""
    fresh, whole, sent = draft(house), draft(house), received(house)
    asked = ask(house, assigned(house))
    Dossier.objects.filter(pk=fresh.pk).update(answers={}, owner=None)
    return [
        reverse("my:start", args=[house.procedure.code]),
        reverse("my:step", args=[fresh.reference, "nguoi_yeu_cau"]),
        reverse("my:files", args=[fresh.reference]),
        reverse("my:submit", args=[whole.reference]),
        reverse("my:supplement", args=[asked.reference]),
        reverse("my:withdraw", args=[sent.reference]),
        reverse("my:track"),
        reverse("my:discard", args=["ABCD"]),
        reverse("my:remove_file", args=[fresh.reference, 1]),
        reverse("my:paper_check", args=[_to_check(house).reference]),
    ]


def _to_check(house):
    """A dossier whose applicant has the draft of the result."""
    return sent_for_check(has_drafts_checked(house))


@pytest.fixture
def forms(house):
    return targets(house)


@BOUNDED
@given(which=st.integers(0, 9), data=st.dictionaries(NAMES, TEXT, max_size=8), file=FILES)
def test_any_post_is_answered(signed_in, forms, which, data, file):
    cache.clear()
    posted = dict(data)
    if file is not None:
        posted["file"] = SimpleUploadedFile(*file)
    answer = signed_in.post(forms[which], posted)
    assert answer.status_code in {200, 302, 400, 404, 409, 413}, (forms[which], data)
    for dossier in Dossier.objects.select_related("revision").all():
        summary(dossier)  # what is kept can be shown
        assert "\x00" not in str(dossier.answers)
        sealed = dossier.answers.get("so_dinh_danh")
        assert sealed is None or formspec.party_id(sealed)
        assert dossier.event_count == DossierEvent.objects.filter(dossier_id=dossier.pk).count()


@BOUNDED
@given(path=TEXT, query=TEXT)
def test_any_address_is_answered(signed_in, house, path, query):
    from urllib.parse import quote

    for shape in ("/ho-so/{}/", "/ho-so/nop/{}/", "/ho-so/tra-cuu/?ma={}", "/ho-so/?truoc={}", "/kho/{}/"):
        answer = signed_in.get(
            shape.format(quote(path, safe="")) if "?" not in shape else shape.format(quote(query, safe=""))
        )
        assert answer.status_code in {200, 302, 404}, shape


def test_save_step_drops_foreign_keys(house):
    dossier = drafts.start(account=house.citizen, procedure_id=house.procedure.pk, unit_id=house.ward.pk)
    saved = drafts.save_step(
        dossier_id=dossier.pk, by=house.citizen, step_key="nguoi_yeu_cau", answers={"muc_dich": "x", "la": 1}, version=0
    )
    assert saved.answers == {"muc_dich": "x"}
