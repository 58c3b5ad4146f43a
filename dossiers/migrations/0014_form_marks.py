"""Beside the key of a form: what the form said, and by whom. Dossiers received before know it not and are replayed to nobody."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0013_search_words")]

    operations = [
        migrations.AddField(
            "dossier",
            "form_mark",
            models.CharField(blank=True, db_default="", default="", editable=False, max_length=64),
        )
    ]
