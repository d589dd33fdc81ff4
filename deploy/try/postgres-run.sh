#!/bin/bash
# As the public image of PostgreSQL does, as far as deploy/compose.yaml needs it: a database, a password from a file, scripts once.
set -euo pipefail
export PATH=$(echo /usr/lib/postgresql/*/bin):$PATH PGDATA
mkdir -p "$PGDATA" /run/postgresql
chown -R postgres "$PGDATA" /run/postgresql
chmod 0700 "$PGDATA"
as_postgres() { setpriv --reuid=postgres --regid=postgres --init-groups "$@"; }
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    # Secrets are mounted as the host has them: root reads them for whoever may not.
    install -o postgres -m 0400 "$POSTGRES_PASSWORD_FILE" /tmp/password
    as_postgres initdb --auth-host=scram-sha-256 --auth-local=trust --username=postgres --pwfile=/tmp/password
    rm /tmp/password
    echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
    as_postgres pg_ctl --wait start --options "-c listen_addresses=''"
    psql --username postgres --command "create database \"$POSTGRES_DB\""
    for script in /docker-entrypoint-initdb.d/*; do
        case $script in
            *.sql) psql --quiet --set ON_ERROR_STOP=1 --username postgres --dbname "$POSTGRES_DB" --file "$script" ;;
            *.sh) sh "$script" ;;
        esac
    done
    as_postgres pg_ctl --wait stop
fi
exec setpriv --reuid=postgres --regid=postgres --init-groups postgres -c listen_addresses='*'
