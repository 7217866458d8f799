# One image for every process: `hfadmin web`, `worker`, `beat`, `migrate`; or `hfadmin up` for all.
FROM python:3.13-slim AS packages
COPY requirements.txt .
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes \
        -r requirements.txt

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin hfadmin \
    && install --directory --owner hfadmin --mode 0700 /data
COPY --from=packages /venv /venv
WORKDIR /app
COPY manage.py ./
COPY hfadmin hfadmin
COPY providers providers
COPY templates templates
COPY static static
COPY docs docs
ENV PATH=/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HFADMIN_DATA_DIR=/data \
    HFADMIN_BIND=0.0.0.0:8000 \
    HFADMIN_LOG_FORMAT=json
USER hfadmin
VOLUME /data
EXPOSE 8000
ENTRYPOINT ["python", "-m", "hfadmin"]
CMD ["up"]
