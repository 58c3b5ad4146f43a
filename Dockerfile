# One image for web, worker, beat and migrate; each container runs one `bin/serve …`.
FROM python:3.11-slim-bookworm

RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --uid 10001 motcua

WORKDIR /srv/motcua
COPY requirements/app.txt requirements/app.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/app.txt
COPY . .
RUN mkdir -p /data/private /data/static && chown -R motcua /data

ENV PYTHONUNBUFFERED=1 VAR_DIR=/data PRIVATE_ROOT=/data/private STATIC_ROOT=/data/static BIND=0.0.0.0 PORT=8000
USER motcua
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz/live', timeout=4)"]
CMD ["bin/serve", "web"]
