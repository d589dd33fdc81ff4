{{/* Each service and its block of the values. */}}
{{- define "tocsin.services" -}}
download-tracker: downloadTracker
advisory-matcher: advisoryMatcher
notification-dispatcher: notificationDispatcher
webhook-sender: webhookSender
{{- end }}

{{/* Name of an object: the release's and the service's. Takes root and name. */}}
{{- define "tocsin.name" -}}
{{- printf "%s-%s" (.root.Release.Name | trunc 36 | trimSuffix "-") .name }}
{{- end }}

{{- define "tocsin.selector" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end }}

{{/* The tag of one service, or of all. Takes root and, where it is about one, service. */}}
{{- define "tocsin.tag" -}}
{{- dig "imageTag" "" (.service | default dict) | default .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end }}

{{/* What a pod is labelled with. The chart's own version is not in it: that would replace every pod of every service at once. */}}
{{- define "tocsin.podLabels" -}}
{{ include "tocsin.selector" . }}
app.kubernetes.io/part-of: tocsin
app.kubernetes.io/version: {{ include "tocsin.tag" . | trunc 63 | trimAll "-_." | quote }}
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
