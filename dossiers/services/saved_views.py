"""Lists of work as people keep them: saved under a name, saved again under it, forgotten. No act on any dossier."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dossiers.models.lists import SavedView
from portal.errors import UserError

MOST = 20


@transaction.atomic
def keep(*, by: User, name: str, query: str) -> SavedView:
    """Keep a list under a name; the same name is written over. UserError when there are too many."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    known = SavedView.objects.filter(user=by)
    if known.exclude(name=name).count() >= MOST:
        raise UserError(_("Bạn đã lưu %(most)s danh sách. Hãy xóa bớt rồi lưu lại.") % {"most": MOST}, field="name")
    saved, _made = SavedView.objects.update_or_create(user=by, name=name, defaults={"query": query})
    return saved


def forget(*, by: User, view_id: int) -> None:
    """Delete one's own list; somebody else's is not found and stays."""
    SavedView.objects.filter(user=by, pk=view_id).delete()
