"""What the catalogue puts into the frame of every page: its front, its search, its desk, and guidance in the foot."""

from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from portal.navigation import Entry, MenuPlace, Who, add

add(
    Entry("procedures:home", _("Thủ tục"), 10, landing=90),
    Entry("procedures:manage", _("Danh mục"), 50, roles=frozenset({Role.PROCEDURE_CONTROLLER}), landing=40),
    Entry("procedures:postal_listings", _("Danh mục bưu điện"), 62, roles=frozenset({Role.ADMINISTRATOR})),
    Entry("procedures:search", _("Tìm kiếm"), 90, Who.EVERYBODY, place=MenuPlace.SEARCH),
    Entry("procedures:help", _("Hướng dẫn"), 10, place=MenuPlace.FOOT),
    Entry("procedures:accessibility", _("Tuyên bố khả năng tiếp cận"), 90, place=MenuPlace.FOOT),
)
