#!/bin/bash
# As the public image of Kafka does: settings come as KAFKA_…, the storage is formatted once.
set -euo pipefail
settings=/tmp/server.properties
env | grep '^KAFKA_' | while IFS='=' read -r name value; do
    printf '%s=%s\n' "$(echo "${name#KAFKA_}" | tr 'A-Z_' 'a-z.')" "$value"
done >"$settings"
/opt/runtime/bin/java -cp '/opt/kafka/*' kafka.tools.StorageTool format --ignore-formatted --cluster-id "$CLUSTER_ID" --config "$settings"
echo '<configuration><root level="WARN"/></configuration>' >/tmp/logback.xml
exec /opt/runtime/bin/java -Xmx512m -Dlogback.configurationFile=/tmp/logback.xml -cp '/opt/kafka/*' kafka.Kafka "$settings"
