"""Verbs on organisation units: create, edit, close with successors. A unit named in legal facts is closed, never deleted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib.admin.models import ADDITION, CHANGE
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.enums import UnitKind
from accounts.models import OrgUnit, User
from accounts.queries import units_under
from accounts.services.audit import record
from portal.db import named_violation
from portal.errors import UserError
from portal.text import clean


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """What the administrator or a seed says about a unit."""

    name: str
    kind: str
    valid_from: date
    short_name: str = ""
    authority_code: str = ""
    is_sample_code: bool = False
    parent_id: int | None = None
    group_id: int | None = None
    place_code: str = ""
    address: str = ""
    phone: str = ""
    sort_order: int = 0
    valid_to: date | None = None


_FIELDS = (
    "name",
    "kind",
    "valid_from",
    "short_name",
    "authority_code",
    "is_sample_code",
    "parent_id",
    "group_id",
    "place_code",
    "address",
    "phone",
    "sort_order",
    "valid_to",
)


@transaction.atomic
def create_unit(*, by: User | None, code: str, facts: UnitFacts) -> OrgUnit:
    """Make a unit. Raises UserError for a code in use, a wrong group or parent, or dates out of order."""
    unit = OrgUnit(code=code)
    _set(unit, facts)
    taken = UserError(_("Mã đơn vị này đã có. Vui lòng chọn mã khác."), field="code")
    with named_violation("accounts_orgunit_code_key", taken):
        unit.save(force_insert=True)
    record(by=by, flag=ADDITION, thing=unit, event="unit.created", code=unit.code, kind=unit.kind)
    return unit


@transaction.atomic
def edit_unit(*, by: User | None, unit_id: int, facts: UnitFacts) -> OrgUnit:
    """Change what a unit is called and where it stands. Past figures keep the unit they were counted for."""
    unit = _locked(unit_id)
    before = {name: getattr(unit, name) for name in _FIELDS}
    _set(unit, facts)
    changed = sorted(name for name in _FIELDS if before[name] != getattr(unit, name))
    if changed:
        unit.save(update_fields=[*(name.removesuffix("_id") for name in changed), "updated_at"])
        record(by=by, flag=CHANGE, thing=unit, event="unit.edited", code=unit.code, fields=" ".join(changed))
    return unit


@transaction.atomic
def close_unit(*, by: User | None, unit_id: int, last_day: date, successor_ids: Iterable[int] = ()) -> OrgUnit:
    """End a unit after `last_day` and name who takes over; from the next day it accepts no filing.

    Raises UserError when units below it are still open after that day, or a successor does not exist then.
    """
    unit = _locked(unit_id)
    if last_day < unit.valid_from:
        raise UserError(_("Ngày kết thúc phải sau ngày bắt đầu hoạt động của đơn vị."), field="last_day")
    below = [child for child in units_under(unit.pk) if child != unit.pk]
    if OrgUnit.objects.filter(pk__in=below).exclude(valid_to__lte=last_day).exists():
        raise UserError(
            _("Còn đơn vị trực thuộc đang hoạt động. Vui lòng kết thúc các đơn vị đó trước."), field="last_day"
        )
    unit.valid_to = last_day
    unit.save(update_fields=["valid_to", "updated_at"])
    record(by=by, flag=CHANGE, thing=unit, event="unit.closed", code=unit.code, last_day=last_day)
    return set_successors(by=by, unit_id=unit.pk, successor_ids=successor_ids)


@transaction.atomic
def set_successors(*, by: User | None, unit_id: int, successor_ids: Iterable[int]) -> OrgUnit:
    """Name the units that take over a closed one's work (several after a split, one shared by several after a merger)."""
    unit = _locked(unit_id)
    wanted = list(OrgUnit.objects.filter(pk__in=list(successor_ids)))
    closed_on = unit.valid_to
    if closed_on is None and wanted:
        raise UserError(_("Chỉ đơn vị đã kết thúc hoạt động mới có đơn vị kế thừa."), field="successors")
    for successor in wanted:
        if successor.pk == unit.pk or (closed_on and successor.valid_to and successor.valid_to <= closed_on):
            raise UserError(
                _("%(name)s không hoạt động sau ngày đơn vị này kết thúc nên không kế thừa được.")
                % {"name": successor.name},
                field="successors",
            )
    if set(unit.successors.values_list("pk", flat=True)) != {row.pk for row in wanted}:
        unit.successors.set(wanted)
        codes = " ".join(sorted(row.code for row in wanted))
        record(by=by, flag=CHANGE, thing=unit, event="unit.successors", code=unit.code, successors=codes)
    return unit


def _set(unit: OrgUnit, facts: UnitFacts) -> None:
    if facts.valid_to is not None and facts.valid_to < facts.valid_from:
        raise UserError(_("Ngày kết thúc phải sau ngày bắt đầu."), field="valid_to")
    if facts.parent_id is not None and unit.pk is not None and facts.parent_id in units_under(unit.pk):
        raise UserError(_("Đơn vị không thể trực thuộc chính mình hoặc đơn vị dưới mình."), field="parent")
    if facts.group_id is not None and not OrgUnit.objects.filter(pk=facts.group_id, kind=UnitKind.GROUP).exists():
        raise UserError(_("Khối phải là một đơn vị loại “khối đơn vị”."), field="group")
    for name in _FIELDS:
        value = getattr(facts, name)
        setattr(unit, name, clean(value) if isinstance(value, str) else value)


def _locked(unit_id: int) -> OrgUnit:
    return OrgUnit.objects.select_for_update(of=("self",), no_key=True).get(pk=unit_id)
