"""Forms of the administration screens: staff, dated roles, units, calendars."""

from datetime import date, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.closing import REST
from accounts.enums import WORK_ROLES, ClosingRule, DayKind, Office, Role, UnitKind
from accounts.fields import CitizenIdField, PersonNameField, PhoneField
from accounts.models import Membership, OrgUnit
from accounts.queries import open_on, successor_candidates, units_under
from accounts.services.closings import ClosingFacts
from accounts.services.units import UnitFacts
from portal import clock
from portal.drawing import not_always_optional

WEEKDAYS = [
    (1, _("Thứ Hai")),
    (2, _("Thứ Ba")),
    (3, _("Thứ Tư")),
    (4, _("Thứ Năm")),
    (5, _("Thứ Sáu")),
    (6, _("Thứ Bảy")),
    (7, _("Chủ nhật")),
]
AUTHORITIES = frozenset({UnitKind.PROVINCE, UnitKind.CITY, UnitKind.WARD})
SLOTS = (("morning", _("sáng")), ("afternoon", _("chiều")))
CODE_HELP = _("Chữ thường không dấu, số và dấu gạch, ví dụ p-vung-tau. Không đổi được về sau.")


def unit_choices(unit_ids: frozenset[int], *, open_only: bool = True) -> list[tuple[int, str]]:
    """Units an administrator may choose from, with the unit they belong to."""
    rows = OrgUnit.objects.filter(pk__in=unit_ids).exclude(kind=UnitKind.GROUP).order_by("sort_order", "pk")
    if open_only:
        rows = rows.filter(open_on(clock.today()))
    return list(rows.values_list("pk", "name"))


def office_field() -> forms.ChoiceField:
    """Chief or deputy, for roles that sign."""
    return forms.ChoiceField(
        label=_("Chức danh khi ký"),
        choices=[("", _("Không nêu: in như cấp trưởng")), *Office.choices],
        required=False,
        help_text=_("Chỉ cho vai trò lãnh đạo. Cấp phó ký thì văn bản ghi KT. (ký thay)."),
    )


class OfficeForm(forms.Form):
    """Whether the holder of a role signs as the chief or as a deputy."""

    office = office_field()


class RoleForm(forms.Form):
    """One dated role in one unit."""

    unit = forms.TypedChoiceField(label=_("Đơn vị"), coerce=int)
    role = forms.ChoiceField(label=_("Vai trò"), choices=[("", _("Chọn vai trò")), *Role.choices])
    office = office_field()
    valid_from = forms.DateField(label=_("Từ ngày"), help_text=_("Ví dụ 01/12/2026."))
    valid_to = forms.DateField(
        label=_("Đến hết ngày"), required=False, help_text=_("Bỏ trống nếu chưa định ngày thôi việc này.")
    )

    identity = CitizenIdField(
        help_text=_("Lưu kín, để không ai được giao hồ sơ của chính mình. Không hiện lại ở trang nào.")
    )

    def __init__(self, *args: Any, unit_ids: frozenset[int], knows_number: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if knows_number:
            del self.fields["identity"]
        # Nothing is chosen beforehand: a role granted in the wrong unit opens the wrong dossiers.
        self.fields["unit"].choices = [("", _("Chọn đơn vị")), *unit_choices(unit_ids, open_only=False)]
        self.fields["valid_from"].initial = clock.today()


class StaffForm(RoleForm):
    """A new member of staff with a first role."""

    full_name = PersonNameField()
    email = not_always_optional(forms.EmailField(label=_("Thư điện tử công vụ"), required=False))
    phone = not_always_optional(PhoneField(required=False))
    field_order = ["full_name", "identity", "email", "phone", "unit", "role", "office", "valid_from", "valid_to"]


def successor_field(row: Membership, scope: frozenset[int], label: Any) -> forms.TypedChoiceField:
    """Who takes over a role and the work held in it: those who hold it, others, or nobody (the unit's queue)."""
    holding, others = successor_candidates(row.unit_id, row.role, scope, row.user_id)
    return forms.TypedChoiceField(
        label=label,
        coerce=int,
        required=False,
        empty_value=None,
        choices=[
            ("", _("Không ai: việc về hàng việc chung của đơn vị")),
            (_("Đang giữ vai trò này"), [(user.pk, user.full_name) for user in holding]),
            (_("Được cấp vai trò này từ ngày hôm sau"), [(user.pk, user.full_name) for user in others]),
        ],
        help_text=_("Nhận những việc người này đang giữ; phải chọn khi không còn ai khác giữ vai trò này."),
    )


class RevokeForm(forms.Form):
    """When a role ends, and who takes over."""

    last_day = forms.DateField(label=_("Ngày làm việc cuối"), required=False, help_text=_("Bỏ trống để thu hồi ngay."))

    def __init__(self, *args: Any, row: Membership, unit_ids: frozenset[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if row.role in WORK_ROLES:
            self.fields["successor"] = successor_field(row, unit_ids, _("Người kế nhiệm"))


class LockForm(forms.Form):
    """Who takes over each working role of a person whose account is locked."""

    def __init__(self, *args: Any, rows: list[Membership], unit_ids: frozenset[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            label = _("Người kế nhiệm: %(role)s – %(unit)s") % {"role": row.get_role_display(), "unit": row.unit.name}
            self.fields[f"successor_{row.pk}"] = successor_field(row, unit_ids, label)

    def successors(self) -> dict[int, int]:
        """Who was chosen, by membership."""
        chosen = {row.pk: self.cleaned_data[f"successor_{row.pk}"] for row in self.rows}
        return {membership_id: user_id for membership_id, user_id in chosen.items() if user_id is not None}


class UnitForm(forms.Form):
    """What a unit is called, where it stands, and since when."""

    name = forms.CharField(label=_("Tên đơn vị"), max_length=200)
    short_name = forms.CharField(label=_("Tên ngắn"), max_length=80, required=False)
    kind = forms.ChoiceField(label=_("Loại đơn vị"), choices=UnitKind.choices)
    parent = forms.TypedChoiceField(label=_("Trực thuộc"), coerce=int, required=False, empty_value=None)
    group = forms.TypedChoiceField(label=_("Khối (để tổng hợp số liệu)"), coerce=int, required=False, empty_value=None)
    authority_code = forms.CharField(
        label=_("Mã định danh (QĐ 20/2020/QĐ-TTg)"),
        max_length=35,
        required=False,
        help_text=_("Dùng trong mã hồ sơ, ví dụ H29.901."),
    )
    is_sample_code = forms.BooleanField(label=_("Mã mẫu, chưa được công bố"), required=False)
    place_code = forms.CharField(label=_("Mã địa bàn"), max_length=10, required=False)
    address = forms.CharField(label=_("Địa chỉ"), max_length=300, required=False)
    phone = forms.CharField(label=_("Điện thoại"), max_length=40, required=False)
    sort_order = forms.IntegerField(label=_("Thứ tự trong danh sách"), min_value=0, max_value=1_000_000, initial=0)
    valid_from = forms.DateField(label=_("Hoạt động từ ngày"))

    def __init__(self, *args: Any, unit_ids: frozenset[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        none = [("", _("Không có"))]
        groups = OrgUnit.objects.filter(pk__in=unit_ids, kind=UnitKind.GROUP).order_by("sort_order", "pk")
        self.fields["parent"].choices = none + unit_choices(unit_ids, open_only=False)
        self.fields["group"].choices = none + list(groups.values_list("pk", "name"))

    def facts(self, valid_to: date | None = None) -> UnitFacts:
        """What was entered, for the service."""
        data = dict(self.cleaned_data)
        data.pop("code", None)
        return UnitFacts(parent_id=data.pop("parent"), group_id=data.pop("group"), valid_to=valid_to, **data)


class NewUnitForm(UnitForm):
    """The same with the code, which never changes."""

    code = forms.SlugField(label=_("Mã đơn vị"), max_length=40, help_text=CODE_HELP)
    field_order = ["code"]


class ClosingForm(forms.Form):
    """The plan of a unit's end: last day, document, how its work is divided, and who goes on with which part."""

    last_day = forms.DateField(label=_("Hoạt động đến hết ngày"), help_text=_("Ví dụ 31/12/2026."))
    basis = forms.CharField(
        label=_("Văn bản quyết định"), max_length=200, help_text=_("Số, ngày, cơ quan ban hành; ghi vào từng hồ sơ.")
    )
    rule = forms.ChoiceField(
        label=_("Cách chia"),
        choices=ClosingRule.choices,
        initial=ClosingRule.ONE,
        help_text=_("Khi chia, lưu kế hoạch một lần để hiện từng phần."),
    )
    successor = forms.TypedChoiceField(
        label=_("Đơn vị kế thừa (phần còn lại khi chia)"), coerce=int, required=False, empty_value=None
    )

    def __init__(
        self, *args: Any, unit: OrgUnit, unit_ids: frozenset[int], keys: dict[str, tuple[str, int]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = self._successors(unit, unit_ids)
        self.fields["successor"].choices = [("", _("Chưa chọn")), *choices]
        self.fields["last_day"].disabled = unit.valid_to is not None
        self._keys = list(keys)
        for key, (label, total) in keys.items():
            words = _("%(label)s (%(total)s hồ sơ)") % {"label": label, "total": total}
            field = forms.TypedChoiceField(label=words, coerce=int, required=False, empty_value=None)
            field.choices = [("", _("Như phần còn lại")), *choices]
            self.fields[f"share_{key}"] = field

    def facts(self) -> ClosingFacts:
        """What was entered, for the service."""
        data = self.cleaned_data
        named = {REST: data["successor"], **{key: data[f"share_{key}"] for key in self._keys}}
        shares = {key: pk for key, pk in named.items() if pk is not None}
        return ClosingFacts(last_day=data["last_day"], basis=data["basis"], rule=data["rule"], shares=shares)

    @staticmethod
    def _successors(unit: OrgUnit, unit_ids: frozenset[int]) -> list[tuple[int, str]]:
        kinds = AUTHORITIES if unit.kind in AUTHORITIES else {unit.kind, *AUTHORITIES}
        rows = OrgUnit.objects.filter(open_on(clock.today()), pk__in=unit_ids, kind__in=kinds)
        rows = rows.exclude(pk__in=units_under(unit.pk)).order_by("sort_order", "pk")
        chosen = OrgUnit.objects.filter(predecessors=unit).order_by("sort_order", "pk")
        return list({row.pk: row.name for row in [*rows, *chosen]}.items())


class HoursForm(forms.Form):
    """Opening hours of a week and the cut-off; empty fields mean closed."""

    cutoff = forms.TimeField(
        label=_("Giờ chốt nhận trong ngày"),
        required=False,
        help_text=_("Hồ sơ đến sau giờ này tính từ ngày làm việc tiếp theo. Ví dụ 15:00."),
    )

    def __init__(self, *args: Any, weekly: dict[str, list[list[str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day, label in WEEKDAYS:
            pairs = weekly.get(str(day), [])
            for place, (slot, slot_label) in enumerate(SLOTS):
                pair = pairs[place] if place < len(pairs) else ["", ""]
                for end, word, value in (("from", _("từ"), pair[0]), ("to", _("đến"), pair[1])):
                    name = f"day_{day}_{slot}_{end}"
                    self.fields[name] = not_always_optional(
                        forms.TimeField(
                            label=f"{label}, {slot_label}, {word}",
                            required=False,
                            initial=value,
                            widget=forms.TimeInput(format="%H:%M", attrs={"inputmode": "numeric"}),
                        )
                    )

    def clean(self) -> dict[str, Any]:
        """Each half day needs both its times or none."""
        cleaned = super().clean()
        for day, _label in WEEKDAYS:
            for slot, _slot_label in SLOTS:
                begin, end = f"day_{day}_{slot}_from", f"day_{day}_{slot}_to"
                if begin in self.errors or end in self.errors:
                    continue
                if bool(cleaned.get(begin)) != bool(cleaned.get(end)):
                    missing = end if cleaned.get(begin) else begin
                    self.add_error(missing, _("Hãy ghi cả giờ bắt đầu và giờ kết thúc, hoặc bỏ trống cả hai."))
        return cleaned

    def weekly(self) -> dict[int, list[tuple[time, time]]]:
        """The hours entered, for the service."""
        found: dict[int, list[tuple[time, time]]] = {}
        for day, _label in WEEKDAYS:
            for slot, _slot_label in SLOTS:
                begin, end = self.cleaned_data[f"day_{day}_{slot}_from"], self.cleaned_data[f"day_{day}_{slot}_to"]
                if begin and end:
                    found.setdefault(day, []).append((begin, end))
        return found

    def rows(self) -> list[dict[str, Any]]:
        """Fields by weekday with the text they show, for the page's table."""
        return [
            {
                "label": label,
                "fields": [self._cell(f"day_{day}_{slot}_{end}") for slot, _label in SLOTS for end in ("from", "to")],
            }
            for day, label in WEEKDAYS
        ]

    def _cell(self, name: str) -> dict[str, Any]:
        field = self[name]
        value = field.value()
        text = f"{value:%H:%M}" if isinstance(value, time) else value or ""
        return {
            "id_for_label": field.id_for_label,
            "html_name": name,
            "label": field.label,
            "errors": field.errors,
            "text": text,
        }


class DayForm(forms.Form):
    """A day off, or a working day that makes up for one."""

    day = forms.DateField(label=_("Ngày"), help_text=_("Ví dụ 02/01/2026."))
    kind = forms.ChoiceField(label=_("Loại"), choices=DayKind.choices)
    name = forms.CharField(label=_("Tên ngày"), max_length=120)
    note = forms.CharField(
        label=_("Căn cứ"), max_length=200, required=False, help_text=_("Số văn bản, để người sau kiểm tra được.")
    )
