{{/* The pod of one service. Takes root, name, block and service. */}}
{{- define "tocsin.pod" -}}
{{- $s := .service }}
{{- $authorities := dict "name" "" }}
{{- if eq .name "notification-dispatcher" }}
{{- $authorities = $s.smtp.trustStore | default $authorities }}
{{- else if eq .name "webhook-sender" }}
{{- $authorities = $s.egress.trustStore | default $authorities }}
{{- end }}
metadata:
  labels:
    {{- include "tocsin.podLabels" . | nindent 4 }}
  {{- with $s.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "tocsin.name" . }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ $s.terminationGracePeriodSeconds }}
  {{- with .root.Values.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: 10001
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile:
      type: RuntimeDefault
  containers:
    - name: {{ .name }}
      image: {{ include "tocsin.image" . }}
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      ports:
        - name: http
          containerPort: 8080
          protocol: TCP
      env:
        {{- include "tocsin.environment" . | nindent 8 }}
      # Nothing answers while a start brings the database's schema up to date, and a migration that is killed begins anew. A start that cannot
      # get on ends by itself.
      startupProbe:
        httpGet:
          path: /health/liveness
          port: http
        periodSeconds: 3
        timeoutSeconds: 3
        failureThreshold: {{ div (add (include "tocsin.startupSeconds" .) 2) 3 }}
      livenessProbe:
        httpGet:
          path: /health/liveness
          port: http
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 3
      readinessProbe:
        httpGet:
          path: /health/readiness
          port: http
        periodSeconds: 5
        timeoutSeconds: 5
        failureThreshold: 2
      lifecycle:
        preStop:
          # Until the endpoints know that this pod leaves, requests still come.
          sleep:
            seconds: 5
      resources:
        {{- toYaml $s.resources | nindent 8 }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        privileged: false
        capabilities:
          drop:
            - ALL
      volumeMounts:
        - name: tmp
          mountPath: /tmp
        {{- if eq .name "advisory-matcher" }}
        - name: state
          mountPath: /var/lib/tocsin
        {{- end }}
        {{- if $s.kafka.files.secret }}
        - name: kafka
          mountPath: /etc/tocsin/kafka
          readOnly: true
        {{- end }}
        {{- if $s.kafka.authority.secret }}
        - name: kafka-ca
          mountPath: /etc/tocsin/kafka-ca
          readOnly: true
        {{- end }}
        {{- if eq .name "webhook-sender" }}
        - name: keyset
          mountPath: /etc/tocsin/keyset
          readOnly: true
        {{- end }}
        {{- if $authorities.name }}
        - name: authorities
          mountPath: /etc/tocsin/authorities
          readOnly: true
        {{- end }}
  volumes:
    # Native libraries are unpacked there; nothing that counts is kept.
    - name: tmp
      emptyDir:
        sizeLimit: 512Mi
    {{- with $s.kafka.files.secret }}
    - name: kafka
      secret:
        secretName: {{ . }}
        defaultMode: 0440
    {{- end }}
    {{- with $s.kafka.authority.secret }}
    - name: kafka-ca
      secret:
        secretName: {{ . }}
        defaultMode: 0440
    {{- end }}
    {{- if eq .name "webhook-sender" }}
    - name: keyset
      secret:
        secretName: {{ required "webhookSender.keyset.secret.name is not set" $s.keyset.secret.name }}
        defaultMode: 0440
        items:
          - key: {{ $s.keyset.secret.entry }}
            path: keyset.json
    {{- end }}
    {{- if $authorities.name }}
    - name: authorities
      secret:
        secretName: {{ $authorities.name }}
        defaultMode: 0440
        items:
          - key: {{ $authorities.entry }}
            path: authorities.p12
    {{- end }}
  # One node that dies takes few of a service's instances.
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "tocsin.selector" . | nindent 10 }}
  {{- with $s.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $s.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $s.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
