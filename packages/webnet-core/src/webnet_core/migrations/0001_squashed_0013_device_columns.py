"""The tables as they are after 0013, made in one go: what a new site starts from."""

from __future__ import annotations

import uuid

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import webnet_core.fields


class Migration(migrations.Migration):
    replaces = [
        ("webnet_core", "0001_initial"),
        ("webnet_core", "0002_access"),
        ("webnet_core", "0003_device_repinning"),
        ("webnet_core", "0004_digest_key"),
        ("webnet_core", "0005_audit_doors"),
        ("webnet_core", "0006_repeated_requests"),
        ("webnet_core", "0007_submission_once_a_customer"),
        ("webnet_core", "0008_inventory"),
        ("webnet_core", "0009_schedules"),
        ("webnet_core", "0010_imports"),
        ("webnet_core", "0011_notifications"),
        ("webnet_core", "0012_rules_for_groups"),
        ("webnet_core", "0013_device_columns"),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, unique=True)),
                ("description", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="DigestKey",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ("value", webnet_core.fields.SecretField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name="IdempotencyRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=200)),
                ("digest", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField(default=0)),
                ("body", models.JSONField(null=True)),
                ("created_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "key"), name="webnet_idempotency_once")],
            },
        ),
        migrations.CreateModel(
            name="RefreshFamily",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("current", models.CharField(max_length=64)),
                ("address", models.CharField(blank=True, max_length=64)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("reauthenticated_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_reason", models.CharField(blank=True, max_length=40)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "refresh families",
            },
        ),
        migrations.CreateModel(
            name="SingletonLease",
            fields=[
                ("name", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("owner", models.CharField(max_length=120)),
                ("expires_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Worker",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, unique=True)),
                ("kind", models.CharField(max_length=20)),
                ("queues", models.JSONField(default=list)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("seen_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("prefix", models.CharField(max_length=16, unique=True)),
                ("digest", models.CharField(max_length=64)),
                ("scopes", models.JSONField(default=list)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("last_used_address", models.CharField(blank=True, max_length=64)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="webnet_api_keys",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="webnet_core.customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "API key",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at__isnull", True)),
                        fields=("user", "name"),
                        name="webnet_api_key_name",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditChain",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("length", models.PositiveBigIntegerField(default=0)),
                ("head", models.CharField(blank=True, max_length=64)),
                ("sealed_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="webnet_core.customer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.comparison.Coalesce("customer", models.Value(0)),
                        name="webnet_audit_one_chain",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ts", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ("user_key", models.CharField(blank=True, max_length=64)),
                ("username", models.CharField(blank=True, max_length=150)),
                ("action", models.CharField(max_length=60)),
                ("object_type", models.CharField(blank=True, max_length=60)),
                ("object_id", models.BigIntegerField(null=True)),
                ("object_label", models.CharField(blank=True, max_length=200)),
                ("data", models.JSONField(default=dict)),
                ("request_id", models.CharField(blank=True, max_length=64)),
                ("address", models.CharField(blank=True, max_length=64)),
                ("door", models.CharField(blank=True, max_length=80)),
                ("seal_number", models.PositiveBigIntegerField(editable=False, null=True)),
                ("seal", models.CharField(blank=True, editable=False, max_length=64)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="webnet_core.customer",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
                "indexes": [
                    models.Index(fields=["object_type", "object_id"], name="webnet_audit_object"),
                    models.Index(fields=["customer", "-id"], name="webnet_audit_customer"),
                    models.Index(
                        condition=models.Q(("seal_number__isnull", True)), fields=["id"], name="webnet_audit_unsealed"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("customer", "seal_number"), name="webnet_audit_seal"),
                    models.UniqueConstraint(
                        condition=models.Q(("customer__isnull", True)),
                        fields=("seal_number",),
                        name="webnet_audit_site_seal",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Blob",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64)),
                ("codec", models.CharField(max_length=16)),
                ("size", models.PositiveBigIntegerField()),
                ("data", models.BinaryField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "base",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deltas",
                        to="webnet_core.blob",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="webnet_core.customer"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("customer", "digest"), name="webnet_blob_once")],
            },
        ),
        migrations.CreateModel(
            name="Credential",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("username", models.CharField(max_length=150)),
                ("password", webnet_core.fields.SecretField(blank=True, default="")),
                ("enable_password", webnet_core.fields.SecretField(blank=True, default="")),
                ("ssh_private_key", webnet_core.fields.SecretField(blank=True, default="")),
                ("backend", models.CharField(default="database", max_length=60)),
                ("reference", models.CharField(blank=True, max_length=400)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="credentials",
                        to="webnet_core.customer",
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
                "constraints": [models.UniqueConstraint(fields=("customer", "name"), name="webnet_credential_name")],
            },
        ),
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
            name="IPRange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cidr", models.CharField(max_length=43)),
                ("description", models.CharField(blank=True, max_length=500)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="ranges", to="webnet_core.customer"
                    ),
                ),
            ],
            options={
                "verbose_name": "IP range",
                "ordering": ("pk",),
                "constraints": [models.UniqueConstraint(fields=("customer", "cidr"), name="webnet_range_once")],
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("type", models.CharField(max_length=120)),
                ("risk", models.CharField(default="read", max_length=16)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("scheduled", "scheduled"),
                            ("queued", "queued"),
                            ("running", "running"),
                            ("success", "success"),
                            ("partial", "partial"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                            ("interrupted", "interrupted"),
                        ],
                        default="queued",
                        max_length=16,
                    ),
                ),
                ("source", models.CharField(default="api", max_length=20)),
                ("params", models.JSONField(default=dict)),
                ("options", models.JSONField(default=dict)),
                ("targets", models.JSONField(default=dict)),
                ("submission_id", models.UUIDField(null=True)),
                ("due_at", models.DateTimeField(null=True)),
                ("requested_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("scheduled_for", models.DateTimeField(null=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("cancel_requested_at", models.DateTimeField(null=True)),
                ("open_shards", models.PositiveIntegerField(default=0)),
                ("event_seq", models.PositiveBigIntegerField(default=0)),
                ("error", models.TextField(blank=True)),
                ("total", models.PositiveIntegerField(default=0)),
                ("ok", models.PositiveIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0)),
                ("failed", models.PositiveIntegerField(default=0)),
                ("unreachable", models.PositiveIntegerField(default=0)),
                ("skipped", models.PositiveIntegerField(default=0)),
                ("cancelled", models.PositiveIntegerField(default=0)),
                ("unknown", models.PositiveIntegerField(default=0)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="jobs", to="webnet_core.customer"
                    ),
                ),
                (
                    "retry_of",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="retries",
                        to="webnet_core.job",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="webnet_jobs",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
                "indexes": [
                    models.Index(fields=["customer", "-id"], name="webnet_job_customer"),
                    models.Index(fields=["status"], name="webnet_job_status"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("submission_id", "customer"), name="webnet_job_submission")
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[("viewer", "Viewer"), ("operator", "Operator"), ("admin", "Admin")],
                        default="viewer",
                        max_length=16,
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="webnet_core.customer",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="webnet_memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "customer"), name="webnet_membership_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("customer__isnull", True)),
                        fields=("user",),
                        name="webnet_membership_global_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NotificationRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("events", models.JSONField(blank=True, default=list)),
                (
                    "min_severity",
                    models.CharField(
                        choices=[("info", "info"), ("warning", "warning"), ("error", "error")],
                        default="info",
                        max_length=10,
                    ),
                ),
                ("tasks", models.JSONField(blank=True, default=list)),
                ("sites", models.JSONField(blank=True, default=list)),
                ("groups", models.JSONField(blank=True, default=list)),
                ("channel", models.CharField(max_length=60)),
                ("target", models.CharField(blank=True, max_length=254)),
                (
                    "interval",
                    models.PositiveIntegerField(
                        default=0, validators=[django.core.validators.MaxValueValidator(86400)]
                    ),
                ),
                ("enabled", models.BooleanField(default=True)),
                ("last_sent_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notification_rules",
                        to="webnet_core.customer",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="webnet_notification_rules",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("user__isnull", True)),
                        fields=("customer", "name"),
                        name="webnet_rule_name_of_customer",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("user__isnull", False)),
                        fields=("user", "customer", "name"),
                        name="webnet_rule_name_of_user",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Selection",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("device_ids", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="webnet_core.customer"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Site",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                (
                    "queue",
                    models.CharField(
                        default="default",
                        max_length=40,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9][a-z0-9_-]{0,39}\\Z", "Lower-case letters, digits, '-' and '_', at most 40."
                            )
                        ],
                    ),
                ),
                ("time_zone", models.CharField(default="UTC", max_length=64)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sites", to="webnet_core.customer"
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
                "constraints": [models.UniqueConstraint(fields=("customer", "name"), name="webnet_site_name")],
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
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tags", to="webnet_core.customer"
                    ),
                ),
            ],
            options={
                "ordering": ("name", "value"),
                "constraints": [models.UniqueConstraint(fields=("customer", "name", "value"), name="webnet_tag_once")],
            },
        ),
        migrations.CreateModel(
            name="Webhook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("url", models.CharField(max_length=1000, verbose_name="URL")),
                ("secret", webnet_core.fields.SecretField()),
                ("previous_secret", webnet_core.fields.SecretField(blank=True, default="", editable=False)),
                ("previous_until", models.DateTimeField(blank=True, editable=False, null=True)),
                ("events", models.JSONField(default=list)),
                ("enabled", models.BooleanField(default=True)),
                ("failures", models.PositiveIntegerField(default=0, editable=False)),
                ("disabled_reason", models.CharField(blank=True, editable=False, max_length=200)),
                ("last_success_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("last_failure_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("last_explanation", models.CharField(blank=True, editable=False, max_length=300)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="webhooks", to="webnet_core.customer"
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
                "constraints": [models.UniqueConstraint(fields=("customer", "name"), name="webnet_webhook_name")],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("event", models.CharField(max_length=120)),
                ("severity", models.CharField(default="info", max_length=10)),
                ("summary", models.CharField(max_length=300)),
                ("payload", models.JSONField(default=dict)),
                ("channel", models.CharField(max_length=60)),
                ("target", models.CharField(blank=True, max_length=254)),
                ("receiver", models.CharField(max_length=320)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("sending", "Sending"),
                            ("delivered", "Delivered"),
                            ("dead", "Dead"),
                            ("dropped", "Dropped"),
                        ],
                        default="pending",
                        max_length=16,
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("next_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("claim", models.UUIDField(editable=False, null=True)),
                ("lease_until", models.DateTimeField(editable=False, null=True)),
                ("status_code", models.PositiveIntegerField(null=True)),
                ("explanation", models.CharField(blank=True, max_length=300)),
                ("duration_ms", models.PositiveIntegerField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="webnet_core.customer",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="webnet_core.notificationrule",
                    ),
                ),
                (
                    "webhook",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="webnet_core.webhook",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "deliveries",
                "ordering": ("-created_at", "id"),
                "indexes": [
                    models.Index(fields=["state", "next_at"], name="webnet_delivery_due"),
                    models.Index(fields=["receiver", "state"], name="webnet_delivery_receiver"),
                    models.Index(fields=["customer", "-created_at"], name="webnet_delivery_customer"),
                    models.Index(fields=["created_at"], name="webnet_delivery_age"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Device",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "hostname",
                    models.CharField(
                        max_length=255,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,253})\\Z",
                                "Letters, digits, '.', '_' and '-', beginning with a letter or digit.",
                            )
                        ],
                    ),
                ),
                (
                    "mgmt_ip",
                    models.CharField(
                        max_length=255,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,253})|[0-9A-Fa-f:]{2,45})\\Z",
                                "An IP address or a host name.",
                            )
                        ],
                        verbose_name="management address",
                    ),
                ),
                (
                    "port",
                    models.PositiveIntegerField(
                        default=22,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(65535),
                        ],
                    ),
                ),
                ("platform", models.CharField(max_length=60)),
                ("role", models.CharField(blank=True, max_length=60)),
                ("driver", models.CharField(blank=True, max_length=60)),
                ("connection_options", models.JSONField(blank=True, default=dict)),
                ("data", models.JSONField(blank=True, default=dict)),
                ("enabled", models.BooleanField(default=True)),
                ("disabled_reason", models.CharField(blank=True, max_length=200)),
                ("disabled_by", models.CharField(blank=True, editable=False, max_length=150)),
                ("disabled_at", models.DateTimeField(editable=False, null=True)),
                ("repinning_required", models.BooleanField(default=False, editable=False)),
                ("model", models.CharField(blank=True, max_length=120)),
                ("os_version", models.CharField(blank=True, max_length=120)),
                ("serial", models.CharField(blank=True, max_length=120)),
                (
                    "reachability",
                    models.CharField(
                        choices=[
                            ("unknown", "Never contacted"),
                            ("reachable", "Reachable"),
                            ("unreachable", "Unreachable"),
                        ],
                        default="unknown",
                        max_length=16,
                    ),
                ),
                ("reachability_at", models.DateTimeField(blank=True, null=True)),
                ("last_seen", models.DateTimeField(blank=True, null=True)),
                ("last_error", models.CharField(blank=True, max_length=500)),
                ("last_error_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "credential",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="devices",
                        to="webnet_core.credential",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="devices", to="webnet_core.customer"
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="webnet_core.credential",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="devices",
                        to="webnet_core.site",
                    ),
                ),
                ("tags", models.ManyToManyField(blank=True, related_name="devices", to="webnet_core.tag")),
            ],
            options={
                "ordering": ("hostname",),
                "indexes": [
                    models.Index(fields=["hostname", "id"], name="webnet_device_in_order"),
                    models.Index(fields=["customer", "role"], name="webnet_device_roles"),
                    models.Index(fields=["customer", "platform"], name="webnet_device_platforms"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("customer", "hostname"), name="webnet_device_hostname")
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportBatch",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("username", models.CharField(blank=True, max_length=150)),
                (
                    "state",
                    models.CharField(
                        choices=[("previewed", "Previewed"), ("committed", "Committed"), ("undone", "Undone")],
                        default="previewed",
                        max_length=16,
                    ),
                ),
                ("filename", models.CharField(blank=True, max_length=200)),
                ("form", models.CharField(max_length=8)),
                ("encoding", models.CharField(blank=True, max_length=16)),
                ("delimiter", models.CharField(blank=True, max_length=1)),
                ("digest", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("duplicates", models.CharField(max_length=8)),
                ("mapping", models.JSONField(default=dict)),
                ("counts", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("committed_at", models.DateTimeField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="webnet_core.customer"
                    ),
                ),
                (
                    "outcome",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="webnet_core.blob"
                    ),
                ),
                (
                    "table",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="webnet_core.blob"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "verdict",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="webnet_core.blob"
                    ),
                ),
            ],
            options={
                "ordering": ("-created_at",),
                "indexes": [models.Index(fields=["customer", "-created_at"], name="webnet_import_customer")],
            },
        ),
        migrations.CreateModel(
            name="JobEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.PositiveBigIntegerField()),
                ("ts", models.DateTimeField(default=django.utils.timezone.now)),
                ("kind", models.CharField(default="log", max_length=16)),
                ("level", models.CharField(default="info", max_length=10)),
                ("device_id", models.BigIntegerField(null=True)),
                ("host", models.CharField(blank=True, max_length=255)),
                ("message", models.TextField(blank=True)),
                ("data", models.JSONField(null=True)),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="events", to="webnet_core.job"
                    ),
                ),
            ],
            options={
                "ordering": ("job", "seq"),
                "constraints": [models.UniqueConstraint(fields=("job", "seq"), name="webnet_event_seq")],
            },
        ),
        migrations.CreateModel(
            name="Schedule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("task", models.CharField(max_length=120)),
                ("params", models.JSONField(blank=True, default=dict)),
                ("targets", models.JSONField(default=dict)),
                ("options", models.JSONField(blank=True, default=dict)),
                ("cron", models.CharField(blank=True, max_length=100)),
                ("interval", models.PositiveIntegerField(blank=True, null=True)),
                ("time_zone", models.CharField(default="UTC", max_length=64)),
                (
                    "overlap",
                    models.CharField(
                        choices=[("skip", "Leave this time out"), ("queue", "Run when that one has ended")],
                        default="skip",
                        max_length=8,
                    ),
                ),
                ("grace", models.PositiveIntegerField(default=3600)),
                ("paused", models.BooleanField(default=False)),
                ("pause_reason", models.CharField(blank=True, max_length=300)),
                ("next_due", models.DateTimeField(blank=True, db_index=True, null=True)),
                ("last_due", models.DateTimeField(blank=True, null=True)),
                ("last_note", models.CharField(blank=True, max_length=500)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="schedules", to="webnet_core.customer"
                    ),
                ),
                (
                    "last_job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="webnet_core.job",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="webnet_schedules",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
                "constraints": [models.UniqueConstraint(fields=("customer", "name"), name="webnet_schedule_name")],
            },
        ),
        migrations.CreateModel(
            name="Shard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("queue", models.CharField(default="default", max_length=40)),
                ("risk", models.CharField(default="read", max_length=16)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("cancelled", "Cancelled"),
                            ("interrupted", "Interrupted"),
                        ],
                        default="queued",
                        max_length=16,
                    ),
                ),
                ("owner", models.CharField(blank=True, max_length=120)),
                ("attempt", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("not_before", models.DateTimeField(default=django.utils.timezone.now)),
                ("start_before", models.DateTimeField()),
                ("rung_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("heartbeat_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="shards", to="webnet_core.job"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["state", "queue", "not_before"], name="webnet_shard_claimable")],
                "constraints": [models.UniqueConstraint(fields=("job", "number"), name="webnet_shard_number")],
            },
        ),
        migrations.CreateModel(
            name="SiteCredential",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "credential",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="webnet_core.credential"
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="credentials", to="webnet_core.site"
                    ),
                ),
            ],
            options={
                "ordering": ("site", "position"),
                "constraints": [
                    models.UniqueConstraint(fields=("site", "credential"), name="webnet_site_credential_once"),
                    models.UniqueConstraint(fields=("site", "position"), name="webnet_site_credential_position"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeviceCredential",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "credential",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="webnet_core.credential"
                    ),
                ),
                (
                    "device",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="further_credentials",
                        to="webnet_core.device",
                    ),
                ),
            ],
            options={
                "ordering": ("device", "position"),
                "constraints": [
                    models.UniqueConstraint(fields=("device", "credential"), name="webnet_device_credential_once"),
                    models.UniqueConstraint(fields=("device", "position"), name="webnet_device_credential_position"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeviceGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("description", models.CharField(blank=True, max_length=500)),
                ("filter", models.JSONField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="device_groups",
                        to="webnet_core.customer",
                    ),
                ),
                ("members", models.ManyToManyField(blank=True, related_name="groups", to="webnet_core.device")),
            ],
            options={
                "ordering": ("name",),
                "constraints": [models.UniqueConstraint(fields=("customer", "name"), name="webnet_group_name")],
            },
        ),
        migrations.CreateModel(
            name="DeviceLease",
            fields=[
                (
                    "device",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="lease",
                        serialize=False,
                        to="webnet_core.device",
                    ),
                ),
                ("holder", models.CharField(max_length=120)),
                ("token", models.PositiveBigIntegerField(default=1)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("expires_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="HostKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key_type", models.CharField(max_length=64)),
                ("key", models.TextField()),
                ("fingerprint", models.CharField(max_length=80)),
                ("source", models.CharField(default="first use", max_length=40)),
                ("pinned_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "device",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="host_keys", to="webnet_core.device"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("device", "key_type"), name="webnet_hostkey_type")],
            },
        ),
        migrations.CreateModel(
            name="HostResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("device_name", models.CharField(max_length=255)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "pending"),
                            ("running", "running"),
                            ("ok", "ok"),
                            ("changed", "changed"),
                            ("failed", "failed"),
                            ("unreachable", "unreachable"),
                            ("skipped", "skipped"),
                            ("cancelled", "cancelled"),
                            ("unknown", "unknown"),
                        ],
                        default="pending",
                        max_length=16,
                    ),
                ),
                (
                    "phase",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", ""),
                            ("leased", "leased"),
                            ("saved", "saved"),
                            ("sending", "sending"),
                            ("applied", "applied"),
                            ("reconnected", "reconnected"),
                            ("checked", "checked"),
                            ("confirmed", "confirmed"),
                        ],
                        default="",
                        max_length=16,
                    ),
                ),
                ("facts", models.JSONField(default=dict)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("driver", models.CharField(blank=True, max_length=60)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("data", models.JSONField(null=True)),
                ("error_category", models.CharField(blank=True, max_length=40)),
                ("error", models.TextField(blank=True)),
                ("message", models.TextField(blank=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "device",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="results",
                        to="webnet_core.device",
                    ),
                ),
                (
                    "output",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="webnet_core.blob"
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="results", to="webnet_core.job"
                    ),
                ),
                (
                    "shard",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="results", to="webnet_core.shard"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["device", "-id"], name="webnet_result_device"),
                    models.Index(fields=["shard", "status"], name="webnet_result_shard"),
                ],
                "constraints": [models.UniqueConstraint(fields=("job", "device"), name="webnet_result_once")],
            },
        ),
        migrations.AddField(
            model_name="job",
            name="schedule",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="jobs", to="webnet_core.schedule"
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.UniqueConstraint(fields=("schedule", "due_at"), name="webnet_job_due_once"),
        ),
    ]
