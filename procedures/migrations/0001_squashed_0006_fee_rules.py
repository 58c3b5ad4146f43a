"""The tables of this room in a new database; see portal.beginnings."""

from django.db import migrations

from portal.beginnings import TablesAtOnce, needed, replaced, steps

STEPS = steps("procedures", "0006_fee_rules")


class Migration(migrations.Migration):
    initial = True
    replaces = replaced(STEPS)
    dependencies = needed(STEPS)
    operations = [TablesAtOnce(STEPS)]
