"""What the revision in force asks of a dossier: limit, fee, papers and answers. Read-only helpers of the services."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from dossiers.models.attachment import Attachment
from dossiers.models.dossier import Dossier
from portal import clock, worktime
from portal.errors import MissingPaperError, UserError
from portal.templatetags.ui import money
from procedures import fees, formspec, limits, published
from procedures.enums import PaperKind
from procedures.models import LimitRule, RequiredPaper

COUNTED = frozenset({"pages", "copies", "persons", "subject"})
BY_HAND = "amount"
MOST_DUE = 2_147_483_647  # what the columns hold, in đồng
TOO_MUCH = _("Số phải nộp tính ra %(amount)s, quá mức một hồ sơ ghi được (%(most)s). Hãy xem lại số lượng, số tiền.")
ASKED = "asked"  # payments that the case has shown to be due: [{"name", "amount", "law", "answer_by"}]
NO_LONGER_ONLINE = _(
    "Đơn vị này hiện không nhận trực tuyến thủ tục này. Bản nháp của bạn vẫn được giữ; vui lòng chọn đơn vị khác "
    "hoặc nộp tại Bộ phận Một cửa."
)


def limit(dossier: Dossier) -> worktime.Limit | None:
    """The time limit for the dossier's case and channel; None when the sheet gives only text."""
    return limits.limit_for(_parts(dossier).limits, dossier.case_code, dossier.channel)


def limit_rule(dossier: Dossier) -> tuple[LimitRule, worktime.Limit] | None:
    """The row of the revision that limits the dossier's case and channel, and its limit; None when there is no number."""
    return limits.rule_for(_parts(dossier).limits, dossier.case_code, dossier.channel)


def due(dossier: Dossier) -> fees.Due:
    """What the dossier owes, line by line: by its case, channel, answers, what the desk counted, and the day it was sent.

    Rules of the day it was sent hold for it, whatever is decided later.
    """
    counted = fees.Counted(**{key: value for key, value in dossier.fee_facts.items() if key in COUNTED})
    on = clock.local(dossier.submitted_at or clock.now()).date()
    basis = fees.FeeBasis(dossier.case_code, dossier.channel, on, dossier.answers, counted)
    found = fees.due(_parts(dossier).fees, basis)
    if BY_HAND in dossier.fee_facts and found.amount is None:
        found = _set_by_hand(dossier, found)
    asked = dossier.fee_facts.get(ASKED)
    return found if not asked else _with_asked(found, asked)


def _set_by_hand(dossier: Dossier, found: fees.Due) -> fees.Due:
    """The amount that the desk wrote where the sheet has none; what the sheet knows stands."""
    known = tuple(line for line in found.lines if line.amount is not None)
    named = next((line.name for line in found.lines if line.amount is None), _("Phí, lệ phí"))
    law = str(dossier.fee_facts.get("reason", ""))
    return fees.Due((*known, fees.FeeItem(str(named), int(dossier.fee_facts[BY_HAND]), law=law)), is_known=True)


def _with_asked(found: fees.Due, asked: list[dict[str, Any]]) -> fees.Due:
    """What was asked for on the way comes to what is known; what the sheet never knew does not hide it."""
    known = tuple(line for line in found.lines if line.amount is not None)
    return fees.Due(
        (*known, *(fees.FeeItem(one["name"], one["amount"], law=one["law"]) for one in asked)), is_known=True
    )


def fee(dossier: Dossier) -> int | None:
    """The sum of what is due; None when the catalogue does not know it, or something is not counted yet.

    Raises UserError when it is more than a dossier can owe: a number was mistyped.
    """
    amount = due(dossier).amount
    if amount is not None and amount > MOST_DUE:
        raise UserError(TOO_MUCH % {"amount": money(amount), "most": money(MOST_DUE)})
    return amount


def route(dossier: Dossier) -> tuple[limits.Step, ...]:
    """The steps of the route in order, fitted into the dossier's limit; the default route when the revision has none."""
    return limits.route_for(_parts(dossier).route, limit(dossier))


def refuse_if_incomplete(dossier: Dossier, given: Iterable[Attachment]) -> None:
    """Raise MissingPaperError naming the first missing answer or paper; `given`: what is attached."""
    missing = formspec.missing(_parts(dossier).form, dossier.answers)
    if missing:
        raise MissingPaperError(
            _("Còn thiếu thông tin: %(what)s. Vui lòng điền trước khi gửi.") % {"what": missing[0].label}
        )
    there = {row.paper_code for row in given}
    needed = [paper for paper in papers_for(dossier) if paper.kind == PaperKind.SUBMIT and paper.is_required]
    for paper in needed:
        if paper.code not in there:
            raise MissingPaperError(
                _("Còn thiếu giấy tờ: %(what)s. Vui lòng tải lên trước khi gửi.") % {"what": paper.name}
            )


def papers_for(dossier: Dossier) -> list[RequiredPaper]:
    """Papers that may be attached for the dossier's case; the same code of a special case replaces the general one."""
    rows = [
        paper
        for paper in _parts(dossier).papers
        if paper.case_code in {"", dossier.case_code} and paper.kind != PaperKind.NOTE
    ]
    by_code = {paper.code: paper for paper in sorted(rows, key=lambda paper: paper.case_code)}
    return sorted(by_code.values(), key=lambda paper: (paper.sort_order, paper.pk))


def _parts(dossier: Dossier) -> published.Parts:
    return published.parts(dossier.revision_id)
