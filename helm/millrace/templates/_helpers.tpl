{{- define "millrace.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 36 | trimSuffix "-" }}
{{- end }}

{{- /* <release>-millrace, or the release's name where that says millrace already. Short enough for -tryout-postgres behind it: a StatefulSet's name may have 52 letters. */}}
{{- define "millrace.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 36 | trimSuffix "-" }}
{{- else if contains (include "millrace.name" .) .Release.Name }}
{{- .Release.Name | trunc 36 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "millrace.name" .) | trunc 36 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- /* What selectors go by; it never changes, because a Deployment's selector may not. Takes root and component. */}}
{{- define "millrace.selectorLabels" -}}
app.kubernetes.io/name: {{ include "millrace.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end }}

{{- define "millrace.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{ include "millrace.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: millrace
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- /* Name, namespace, labels and annotations of an object. Takes root, component, name and, if any, annotations and labels. */}}
{{- define "millrace.metadata" -}}
name: {{ .name }}
namespace: {{ .namespace | default .root.Release.Namespace }}
labels:
  {{- include "millrace.labels" . | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with merge (deepCopy (.annotations | default dict)) .root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- /* A service's settings: those of all, and its own over them. Takes root and component. */}}
{{- define "millrace.settings" -}}
{{- mergeOverwrite (deepCopy .root.Values.common) (deepCopy (index .root.Values .component)) | toYaml }}
{{- end }}

{{- define "millrace.serviceName" -}}
{{ include "millrace.fullname" .root }}-{{ .component }}
{{- end }}

{{- define "millrace.port" -}}
{{ get (dict "ingest" 8081 "transform" 8082 "model" 8083 "load" 8084) .component }}
{{- end }}

{{- define "millrace.serviceAccountName" -}}
{{- $settings := include "millrace.settings" . | fromYaml }}
{{- if $settings.serviceAccount.create }}
{{- $settings.serviceAccount.name | default (include "millrace.serviceName" .) }}
{{- else }}
{{- $settings.serviceAccount.name | default "default" }}
{{- end }}
{{- end }}

{{- /* Takes root and image. */}}
{{- define "millrace.image" -}}
{{- $registry := .root.Values.global.imageRegistry | default .root.Values.image.registry }}
{{- $repository := .image.repository }}
{{- if $registry }}
{{- $repository = printf "%s/%s" (trimSuffix "/" $registry) $repository }}
{{- end }}
{{- if .image.digest }}
{{- printf "%s@%s" $repository .image.digest }}
{{- else }}
{{- printf "%s:%s" $repository (.root.Values.image.tag | default .root.Chart.AppVersion) }}
{{- end }}
{{- end }}

{{- define "millrace.pullSecrets" -}}
{{- with concat .Values.global.imagePullSecrets .Values.image.pullSecrets | uniq }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{- /* "true" where the tryout broker is used. */}}
{{- define "millrace.tryoutKafka" -}}
{{- if and .Values.tryout.enabled .Values.tryout.kafka.enabled (not .Values.kafka.bootstrapServers) }}true{{ end }}
{{- end }}

{{- define "millrace.tryoutPostgres" -}}
{{- if and .Values.tryout.enabled .Values.tryout.postgres.enabled (not .Values.warehouse.jdbcUrl) (not .Values.warehouse.existingSecret) }}true{{ end }}
{{- end }}

{{- define "millrace.bootstrapServers" -}}
{{- if .Values.kafka.bootstrapServers }}
{{- .Values.kafka.bootstrapServers }}
{{- else if include "millrace.tryoutKafka" . }}
{{- include "millrace.fullname" . }}-tryout-kafka:9092
{{- else }}
{{- fail "kafka.bootstrapServers is not set, and the tryout broker is off (tryout.enabled, tryout.kafka.enabled)" }}
{{- end }}
{{- end }}

{{- define "millrace.autoscaled" -}}
{{- if or .Values.autoscaling.hpa.enabled .Values.autoscaling.keda.enabled }}true{{ end }}
{{- end }}

{{- /* The pipelines whose lag counts, as a JSON list under "names". */}}
{{- define "millrace.laggingPipelines" -}}
{{- $names := .Values.autoscaling.pipelines }}
{{- if .Values.examples.cardFraud.enabled }}
{{- $names = append $names "card-fraud" }}
{{- end }}
{{- dict "names" (uniq $names) | toJson }}
{{- end }}

{{- /* What can be said of the values only when all of them are known. */}}
{{- define "millrace.validate" -}}
{{- if and .Values.autoscaling.hpa.enabled .Values.autoscaling.keda.enabled }}
{{- fail "autoscaling.hpa.enabled and autoscaling.keda.enabled exclude each other: KEDA makes a HorizontalPodAutoscaler of its own" }}
{{- end }}
{{- if and .Values.autoscaling.hpa.lag.enabled (not .Values.autoscaling.hpa.enabled) }}
{{- fail "autoscaling.hpa.lag.enabled wants autoscaling.hpa.enabled" }}
{{- end }}
{{- if and .Values.autoscaling.keda.enabled (ne .Values.kafka.securityProtocol "PLAINTEXT") (not .Values.autoscaling.keda.authenticationRef) }}
{{- fail (printf "kafka.securityProtocol is %s: KEDA needs autoscaling.keda.authenticationRef to read the lag" .Values.kafka.securityProtocol) }}
{{- end }}
{{- range $component := list "ingest" "transform" "model" "load" }}
{{- $scale := (include "millrace.settings" (dict "root" $ "component" $component) | fromYaml).autoscaling }}
{{- if include "millrace.autoscaled" $ }}
{{- if lt (int $scale.maxReplicas) (int $scale.minReplicas) }}
{{- fail (printf "%s.autoscaling.maxReplicas is %d, less than minReplicas, %d" $component (int $scale.maxReplicas) (int $scale.minReplicas)) }}
{{- end }}
{{- if and (has $component (list "transform" "load")) (gt (int $scale.maxReplicas) (int $.Values.topics.partitions)) }}
{{- fail (printf "%s.autoscaling.maxReplicas is %d, but topics.partitions is %d: replicas beyond the partitions have nothing to do" $component (int $scale.maxReplicas) (int $.Values.topics.partitions)) }}
{{- end }}
{{- end }}
{{- end }}
{{- if not (or .Values.warehouse.jdbcUrl .Values.warehouse.jdbcUrlKey (include "millrace.tryoutPostgres" .)) }}
{{- fail "warehouse.jdbcUrl is not set, nor warehouse.jdbcUrlKey, and the tryout database is off (tryout.enabled, tryout.postgres.enabled)" }}
{{- end }}
{{- if and .Values.warehouse.jdbcUrlKey (not .Values.warehouse.existingSecret) }}
{{- fail "warehouse.jdbcUrlKey is a key of warehouse.existingSecret, which is not set" }}
{{- end }}
{{- with (include "millrace.settings" (dict "root" $ "component" "model") | fromYaml).registry }}
{{- if and (ne .artifacts.location "database") (not (hasPrefix "s3://" .artifacts.location)) }}
{{- fail (printf "model.registry.artifacts.location is %s: a pod has the database or s3://bucket/prefix" .artifacts.location) }}
{{- end }}
{{- if and (or .artifacts.endpoint .artifacts.existingSecret) (not (hasPrefix "s3://" .artifacts.location)) }}
{{- fail "model.registry.artifacts has an endpoint or credentials, but its location is the database: it wants s3://bucket/prefix" }}
{{- end }}
{{- if and $.Values.training.enabled (not (and .enabled .tokenSecret)) }}
{{- fail "training.enabled wants model.registry.enabled and model.registry.tokenSecret: without a token nobody can register what was trained" }}
{{- end }}
{{- if and (hasPrefix "s3://" .artifacts.location) (not .enabled) }}
{{- fail "model.registry.artifacts.location wants model.registry.enabled" }}
{{- end }}
{{- end }}
{{- with (include "millrace.settings" (dict "root" $ "component" "model") | fromYaml).features.redis }}
{{- if and .url (not (or (hasPrefix "redis://" .url) (hasPrefix "rediss://" .url))) }}
{{- fail (printf "model.features.redis.url is %s: it wants redis://host:port, or rediss://host:port with TLS" .url) }}
{{- end }}
{{- if contains "@" .url }}
{{- fail "model.features.redis.url has a user or a password in it: they belong in model.features.redis.username and existingSecret" }}
{{- end }}
{{- if and (or .existingSecret .username .caSecret) (not .url) }}
{{- fail "model.features.redis says who connects, but not where: url is not set" }}
{{- end }}
{{- end }}
{{- if and (hasPrefix "SASL" .Values.kafka.securityProtocol) (not (and .Values.kafka.sasl.mechanism .Values.kafka.sasl.existingSecret)) }}
{{- fail (printf "kafka.securityProtocol is %s: kafka.sasl.mechanism and kafka.sasl.existingSecret say who the services are" .Values.kafka.securityProtocol) }}
{{- end }}
{{- end }}
