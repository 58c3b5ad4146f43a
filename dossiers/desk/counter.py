"""The counter: a paper dossier received on one page. Each button is a step of the same form, so it works without scripts.

`tim` looks a person up by number or opens the dossier of a scanned receipt, `chon` loads what a procedure asks (picked in
the list, or by two or three keys typed beside it), `nhan` receives. Enter in a field (`tiep`) does what comes next and never
receives: look up a number just typed, choose the procedure just typed, else go on to what is still open.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import desk_only, roles_held, staff_memberships
from accounts.enums import COUNTER_ROLES, IdentityKind, PartyKind, Role
from accounts.models import OrgUnit
from accounts.queries import colleagues, units_held
from accounts.services import OtherNameError
from dossiers import answers, queries
from dossiers.desk import scanned, typeahead
from dossiers.desk.counter_fee import CounterFee, answered, price
from dossiers.enums import PrintedName
from dossiers.forms.counter import CounterForm
from dossiers.forms.desk import whole_number
from dossiers.services import desk
from dossiers.services.counter_answers import CounterAnswerError
from dossiers.services.postal import SLIP
from portal import clock
from portal.errors import UserError
from portal.once import UsedFormError
from portal.templatetags.ui import money
from portal.text import clean, fold
from procedures import counterform, postal, published
from procedures.enums import Channel, PaperKind
from procedures.fieldkinds.table import TableSpec
from procedures.formspec import FormSpec, StepForm
from procedures.models import Procedure, Revision
from procedures.queries import current_revision, for_unit, offering_on
from procedures.tablerows import without_row

SERVICE_FIELDS = {"unit": "competent"}  # the service speaks of the unit that decides
ENTER, RECEIVE = "tiep", "nhan"
PROCEDURE, PAPERS = "loc", "declared"  # where the clerk goes on
OF_PERSON = ("full_name", "birth_date", "phone", "address")
USED_BEFORE = gettext_lazy(
    "Phiếu trên trang này đã được dùng để nhận hồ sơ %(code)s của %(name)s, nên chưa nhận thêm hồ sơ nào. Những gì bạn vừa "
    "nhập vẫn còn: nếu là hồ sơ của người tiếp theo, hãy bấm Nhận và in phiếu lần nữa; nếu là sửa cho hồ sơ đã nhận thì "
    "đừng nhận lại mà mở hồ sơ đó."
)
ROWS = ("add_row", "remove_row")  # buttons of a table of the counter form
HTTP_OK = 200
OTHER_KIND = ("owner_kind", "identity_kind", "submitter_name", "submitter_identity", "submitter_phone")
KEPT = ("unit", "competent", "channel", "procedure", "case_code", "delivery")


@dataclass(slots=True)
class Choice:
    """What is chosen so far, and what follows from it."""

    desks: list[OrgUnit]
    competent_id: int | None
    procedures: typeahead.Groups
    unmatched: str = ""  # what was typed to find a procedure and found none
    procedure: Procedure | None = None
    revision: Revision | None = None
    papers: list[dict[str, Any]] = field(default_factory=list)
    spec: FormSpec = field(default_factory=FormSpec)
    case_code: str = ""
    channel: int = Channel.DESK
    mark: str = ""  # what the papers on the page belong to
    is_postal: bool = False  # the clerk works for the post: what is listed, and by the rule of the day only prepared

    @property
    def cases(self) -> list[dict[str, str]]:
        """Cases of the chosen procedure."""
        return self.revision.cases if self.revision else []

    @property
    def prepares(self) -> bool:
        """Papers are only taken in for the desk, where a civil servant receives them."""
        rule = postal.rule_on() if self.is_postal else None
        return rule is not None and not rule.accepts

    @property
    def is_ready(self) -> bool:
        """A procedure that the counter may receive is chosen."""
        return self.revision is not None and self.procedure is not None and not self.procedure.is_internal


@desk_only(*sorted(COUNTER_ROLES))
@require_http_methods(["GET", "HEAD", "POST"])
def counter(request: HttpRequest) -> HttpResponse:
    """Receive a paper dossier, step by step on one page."""
    typed = request.POST if request.method == "POST" else request.GET
    chosen = _choice(request, typed)
    step = _step(request, chosen) if request.method == "POST" else ""
    if step == RECEIVE and chosen.is_ready and request.POST.get("danh_muc") == chosen.mark:
        return _receive(request, chosen)
    initial = _initial(request, chosen, typed)
    found = scanned.look_up(request, initial) if step == "tim" else scanned.Scan()
    if found.dossier_id is not None:
        return _to_dossier(request, chosen, found.dossier_id, initial)
    _say(request, chosen, step)
    return _shown(request, chosen, initial, _next_place(step, chosen, initial, is_known=found.is_known))


def _to_dossier(request: HttpRequest, chosen: Choice, dossier_id: int, initial: dict[str, Any]) -> HttpResponse:
    """Open the dossier whose receipt was scanned; with somebody's papers on the table it is only named, nothing is lost."""
    if not initial.get("full_name"):
        return redirect("desk:dossier", dossier_id=dossier_id)
    initial["identity"] = str(request.POST.get("so_truoc", ""))[:300]
    context = {"scanned": queries.for_desk(request.user, staff_memberships(request)).get(pk=dossier_id)}
    return _shown(request, chosen, initial, "identity", **context)


def _shown(request: HttpRequest, chosen: Choice, initial: dict[str, Any], place: str, **context: Any) -> HttpResponse:
    """The page with what was typed so far, not judged yet, and the cursor where the work goes on."""
    form = _form(chosen, initial=initial)
    declared = _declared_so_far(request, chosen)
    _focus(form, declared, place)
    return _page(request, chosen, form, declared, status=200, place=place, **context)


def _say(request: HttpRequest, chosen: Choice, step: str) -> None:
    """What the clerk should know of the step."""
    if chosen.unmatched:
        words = _("Không có thủ tục nào khớp với “%(typed)s”. Hãy gõ cách khác hoặc chọn trong danh sách.")
        messages.warning(request, words % {"typed": chosen.unmatched})
    elif step == RECEIVE:
        messages.warning(request, _("Hãy kiểm tra danh mục giấy tờ của thủ tục vừa chọn rồi bấm Nhận và in phiếu."))


def _next_place(step: str, chosen: Choice, initial: dict[str, Any], *, is_known: bool) -> str:
    """The field where the clerk goes on; '' where a row of a table has the cursor already."""
    if step in ROWS:
        return ""
    if not step:
        return "identity"
    asked = {"tim": () if is_known else OF_PERSON, ENTER: ("identity", "full_name")}.get(step, ())
    lacking = next((name for name in asked if not initial.get(name)), "")
    return lacking or (PAPERS if chosen.is_ready and step != "tim" else PROCEDURE)


def _focus(form: CounterForm, declared: StepForm | None, place: str) -> None:
    """Put the cursor into a field; the one that narrows the list of procedures stands in the template."""
    first = next(iter(declared.fields.values()), None) if declared is not None and place == PAPERS else None
    if first is not None:
        first.widget.attrs["autofocus"] = True
    elif place not in ("", PROCEDURE):
        form.focus("paper_0" if place == PAPERS else place)


def _declaration(chosen: Choice, data: QueryDict | None, *, grow: str = "") -> StepForm | None:
    """The counter form of the chosen procedure; None when it has no questions, or nothing is chosen."""
    wards = answers.wards() if any(step.wants_wards for step in counterform.asked(chosen.spec).steps) else ()
    return counterform.counter_form(chosen.spec, data, wards=wards, grow=grow)


def _declared_so_far(request: HttpRequest, chosen: Choice) -> StepForm | None:
    """The counter form with what was typed into it, not judged yet; with one row of a table more or less when asked."""
    if request.method != "POST":
        return _declaration(chosen, None)
    data = _less_a_row(chosen, request.POST)
    form = _declaration(chosen, data, grow=str(request.POST.get("add_row", "")))
    if form is not None:
        form.silence()
    return form


def _less_a_row(chosen: Choice, data: QueryDict) -> QueryDict:
    name, _dash, index = data.get("remove_row", "").rpartition("-")
    tables = {
        f"{counterform.PREFIX}-{asked.key}": asked for asked in chosen.spec.fields() if isinstance(asked, TableSpec)
    }
    if name in tables and index.isascii() and index.isdigit() and len(index) < 3:
        return without_row(data, tables[name], int(index), name=name)
    return data


def _step(request: HttpRequest, chosen: Choice) -> str:
    """The step that a button names; for Enter in a field the one that comes next, judged by what changed on the page."""
    for name in ROWS:
        if name in request.POST:
            return name
    step = str(request.POST.get("buoc", ""))
    if step != ENTER:
        return step
    sent = request.POST
    if not sent.get("loc") and sent.get("identity", "") != sent.get("so_truoc", ""):
        return "tim"
    return "chon" if sent.get("loc") or chosen.mark != sent.get("danh_muc", "") else ENTER


def _receive(request: HttpRequest, chosen: Choice) -> HttpResponse:
    form, declared = _form(chosen, data=request.POST), _declaration(chosen, request.POST)
    is_declared, fee = declared is None or declared.is_valid(), _fee(request, chosen)
    if not (form.is_valid() and is_declared and fee.form.is_valid()):
        return _page(request, chosen, form, declared, status=400)
    if not fee.was_shown(request.POST):
        amount = money(fee.due.amount)
        told = _("Số tiền phải nộp là %(amount)s. Hãy báo người nộp rồi bấm Nhận và in phiếu.") % {"amount": amount}
        messages.warning(request, told)
        return _page(request, chosen, form, declared, status=200)
    try:
        filing = replace(form.filing(declared.answers() if declared else {}), fee_facts=fee.facts)
        dossier = desk.receive_at_counter(by=request.user, filing=filing)
    except UsedFormError as error:
        return _used(request, chosen, declared, error)
    except CounterAnswerError as error:
        blamed = error.field if declared is not None and error.field in declared.fields else None
        (declared or form).add_error(blamed, error.message)
        return _page(request, chosen, form, declared, status=400)
    except UserError as error:
        name = SERVICE_FIELDS.get(error.field or "", error.field)
        form.add_error(name if name in form.fields else None, error.message)
        heads = _heads(chosen) if isinstance(error, OtherNameError) else None
        return _page(request, chosen, form, declared, status=409, heads=heads)
    for doubt in form.doubts():
        messages.warning(request, doubt)
    request.session["counter_kept"] = {name: request.POST.get(name, "")[:80] for name in KEPT}
    request.session["counter_done"] = dossier.pk
    return redirect("desk:counter")


def _fee(request: HttpRequest, chosen: Choice) -> CounterFee:
    """What the chosen case costs by what the page was sent with; nothing while nothing is chosen."""
    if chosen.revision is None:
        return CounterFee()
    declared = _declaration(chosen, request.POST) if request.method == "POST" else None
    said = answered(declared) if declared is not None else {}
    typed = request.POST if request.POST.get("danh_muc") == chosen.mark else None
    return price(chosen.revision, chosen.case_code, chosen.channel, typed=typed, answers=said)


def _used(request: HttpRequest, chosen: Choice, declared: StepForm | None, error: UsedFormError) -> HttpResponse:
    """The page's key has made a dossier of something else: say which, keep all that was typed, give the page a new key."""
    data = request.POST.copy()
    data["idempotency_key"] = str(uuid.uuid4())
    form = _form(chosen, data=data)
    made = queries.for_desk(request.user, staff_memberships(request)).filter(pk=error.made).first()
    form.add_error(None, USED_BEFORE % {"code": made.code, "name": made.owner_name} if made else error.message)
    return _page(request, chosen, form, declared, status=409)


def _heads(chosen: Choice) -> str:
    """Who may confirm a change of name here; empty when nobody is named."""
    people = {person.full_name for desk in chosen.desks for person in colleagues([desk.pk], [Role.DESK_HEAD])}
    return ", ".join(sorted(people))


def _page(
    request: HttpRequest,
    chosen: Choice,
    form: CounterForm,
    declared: StepForm | None,
    *,
    status: int,
    heads: str | None = None,
    place: str = "",
    **more: Any,
) -> HttpResponse:
    """`declared`: the counter form; `heads`: the name was stopped, and these may confirm that it was changed.

    `place`: where the cursor stands.
    """
    fee = _fee(request, chosen)
    wrong = _errors(form, declared) + (fee.error_list if status != HTTP_OK else [])
    context = {
        "form": form,
        "declared": declared,
        "errors": wrong,
        "chosen": chosen,
        "fee": fee,
        "done": _just_received(request),
        "has_errors": bool(wrong),
        "name_stopped": heads is not None,
        "heads": heads,
        "is_head": Role.DESK_HEAD in roles_held(request),
        "query": chosen.unmatched or _typed_beside(request),
        "at_procedure": place == PROCEDURE,
        "is_elsewhere": _says(form, ("channel", "unit", "competent"), _usual(chosen)),
        "is_other_kind": _says(
            form, OTHER_KIND, {"owner_kind": PartyKind.PERSON, "identity_kind": IdentityKind.CITIZEN_ID}
        ),
        "asked_number": clean(str(form.initial.get("identity", request.POST.get("identity", ""))))[:300],
        **more,
    }
    return render(request, "dossiers/desk/counter.html", context, status=status)


def _usual(chosen: Choice) -> dict[str, Any]:
    """Where most dossiers come in and go."""
    channel = Channel.POST if chosen.is_postal else Channel.DESK
    return {"channel": channel, "unit": chosen.desks[0].pk, "competent": _authority_of(chosen.desks[0])}


def _says(form: CounterForm, names: Iterable[str], usual: Mapping[str, Any]) -> bool:
    """Whether fields of a folded part hold anything else than they usually do, or are wrong."""
    return any(
        form[name].errors or str(form[name].value() or usual.get(name, "")) != str(usual.get(name, ""))
        for name in names
    )


def _typed_beside(request: HttpRequest) -> str:
    """What was being typed to find a procedure while a person was looked up."""
    return clean(request.POST.get("loc", ""))[:200] if request.POST.get("buoc") == "tim" else ""


def _errors(form: CounterForm, declared: StepForm | None) -> list[dict[str, str]]:
    """What is wrong in both forms, in the order of the page, each with its place."""
    found = [{"text": str(text), "href": ""} for text in form.non_field_errors()]
    for bound in form:
        href = f"#{bound.id_for_label}" if bound.id_for_label else f"#div_{bound.auto_id}"
        found += [{"text": f"{bound.label}: {text}", "href": href} for text in bound.errors]
    return found + (declared.error_list() if declared is not None else [])


def _just_received(request: HttpRequest) -> dict[str, Any] | None:
    """The dossier received a moment ago, told once, with the address of its receipt."""
    dossier_id = request.session.pop("counter_done", None)
    if dossier_id is None:
        return None
    dossier = (
        queries.for_desk(request.user, staff_memberships(request)).select_related("owner").filter(pk=dossier_id).first()
    )
    if dossier is None:
        return None
    given = dossier.printed_forms.filter(name__in=[PrintedName.RECEIPT, SLIP])
    receipt = given.order_by("-pk").first()
    if receipt is None:
        return {"dossier": dossier, "receipt_url": "", "print_url": ""}
    of_receipt = [dossier.pk, receipt.pk]
    return {
        "dossier": dossier,
        "receipt_url": f"{reverse('desk:print_form', args=of_receipt)}?doi=1",
        "print_url": reverse("desk:print_now", args=of_receipt),
    }


def _choice(request: HttpRequest, typed: Any) -> Choice:
    """Read unit, procedure and case from what was sent; what is unknown is simply not chosen."""
    desks = units_held(request.scope)
    kept = request.session.get("counter_kept", {}) if request.method != "POST" else {}

    def sent(name: str) -> str:
        return str(typed.get(name, kept.get(name, "")))

    competent_id = whole_number(sent("competent")) or _authority_of(desks[0])
    is_postal = {row.role for row in request.scope} == {Role.POSTAL_CLERK}
    offered = listed_procedures(desks, competent_id) if is_postal else offered_procedures(competent_id)
    chosen = Choice(desks, competent_id, offered, is_postal=is_postal)
    procedure_id = _wanted(request, chosen, whole_number(sent("procedure")))
    if procedure_id is None or competent_id is None:
        return chosen
    offering = offering_on(procedure_id, competent_id)
    chosen.procedure = offering.procedure if offering else None
    if chosen.procedure is not None and not chosen.procedure.is_internal:
        _load(chosen, case_code=sent("case_code"), channel=whole_number(sent("channel")) or Channel.DESK)
    return chosen


def _load(chosen: Choice, *, case_code: str, channel: int) -> None:
    """Load papers and fee of the procedure's revision in force."""
    chosen.revision = current_revision(chosen.procedure, clock.today())
    if chosen.revision is None:
        return
    known = {row["code"] for row in chosen.revision.cases}
    case_code = case_code if case_code in known else ""
    rows = chosen.revision.papers.filter(case_code__in=["", case_code]).exclude(kind=PaperKind.NOTE)
    chosen.papers = list(rows.order_by("sort_order", "pk").values("code", "name", "is_required", "originals", "copies"))
    chosen.case_code, chosen.channel = case_code, channel
    chosen.spec = published.parts(chosen.revision.pk).form
    chosen.mark = f"{chosen.competent_id}.{chosen.revision.pk}.{case_code}"


def _wanted(request: HttpRequest, chosen: Choice, picked: int | None) -> int | None:
    """The procedure picked in the list; what was typed beside it picks another when it does not mean that one.

    What finds nothing leaves no procedure chosen: nobody shall receive for the one before.
    """
    typed = clean(request.POST.get("loc", ""))[:200]
    if not typed or request.POST.get("buoc") == "tim":
        return picked
    matching = typeahead.matching(chosen.procedures, fold(typed))
    if picked is not None and any(value == str(picked) for _name, rows in matching for value, _label in rows):
        return picked
    found = typeahead.best(matching, fold(typed))
    if not found:
        chosen.unmatched = typed
    return whole_number(found)


def offered_procedures(competent_id: int | None) -> typeahead.Groups:
    """Procedures a unit serves today, grouped by field."""
    if competent_id is None:
        return []
    rows = (
        for_unit(competent_id)
        .order_by("procedure__field__sort_name", "procedure__name", "pk")
        .values_list("procedure__field__name", "procedure_id", "procedure__code", "procedure__name")
    )
    groups: dict[str, list[tuple[str, str]]] = {}
    for group, procedure_id, code, name in rows:
        groups.setdefault(group, []).append((str(procedure_id), f"{name} ({code})"))
    return list(groups.items())


def listed_procedures(offices: Iterable[OrgUnit], competent_id: int | None) -> typeahead.Groups:
    """Of what a unit serves, what is listed for these offices of the post today."""
    listed = postal.listings().filter(office__in=[office.pk for office in offices])
    taken = {str(key) for key in listed.order_by("pk").values_list("procedure_id", flat=True)}
    groups = ((name, [row for row in rows if row[0] in taken]) for name, rows in offered_procedures(competent_id))
    return [(name, rows) for name, rows in groups if rows]


def _form(chosen: Choice, *, data: Any = None, initial: dict[str, Any] | None = None) -> CounterForm:
    procedures = chosen.procedures
    if chosen.procedure is not None and not any(
        value == str(chosen.procedure.pk) for _group, rows in procedures for value, _label in rows
    ):
        procedures = [(_("Đang chọn"), [(str(chosen.procedure.pk), chosen.procedure.name)]), *procedures]
    return CounterForm(
        data, desks=chosen.desks, procedures=procedures, cases=chosen.cases, papers=chosen.papers, initial=initial
    )


def _initial(request: HttpRequest, chosen: Choice, typed: Any) -> dict[str, Any]:
    """What the form shows before anything is checked: what was typed, else what the last dossier left behind."""
    values: dict[str, Any] = {
        "channel": Channel.POST if chosen.is_postal else Channel.DESK,
        "unit": str(chosen.desks[0].pk),
    }
    if request.method != "POST":
        values |= request.session.get("counter_kept", {})
    values |= {name: clean(text[:2000]) for name, text in typed.items() if isinstance(text, str)}
    values |= {"competent": chosen.competent_id, "procedure": chosen.procedure.pk if chosen.procedure else ""}
    try:
        values["idempotency_key"] = uuid.UUID(str(values.get("idempotency_key", "")))
    except ValueError:
        values["idempotency_key"] = uuid.uuid4()
    return values


def _authority_of(unit: OrgUnit) -> int | None:
    return unit.parent_id
