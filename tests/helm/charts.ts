/** Charts that try what charts can: every function, subcharts of all kinds, hooks, files, schemas. */
import type { Tree } from "./helm-world.ts"

/** A template with every function in it. */
export const FUNCTIONS: Tree = {
  "sprig/Chart.yaml": `apiVersion: v2
name: sprig
version: 0.1.0
`,
  "sprig/templates/NOTES.txt": `strings:
  - {{ "hello world" | title | quote }}
  - {{ upper .Values.name }} {{ trunc 3 .Values.name }} {{ trunc -3 .Values.name }} {{ .Values.name | replace "-" "_" }}
  - {{ printf "%s-%d-%v-%q" .Values.name 5 .Values.port "x" | quote }}
  - {{ printf "%d" (int .Values.port) }} {{ printf "%05d" 42 }} {{ printf "%.2f" .Values.f }} {{ printf "%v" .Values.big }} {{ .Values.big }} {{ int .Values.big }} {{ .Values.big | toString }}
  - {{ contains "web" .Values.name }} {{ hasPrefix "web" .Values.name }} {{ hasSuffix "app" .Values.name }}
  - {{ abbrev 5 "hello world" | quote }} {{ initials "Ab Cd" }} {{ nospace "a b c" }} {{ untitle "Hello" }} {{ swapcase "aB" }}
  - {{ snakecase "FirstName" }} {{ camelcase "http_server" }} {{ kebabcase "FirstName" }} {{ repeat 3 "ab" }} {{ substr 0 3 "abcdef" }}
  - {{ cat "a" "b" 3 | quote }} {{ squote "a" "b" }} {{ quote "a" nil "b" }} {{ trimAll "$" "$5$" }} {{ trimSuffix "-" "a-" }} {{ trimPrefix "-" "-a" }}
  - {{ plural "one" "many" 2 }} {{ wrap 5 "aa bb cc" | quote }} {{ join "," .Values.list }} {{ sortAlpha .Values.list | join "," }}
  - {{ splitList "-" .Values.name | last }} {{ (split "-" .Values.name)._0 }} {{ (splitn "-" 2 "a-b-c")._1 }}
  - {{ b64enc "abc" }} {{ b64dec "YWJj" }} {{ b32enc "abc" }} {{ sha256sum "abc" }} {{ sha1sum "abc" }} {{ adler32sum "abc" }}
  - {{ regexMatch "^w" .Values.name }} {{ regexReplaceAll "(a)(p+)" .Values.name "\${2}\${1}" }} {{ regexFind "[a-z]+" "12ab" }} {{ regexFindAll "[0-9]" "1a2b" -1 }} {{ regexSplit "-" .Values.name -1 }} {{ regexQuoteMeta "a.b" }} {{ regexReplaceAllLiteral "a" "banana" "$1" | quote }}
  - {{ base "/a/b.txt" }} {{ dir "/a/b.txt" }} {{ ext "b.txt" }} {{ clean "/a/../b" }} {{ isAbs "/a" }}
numbers:
  - {{ add 1 2 3 }} {{ sub 5 2 }} {{ mul 2 3 4 }} {{ div 7 2 }} {{ mod 7 2 }} {{ add1 4 }} {{ max 1 5 3 }} {{ min 1 5 3 }} {{ addf 1.5 2 }} {{ divf 1 3 }} {{ mulf 1.1 3 }} {{ subf 1 0.9 }}
  - {{ ceil 1.2 }} {{ floor 1.8 }} {{ round 1.2345 2 }} {{ int "12" }} {{ float64 "1.5" }} {{ atoi "7" }} {{ int64 3.9 }} {{ seq 1 3 }} {{ until 3 }} {{ untilStep 0 6 2 }} {{ toDecimal "777" }} {{ maxf 1 2.5 }} {{ seq 5 }} {{ seq 0 2 10 }} {{ seq 3 -1 1 }}
lists:
  - {{ first .Values.list }} {{ last .Values.list }} {{ rest .Values.list }} {{ initial .Values.list }} {{ append .Values.list "d" }} {{ prepend .Values.list "z" }} {{ concat .Values.list (list 1 2) }} {{ reverse .Values.list }} {{ uniq (list 1 1 2) }} {{ without .Values.list "a" }} {{ has "a" .Values.list }} {{ compact (list 1 "" 2 nil) }} {{ slice .Values.list 1 2 }} {{ chunk 2 .Values.list }} {{ index .Values.list 1 }} {{ len .Values.list }}
  - {{ list 1 "a" true nil 1.5 }} {{ tuple 1 2 }} {{ .Values.nums }} {{ .Values.list | toJson }} {{ .Values.map | toJson }} {{ .Values.nums | toJson }} {{ toJson .Values.big }} {{ toRawJson "<a>" }} {{ toJson "<a>" }}
dicts:
  - {{ dict "a" 1 "b" 2 }} {{ get .Values.map "a" }} {{ get .Values.map "zz" | quote }} {{ hasKey .Values.map "a" }} {{ keys .Values.map | sortAlpha }} {{ values (dict "a" 1) }} {{ pick .Values.map "a" }} {{ omit .Values.map "nested" }} {{ merge (dict "a" 1) (dict "a" 2 "b" 3) }} {{ mergeOverwrite (dict "a" 1) (dict "a" 2 "b" 3) }} {{ pluck "a" (dict "a" 1) (dict "b" 2) }} {{ dig "nested" "x" "def" .Values.map }} {{ dig "nested" "q" "def" .Values.map }} {{ set (dict) "k" "v" }} {{ unset (dict "a" 1) "a" }} {{ deepCopy .Values.map | toJson }}
logic:
  - {{ default "d" .Values.empty }} {{ .Values.nul | default "n" }} {{ .Values.missing | default 5 }} {{ empty .Values.empty }} {{ coalesce nil "" "c" }} {{ ternary "y" "n" .Values.t }} {{ all 1 "" }} {{ any 1 "" }} {{ if and .Values.t (not .Values.empty) }}yes{{ end }} {{ if or .Values.empty .Values.nul }}a{{ else if eq .Values.name "web-app" }}b{{ else }}c{{ end }}
  - {{ kindOf .Values.port }} {{ typeOf .Values.port }} {{ kindOf .Values.list }} {{ kindOf .Values.map }} {{ kindOf "s" }} {{ kindOf 1 }} {{ typeOf 1 }} {{ kindOf .Values.t }} {{ kindIs "string" "s" }} {{ typeOf .Values.list }} {{ typeIs "string" "a" }} {{ deepEqual (list 1) (list 1) }} {{ typeOf nil }} {{ kindOf nil }} {{ typeOf .Values.f }}
  - {{ semverCompare ">=1.20" "1.35.0" }} {{ semverCompare "^1.2" "1.9.0" }} {{ semverCompare "~1.2.3" "1.3.0" }} {{ semverCompare ">=1.20-0" "1.35.0-alpha" }} {{ semver "1.2.3-beta" }} {{ (semver "v1.2.3").Minor }} {{ semverCompare "<1.19-0 || >=1.30-0" .Capabilities.KubeVersion.Version }}
  - {{ urlParse "http://u:p@host:80/path?q=1#f" }} {{ urlJoin (dict "scheme" "http" "host" "h:1" "path" "/p" "query" "q=1") }}
  - {{ date "2006-01-02" (toDate "2006-01-02" "2020-05-06") }} {{ htmlDate (toDate "2006-01-02" "2020-05-06") }} {{ duration "95" }} {{ durationRound "2h10m5s" }} {{ dateModify "24h" (toDate "2006-01-02" "2020-05-06") }} {{ unixEpoch (toDate "2006-01-02" "2020-05-06") }} {{ toDate "2006-01-02" "2020-05-06" }}
yaml:
  a: {{ .Values.map | toYaml | nindent 4 }}
  b:
    {{- toYaml .Values.nums | nindent 4 }}
  c: {{ (fromYaml .Values.yamltext).b }} {{ (fromJson "{\\"a\\":[1,2.5]}").a }} {{ fromJsonArray "[1,2]" }} {{ fromYamlArray "- a\\n- b" }} {{ fromJson "x" }}
  d: |
    {{- .Values.multi | nindent 4 }}
  e: {{ toPrettyJson .Values.map | quote }}
  f: {{ toToml .Values.map | quote }}
  g: {{ tpl "{{ .Values.name }}-{{ 1 }}" . }} {{ include "h" . }} {{ include "h" (dict "Values" (dict "name" "zz")) }}
  h: {{ range $i, $e := .Values.list }}{{ $i }}={{ $e }},{{ end }} {{ range $k, $v := .Values.map }}{{ $k }};{{ end }} {{ range .Values.missing }}x{{ else }}none{{ end }} {{ range until 2 }}{{ . }}{{ end }} {{ with .Values.map.nested }}{{ .x }}{{ $.Values.name }}{{ end }}
  i: {{ lookup "v1" "Pod" "" "" }} {{ .Release.Name }} {{ .Release.IsInstall }} {{ .Release.Revision }} {{ .Release.Service }} {{ .Template.Name }} {{ .Template.BasePath }} {{ .Chart.Name }} {{ .Chart.AppVersion | quote }}
  j: {{ .Capabilities.APIVersions.Has "batch/v1" }} {{ .Capabilities.APIVersions.Has "batch/v1/Job" }} {{ .Capabilities.HelmVersion.Version }} {{ .Capabilities.KubeVersion.Minor }}
  k: {{ toYamlPretty (dict "a" (list 1 (dict "b" (list 2)))) | nindent 4 }}
  l: {{ quote .Values.port }} {{ .Values.port | quote }} {{ quote .Values.big }} {{ .Values.t | quote }} {{ .Values.nul | quote }} {{ .Values.f | quote }}
  m: {{ print "a" 1 2 "b" }} {{ println "x" }}
  n: {{ .Values.nul }}|{{ .Values.missing }}|{{ .Values.map.zz }}|{{ get .Values.map "nested" }}
  o: {{ mustRegexMatch "a" "b" }} {{ hello }} {{ eq 1 1 }} {{ ne "a" "b" }} {{ lt 1 2 }} {{ ge 2 2 }} {{ eq .Values.name "x" "web-app" }} {{ not true }}
  p: {{ .Values.list | first | quote }} {{ (index .Values.nums 0) }} {{ index .Values.map "nested" "x" }} {{ len "héé" }} {{ "é" | upper }} {{ html "<a>" }} {{ js "a'b" }} {{ urlquery "a b&c" }} {{ \`raw "x"\` | quote }} {{ 'a' }} {{ 1e3 }} {{ 0x10 }} {{ 1.0 }} {{ -5 }}
`,
  "sprig/templates/_h.tpl": `{{- define "h" -}}
H-{{ .Values.name }}
{{- end -}}
`,
  "sprig/values.yaml": `name: web-app
port: 8080
big: 1000000
f: 2.5
list: [c, a, b]
nums: [3, 1, 2]
map: {b: 2, a: 1, nested: {x: y}}
empty: ""
nul: null
t: true
multi: |
  line one
  line two
yamltext: "a: 1\\nb: [1, 2]"
`,
}

/** A chart with a condition, an alias, a library, imported values, a chart that nobody asked for, hooks, files and a definition. */
export const FAMILY: Tree = {
  "parent/Chart.yaml": `apiVersion: v2
name: parent
version: 1.0.0
appVersion: "2.0"
description: A parent
kubeVersion: ">=1.20.0-0"
keywords: [a, b]
maintainers:
- name: me
  email: me@example.com
dependencies:
- name: sub
  version: 0.1.x
  repository: "file://charts/sub"
  condition: sub.enabled
  tags: [front]
- name: sub
  alias: other
  version: ">=0.1.0"
  import-values:
  - data
  - child: inner
    parent: imported
- name: lib
  version: 0.1.0
- name: "off"
  version: 0.1.0
  condition: off.enabled
`,
  "parent/charts/lib/Chart.yaml": `apiVersion: v2
name: lib
version: 0.1.0
type: library
`,
  "parent/charts/lib/templates/_l.tpl": `{{- define "lib.hi" }}hi {{ .Chart.Name }}{{ end -}}
`,
  "parent/charts/lib/templates/x.yaml": `not: rendered
`,
  "parent/charts/off/Chart.yaml": `apiVersion: v2
name: "off"
version: 0.1.0

`,
  "parent/charts/off/templates/x.yaml": `kind: Off
`,
  "parent/charts/sub/Chart.yaml": `apiVersion: v2
name: sub
version: 0.1.0

`,
  "parent/charts/sub/templates/NOTES.txt": `sub notes
`,
  "parent/charts/sub/templates/cm.yaml": `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-{{ .Chart.Name }}
data:
  name: {{ .Values.name }}
  env: {{ .Values.global.env }}
  deep: {{ .Values.global.deep | toJson | quote }}
  extra: {{ .Values.extra | toJson | quote }}
  root: {{ .Chart.IsRoot | quote }}
  lib: {{ include "lib.hi" . }}
  t: {{ .Template.Name }}
`,
  "parent/charts/sub/values.yaml": `name: sub-default
extra: {y: 2, x: 0}
exports: {data: {exported: yes-it-is}}
inner: {k: v}
global: {deep: {b: 2}}
`,
  "parent/charts/unlisted/Chart.yaml": `apiVersion: v2
name: unlisted
version: 0.1.0

`,
  "parent/charts/unlisted/templates/x.yaml": `apiVersion: v1
kind: Secret
metadata: {name: unlisted}
stringData: {a: b}
`,
  "parent/crds/c.yaml": `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: foos.example.com
spec: {}
`,
  "parent/files/a.txt": `one
two
`,
  "parent/files/b.yaml": `b: 1`,
  "parent/templates/NOTES.txt": `Thanks for {{ .Chart.Name }} {{ .Chart.Version }} app {{ .Chart.AppVersion }}
`,
  "parent/templates/all.yaml": `{{- $root := . }}
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}
spec:
  x: {{ .Values.exported }} {{ .Values.imported | toJson }} {{ .Subcharts.sub.Chart.Name }} {{ .Values.sub.name }} {{ .Subcharts.sub.Values.extra | toJson }}
---
# a comment only
---
apiVersion: v1
kind: Namespace
metadata:
  name: ns
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: files
data:
{{ (.Files.Glob "files/*").AsConfig | indent 2 }}
  lines: |-
{{- range .Files.Lines "files/a.txt" }}
    - {{ . }}
{{- end }}
  get: {{ .Files.Get "files/b.yaml" | quote }}
{{- range $path, $_ := .Files.Glob "**.yaml" }}
  {{ $path | replace "/" "-" }}: {{ $root.Files.Get $path | b64enc }}
{{- end }}
---
apiVersion: v1
kind: Secret
metadata:
  name: s
data:
{{ (.Files.Glob "files/a*").AsSecrets | indent 2 }}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: hook-b
  annotations:
    "helm.sh/hook": pre-install,pre-upgrade
    "helm.sh/hook-weight": "5"
    "helm.sh/hook-delete-policy": hook-succeeded
---
apiVersion: v1
kind: Pod
metadata:
  name: hook-a
  annotations:
    helm.sh/hook: "post-install"
    helm.sh/hook-weight: "-1"
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: d}
spec: {}
---
apiVersion: foo/v1
kind: Zoo
metadata: {name: z}
---
apiVersion: foo/v1
kind: Abc
metadata: {name: z}
`,
  "parent/values.yaml": `global: {env: prod, deep: {a: 1}}
sub: {enabled: true, name: from-parent, extra: {x: 1}}
off: {enabled: false}
tags: {front: true}
nothing: null
`,
}

/** A chart of one template and its values. */
export const small = (name: string, template: string, values = "x: 1\n", more: Tree = {}): Tree => ({
  [`${name}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n`,
  [`${name}/values.yaml`]: values,
  [`${name}/templates/a.yaml`]: template,
  ...Object.fromEntries(Object.entries(more).map(([path, text]) => [`${name}/${path}`, text])),
})
