"""Publishing, retiring, offering; the database refuses changes of what was published."""

from datetime import date

import pytest
from django.db import ProgrammingError, transaction

from portal.errors import NotNowError, UserError
from procedures import queries, services
from procedures.enums import RevisionState, ServiceLevel
from procedures.models import OnlineOffering, Revision
from tests.factories import UnitFactory
from tests.procedures.factories import ProcedureFactory, RevisionFactory, published

pytestmark = pytest.mark.django_db
IMMUTABLE = "a published revision of a procedure is immutable"


def refused(act):
    with pytest.raises(ProgrammingError, match=IMMUTABLE), transaction.atomic():
        act()


def test_published_revision_cannot_be_changed_or_deleted_by_anybody():
    revision = published(papers=["Tờ khai"], fees=[(1, 5000)])
    rows = Revision.objects.filter(pk=revision.pk)
    refused(lambda: rows.update(conditions="Sửa lén"))
    refused(lambda: rows.update(state=RevisionState.DRAFT))
    refused(rows.delete)
    refused(lambda: revision.papers.update(name="Khác"))
    refused(revision.papers.all().delete)
    refused(lambda: revision.fees.update(amount=0))
    refused(lambda: revision.limits.update(value=99))


def test_end_of_validity_may_be_written():
    revision = published()
    Revision.objects.filter(pk=revision.pk).update(valid_to=date(2026, 12, 31))


def test_draft_may_be_changed_and_deleted():
    revision = RevisionFactory()
    Revision.objects.filter(pk=revision.pk).update(conditions="Sửa nháp")
    revision.delete()


def test_publishing_ends_the_revision_before_the_day_before():
    first = published()
    second = RevisionFactory(procedure=first.procedure, valid_from=date(2026, 9, 1))
    services.publish(revision_id=second.pk)
    first.refresh_from_db()
    assert first.valid_to == date(2026, 8, 31)
    assert queries.current_revision(first.procedure, date(2026, 8, 31)) == first
    assert queries.current_revision(first.procedure, date(2026, 9, 1)) == second


def test_publishing_twice_is_refused():
    revision = published()
    with pytest.raises(NotNowError):
        services.publish(revision_id=revision.pk)


def test_publishing_before_a_published_one_is_refused():
    first = published()
    early = RevisionFactory(procedure=first.procedure, valid_from=date(2025, 1, 1))
    with pytest.raises(UserError, match="01/07/2025"):
        services.publish(revision_id=early.pk)
    early.refresh_from_db()
    assert early.state == RevisionState.DRAFT


def test_history_may_be_published_before_what_is_in_force():
    first = published()
    old = RevisionFactory(procedure=first.procedure, valid_from=date(2020, 1, 1), valid_to=date(2025, 6, 30))
    services.publish(revision_id=old.pk)
    first.refresh_from_db()
    assert first.valid_to is None
    assert queries.current_revision(first.procedure, date(2022, 9, 30)) == old


def test_an_unknown_result_template_is_not_published():
    draft = RevisionFactory(results=[{"code": "KQ1", "name": "Kết quả", "template": "khong_co"}])
    with pytest.raises(UserError, match="“khong_co” không có trong danh mục") as caught:
        services.publish(revision_id=draft.pk)
    assert caught.value.field == "results"
    Revision.objects.filter(pk=draft.pk).update(results=[{"code": "KQ1", "name": "x", "template": "khai_sinh"}])
    assert services.publish(revision_id=draft.pk).state == RevisionState.PUBLISHED


def test_broken_form_is_not_published():
    revision = RevisionFactory(form_spec={"version": 1, "steps": [{"key": "a", "title": "A", "fields": []}]})
    with pytest.raises(UserError, match="Biểu mẫu điện tử"):
        services.publish(revision_id=revision.pk)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"kind": "richtext"}, "steps.0.fields.1: Không có loại câu hỏi “richtext”."),
        ({"label": {"en": "Name"}}, "steps.0.fields.1.label: Thiếu lời tiếng Việt (“vi”)."),
        ({"key": "a"}, "a: khóa này đứng hai lần"),
        ({"when": {"field": "a", "in": ["1"]}}, "b: điều kiện phải hỏi một lựa chọn đứng trước"),
        ({"kind": "identity", "party": {"name": "c"}}, "không có câu hỏi nào mang khóa c"),
        ({"kind": "radio"}, "b: câu hỏi chọn một cần có các lựa chọn"),
        ({"columns": []}, "steps.0.fields.1.columns: Extra inputs are not permitted"),
    ],
)
def test_fault_of_a_form_is_told_with_its_place(change, sentence):
    fields = [{"key": "a", "label": "A", "kind": "text"}, {"key": "b", "label": "B", "kind": "text", **change}]
    revision = RevisionFactory(form_spec={"version": 1, "steps": [{"key": "a", "title": "A", "fields": fields}]})
    with pytest.raises(UserError) as caught:
        services.publish(revision_id=revision.pk)
    assert str(caught.value.message).endswith(sentence)


def test_retired_procedure_is_in_force_until_the_day_before():
    revision = published()
    unit = UnitFactory()
    offering = services.offer(
        procedure_id=revision.procedure_id, unit_id=unit.pk, level=ServiceLevel.FULL, valid_from=date(2025, 7, 1)
    )
    services.retire(procedure_id=revision.procedure_id, on=date(2026, 5, 1))
    offering.refresh_from_db()
    assert offering.valid_to == date(2026, 4, 30)
    assert queries.current_revision(revision.procedure, date(2026, 4, 30)) == revision
    assert queries.current_revision(revision.procedure, date(2026, 5, 1)) is None


@pytest.fixture
def offer():
    procedure, unit = ProcedureFactory(), UnitFactory(valid_to=date(2030, 12, 31))

    def make(start, end=None, level=ServiceLevel.FULL, **facts):
        return services.offer(
            procedure_id=procedure.pk, unit_id=unit.pk, level=level, valid_from=start, valid_to=end, **facts
        )

    return make


def test_new_level_ends_the_one_before(offer):
    first = offer(date(2026, 1, 1), level=ServiceLevel.NONE, reason="presence")
    second = offer(date(2026, 6, 1))
    first.refresh_from_db()
    assert first.valid_to == date(2026, 5, 31)
    assert queries.offering_on(first.procedure, first.unit, date(2026, 5, 31)) == first
    assert queries.offering_on(first.procedure, first.unit, date(2026, 6, 1)) == second


@pytest.mark.parametrize(("start", "end"), [((2026, 3, 1), None), ((2025, 1, 1), (2026, 2, 1)), ((2026, 1, 1), None)])
def test_overlapping_offering_is_refused(offer, start, end):
    offer(date(2026, 1, 1), date(2026, 12, 31))
    with pytest.raises(UserError, match="không trùng"):
        offer(date(*start), date(*end) if end else None)


def test_offering_not_fully_online_needs_a_reason(offer):
    with pytest.raises(UserError, match="lý do"):
        offer(date(2026, 1, 1), level=ServiceLevel.PARTIAL)


def test_closed_unit_offers_nothing(offer):
    with pytest.raises(UserError, match="không hoạt động"):
        offer(date(2031, 1, 1))
    assert not OnlineOffering.objects.exists()
