"""What a dossier owes, set or asked for: counts and exemptions of the desk, an amount by hand, a payment that stops the clock.

Called by the desk's pages; knows no HTTP.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.queries import colleagues
from dossiers import money
from dossiers.enums import Action, SegmentKind
from dossiers.models.dossier import Dossier
from dossiers.services import segments, terms
from dossiers.services.core import apply, begin, needed
from dossiers.services.opened import Deed
from portal import clock
from portal.errors import UserError
from portal.templatetags.ui import money as in_words

WHY = gettext_lazy("Hãy ghi lý do hoặc giấy tờ làm căn cứ tính lại phí.")
NOT_PAST = gettext_lazy("Hạn nộp tiền phải từ hôm nay trở đi.")
NOBODY_COLLECTS = gettext_lazy(
    "%(desk)s hiện không có ai thu tiền nên chưa yêu cầu nộp được: người nộp sẽ không có nơi nộp. Hãy báo người quản trị "
    "cử cán bộ thu phí cho quầy này."
)
NOTHING_NEW = gettext_lazy("Số tiền phải nộp không thay đổi.")


@transaction.atomic
def set_fee(
    *,
    dossier_id: int,
    by: User,
    facts: Mapping[str, Any],
    reason: str,
    version: int | None = None,
    item_id: int | None = None,
) -> Dossier:
    """Work the fee out anew from what was counted, who is let off, or an amount by hand where the sheet has none.

    What was asked for besides stays. More was paid than is due then: it is to be given back.
    """
    opened = begin(dossier_id=dossier_id, action=Action.SET_FEE, by=by, version=version, item_id=item_id)
    dossier, before = opened.dossier, opened.dossier.fee_due
    kept = {name: value for name, value in dossier.fee_facts.items() if name == terms.ASKED}
    dossier.fee_facts = {**facts, "reason": needed(reason, WHY), **kept}
    dossier.fee_due = terms.fee(dossier)
    if dossier.fee_due == before:
        raise UserError(NOTHING_NEW)
    return apply(opened, Deed(text=f"{in_words(before)} → {in_words(dossier.fee_due)}. {reason}"))


@transaction.atomic
def request_payment(
    *,
    dossier_id: int,
    by: User,
    name: str,
    amount: int,
    law: str,
    answer_by: date,
    version: int | None = None,
    item_id: int | None = None,
) -> Dossier:
    """Ask for a payment that the case has shown to be due; the clock stands until it is there."""
    opened = begin(dossier_id=dossier_id, action=Action.REQUEST_PAYMENT, by=by, version=version, item_id=item_id)
    if answer_by < clock.today():
        raise UserError(NOT_PAST, field="answer_by")
    dossier = opened.dossier
    if not colleagues([dossier.receiving_unit_id], money.COLLECTORS).exists():
        raise UserError(NOBODY_COLLECTS % {"desk": dossier.receiving_unit.name})
    asked = {"name": name, "amount": amount, "law": law, "answer_by": answer_by.isoformat()}
    dossier.fee_facts = {**dossier.fee_facts, terms.ASKED: [*dossier.fee_facts.get(terms.ASKED, []), asked]}
    dossier.fee_due = terms.fee(dossier)
    segments.stop(opened.turn(), SegmentKind.STOPPED_PAYMENT, clock.now())
    text = _("%(name)s: %(amount)s. Căn cứ: %(law)s. Nộp trước hết ngày %(day)s.") % {
        "name": name,
        "amount": in_words(amount),
        "law": law,
        "day": f"{answer_by:%d/%m/%Y}",
    }
    return apply(opened, Deed(text=text, words={"answer_by": f"{answer_by:%d/%m/%Y}"}))


@transaction.atomic
def take_back_payment(
    *, dossier_id: int, by: User, reason: str, version: int | None = None, item_id: int | None = None
) -> Dossier:
    """Take the last request for a payment back, for a reason the applicant is told; the clock goes on."""
    opened = begin(dossier_id=dossier_id, action=Action.TAKE_BACK_PAYMENT, by=by, version=version, item_id=item_id)
    dossier = opened.dossier
    asked = dossier.fee_facts.get(terms.ASKED, [])[:-1]
    dossier.fee_facts = {**dossier.fee_facts, terms.ASKED: asked}
    dossier.fee_due = terms.fee(dossier)
    segments.resume(opened.turn(), clock.now())
    return apply(opened, Deed(text=needed(reason)))
