"""Short stable values of dossiers; the Vietnamese words are those of the national status list where it has one."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """The one state of a dossier. Who holds it is a separate fact (work items)."""

    DRAFT = "draft", _("Bản nháp")
    SUBMITTED = "submitted", _("Mới đăng ký")
    INTAKE_FIX = "intake_fix", _("Mới đăng ký, chờ hoàn thiện")
    NOT_ACCEPTED = "not_accepted", _("Không được tiếp nhận")
    ACCEPTED = "accepted", _("Được tiếp nhận")
    PROCESSING = "processing", _("Đang xử lý")
    SUPPLEMENT = "supplement", _("Yêu cầu bổ sung giấy tờ")
    PAYMENT = "payment", _("Yêu cầu thực hiện nghĩa vụ tài chính")
    CHECKING = "checking", _("Chờ người nộp kiểm tra bản dự thảo")
    WITHDRAWN = "withdrawn", _("Công dân yêu cầu rút hồ sơ")
    STOPPED = "stopped", _("Dừng xử lý")
    REFUSED = "refused", _("Từ chối giải quyết")
    DONE = "done", _("Đã xử lý xong")
    RETURNED = "returned", _("Đã trả kết quả")


NATIONAL_CODE = {
    State.SUBMITTED: 1,
    State.INTAKE_FIX: 1,
    State.ACCEPTED: 2,
    State.NOT_ACCEPTED: 3,
    State.PROCESSING: 4,
    State.SUPPLEMENT: 5,
    State.PAYMENT: 6,
    State.CHECKING: 4,
    State.WITHDRAWN: 7,
    State.STOPPED: 8,
    State.REFUSED: 8,
    State.DONE: 9,
    State.RETURNED: 10,
}
OPEN_STATES = frozenset(
    {
        State.SUBMITTED,
        State.INTAKE_FIX,
        State.ACCEPTED,
        State.PROCESSING,
        State.SUPPLEMENT,
        State.PAYMENT,
        State.CHECKING,
    }
)
# The next step is the citizen's: all work on the dossier is suspended.
WAITING_STATES = frozenset({State.INTAKE_FIX, State.SUPPLEMENT, State.PAYMENT, State.CHECKING})
FINAL_STATES = frozenset({State.NOT_ACCEPTED, State.WITHDRAWN, State.STOPPED, State.REFUSED, State.RETURNED})

# Received and not ended without a result: what is due there is owed; once the result is handed over nobody queues for it.
QUEUED_STATES = (State.ACCEPTED, State.PROCESSING, State.SUPPLEMENT, State.PAYMENT, State.CHECKING, State.DONE)
OWING_STATES = (*QUEUED_STATES, State.RETURNED)


class PublicStage(TextChoices):
    """What the public reads: five words at most."""

    FILED = "filed", _("Đã nộp")
    ACCEPTED = "accepted", _("Đã tiếp nhận")
    NEEDS_YOU = "needs_you", _("Cần bổ sung")
    WORKING = "working", _("Đang giải quyết")
    ENDED = "ended", _("Có kết quả")


PUBLIC_STAGE = {
    State.SUBMITTED: PublicStage.FILED,
    State.INTAKE_FIX: PublicStage.NEEDS_YOU,
    State.ACCEPTED: PublicStage.ACCEPTED,
    State.PROCESSING: PublicStage.WORKING,
    State.SUPPLEMENT: PublicStage.NEEDS_YOU,
    State.PAYMENT: PublicStage.NEEDS_YOU,
    State.CHECKING: PublicStage.NEEDS_YOU,
    State.DONE: PublicStage.ENDED,
    State.RETURNED: PublicStage.ENDED,
    State.REFUSED: PublicStage.ENDED,
    State.NOT_ACCEPTED: PublicStage.ENDED,
    State.WITHDRAWN: PublicStage.ENDED,
    State.STOPPED: PublicStage.ENDED,
}


class Action(TextChoices):
    """What may be done to a dossier, as far as the code asks for it by name; a module of dossiers.acts may add its own."""

    SUBMIT = "submit", _("Gửi hồ sơ")
    RECEIVE = "receive", _("Tiếp nhận hồ sơ")
    RECEIVE_AT_COUNTER = "receive_at_counter", _("Nhận hồ sơ tại quầy")
    REFUSE = "refuse", _("Từ chối tiếp nhận")
    FORWARD = "forward", _("Chuyển phòng chuyên môn")
    ASSIGN = "assign", _("Phân công thụ lý")
    PROPOSE = "propose", _("Trình kết quả giải quyết")
    SEND_BACK = "send_back", _("Trả lại bước thẩm định")
    APPROVE = "approve", _("Đồng ý")
    ISSUE = "issue", _("Ban hành kết quả")
    RETURN = "return", _("Trả kết quả")
    REQUEST_SUPPLEMENT = "request_supplement", _("Yêu cầu bổ sung")
    ANSWER_SUPPLEMENT = "answer_supplement", _("Nộp bổ sung")
    REQUEST_WITHDRAWAL = "request_withdrawal", _("Đề nghị rút hồ sơ")
    WITHDRAW = "withdraw", _("Cho rút hồ sơ")
    MOVE_WORK = "move_work", _("Chuyển việc sang người hoặc phòng kế nhiệm")
    FOLLOW_UNIT = "follow_unit", _("Chuyển hồ sơ sang đơn vị kế thừa")
    SUPPLEMENT_DONE = "supplement_done", _("Ghi nhận bổ sung tại quầy")
    NOTE_VISIT = "note_visit", _("Ghi nhận bổ sung chưa đủ")
    SCAN_PAPER = "scan_paper", _("Quét giấy tờ")
    WITHDRAW_ON_BEHALF = "withdraw_on_behalf", _("Ghi nhận đề nghị rút hồ sơ")
    EXPIRE_SUPPLEMENT = "expire_supplement", _("Kết thúc do không bổ sung đúng hạn")
    TAKE = "take", _("Nhận việc")
    RELEASE = "release", _("Trả việc về hàng chờ")
    REASSIGN = "reassign", _("Giao việc cho người khác")
    RECALL = "recall", _("Thu hồi việc đã chuyển")
    DECLINE_WITHDRAWAL = "decline_withdrawal", _("Không đồng ý cho rút hồ sơ")
    SUBMIT_DRAFT = "submit_draft", _("Trình ký dự thảo")
    RETURN_DRAFT = "return_draft", _("Trả lại dự thảo")
    SIGN_DRAFT = "sign_draft", _("Ký duyệt dự thảo")
    DROP_DRAFT = "drop_draft", _("Bỏ dự thảo")
    REAPPOINT = "reappoint", _("Xin lỗi và hẹn lại ngày trả")
    ASK_CORRECTION = "ask_correction", _("Đề nghị đính chính thời điểm")
    AGREE_CORRECTION = "agree_correction", _("Đồng ý đính chính thời điểm")
    DECLINE_CORRECTION = "decline_correction", _("Không đồng ý đính chính thời điểm")
    CONSULT = "consult", _("Lấy ý kiến đơn vị khác")
    ANSWER_CONSULTATION = "answer_consultation", _("Trả lời lấy ý kiến")
    END_CONSULTATION = "end_consultation", _("Rút câu hỏi lấy ý kiến")
    SEND_FOR_CHECK = "send_for_check", _("Gửi bản dự thảo cho người nộp kiểm tra")
    CONFIRM_CHECK = "confirm_check", _("Đồng ý với bản dự thảo")
    CORRECT_CHECK = "correct_check", _("Đề nghị sửa bản dự thảo")
    CONFIRM_CHECK_ON_BEHALF = "confirm_check_on_behalf", _("Ghi nhận người nộp đồng ý với bản dự thảo")
    CORRECT_CHECK_ON_BEHALF = "correct_check_on_behalf", _("Ghi nhận người nộp đề nghị sửa bản dự thảo")
    TAKE_BACK_CHECK = "take_back_check", _("Rút bản dự thảo đã gửi kiểm tra")
    SET_FEE = "set_fee", _("Tính lại phí, lệ phí")
    REQUEST_PAYMENT = "request_payment", _("Yêu cầu nộp tiền")
    TAKE_BACK_PAYMENT = "take_back_payment", _("Rút yêu cầu nộp tiền")
    PAY = "pay", _("Thu phí, lệ phí")
    REFUND = "refund", _("Hoàn trả phí, lệ phí")
    REPLACE_RECEIPT = "replace_receipt", _("Lập biên lai thay thế")
    PREPARE_AT_POST = "prepare_at_post", _("Bưu điện nhận hồ sơ để chuyển")
    HAND_OVER = "hand_over", _("Bưu điện bàn giao cho Bộ phận Một cửa")
    TAKE_FROM_POST = "take_from_post", _("Lấy lại từ bưu điện không qua phiếu giao nhận")
    SEND_BY_POST = "send_by_post", _("Giao bưu điện kết quả để chuyển phát")
    FAIL_DELIVERY = "fail_delivery", _("Ghi nhận không phát được")


class Outcome(TextChoices):
    """How a work item was closed."""

    DONE = "done", _("đã làm xong")
    SENT_BACK = "sent_back", _("trả lại bước trước")
    RECALLED = "recalled", _("người chuyển thu hồi")
    SILENT = "silent", _("quá hạn không trả lời")
    ENDED = "ended", _("không còn phải làm")


class EventCode(StrEnum):
    """Codes of events that the code asks for by name. What an event is called and does: dossiers.events.

    A new event needs an entry here only when something else than its own module must know it.
    """

    SUBMITTED = "submitted"
    RECEIVED = "received"
    NOT_ACCEPTED = "not_accepted"
    FORWARDED = "forwarded"
    ASSIGNED = "assigned"
    PROPOSED = "proposed"
    SENT_BACK = "sent_back"
    APPROVED = "approved"
    RESULT_ISSUED = "result_issued"
    REFUSED = "refused"
    RETURNED = "returned"
    SUPPLEMENT_REQUESTED = "supplement_requested"
    SUPPLEMENT_ANSWERED = "supplement_answered"
    WITHDRAWAL_REQUESTED = "withdrawal_requested"
    WITHDRAWN = "withdrawn"
    SUPPLEMENT_PARTLY = "supplement_partly"
    SUPPLEMENT_EXPIRED = "supplement_expired"
    WITHDRAWAL_DECLINED = "withdrawal_declined"
    DRAFT_SUBMITTED = "draft_submitted"
    DRAFT_RETURNED = "draft_returned"
    DRAFT_SIGNED = "draft_signed"
    DRAFT_DROPPED = "draft_dropped"
    REAPPOINTED = "reappointed"
    REAPPOINTED_LATE = "reappointed_late"
    CORRECTION_ASKED = "correction_asked"
    TIME_CORRECTED = "time_corrected"
    CORRECTION_DECLINED = "correction_declined"
    CONSULTED = "consulted"
    CONSULTATION_ANSWERED = "consultation_answered"
    CONSULTATION_ENDED = "consultation_ended"
    CONSULTATION_SILENT = "consultation_silent"
    SENT_FOR_CHECK = "sent_for_check"
    CHECK_CONFIRMED = "check_confirmed"
    CHECK_CORRECTED = "check_corrected"
    CHECK_SILENT = "check_silent"
    CHECK_TAKEN_BACK = "check_taken_back"
    CLOCK_MOVED = "clock_moved"
    TEXT_ERASED = "text_erased"
    WORK_MOVED = "work_moved"
    TAKEN = "taken"
    RELEASED = "released"
    REASSIGNED = "reassigned"
    RECALLED = "recalled"
    UNIT_FOLLOWED = "unit_followed"
    FEE_SET = "fee_set"
    PAYMENT_REQUESTED = "payment_requested"
    PAYMENT_TAKEN_BACK = "payment_taken_back"
    PAID = "paid"
    REFUNDED = "refunded"
    RECEIPT_REPLACED = "receipt_replaced"
    CALL_NOTED = "call_noted"
    PAPER_MADE = "paper_made"
    PREPARED = "prepared"
    HANDED_OVER = "handed_over"
    HANDED_BACK = "handed_back"
    SENT_BY_POST = "sent_by_post"
    DELIVERY_FAILED = "delivery_failed"


# A letter of apology went out, in time or not.
APOLOGIES = (EventCode.REAPPOINTED, EventCode.REAPPOINTED_LATE)


class PaymentKind(TextChoices):
    """Which way money went."""

    PAID = "paid", _("thu")
    REFUND = "refund", _("hoàn trả")


class PaymentMethod(TextChoices):
    """How money came or went back."""

    CASH = "cash", _("tiền mặt")
    CARD = "card", _("thẻ, theo phiếu của máy")
    TRANSFER = "transfer", _("chuyển khoản")


class ReceiptEnding(TextChoices):
    """Why a receipt for money no longer holds."""

    CANCELLED = "cancelled", _("đã hủy")
    REPLACED = "replaced", _("đã thay thế")


class CallReason(TextChoices):
    """Why somebody is called instead of being written to."""

    FAILED = "failed", _("tin gửi đi không tới")
    INSTEAD = "instead", _("cơ quan gọi điện thay tin nhắn")


class CallOutcome(TextChoices):
    """What came of a call."""

    TOLD = "told", _("đã báo được")
    NOT_REACHED = "not_reached", _("chưa gặp được, sẽ gọi lại")
    NOT_NEEDED = "not_needed", _("không cần gọi nữa")


class SegmentKind(TextChoices):
    """What a clock does in one stretch: run towards a due time, or stand for a reason."""

    RUN = "run", _("đang tính")
    MOVED = "moved", _("tính theo hạn dời do lịch làm việc thay đổi")
    APOLOGY = "apology", _("tính theo hạn hẹn lại sau khi xin lỗi")
    TRANSFER = "transfer", _("chờ cơ quan có thẩm quyền nhận hồ sơ")
    STOPPED_SUPPLEMENT = "stopped_supplement", _("dừng chờ bổ sung")
    STOPPED_PAYMENT = "stopped_payment", _("dừng chờ nộp phí, nghĩa vụ tài chính")
    STOPPED_CHECK = "stopped_check", _("dừng chờ người nộp kiểm tra bản dự thảo")
    STOPPED_DECISION = "stopped_decision", _("dừng theo quyết định")


RUNNING = frozenset({SegmentKind.RUN, SegmentKind.MOVED, SegmentKind.APOLOGY})
STOPS = frozenset(
    {
        SegmentKind.STOPPED_SUPPLEMENT,
        SegmentKind.STOPPED_PAYMENT,
        SegmentKind.STOPPED_CHECK,
        SegmentKind.STOPPED_DECISION,
    }
)


class Rung(TextChoices):
    """How near a promise is: the steps of the ladder on which staff are warned."""

    HALF = "half", _("đã qua nửa thời hạn")
    MOST = "most", _("đã qua 80 phần trăm thời hạn")
    ASK = "ask", _("hỏi nguyên nhân chậm")
    LETTER = "letter", _("phải gửi văn bản xin lỗi")
    DUE = "due", _("đến hạn")
    LATE = "late", _("quá hạn")
    SUPPLEMENT = "supplement", _("ngày cuối yêu cầu bổ sung")
    INTAKE = "intake", _("sắp hết giờ tiếp nhận")


class PromiseState(TextChoices):
    """What became of one promise after the decision."""

    KEPT = "kept", _("giữ nguyên")
    WAITING = "waiting", _("chờ dời hạn")
    MOVED = "moved", _("đã dời hạn")
    FAILED = "failed", _("chưa dời được")


class SheetWay(TextChoices):
    """Which way the papers of a hand-over sheet go."""

    TO_DESK = "to_desk", _("bưu điện giao, Bộ phận Một cửa nhận")
    TO_POST = "to_post", _("Bộ phận Một cửa giao, bưu điện nhận")


class SheetRowState(TextChoices):
    """What the receiving side found of one row of a hand-over sheet."""

    OPEN = "open", _("chưa ký nhận")
    TAKEN = "taken", _("đã nhận đủ")
    DIFFERS = "differs", _("đã nhận, có sai lệch")
    MISSING = "missing", _("không có trong túi")
    GONE = "gone", _("không còn ở bên giao")
    WITHDRAWN = "withdrawn", _("phiếu đã rút")


class SubChannel(TextChoices):
    """How exactly a dossier came within its channel (NĐ 118/2025 Art. 15.1)."""

    PORTAL = "portal", _("cổng của địa phương")
    COUNTER = "counter", _("tại quầy")
    POST = "post", _("qua bưu điện")


class ConsultationAnswer(TextChoices):
    """What came of a question to another unit."""

    AGREES = "agrees", _("đồng ý")
    CONDITIONS = "conditions", _("đồng ý với điều kiện")
    DISAGREES = "disagrees", _("không đồng ý")
    SILENT = "silent", _("không trả lời trong hạn, được coi là đã đồng ý")
    ENDED = "ended", _("đơn vị hỏi đã rút câu hỏi")


class CheckAnswer(TextChoices):
    """What came of a draft that its applicant was asked to check."""

    AGREED = "agreed", _("đồng ý")
    WRONG = "wrong", _("đề nghị sửa")
    SILENT = "silent", _("không trả lời trong hạn, được coi là đồng ý")
    TAKEN_BACK = "taken_back", _("cơ quan giải quyết đã rút bản dự thảo")


class Decision(TextChoices):
    """What the case officer proposes."""

    GRANT = "grant", _("đồng ý giải quyết")
    REFUSE = "refuse", _("từ chối giải quyết")


class Appeared(TextChoices):
    """Who came to the desk about a dossier."""

    OWNER = "owner", _("chủ hồ sơ")
    SUBMITTER = "submitter", _("người nộp")
    OTHER = "other", _("người khác có giấy ủy quyền")


class SeenPaper(TextChoices):
    """Which paper somebody at the desk showed who they are with (NĐ 118/2025 Art. 17.2, as amended)."""

    IDENTITY_CARD = "identity_card", _("thẻ căn cước, thẻ căn cước công dân")
    E_IDENTITY = "e_identity", _("căn cước điện tử (VNeID)")
    PASSPORT = "passport", _("hộ chiếu")
    OTHER = "other", _("giấy tờ tùy thân khác")


class Delivery(TextChoices):
    """How the owner wants the result."""

    DESK = "desk", _("nhận tại Bộ phận Một cửa")
    ONLINE = "online", _("nhận bản điện tử")
    POST = "post", _("nhận qua bưu điện")


class PrintedName(StrEnum):
    """Codes of outgoing papers that the code asks for by name. What a paper is: dossiers.papers."""

    RECEIPT = "receipt"
    REFUSAL = "refusal"
    SUPPLEMENT_REQUEST = "supplement_request"
    RESULT = "result"
    WITHDRAWAL_ANSWER = "withdrawal_answer"
    WITHDRAWAL_NOTICE = "withdrawal_notice"
    APOLOGY = "apology"


class Sealed(TextChoices):
    """What a seal holds a digest of; dossiers.services.evidence says which columns."""

    LEDGER = "ledger", _("sổ sự kiện của một hồ sơ")
    RESULT = "result", _("kết quả đã ban hành")
    HANDOVER = "handover", _("việc trả kết quả")
    SUPPLEMENT = "supplement", _("yêu cầu bổ sung đã gửi")
    PAPER = "paper", _("bản in đã lưu")
    ATTACHMENT = "attachment", _("tệp đã nộp")
    READS = "reads", _("nhật ký xem dữ liệu cá nhân")
    DRAFT = "draft", _("văn bản đã cấp số")
    DROPPED = "dropped", _("số văn bản đã hủy")


class DraftKind(TextChoices):
    """Outgoing papers that are drafts before they are acts."""

    RESULT = "result", _("kết quả giải quyết")
    REFUSAL = "refusal", _("từ chối giải quyết")
    INTAKE_REFUSAL = "intake_refusal", _("từ chối tiếp nhận")
    SUPPLEMENT_REQUEST = "supplement_request", _("yêu cầu bổ sung")
    APOLOGY = "apology", _("xin lỗi và hẹn lại")
    STOP_NOTICE = "stop_notice", _("thông báo dừng giải quyết")
    WITHDRAWAL_ANSWER = "withdrawal_answer", _("trả lời đề nghị rút hồ sơ")
    CONSULTATION_ANSWER = "consultation_answer", _("trả lời lấy ý kiến")


class DraftState(TextChoices):
    """Life of a draft. Signing gives it its number; it counts as signed once its bytes are there.

    A dropped one that has a number stays in its book as cancelled.
    """

    DRAFTING = "drafting", _("đang soạn")
    SUBMITTED = "submitted", _("đã trình")
    REVIEWED = "reviewed", _("đã xem xét")
    NUMBERED = "numbered", _("đã cấp số")
    SIGNED = "signed", _("đã ký")
    ISSUED = "issued", _("đã ban hành")
    SENT_BACK = "sent_back", _("trả lại")
    DROPPED = "dropped", _("đã hủy")
