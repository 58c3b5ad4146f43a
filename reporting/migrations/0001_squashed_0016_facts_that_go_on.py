"""The tables of this room in a new database; see portal.beginnings."""

from django.db import migrations

from portal.beginnings import TablesAtOnce, needed, replaced, steps

STEPS = steps("reporting", "0016_facts_that_go_on")


class Migration(migrations.Migration):
    initial = True
    replaces = replaced(STEPS)
    dependencies = needed(STEPS)
    operations = [TablesAtOnce(STEPS)]
