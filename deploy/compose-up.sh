#!/bin/sh
# The one command: images and secrets where they are missing, then everything, and returns when all of it is well.
#   TOCSIN_ISSUER=https://id.example.com TOCSIN_JWKS_URL=https://id.example.com/keys deploy/compose-up.sh
set -eu
cd "$(dirname "$0")"
docker info >/dev/null 2>&1 || {
    echo "compose-up: no Docker engine answers here" >&2
    exit 1
}
for image in download-tracker advisory-matcher notification-dispatcher webhook-sender tools; do
    if ! docker image inspect "${TOCSIN_IMAGES:-tocsin}/$image:${TOCSIN_TAG:-latest}" >/dev/null 2>&1; then
        ../tocsin images --registry "${TOCSIN_IMAGES:-tocsin}" --tag "${TOCSIN_TAG:-latest}"
        break
    fi
done
./compose-secrets.sh
COMPOSE_PROFILES=${COMPOSE_PROFILES-mail,watch}
export COMPOSE_PROFILES
exec docker compose --project-name tocsin --file compose.yaml up --detach --wait
