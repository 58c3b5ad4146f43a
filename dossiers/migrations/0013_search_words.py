"""What a dossier is looked for by, as words of one index: names without accents, telephone, parts of code and reference.

The function is one of the database's own parts only, so that an index on it can be dumped and restored; it is the index's
alone (dossiers.models.words names it for queries).
"""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

import dossiers.models.words

PLAIN = {
    "a": "àáảãạăằắẳẵặâầấẩẫậäå",
    "c": "ç",
    "d": "đ",
    "e": "èéẻẽẹêềếểễệë",
    "i": "ìíỉĩịîï",
    "n": "ñ",
    "o": "òóỏõọôồốổỗộơờớởỡợöø",
    "u": "ùúủũụưừứửữựûü",
    "y": "ỳýỷỹỵÿ",
}
ACCENTED = "".join(letters + letters.upper() for letters in PLAIN.values())
FOLDED = "".join(plain * 2 * len(letters) for plain, letters in PLAIN.items())
# `translate` walks its whole table for every sign: only what may have accents passes it. The cost tells the planner that
# a walk over many rows which asks this of each is dear (a function in SQL would be unfolded, and its cost forgotten).
MAKE = f"""
CREATE FUNCTION public.dossier_words(owner text, submitter text, phone text, code text, reference text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 3000 AS $$
BEGIN
  RETURN array_to_tsvector(array_remove(string_to_array(regexp_replace(
    lower(
      owner || ' ' || translate(submitter, '{ACCENTED}', '{FOLDED}') || ' ' || phone || ' ' || reference
      || ' ' || coalesce(code, '')
      || ' ' || replace(replace(coalesce(code, ''), '-', ''), '.', '')
      || ' ' || regexp_replace(coalesce(code, ''), '^.*-([0-9]+)-([0-9]+)$', '\\1\\2')),
    '[^0-9a-z]+', ' ', 'g'), ' '), ''));
END;
$$;
"""
DROP = "DROP FUNCTION public.dossier_words(text, text, text, text, text)"


class Migration(migrations.Migration):
    atomic = False  # indexes on a grown table are built beside its work
    dependencies = [("dossiers", "0012_papers_in_books")]

    operations = [
        migrations.RunSQL(MAKE, DROP),
        AddIndexConcurrently(
            "dossier",
            GinIndex(dossiers.models.words.dossier_words(), name="dossier_words"),
        ),
        AddIndexConcurrently("dossier", models.Index(fields=["-created_at", "-id"], name="dossier_newest")),
    ]
