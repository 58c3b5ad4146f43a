"""Money: what is due is set or asked for, paid, given back; the receipt for it is made, replaced, cancelled.

A payment asked for stops the clock until it is there (T11, T12 of docs/law.md); one that is due anyhow stops nothing.
"""

from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from dossiers import documents, money, workflow
from dossiers.desk.acts import ACTS, DeskAct
from dossiers.enums import OWING_STATES, Action, EventCode, State
from dossiers.events import CITIZENS, EVENTS, Event, Wording
from dossiers.forms.desk import ReasonForm
from dossiers.forms.money import RequestPaymentForm, SetFeeForm
from dossiers.papers import PAPERS, Book, Edition, OutgoingPaper, PaperSize, Signer
from dossiers.services import fees
from procedures.enums import StepKind

FROM_TAX = date(2026, 7, 1)  # NĐ 254/2026/NĐ-CP
OWING = frozenset(OWING_STATES)
PAID_EVER = OWING | {
    State.REFUSED,
    State.STOPPED,
    State.WITHDRAWN,
    State.SUBMITTED,
    State.INTAKE_FIX,
    State.NOT_ACCEPTED,
}
COLLECTING = frozenset(money.COLLECTORS)

EVENTS.add(
    Event(
        code=EventCode.FEE_SET,
        label=_("Tính lại phí, lệ phí"),
        citizen=_("Phí, lệ phí được tính lại"),
        icon="money",
        text_is_public=True,
    )
)
EVENTS.add(
    Event(
        code=EventCode.PAYMENT_REQUESTED,
        label=_("Yêu cầu nộp tiền"),
        citizen=_("Mời bạn nộp phí, lệ phí"),
        icon="money",
        tone="warning",
        audience=CITIZENS,
        wording=Wording(
            _("Hồ sơ %(code)s: mời bạn nộp phí, lệ phí"),
            _(
                "%(unit)s yêu cầu nộp tiền cho hồ sơ “%(procedure)s”. %(text)s Thời hạn giải quyết tạm dừng đến khi "
                "nhận được tiền. Bạn nộp tại %(desk)s hoặc chuyển khoản theo mã trên trang hồ sơ."
            ),
            _("Hồ sơ %(code)s: mời nộp phí, lệ phí trước hết %(answer_by)s. Cách nộp có trên cổng và tại quầy."),
        ),
        text_is_public=True,
    )
)
EVENTS.add(
    Event(
        code=EventCode.PAYMENT_TAKEN_BACK,
        label=_("Rút yêu cầu nộp tiền"),
        citizen=_("Cơ quan giải quyết rút yêu cầu nộp tiền"),
        icon="money",
        audience=CITIZENS,
        wording=Wording(
            _("Hồ sơ %(code)s: yêu cầu nộp tiền được rút lại"),
            _("%(unit)s rút yêu cầu nộp tiền của hồ sơ “%(procedure)s”. Lý do: %(text)s Hẹn trả kết quả: %(due)s."),
            _("Hồ sơ %(code)s: yêu cầu nộp tiền được rút lại. Hẹn trả kết quả: %(due)s."),
        ),
        text_is_public=True,
    )
)
EVENTS.add(
    Event(
        code=EventCode.PAID,
        label=_("Thu phí, lệ phí"),
        citizen=_("Đã nộp phí, lệ phí"),
        tone="success",
        icon="money",
        audience=CITIZENS,
        wording=Wording(
            _("Hồ sơ %(code)s: đã nhận phí, lệ phí"),
            _(
                "%(desk)s đã nhận tiền của hồ sơ “%(procedure)s”. Biên lai có trên trang hồ sơ. Hẹn trả kết quả: %(due)s."
            ),
        ),
    )
)
EVENTS.add(
    Event(
        code=EventCode.REFUNDED,
        label=_("Hoàn trả phí, lệ phí"),
        citizen=_("Đã hoàn trả phí, lệ phí"),
        icon="money",
        audience=CITIZENS,
        wording=Wording(
            _("Hồ sơ %(code)s: đã hoàn trả phí, lệ phí"),
            _("%(desk)s đã hoàn trả tiền của hồ sơ “%(procedure)s”. Lý do: %(text)s"),
        ),
        text_is_public=True,
    )
)
EVENTS.add(
    Event(
        code=EventCode.RECEIPT_REPLACED,
        label=_("Lập biên lai thay thế"),
        citizen=_("Biên lai được lập lại"),
        icon="money",
        text_is_public=True,
    )
)

PAPERS.add(
    OutgoingPaper(
        code=money.FEE_RECEIPT,
        label=_("Biên lai thu phí, lệ phí"),
        editions=(
            Edition(date.min, _("BIÊN LAI THU PHÍ, LỆ PHÍ"), "dossiers/print/fee_receipt.html", PaperSize.A5),
            Edition(
                FROM_TAX,
                _("BIÊN LAI THU PHÍ, LỆ PHÍ"),
                "dossiers/print/fee_receipt.html",
                PaperSize.A5,
                "EBL01",
                "NĐ 254/2026/NĐ-CP",
            ),
        ),
        context=documents.fee_receipt,
        signer=Signer.ACTOR,
        called_by=(EventCode.PAID, EventCode.RECEIPT_REPLACED),
        book=Book(money.FEE_RECEIPT, "BL", words=documents.receipt_number),
        has_qr=False,
        is_of_writer=True,
    )
)

workflow.add(
    workflow.Transition(
        Action.SET_FEE,
        OWING - {State.PAYMENT},
        None,
        EventCode.FEE_SET,
        frozenset({Role.RECEPTIONIST, Role.DESK_HEAD, Role.CASHIER}),
    ),
    workflow.Transition(
        Action.REQUEST_PAYMENT,
        frozenset({State.PROCESSING}),
        State.PAYMENT,
        EventCode.PAYMENT_REQUESTED,
        frozenset({Role.OFFICER}),
        StepKind.APPRAISE,
    ),
    workflow.Transition(
        Action.TAKE_BACK_PAYMENT,
        frozenset({State.PAYMENT}),
        State.PROCESSING,
        EventCode.PAYMENT_TAKEN_BACK,
        frozenset({Role.OFFICER, Role.UNIT_HEAD}),
        StepKind.APPRAISE,
    ),
    workflow.Transition(Action.PAY, OWING - {State.PAYMENT}, None, EventCode.PAID, COLLECTING),
    workflow.Transition(Action.PAY, frozenset({State.PAYMENT}), State.PROCESSING, EventCode.PAID, COLLECTING),
    # The post takes the fee with the papers, before the desk receives, and what is still owed when it hands a result over.
    workflow.Transition(
        Action.PAY, frozenset({State.SUBMITTED}), None, EventCode.PAID, frozenset(money.POST), StepKind.POST
    ),
    workflow.Transition(
        Action.PAY, frozenset({State.DONE}), None, EventCode.PAID, frozenset(money.POST), StepKind.RETURN
    ),
    workflow.Transition(
        Action.REFUND, frozenset({State.SUBMITTED}), None, EventCode.REFUNDED, frozenset(money.POST), StepKind.POST
    ),
    workflow.Transition(
        Action.REPLACE_RECEIPT,
        frozenset({State.SUBMITTED}),
        None,
        EventCode.RECEIPT_REPLACED,
        frozenset(money.POST),
        StepKind.POST,
    ),
    workflow.Transition(Action.REFUND, frozenset(PAID_EVER), None, EventCode.REFUNDED, COLLECTING),
    workflow.Transition(Action.REPLACE_RECEIPT, frozenset(PAID_EVER), None, EventCode.RECEIPT_REPLACED, COLLECTING),
)

ACTS.add(
    DeskAct(
        code=Action.SET_FEE,
        label=_("Tính lại phí, lệ phí"),
        order=118,
        form=SetFeeForm,
        service=fees.set_fee,
        foretell=_("Số phải nộp tính lại theo số lượng, miễn giảm bạn ghi; người nộp thấy số mới và lý do."),
        done=_("Đã tính lại phí của hồ sơ %(code)s."),
        is_aside=True,
    )
)
ACTS.add(
    DeskAct(
        code=Action.REQUEST_PAYMENT,
        label=_("Yêu cầu nộp tiền"),
        order=95,
        form=RequestPaymentForm,
        service=fees.request_payment,
        foretell=_("Người nộp được báo số tiền, căn cứ, hạn nộp; thời hạn giải quyết tạm dừng đến khi nhận được tiền."),
        done=_("Đã yêu cầu nộp tiền cho hồ sơ %(code)s; thời hạn tạm dừng."),
        is_aside=True,
    )
)
ACTS.add(
    DeskAct(
        code=Action.TAKE_BACK_PAYMENT,
        label=_("Rút yêu cầu nộp tiền"),
        order=88,
        form=ReasonForm,
        service=fees.take_back_payment,
        foretell=_("Người nộp được báo lý do; thời hạn giải quyết tính tiếp."),
        done=_("Đã rút yêu cầu nộp tiền của hồ sơ %(code)s."),
        is_aside=True,
    )
)
