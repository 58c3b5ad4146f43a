"""The two other official readings of "đúng hạn", what is open and late, and how long a dossier takes."""

from django.utils.translation import gettext_lazy as _

from dossiers.enums import State
from reporting.enums import Direction, Family, FinishKind, Measure
from reporting.indicators.base import DECIDED, INDICATORS, ONLINE, Declaration, Pass

_RUNS = "stands = ''"
_ASKED = f"stands = '{State.SUPPLEMENT}'"
_RESOLVED = f"finish_kind IN ('{FinishKind.GRANTED}', '{FinishKind.REFUSED}', '{FinishKind.STOPPED}')"
# A letter of apology gives no longer limit: an open dossier is past due by the promise before it (asked for more, it has another).
_PAST = (
    f"past_due AND NOT {_ASKED} OR reappointed_at IS NOT NULL AND supplements = 0 AND past_first_due AND NOT {_ASKED}"
)
_LEGAL = "minutes_used IS NOT NULL AND minutes_allowed IS NOT NULL"

ON_TIME_NOW = INDICATORS.add(
    Declaration(
        code="on_time_now",
        codes=("K4-HL",),
        family=Family.TIME,
        label=_("Hồ sơ đúng hạn theo hẹn đang có hiệu lực"),
        short_name=_("hồ sơ đúng hạn theo hẹn hiện hành"),
        formula=_(
            "Số hồ sơ giải quyết xong trong kỳ không muộn hơn ngày hẹn trả có hiệu lực lúc xong, chia cho số hồ sơ giải "
            "quyết xong trong kỳ cộng số hồ sơ chưa xong đã quá ngày hẹn có hiệu lực vào cuối kỳ. Hồ sơ đang tạm dừng "
            "tính thời hạn (chờ bổ sung, chờ nộp tiền, chờ kiểm tra dự thảo) không bị coi là quá hạn. So theo ngày."
        ),
        numerator=_("hồ sơ đúng hạn"),
        denominator=_("hồ sơ đến hạn phải xong"),
        cases=Pass.HANDLED,
        counted=f"{DECIDED} AND due_day IS NOT NULL OR past_due AND {_RUNS}",
        hit="finished_day <= due_day",
    )
)
ON_TIME_766 = INDICATORS.add(
    Declaration(
        code="on_time_766",
        codes=("766-2.1",),
        family=Family.TIME,
        label=_("Hồ sơ đúng hạn theo Quyết định 766"),
        short_name=_("hồ sơ đúng hạn theo QĐ 766"),
        formula=_(
            "Số hồ sơ đúng hạn chia cho số hồ sơ đã giải quyết (kể cả từ chối, dừng giải quyết) cộng số hồ sơ chưa xong "
            "đã quá hạn vào cuối kỳ. Thời gian chờ bổ sung được trừ; hồ sơ đang chờ bổ sung tính đến lúc yêu cầu; yêu "
            "cầu bổ sung quá một lần là quá hạn; hẹn lại bằng văn bản xin lỗi không làm thời hạn dài ra; không có ngày hẹn "
            "thì theo thời hạn của thủ tục."
        ),
        numerator=_("hồ sơ đúng hạn"),
        denominator=_("hồ sơ đã giải quyết hoặc quá hạn"),
        cases=Pass.HANDLED,
        counted=f"{_RESOLVED} AND (due_day IS NOT NULL OR {_LEGAL}) OR {_PAST} OR {_ASKED} AND stands_since > due_day",
        hit=f"supplements <= 1 AND CASE WHEN {_LEGAL} THEN minutes_used <= minutes_allowed ELSE finished_day <= due_day END",
    )
)
OPEN_OVERDUE = INDICATORS.add(
    Declaration(
        code="open_overdue",
        codes=("II.06a-QH",),
        family=Family.TIME,
        label=_("Hồ sơ đang giải quyết đã quá hạn"),
        short_name=_("hồ sơ đang giải quyết quá hạn"),
        formula=_(
            "Số hồ sơ chưa giải quyết xong đã quá ngày hẹn có hiệu lực vào cuối kỳ, chia cho số hồ sơ đang giải quyết "
            "vào cuối kỳ. Hồ sơ đang tạm dừng tính thời hạn không bị coi là quá hạn."
        ),
        numerator=_("hồ sơ quá hạn"),
        denominator=_("hồ sơ đang giải quyết"),
        cases=Pass.HANDLED,
        counted="is_open",
        hit=f"past_due AND {_RUNS}",
        direction=Direction.LOWER,
    )
)
OPEN_DOSSIERS = INDICATORS.add(
    Declaration(
        code="open_dossiers",
        codes=("II.06a-T",),
        family=Family.TIME,
        label=_("Hồ sơ đang giải quyết vào cuối kỳ"),
        short_name=_("hồ sơ đang giải quyết"),
        formula=_("Số hồ sơ đã được tiếp nhận và chưa giải quyết xong vào cuối kỳ, của đơn vị đang giữ hồ sơ lúc đó."),
        numerator=_("hồ sơ đang giải quyết"),
        denominator=_("hồ sơ đang giải quyết"),
        cases=Pass.HANDLED,
        counted="is_open",
        measure=Measure.COUNT,
        direction=Direction.LOWER,
        is_public=False,
    )
)
HOURS_TAKEN = INDICATORS.add(
    Declaration(
        code="hours_taken",
        codes=("224-d",),
        family=Family.TIME,
        label=_("Thời gian giải quyết bình quân"),
        short_name=_("thời gian giải quyết bình quân"),
        formula=_(
            "Tổng số phút làm việc đã tính của các hồ sơ giải quyết xong trong kỳ (không kể thời gian tạm dừng), chia cho "
            "số hồ sơ đó; thể hiện bằng giờ làm việc."
        ),
        numerator=_("phút làm việc đã dùng"),
        denominator=_("hồ sơ giải quyết xong có tính giờ"),
        cases=Pass.HANDLED,
        counted=f"{DECIDED} AND minutes_used IS NOT NULL",
        amount="minutes_used",
        measure=Measure.HOURS,
        direction=Direction.LOWER,
    )
)
HOURS_SAVED = INDICATORS.add(
    Declaration(
        code="hours_saved",
        codes=("K10",),
        family=Family.TIME,
        label=_("Thời gian tiết kiệm so với thời hạn"),
        short_name=_("thời gian tiết kiệm"),
        formula=_(
            "Tổng phần thời hạn chưa dùng đến (thời hạn trừ thời gian giải quyết, không tính phần quá hạn) của các hồ sơ "
            "giải quyết xong trong kỳ, chia cho số hồ sơ đó; thể hiện bằng giờ làm việc."
        ),
        numerator=_("phút làm việc tiết kiệm"),
        denominator=_("hồ sơ giải quyết xong có tính giờ"),
        cases=Pass.HANDLED,
        counted=f"{DECIDED} AND {_LEGAL}",
        amount="greatest(minutes_allowed - minutes_used, 0)",
        measure=Measure.HOURS,
    )
)
TIME_CUT_ONLINE = INDICATORS.add(
    Declaration(
        code="time_cut_online",
        codes=("KPI12",),
        family=Family.TIME,
        label=_("Rút ngắn thời gian của hồ sơ trực tuyến"),
        short_name=_("thời gian được rút ngắn"),
        formula=_(
            "Thời hạn trừ thời gian giải quyết của các hồ sơ trực tuyến giải quyết xong trong kỳ, chia cho tổng thời hạn "
            "của các hồ sơ đó. Hồ sơ quá hạn làm giảm kết quả."
        ),
        numerator=_("phút làm việc rút ngắn"),
        denominator=_("phút làm việc theo thời hạn"),
        cases=Pass.HANDLED,
        counted=f"{DECIDED} AND {ONLINE} AND {_LEGAL}",
        amount="minutes_allowed - minutes_used",
        whole="minutes_allowed",
    )
)
