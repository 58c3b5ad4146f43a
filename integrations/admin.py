"""System page: messages that failed, with a button to try again."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from integrations.models import OutboxMessage
from integrations.outbox import send_again


@admin.register(OutboxMessage)
class OutboxMessageAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # no argument at run time
    """Failed messages first; the body is not shown, since administrators do not read dossiers."""

    list_display = ("kind", "channel_name", "state", "attempts", "next_at", "last_error")
    list_filter = ("state", "channel")
    fields = ("kind", "channel_name", "state", "attempts", "next_at", "sent_at", "last_error")
    readonly_fields = fields
    actions = ("send_again",)
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Messages are put by services only."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: OutboxMessage | None = None) -> bool:
        """A message stays as proof."""
        return False

    @admin.display(description=_("kênh"), ordering="channel")
    def channel_name(self, message: OutboxMessage) -> str:
        """The channel in words."""
        return message.channel_label

    @admin.action(description=_("Gửi lại"))
    def send_again(self, request: HttpRequest, queryset: QuerySet[OutboxMessage]) -> None:
        """Put failed messages back in the queue."""
        send_again(queryset)
