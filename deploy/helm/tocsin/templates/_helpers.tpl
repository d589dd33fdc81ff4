{{/* Each service and its block of the values. */}}
{{- define "tocsin.services" -}}
download-tracker: downloadTracker
advisory-matcher: advisoryMatcher
notification-dispatcher: notificationDispatcher
webhook-sender: webhookSender
{{- end }}

{{/* Name of an object: the release's and the service's. Takes root and name. */}}
{{- define "tocsin.name" -}}
{{- if gt (len .root.Release.Name) 34 }}
{{- fail (printf "the release's name %s is longer than 34 letters: Kubernetes could not name the matcher's pods after it, and one that is cut could be another release's" .root.Release.Name) }}
{{- end }}
{{- printf "%s-%s" .root.Release.Name .name }}
{{- end }}

{{/* Seconds, rounded up, of a duration such as 60s or 2m. */}}
{{- define "tocsin.seconds" -}}
{{- $number := regexFind "^[0-9]+" . | int }}
{{- $unit := regexFind "[a-z]+$" . }}
{{- if eq $unit "ms" }}{{ div (add $number 999) 1000 }}{{ else }}{{ mul $number (get (dict "s" 1 "m" 60 "h" 3600 "d" 86400) $unit) }}{{ end }}
{{- end }}

{{/* How long a start of this service may take: only one with a database has a schema to bring up to date. */}}
{{- define "tocsin.startupSeconds" -}}
{{- if dig "database" "url" (dig "history" "url" "" .service) .service }}{{ .root.Values.startupSeconds }}{{ else }}180{{ end }}
{{- end }}

{{- define "tocsin.selector" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end }}

{{/* The tag of one service, or of all. Takes root and, where it is about one, service. */}}
{{- define "tocsin.tag" -}}
{{- dig "imageTag" "" (.service | default dict) | default .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end }}

{{/*
What a pod is labelled with. The chart's own version is not in it: that would replace every pod of every service at once. Nor is a tag where a digest says
what runs: it would be another's, and replace what stays the same.
*/}}
{{- define "tocsin.podLabels" -}}
{{ include "tocsin.selector" . }}
app.kubernetes.io/part-of: tocsin
{{- if not (dig "imageDigest" "" (.service | default dict)) }}
app.kubernetes.io/version: {{ include "tocsin.tag" . | trunc 63 | trimAll "-_." | quote }}
{{- end }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- with .root.Values.labels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "tocsin.labels" -}}
{{ include "tocsin.podLabels" . }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{/* A digest, where one is given, says more than a tag. */}}
{{- define "tocsin.image" -}}
{{- $image := .root.Values.image }}
{{- $name := printf "%s/%s" $image.repository .name }}
{{- if $image.registry }}{{ $name = printf "%s/%s" $image.registry $name }}{{ end }}
{{- if .service.imageDigest }}
{{- printf "%s@%s" $name .service.imageDigest }}
{{- else }}
{{- printf "%s:%s" $name (include "tocsin.tag" .) }}
{{- end }}
{{- end }}

{{/* As Micronaut reads a key from the environment. */}}
{{- define "tocsin.variable" -}}
{{ . | upper | replace "." "_" | replace "-" "_" }}
{{- end }}
