"""Outgoing papers before they are acts: drafted, reviewed, numbered, signed, issued. Written by dossiers.services.paper_drafts."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dossiers.enums import DraftKind, DraftState
from dossiers.models.dossier import Dossier
from dossiers.models.work import WorkItem
from portal import columns
from portal.models import Stamped
from vault.models import StoredFile

ENDED = frozenset({DraftState.ISSUED, DraftState.DROPPED})
WRITABLE = frozenset({DraftState.DRAFTING, DraftState.SENT_BACK})


class PaperDraft(Stamped):
    """One paper that leaves the house, from its first words to its signed bytes.

    People stand in `fields` by reference to a party, never with an identity number in clear. The number belongs to the
    draft once given: a numbered draft that is dropped stays in its book as cancelled. `fields` are purged when the
    paper is issued or dropped; the bytes are kept.
    """

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="paper_drafts")
    work_item = models.ForeignKey(WorkItem, models.PROTECT, null=True, blank=True, related_name="paper_drafts")
    kind = columns.Line(_("loại dự thảo"), max_length=24, choices=DraftKind.choices)
    template = columns.Line(_("mẫu"), max_length=60)
    template_version = models.PositiveSmallIntegerField(_("phiên bản mẫu"))
    fields = columns.Json(_("nội dung"), default=dict)
    state = columns.Line(_("trạng thái"), max_length=12, choices=DraftState.choices, default=DraftState.DRAFTING)
    version = models.PositiveIntegerField(default=0)
    author = models.ForeignKey(User, models.PROTECT, verbose_name=_("người soạn"), related_name="+")
    signer = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("người ký"), null=True, blank=True, related_name="+"
    )
    book = columns.Line(_("sổ"), max_length=60, blank=True)
    book_year = models.PositiveSmallIntegerField(_("năm"), null=True, blank=True)
    book_number = models.PositiveIntegerField(_("số"), null=True, blank=True)
    # As it stands on the paper, sign and all; empty for papers that bear none.
    number = columns.Line(_("số, ký hiệu"), max_length=80, blank=True, db_default="")
    numbered_at = models.DateTimeField(_("cấp số lúc"), null=True, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    issued_seq = models.PositiveIntegerField(_("sự kiện ban hành"), null=True, blank=True)
    dropped_reason = columns.Line(_("lý do hủy"), max_length=500, blank=True)
    # By it the book says who cancelled a number and when; null on rows dropped before this was kept.
    dropped_seq = models.PositiveIntegerField(_("sự kiện hủy"), null=True, blank=True)
    # The open item at which the paper lies with its signer or its sender; none while it is written or follows the route.
    handling = models.ForeignKey(WorkItem, models.PROTECT, null=True, blank=True, related_name="handled_drafts")
    # The cancelled paper whose words this one took over.
    continues = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="continued_by")
    # Making the file: how often it was tried, when last, and what went wrong.
    attempts = models.PositiveSmallIntegerField(_("số lần lập văn bản"), db_default=0)
    tried_at = models.DateTimeField(_("lập văn bản lần gần nhất"), null=True, blank=True)
    problem = columns.Line(_("lỗi lập văn bản"), max_length=200, blank=True, db_default="")

    class Meta:
        ordering: ClassVar = ["created_at", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["numbered_at", "id"], name="draft_without_file", condition=Q(state="numbered")),
            # Few at a time, and every list of work asks where one is to be written anew.
            models.Index(fields=["dossier", "work_item"], name="draft_sent_back", condition=Q(state="sent_back")),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["book", "book_year", "book_number"], name="draft_number_once"),
            models.CheckConstraint(
                condition=Q(book_number__isnull=True) | (~Q(book="") & Q(book_year__isnull=False)),
                name="draft_number_has_a_book",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.dossier_id}"

    @property
    def is_live(self) -> bool:
        """Neither issued nor dropped: it may still become a paper."""
        return self.state not in ENDED

    @property
    def is_open(self) -> bool:
        """Nobody is looking at it but who writes it."""
        return self.state in WRITABLE


class PaperReview(models.Model):
    """What one reviewer said of a draft, and of which version of it."""

    draft = models.ForeignKey(PaperDraft, models.PROTECT, related_name="reviews")
    version = models.PositiveIntegerField()
    reviewer = models.ForeignKey(User, models.PROTECT, related_name="+")
    agrees = models.BooleanField(_("đồng ý"))
    note = columns.Lines(_("ý kiến"), blank=True)
    at = models.DateTimeField(_("lúc"), auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.draft_id}/{self.version}"
