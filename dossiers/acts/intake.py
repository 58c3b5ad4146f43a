"""Intake: a dossier is sent, received or refused at the desk; the receipt (form 01) and the refusal (form 03)."""

from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from dossiers import documents
from dossiers.desk.acts import ACTS, DeskAct
from dossiers.draft_kinds import DRAFT_KINDS, DraftedPaper
from dossiers.enums import Action, DraftKind, EventCode, PrintedName, State
from dossiers.events import CITIZENS, EVENTS, Event, Wording
from dossiers.forms import desk as forms
from dossiers.forms.drafting import RefusalDraftForm, SendDraftForm
from dossiers.papers import PAPERS, Book, OutgoingPaper, PaperSize, Signer, of_both_circulars
from dossiers.reasons import REASONS, Reason
from dossiers.services import desk
from procedures.enums import StepKind

EVENTS.add(
    Event(
        code=EventCode.SUBMITTED,
        icon="send",
        label=_("Nộp hồ sơ"),
        citizen=_("Đã nộp hồ sơ"),
        audience=CITIZENS,
        wording=Wording(
            _("Đã nhận hồ sơ trực tuyến %(code)s"),
            _(
                "Hồ sơ “%(procedure)s” của bạn đã được gửi đến %(unit)s. "
                "Bộ phận Một cửa sẽ trả lời trước %(accept_by)s."
            ),
            _("Hồ sơ %(code)s đã được gửi. Bộ phận Một cửa trả lời trước %(accept_by)s."),
        ),
    )
)
EVENTS.add(
    Event(
        code=EventCode.RECEIVED,
        icon="check",
        label=_("Tiếp nhận hồ sơ"),
        citizen=_("Hồ sơ được tiếp nhận"),
        tone="success",
        audience=CITIZENS,
        wording=Wording(
            _("Hồ sơ %(code)s đã được tiếp nhận"),
            _("%(unit)s đã tiếp nhận hồ sơ “%(procedure)s”. Mã hồ sơ: %(code)s. Hẹn trả kết quả: %(due)s."),
            _("Hồ sơ %(code)s đã được tiếp nhận. Hẹn trả kết quả: %(due)s."),
        ),
    )
)
EVENTS.add(
    Event(
        code=EventCode.NOT_ACCEPTED,
        icon="cross",
        label=_("Từ chối tiếp nhận"),
        citizen=_("Hồ sơ không được tiếp nhận"),
        tone="danger",
        audience=CITIZENS,
        wording=Wording(
            _("Hồ sơ %(code)s không được tiếp nhận"),
            _("%(unit)s không tiếp nhận hồ sơ “%(procedure)s”. Lý do: %(text)s"),
            _("Hồ sơ %(code)s không được tiếp nhận. Lý do ghi trong phiếu từ chối trên cổng."),
        ),
        text_is_public=True,
    )
)

PAPERS.add(
    OutgoingPaper(
        code=PrintedName.RECEIPT,
        label=_("Giấy tiếp nhận hồ sơ và hẹn trả kết quả"),
        editions=of_both_circulars(
            "01", _("GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ"), "dossiers/print/receipt.html", PaperSize.A5
        ),
        context=documents.receipt,
        signer=Signer.ACTOR,
        called_by=(EventCode.RECEIVED,),
        qr_shows_due=True,
        follows_promise=True,
    )
)
PAPERS.add(
    OutgoingPaper(
        code=PrintedName.REFUSAL,
        label=_("Phiếu từ chối tiếp nhận giải quyết hồ sơ"),
        editions=of_both_circulars(
            "03", _("PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ"), "dossiers/print/refusal.html", PaperSize.A5
        ),
        context=documents.refusal,
        signer=Signer.ACTOR,
        called_by=(EventCode.NOT_ACCEPTED, EventCode.SUPPLEMENT_EXPIRED),
        draft_kind=DraftKind.INTAKE_REFUSAL,
        book=Book("refusal", "TCHS"),
    )
)

DRAFT_KINDS.add(
    DraftedPaper(
        code=DraftKind.INTAKE_REFUSAL,
        label=_("Phiếu từ chối tiếp nhận hồ sơ"),
        paper=PrintedName.REFUSAL,
        writers={StepKind.INTAKE: frozenset({Role.RECEPTIONIST, Role.DESK_HEAD})},
        states=frozenset({State.SUBMITTED}),
        acts=(Action.REFUSE,),
        form=RefusalDraftForm,
        context=documents.refusal_draft,
        check=desk.check_refusal,
    )
)

INTAKE_LAW = "NĐ 118/2025/NĐ-CP, Điều 17"  # instruct once and in full, or say why not
FILE_ANEW = _("Bạn có thể nộp hồ sơ mới khi đã đủ điều kiện.")
for reason in (
    Reason(
        "cannot_supplement", _("Giấy tờ không hợp lệ và không thể bổ sung"), (Action.REFUSE,), INTAKE_LAW, FILE_ANEW
    ),
    Reason(
        "wrong_unit",
        _("Không thuộc thẩm quyền giải quyết của đơn vị"),
        (Action.REFUSE,),
        INTAKE_LAW,
        _("Bạn có thể nộp hồ sơ đến đúng cơ quan có thẩm quyền."),
    ),
    Reason("not_eligible", _("Không đủ điều kiện thực hiện thủ tục"), (Action.REFUSE,), INTAKE_LAW, FILE_ANEW),
    Reason(
        "wrong_data",
        _("Thông tin kê khai không đúng sự thật"),
        (Action.REFUSE,),
        INTAKE_LAW,
        _("Bạn có thể nộp hồ sơ mới với thông tin đúng."),
    ),
    Reason(
        "duplicate",
        _("Trùng với hồ sơ đang giải quyết"),
        (Action.REFUSE,),
        INTAKE_LAW,
        _("Hồ sơ đã nộp trước vẫn được giải quyết."),
    ),
    Reason("other", _("Lý do khác"), (Action.REFUSE,), INTAKE_LAW, FILE_ANEW),
):
    REASONS.add(reason)

ACTS.add(
    DeskAct(
        code=Action.RECEIVE,
        label=_("Tiếp nhận hồ sơ"),
        order=10,
        form=forms.PlainForm,
        service=desk.receive,
        foretell=_("Hồ sơ được cấp mã chính thức, bắt đầu tính hạn; giấy tiếp nhận được gửi cho người nộp."),
        done=_("Đã tiếp nhận hồ sơ %(code)s. Giấy tiếp nhận chờ in, xem ở phần Phiếu in."),
    )
)
ACTS.add(
    DeskAct(
        code=Action.REFUSE,
        label=_("Gửi phiếu từ chối tiếp nhận"),
        order=110,
        form=SendDraftForm,
        service=desk.refuse,
        foretell=_("Người nộp nhận phiếu từ chối tiếp nhận đã ký; hồ sơ kết thúc và không hoàn lại được."),
        done=_("Đã từ chối tiếp nhận hồ sơ %(code)s."),
        is_danger=True,
    )
)
