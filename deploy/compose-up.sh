#!/bin/sh
# The one command: images and secrets where they are missing, then everything, and returns when all of it is well.
#   TOCSIN_ISSUER=https://id.example.com TOCSIN_JWKS_URL=https://id.example.com/keys deploy/compose-up.sh
# COMPOSE_FILE, COMPOSE_PROJECT_NAME and COMPOSE_PROFILES are Compose's own. COMPOSE_UP_SECONDS: how long it may take to be well.
set -eu
cd "$(dirname "$0")"
docker info >/dev/null 2>&1 || {
    echo "compose-up: no Docker engine answers here" >&2
    exit 1
}
if docker compose version >/dev/null 2>&1; then
    compose() { docker compose "$@"; }
elif command -v docker-compose >/dev/null; then
    compose() { docker-compose "$@"; }
else
    echo "compose-up: Compose is not here: neither 'docker compose' nor docker-compose" >&2
    exit 1
fi
export COMPOSE_FILE="${COMPOSE_FILE:-compose.yaml}" COMPOSE_PROJECT_NAME="${COMPOSE_PROJECT_NAME:-tocsin}" COMPOSE_PROFILES="${COMPOSE_PROFILES-mail,watch}"
for image in download-tracker advisory-matcher notification-dispatcher webhook-sender tools; do
    if ! docker image inspect "${TOCSIN_IMAGES:-tocsin}/$image:${TOCSIN_TAG:-latest}" >/dev/null 2>&1; then
        ../tocsin images --registry "${TOCSIN_IMAGES:-tocsin}" --tag "${TOCSIN_TAG:-latest}"
        break
    fi
done
./compose-secrets.sh
# What waits for others that are slow to be well lets this fail; what follows has more patience.
if ! compose up --detach && [ -z "$(compose ps --all --quiet)" ]; then
    exit 1
fi

# Not by Compose's own --wait: some of its versions take a job that has ended well for a service that fell over.
unwell() {
    for service in download-tracker advisory-matcher notification-dispatcher webhook-sender; do
        state=$(docker inspect --format '{{.State.Health.Status}}' "$(compose ps --quiet "$service")" 2>/dev/null) || state=missing
        [ "$state" = healthy ] || echo "$service: $state"
    done
    # Of the others those that have ended, and not well; what has no health to tell of has to run.
    for container in $(compose ps --all --quiet); do
        docker inspect --format '{{.Name}}: {{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}} {{.State.ExitCode}}{{end}}' "$container"
    done | grep -v ': healthy$\|: running 0$\|: exited 0$' || true
}
until=$(($(date +%s) + ${COMPOSE_UP_SECONDS:-600}))
while left=$(unwell) && [ -n "$left" ]; do
    if [ "$(date +%s)" -ge "$until" ]; then
        printf 'compose-up: not well:\n%s\n' "$left" >&2
        compose logs --tail 30 >&2
        exit 1
    fi
    sleep "${COMPOSE_UP_PAUSE:-3}"
done
compose ps
