#!/bin/bash
# As the public image of Kafka does: settings come as KAFKA_…, the storage is formatted once. Testcontainers looks for it where that image has
# it, /etc/kafka/docker/run, and for the line in which the broker says that it runs.
set -euo pipefail
settings=/tmp/server.properties
env | grep '^KAFKA_' | while IFS='=' read -r name value; do
    printf '%s=%s\n' "$(echo "${name#KAFKA_}" | tr 'A-Z_' 'a-z.')" "$value"
done >"$settings"
/opt/runtime/bin/java -cp '/opt/kafka/*' kafka.tools.StorageTool format --ignore-formatted --cluster-id "$CLUSTER_ID" --config "$settings"
cat >/tmp/logback.xml <<'XML'
<configuration>
  <appender name="out" class="ch.qos.logback.core.ConsoleAppender"><encoder><pattern>%d %level %logger{0} %msg%n</pattern></encoder></appender>
  <root level="WARN"><appender-ref ref="out"/></root>
  <logger name="org.apache.kafka.server.BrokerLifecycleManager" level="INFO"/>
</configuration>
XML
exec /opt/runtime/bin/java -Xmx512m -Dlogback.configurationFile=/tmp/logback.xml -cp '/opt/kafka/*' kafka.Kafka "$settings"
