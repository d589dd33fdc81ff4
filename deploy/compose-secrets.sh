#!/bin/sh
# Makes the secrets of deploy/compose.yaml, each in a file of deploy/secrets; those that are there already stay as they are.
set -eu
cd "$(dirname "$0")"
# The files are read by the containers' user, which is not the one who runs this; the folder lets nobody else in.
mkdir -p secrets
chmod 0700 secrets
umask 022

random() { head -c 32 /dev/urandom | base64 | tr -d '\n'; }
keep() {
    if [ ! -s "secrets/$1" ]; then
        cat >"secrets/$1.new"
        # What could not be made must not look as if it had been.
        [ -s "secrets/$1.new" ] || {
            rm "secrets/$1.new"
            echo "compose-secrets: $1 could not be made" >&2
            exit 1
        }
        mv "secrets/$1.new" "secrets/$1"
    fi
}

for name in postgres-password tracker-password dispatcher-password sender-password grafana-password; do
    random | tr '+/' '-_' | keep "$name"
done
printf 'tocsin.history.password: "%s"\n' "$(cat secrets/tracker-password)" | keep download-tracker.yml
printf 'datasources.default.password: "%s"\ntocsin.confirmation.key: "%s"\n' \
    "$(cat secrets/dispatcher-password)" "$(random)" | keep notification-dispatcher.yml
printf 'datasources.default.password: "%s"\n' "$(cat secrets/sender-password)" | keep webhook-sender.yml
if [ ! -s secrets/sender-keyset.json ]; then
    # The sender's own command makes it, and tells nobody.
    docker run --rm --network none --read-only --tmpfs /tmp:exec \
        "${TOCSIN_IMAGES:-tocsin}/webhook-sender:${TOCSIN_TAG:-latest}" new-keyset | keep sender-keyset.json
fi
