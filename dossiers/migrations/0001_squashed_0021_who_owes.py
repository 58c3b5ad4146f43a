"""The tables of this room in a new database; see portal.beginnings."""

from importlib import import_module

from django.db import migrations

from portal.beginnings import TablesAtOnce, needed, replaced, steps

STEPS = steps("dossiers", "0021_who_owes")
erasing = import_module("dossiers.migrations.0002_erase_event_text")
searching = import_module("dossiers.migrations.0013_search_words")


class Migration(migrations.Migration):
    initial = True
    replaces = replaced(STEPS)
    dependencies = needed(STEPS)
    operations = [
        migrations.RunSQL(searching.MAKE, searching.DROP),
        TablesAtOnce(STEPS),
        migrations.RunSQL(erasing.MAKE, "DROP FUNCTION public.erase_event_text(bigint, integer)"),
    ]
