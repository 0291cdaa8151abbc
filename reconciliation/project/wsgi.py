"""The web application for a WSGI server; load it before forking, so that a wrong setting ends the server."""

import os

from django.core.wsgi import get_wsgi_application

from reconciliation.project.environment import plain_refusals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reconciliation.project.settings")
with plain_refusals():
    application = get_wsgi_application()
