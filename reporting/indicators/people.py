"""What people say: ratings, petitions, surveys, visits."""

from django.utils.translation import gettext_lazy as _

from reporting.enums import Basis, Family, Measure, ZeroRule
from reporting.indicators.base import INDICATORS, Declaration, Pass

PETITION = _("phản ánh, kiến nghị")

SATISFIED = INDICATORS.add(
    Declaration(
        code="satisfied",
        codes=("K9", "KPI11", "224-e"),
        family=Family.PEOPLE,
        label=_("Hài lòng qua phiếu đánh giá"),
        short_name=_("đánh giá hài lòng"),
        formula=_(
            "Số hồ sơ giải quyết xong trong kỳ được đánh giá hài lòng hoặc rất hài lòng, chia cho số hồ sơ giải quyết xong "
            "trong kỳ có đánh giá."
        ),
        numerator=_("hồ sơ được đánh giá hài lòng"),
        denominator=_("hồ sơ có đánh giá"),
        cases=Pass.HANDLED,
        counted="NOT is_open AND rating IS NOT NULL",
        hit="rating >= 2",
        waits_for=("rating",),
    )
)
SATISFIED_766 = INDICATORS.add(
    Declaration(
        code="satisfied_766",
        codes=("766-5.4",),
        family=Family.PEOPLE,
        label=_("Hài lòng theo Quyết định 766"),
        short_name=_("hài lòng theo QĐ 766"),
        formula=_("100 % trừ tỷ lệ hồ sơ quá hạn và tỷ lệ hồ sơ bị phản ánh, kiến nghị hoặc đánh giá không hài lòng."),
        numerator=_("hồ sơ không quá hạn, không bị phản ánh"),
        denominator=_("hồ sơ đã giải quyết"),
        cases=None,
        waits_for=("petition",),
    )
)
PETITIONS_ON_TIME = INDICATORS.add(
    Declaration(
        code="petitions_on_time",
        codes=("766-5.2",),
        family=Family.PEOPLE,
        label=_("Phản ánh, kiến nghị xử lý đúng hạn"),
        short_name=_("phản ánh đúng hạn"),
        formula=_(
            "Số phản ánh, kiến nghị được trả lời đúng hạn trong kỳ, chia cho số phản ánh, kiến nghị đến hạn trả lời trong "
            "kỳ. Không có phản ánh, kiến nghị nào thì đạt điểm tối đa."
        ),
        numerator=_("phản ánh trả lời đúng hạn"),
        denominator=_("phản ánh đến hạn"),
        noun=PETITION,
        cases=None,
        zero=ZeroRule.FULL,
        waits_for=("petition",),
    )
)
PETITIONS_SATISFIED = INDICATORS.add(
    Declaration(
        code="petitions_satisfied",
        codes=("766-5.3",),
        family=Family.PEOPLE,
        label=_("Hài lòng về xử lý phản ánh, kiến nghị"),
        short_name=_("hài lòng về xử lý phản ánh"),
        formula=_(
            "Số phản ánh, kiến nghị được người gửi đánh giá hài lòng, chia cho số phản ánh, kiến nghị đã trả lời. Không có "
            "phản ánh, kiến nghị nào thì đạt điểm tối đa, như điểm đã công bố."
        ),
        numerator=_("phản ánh được đánh giá hài lòng"),
        denominator=_("phản ánh đã trả lời"),
        noun=PETITION,
        cases=None,
        zero=ZeroRule.FULL,
        waits_for=("petition",),
    )
)
AWARE = INDICATORS.add(
    Declaration(
        code="aware_of_online",
        codes=("K13", "KPI6"),
        family=Family.PEOPLE,
        label=_("Người dân biết đến thủ tục trực tuyến"),
        short_name=_("người dân biết đến"),
        formula=_(
            "Số người được hỏi biết đến thủ tục hành chính trực tuyến, chia cho số người được hỏi; kèm sai số của mẫu."
        ),
        numerator=_("người biết"),
        denominator=_("người được hỏi"),
        noun=_("người"),
        cases=None,
        bases=(Basis.CUMULATIVE,),
        waits_for=("survey",),
    )
)
VISITS = INDICATORS.add(
    Declaration(
        code="portal_visits",
        codes=("KPI14",),
        family=Family.PEOPLE,
        label=_("Lượt truy cập cổng"),
        short_name=_("lượt truy cập"),
        formula=_("Số lượt truy cập cổng trong kỳ, không tính máy tự động, không dùng cookie theo dõi."),
        numerator=_("lượt truy cập"),
        denominator=_("lượt truy cập"),
        noun=_("lượt"),
        cases=None,
        measure=Measure.COUNT,
        waits_for=("pageview",),
    )
)
