"""Public pages and the catalogue desk through the client, each test with procedures of its own: who sees what, publishing."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.enums import Role
from procedures import services
from procedures.enums import RevisionState
from procedures.models import Procedure, RequiredPaper, Revision
from tests.factories import MembershipFactory, UserFactory
from tests.procedures.factories import ProcedureFactory, RevisionFactory, published

pytestmark = [pytest.mark.django_db, pytest.mark.web]


def signed_in(client, role, settings):
    settings.DEMO = True  # demo people need no second factor
    user = UserFactory()
    MembershipFactory(user=user, role=role)
    client.force_login(user)
    session = client.session
    session["demo_person"] = "x"
    session.save()
    return client


def page(client, name, *args, status=200, **query):
    response = client.get(reverse(f"procedures:{name}", args=args), query)
    assert response.status_code == status, response.status_code
    return response.content.decode()


def test_home_stands_on_an_empty_catalogue(client):
    assert "Bạn cần làm gì?" in page(client, "home")


def test_revision_to_come_is_announced(client):
    first = published()
    later = RevisionFactory(procedure=first.procedure, valid_from=date(2099, 1, 1))
    services.publish(revision_id=later.pk)
    text = page(client, "procedure", first.procedure.code, **{"phien-ban": "2"})
    assert "có hiệu lực từ 01/01/2099" in text


def test_draft_is_nobodys_business(client):
    draft = RevisionFactory()
    assert "Không có thủ tục này" in page(client, "procedure", draft.procedure.code, status=404)


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
