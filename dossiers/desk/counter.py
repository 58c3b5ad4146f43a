"""The counter: a paper dossier received on one page. Each button is a step of the same form, so it works without scripts.

`tim` looks a person up by number, `chon` loads the papers and the fee of a procedure, `nhan` receives. Enter in a field
(`tiep`) does what comes next and never receives: narrow the list, look up a number just typed, load what was chosen.
"""

import uuid
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
from accounts.models import OrgUnit, Party
from accounts.queries import colleagues, find_party_by_identity, units_held
from accounts.services import OtherNameError, log_look_up, log_read
from accounts.validators import FEMALE, MALE, searched_number
from dossiers import answers, queries
from dossiers.desk.counter_fee import CounterFee, answered, price
from dossiers.desk.page import request_id
from dossiers.enums import PrintedName
from dossiers.forms.counter import CounterForm
from dossiers.forms.desk import whole_number
from dossiers.services import desk
from dossiers.services.counter_answers import CounterAnswerError
from portal import clock
from portal.errors import UserError
from portal.once import UsedFormError
from portal.templatetags.ui import money
from portal.text import clean, fold
from procedures import counterform, published
from procedures.enums import Channel, PaperKind
from procedures.fieldkinds.table import TableSpec
from procedures.formspec import FormSpec, StepForm
from procedures.models import Procedure, Revision
from procedures.queries import current_revision, for_unit, offering_on
from procedures.tablerows import without_row

FOUND_FIELDS = ("full_name", "phone", "address")
SERVICE_FIELDS = {"unit": "competent"}  # the service speaks of the unit that decides
FOCUS = {"tim": "full_name", "chon": "declared", "nhan": "paper_0", "loc": "procedure"}  # where the clerk goes on
ENTER = "tiep"
USED_BEFORE = gettext_lazy(
    "Phiếu trên trang này đã được dùng để nhận hồ sơ %(code)s của %(name)s, nên chưa nhận thêm hồ sơ nào. Những gì bạn vừa "
    "nhập vẫn còn: nếu là hồ sơ của người tiếp theo, hãy bấm Nhận và in phiếu lần nữa; nếu là sửa cho hồ sơ đã nhận thì "
    "đừng nhận lại mà mở hồ sơ đó."
)
ROWS = ("add_row", "remove_row")  # buttons of a table of the counter form
SEX_ON_CARD = {"nam": MALE, "nu": FEMALE}
HTTP_OK = 200
CARD_PARTS = 7  # the QR of an identity card: number|old number|name|ddmmyyyy|sex|address|day of issue
KEPT = ("unit", "competent", "channel", "procedure", "case_code", "delivery")


@dataclass(slots=True)
class Choice:
    """What is chosen so far, and what follows from it."""

    desks: list[OrgUnit]
    competent_id: int | None
    procedures: list[tuple[str, Any]]
    procedure: Procedure | None = None
    revision: Revision | None = None
    papers: list[dict[str, Any]] = field(default_factory=list)
    spec: FormSpec = field(default_factory=FormSpec)
    case_code: str = ""
    channel: int = Channel.DESK
    mark: str = ""  # what the papers on the page belong to

    @property
    def cases(self) -> list[dict[str, str]]:
        """Cases of the chosen procedure."""
        return self.revision.cases if self.revision else []

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
    if step == "nhan" and chosen.is_ready and request.POST.get("danh_muc") == chosen.mark:
        return _receive(request, chosen)
    initial = _initial(request, chosen, typed)
    if step == "tim":
        _look_up(request, initial)
    elif step == "nhan":
        messages.warning(request, _("Hãy kiểm tra danh mục giấy tờ của thủ tục vừa chọn rồi bấm Nhận và in phiếu."))
    form = _form(chosen, initial=initial)
    declared = _declared_so_far(request, chosen)
    _focus(form, declared, FOCUS.get(step, "identity"), moves=step not in ROWS)
    return _page(request, chosen, form, declared, status=200)


def _focus(form: CounterForm, declared: StepForm | None, name: str, *, moves: bool) -> None:
    """Put the cursor where the work goes on; a row of a table that was just added has it already."""
    first = next(iter(declared.fields.values()), None) if declared is not None and name == "declared" else None
    if first is not None:
        first.widget.attrs["autofocus"] = True
    elif moves:
        form.focus("paper_0" if name == "declared" else name)


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
    if sent.get("loc", "") != sent.get("loc_truoc", ""):
        return "loc"
    if sent.get("identity", "") != sent.get("so_truoc", ""):
        return "tim"
    return "chon" if chosen.mark != sent.get("danh_muc", "") else ""


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
) -> HttpResponse:
    """`declared`: the counter form; `heads`: the name was stopped, and these may confirm that it was changed."""
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
        "query": clean((request.POST if request.method == "POST" else request.GET).get("loc", ""))[:200],
        "asked_number": clean(str(form.initial.get("identity", request.POST.get("identity", ""))))[:300],
    }
    return render(request, "dossiers/desk/counter.html", context, status=status)


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
    receipt = dossier.printed_forms.filter(name=PrintedName.RECEIPT).order_by("-pk").first()
    url = reverse("desk:print_form", args=[dossier.pk, receipt.pk]) if receipt else ""
    return {"dossier": dossier, "receipt_url": f"{url}?doi=1" if url else ""}


def _choice(request: HttpRequest, typed: Any) -> Choice:
    """Read unit, procedure and case from what was sent; what is unknown is simply not chosen."""
    desks = units_held(request.scope)
    kept = request.session.get("counter_kept", {}) if request.method != "POST" else {}

    def sent(name: str) -> str:
        return str(typed.get(name, kept.get(name, "")))

    competent_id = whole_number(sent("competent")) or _authority_of(desks[0])
    procedures = offered_procedures(competent_id, fold(sent("loc")[:200]))
    chosen = Choice(desks, competent_id, procedures)
    procedure_id = whole_number(sent("procedure"))
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


def offered_procedures(competent_id: int | None, folded: str) -> list[tuple[str, Any]]:
    """Procedures a unit serves today, grouped by field, narrowed by words without accents."""
    if competent_id is None:
        return []
    rows = (
        for_unit(competent_id)
        .order_by("procedure__field__sort_name", "procedure__name", "pk")
        .values_list("procedure__field__name", "procedure_id", "procedure__code", "procedure__name")
    )
    groups: dict[str, list[tuple[str, str]]] = {}
    for group, procedure_id, code, name in rows:
        if all(word in fold(f"{code} {name}") for word in folded.split()):
            groups.setdefault(group, []).append((str(procedure_id), f"{name} ({code})"))
    return list(groups.items())


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
    is_postal = {row.role for row in request.scope} == {Role.POSTAL_CLERK}
    values: dict[str, Any] = {"channel": Channel.POST if is_postal else Channel.DESK, "unit": str(chosen.desks[0].pk)}
    if request.method != "POST":
        values |= request.session.get("counter_kept", {})
    values |= {name: clean(text[:2000]) for name, text in typed.items() if isinstance(text, str)}
    values["competent"] = chosen.competent_id
    try:
        values["idempotency_key"] = uuid.UUID(str(values.get("idempotency_key", "")))
    except ValueError:
        values["idempotency_key"] = uuid.uuid4()
    return values


def _look_up(request: HttpRequest, initial: dict[str, Any]) -> None:
    """Fill blanks from the known party with this number; the look-up is logged like any other reading."""
    initial["gender"] = ""
    _read_card(initial)
    number = searched_number(str(initial.get("identity", "")))
    found = _bearers(number, str(initial.get("owner_kind", ""))) if number else []
    told = {"what": _("tra cứu tại quầy"), "unit": request.scope[0].unit, "request_id": request_id()}
    log_look_up(reader=request.user, sought=str(initial.get("identity", "")), shown=len(found[:1]), **told)
    if not found:
        messages.info(request, _("Chưa có người mang số này trong hệ thống. Hãy nhập thông tin theo giấy tờ."))
        return
    party = found[0]
    for name in FOUND_FIELDS:
        initial[name] = initial.get(name) or getattr(party, name)
    if not initial.get("birth_date") and party.birth_date:
        initial["birth_date"] = party.birth_date
    initial["owner_kind"] = party.kind
    initial["gender"] = initial["gender"] or party.gender
    log_read(reader=request.user, party=party, **told)
    words = _("Đã điền thông tin của %(name)s. Hãy đối chiếu với giấy tờ.") % {"name": party.full_name}
    messages.info(request, words)


def _read_card(initial: dict[str, Any]) -> None:
    """Spread what a scanner read off an identity card over the fields."""
    parts = [part.strip() for part in str(initial.get("identity", "")).split("|")]
    if len(parts) < CARD_PARTS:
        return
    day = parts[3]
    initial |= {
        "identity": parts[0],
        "full_name": parts[2],
        "address": parts[5],
        "gender": SEX_ON_CARD.get(fold(parts[4]), ""),
        "identity_kind": IdentityKind.CITIZEN_ID,
    }
    initial["birth_date"] = f"{day[:2]}/{day[2:4]}/{day[4:]}" if len(day) == len("ddmmyyyy") else day


def _bearers(number: str, kind: str) -> list[Party]:
    """Who bears a number, the proven first. A shop bears its owner's: when one is asked for, its owner is no answer."""
    found = [party for party in find_party_by_identity(number)[:20] if kind in ("", PartyKind.PERSON, party.kind)]
    return sorted(found, key=lambda party: (party.kind != PartyKind.PERSON, not party.is_proven, -party.pk))


def _authority_of(unit: OrgUnit) -> int | None:
    return unit.parent_id
