"""Supplements: asked for once and in full with form 02, answered by the citizen."""

from django.utils.translation import gettext_lazy as _

from dossiers import documents
from dossiers.desk.acts import ACTS, DeskAct
from dossiers.enums import Action, DraftKind, EventCode, PrintedName
from dossiers.events import CITIZENS, EVENTS, Event, Wording
from dossiers.forms import desk as forms
from dossiers.papers import PAPERS, Book, OutgoingPaper, PaperSize, Signer, of_both_circulars
from dossiers.services import desk

EVENTS.add(
    Event(
        code=EventCode.SUPPLEMENT_REQUESTED,
        label=_("Yêu cầu bổ sung, hoàn thiện"),
        citizen=_("Cơ quan giải quyết yêu cầu bổ sung hồ sơ"),
        tone="warning",
        audience=CITIZENS,
        wording=Wording(
            _("Hồ sơ %(code)s cần bổ sung"),
            _(
                "%(unit)s đề nghị bạn bổ sung hồ sơ “%(procedure)s”: %(text)s "
                "Thời hạn giải quyết tạm dừng đến khi bạn bổ sung."
            ),
            _("Hồ sơ %(code)s cần bổ sung. Nội dung cần bổ sung có trên cổng và tại Bộ phận Một cửa."),
        ),
        text_is_public=True,
    )
)
EVENTS.add(
    Event(
        code=EventCode.SUPPLEMENT_ANSWERED,
        label=_("Nộp bổ sung"),
        citizen=_("Đã nộp phần bổ sung"),
        audience=CITIZENS,
        wording=Wording(
            _("Đã nhận phần bổ sung của hồ sơ %(code)s"),
            _("Phần bổ sung của hồ sơ “%(procedure)s” đã được gửi đến %(unit)s. Hẹn trả kết quả: %(due)s."),
        ),
        text_is_public=True,
    )
)

PAPERS.add(
    OutgoingPaper(
        code=PrintedName.SUPPLEMENT_REQUEST,
        label=_("Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ"),
        editions=of_both_circulars(
            "02", _("PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ"), "dossiers/print/supplement_request.html", PaperSize.A5
        ),
        context=documents.supplement_request,
        signer=Signer.ACTOR,
        called_by=(EventCode.SUPPLEMENT_REQUESTED,),
        draft_kind=DraftKind.SUPPLEMENT_REQUEST,
        book=Book("guidance", "HDHS"),
    )
)

ACTS.add(
    DeskAct(
        code=Action.REQUEST_SUPPLEMENT,
        label=_("Yêu cầu bổ sung"),
        order=80,
        form=forms.AskSupplementForm,
        service=desk.request_supplement,
        foretell=_("Người nộp nhận phiếu yêu cầu bổ sung; hồ sơ tạm dừng tính hạn cho đến khi bổ sung xong."),
        done=_("Đã gửi yêu cầu bổ sung của hồ sơ %(code)s."),
        is_aside=True,
    )
)
