"""Public pages and the catalogue desk through the client: what stands there, query counts, who sees what."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.enums import Role, UnitKind
from portal import clock
from procedures import search, seeds, services
from procedures.enums import FactKey, RevisionState
from procedures.models import Field, Procedure, PublicFact, RequiredPaper, Revision
from tests.factories import MembershipFactory, UnitFactory, UserFactory
from tests.procedures.factories import ProcedureFactory, RevisionFactory, published

pytestmark = [pytest.mark.django_db, pytest.mark.web]
NONSENSE = ["\x00", "a\x00b", "9" * 300, "khong-co", "🙂", "..%2f", "1.001193 "]


@pytest.fixture
def city():
    since = {"valid_from": date(2025, 7, 1)}
    for place in (1, 2):
        ward = UnitFactory(code=f"p-{place}", name=f"UBND phường {place}", address=f"{place} Lê Lợi", **since)
        UnitFactory(code=f"p-{place}-vp", name="Văn phòng HĐND và UBND", kind=UnitKind.DEPARTMENT, parent=ward, **since)
        UnitFactory(code=f"p-{place}-q", name="Trung tâm", kind=UnitKind.DESK, parent=ward, phone="0254 1", **since)
    seeds.load()
    search.current()


def signed_in(client, role, settings):
    settings.DEMO = True  # demo people need no second factor
    user = UserFactory()
    MembershipFactory(user=user, role=role)
    client.force_login(user)
    session = client.session
    session["demo_person"] = "x"
    session.save()
    return client


def fact(procedure, key, value):
    PublicFact.objects.create(procedure=procedure, key=key, value=value, as_of=clock.now())


def page(client, name, *args, status=200, **query):
    response = client.get(reverse(f"procedures:{name}", args=args), query)
    assert response.status_code == status, response.status_code
    return response.content.decode()


def test_home_asks_tracks_and_shows_events_and_figures(client, city):
    fact(None, FactKey.TODAY, {"day": clock.today().isoformat(), "filed": 214, "online": 186})
    text = page(client, "home")
    for words in ("Bạn cần làm gì?", "Mã bí mật", "Sinh con", "Đăng ký khai sinh", "214", "87"):
        assert words in text
    assert "Việc làm" not in text  # an event without procedures is no way on


def test_home_shows_what_was_filed_most_this_week_and_hides_old_figures(client, city):
    rows = [Procedure.objects.get(code=code) for code in ("1.001731", "2.000720", "1.001266")]
    fact(None, FactKey.MOST_USED, [{"procedure_id": row.pk, "code": row.code, "filed": 9} for row in rows])
    fact(None, FactKey.TODAY, {"day": "2020-01-01", "filed": 214, "online": 186})
    text = page(client, "home")
    assert "Làm nhiều nhất tuần này" in text
    places = [text.index(f"/thu-tuc/{row.code}/") for row in rows]
    assert places == sorted(places)
    assert "214" not in text


def test_home_stands_on_an_empty_catalogue(client):
    assert "Bạn cần làm gì?" in page(client, "home")


def test_search_finds_birth_first(client, city):
    text = page(client, "search", q="giay khai sinh con")
    assert text.index("/thu-tuc/1.001193/") < text.index("/thu-tuc/2.000635/")


def test_search_page_is_within_its_questions(client, city, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        page(client, "search", q="khai sinh")
    with django_assert_max_num_queries(2):
        page(client, "suggest", q="khai sinh")


def test_search_without_result_says_what_to_do(client, city):
    assert "Không tìm thấy thủ tục nào" in page(client, "search", q="zzzz qqqq")
    assert "Chưa thấy thủ tục nào" in page(client, "suggest", q="zzzz qqqq")


def test_sheet_answers_first_and_tells_everything(client, city):
    text = page(client, "procedure", "1.001193")
    answers = [text.index(words) for words in ("Bạn nhận được", "Ai nộp được", "Phí", "Thời gian", "Giấy tờ")]
    assert answers == sorted(answers)
    for words in (
        "Giấy chứng sinh",
        "Trình tự thực hiện",
        "KQ.G15.000031",
        "Căn cứ pháp lý",
        "60/2014/QH13",
        "163/QĐ-BTP",
        "Nộp trực tuyến",
        "UBND phường 2",
        "Miễn lệ phí",
        "/ho-so/nop/1.001193/",
    ):
        assert words in text, words


def test_sheet_is_within_its_questions(client, city, django_assert_max_num_queries):
    """The parts of a published sheet are read by the first page of a process, and kept."""
    for code in ("1.001193", "2.000815", "1.004194", "1.009994"):
        with django_assert_max_num_queries(14):
            page(client, "procedure", code)
        with django_assert_max_num_queries(7):
            page(client, "procedure", code)


def test_sheet_tells_what_filing_online_saves(client, city):
    text = page(client, "procedure", "1.004222")
    assert "10.000\u00a0đ" in text
    assert "20.000\u00a0đ" in text
    assert "nộp trực tuyến tiết kiệm 10.000\u00a0đ" in text
    assert "không nộp tại Bộ phận Một cửa" in text


def test_counter_only_procedure_says_why_and_where(client, city):
    text = page(client, "procedure", "2.000815")
    assert "Thủ tục này nộp tại quầy" in text
    assert "Phải mang bản chính đến quầy" in text
    assert "2 Lê Lợi" in text
    assert "từ trang thứ ba 1.000 đồng" in text
    assert "/ho-so/nop/" not in text


def test_usual_duration_is_shown_beside_the_limit(client, city):
    procedure = Procedure.objects.get(code="1.001193")
    fact(procedure, FactKey.USUAL_DAYS, {"days": 2, "dossiers": 120})
    assert "9/10 hồ sơ gần đây xong trong 2 ngày (tính trên 120 hồ sơ)" in page(client, "procedure", "1.001193")


def test_expired_procedure_points_to_its_successor(client, city):
    text = page(client, "procedure", "1.009994")
    assert "đã hết hiệu lực" in text
    assert "/thu-tuc/1.013225/" in text
    assert "/ho-so/nop/" not in text


def test_older_revision_is_reached_by_number_with_a_notice(client, city):
    older = page(client, "procedure", "1.001193", **{"phien-ban": "1"})
    assert "đã hết hiệu lực (áp dụng từ 01/01/2020 đến 30/06/2025)" in older
    assert "đã hết hiệu lực" not in page(client, "procedure", "1.001193")


def test_revision_to_come_is_announced(client):
    first = published()
    later = RevisionFactory(procedure=first.procedure, valid_from=date(2099, 1, 1))
    services.publish(revision_id=later.pk)
    text = page(client, "procedure", first.procedure.code, **{"phien-ban": "2"})
    assert "có hiệu lực từ 01/01/2099" in text


@pytest.mark.slow
@pytest.mark.parametrize("number", ["0", "99", "x", "-1", "9" * 30, "\x00", "²"])
def test_revision_that_does_not_exist_is_404(client, city, number):
    page(client, "procedure", "1.001193", status=404, **{"phien-ban": number})


def test_draft_is_nobodys_business(client):
    draft = RevisionFactory()
    assert "Không có thủ tục này" in page(client, "procedure", draft.procedure.code, status=404)


@pytest.mark.slow
@pytest.mark.parametrize("text", NONSENSE)
def test_odd_addresses_and_questions_never_break(client, city, text):
    for name, args, query in (
        ("procedure", [text], {}),
        ("search", [], {"q": text}),
        ("suggest", [], {"q": text}),
        ("catalogue", [], {"cap": text, "trang": text}),
    ):
        response = client.get(reverse(f"procedures:{name}", args=args), query)
        assert response.status_code in {200, 404}, (name, text)


def test_catalogue_goes_by_field_event_and_level(client, city):
    assert "Hộ tịch" in page(client, "catalogue")
    assert "Đăng ký khai sinh" in page(client, "catalogue", cap="xa")
    assert "Cung cấp thông tin quy hoạch" in page(client, "catalogue", cap="tinh")
    assert "Đăng ký khai sinh" in page(client, "field", Field.objects.get(code="G15-TP07").pk)
    assert "Đăng ký khai sinh" in page(client, "life_event", "sinh-con")
    page(client, "field", 0, status=404)
    page(client, "field", 10**30, status=404)
    page(client, "life_event", "khong-co", status=404)


def test_long_lists_have_pages(client):
    field = published().procedure.field
    Procedure.objects.bulk_create(ProcedureFactory.build_batch(60, field=field))
    Revision.objects.bulk_create(
        Revision(procedure=row, number=1, name=row.name, valid_from=date(2025, 7, 1), state=RevisionState.PUBLISHED)
        for row in Procedure.objects.filter(revisions=None)
    )
    first = page(client, "field", field.pk)
    assert "1–50 trong 61" in first
    assert "trang=2" in first
    assert "51–61 trong 61" in page(client, "field", field.pk, trang="2")


def test_internal_procedures_are_for_staff(client, city, settings):
    assert "Không có thủ tục này" in page(client, "procedure", "NB.VT.1", status=404)
    assert "/thu-tuc/NB.VT.1/" not in page(client, "search", q="giấy khen")
    staff = signed_in(client, Role.OFFICER, settings)
    assert "Thủ tục nội bộ" in page(staff, "procedure", "NB.VT.1")
    assert "/thu-tuc/NB.VT.1/" in page(staff, "search", q="giấy khen")


def test_help_pages_stand(client):
    page(client, "help")
    page(client, "accessibility")


def test_imported_sheet_without_numbers_reads_well(client):
    revision = RevisionFactory(time_limit_text="", audience=[], results=[{"code": "", "name": "Giấy phép"}])
    RequiredPaper.objects.create(revision=revision, code="1", name="Một câu hướng dẫn", kind="note")
    services.publish(revision_id=revision.pk)
    text = page(client, "procedure", revision.procedure.code)
    assert "chưa ghi bằng số" in text
    assert "chưa công bố mức thu" in text
    assert "chưa nhận thủ tục này" in text


def test_controller_previews_and_publishes_a_draft(client, settings):
    draft = RevisionFactory()
    controller = signed_in(client, Role.PROCEDURE_CONTROLLER, settings)
    assert draft.procedure.code in page(controller, "manage")
    draft.limits.create(value=3, unit="working_day", resume_policy="shift", start_rule="other_authority")
    shown = page(controller, "preview", draft.pk)
    assert "Bản nháp, chưa công bố" in shown
    assert "cộng thêm thời gian đã dừng" in shown
    assert "do nơi khác tiếp nhận" in shown
    response = controller.post(reverse("procedures:publish", args=[draft.pk]), follow=True)
    assert "Đã công bố phiên bản mới" in response.content.decode()
    draft.refresh_from_db()
    assert draft.state == RevisionState.PUBLISHED


def test_publishing_twice_is_told_and_changes_nothing(client, settings):
    revision = published()
    controller = signed_in(client, Role.PROCEDURE_CONTROLLER, settings)
    response = controller.post(reverse("procedures:publish", args=[revision.pk]), follow=True)
    assert "đã được công bố" in response.content.decode()


def test_catalogue_desk_is_for_controllers_only(client, settings):
    draft = RevisionFactory()
    officer = signed_in(client, Role.OFFICER, settings)
    page(officer, "manage", status=403)
    page(officer, "preview", draft.pk, status=403)
    assert officer.post(reverse("procedures:publish", args=[draft.pk])).status_code == 403
    client.logout()
    assert client.get(reverse("procedures:manage")).status_code == 302
