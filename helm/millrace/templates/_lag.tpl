{{- /* A pipeline's consumer group at a service. Takes component and pipeline. */}}
{{- define "millrace.consumerGroup" -}}
millrace-{{ .component }}-{{ .pipeline }}
{{- end }}

{{- /* The topic it reads. Load reads scored or clean, whichever the pipeline has: none is named, and the group's only one counts. */}}
{{- define "millrace.lagTopic" -}}
{{- if eq .component "transform" -}}
millrace.{{ .pipeline }}.raw
{{- else if eq .component "model" -}}
millrace.{{ .pipeline }}.clean
{{- end }}
{{- end }}
