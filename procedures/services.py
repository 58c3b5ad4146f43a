"""Verbs of the catalogue: publish, retire, offer, refresh search. Each owns its transaction and locks the procedure first."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from pydantic import ValidationError

from accounts.models import OrgUnit
from portal import clock
from portal.errors import NotNowError, UserError
from procedures import formspec, limits, result_templates, route_check, search
from procedures.enums import ClockName, PaperKind, RevisionState, ServiceLevel
from procedures.models import OnlineOffering, PostalListing, Procedure, RequiredPaper, Revision, SearchEntry
from procedures.start_rules import START_RULES

DAY = timedelta(days=1)


@transaction.atomic
def publish(*, revision_id: int) -> Revision:
    """Publish a draft: from then on neither it nor its papers, fees, limits and route change.

    The revision in force before ends the day before; one that began on the same day is set aside as retired.
    Raises NotNowError when it is no draft, UserError when its sheet is not fit or its dates collide.
    """
    found = Revision.objects.select_related("procedure").get(pk=revision_id)
    Procedure.objects.select_for_update(of=("self",), no_key=True).get(pk=found.procedure_id)
    revision = Revision.objects.get(pk=revision_id)
    if revision.state != RevisionState.DRAFT:
        raise NotNowError(_("Phiên bản này đã được công bố. Muốn thay đổi, hãy lập phiên bản mới."))
    check_sheet(revision)
    _end_previous(revision)
    revision.state = RevisionState.PUBLISHED
    revision.save(update_fields=["state", "updated_at"])
    Procedure.objects.filter(pk=revision.procedure_id).update(name=revision.name, updated_at=clock.now())
    refresh_search([revision.procedure_id])
    return revision


@transaction.atomic
def retire(*, procedure_id: int, on: date, replaced_by_id: int | None = None) -> Procedure:
    """Abolish a procedure from a day on; its sheet stays readable as history."""
    procedure = Procedure.objects.select_for_update(of=("self",), no_key=True).get(pk=procedure_id)
    for revision in procedure.revisions.filter(state=RevisionState.PUBLISHED).order_by("number", "pk"):
        if revision.valid_to is None or revision.valid_to >= on:
            _close(revision, on)
    for offering in procedure.offerings.filter(valid_from__lt=on).order_by("pk"):
        if offering.valid_to is None or offering.valid_to >= on:
            offering.valid_to = on - DAY
            offering.save(update_fields=["valid_to", "updated_at"])
    procedure.retired_on = on
    procedure.replaced_by_id = replaced_by_id
    procedure.save(update_fields=["retired_on", "replaced_by", "updated_at"])
    search.bump()
    return procedure


@transaction.atomic
def offer(
    *,
    procedure_id: int,
    unit_id: int,
    level: int,
    valid_from: date,
    valid_to: date | None = None,
    department_id: int | None = None,
    reason: str = "",
    reason_note: str = "",
    decided_by: str = "",
) -> OnlineOffering:
    """State that a unit serves a procedure from a day on, how far online, and why not fully.

    An open-ended earlier statement ends the day before. Any other overlap, a closed unit, or a missing reason
    raises UserError. The procedure's row is locked, so two statements cannot pass each other.
    """
    Procedure.objects.select_for_update(of=("self",), no_key=True).get(pk=procedure_id)
    unit = OrgUnit.objects.get(pk=unit_id)
    if unit.valid_from > valid_from or (unit.valid_to is not None and unit.valid_to < (valid_to or valid_from)):
        raise UserError(_("Đơn vị không hoạt động trong thời gian này. Hãy chọn thời gian đơn vị còn hoạt động."))
    if level != ServiceLevel.FULL and not reason:
        raise UserError(_("Thủ tục chưa trực tuyến toàn trình phải ghi lý do."), field="reason")
    for other in OnlineOffering.objects.filter(procedure_id=procedure_id, unit_id=unit_id).order_by("valid_from", "pk"):
        _make_room(other, valid_from, valid_to)
    return OnlineOffering.objects.create(
        procedure_id=procedure_id,
        unit_id=unit_id,
        department_id=department_id,
        level=level,
        valid_from=valid_from,
        valid_to=valid_to,
        reason=reason,
        reason_note=reason_note,
        decided_by=decided_by,
    )


@transaction.atomic
def list_for_post(
    *, office: OrgUnit, desk: OrgUnit, procedure: Procedure, valid_from: date, decision: str, within: Collection[int]
) -> PostalListing:
    """Say that an office of the post takes a procedure for a desk from a day on; what stood there ends the day before.

    `within`: the units whose lists the person may change. Raises UserError without a decision, for an internal procedure, a
    unit that is closed then, a day that is taken, or where the office works for a desk of somebody else's.
    """
    Procedure.objects.select_for_update(of=("self",), no_key=True).get(pk=procedure.pk)
    if not decision.strip():
        raise UserError(_("Hãy ghi số, ngày của quyết định hoặc hợp đồng."), field="decision")
    if procedure.is_internal:
        raise UserError(_("Thủ tục nội bộ chỉ nhận trực tuyến, không nhận qua bưu điện."), field="procedure")
    for unit, field in ((office, "office"), (desk, "desk")):
        if unit.valid_from > valid_from or (unit.valid_to is not None and unit.valid_to < valid_from):
            raise UserError(_("Đơn vị không hoạt động vào ngày này. Hãy chọn đơn vị hoặc ngày khác."), field=field)
    known = PostalListing.objects.filter(office=office, procedure=procedure)
    if known.filter(valid_from__gte=valid_from).exists():
        raise UserError(_("Danh mục đã có dòng từ ngày này hoặc sau đó. Hãy chọn ngày khác."), field="valid_from")
    still = Q(valid_to__isnull=True) | Q(valid_to__gte=valid_from)
    other = known.filter(still).exclude(desk_id__in=within).select_related("desk").first()
    if other is not None:
        words = {"desk": other.desk.name}
        raise UserError(
            _("Điểm bưu điện này đang nhận thủ tục này cho %(desk)s; nơi ấy phải kết thúc trước.") % words,
            field="office",
        )
    known.filter(still).update(valid_to=valid_from - timedelta(days=1))
    return PostalListing.objects.create(
        office=office, desk=desk, procedure=procedure, valid_from=valid_from, decision=decision.strip()[:200]
    )


@transaction.atomic
def end_listing(*, listing_id: int, last_day: date) -> PostalListing:
    """Give a row of the post's list its last day. Raises UserError when it has one, or the day lies before its first."""
    row = PostalListing.objects.select_for_update(of=("self",)).get(pk=listing_id)
    if row.valid_to is not None:
        raise UserError(_("Dòng này đã có ngày kết thúc."))
    if last_day < row.valid_from:
        raise UserError(_("Ngày kết thúc phải không sớm hơn ngày bắt đầu."), field="last_day")
    row.valid_to = last_day
    row.save(update_fields=["valid_to", "updated_at"])
    return row


@transaction.atomic
def refresh_search(procedure_ids: Iterable[int]) -> None:
    """Write the search rows of procedures from their newest published revision, and tell all processes."""
    keys = list(procedure_ids)
    revisions = Revision.objects.filter(procedure_id__in=keys, state=RevisionState.PUBLISHED)
    newest = {row.procedure_id: row for row in revisions.select_related("procedure__field").order_by("number", "pk")}
    papers: dict[int, list[str]] = defaultdict(list)
    rows = RequiredPaper.objects.filter(revision__in=[row.pk for row in newest.values()]).exclude(kind=PaperKind.NOTE)
    for revision_id, name in rows.order_by("pk").values_list("revision_id", "name"):
        papers[revision_id].append(name[:300])
    entries = [search.entry_of(row.procedure, row, papers[row.pk]) for row in newest.values()]
    SearchEntry.objects.bulk_create(
        entries, update_conflicts=True, unique_fields=["procedure"], update_fields=["name", "body"], batch_size=500
    )
    search.bump()


def check_sheet(revision: Revision) -> None:
    """Refuse a sheet that could not be filed or worked on: a broken form, an unknown rule or paper, a route without end."""
    if not revision.name.strip():
        raise UserError(_("Phiên bản chưa có tên thủ tục."), field="name")
    if revision.form_spec is not None:
        try:
            formspec.load(revision.form_spec)
        except ValidationError as error:
            detail = formspec.faults(error)
            message = _("Biểu mẫu điện tử có lỗi nên chưa công bố được: %(detail)s") % {"detail": detail}
            raise UserError(message, field="form_spec") from error
    known = {rule.code for rule in START_RULES if rule.clock == ClockName.MAIN}
    unknown = [row.start_rule for row in revision.limits.all() if row.start_rule and row.start_rule not in known]
    if unknown:
        message = _("Quy tắc bắt đầu tính thời hạn “%(code)s” không có trong danh mục.") % {"code": unknown[0]}
        raise UserError(message, field="limits")
    _check_template(revision)
    _check_route(revision)


def _check_template(revision: Revision) -> None:
    """A misspelt template would quietly issue the general notice."""
    code = result_templates.code_named(revision.results)
    if code and not result_templates.is_known(code):
        message = _("Mẫu kết quả “%(code)s” không có trong danh mục nên chưa công bố được.") % {"code": code}
        raise UserError(message, field="results")


def _check_route(revision: Revision) -> None:
    rules = [limits.as_limit(row.value, row.unit) for row in revision.limits.all()]
    steps = limits.steps_of(revision.route.all())
    found = route_check.faults(steps, [limit for limit in rules if limit is not None])
    if found:
        message = _("Quy trình nội bộ có lỗi nên chưa công bố được. %(detail)s") % {"detail": " ".join(found)}
        raise UserError(message, field="route")


def _end_previous(revision: Revision) -> None:
    later = revision.valid_to or date.max
    published = Revision.objects.filter(procedure_id=revision.procedure_id, state=RevisionState.PUBLISHED)
    for other in published.order_by("valid_from", "pk"):
        if other.valid_from > later or (other.valid_to is not None and other.valid_to < revision.valid_from):
            continue
        if other.valid_from > revision.valid_from:
            detail = {"day": f"{other.valid_from:%d/%m/%Y}"}
            raise UserError(
                _("Đã có phiên bản công bố, hiệu lực từ %(day)s. Hãy đặt ngày hiệu lực sau ngày đó.") % detail,
                field="valid_from",
            )
        _close(other, revision.valid_from)


def _close(revision: Revision, on: date) -> None:
    """End a published revision the day before `on`; set it aside when it would never have been in force."""
    if revision.valid_from < on:
        revision.valid_to = on - DAY
    else:
        revision.state, revision.valid_to = RevisionState.RETIRED, revision.valid_from
    revision.save(update_fields=["state", "valid_to", "updated_at"])


def _make_room(other: OnlineOffering, valid_from: date, valid_to: date | None) -> None:
    if (other.valid_to is not None and other.valid_to < valid_from) or (
        valid_to is not None and other.valid_from > valid_to
    ):
        return
    if other.valid_to is None and other.valid_from < valid_from:
        other.valid_to = valid_from - DAY
        other.save(update_fields=["valid_to", "updated_at"])
        return
    raise UserError(
        _("Đơn vị đã có mức độ trực tuyến cho thủ tục này từ %(day)s. Hãy chọn khoảng thời gian không trùng.")
        % {"day": f"{other.valid_from:%d/%m/%Y}"},
        field="valid_from",
    )
