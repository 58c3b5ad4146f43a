"""After sending: the dossier page, supplement, withdrawal, result, tracking; query counts frozen."""

from datetime import timedelta

import pytest
import time_machine
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import IdentitySource, Role
from accounts.services import PartyFacts, find_or_create_party
from dossiers.enums import Decision, State
from dossiers.models.attachment import Attachment
from dossiers.models.dossier import Dossier
from dossiers.services import results
from portal import clock, sealing
from portal.templatetags.ui import moment
from tests import houses
from tests.dossiers.citizen.conftest import body, pdf
from tests.factories import UserFactory
from tests.houses import approved, asked, assigned, draft, issued, received, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.web, pytest.mark.slow]


def page(client, dossier, name="my:dossier"):
    answer = client.get(reverse(name, args=[dossier.reference]))
    assert answer.status_code == 200
    return answer.content.decode()


def ask(house, dossier, **changes):
    values = {
        "items": [{"paper_code": "TP1", "name": "Giấy tờ chứng minh", "note": "Ảnh bị mờ, chụp lại."}],
        "reason": "Giấy tờ không đọc được.",
        "answer_by": clock.today() + timedelta(days=5),
    }
    return asked(house, dossier, by=house.people[Role.OFFICER], **{**values, **changes})


# ── the page ──


def test_page_of_a_sent_dossier(signed_in, house):
    dossier = submitted(house)
    text = page(signed_in, dossier)
    assert dossier.reference in text
    assert "Đã nộp" in text
    assert house.center.name in text  # who holds it
    assert "8 giờ làm việc" in text  # why it is due then
    assert sealing.unseal(dossier.secret_sealed) in text


def test_page_of_a_received_dossier_shows_code_and_promise(signed_in, house):
    dossier = received(house)
    text = page(signed_in, dossier)
    assert dossier.code in text
    assert "Hẹn trả kết quả" in text
    assert "3 ngày làm việc" in text


def test_page_tells_nothing_of_what_happens_inside(signed_in, house):
    text = page(signed_in, approved(house))
    assert "Phê duyệt" not in text
    assert house.people[Role.OFFICER].full_name not in text
    assert "Nội dung kết quả thử" not in text


def test_page_of_a_result_offers_it(signed_in, house):
    dossier = issued(house)
    text = page(signed_in, dossier)
    assert "Có kết quả" in text
    assert "Mang giấy tờ tùy thân" in text
    assert dossier.result.number in text


def test_page_of_a_refused_intake_says_why(signed_in, house):
    dossier = submitted(house)
    houses.refuse(
        house,
        dossier,
        reason_code="wrong_unit",
        reason="Không thuộc thẩm quyền.",
    )
    text = page(signed_in, dossier)
    assert "Không được tiếp nhận" in text
    assert "Không thuộc thẩm quyền." in text


def test_page_of_a_refusal_and_of_a_return(signed_in, house):
    refused = houses.issue(dossier_id=approved(house, Decision.REFUSE).pk, by=house.people[Role.CLERK])
    assert "Từ chối giải quyết" in page(signed_in, refused)
    dossier = issued(house)
    results.return_to_citizen(dossier_id=dossier.pk, by=house.people[Role.RETURNER], handed_to="Nguyễn Văn Mẫu")
    assert "Đã trả kết quả" in page(signed_in, dossier)


def test_owner_without_the_filing_account_may_look_but_not_act(client, house):
    helper = UserFactory()
    dossier = submitted(house, account=house.citizen)
    Dossier.objects.filter(pk=dossier.pk).update(account=helper)
    client.force_login(house.citizen)
    text = page(client, dossier)
    assert "Rút hồ sơ" not in text
    assert sealing.unseal(dossier.secret_sealed) not in text
    for name in ("my:withdraw", "my:supplement", "my:done"):
        assert client.get(reverse(name, args=[dossier.reference])).status_code == 404


# ── supplement ──


def test_supplement_answers_only_what_was_asked(signed_in, house):
    dossier = ask(house, assigned(house))
    text = page(signed_in, dossier)
    assert "Bổ sung 1 mục" in text
    url = reverse("my:supplement", args=[dossier.reference])
    text = page(signed_in, dossier, "my:supplement")
    assert "Ảnh bị mờ, chụp lại." in text
    assert "tạm dừng" in text

    assert signed_in.post(url, {"paper": "TP9", "file": pdf()}).status_code == 400
    assert signed_in.post(url, {"paper": "TP1", "file": pdf("x.pdf", b"<html>")}).status_code == 400
    assert signed_in.post(url, {"answer": "", "version": dossier.version}).status_code == 400  # nothing was added
    assert signed_in.post(url, {"paper": "TP1", "file": pdf("moi.pdf")}).status_code == 302
    added = Attachment.objects.get(dossier=dossier, round=1)
    dossier.refresh_from_db()
    answer = signed_in.post(url, {"answer": "Đã chụp lại.", "version": dossier.version})
    assert answer.status_code == 302
    dossier.refresh_from_db()
    assert dossier.state == State.PROCESSING
    assert signed_in.get(url).status_code == 302
    # what was sent stays
    signed_in.post(reverse("my:remove_file", args=[dossier.reference, added.pk]))
    assert Attachment.objects.filter(pk=added.pk).exists()


def test_supplement_stale_version_keeps_the_words(signed_in, house):
    dossier = ask(house, assigned(house))
    url = reverse("my:supplement", args=[dossier.reference])
    answer = signed_in.post(url, {"answer": "Lời nhắn của tôi", "version": dossier.version - 1})
    assert answer.status_code == 409
    assert "Lời nhắn của tôi" in answer.content.decode()
    assert f'value="{dossier.version}"' in answer.content.decode()


def test_supplement_file_can_be_taken_out_before_sending(signed_in, house):
    dossier = ask(house, assigned(house))
    old = Attachment.objects.get(dossier=dossier)
    signed_in.post(reverse("my:supplement", args=[dossier.reference]), {"paper": "TP1", "file": pdf()})
    new = Attachment.objects.get(dossier=dossier, round=1)
    for attachment in (old, new):
        signed_in.post(reverse("my:remove_file", args=[dossier.reference, attachment.pk]))
    assert list(Attachment.objects.filter(dossier=dossier)) == [old]


def test_files_cannot_change_while_nothing_is_asked(signed_in, house):
    dossier = received(house)
    assert signed_in.get(reverse("my:files", args=[dossier.reference])).status_code == 302
    assert (
        signed_in.post(reverse("my:files", args=[dossier.reference]), {"paper": "TP1", "file": pdf()}).status_code
        == 302
    )
    assert Attachment.objects.filter(dossier=dossier).count() == 1


# ── withdrawal ──


def test_withdraw_before_reception_is_at_once(signed_in, house):
    dossier = submitted(house)
    url = reverse("my:withdraw", args=[dossier.reference])
    assert signed_in.get(url).status_code == 200
    assert signed_in.post(url, {"reason": "", "version": dossier.version}).status_code == 400
    assert signed_in.post(url, {"reason": "Nhầm thủ tục.", "version": dossier.version}).status_code == 302
    dossier.refresh_from_db()
    assert dossier.state == State.WITHDRAWN
    assert signed_in.post(url, {"reason": "Nhầm.", "version": dossier.version}).status_code == 302  # twice is no error


def test_withdraw_after_reception_is_a_wish(signed_in, house):
    dossier = received(house)
    url = reverse("my:withdraw", args=[dossier.reference])
    assert signed_in.post(url, {"reason": "Nhầm thủ tục.", "version": dossier.version}).status_code == 302
    dossier.refresh_from_db()
    assert dossier.wants_withdrawal
    assert "đề nghị rút" in page(signed_in, dossier)


def test_page_names_who_holds_it_and_since_when(signed_in, house):
    dossier = assigned(house)
    text = page(signed_in, dossier)
    assert house.office.name in text
    assert f"từ {moment(clock.now())}" in text
    ask(house, dossier)
    text = page(signed_in, dossier)
    assert "Người nộp hồ sơ" in text
    assert "chờ bổ sung hồ sơ" in text
    assert "Sau đó" in text
    assert house.people[Role.OFFICER].full_name not in text


def test_a_late_answer_is_said_with_whom_it_lies(signed_in, house, track):
    house.center.phone = "0236 3999 111"
    house.center.save()
    dossier = submitted(house)
    assert "trả lời chậm" not in page(signed_in, dossier)
    with time_machine.travel(dossier.accept_by + timedelta(minutes=1), tick=False):
        secret = sealing.unseal(dossier.secret_sealed)
        signed_in.force_login(house.citizen)  # the session of the day before is over
        for text in (page(signed_in, dossier), track(dossier.reference, secret).content.decode()):
            assert f"Cơ quan trả lời chậm: hạn {moment(dossier.accept_by)} đã qua" in text
            assert "Việc bạn cần làm" not in text
            assert f"Hồ sơ đang ở {house.center.name}, chưa được trả lời." in text
            assert "0236 3999 111" in text


# ── tracking ──


def test_track_names_the_unit_that_holds_it_and_no_officer(track, house):
    dossier = assigned(house)
    text = track(dossier.code, sealing.unseal(dossier.secret_sealed)).content.decode()
    assert house.office.name in text
    assert "Thẩm định" in text
    assert f"từ {moment(clock.now())}" in text
    assert house.people[Role.OFFICER].full_name not in text


@pytest.fixture
def track(client):
    from django.core.cache import cache

    cache.clear()

    def post(code, secret):
        return client.post(reverse("my:track"), {"code": code, "secret": secret})

    return post


def test_track_needs_code_and_secret_and_shows_only_the_way(track, house):
    dossier = received(house)
    secret = sealing.unseal(dossier.secret_sealed)
    for code in (dossier.code, dossier.code.lower(), dossier.reference, dossier.reference.replace("-", " ")):
        answer = track(code, secret.lower())
        text = answer.content.decode()
        assert answer.status_code == 200
        assert "Mức độ hoàn thành: 50" in text
        assert "Nguyễn Văn Mẫu" not in text
        assert dossier.procedure.name not in text
        assert house.ward.name not in text


def test_track_unknown_and_wrong_answer_alike(track, house):
    dossier = received(house)
    wrong = track(dossier.code, "AAAA-BBBB")
    unknown = track("H29.951-990101-0001", sealing.unseal(dossier.secret_sealed))
    assert (wrong.status_code, unknown.status_code) == (404, 404)

    def shape(answer):
        import re

        return re.sub(r'value="[^"]*"', "", answer.content.decode())

    assert shape(wrong) == shape(unknown)


def test_track_draft_does_not_exist(track, house):
    dossier = draft(house)
    assert track(dossier.reference, sealing.unseal(dossier.secret_sealed)).status_code == 404


@pytest.mark.parametrize(("code", "secret"), [("", ""), ("\x00", "\x00"), ("x" * 9_000, "y"), ("a", "y" * 9_000)])
def test_track_bad_input_is_told(track, code, secret):
    assert track(code, secret).status_code == 400


def test_track_is_limited(track, house):
    dossier = received(house)
    with time_machine.travel(clock.now(), tick=False):  # eleven times within one minute, whenever the test runs
        codes = [track(dossier.code, "AAAA-BBBB").status_code for _try in range(11)]
        assert track("H29.1-261118-0009", "AAAA-BBBB").status_code == 404  # another dossier at the same address
    assert codes == [404] * 10 + [429]


def test_track_bulk_dossier_without_secret_stays_closed(track, house):
    dossier = received(house)
    Dossier.objects.filter(pk=dossier.pk).update(secret_index="")
    assert track(dossier.code, "").status_code == 400
    assert track(dossier.code, "x").status_code == 404


# ── counts ──


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_the_same_whatever_its_length(signed_in, house, count, django_assert_num_queries):
    for _one in range(count):
        submitted(house)
    signed_in.get(reverse("my:list"))
    with django_assert_num_queries(5):  # session, user, roles and notices of the header, rows
        answer = signed_in.get(reverse("my:list"))
    assert answer.content.decode().count("Đã nộp") == count


def test_list_is_paged_and_shows_only_mine(signed_in, house):
    own = [draft(house) for _one in range(21)]
    draft(house, account=UserFactory(), owner=house.party)
    foreign = draft(house, account=UserFactory(), owner=None)
    first = signed_in.get(reverse("my:list")).content.decode()
    assert foreign.reference not in first
    assert own[0].reference not in first
    assert "truoc=" in first
    second = signed_in.get(reverse("my:list"), {"truoc": own[2].pk}).content.decode()
    assert own[0].reference in second
    for nonsense in ("abc", "-1", "9" * 40, "\x00"):
        assert signed_in.get(reverse("my:list"), {"truoc": nonsense}).status_code == 200


def test_the_result_stands_before_the_facts_with_one_button(signed_in, house):
    dossier = issued(house)
    text = page(signed_in, dossier)
    assert text.index("Tải kết quả") < text.index("Cơ quan giải quyết")
    assert text.count("Tải kết quả") == 1


@pytest.mark.parametrize("count", [1, 3])
def test_dossier_page_asks_the_same_whatever_it_holds(signed_in, house, count, connection_queries):
    dossier = received(house)
    for number in range(count - 1):
        Attachment.objects.create(dossier=dossier, paper_code=f"X{number}", paper_name="Khác", form="copy")
    page(signed_in, dossier)
    assert connection_queries(lambda: page(signed_in, dossier)) == QUERIES_OF_THE_PAGE


QUERIES_OF_THE_PAGE = 11


@pytest.fixture
def connection_queries():
    from django.db import connection

    def count(act):
        with CaptureQueriesContext(connection) as captured:
            act()
        return len(captured)

    return count


# ── the vault ──


def test_vault_item_is_its_owners_only(client, signed_in, house):
    from datetime import date

    from vault import services
    from vault.enums import ItemKind

    file = services.store_bytes(name="kết quả.pdf", mime="application/pdf", content=b"%PDF-1.4 %%EOF")
    facts = {"kind": ItemKind.RESULT, "paper_kind": "KQ1", "title": "Giấy xác nhận", "issued_on": date(2026, 1, 2)}
    item = services.deposit(owner=house.party, file=file, **facts)
    assert "Giấy xác nhận" in signed_in.get(reverse("vault:mine")).content.decode()
    answer = signed_in.get(reverse("vault:item", args=[item.pk]))
    assert body(answer).startswith(b"%PDF")
    client.force_login(UserFactory())
    assert client.get(reverse("vault:item", args=[item.pk])).status_code == 404
    assert client.get(reverse("vault:item", args=[10**30])).status_code == 404


def test_paper_of_the_vault_is_used_again(signed_in, house):
    from datetime import date

    from procedures.models import RequiredPaper, Revision
    from tests.dossiers.citizen.conftest import replace_spec
    from tests.factories import SPEC
    from vault import services
    from vault.enums import ItemKind, ScanState
    from vault.models import StoredFile, VaultItem

    replace_spec(house, SPEC, vault_kind="KQ1")
    dossier = draft(house)
    Attachment.objects.all().delete()
    file = services.store_bytes(name="kq.pdf", mime="application/pdf", content=b"%PDF-1.4 %%EOF")
    facts = {"kind": ItemKind.RESULT, "paper_kind": "KQ1", "title": "Giấy đã có", "issued_on": date(2026, 1, 2)}
    item = services.deposit(owner=house.party, file=file, **facts)
    foreign = services.deposit(
        owner=find_or_create_party(PartyFacts(full_name="Người Lạ"), source=IdentitySource.DECLARED), file=file, **facts
    )
    url = reverse("my:files", args=[dossier.reference])
    assert "Giấy đã có" in signed_in.get(url).content.decode()
    assert signed_in.post(url, {"paper": "TP1", "item": foreign.pk}).status_code == 400
    assert signed_in.post(url, {"paper": "TP1", "item": item.pk}).status_code == 302
    attachment = Attachment.objects.get()
    assert (attachment.form, attachment.file) == ("reused", file)
    # taking it out again leaves the vault whole
    signed_in.post(reverse("my:remove_file", args=[dossier.reference, attachment.pk]))
    assert VaultItem.objects.filter(pk=item.pk).exists()
    assert StoredFile.objects.filter(pk=file.pk).exists()
    StoredFile.objects.filter(pk=file.pk).update(scan_state=ScanState.INFECTED)
    assert signed_in.post(url, {"paper": "TP1", "item": item.pk}).status_code == 400
    answer = signed_in.get(reverse("vault:item", args=[item.pk]))
    assert answer.status_code == 403
    assert RequiredPaper.objects.filter(vault_kind="KQ1").count() == 1
    assert Revision.objects.count() == 2
