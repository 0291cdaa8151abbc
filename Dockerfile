# One image for web, worker, beat and every command; compose.yaml says which of them runs.
FROM node:20-slim AS browser-files
WORKDIR /product/static
COPY static/package.json static/package-lock.json static/.npmrc static/vendor.mjs ./
RUN npm ci --silent && node vendor.mjs

FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data ENVIRONMENT=production
WORKDIR /product
COPY requirements.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement requirements.txt
COPY manage.py pyproject.toml ./
COPY connectors connectors
COPY reconciliation reconciliation
COPY exceptions exceptions
COPY templates templates
COPY static static
COPY docs docs
COPY --from=browser-files /product/static/vendor static/vendor
# the account owns its data alone; the product's own files belong to root
RUN useradd --system --create-home --uid 10001 product && install -d -o product /data
USER product
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import os, urllib.request as web; web.urlopen(web.Request('http://127.0.0.1:8000/alive', headers={'Host': os.environ['ALLOWED_HOSTS'].split()[0]}), timeout=4)"]
# `exec`, so that the web server itself is told to stop
CMD ["sh", "-c", "exec gunicorn reconciliation.project.wsgi --bind 0.0.0.0:8000 --preload --workers \"${WEB_PROCESSES:-2}\" --threads \"${WEB_THREADS:-8}\" --no-control-socket --access-logfile - --logger-class reconciliation.project.access_log.AccessLog"]
