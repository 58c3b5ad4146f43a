"""What the figures put into the frame of every page: the boards for managers, an officer's own figures, the public summary in the foot."""

from django.utils.translation import gettext_lazy as _

from accounts.enums import MANAGER_ROLES, Role
from portal.navigation import Entry, MenuPlace, add

add(
    Entry("reporting:targets", _("Chỉ tiêu"), 42, roles=frozenset({Role.HOME_AFFAIRS})),
    Entry("reporting:board", _("Số liệu"), 40, roles=MANAGER_ROLES, landing=30),
    Entry("reporting:own", _("Hồ sơ tôi đã giải quyết"), 44, roles=frozenset({Role.OFFICER})),
    Entry("reporting:public", _("Số liệu"), 20, place=MenuPlace.FOOT),
)
