{{/*
The environment of one service. It is gathered in a map first, so that no variable stands twice and what "config" says wins.
Takes root, name and service.
*/}}
{{- define "tocsin.environment" -}}
{{- $v := .root.Values }}
{{- $s := .service }}
{{- $env := dict }}
{{- $_ := set $env "JAVA_TOOL_OPTIONS" (dict "value" $s.jvmOptions) }}
{{- $_ := set $env "TOCSIN_LOG_LEVEL" (dict "value" $v.logLevel) }}
{{- $_ := set $env "KAFKA_BOOTSTRAP_SERVERS" (dict "value" (required "kafka.bootstrapServers is not set" $v.kafka.bootstrapServers)) }}
{{- if $v.kafka.topicPrefix }}
{{- $_ := set $env "KAFKA_TOPIC_PREFIX" (dict "value" $v.kafka.topicPrefix) }}
{{- end }}
{{- $_ := set $env "TOCSIN_SECURITY_ISSUER" (dict "value" (required "security.issuer is not set" $v.security.issuer)) }}
{{- $_ := set $env "TOCSIN_SECURITY_AUDIENCE" (dict "value" (required "security.audience is not set" $v.security.audience)) }}
{{- $_ := set $env "TOCSIN_SECURITY_JWKS_URL" (dict "value" (required "security.jwksUrl is not set" $v.security.jwksUrl)) }}
{{- if $v.tracing.endpoint }}
{{- $_ := set $env "TOCSIN_TRACING_ENDPOINT" (dict "value" $v.tracing.endpoint) }}
{{- $_ := set $env "TOCSIN_TRACING_RATIO" (dict "value" $v.tracing.ratio) }}
{{- end }}
{{- range $key, $value := merge (dict) $s.kafka.client $v.kafka.client }}
{{- $_ := set $env (printf "KAFKA_CLIENT_%s" (include "tocsin.variable" $key)) (dict "value" $value) }}
{{- end }}
{{- range $key, $entry := $s.kafka.secret.settings }}
{{- $_ := set $env (printf "KAFKA_CLIENT_%s" (include "tocsin.variable" $key)) (include "tocsin.from" (dict "name" (required "kafka.secret.settings need kafka.secret.name" $s.kafka.secret.name) "entry" $entry) | fromYaml) }}
{{- end }}
{{- if eq .name "download-tracker" }}
{{- with $s.history.url }}
{{- $_ := set $env "TOCSIN_HISTORY_URL" (dict "value" .) }}
{{- $secret := required "downloadTracker.history.secret.name is not set" $s.history.secret.name }}
{{- $_ := set $env "TOCSIN_HISTORY_USERNAME" (include "tocsin.from" (dict "name" $secret "entry" $s.history.secret.username) | fromYaml) }}
{{- $_ := set $env "TOCSIN_HISTORY_PASSWORD" (include "tocsin.from" (dict "name" $secret "entry" $s.history.secret.password) | fromYaml) }}
{{- end }}
{{- else if eq .name "advisory-matcher" }}
{{- $_ := set $env "TOCSIN_MATCHER_STATE_DIR" (dict "value" "/var/lib/tocsin/state") }}
{{- $_ := set $env "TOCSIN_MATCHER_CLOSE_TIMEOUT" (dict "value" $s.closeTimeout) }}
{{- $_ := set $env "TOCSIN_MATCHER_ROCKSDB_MEMORY" (dict "value" $s.rocksdbMemory) }}
{{- $_ := set $env "TOCSIN_MATCHER_THREADS" (dict "value" $s.threads) }}
{{- $_ := set $env "KAFKA_CLIENT_NUM_STANDBY_REPLICAS" (dict "value" (toString $s.standbyReplicas)) }}
{{- /* The pod's name survives its restarts, as its disk does: it finds its partitions and stores where they were. */}}
{{- $_ := set $env "KAFKA_CLIENT_GROUP_INSTANCE_ID" (dict "valueFrom" (dict "fieldRef" (dict "apiVersion" "v1" "fieldPath" "metadata.name"))) }}
{{- else }}
{{- $secret := required (printf "%s.database.secret.name is not set" .block) $s.database.secret.name }}
{{- $_ := set $env "DATASOURCES_DEFAULT_URL" (dict "value" (required (printf "%s.database.url is not set" .block) $s.database.url)) }}
{{- $_ := set $env "DATASOURCES_DEFAULT_USERNAME" (include "tocsin.from" (dict "name" $secret "entry" $s.database.secret.username) | fromYaml) }}
{{- $_ := set $env "DATASOURCES_DEFAULT_PASSWORD" (include "tocsin.from" (dict "name" $secret "entry" $s.database.secret.password) | fromYaml) }}
{{- end }}
{{- if eq .name "notification-dispatcher" }}
{{- $_ := set $env "TOCSIN_SMTP_HOST" (dict "value" (required "notificationDispatcher.smtp.host is not set" $s.smtp.host)) }}
{{- $_ := set $env "TOCSIN_SMTP_PORT" (dict "value" $s.smtp.port) }}
{{- $_ := set $env "TOCSIN_SMTP_FROM" (dict "value" (required "notificationDispatcher.smtp.from is not set" $s.smtp.from)) }}
{{- $_ := set $env "TOCSIN_SMTP_TLS" (dict "value" $s.smtp.tls) }}
{{- with $s.smtp.secret }}
{{- if .name }}
{{- if eq $s.smtp.tls "NONE" }}
{{- fail "notificationDispatcher.smtp.secret has a password, which goes over TLS only, and smtp.tls is NONE" }}
{{- end }}
{{- $_ := set $env "TOCSIN_SMTP_USERNAME" (include "tocsin.from" (dict "name" .name "entry" .username) | fromYaml) }}
{{- $_ := set $env "TOCSIN_SMTP_PASSWORD" (include "tocsin.from" (dict "name" .name "entry" .password) | fromYaml) }}
{{- end }}
{{- end }}
{{- with $s.smtp.trustStore }}
{{- if .name }}
{{- $_ := set $env "TOCSIN_SMTP_TRUST_STORE" (dict "value" "/etc/tocsin/authorities/authorities.p12") }}
{{- $_ := set $env "TOCSIN_SMTP_TRUST_STORE_PASSWORD" (include "tocsin.from" (dict "name" .name "entry" .password) | fromYaml) }}
{{- end }}
{{- end }}
{{- $_ := set $env "TOCSIN_CONFIRMATION_BASE_URL" (dict "value" (required "notificationDispatcher.confirmation.baseUrl is not set" $s.confirmation.baseUrl)) }}
{{- $_ := set $env "TOCSIN_CONFIRMATION_KEY" (include "tocsin.from" (dict "name" (required "notificationDispatcher.confirmation.secret.name is not set" $s.confirmation.secret.name) "entry" $s.confirmation.secret.entry) | fromYaml) }}
{{- else if eq .name "webhook-sender" }}
{{- $_ := set $env "TOCSIN_SECRETS_KEYSET_FILE" (dict "value" "/etc/tocsin/keyset/keyset.json") }}
{{- with $s.egress.allow }}
{{- $_ := set $env "TOCSIN_EGRESS_ALLOW" (dict "value" (join "," .)) }}
{{- end }}
{{- with $s.egress.trustStore }}
{{- if .name }}
{{- $_ := set $env "TOCSIN_EGRESS_TRUST_STORE" (dict "value" "/etc/tocsin/authorities/authorities.p12") }}
{{- $_ := set $env "TOCSIN_EGRESS_TRUST_STORE_PASSWORD" (include "tocsin.from" (dict "name" .name "entry" .password) | fromYaml) }}
{{- end }}
{{- end }}
{{- with $s.egress.proxy }}
{{- if .address }}
{{- $_ := set $env "TOCSIN_EGRESS_PROXY_ADDRESS" (dict "value" .address) }}
{{- if .secret.name }}
{{- $_ := set $env "TOCSIN_EGRESS_PROXY_USERNAME" (include "tocsin.from" (dict "name" .secret.name "entry" .secret.username) | fromYaml) }}
{{- $_ := set $env "TOCSIN_EGRESS_PROXY_PASSWORD" (include "tocsin.from" (dict "name" .secret.name "entry" .secret.password) | fromYaml) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- range $key, $value := $s.config }}
{{- $_ := set $env (include "tocsin.variable" $key) (dict "value" $value) }}
{{- end }}
{{- range $key, $from := $s.secretConfig }}
{{- $_ := set $env (include "tocsin.variable" $key) (include "tocsin.from" $from | fromYaml) }}
{{- end }}
{{- range $variable := keys $env | sortAlpha }}
- name: {{ $variable }}
  {{- toYaml (get $env $variable) | nindent 2 }}
{{- end }}
{{- end }}

{{/* One entry of a Secret. Takes its name and the entry. */}}
{{- define "tocsin.from" -}}
valueFrom:
  secretKeyRef:
    name: {{ .name }}
    key: {{ .entry }}
{{- end }}
