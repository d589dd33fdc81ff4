#!/bin/sh
# Run once by the database's image, after the roles were made: their passwords, from files.
set -eu
for pair in download_tracker:tracker notification_dispatcher:dispatcher webhook_sender:sender; do
    # By a variable of psql's, which quotes it: a password never stands on a command line.
    printf "\\set password \`cat /run/secrets/%s-password\`\nalter role %s password :'password';\n" "${pair#*:}" "${pair%:*}" |
        psql --quiet --set ON_ERROR_STOP=1 --username postgres --dbname tocsin
done
