"""The pages of the post: what it may take at the counter, sheets of both sides, and what is not there for its people."""

import re

import pytest
from django.urls import reverse

from accounts.enums import Role
from dossiers import post_figures
from dossiers.enums import SheetRowState, SheetWay, State
from dossiers.models.dossier import Dossier
from dossiers.models.handover import HandoverSheet
from dossiers.services import payments
from dossiers.services.handovers import RowFound
from dossiers.services.payments import Taking
from dossiers.services.postal import fail_delivery
from dossiers.services.results import return_to_citizen
from portal import clock
from procedures.models import PostalListing
from tests import houses
from tests.dossiers import post as posts
from tests.dossiers.desk.test_counter import COUNTER, typed
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db
PAGE = reverse("desk:handovers")


@pytest.fixture
def post(house):
    return posts.make_post(house)


@pytest.fixture
def clerk(post, enter):
    return enter(post.clerk)


@pytest.fixture
def desk(post, enter):
    return enter(post.house.people[Role.RECEPTIONIST])


def text_of(page):
    return page.content.decode()


def ticked(page):
    return re.findall(r'name="item" value="(\d+)"', text_of(page))


def at_office(post, **changes):
    return typed(post.house, unit=str(post.office.pk), channel="3", **changes)


# ── the counter ──────────────────────────────────────────────────────────────────────────────────


def test_the_post_takes_papers_in_for_the_desk(post, clerk):
    text = text_of(clerk.get(COUNTER))
    assert post.house.procedure.name in text
    assert "công chức của Bộ phận Một cửa tiếp nhận" in text
    assert re.search(r'value="3" selected', text)
    page = clerk.post(COUNTER, at_office(post), follow=True)
    dossier = Dossier.objects.get()
    assert (dossier.state, dossier.receiving_unit) == (State.SUBMITTED, post.house.center)
    text = text_of(page)
    assert f"Đã ghi hồ sơ {dossier.reference}" in text
    assert "In phiếu nhận để chuyển" in text


def test_only_listed_procedures_are_offered_and_taken(post, clerk):
    PostalListing.objects.all().delete()
    assert post.house.procedure.name not in text_of(clerk.get(COUNTER))
    page = clerk.post(COUNTER, at_office(post))
    assert page.status_code in {400, 409}
    assert "danh mục" in text_of(page)
    assert not Dossier.objects.exists()


# ── sheets ───────────────────────────────────────────────────────────────────────────────────────


def test_a_bag_goes_to_the_desk_with_both_signatures(post, clerk, desk):
    dossiers = [posts.prepared(post), posts.prepared(post)]
    page = clerk.get(PAGE)
    key = re.search(r'name="key" value="([^"]+)"', text_of(page)).group(1)
    sent = {
        "way": SheetWay.TO_DESK,
        "from": post.office.pk,
        "to": post.house.center.pk,
        "item": ticked(page),
        "key": key,
    }
    clerk.post(reverse("desk:give_sheet"), sent)
    clerk.post(reverse("desk:give_sheet"), sent)  # pressed twice
    sheet = HandoverSheet.objects.get()
    assert "chưa ký nhận" in text_of(clerk.get(PAGE))
    assert "Chờ bạn ký nhận" not in text_of(clerk.get(PAGE))
    assert "Chờ bạn ký nhận" in text_of(desk.get(PAGE))
    address = reverse("desk:sheet", args=[sheet.pk])
    assert "Ký nhận</button>" in text_of(desk.get(address))
    assert "Ký nhận</button>" not in text_of(clerk.get(address))
    rows = list(sheet.rows.order_by("pk"))
    facts = {f"state_{row.pk}": "taken" for row in rows} | {f"state_{rows[1].pk}": "differs", "remark": ""}
    act = reverse("desk:sheet_act", args=[sheet.pk, "nhan"])
    page = desk.post(act, facts)
    assert page.status_code == 409
    assert f"Hồ sơ {dossiers[1].reference}: hãy ghi rõ sai lệch." in text_of(page)
    desk.post(act, facts | {f"remark_{rows[1].pk}": "Thiếu bản sao giấy chứng sinh."})
    sheet.refresh_from_db()
    assert not sheet.is_open
    assert "Thiếu bản sao giấy chứng sinh." in text_of(clerk.get(address))
    assert desk.post(act, facts).status_code == 409
    printed = text_of(clerk.get(reverse("desk:sheet_print", args=[sheet.pk])))
    assert "01/2026/PGN" in printed
    assert "Bùi Văn Mẫu Bưu Tá" in printed


def test_results_go_out_and_one_comes_back(post, clerk, enter):
    dossier = posts.result_for_post(post)
    returner = enter(post.house.people[Role.RETURNER])
    page = returner.get(PAGE)
    assert dossier.code in text_of(page)
    key = re.search(r'name="key" value="([^"]+)"', text_of(page)).group(1)
    sent = {
        "way": SheetWay.TO_POST,
        "from": post.house.center.pk,
        "to": post.office.pk,
        "item": ticked(page),
        "key": key,
    }
    assert returner.post(reverse("desk:give_sheet"), sent | {"to": post.house.office.pk}).status_code == 400
    returner.post(reverse("desk:give_sheet"), sent)
    sheet = HandoverSheet.objects.get()
    row = sheet.rows.get()
    act = reverse("desk:sheet_act", args=[sheet.pk, "nhan"])
    assert clerk.post(act, {f"state_{row.pk}": "taken"}).status_code == 409
    clerk.post(act, {f"state_{row.pk}": "taken", f"tracking_{row.pk}": "EM123456789VN"})
    dossier.refresh_from_db()
    page = clerk.get(reverse("desk:dossier", args=[dossier.pk]))
    assert "Không phát được" in text_of(page)
    failed = {"version": dossier.version, "reason_code": "nobody_there", "reason": "Hai lần không gặp ai."}
    done = clerk.post(reverse("desk:act", args=[dossier.pk, "fail_delivery"]), failed)
    assert done.status_code == 302
    assert dossier.code in text_of(clerk.get(PAGE))


def test_a_sheet_is_withdrawn_with_its_reason(post, clerk):
    sheet = posts.sheet(post, posts.prepared(post))
    act = reverse("desk:sheet_act", args=[sheet.pk, "rut"])
    assert clerk.post(act, {"reason": " "}).status_code == 400
    clerk.post(act, {"reason": "Ghi nhầm túi."})
    sheet.refresh_from_db()
    assert sheet.withdrawn_why == "Ghi nhầm túi."
    assert len(ticked(clerk.get(PAGE))) == 1


def test_sheets_of_others_are_not_there(post, house, enter):
    sheet = posts.sheet(post, posts.prepared(post))
    neighbour = houses.make_house(beside=house)
    for person in (neighbour.people[Role.RECEPTIONIST], neighbour.people[Role.POSTAL_CLERK]):
        there = enter(person)
        assert there.get(reverse("desk:sheet", args=[sheet.pk])).status_code == 404
        assert there.post(reverse("desk:sheet_act", args=[sheet.pk, "nhan"])).status_code == 404
    assert enter(post.clerk).post(reverse("desk:sheet_act", args=[sheet.pk, "khac"])).status_code == 404


@pytest.mark.parametrize("changes", [{"way": "x"}, {"to": ""}, {"from": "9" * 30}, {"key": "x"}, {"item": "x"}])
def test_what_no_page_of_ours_sends_is_told_and_makes_nothing(post, clerk, changes):
    item = posts.prepared(post).work_items.get()
    sent = {"way": "to_desk", "from": post.office.pk, "to": post.house.center.pk, "item": item.pk}
    sent |= {"key": "9f1b0a3e-7a44-4f0e-9c65-0d8f5a6a5a10"}
    page = clerk.post(reverse("desk:give_sheet"), sent | changes)
    assert page.status_code in {400, 409}
    assert not HandoverSheet.objects.exists()


# ── what is not there for the post ───────────────────────────────────────────────────────────────


def test_no_archive_and_no_opinions(post, clerk):
    held, done = posts.with_post(post), houses.issued(post.house)
    draft = held.paper_drafts.first()
    for address in (
        reverse("desk:search"),
        reverse("desk:draft", args=[held.pk, draft.pk]),
        reverse("desk:draft_print", args=[held.pk, draft.pk]),
        reverse("desk:new_draft", args=[held.pk, "refusal"]),
        reverse("desk:dossier", args=[done.pk]),
    ):
        assert clerk.get(address).status_code == 404, address
    assert clerk.get(reverse("desk:books")).status_code == 403
    text = text_of(clerk.get(reverse("desk:dossier", args=[held.pk])))
    for name in ("lay-y-kien", "dien-bien", "du-thao"):
        assert f'id="{name}"' not in text, name
    assert 'action="/mot-cua/tim/"' not in text_of(clerk.get(reverse("desk:inbox")))


def test_who_also_works_at_the_desk_sees_what_the_desk_sees(post, enter):
    MembershipFactory(user=post.clerk, role=Role.RECEPTIONIST, unit=post.house.center)
    done, both = houses.issued(post.house), enter(post.clerk)
    assert both.get(reverse("desk:search")).status_code == 200
    assert 'id="dien-bien"' in text_of(both.get(reverse("desk:dossier", args=[done.pk])))


def test_pages_cost_the_same_however_long_the_lists_are(post, clerk, django_assert_max_num_queries):
    for _number in range(6):
        posts.prepared(post)
    posts.taken(post, posts.sheet(post, posts.prepared(post)))
    clerk.get(PAGE)
    with django_assert_max_num_queries(16):
        clerk.get(PAGE)


# ── own figures ──────────────────────────────────────────────────────────────────────────────────


def test_own_figures_of_a_day_and_a_month(post, clerk):
    first, second = posts.prepared(post), posts.prepared(post)
    posts.prepared(post, by=post.second)
    amount = payments.pay(by=post.clerk, taking=Taking(first.pk, first.fee_due, "cash")).amount
    said = {second.reference: RowFound(SheetRowState.MISSING, "Không có trong túi.")}
    posts.taken(post, posts.sheet(post, first, second), **said)
    results = [posts.with_post(post), posts.with_post(post)]
    return_to_citizen(dossier_id=results[0].pk, by=post.clerk, handed_to="Mẫu")
    fail_delivery(dossier_id=results[1].pk, by=post.clerk, reason_code="not_taken", reason="Không nhận.")
    today = clock.today()
    found = post_figures.of(post.clerk, today, today)
    assert found == post_figures.OwnFigures(
        taken_in=2,
        answered=0,
        papers=2,
        scanned=0,
        handed_over=1,
        differing=1,
        results=2,
        delivered=1,
        failed=1,
        paid=amount,
        refunded=0,
    )
    page = clerk.get(reverse("desk:post_figures"))
    assert page.context["of_day"] == page.context["of_month"] == found
    assert clerk.get(reverse("desk:post_figures"), {"ngay": "2026-10-02"}).context["of_month"].taken_in == 0
    assert clerk.get(reverse("desk:post_figures"), {"ngay": "hôm qua"}).status_code == 200
