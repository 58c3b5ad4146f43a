"""What a dossier ends with (result), what it may be asked on the way (supplement), and the papers issued about it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dossiers.models.dossier import Dossier
from dossiers.papers import PAPERS
from portal import columns
from vault.models import StoredFile


class Result(models.Model):
    """The document that grants or refuses. The file is made by a worker right after issuing and then never changes."""

    dossier = models.OneToOneField(Dossier, models.PROTECT, related_name="result")
    number = columns.Line(_("số, ký hiệu"), max_length=60)
    code = columns.Line(_("mã kết quả"), max_length=120, unique=True)
    title = columns.Line(_("tên kết quả"), max_length=500)
    is_refusal = models.BooleanField(_("văn bản từ chối"), default=False)
    content = columns.Lines(_("nội dung"))
    signer = models.ForeignKey(User, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(_("ban hành lúc"))
    handed_to = columns.Line(_("người nhận"), max_length=200, blank=True)

    def __str__(self) -> str:
        return self.number


class Supplement(models.Model):
    """A request for missing or faulty papers: once, complete, itemised. The clock stops until it is answered."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="supplements")
    round = models.PositiveSmallIntegerField(_("lần"))
    items = columns.Json(_("các mục cần bổ sung"))  # see dossiers.asked
    reason = columns.Lines(_("lý do"))
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(_("yêu cầu lúc"))
    answer_by = models.DateField(_("hạn bổ sung"))
    answered_at = models.DateTimeField(_("đã bổ sung lúc"), null=True, blank=True)
    answer = columns.Lines(_("trả lời của người nộp"), blank=True)
    expired_at = models.DateTimeField(_("hết hạn, không bổ sung"), null=True, blank=True)
    # Answers of the form given anew (None: none yet), and those they took the place of, written when the answer is sent.
    answers = columns.Json(_("nội dung kê khai lại"), null=True, blank=True)
    before = columns.Json(_("nội dung kê khai trước đó"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["round", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dossier", "round"], name="supplement_round_once"),
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(answered_at__isnull=True), name="supplement_one_open"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["answer_by", "id"],
                name="supplement_waiting",
                condition=Q(answered_at__isnull=True, expired_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}/{self.round}"


class PrintedForm(models.Model):
    """A paper an act calls for. The row is written with the act; a worker makes the file; its bytes are kept for ever."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="printed_forms")
    name = columns.Line(_("tên phiếu"), max_length=40)  # a code of dossiers.papers
    number = columns.Line(_("số"), max_length=60, blank=True)
    # The number in its book, where the act gave it; a drafted paper's stands on its draft.
    book = columns.Line(_("sổ"), max_length=60, blank=True, db_default="")
    book_year = models.PositiveSmallIntegerField(_("năm"), null=True, blank=True)
    book_number = models.PositiveIntegerField(_("số trong sổ"), null=True, blank=True)
    event_seq = models.PositiveIntegerField()
    called_at = models.DateTimeField(_("yêu cầu in lúc"))
    # Issued by the loader of the demo city: its event bears a mark, and its file is made when it is first opened.
    is_made_on_opening = models.BooleanField(default=False, db_default=False)

    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["called_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dossier", "name", "event_seq"], name="printed_form_once"),
            models.UniqueConstraint(
                fields=["book", "book_year", "book_number"],
                condition=Q(book_number__isnull=False),
                name="printed_form_number_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["called_at", "id"], name="printed_form_missing", condition=Q(file__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.dossier_id}"

    @property
    def can_be_opened(self) -> bool:
        """Its file is there, or is made when somebody opens it."""
        return self.file_id is not None or self.is_made_on_opening

    @property
    def label(self) -> str:
        """The paper in words."""
        return PAPERS.label(self.name)
