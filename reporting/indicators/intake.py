"""Answers to online submissions, requests for more, refusals, reappointments."""

from django.utils.translation import gettext_lazy as _

from reporting.enums import Direction, Family, FinishKind
from reporting.indicators.base import DECIDED, INDICATORS, Declaration, Pass

ANSWERED_IN_TIME = INDICATORS.add(
    Declaration(
        code="answered_in_8_hours",
        codes=("K15",),
        family=Family.INTAKE,
        label=_("Hồ sơ trực tuyến được trả lời trong 8 giờ làm việc"),
        short_name=_("hồ sơ trực tuyến trả lời đúng hạn"),
        formula=_(
            "Số hồ sơ nộp trực tuyến được trả lời (tiếp nhận, yêu cầu hoàn thiện hoặc từ chối) không muộn hơn hạn trả lời, "
            "chia cho số hồ sơ nộp trực tuyến có hạn trả lời trong kỳ."
        ),
        numerator=_("hồ sơ trả lời đúng hạn"),
        denominator=_("hồ sơ đến hạn trả lời"),
        cases=Pass.ANSWERS,
        hit="in_time",
    )
)
ASKED_TWICE = INDICATORS.add(
    Declaration(
        code="supplement_twice",
        codes=("K16",),
        family=Family.INTAKE,
        label=_("Hồ sơ bị yêu cầu bổ sung quá một lần"),
        short_name=_("hồ sơ bổ sung quá một lần"),
        formula=_(
            "Số hồ sơ giải quyết xong trong kỳ đã bị yêu cầu bổ sung từ hai lần trở lên, chia cho số hồ sơ giải quyết "
            "xong trong kỳ."
        ),
        numerator=_("hồ sơ bổ sung từ hai lần"),
        denominator=_("hồ sơ giải quyết xong"),
        cases=Pass.HANDLED,
        counted=DECIDED,
        hit="supplements >= 2",
        direction=Direction.LOWER,
    )
)
REFUSED = INDICATORS.add(
    Declaration(
        code="refused_share",
        codes=("K17",),
        family=Family.INTAKE,
        label=_("Hồ sơ bị từ chối"),
        short_name=_("hồ sơ bị từ chối"),
        formula=_(
            "Số hồ sơ kết thúc trong kỳ vì không được tiếp nhận hoặc bị từ chối giải quyết, chia cho số hồ sơ kết thúc "
            "trong kỳ (có kết quả, từ chối, không tiếp nhận, rút, dừng giải quyết)."
        ),
        numerator=_("hồ sơ bị từ chối"),
        denominator=_("hồ sơ kết thúc"),
        cases=Pass.HANDLED,
        counted="NOT is_open",
        hit=f"finish_kind IN ('{FinishKind.REFUSED}', '{FinishKind.NOT_ACCEPTED}')",
        direction=Direction.LOWER,
    )
)
REAPPOINTED = INDICATORS.add(
    Declaration(
        code="reappointed_share",
        codes=("K18",),
        family=Family.INTAKE,
        label=_("Hồ sơ phải xin lỗi và hẹn lại"),
        short_name=_("hồ sơ hẹn lại"),
        formula=_(
            "Số hồ sơ giải quyết xong trong kỳ đã có phiếu xin lỗi và hẹn lại ngày trả kết quả, chia cho số hồ sơ giải "
            "quyết xong trong kỳ."
        ),
        numerator=_("hồ sơ hẹn lại"),
        denominator=_("hồ sơ giải quyết xong"),
        cases=Pass.HANDLED,
        counted=DECIDED,
        hit="reappointed_at IS NOT NULL",
        direction=Direction.LOWER,
    )
)
