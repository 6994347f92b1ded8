/** Kubeconfigs, preferences and plugins that are odd, each in its own way. */

const users: Readonly<Record<string, string>> = {
  noversion: "{exec: {command: credentials, interactiveMode: Never}}",
  badversion: "{exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: credentials, interactiveMode: Never}}",
  nocommand: "{exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}}",
  nomode: "{exec: {apiVersion: client.authentication.k8s.io/v1, command: credentials}}",
  always: "{exec: {apiVersion: client.authentication.k8s.io/v1, command: credentials, interactiveMode: Always}}",
  hint: '{exec: {apiVersion: client.authentication.k8s.io/v1, command: nosuchprogram, interactiveMode: Never, installHint: "get it at\\nhttps://example.com"}}',
  garbage: "{exec: {apiVersion: client.authentication.k8s.io/v1, command: credentials, args: [garbage], interactiveMode: Never}}",
  wrongkind: "{exec: {apiVersion: client.authentication.k8s.io/v1, command: credentials, args: [kind], interactiveMode: Never}}",
  wrongtoken: "{exec: {apiVersion: client.authentication.k8s.io/v1, command: credentials, args: [token], interactiveMode: Never}}",
  halfcert: "{exec: {apiVersion: client.authentication.k8s.io/v1, command: credentials, args: [half], interactiveMode: Never}}",
  info: "{exec: {apiVersion: client.authentication.k8s.io/v1, command: credentials, args: [info], interactiveMode: Never, provideClusterInfo: true}}",
  both: "{token: abc, username: a, password: b}",
  plain: "{username: a, password: b}",
  filetoken: "{tokenFile: made.token}",
  nofile: "{tokenFile: nosuch.token}",
  impersonates: "{client-certificate: admin.crt, client-key: admin.key, as: jane, as-groups: [g, h], as-uid: u1, as-user-extra: {k: [v]}}",
  nocert: "{client-certificate: nosuch.crt, client-key: nosuch.key}",
}

const creds = `apiVersion: v1
kind: Config
clusters:
- cluster: {server: "https://172.30.1.2:6443", insecure-skip-tls-verify: true}
  name: c
- cluster: {server: "https://172.30.1.2:6443", certificate-authority: nosuch-ca.pem}
  name: badca
- cluster: {insecure-skip-tls-verify: true}
  name: noserver
- cluster: {server: "https://172.30.1.2:6443", certificate-authority: ./ca.pem}
  name: relative
contexts:
${Object.keys(users)
  .map((user) => `- context: {cluster: c, user: ${user}}\n  name: ${user}`)
  .join("\n")}
- context: {cluster: badca, user: both}
  name: badca
- context: {cluster: c, user: nosuch}
  name: nouser
- context: {cluster: nosuch, user: plain}
  name: nocluster
- context: {cluster: noserver, user: plain}
  name: noserver
- context: {cluster: relative, user: plain}
  name: relative
current-context: c
users:
${Object.entries(users)
  .map(([name, user]) => `- name: ${name}\n  user: ${user}`)
  .join("\n")}
`

const preferences = (rest: string) => `apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n${rest}`

export const SETTINGS: Readonly<Record<string, string>> = {
  "creds.conf": creds,
  prefs: preferences(`defaults:
- command: apply
  options:
  - name: server-side
    default: "true"
- command: delete
  options:
  - name: grace-period
    default: "5"
aliases:
- name: nss
  command: get
  prependArgs: [namespaces]
  options:
  - name: no-headers
    default: "true"
- name: getn
  command: get
  prependArgs: [ns]
  appendArgs: [--show-labels]
- name: mk
  command: create configmap
  options:
  - name: from-literal
    default: a=b
- name: setimg
  command: set image
  prependArgs: [deployment/web, "nginx=nginx:9"]
  appendArgs: [--dry-run=client]
`),
  "bad-prefs1": "apiVersion: v1\nkind: Preference\n",
  "bad-prefs2": preferences("defaults: x\n"),
  "bad-prefs3": preferences("nosuch: 1\n"),
  "bad-prefs4": "a: [",
  "bad-prefs5": preferences("defaults:\n- command: get\n  options:\n  - name: nosuch\n    default: x\n"),
  "bad-prefs6": preferences("aliases:\n- name: x\n  command: nosuch\n"),
  "columns-bad.txt": "NAME TYPE\n.metadata.name\n",
  "columns-odd.txt": "  NAME\tKIND\n  metadata.name\t{.kind}\n  more\n",
  "bad.tmpl": "{{range}}",
  "more.tmpl":
    '{{- define "one"}}<{{.metadata.name}}>{{end -}}\n{{- range $i, $one := .items}}\n{{- if $i}}, {{end}}{{template "one" $one}}\n{{- end}}\n',
  "bad.jsonpath": "{.items[}",
  "lines.jsonpath": '{.metadata.name}\n{"\\n"}{.kind}\n',
  "more-plugins/kubectl-not_exec": "#!/bin/bash\necho never\n",
}

export const SETTINGS_PROGRAMS: Readonly<Record<string, string>> = {
  "plugins/credentials": `#!/bin/bash
case "$1" in
garbage) echo 'not json' ;;
kind) echo '{"kind":"Other","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"x"}}' ;;
token) echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"wrong"}}' ;;
half) echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"clientCertificateData":"x"}}' ;;
info) echo "$KUBERNETES_EXEC_INFO" >&2; echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"wrong"}}' ;;
*) echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"wrong"}}' ;;
esac
`,
  "more-plugins/kubectl-get": "#!/bin/bash\necho never\n",
  "more-plugins/kubectl-get-x": "#!/bin/bash\necho get-x\n",
  "more-plugins/kubectl-hello": "#!/bin/bash\necho another hello\n",
  "more-plugins/kubectl-dashed_name": '#!/bin/bash\necho "dashed $0 $*" | sed "s,/.*/,,"\n',
  "more-plugins/kubectl-create-thing": '#!/bin/bash\necho "thing $*"\n',
  "more-plugins/kubectl-fails": "#!/bin/bash\necho failing >&2\nexit 9\n",
  "more-plugins/kubectl-env": '#!/bin/bash\necho "$# $KUBECTL_PLUGIN $*"\n',
}
