"""What the revision in force asks of a dossier: limit, fee, papers and answers. Read-only helpers of the services."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from dossiers.models.attachment import Attachment
from dossiers.models.dossier import Dossier
from portal import worktime
from portal.errors import MissingPaperError
from procedures import formspec, limits, published
from procedures.enums import PaperKind
from procedures.models import LimitRule, RequiredPaper

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


def fee(dossier: Dossier) -> int | None:
    """The sum of known fees for the dossier's case and channel; None when the catalogue does not know it."""
    return limits.fee_for(_parts(dossier).fees, dossier.case_code, dossier.channel).amount


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
