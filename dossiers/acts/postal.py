"""The post: papers prepared there for a desk, handed over by signed sheets, results sent and perhaps not delivered.

Sheets are signed on pages of their own (dossiers.desk.handovers); the acts of dossiers that come of a signature have no form
on a dossier's page.
"""

from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.hanging import HANGING
from dossiers import documents, workflow
from dossiers.bearers import BEARERS, Bearers
from dossiers.desk.acts import ACTS, DeskAct
from dossiers.enums import Action, Delivery, EventCode, State
from dossiers.events import CITIZENS, EVENTS, Event, Wording
from dossiers.forms.desk import ReasonForm
from dossiers.forms.postal import FailedDeliveryForm
from dossiers.papers import PAPERS, Edition, OutgoingPaper, PaperSize, Signer
from dossiers.reasons import REASONS, Reason
from dossiers.services import postal, sheets
from dossiers.services.handovers import BOOK, DESK_SIDE, SIGNED_BY_ONE
from procedures.enums import StepKind

EVENTS.add(
    Event(
        code=EventCode.PREPARED,
        icon="send",
        label=_("Bưu điện nhận hồ sơ để chuyển"),
        citizen=_("Bưu điện đã nhận hồ sơ để chuyển đến Bộ phận Một cửa"),
        audience=CITIZENS,
        wording=Wording(
            _("Bưu điện đã nhận hồ sơ %(code)s để chuyển"),
            _(
                "Hồ sơ “%(procedure)s” đã được bưu điện nhận để chuyển đến %(desk)s. Thời hạn giải quyết tính từ khi "
                "công chức của Bộ phận Một cửa tiếp nhận; bạn sẽ được báo."
            ),
            _(
                "Bưu điện đã nhận hồ sơ %(code)s để chuyển đến Bộ phận Một cửa. Bạn sẽ được báo khi hồ sơ được tiếp nhận."
            ),
        ),
    )
)
EVENTS.add(
    Event(
        code=EventCode.HANDED_OVER,
        icon="check",
        label=_("Bộ phận Một cửa ký nhận hồ sơ từ bưu điện"),
        citizen=_("Hồ sơ đã đến Bộ phận Một cửa"),
    )
)
EVENTS.add(
    Event(
        code=EventCode.HANDED_BACK,
        icon="file",
        label=_("Bộ phận Một cửa nhận lại kết quả không phát được"),
        citizen=_("Kết quả đã về Bộ phận Một cửa"),
        audience=CITIZENS,
        wording=Wording(
            _("Kết quả hồ sơ %(code)s đã về Bộ phận Một cửa"),
            _("Kết quả “%(procedure)s” không phát được qua bưu điện và nay ở %(desk)s. Mời bạn đến nhận."),
            _("Kết quả hồ sơ %(code)s không phát được và nay ở Bộ phận Một cửa. Mời bạn đến nhận."),
        ),
    )
)
EVENTS.add(
    Event(
        code=EventCode.SENT_BY_POST,
        icon="send",
        label=_("Bưu điện nhận kết quả để chuyển phát"),
        citizen=_("Kết quả đang được bưu điện chuyển phát"),
        audience=CITIZENS,
        wording=Wording(
            _("Kết quả hồ sơ %(code)s đang được chuyển phát"),
            _("Bưu điện đã nhận kết quả “%(procedure)s” để chuyển đến bạn. %(text)s"),
            _("Kết quả hồ sơ %(code)s đã giao bưu điện. Mã vận đơn xem trên cổng."),
        ),
        text_is_public=True,
    )
)
EVENTS.add(
    Event(
        code=EventCode.DELIVERY_FAILED,
        icon="alert",
        label=_("Không phát được kết quả"),
        citizen=_("Bưu điện không phát được kết quả"),
        tone="warning",
        audience=CITIZENS,
        wording=Wording(
            _("Bưu điện không phát được kết quả hồ sơ %(code)s"),
            _("Kết quả “%(procedure)s” không phát được. %(text)s Kết quả được chuyển về %(desk)s."),
            _("Bưu điện không phát được kết quả hồ sơ %(code)s. Kết quả được chuyển về Bộ phận Một cửa."),
        ),
        text_is_public=True,
    )
)

workflow.add(
    workflow.Transition(
        Action.PREPARE_AT_POST,
        frozenset({State.DRAFT}),
        State.SUBMITTED,
        EventCode.PREPARED,
        frozenset({Role.POSTAL_CLERK}),
    ),
    # By the signatures of a sheet: the post gives, so its role stands here, and the act is the receiving side's.
    workflow.Transition(
        Action.HAND_OVER,
        frozenset({State.SUBMITTED}),
        None,
        EventCode.HANDED_OVER,
        frozenset({Role.POSTAL_CLERK}),
        StepKind.POST,
        workflow.Moves.RENEW,
    ),
    workflow.Transition(
        Action.HAND_OVER,
        frozenset({State.DONE}),
        None,
        EventCode.HANDED_BACK,
        frozenset({Role.POSTAL_CLERK}),
        StepKind.POST,
        workflow.Moves.RENEW,
    ),
    workflow.Transition(
        Action.SEND_BY_POST,
        frozenset({State.DONE}),
        None,
        EventCode.SENT_BY_POST,
        DESK_SIDE,
        StepKind.RETURN,
        workflow.Moves.RENEW,
    ),
    workflow.Transition(
        Action.TAKE_FROM_POST,
        frozenset({State.SUBMITTED}),
        None,
        EventCode.HANDED_OVER,
        frozenset({Role.DESK_HEAD}),
        StepKind.POST,
        workflow.Moves.RENEW,
        is_over=True,
    ),
    workflow.Transition(
        Action.TAKE_FROM_POST,
        frozenset({State.DONE}),
        None,
        EventCode.HANDED_BACK,
        frozenset({Role.DESK_HEAD}),
        StepKind.POST,
        workflow.Moves.RENEW,
        is_over=True,
    ),
    workflow.Transition(
        Action.FAIL_DELIVERY,
        frozenset({State.DONE}),
        None,
        EventCode.DELIVERY_FAILED,
        frozenset({Role.POSTAL_CLERK}),
        StepKind.RETURN,
        workflow.Moves.CLOSE,
    ),
    # Where nobody works in the office any more, the head of the desk says so and takes back what lies there.
    workflow.Transition(
        Action.FAIL_DELIVERY,
        frozenset({State.DONE}),
        None,
        EventCode.DELIVERY_FAILED,
        frozenset({Role.DESK_HEAD}),
        StepKind.RETURN,
        workflow.Moves.CLOSE,
        is_over=True,
    ),
    # The post scans what it prepares; what was sent online came with its files.
    workflow.Transition(
        Action.SCAN_PAPER,
        frozenset({State.SUBMITTED}),
        None,
        "paper_scanned",
        frozenset({Role.POSTAL_CLERK}),
        StepKind.POST,
    ),
)

DELIVERY_RULES = "NĐ 61/2018/NĐ-CP, Điều 20"  # how results are handed over, by post among others
for reason in (
    Reason("nobody_there", _("Không gặp người nhận sau hai lần phát"), (Action.FAIL_DELIVERY,), DELIVERY_RULES),
    Reason("wrong_address", _("Địa chỉ sai hoặc không đủ"), (Action.FAIL_DELIVERY,), DELIVERY_RULES),
    Reason("not_taken", _("Người nhận từ chối nhận"), (Action.FAIL_DELIVERY,), DELIVERY_RULES),
):
    REASONS.add(reason)

PAPERS.add(
    OutgoingPaper(
        code=postal.SLIP,
        label=_("Phiếu bưu điện nhận hồ sơ để chuyển"),
        editions=(Edition(date.min, _("PHIẾU NHẬN HỒ SƠ ĐỂ CHUYỂN"), "dossiers/print/postal_slip.html", PaperSize.A5),),
        context=documents.postal_slip,
        signer=Signer.ACTOR,
        called_by=(EventCode.PREPARED,),
    )
)
HANGING.add(SIGNED_BY_ONE)
BEARERS.add(
    Bearers(BOOK.kind, _("Phiếu giao nhận hồ sơ, kết quả với bưu điện"), BOOK, sheets.all_borne, sheets.some_borne)
)

ACTS.add(
    DeskAct(
        code=Action.FAIL_DELIVERY,
        label=_("Không phát được"),
        order=75,
        form=FailedDeliveryForm,
        service=postal.fail_delivery,
        foretell=_("Người nộp được báo; kết quả quay về Bộ phận Một cửa bằng phiếu giao nhận tới."),
        done=_("Đã ghi không phát được kết quả hồ sơ %(code)s. Hãy đưa vào phiếu giao nhận tới."),
        is_aside=True,
        fits=lambda dossier: dossier.delivery == Delivery.POST,
    )
)
ACTS.add(
    DeskAct(
        code=Action.TAKE_FROM_POST,
        label=_("Lấy lại từ bưu điện không qua phiếu"),
        order=93,
        form=ReasonForm,
        service=postal.take_from_post,
        foretell=_("Chỉ khi ở điểm bưu điện không còn ai làm việc. Hồ sơ về Bộ phận Một cửa, lý do được ghi."),
        done=_("Đã lấy lại hồ sơ %(code)s từ bưu điện."),
        is_aside=True,
    )
)
