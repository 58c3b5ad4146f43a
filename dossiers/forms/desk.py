"""Forms of the desk's acts, one per act; each carries the version of the dossier it was drawn from. No rule lives here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import LeaveCover, User
from accounts.queries import colleagues
from dossiers import answers, asked, money, supplement_days
from dossiers.models.attachment import Attachment
from dossiers.models.dossier import Dossier
from dossiers.models.lists import AssignRule
from dossiers.services import assign_rules
from dossiers.services.stuck import Staff, Way
from dossiers.services.terms import papers_for
from portal import clock
from portal.drawing import not_always_optional
from portal.kept import Kept
from portal.templatetags.ui import money as in_words
from procedures.formfields import CleanCharField, DayField, TickField
from procedures.formspec import Line

LARGEST = 2**31 - 1
_rules: Kept[int, list[AssignRule]] = Kept()  # for showing whom a rule names; acts read the rules themselves


def words(*, rows: int = 4, **kwargs: Any) -> CleanCharField:
    """Several lines of words."""
    return CleanCharField(lines=True, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


def day(**kwargs: Any) -> DayField:
    """A day as Vietnam writes it, typed in a plain field (works in every browser)."""
    return DayField(widget=forms.TextInput(attrs={"inputmode": "numeric", "placeholder": "dd/mm/yyyy"}), **kwargs)


def whole_number(text: object) -> int | None:
    """The number of a row that a page names in a hidden field; None for what no page of ours wrote."""
    typed = str(text or "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else None


class ActForm(forms.Form):
    """What all acts share. `dossier` is the row the page shows, `user` the person who acts, `given` its papers once read."""

    HIDDEN: ClassVar = frozenset({"version", "item"})

    version = forms.IntegerField(label=_("Phiên bản hồ sơ"), min_value=0, max_value=LARGEST, widget=forms.HiddenInput)
    item = forms.IntegerField(
        label=_("Bước đang làm"), min_value=1, max_value=2**63 - 1, required=False, widget=forms.HiddenInput
    )

    def __init__(
        self,
        data: Any = None,
        *,
        name: str,
        dossier: Dossier,
        user: User,
        item_id: int | None = None,
        given: Sequence[Attachment] | None = None,
    ) -> None:
        super().__init__(data, auto_id=f"{name}-%s", initial={"version": dossier.version, "item": item_id})
        self.item_id = item_id if data is None else whole_number(data.get("item"))
        self.dossier = dossier
        self.user = user
        self.given = given
        self.prepare()

    def prepare(self) -> None:
        """Fill choices that depend on the dossier."""

    def offer(self, way: Way) -> None:
        """Fill choices that depend on who can move the item on; asked when the form is drawn."""

    def facts(self) -> dict[str, Any]:
        """Keyword arguments of the service, beside dossier, person and version."""
        return {name: value for name, value in self.cleaned_data.items() if name not in self.HIDDEN}


class PlainForm(ActForm):
    """An act that needs no words: receive, forward, approve, issue."""


class ColleagueField(forms.ModelChoiceField):
    """Which colleague gets the work; how much each holds and who is on leave, and so comes last, is said beside the name."""

    def offer(self, people: QuerySet[User]) -> None:
        """Offer these people."""
        today = clock.today()
        away = LeaveCover.objects.filter(user=OuterRef("pk"), valid_from__lte=today, valid_to__gte=today)
        held = Count("work_items", filter=Q(work_items__closed_at__isnull=True))
        self.queryset = people.annotate(held=held, away=Exists(away)).order_by("away", "full_name", "pk")

    def label_from_instance(self, person: Any) -> str:
        """The name, and what speaks for or against the choice."""
        facts = {"name": person.full_name, "held": person.held}
        if person.away:
            return _("%(name)s (đang giữ %(held)s, đang nghỉ)") % facts
        return _("%(name)s (đang giữ %(held)s)") % facts


def leave_tick() -> TickField:
    """The tick of whoever gives work to a person on leave all the same."""
    return TickField(label=_("Vẫn giao dù người được chọn đang nghỉ (người trực thay xử lý được)"), required=False)


def staff_field() -> forms.IntegerField:
    """Whom an item is given to; any number, since the service asks whether the person may have it."""
    return forms.IntegerField(
        label=_("Giao cho"), min_value=1, max_value=2**63 - 1, required=False, widget=forms.Select
    )


def offer_staff(form: forms.Form, people: Iterable[Staff]) -> None:
    """Offer these people beside the queue in the `officer` field; what was sent stays chosen."""
    away = _("%(name)s (đang nghỉ)")
    named = [(one.user_id, away % {"name": one.name} if one.away_until is not None else one.name) for one in people]
    choices = [("", _("Trả về hàng chờ của đơn vị (chưa giao ai)")), *named]
    form.fields["officer"].widget = forms.Select(choices=choices)


class AssignForm(ActForm):
    """Which colleague of the department takes the dossier."""

    officer = ColleagueField(
        label=_("Chuyên viên thụ lý"), queryset=User.objects.none(), empty_label=_("Chọn chuyên viên")
    )
    despite_leave = leave_tick()

    def prepare(self) -> None:
        """Offer the officers of the unit that handles the dossier."""
        unit_id = self.dossier.department_id or self.dossier.competent_unit_id
        self.fields["officer"].offer(colleagues([unit_id], [Role.OFFICER]))
        if self.dossier.pk is not None:
            rules = _rules.one(unit_id, lambda: list(AssignRule.objects.filter(unit_id=unit_id).order_by("pk")))
            rule = assign_rules.deciding(self.dossier, rules)
            self.fields["officer"].initial = rule.officer_id if rule is not None else None

    def facts(self) -> dict[str, Any]:
        """The officer's id, and whether leave does not matter."""
        return {"officer_id": self.cleaned_data["officer"].pk, "despite_leave": self.cleaned_data["despite_leave"]}


class ReassignForm(ActForm):
    """Who gets an item instead of its holder; nobody: it waits in the unit's queue again."""

    officer = staff_field()
    despite_leave = leave_tick()
    reason = words(label=_("Lý do"), max_length=2000, rows=2)

    def offer(self, way: Way) -> None:
        """Offer those of the item's unit who can finish it."""
        offer_staff(self, way.able)

    def facts(self) -> dict[str, Any]:
        """The person's id (None: the queue), whether leave does not matter, the reason."""
        kept = {name: self.cleaned_data[name] for name in ("despite_leave", "reason")}
        return {"officer_id": self.cleaned_data["officer"], **kept}


class ReasonForm(ActForm):
    """An act that needs a reason: send back."""

    reason = words(label=_("Lý do"), max_length=2000)


class ReturnForm(ActForm):
    """Handing the result over."""

    handed_to = CleanCharField(label=_("Họ tên người nhận"), max_length=200)
    identity_seen = TickField(label=_("Đã đối chiếu giấy tờ tùy thân (hoặc giấy ủy quyền) của người nhận"))

    def prepare(self) -> None:
        """Most results are fetched by their owner; what is still to be paid is asked about before the paper is given away."""
        self.fields["handed_to"].initial = self.dossier.owner_name
        owed = money.owed(self.dossier) or 0
        if owed > 0:
            label = _("Còn phải nộp %(amount)s: đã báo người nhận và có căn cứ để trả khi chưa nộp")
            self.fields["unpaid_seen"] = TickField(label=label % {"amount": in_words(owed)})

    def facts(self) -> dict[str, Any]:
        """Who took it; that the identity was seen is a condition, not a fact to store."""
        return {"handed_to": self.cleaned_data["handed_to"]}


@dataclass(frozen=True, slots=True)
class Tick:
    """One line of the tick-list: names of its tick and its note in the form, and the item it makes."""

    tick: str
    note: str
    item: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TickGroup:
    """Lines of the tick-list under one heading, for the template; `is_open`: one of them is ticked, or wrong."""

    title: str
    lines: list[tuple[forms.BoundField, forms.BoundField]]
    is_open: bool = True


class AskSupplementForm(ActForm):
    """A supplement request: tick faulty papers and answers and note each, or name something else with its legal basis."""

    extra_name = not_always_optional(
        CleanCharField(label=_("Nội dung khác cần bổ sung"), max_length=300, required=False)
    )
    extra_basis = not_always_optional(
        CleanCharField(
            label=_("Căn cứ pháp lý của nội dung khác"),
            max_length=300,
            required=False,
            help_text=_("Điều, khoản, văn bản quy định phải có."),
        )
    )
    reason = words(label=_("Lý do"), max_length=2000, help_text=_("Hướng dẫn cụ thể, đầy đủ trong một lần."))
    answer_by = day(label=_("Hạn bổ sung"))

    def prepare(self) -> None:
        """Add a tick and a note for each paper of the dossier's case, and for each answer of its form."""
        self.fields["answer_by"].help_text = _(
            "Ngày làm việc, chậm nhất %(day)s. Trong thời gian chờ, hồ sơ tạm dừng tính hạn; quá hạn mà không bổ sung, "
            "hồ sơ tự kết thúc."
        ) % {"day": f"{supplement_days.latest(clock.today()):%d/%m/%Y}"}
        added: dict[str, forms.Field] = {}
        self.papers = [
            self._line(added, f"paper_{place}", {"paper_code": paper.code, "name": paper.name}, paper.name)
            for place, paper in enumerate(papers_for(self.dossier))
        ]
        self.questions = [
            (group.title, [self._question(added, f"field_{place}_{row}", line) for row, line in enumerate(group.lines)])
            for place, group in enumerate(answers.askable(self.dossier))
        ]
        hidden = {name: self.fields[name] for name in ("version", "item")}
        self.fields = {**hidden, **added, **{k: v for k, v in self.fields.items() if k not in hidden}}
        if self.dossier.supplements.exists():
            self.fields["reason"].label = _("Lý do phải yêu cầu lần nữa (của lãnh đạo)")

    @property
    def lines(self) -> list[Tick]:
        """All lines of the tick-list."""
        return [*self.papers, *(line for _title, lines in self.questions for line in lines)]

    def groups(self) -> list[TickGroup]:
        """The tick-list for the page: papers open, the form's answers folded by step until one is ticked."""
        papers = [TickGroup(_("Giấy tờ"), self._bound(self.papers))] if self.papers else []
        return papers + [
            TickGroup(_("Tờ khai: %(step)s") % {"step": title}, self._bound(lines), is_open=self._is_used(lines))
            for title, lines in self.questions
        ]

    def others(self) -> list[forms.BoundField]:
        """The fields below the tick-list."""
        ticks = {name for line in self.lines for name in (line.tick, line.note)}
        return [field for field in self.visible_fields() if field.name not in ticks]

    def clean(self) -> dict[str, Any]:
        """A tick needs its note, a note means its tick, another demand needs its legal basis."""
        data = super().clean() or self.cleaned_data
        items: list[dict[str, str]] = []
        for line in self.lines:
            note = data.get(line.note, "")
            if data.get(line.tick) and not note and line.note not in self.errors:
                self.add_error(line.note, _("Hãy ghi rõ cần bổ sung gì, sửa gì ở mục này."))
            elif note:
                items.append({**line.item, "note": note})
        name, basis = data.get("extra_name", ""), data.get("extra_basis", "")
        if name and not basis and "extra_basis" not in self.errors:
            self.add_error("extra_basis", _("Hãy ghi căn cứ pháp lý cho nội dung ngoài danh mục giấy tờ."))
        elif name:
            items.append({"paper_code": "", "name": name, "note": basis})
        if not items and not self.errors:
            self.add_error(None, _("Hãy chọn ít nhất một giấy tờ, một mục tờ khai hoặc ghi nội dung khác cần bổ sung."))
        self.items = items
        return data

    def facts(self) -> dict[str, Any]:
        """The items, the reason and the day."""
        return {"items": self.items, "reason": self.cleaned_data["reason"], "answer_by": self.cleaned_data["answer_by"]}

    def _line(
        self, added: dict[str, forms.Field], name: str, item: Mapping[str, str], label: str, help_text: str = ""
    ) -> Tick:
        """Add one line: its tick, and its note under a label of its own."""
        line = Tick(
            name, name.replace("paper", "note", 1).replace("field", "about", 1), {**item, "name": item["name"][:500]}
        )
        added[line.tick] = TickField(label=label, required=False, help_text=help_text)
        added[line.note] = not_always_optional(CleanCharField(label=_note_label(label), max_length=500, required=False))
        return line

    def _question(self, added: dict[str, forms.Field], name: str, line: Line) -> Tick:
        item = {"paper_code": "", asked.FIELD: line.key, "name": _("Tờ khai, mục “%(label)s”") % {"label": line.label}}
        said = answers.in_one(line)
        return self._line(
            added, name, item, line.label, "" if line.is_blank else _("Đã khai: %(said)s") % {"said": said}
        )

    def _bound(self, lines: Iterable[Tick]) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[line.tick], self[line.note]) for line in lines]

    def _is_used(self, lines: Iterable[Tick]) -> bool:
        return any(self[name].value() or self[name].errors for line in lines for name in (line.tick, line.note))


def _note_label(what: str) -> str:
    """Two notes must not carry one label: the error list and screen readers tell fields apart by it."""
    return _("Cần bổ sung, sửa gì ở “%(what)s”") % {"what": Truncator(what).chars(60)}


class SearchForm(forms.Form):
    """The box above the lists: a code or part of it, words of a name, a number. Sent by POST, so no number gets into a log."""

    q = CleanCharField(label=_("Tìm hồ sơ"), max_length=200, required=False)
