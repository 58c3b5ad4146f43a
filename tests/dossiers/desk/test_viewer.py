"""Papers as pictures beside a dossier: for whom, in which state, turned, compared, marked; and nothing before its scan."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import PersonalDataRead
from dossiers.enums import State
from dossiers.models.attachment import Attachment
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from portal import clock
from procedures.enums import PaperForm
from tests import houses
from tests.dossiers.citizen.conftest import replace_spec
from tests.factories import SPEC, MembershipFactory, UnitFactory, UserFactory
from tests.vault import samples
from vault import services, tasks
from vault.enums import ItemKind, ScanState
from vault.models import FilePages, StoredFile, VaultItem

pytestmark = [pytest.mark.django_db, pytest.mark.web]


def stored(data=None, name="giay.pdf"):
    return services.store_upload(samples.opened(name, data or samples.pdf(pages=2)), by=UserFactory())


def attached(dossier, file, code="TP1"):
    facts = {"paper_code": code, "paper_name": f"Giấy {code}", "form": PaperForm.E_COPY}
    return Attachment.objects.create(dossier=dossier, file=file, **facts)


@pytest.fixture
def dossier(house):
    return houses.assigned(house)


@pytest.fixture
def officer(house, enter):
    return enter(house.people[Role.OFFICER])


def look(client, dossier, **asked):
    return client.get(reverse("desk:viewer", args=[dossier.pk]), asked)


def drawn(client, dossier, row):
    """Ask for a paper's pages as its reader does, and be the worker."""
    assert "chờ dựng trang" in look(client, dossier, tep=row.pk).content.decode()
    tasks.draw_pages(file_id=str(row.file_id))
    return look(client, dossier, tep=row.pk).content.decode()


def picture(row, number=1, size="to"):
    return reverse("desk:page_picture", args=[row.dossier_id, row.pk, number, size])


def test_a_paper_is_drawn_when_somebody_looks_and_paged_by_links(dossier, officer):
    row = attached(dossier, stored())
    text = drawn(officer, dossier, row)
    assert picture(row) in text
    assert picture(row, 2, "nho") in text
    assert "Trang 1/2" in text
    second = look(officer, dossier, tep=row.pk, trang=2, xoay=90, co="lon").content.decode()
    assert picture(row, 2) in second
    assert "page-turned turn-90 page-large" in second
    assert "xoay=180" in second
    assert "Trang 2/2" in look(officer, dossier, tep=row.pk, trang=99).content.decode()


def test_a_picture_is_served_inline_to_this_person_alone_and_the_read_is_logged(house, dossier, officer, enter):
    row = attached(dossier, stored())
    drawn(officer, dossier, row)
    before = PersonalDataRead.objects.filter(what="xem trang giấy tờ").count()
    answer = officer.get(picture(row))
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8\xff")
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["Cache-Control"] == "private, max-age=600"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert PersonalDataRead.objects.filter(what="xem trang giấy tờ").count() == before + 1
    neighbour = enter(MembershipFactory(role=Role.OFFICER, unit=UnitFactory()).user)
    assert neighbour.get(picture(row)).status_code == 404
    assert look(neighbour, dossier, tep=row.pk).status_code == 404
    assert officer.get(picture(row, 3)).status_code == 404
    assert officer.get(picture(row, 1, "khac")).status_code == 404


@pytest.mark.parametrize("state", [ScanState.WAITING, ScanState.INFECTED])
def test_nothing_is_drawn_or_shown_before_the_scan_allows_it(dossier, officer, state):
    row = attached(dossier, stored())
    drawn(officer, dossier, row)
    StoredFile.objects.filter(pk=row.file_id).update(scan_state=state)  # found later: what was drawn is shut too
    text = look(officer, dossier, tep=row.pk).content.decode()
    assert "chưa xem được" in text
    assert officer.get(picture(row)).status_code in {403, 409}
    other = attached(dossier, stored(samples.pdf(pages=3)), code="TP2")
    StoredFile.objects.filter(pk=other.file_id).update(scan_state=state)
    look(officer, dossier, tep=other.pk)
    assert not FilePages.objects.filter(pk=other.file_id).exists()


def test_what_cannot_be_drawn_is_said_with_the_way_to_the_file(dossier, officer):
    row = attached(dossier, stored())
    FilePages.objects.create(source=row.file, asked_at=clock.now(), drawn_at=clock.now(), count=0, refused="locked")
    text = look(officer, dossier, tep=row.pk).content.decode()
    assert "có mật khẩu nên không xem được" in text
    word = attached(dossier, stored(), code="TP3")
    StoredFile.objects.filter(pk=word.file_id).update(mime="application/zip")
    assert "Tệp Word, Excel không xem được ở đây" in look(officer, dossier, tep=word.pk).content.decode()


def test_a_dossier_without_files_says_so_and_a_strange_file_is_not_found(dossier, officer):
    assert "không có tệp nào" in look(officer, dossier).content.decode()
    assert look(officer, dossier, tep="x").status_code == 404
    attached(dossier, stored())
    assert look(officer, dossier, tep=10**12).status_code == 404


def test_the_next_after_the_last_page_is_the_next_paper(dossier, officer):
    first, second = (
        attached(dossier, stored(samples.pdf())),
        attached(dossier, stored(samples.pdf(pages=3)), code="TP2"),
    )
    text = drawn(officer, dossier, first)
    assert f'data-portal-key="n" href="{reverse("desk:viewer", args=[dossier.pk])}?tep={second.pk}"' in text
    assert "aria-current" in text


def test_the_dossiers_page_fetches_a_piece_of_the_same_page(dossier, officer):
    row = attached(dossier, stored())
    page = officer.get(reverse("desk:dossier", args=[dossier.pk])).content.decode()
    assert f'data-portal-pages-from="{reverse("desk:viewer", args=[dossier.pk])}?tep={row.pk}"' in page
    assert "Xem từng trang" in page
    piece = officer.get(
        reverse("desk:viewer", args=[dossier.pk]), {"tep": row.pk}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "<html" not in piece
    assert 'id="xem"' in piece


# ── đã kiểm ──


def test_a_paper_is_marked_once_by_name_and_moves_nothing(house, dossier, officer):
    row = attached(dossier, stored())
    events = DossierEvent.objects.filter(dossier_id=dossier.pk).count()
    version = Dossier.objects.get(pk=dossier.pk).version
    url = reverse("desk:checked", args=[dossier.pk, row.pk])
    assert officer.post(url, {"trang": "2"}).url.endswith(f"tep={row.pk}&trang=2")
    officer.post(url)
    text = look(officer, dossier, tep=row.pk).content.decode()
    assert f"Đã kiểm: {house.people[Role.OFFICER].full_name}" in text
    assert "đã kiểm" in officer.get(reverse("desk:dossier", args=[dossier.pk])).content.decode()
    assert DossierEvent.objects.filter(dossier_id=dossier.pk).count() == events
    assert Dossier.objects.get(pk=dossier.pk).version == version
    officer.post(url, {"bo": "1"})
    row.refresh_from_db()
    assert (row.checked_at, row.checked_by) == (None, None)


def test_ones_own_paper_and_one_that_nobody_may_open_are_not_marked(house, dossier, enter):
    row = attached(dossier, stored())
    owner = house.citizen
    MembershipFactory(user=owner, role=Role.OFFICER, unit=house.office)
    url = reverse("desk:checked", args=[dossier.pk, row.pk])
    assert enter(owner).post(url).status_code == 302
    StoredFile.objects.filter(pk=row.file_id).update(scan_state=ScanState.WAITING)
    enter(house.people[Role.OFFICER]).post(url)
    row.refresh_from_db()
    assert row.checked_at is None


# ── the vault's copy ──


@pytest.fixture
def kept(house):
    replace_spec(house, SPEC, vault_kind="GPLX")
    return VaultItem.objects.create(
        owner=house.party,
        file=stored(samples.pdf(pages=4), name="kho.pdf"),
        kind=ItemKind.ACCEPTED_PAPER,
        paper_kind="GPLX",
        title="Giấy phép lái xe",
        issued_on=clock.today() - timedelta(days=30),
    )


def test_the_vaults_copy_of_the_same_kind_stands_beside(house, officer, kept):
    dossier = houses.assigned(house)
    row = attached(dossier, stored())
    assert "So với bản trong kho: Giấy phép lái xe" in drawn(officer, dossier, row)
    look(officer, dossier, tep=row.pk, so=kept.pk)
    tasks.draw_pages(file_id=str(kept.file_id))
    text = look(officer, dossier, tep=row.pk, so=kept.pk, trang=2).content.decode()
    url = reverse("desk:vault_picture", args=[dossier.pk, kept.pk, 2])
    assert url in text
    assert "Thôi so sánh" in text
    assert b"".join(officer.get(url).streaming_content).startswith(b"\xff\xd8\xff")
    assert PersonalDataRead.objects.filter(what="so với giấy tờ trong kho", reader=house.people[Role.OFFICER]).exists()


def test_no_vault_is_opened_for_an_owner_nobody_checked_or_for_another_kind(house, officer, kept):
    dossier = houses.assigned(house)
    row = attached(dossier, stored())
    url = reverse("desk:vault_picture", args=[dossier.pk, kept.pk, 1])
    Dossier.objects.filter(pk=dossier.pk).update(owner_is_confirmed=False)
    assert "So với bản trong kho" not in drawn(officer, dossier, row)
    assert officer.get(url).status_code == 404
    Dossier.objects.filter(pk=dossier.pk).update(owner_is_confirmed=True)
    VaultItem.objects.update(paper_kind="KHAC")
    assert officer.get(url).status_code == 404


def test_no_vault_is_opened_once_the_dossier_has_ended_nor_by_who_only_hands_over(house, officer, kept, enter):
    dossier = houses.assigned(house)
    row = attached(dossier, stored())
    url = reverse("desk:vault_picture", args=[dossier.pk, kept.pk, 1])
    returner = enter(house.people[Role.RETURNER])
    assert returner.get(url).status_code == 404
    Dossier.objects.filter(pk=dossier.pk).update(state=State.RETURNED)
    assert "So với bản trong kho" not in drawn(officer, dossier, row)
    assert officer.get(url).status_code == 404


def test_a_mark_keeps_the_look_and_a_refused_one_says_so_where_it_was_pressed(house, officer):
    dossier = houses.assigned(house)
    row = attached(dossier, stored())
    drawn(officer, dossier, row)
    marked = officer.post(reverse("desk:checked", args=[dossier.pk, row.pk]), {"xoay": "90", "co": "lon", "trang": "2"})
    assert {"xoay=90", "co=lon", "trang=2"} <= set(marked.headers["Location"].split("?")[1].split("&"))
    Dossier.objects.filter(pk=dossier.pk).update(state=State.RETURNED)
    asked = {"HX-Request": "true"}
    told = officer.post(reverse("desk:checked", args=[dossier.pk, row.pk]), follow=True, headers=asked)
    assert 'class="notice' in told.content.decode()


def test_people_of_the_post_neither_examine_nor_compare(house, officer, kept, enter):
    dossier = houses.assigned(house)
    row = attached(dossier, stored())
    drawn(officer, dossier, row)
    officer.post(reverse("desk:checked", args=[dossier.pk, row.pk]))
    post = enter(house.people[Role.POSTAL_CLERK])
    text = look(post, dossier, tep=row.pk).content.decode()
    assert "Trang 1/2" in text
    for words in ("So với bản trong kho", "Đã kiểm:", "Bỏ dấu đã kiểm"):
        assert words not in text
    assert post.get(reverse("desk:vault_picture", args=[dossier.pk, kept.pk, 1])).status_code == 404
    assert post.post(reverse("desk:checked", args=[dossier.pk, row.pk])).status_code == 404
