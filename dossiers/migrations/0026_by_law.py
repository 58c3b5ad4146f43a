"""Open work carries the law's due time, whether it waits for the citizen, and whether it is a question; the database keeps them.

The open rows there are get theirs by being touched once the trigger stands.
"""

from typing import ClassVar

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("dossiers", "0025_one_new_date")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="workitem",
            name="is_waiting",
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name="chờ người dân"),
        ),
        migrations.AddField(
            model_name="workitem",
            name="is_new",
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name="chờ tiếp nhận"),
        ),
        migrations.AddField(
            model_name="workitem",
            name="is_asked",
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name="câu hỏi gửi đơn vị"),
        ),
        migrations.AddField(
            model_name="workitem",
            name="legal_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="hạn theo luật"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dossier',
            trigger=pgtrigger.compiler.Trigger(name='work_follows', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                UPDATE dossiers_workitem SET due_at = due_at WHERE dossier_id = NEW.id AND closed_at IS NULL;\n                RETURN NULL;\n                ', hash='897a4f04473695eadefdd7d4a2532903ebdfbb27', operation='UPDATE OF "state", "due_at", "clock_stopped_at", "finished_at"', pgid='pgtrigger_work_follows_6ad0f', table='dossiers_dossier', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='workitem',
            trigger=pgtrigger.compiler.Trigger(name='by_law', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.closed_at IS NULL)', func="\nSELECT\n    NEW.kind = 'consult'\n        OR EXISTS (SELECT FROM dossiers_workitem p WHERE p.id = NEW.parent_id AND p.kind = 'consult'),\n    d.state IN ('checking', 'intake_fix', 'payment', 'supplement') AND NEW.kind NOT IN ('draft_send', 'draft_sign', 'withdrawal'),\n    NEW.kind = 'intake' AND d.state = 'submitted',\n    CASE WHEN d.clock_stopped_at IS NULL AND d.finished_at IS NULL AND NEW.kind <> 'withdrawal'\n         THEN d.due_at END\nINTO NEW.is_asked, NEW.is_waiting, NEW.is_new, NEW.legal_at\nFROM dossiers_dossier d WHERE d.id = NEW.dossier_id;\nIF NEW.is_asked OR NEW.legal_at IS NULL THEN\n    NEW.legal_at := NEW.due_at;\nEND IF;\nRETURN NEW;\n", hash='81367fce275b6c9e1e78cd849e60a169179c28cc', operation='INSERT OR UPDATE OF "due_at", "closed_at", "kind", "parent_id", "dossier_id"', pgid='pgtrigger_by_law_c94c6', table='dossiers_workitem', when='BEFORE')),
        ),
        migrations.RunSQL(
            "UPDATE dossiers_workitem SET due_at = due_at WHERE closed_at IS NULL", migrations.RunSQL.noop, elidable=True
        ),
    ]
