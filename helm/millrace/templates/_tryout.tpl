{{- /* "true" where the tryout's StatefulSets have disks. A StatefulSet can not get or lose them later, so one that is there decides. */}}
{{- define "millrace.tryout.persistent" -}}
{{- $wanted := toString .root.Values.tryout.persistence.enabled }}
{{- if eq $wanted "auto" }}
{{- $there := lookup "apps/v1" "StatefulSet" .root.Release.Namespace .name }}
{{- if $there }}
{{- if $there.spec.volumeClaimTemplates }}true{{ end }}
{{- else if .root.Values.tryout.persistence.storageClassName }}true
{{- else }}
{{- $default := dict }}
{{- range (lookup "storage.k8s.io/v1" "StorageClass" "" "").items }}
{{- if eq (get (.metadata.annotations | default dict) "storageclass.kubernetes.io/is-default-class") "true" }}
{{- $_ := set $default "found" "true" }}
{{- end }}
{{- end }}
{{- get $default "found" }}
{{- end }}
{{- else if eq $wanted "true" }}true
{{- end }}
{{- end }}

{{- /* One pod and its Service. Takes root, component, name, settings, port, portName, env, mounts and volumes. */}}
{{- define "millrace.tryout" -}}
{{- $root := .root }}
{{- $persistent := include "millrace.tryout.persistent" . }}
---
# To try Millrace out: one pod, no copies, no backups.
apiVersion: v1
kind: Service
metadata:
  {{- include "millrace.metadata" . | nindent 2 }}
spec:
  clusterIP: None
  # The broker looks itself up before it is ready.
  publishNotReadyAddresses: true
  selector:
    {{- include "millrace.selectorLabels" . | nindent 4 }}
  ports:
    - name: {{ .portName }}
      port: {{ .port }}
      targetPort: {{ .portName }}
      protocol: TCP
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  {{- include "millrace.metadata" . | nindent 2 }}
spec:
  serviceName: {{ .name }}
  replicas: 1
  selector:
    matchLabels:
      {{- include "millrace.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      labels:
        # No version among them: an upgrade of the chart alone restarts neither.
        {{- include "millrace.selectorLabels" . | nindent 8 }}
        app.kubernetes.io/part-of: millrace
    spec:
      automountServiceAccountToken: false
      enableServiceLinks: false
      {{- include "millrace.pullSecrets" $root | nindent 6 }}
      terminationGracePeriodSeconds: 60
      securityContext:
        {{- toYaml $root.Values.securityContext.pod | nindent 8 }}
      containers:
        - name: {{ .component }}
          image: {{ include "millrace.image" (dict "root" $root "image" .settings.image) }}
          imagePullPolicy: {{ $root.Values.image.pullPolicy }}
          ports:
            - name: {{ .portName }}
              containerPort: {{ .port }}
              protocol: TCP
          {{- with .env }}
          env:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          startupProbe:
            tcpSocket: { port: {{ .portName }} }
            periodSeconds: 2
            failureThreshold: 90
          readinessProbe:
            tcpSocket: { port: {{ .portName }} }
            periodSeconds: 5
          livenessProbe:
            tcpSocket: { port: {{ .portName }} }
            periodSeconds: 10
            failureThreshold: 6
          securityContext:
            {{- toYaml $root.Values.securityContext.container | nindent 12 }}
          resources:
            {{- toYaml .settings.resources | nindent 12 }}
          volumeMounts:
            - name: tmp
              mountPath: /tmp
            - name: data
              mountPath: /var/lib/millrace
            {{- with .mounts }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
      volumes:
        - name: tmp
          emptyDir: {}
        {{- if not $persistent }}
        - name: data
          emptyDir: {}
        {{- end }}
        {{- with .volumes }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  {{- if $persistent }}
  volumeClaimTemplates:
    - apiVersion: v1
      kind: PersistentVolumeClaim
      metadata:
        name: data
        labels:
          {{- include "millrace.selectorLabels" . | nindent 10 }}
      spec:
        accessModes: [ReadWriteOnce]
        {{- with $root.Values.tryout.persistence.storageClassName }}
        storageClassName: {{ . }}
        {{- end }}
        resources:
          requests:
            storage: {{ .settings.size }}
  {{- end }}
{{- end }}
