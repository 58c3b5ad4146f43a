"""What dossiers put into the frame of every page: the desk for who works there, one's own dossiers, tracking."""

from django.utils.translation import gettext_lazy as _

from accounts.enums import COUNTER_ROLES, WORK_ROLES, Role
from dossiers import money
from dossiers.books import READERS
from dossiers.draft_kinds import HEADS
from dossiers.services.handovers import DESK_SIDE, POST_SIDE
from portal.navigation import Entry, MenuPlace, Who, add

add(
    Entry("desk:inbox", _("Một cửa"), 20, roles=WORK_ROLES, landing=10),
    Entry("desk:counter", _("Nhận tại quầy"), 30, roles=COUNTER_ROLES),
    Entry("desk:cashier", _("Thu phí"), 32, roles=money.TILLS, landing=9, lands=money.COLLECTORS),
    Entry("desk:fee_offices", _("Đơn vị thu"), 61, roles=frozenset({Role.ADMINISTRATOR})),
    Entry("desk:drawers", _("Các ca thu tiền"), 33, roles=money.TILLS | money.OVERSEERS),
    Entry("desk:on_paper", _("Xong trên giấy"), 38, roles=frozenset({*HEADS, Role.OFFICER, Role.CLERK})),
    Entry("desk:handovers", _("Giao nhận"), 31, roles=DESK_SIDE | POST_SIDE, landing=8, lands=POST_SIDE),
    Entry("desk:owed_letters", _("Thư nợ"), 34, roles=frozenset(HEADS)),
    Entry("desk:books", _("Sổ văn bản"), 35, roles=READERS),
    Entry(
        "desk:sheets",
        _("In sổ, phiếu bàn giao"),
        36,
        roles=frozenset({Role.RECEPTIONIST, Role.RETURNER, Role.DESK_HEAD}),
    ),
    Entry("my:list", _("Hồ sơ của tôi"), 70, Who.SIGNED_IN, landing=50, is_own=True),
    Entry("my:track", _("Tra cứu hồ sơ"), 70, Who.STRANGER),
    Entry("desk:search", _("Tìm kiếm"), 10, roles=WORK_ROLES - {Role.POSTAL_CLERK}, place=MenuPlace.SEARCH),
)
