{{- define "practicum.name" -}}
{{- if contains "practicum" .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-practicum" (.Release.Name | trunc 40 | trimSuffix "-") }}{{ end }}
{{- end }}

{{- /* What selects: never changes in an installation's life. */}}
{{- define "practicum.selector" -}}
app.kubernetes.io/name: practicum
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "practicum.studentSelector" -}}
app.kubernetes.io/name: practicum-student
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "practicum.labels" -}}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- /* The file's listen and admin sections follow from being in a pod. */}}
{{- define "practicum.config" -}}
{{- $listen := dict "host" "0.0.0.0" "port" 8080 "drain" (printf "%ds" (int .Values.shutdown.drainSeconds)) }}
{{- $admin := dict "host" "0.0.0.0" "port" 9090 "token_env" "PRACTICUM_ADMIN_TOKEN" }}
{{- mergeOverwrite (deepCopy .Values.config) (dict "listen" $listen "admin" $admin) | toYaml }}
{{- end }}
