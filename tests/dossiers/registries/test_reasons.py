"""The registry of reason codes: each one whole, for acts that exist, and no code in the ledger that is not declared."""

import pytest

from dossiers import reasons, workflow
from dossiers.desk.acts import ACTS
from dossiers.draft_kinds import DRAFT_KINDS
from dossiers.enums import Action, Decision
from dossiers.forms.consultation import ConsultationAnswerForm
from dossiers.forms.drafting import RefusalDraftForm
from dossiers.models.event import DossierEvent
from dossiers.reasons import REASONS
from tests import houses
from tests.house.howto import module_of
from tests.house.test_templates import VIETNAMESE

pytestmark = pytest.mark.unit
ELSEWHERE = {Action.ANSWER_CONSULTATION: ConsultationAnswerForm}  # forms of acts with a page of their own


def faults(reason):
    """What a reason fails to say."""
    found = []
    if len(reason.code) > DossierEvent._meta.get_field("reason_code").max_length:
        found.append("code too long for its column")
    if not VIETNAMESE.search(str(reason.label)):
        found.append("label")
    if reason.effect and not str(reason.effect).endswith("."):
        found.append("effect, a whole sentence")
    if "Điều" not in reason.law:
        found.append("article of the law")
    if not reason.acts or set(map(str, reason.acts)) - {str(row.action) for row in workflow.rows()}:
        found.append("acts that exist")
    if {row.roles for row in workflow.rows() if row.action in reason.acts} == {frozenset({workflow.SYSTEM})}:
        return found  # the clock gives it; no form does
    forms = [act.form for act in ACTS if act.code in reason.acts]
    forms += [form for action, form in ELSEWHERE.items() if action in reason.acts]
    forms += [kind.form for kind in DRAFT_KINDS if set(kind.acts) & set(reason.acts) and isinstance(kind.form, type)]
    fields = [field for form in forms for field in form.base_fields.values()]
    is_said_by_kind = reason.code in Decision.values  # a result and a refusal are two kinds of draft
    if not is_said_by_kind and not any(reason.code in dict(getattr(field, "choices", ())) for field in fields):
        found.append("a form of its act that offers it")
    return found


@pytest.mark.parametrize("reason", REASONS, ids=lambda reason: reason.code)
def test_every_reason_says_what_it_must(reason):
    assert not (found := faults(reason)), found


@pytest.mark.django_db
def test_no_code_stands_in_the_ledger_undeclared():
    house = houses.make_house()
    houses.issued(house)
    houses.refuse(house, houses.submitted(house), reason_code="other", reason="Sai mẫu.")
    written = set(DossierEvent.objects.exclude(reason_code="").values_list("reason_code", flat=True))
    assert written == {"grant", "other"}
    assert written <= {reason.code for reason in REASONS}


@pytest.mark.django_db
def test_the_page_on_reasons_adds_one(tmp_path):
    house = houses.make_house()
    dossier = houses.submitted(house)
    try:
        module = module_of("add-a-reason", tmp_path)
        assert faults(module.NOT_DUE) == []
        assert ("too_early", "Chưa đến thời điểm được nộp theo quy định") in reasons.choices("refuse")
        form = RefusalDraftForm(
            {"version": dossier.version, "reason_code": "too_early", "reason": "Nộp lại từ ngày 01/12."},
            name="refuse",
            dossier=dossier,
            user=house.people["receptionist"],
        )
        assert form.is_valid(), form.errors
        houses.refuse(house, dossier, **form.stored())
        assert DossierEvent.objects.get(reason_code="too_early").code == "not_accepted"
    finally:
        REASONS.remove("too_early")
    assert "too_early" not in dict(reasons.choices("refuse"))
