{{- /* A class of a service's image that is run in place of the service. */}}
{{- define "millrace.program" -}}
command: [java, -cp, "/opt/millrace/lib/main/*:/opt/millrace/lib/boot/*", {{ . }}]
{{- end }}
