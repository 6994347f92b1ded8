/** What lies in the directory that both kubectls work in. */

const kubeconfig = (contexts: string, current: string) => `apiVersion: v1
kind: Config
preferences: {}
current-context: ${current}
clusters:
- cluster:
    server: https://near.example.com
    certificate-authority: ca.pem
  name: near
- cluster:
    server: https://far.example.com:6443
    certificate-authority-data: Y2E=
  name: far
contexts:
${contexts}
users:
- name: me
  user:
    token: abc
- name: you
  user:
    client-certificate-data: Y2VydA==
    client-key-data: a2V5
`

const context = (name: string, cluster: string, user: string, namespace?: string) =>
  `- context:\n    cluster: ${cluster}\n${namespace ? `    namespace: ${namespace}\n` : ""}    user: ${user}\n  name: ${name}`

const configMap = (name: string, more = "") => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${more}data:\n  a: b\n`

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels:
    app: web
spec:
  replicas: 3
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
        tier: front
    spec:
      containers:
      - name: nginx
        image: nginx:1.26
`

/** Every kind of value, for templates to go through. */
const VALUES = `apiVersion: example.com/v1
kind: Thing
metadata:
  name: web
  labels: {app: web, tier: front, x: "y"}
name: web
empty: ""
zero: 0
count: 3
big: 12345678901
neg: -7
ratio: 1.5
half: 2.5e+10
tiny: 0.00000123
good: true
bad: false
nothing: null
list: [a, b, c]
none: []
nomap: {}
map: {b: 2, a: 1}
mixed: [1, two, 3.5, true, null, [x], {k: v}]
numbers: [1, 2, 3, 4, 5]
odd.key: dots
dash-key: dashed
unicode: "héllo ☃ 😀"
escapes: "a\\tb\\"c'd\\\\e<f>&g\\x01\\x7f"
nested: {deep: {deeper: here}, list: [[1, 2], [3]]}
things: [{name: x, "n": 1}, {name: "y"}]
users:
- {name: myself, user: {}, age: 30, "on": true, f: 1.5}
- {name: e2e, user: {username: admin, password: secret}, age: 20}
- {name: "quo'te", age: 25}
`

export const FILES: Readonly<Record<string, string>> = {
  "one.conf": kubeconfig(context("zero", "near", "you", "zeros"), "zero"),
  "two.conf": kubeconfig(`${context("first", "near", "me", "dev")}\n${context("second", "far", "you")}`, "first"),
  "exec.conf": `apiVersion: v1
kind: Config
current-context: eks
clusters:
- cluster: {server: "https://172.30.1.2:6443", insecure-skip-tls-verify: true, proxy-url: "http://proxy:1"}
  name: eks
contexts:
- context: {cluster: eks, user: eks}
  name: eks
users:
- name: eks
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      command: aws
      args: [eks, get-token, --cluster-name, x]
      env: [{name: AWS_PROFILE, value: dev}]
      interactiveMode: IfAvailable
      provideClusterInfo: false
- name: basic
  user: {username: u, password: p}
- name: file
  user: {tokenFile: /nowhere, client-certificate: a.pem, client-key: b.pem, as: jane, as-groups: [g]}
`,
  "plugin.conf": `apiVersion: v1
kind: Config
current-context: a
clusters:
- cluster: {server: "https://172.30.1.2:6443", insecure-skip-tls-verify: true}
  name: c
contexts:
${["good", "none", "fails", "mute", "other"].map((user) => `- context: {cluster: c, user: ${user}}\n  name: ${user}`).join("\n")}
users:
${[
  ["good", "aws", "[eks, get-token]"],
  ["none", "nosuchprogram", "[]"],
  ["fails", "aws", "[fail]"],
  ["mute", "aws", "[mute]"],
  ["other", "aws", "[other]"],
]
  .map(
    ([user, command, args]) =>
      `- name: ${user}\n  user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: ${command}, args: ${args}, interactiveMode: Never, env: [{name: WHO, value: builder}]}}`,
  )
  .join("\n")}
`,
  kuberc: `apiVersion: kubectl.config.k8s.io/v1beta1
kind: Preference
defaults:
- command: get
  options:
  - name: output
    default: name
aliases:
- name: services
  command: get
  prependArgs: [svc]
  options:
  - name: output
    default: jsonpath={.items[*].metadata.name}
- name: named
  command: get
  prependArgs: [pod]
  appendArgs: [--no-headers]
`,
  "broken.conf": "apiVersion: v1\nkind: Config\nclusters: [\n",
  "odd.conf": "apiVersion: v1\nkind: Config\nclusters: nonsense\n",
  "empty.conf": "",
  "ca.pem": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
  "path.txt": "{.metadata.name}",
  "t.tmpl": "{{range .items}}{{.metadata.name}}\n{{end}}",
  "columns.txt": "NAME          TYPE\n.metadata.name .spec.type\n",
  "conf.d/one.properties": "a=1\n",
  "conf.d/two": "two\nlines\n",
  "vars.env": "# comment\nA=1\nB = 2\nC=three words\nD='quoted'\n\n  E=5\n",
  "bad.env": "1A=x\n",
  "docker.json": '{"auths":{"r":{"auth":"dTpw"}}}',
  "bad.yaml": "apiVersion: v1\nkind: [\n",
  "notk8s.yaml": "just: text\n",
  "unknown.yaml": "apiVersion: nosuch/v1\nkind: Thing\nmetadata:\n  name: x\n",
  "strict.yaml": `${configMap("strict")}nosuch: 1\nmore:\n  deep: true\n`,
  "invalid.yaml": "apiVersion: v1\nkind: Pod\nmetadata:\n  name: Bad_Name\nspec:\n  containers: []\n",
  "web.yaml": WEB,
  "new.yaml": configMap("fresh", "  labels:\n    a: b\n"),
  "web2.yaml": WEB.replaceAll("web", "web2").replace("replicas: 3", "replicas: 0"),
  "web3.yaml": WEB.replaceAll("web", "web3").replace("replicas: 3", "replicas: 0"),
  "prune/a.yaml": configMap("kept", "  labels:\n    set: p\n"),
  "prune/b.yaml": configMap("dropped", "  labels:\n    set: p\n"),
  "old-version.yaml": "apiVersion: batch/v1beta1\nkind: CronJob\nmetadata:\n  name: x\n",
  "values.yaml": VALUES,
  "x1.yaml": configMap("x1"),
  "rbac.yaml":
    "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: mended\n  namespace: dev\nrules:\n- apiGroups: ['']\n  resources: [pods]\n  verbs: [get, list]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: mended\n  namespace: dev\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: mended}\nsubjects:\n- {kind: User, name: a, apiGroup: rbac.authorization.k8s.io}\n- {kind: User, name: b, apiGroup: rbac.authorization.k8s.io}\n",
  "rbac2.yaml":
    "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: mended\n  namespace: dev\nrules:\n- apiGroups: ['']\n  resources: [pods]\n  verbs: [get]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: mended\n  namespace: dev\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: mended}\nsubjects:\n- {kind: User, name: a, apiGroup: rbac.authorization.k8s.io}\n",
  "raw.json": '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"raw","namespace":"default"},"data":{"k":"v"}}',
  "custom.json": '{"env":[{"name":"CUSTOM","value":"1"}],"securityContext":{"capabilities":{"add":["NET_ADMIN"]}}}',
  "patch.yaml": "spec:\n  replicas: 4\n",
  "emptydir/readme.txt": "nothing here\n",
  "manifests/a.yaml": configMap("first"),
  "manifests/b.yml": configMap("second"),
  "manifests/c.json": '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"third"}}',
  "manifests/deeper/d.yaml": configMap("fourth", "  labels:\n    a: b\n"),
  "kust/kustomization.yaml": `resources:\n- base\nnamePrefix: pre-\nnameSuffix: -post\nnamespace: dev\ncommonAnnotations:\n  by: hand\nlabels:\n- pairs:\n    team: red\n  includeSelectors: true\nimages:\n- name: nginx\n  newTag: "1.27"\nreplicas:\n- name: web\n  count: 5\n`,
  "kust/base/kustomization.yaml": "resources:\n- web.yaml\n- svc.yaml\nconfigMapGenerator:\n- name: conf\n  literals: [a=b]\n",
  "kust/base/web.yaml": WEB.replace(
    "image: nginx:1.26\n",
    "image: nginx:1.26\n        envFrom:\n        - configMapRef:\n            name: conf\n",
  ),
  "kust/base/svc.yaml": "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector:\n    app: web\n  ports:\n  - port: 80\n",
  "kust/helm/kustomization.yaml": "helmCharts:\n- name: minecraft\n  repo: https://example.com\n  version: 1.0.0\n",
  "kust/generators/kustomization.yaml":
    "configMapGenerator:\n- name: files\n  files: [one.txt, k=two.txt]\n  options:\n    disableNameSuffixHash: true\n    labels: {x: z}\n- name: env\n  envs: [vars.env]\nsecretGenerator:\n- name: hidden\n  type: Opaque\n  literals: [p=q]\ngeneratorOptions:\n  annotations: {made: up}\n",
  "kust/generators/one.txt": "one\n",
  "kust/generators/two.txt": "two",
  "kust/generators/vars.env": "A=1\nB=2\n",
  "kust/patches/kustomization.yaml": `resources: [../base]\npatches:\n- path: p.yaml\n- target: {kind: Service}\n  patch: |-\n    - op: replace\n      path: /spec/ports/0/port\n      value: 8080\n- patch: |-\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata:\n      name: web\n    spec:\n      template:\n        spec:\n          containers:\n          - name: side\n            image: busybox\n`,
  "kust/patches/p.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 9\n",
  "kust/components/kustomization.yaml": "resources: [../base]\ncomponents: [../part]\n",
  "kust/part/kustomization.yaml":
    "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnameSuffix: -c\ncommonLabels:\n  part: left\n",
  "kust/broken/kustomization.yaml": "resources: [none.yaml]\n",
  "kust/empty/kustomization.yaml": "",
}

export const PROGRAMS: Readonly<Record<string, string>> = {
  "plugins/aws": `#!/bin/bash
case "$1" in
fail) exit 3 ;;
mute) exit 0 ;;
other) echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1"}'; exit 0 ;;
esac
echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"'"$(kubectl create token "$WHO")"'"}}'
`,
  "plugins/kubectl-hello": '#!/bin/bash\necho "hello plugin $# $*"\n',
  "plugins/kubectl-hello-again": '#!/bin/bash\necho again "$@"\n',
  "plugins/kubectl-with_under": "#!/bin/bash\necho under\n",
}
