from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("webnet_core", "0012_rules_for_groups"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="device",
            index=models.Index(fields=["customer", "role"], name="webnet_device_roles"),
        ),
        migrations.AddIndex(
            model_name="device",
            index=models.Index(fields=["customer", "platform"], name="webnet_device_platforms"),
        ),
    ]
