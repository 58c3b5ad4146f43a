"""After the figure: targets are taken note of, measures done, their effect seen; what the pages cost."""

from datetime import date, datetime

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from portal.clock import VIETNAM
from reporting.enums import RemedyState
from reporting.follow_up.queries import targets_held
from reporting.follow_up.services import doing, explaining, receiving
from reporting.models import (
    Remedy,
    Shortfall,
    TargetReceipt,
)
from reporting.snapshot import freeze_month
from tests.factories import UnitFactory
from tests.reporting.events import dossier
from tests.reporting.follow_up.typing_in import OVERVIEW, enter, page_of, sent
from tests.reporting.test_views import FRAME, SEPTEMBER, rows_of, target, text_of

pytestmark = [pytest.mark.web, pytest.mark.django_db, pytest.mark.slow]


# ── taking note of targets ───────────────────────────────────────────────────────────────────────


def test_head_takes_note_of_the_targets_shown_and_nothing_else(missed, client):
    enter(client, missed.head)
    address = f"{OVERVIEW}chi-tieu/{missed.first.pk}/"
    assert "Còn 1 trên 1 chỉ tiêu" in text_of(client.get(address))
    held = targets_held(2022, [missed.first.pk])[missed.first.pk]
    own = target(missed.wards, "0.80", "2022-12-31")  # set after the page was shown
    assert client.post(address, {"target": [str(row.pk) for row in held]}).status_code == 302
    receipt = TargetReceipt.objects.get()
    assert (receipt.target_id, receipt.name) == (held[0].pk, "Chủ tịch Một")
    assert "UBND phường 1" in receipt.post
    assert "Còn 1 trên 2 chỉ tiêu" in text_of(client.get(address))
    client.post(address, {"target": [str(held[0].pk), str(own.pk)]})
    assert TargetReceipt.objects.count() == 2
    foreign = target(missed.offices, "0.10", "2022-12-31")
    with pytest.raises(receiving.ChangedTargetsError):
        receiving.take_note(by=missed.head, unit_id=missed.first.pk, target_ids=[foreign.pk], year=2022)
    with pytest.raises(receiving.NotHeadError):
        receiving.take_note(by=missed.home, unit_id=missed.first.pk, target_ids=[own.pk], year=2022)
    with pytest.raises(DatabaseError), transaction.atomic():
        TargetReceipt.objects.update(name="khác")


def test_unit_without_a_head_is_shown_to_home_affairs(missed, client):
    enter(client, missed.home)
    assert "Chưa có người đứng đầu trên hệ thống: Phòng A." in text_of(client.get(OVERVIEW))


def test_own_target_holds_from_its_month_on_and_the_groups_before(missed):
    own = target(missed.wards, "0.90", "2022-11-30")
    own = type(own).objects.create(
        indicator=own.indicator,
        basis=own.basis,
        scope_kind="unit",
        scope_id=missed.first.pk,
        month_end=date(2022, 10, 31),
        value="0.75",
        decision_number="9/QĐ",
        decided_on=date(2022, 10, 1),
        issuer="UBND",
        plan="Riêng",
    )
    held = targets_held(2022, [missed.first.pk, missed.second.pk])
    assert [str(row.value) for row in held[missed.first.pk]] == ["0.7000", "0.7500"]
    assert [str(row.value) for row in held[missed.second.pk]] == ["0.7000", "0.9000"]


# ── measures ─────────────────────────────────────────────────────────────────────────────────────


def test_measure_is_done_with_words_and_only_once(missed, client):
    act = sent(missed)
    explaining.accept(by=missed.home, shortfall_id=missed.shortfall.pk, seq=act.seq)
    measure = Remedy.objects.get()
    address = reverse("reporting:remedy", kwargs={"remedy_id": measure.pk})
    enter(client, missed.head)
    assert client.post(address, {"act": "done", "words": ""}).status_code == 400
    assert client.post(address, {"act": "drop", "words": "thôi"}).status_code == 400
    assert client.post(address, {"act": "done", "words": "Đã hướng dẫn 40 người."}).status_code == 302
    assert "Đã hướng dẫn 40 người." in text_of(client.get(address))
    with pytest.raises(doing.EndedRemedyError):
        doing.end(by=missed.home, remedy_id=measure.pk, words="lại")
    assert Remedy.objects.get().state == RemedyState.DONE
    enter(client, missed.other)
    assert client.get(address).status_code == 404


# ── what became of it ────────────────────────────────────────────────────────────────────────────


def test_next_month_stands_beside_what_was_expected_and_opens_its_dossiers(missed, client, october):
    act = sent(missed)
    explaining.accept(by=missed.home, shortfall_id=missed.shortfall.pk, seq=act.seq)
    for day in (3, 4, 5):
        dossier(missed.first, missed.birth, f"2022-10-0{day} 08:00", online=True)
    dossier(missed.first, missed.birth, "2022-10-04 09:00")
    dossier(missed.first, missed.marriage, "2022-10-04 09:00", online=True)
    enter(client, missed.head)
    address = f"{OVERVIEW}tac-dung/?thang=10/2022"
    assert "chưa tính" in text_of(client.get(address))
    october.move_to(datetime(2022, 11, 5, 9, 0, tzinfo=VIETNAM))
    freeze_month(SEPTEMBER.next)
    dossier(missed.first, missed.birth, "2022-10-20 09:00", online=True)  # after the closing
    enter(client, missed.head)
    page = client.get(address)
    row = page.context["rows"][0]
    assert (row["remedy"].expected, row["change"]) == (12, "+2")
    shown = [(cell[f"{part}_url"], cell[part]) for cell in (row["before"], row["after"]) for part in ("hits", "whole")]
    assert [number for _url, number in shown] == [1, 2, 3, 4]
    for url, number in shown:
        assert rows_of(client, url) == (number, number), url
    assert "không chứng minh" in text_of(page)
    assert client.get(f"{OVERVIEW}tac-dung/?thang=xyz").status_code == 400
    enter(client, missed.other)
    assert client.get(address).context["rows"] == []


# ── cost ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("who", ["home", "head"])
def test_pages_cost_eight_queries_beside_the_frame(missed, client, who, django_assert_max_num_queries):
    for number in range(5):
        unit = UnitFactory(code=f"phuong-x{number}", group=missed.wards)
        Shortfall.objects.create(unit=unit, month=SEPTEMBER.first_day, run=missed.run, due_on=date(2022, 10, 12))
    act = sent(missed)
    explaining.accept(by=missed.home, shortfall_id=missed.shortfall.pk, seq=act.seq)
    enter(client, getattr(missed, who))
    client.get(OVERVIEW)
    with django_assert_max_num_queries(8 + FRAME):
        assert client.get(OVERVIEW).status_code == 200
    with django_assert_max_num_queries(8 + FRAME):
        assert client.get(page_of(missed.shortfall)).status_code == 200
    for address in ("tac-dung/?thang=10/2022", "bien-ban/", f"chi-tieu/{missed.first.pk}/"):
        with django_assert_max_num_queries(8 + FRAME):
            assert client.get(f"{OVERVIEW}{address}").status_code == 200
