from django.db import migrations

from hfadmin.audit import triggers


def arm(apps, schema_editor):
    for statement in triggers.create(schema_editor.connection):
        schema_editor.execute(statement)


def disarm(apps, schema_editor):
    for statement in triggers.drop(schema_editor.connection):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(arm, disarm)]
