#!/bin/bash
# As the public image of PostgreSQL does, as far as deploy/compose.yaml and the tests on containers need it: a user and his database, a
# password, from a file or not, scripts once.
set -euo pipefail
export PATH=/opt/postgres/bin:$(echo /usr/lib/postgresql/*/bin):$PATH PGDATA=${PGDATA:-/var/lib/postgresql/data}
user=${POSTGRES_USER:-postgres}
mkdir -p "$PGDATA" /run/postgresql
chown -R postgres "$PGDATA" /run/postgresql
chmod 0700 "$PGDATA"
as_postgres() { setpriv --reuid=postgres --regid=postgres --init-groups "$@"; }
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    install -o postgres -m 0600 /dev/null /tmp/password
    # Secrets are mounted as the host has them: root reads them for whoever may not.
    if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then
        cat "$POSTGRES_PASSWORD_FILE"
    else
        printf '%s' "$POSTGRES_PASSWORD"
    fi >/tmp/password
    as_postgres initdb --auth-host=scram-sha-256 --auth-local=trust --username="$user" --pwfile=/tmp/password
    rm /tmp/password
    echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
    as_postgres pg_ctl --wait start --options "-c listen_addresses=''"
    if [ "$POSTGRES_DB" != postgres ]; then
        psql --username "$user" --dbname postgres --command "create database \"$POSTGRES_DB\""
    fi
    for script in /docker-entrypoint-initdb.d/*; do
        case $script in
            *.sql) psql --quiet --set ON_ERROR_STOP=1 --username "$user" --dbname "$POSTGRES_DB" --file "$script" ;;
            *.sh) sh "$script" ;;
        esac
    done
    as_postgres pg_ctl --wait stop
fi
exec setpriv --reuid=postgres --regid=postgres --init-groups postgres -c listen_addresses='*'
