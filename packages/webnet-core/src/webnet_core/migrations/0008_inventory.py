from __future__ import annotations

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("webnet_core", "0007_submission_once_a_customer"),
    ]

    operations = [
        migrations.CreateModel(
            name="DataSchema",
            fields=[
                (
                    "customer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="data_schema",
                        serialize=False,
                        to="webnet_core.customer",
                    ),
                ),
                ("schema", models.JSONField()),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            name="DeviceGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("description", models.CharField(blank=True, max_length=500)),
                ("filter", models.JSONField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="IPRange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cidr", models.CharField(max_length=43)),
                ("description", models.CharField(blank=True, max_length=500)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "verbose_name": "IP range",
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        max_length=60,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Za-z0-9][A-Za-z0-9._:/-]{0,59}\\Z",
                                "Letters, digits, '.', '_', ':', '/' and '-', beginning with a letter or digit, at most 60.",
                            )
                        ],
                    ),
                ),
                ("value", models.CharField(blank=True, max_length=120)),
                (
                    "colour",
                    models.CharField(
                        blank=True,
                        max_length=7,
                        validators=[django.core.validators.RegexValidator("^#[0-9a-f]{6}\\Z", "A colour as #1f6feb.")],
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "ordering": ("name", "value"),
            },
        ),
        migrations.RemoveIndex(
            model_name="device",
            name="webnet_device_by_name",
        ),
        migrations.AddField(
            model_name="device",
            name="disabled_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="device",
            name="disabled_by",
            field=models.CharField(blank=True, editable=False, max_length=150),
        ),
        migrations.AddField(
            model_name="device",
            name="disabled_reason",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="devicegroup",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="device_groups", to="webnet_core.customer"
            ),
        ),
        migrations.AddField(
            model_name="devicegroup",
            name="members",
            field=models.ManyToManyField(blank=True, related_name="groups", to="webnet_core.device"),
        ),
        migrations.AddField(
            model_name="iprange",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="ranges", to="webnet_core.customer"
            ),
        ),
        migrations.AddField(
            model_name="tag",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="tags", to="webnet_core.customer"
            ),
        ),
        migrations.AddField(
            model_name="device",
            name="tags",
            field=models.ManyToManyField(blank=True, related_name="devices", to="webnet_core.tag"),
        ),
        migrations.AddIndex(
            model_name="device",
            index=models.Index(fields=["hostname", "id"], name="webnet_device_in_order"),
        ),
        migrations.AddConstraint(
            model_name="devicegroup",
            constraint=models.UniqueConstraint(fields=("customer", "name"), name="webnet_group_name"),
        ),
        migrations.AddConstraint(
            model_name="iprange",
            constraint=models.UniqueConstraint(fields=("customer", "cidr"), name="webnet_range_once"),
        ),
        migrations.AddConstraint(
            model_name="tag",
            constraint=models.UniqueConstraint(fields=("customer", "name", "value"), name="webnet_tag_once"),
        ),
    ]
