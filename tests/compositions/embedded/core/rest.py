"""The harbour's own API, as its settings have it."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tests.compositions.embedded.core.models import Device


class BuoyAnswer(serializers.ModelSerializer[Device]):
    """One buoy."""

    class Meta:
        model = Device
        fields = ("id", "tonnage", "status")


class Buoys(ListAPIView[Device]):
    """The harbour's list, as the harbour's settings have it."""

    throttle_classes = ()
    serializer_class = BuoyAnswer

    def get_queryset(self) -> QuerySet[Device]:
        """All of them."""
        return Device.objects.order_by("pk")


class Wreck(APIView):
    """A view that fails, as the harbour's settings have it."""

    throttle_classes = ()

    def get(self, request: Request) -> Response:
        """Fail."""
        raise serializers.ValidationError("on the rocks")
