"""The one way a text of the ledger goes: with the owner's rights, and only after the event that says so."""

from django.db import migrations

MAKE = """
CREATE FUNCTION public.erase_event_text(of_dossier bigint, of_event integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM public.dossiers_dossierevent
        WHERE dossier_id = of_dossier AND about_seq = of_event AND code = 'text_erased'
    ) THEN
        RAISE EXCEPTION 'a text is erased by an act that says so';
    END IF;
    DELETE FROM public.dossiers_eventtext WHERE dossier_id = of_dossier AND seq = of_event;
    RETURN FOUND;
END
$$;
REVOKE ALL ON FUNCTION public.erase_event_text(bigint, integer) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0001_initial")]
    operations = [migrations.RunSQL(MAKE, "DROP FUNCTION public.erase_event_text(bigint, integer)")]
