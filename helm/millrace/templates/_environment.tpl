{{- /* Configuration by environment variables. What is secret comes from Secrets, everything else from a ConfigMap a service. */}}

{{- define "millrace.variable" -}}
{{ regexReplaceAll "[^A-Za-z0-9]" . "_" | upper }}
{{- end }}

{{- /* Name and value of each variable of a service. Takes root and component. */}}
{{- define "millrace.environment" -}}
{{- $values := .root.Values }}
{{- $settings := include "millrace.settings" . | fromYaml }}
{{- $env := dict
    "KAFKA_BOOTSTRAP_SERVERS" (include "millrace.bootstrapServers" .root)
    "MILLRACE_LOG_JSON" "true"
    "QUARKUS_LOG_LEVEL" $settings.logLevel
    "QUARKUS_SHUTDOWN_DELAY" (printf "%ds" (int $settings.drainSeconds))
    "QUARKUS_SHUTDOWN_TIMEOUT" (printf "%ds" (int $settings.shutdownSeconds))
    "MILLRACE_PIPELINES_SOURCE" $values.pipelines.source
    "MILLRACE_TOPICS_PARTITIONS" (toString (int $values.topics.partitions)) }}
{{- if eq $values.pipelines.source "kubernetes" }}
{{- $_ := set $env "MILLRACE_LEADER_ENABLED" "true" }}
{{- else }}
{{- $_ := set $env "MILLRACE_PIPELINES_DIR" "/etc/millrace/pipelines" }}
{{- end }}
{{- with $values.topics.replication }}
{{- $_ := set $env "MILLRACE_TOPICS_REPLICATION" (toString (int .)) }}
{{- end }}
{{- with $values.topics.retention }}
{{- $_ := set $env "MILLRACE_TOPICS_RETENTION" . }}
{{- end }}
{{- with $values.kafka }}
{{- range $property, $value := .properties }}
{{- $_ := set $env (printf "KAFKA_%s" (include "millrace.variable" $property)) (toString $value) }}
{{- end }}
{{- if ne .securityProtocol "PLAINTEXT" }}
{{- $_ := set $env "KAFKA_SECURITY_PROTOCOL" .securityProtocol }}
{{- end }}
{{- with .sasl.mechanism }}
{{- $_ := set $env "KAFKA_SASL_MECHANISM" . }}
{{- end }}
{{- if .tls.caSecret }}
{{- $_ := set $env "KAFKA_SSL_TRUSTSTORE_TYPE" "PEM" }}
{{- $_ := set $env "KAFKA_SSL_TRUSTSTORE_LOCATION" "/etc/millrace/kafka/ca.crt" }}
{{- end }}
{{- if .tls.clientSecret }}
{{- $_ := set $env "KAFKA_SSL_KEYSTORE_TYPE" "PEM" }}
{{- end }}
{{- end }}
{{- with $values.tracing }}
{{- if .enabled }}
{{- $_ := set $env "QUARKUS_OTEL_SDK_DISABLED" "false" }}
{{- $_ := set $env "QUARKUS_OTEL_EXPORTER_OTLP_ENDPOINT" .endpoint }}
{{- $_ := set $env "QUARKUS_OTEL_TRACES_SAMPLER_ARG" (toString .samplingRatio) }}
{{- end }}
{{- end }}
{{- if eq .component "ingest" }}
{{- $_ := set $env "MILLRACE_DATA_DIR" "/var/lib/millrace/data" }}
{{- $_ := set $env "MILLRACE_FILES_ENABLED" (ternary "true" "false" (ne $settings.data.existingClaim "")) }}
{{- else if eq .component "transform" }}
{{- $_ := set $env "MILLRACE_STREAMS_STATE_DIR" "/var/lib/millrace/streams" }}
{{- else if eq .component "model" }}
{{- $_ := set $env "MILLRACE_FEATURES_DIR" "/var/lib/millrace/features" }}
{{- with $settings.features.redis }}
{{- if .url }}
{{- $_ := set $env "MILLRACE_FEATURES_REDIS_URL" .url }}
{{- with .username }}
{{- $_ := set $env "MILLRACE_FEATURES_REDIS_USERNAME" . }}
{{- end }}
{{- if .caSecret }}
{{- $_ := set $env "MILLRACE_FEATURES_REDIS_CA" "/etc/millrace/redis/ca.crt" }}
{{- end }}
{{- end }}
{{- end }}
{{- if $settings.models.existingClaim }}
{{- $_ := set $env "MILLRACE_MODELS_DIR" "/var/lib/millrace/models" }}
{{- end }}
{{- /* A sidecar hands on what comes from elsewhere as if it came from the pod itself. */}}
{{- $_ := set $env "MILLRACE_MODELS_LOCAL_CHANGES" "false" }}
{{- if and $values.training.enabled $values.rbac.create (eq $values.pipelines.source "kubernetes") }}
{{- $_ := set $env "MILLRACE_RETRAINING_CRON_JOBS" "true" }}
{{- end }}
{{- if $settings.registry.enabled }}
{{- $env = merge $env (include "millrace.warehouseEnvironment" .root | fromYaml) }}
{{- if include "millrace.usesStorage" . }}
{{- with $settings.registry.artifacts }}
{{- $_ := set $env "MILLRACE_MODELS_ARTIFACTS" .location }}
{{- with .endpoint }}
{{- $_ := set $env "MILLRACE_MODELS_S3_ENDPOINT" . }}
{{- end }}
{{- with .region }}
{{- $_ := set $env "MILLRACE_MODELS_S3_REGION" . }}
{{- end }}
{{- if ne (toString .pathStyle) "auto" }}
{{- $_ := set $env "MILLRACE_MODELS_S3_PATH_STYLE" (toString .pathStyle) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- else if eq .component "load" }}
{{- $_ := set $env "MILLRACE_LOAD_SCHEMA" $values.warehouse.schema }}
{{- $_ := set $env "QUARKUS_DATASOURCE_JDBC_MAX_SIZE" (toString (int $values.warehouse.maxConnections)) }}
{{- $env = merge $env (include "millrace.warehouseEnvironment" .root | fromYaml) }}
{{- end }}
{{- range $key, $value := $settings.config }}
{{- $_ := set $env (include "millrace.variable" $key) (toString $value) }}
{{- end }}
{{- toYaml $env }}
{{- end }}

{{- /* Where the warehouse is and who loads, as far as that is no secret. */}}
{{- define "millrace.warehouseEnvironment" -}}
{{- if include "millrace.tryoutPostgres" . }}
QUARKUS_DATASOURCE_JDBC_URL: jdbc:postgresql://{{ include "millrace.fullname" . }}-tryout-postgres:5432/millrace
QUARKUS_DATASOURCE_USERNAME: millrace
{{- else }}
{{- if not .Values.warehouse.jdbcUrlKey }}
QUARKUS_DATASOURCE_JDBC_URL: {{ .Values.warehouse.jdbcUrl | quote }}
{{- end }}
{{- if not .Values.warehouse.usernameKey }}
QUARKUS_DATASOURCE_USERNAME: {{ .Values.warehouse.username | quote }}
{{- end }}
{{- end }}
{{- end }}

{{- define "millrace.secretVariable" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key }}
{{- end }}

{{- define "millrace.kafkaSecrets" -}}
{{- with .Values.kafka }}
{{- if .sasl.existingSecret }}
{{ include "millrace.secretVariable" (dict "name" "KAFKA_SASL_JAAS_CONFIG" "secret" .sasl.existingSecret "key" .sasl.jaasConfigKey) }}
{{- end }}
{{- if .tls.clientSecret }}
{{ include "millrace.secretVariable" (dict "name" "KAFKA_SSL_KEYSTORE_CERTIFICATE_CHAIN" "secret" .tls.clientSecret "key" .tls.clientCertKey) }}
{{ include "millrace.secretVariable" (dict "name" "KAFKA_SSL_KEYSTORE_KEY" "secret" .tls.clientSecret "key" .tls.clientKeyKey) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "millrace.tryoutPostgresSecret" -}}
{{ .Values.tryout.postgres.existingSecret | default (printf "%s-tryout-postgres" (include "millrace.fullname" .)) }}
{{- end }}

{{- define "millrace.warehouseSecrets" -}}
{{- if include "millrace.tryoutPostgres" . }}
{{ include "millrace.secretVariable" (dict "name" "QUARKUS_DATASOURCE_PASSWORD" "secret" (include "millrace.tryoutPostgresSecret" .) "key" "password") }}
{{- else if .Values.warehouse.existingSecret }}
{{- $secret := .Values.warehouse.existingSecret }}
{{ include "millrace.secretVariable" (dict "name" "QUARKUS_DATASOURCE_PASSWORD" "secret" $secret "key" .Values.warehouse.passwordKey) }}
{{- with .Values.warehouse.usernameKey }}
{{ include "millrace.secretVariable" (dict "name" "QUARKUS_DATASOURCE_USERNAME" "secret" $secret "key" .) }}
{{- end }}
{{- with .Values.warehouse.jdbcUrlKey }}
{{ include "millrace.secretVariable" (dict "name" "QUARKUS_DATASOURCE_JDBC_URL" "secret" $secret "key" .) }}
{{- end }}
{{- end }}
{{- end }}

{{- /* "true" where a service uses the warehouse's database. Takes root and component. */}}
{{- define "millrace.usesWarehouse" -}}
{{- if or (eq .component "load") (and (eq .component "model") (include "millrace.settings" . | fromYaml).registry.enabled) }}true{{ end }}
{{- end }}

{{- define "millrace.registrySecrets" -}}
{{- with (include "millrace.settings" (dict "root" . "component" "model") | fromYaml).registry }}
{{- if and .enabled .tokenSecret }}
{{ include "millrace.secretVariable" (dict "name" "MILLRACE_MODELS_TOKEN" "secret" .tokenSecret "key" .tokenKey) }}
{{- end }}
{{- if and (include "millrace.usesStorage" (dict "root" $ "component" "model")) .artifacts.existingSecret }}
{{- with .artifacts }}
{{ include "millrace.secretVariable" (dict "name" "AWS_ACCESS_KEY_ID" "secret" .existingSecret "key" .accessKeyIdKey) }}
{{ include "millrace.secretVariable" (dict "name" "AWS_SECRET_ACCESS_KEY" "secret" .existingSecret "key" .secretAccessKeyKey) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- /* "true" where a service keeps files of models in storage that speaks S3's protocol. Takes root and component. */}}
{{- define "millrace.usesStorage" -}}
{{- if eq .component "model" }}
{{- with (include "millrace.settings" . | fromYaml).registry }}
{{- if and .enabled (hasPrefix "s3://" .artifacts.location) }}true{{ end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "millrace.redisSecrets" -}}
{{- with (include "millrace.settings" (dict "root" . "component" "model") | fromYaml).features.redis }}
{{- if .existingSecret }}
{{ include "millrace.secretVariable" (dict "name" "MILLRACE_FEATURES_REDIS_PASSWORD" "secret" .existingSecret "key" .passwordKey) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "millrace.kafkaVolume" -}}
{{- with .Values.kafka.tls.caSecret }}
- name: kafka-ca
  secret:
    secretName: {{ . }}
    items:
      - key: {{ $.Values.kafka.tls.caKey }}
        path: ca.crt
{{- end }}
{{- end }}

{{- define "millrace.warehouseVolume" -}}
{{- with .Values.warehouse.caSecret }}
- name: warehouse-ca
  secret:
    secretName: {{ . }}
    items:
      - key: {{ $.Values.warehouse.caKey }}
        path: ca.crt
{{- end }}
{{- end }}
