"""A shop in pretix with one event, one ticket with a question for a file, and bank transfer. Runs in pretix's environment.

`DJANGO_SETTINGS_MODULE=pretix.settings VENV/bin/python bench/pretix_shop.py`; knows nothing of the portal. May run twice.
"""

from datetime import timedelta
from decimal import Decimal

import django

django.setup()

from django.utils.timezone import now  # noqa: E402  settings first
from django_scopes import scopes_disabled  # noqa: E402
from pretix.base.models import Event, Item, Organizer, Question, Quota  # noqa: E402

ORGANIZER, EVENT = "bench", "filing"
BANK = "pretix.plugins.banktransfer"  # event and organizer must both name it
SETTINGS = {
    "payment_banktransfer__enabled": "True",
    "payment_banktransfer_bank_details_type": "other",
    "payment_banktransfer_bank_details": "Made up for a measurement",
    "payment_term_days": "14",
    "attendee_names_asked": "True",
    "attendee_names_required": "True",
    "attendee_emails_asked": "True",
    "order_email_asked_twice": "False",
    "order_phone_asked": "True",
    "invoice_address_asked": "True",
    "invoice_address_required": "True",
    "invoice_generate": "False",
    "mail_send_order_placed_attendee": "False",
    "max_items_per_order": "10",
    "locales": '["en"]',
    "locale": "en",
    "timezone": "UTC",
}
QUESTIONS = [
    ("What is it for?", Question.TYPE_STRING),
    ("Date of birth", Question.TYPE_DATE),
    ("Number of your card", Question.TYPE_STRING),
    ("A scanned paper", Question.TYPE_FILE),
]


def make() -> None:
    """Make what is not there yet."""
    organizer, _made = Organizer.objects.get_or_create(slug=ORGANIZER, defaults={"name": "Bench", "plugins": BANK})
    event = Event.objects.filter(organizer=organizer, slug=EVENT).first()
    if event is None:
        event = Event.objects.create(
            organizer=organizer,
            slug=EVENT,
            name="Filing",
            currency="EUR",
            date_from=now() + timedelta(days=200),
            plugins=BANK,
            live=True,
            is_public=True,
        )
        event.set_defaults()
        item = Item.objects.create(
            event=event, name="Ticket", default_price=Decimal("10.00"), admission=True, personalized=True
        )
        quota = Quota.objects.create(event=event, name="All", size=None)
        quota.items.add(item)
        for place, (text, kind) in enumerate(QUESTIONS):
            question = Question.objects.create(event=event, question=text, type=kind, required=True, position=place)
            question.items.add(item)
    for name, value in SETTINGS.items():
        event.settings.set(name, value)


if __name__ == "__main__":
    with scopes_disabled():
        make()
