"""Addresses of the pages."""

from django.urls import path

from exceptions import views

urlpatterns = [
    path("", views.queue, name="queue"),
    path("exceptions/<int:id>", views.exception, name="exception"),
]
