"""The web application for a WSGI server.

Have the server load it before it forks: a wrong setting then ends the server, and its processes share one hold on the
embedded engines.
"""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from reconciliation.project.environment import plain_refusals
from reconciliation.project.servers import ready_servers
from reconciliation.project.tracing import send_traces

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reconciliation.project.settings")
with plain_refusals():
    application = get_wsgi_application()
    ready_servers()
    if settings.TRACED:
        send_traces()
