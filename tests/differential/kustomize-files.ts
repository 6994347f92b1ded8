/** Folders for `kubectl kustomize`: generators, transformers, patches, components, replacements, and what may be wrong with them. */

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: app
  labels:
    app: app
spec:
  replicas: 1
  selector:
    matchLabels:
      app: app
  template:
    metadata:
      labels:
        app: app
    spec:
      serviceAccountName: runner
      containers:
      - name: main
        image: registry.example.com:5000/team/app:1.0
        args: ["--host", "placeholder"]
        env:
        - name: MODE
          valueFrom:
            configMapKeyRef:
              name: settings
              key: mode
        - name: PASSWORD
          valueFrom:
            secretKeyRef:
              name: hidden
              key: password
      - name: side
        image: busybox@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
      volumes:
      - name: conf
        configMap:
          name: settings
      - name: data
        persistentVolumeClaim:
          claimName: data
`

const service = `apiVersion: v1
kind: Service
metadata:
  name: app
spec:
  selector:
    app: app
  ports:
  - port: 80
    targetPort: 8080
`

const more = `apiVersion: v1
kind: ServiceAccount
metadata:
  name: runner
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: data
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 1Gi}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: app
spec:
  rules:
  - host: app.example.com
    http:
      paths:
      - path: /
        pathType: Prefix
        backend: {service: {name: app, port: {number: 80}}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: runs
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects:
- kind: ServiceAccount
  name: runner
  namespace: default
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: app
spec:
  maxReplicas: 3
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: app}
---
apiVersion: batch/v1
kind: CronJob
metadata:
  name: tick
spec:
  schedule: "* * * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
          - name: tick
            image: nginx
            envFrom:
            - configMapRef: {name: settings}
---
apiVersion: v1
kind: Namespace
metadata:
  name: home
---
apiVersion: example.com/v1
kind: Thing
metadata:
  name: odd
spec: {ref: settings, image: nginx}
`

const generators = `configMapGenerator:
- name: settings
  literals: [mode=fast, "quoted='x'", 'other="y z"', number=1, bool=true]
secretGenerator:
- name: hidden
  literals: [password=s3cret]
`

/** One overlay: its kustomization, and files beside it. */
const overlays: Readonly<Record<string, string>> = {
  prefix: "namePrefix: a-\nnameSuffix: -z\n",
  namespace: "namespace: elsewhere\n",
  labels: "labels:\n- pairs: {x: one}\n- pairs: {sel: ected}\n  includeSelectors: true\n- pairs: {t: pl}\n  includeTemplates: true\n",
  "common-labels": "commonLabels: {all: over}\n",
  fields: "labels:\n- pairs: {x: one}\n  fields:\n  - path: spec/template/metadata/labels\n    create: true\n    kind: Deployment\n",
  annotations: 'commonAnnotations: {note: "two words", number: "1"}\n',
  "labels-bool": "labels:\n- pairs: {x: yes}\n",
  images:
    "images:\n- name: registry.example.com:5000/team/app\n  newName: other.example.com/app\n  newTag: v2\n- name: busybox\n  newTag: '1.36'\n- name: nginx\n  digest: sha256:ffff\n",
  "images-suffix": "images:\n- name: nginx\n  newName: nginx-alt\n  tagSuffix: -slim\n",
  replicas: "replicas:\n- name: app\n  count: 7\n",
  "replicas-none": "replicas:\n- name: nosuch\n  count: 7\n",
  "patch-strategic":
    "patches:\n- patch: |-\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata:\n      name: app\n    spec:\n      template:\n        spec:\n          containers:\n          - name: main\n            resources: {limits: {cpu: 1}}\n          - name: third\n            image: third\n",
  "patch-delete":
    "patches:\n- patch: |-\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata:\n      name: app\n    spec:\n      replicas: null\n      template:\n        spec:\n          volumes:\n          - name: data\n            $patch: delete\n- patch: |-\n    $patch: delete\n    apiVersion: v1\n    kind: Service\n    metadata:\n      name: app\n",
  "patch-replace":
    "patches:\n- patch: |-\n    apiVersion: v1\n    kind: Service\n    metadata:\n      name: app\n    spec:\n      $patch: replace\n      type: ExternalName\n      externalName: x.example.com\n",
  "patch-json":
    "patches:\n- target: {kind: Deployment, name: app}\n  patch: |-\n    - {op: add, path: /spec/template/spec/containers/0/args/-, value: --more}\n    - {op: test, path: /spec/replicas, value: 1}\n    - {op: copy, from: /metadata/labels/app, path: /metadata/labels/copy}\n    - {op: move, from: /spec/replicas, path: /spec/minReadySeconds}\n    - {op: remove, path: /spec/template/spec/containers/1}\n",
  "patch-json-bad": "patches:\n- target: {kind: Deployment}\n  patch: |-\n    - {op: replace, path: /spec/nosuch/x, value: 1}\n",
  "patch-json-test": "patches:\n- target: {kind: Deployment}\n  patch: |-\n    - {op: test, path: /spec/replicas, value: 2}\n",
  "patch-none": "patches:\n- patch: |-\n    apiVersion: v1\n    kind: Service\n    metadata: {name: nosuch}\n",
  "patch-nofile": "patches:\n- path: nosuch.yaml\n",
  "patch-labels":
    "patches:\n- target: {labelSelector: app=app}\n  patch: |-\n    - {op: add, path: /metadata/annotations, value: {seen: 'yes'}}\n",
  "patch-regex":
    "patches:\n- target: {kind: 'Dep.*|Service', name: a.p}\n  patch: |-\n    kind: any\n    metadata:\n      name: any\n      annotations: {by: regex}\n",
  "patch-rename":
    "patches:\n- target: {kind: Service}\n  options: {allowNameChange: true}\n  patch: |-\n    - {op: replace, path: /metadata/name, value: renamed}\n",
  "patch-multi": "patches:\n- path: two.yaml\n",
  "old-patches":
    'patchesStrategicMerge:\n- |-\n  apiVersion: v1\n  kind: Service\n  metadata: {name: app}\n  spec: {type: NodePort}\npatchesJson6902:\n- target: {version: v1, kind: Service, name: app}\n  patch: \'[{"op":"add","path":"/spec/sessionAffinity","value":"ClientIP"}]\'\n',
  replacements:
    "replacements:\n- source: {kind: Service, name: app, fieldPath: metadata.name}\n  targets:\n  - select: {kind: Deployment}\n    fieldPaths: ['spec.template.spec.containers.[name=main].args.1']\n- source: {kind: Ingress, fieldPath: spec.rules.0.host, options: {delimiter: '.', index: 1}}\n  targets:\n  - select: {kind: Deployment, name: app}\n    fieldPaths: [metadata.annotations.domain]\n    options: {create: true}\n",
  "replacements-star":
    "replacements:\n- source: {kind: Service, name: app, fieldPath: spec.ports.0.targetPort}\n  targets:\n  - select: {kind: Deployment}\n    fieldPaths: ['spec.template.spec.containers.*.image']\n    options: {delimiter: ':', index: 1}\n",
  "replacements-reject":
    "replacements:\n- source: {kind: Service, name: app}\n  targets:\n  - select: {}\n    reject: [{kind: Deployment}, {kind: Namespace}]\n    fieldPaths: [metadata.annotations.svc]\n    options: {create: true}\n",
  "replacements-none":
    "replacements:\n- source: {kind: Nosuch, name: x}\n  targets:\n  - select: {kind: Deployment}\n    fieldPaths: [metadata.name]\n",
  "replacements-field":
    "replacements:\n- source: {kind: Service, name: app, fieldPath: spec.nosuch}\n  targets:\n  - select: {kind: Deployment}\n    fieldPaths: [metadata.name]\n",
  "replacements-target":
    "replacements:\n- source: {kind: Service, name: app}\n  targets:\n  - select: {kind: Deployment}\n    fieldPaths: [spec.nosuch.deep]\n",
  "replacements-file": "replacements:\n- path: r.yaml\n",
  vars: "vars:\n- name: SVC\n  objref: {apiVersion: v1, kind: Service, name: app}\n",
  behavior: "configMapGenerator:\n- name: settings\n  behavior: merge\n  literals: [mode=slow, extra=1]\n",
  "behavior-replace": "secretGenerator:\n- name: hidden\n  behavior: replace\n  literals: [only=this]\n",
  "behavior-none": "configMapGenerator:\n- name: nosuch\n  behavior: merge\n  literals: [a=b]\n",
  "behavior-twice": "configMapGenerator:\n- name: settings\n  literals: [a=b]\n",
  immutable:
    "generatorOptions: {immutable: true, disableNameSuffixHash: true, labels: {g: en}}\nconfigMapGenerator:\n- name: fixed\n  literals: [a=b]\n",
  "generator-files":
    "configMapGenerator:\n- name: files\n  files: [a.txt, renamed=a.txt, b.bin]\n- name: env\n  env: v.env\n- name: envs\n  envs: [v.env]\nsecretGenerator:\n- name: tls\n  type: kubernetes.io/tls\n  files: [tls.crt=a.txt, tls.key=a.txt]\n",
  "generator-nofile": "configMapGenerator:\n- name: files\n  files: [nosuch.txt]\n",
  "generator-badliteral": "configMapGenerator:\n- name: files\n  literals: [novalue]\n",
  "generator-namespace": "configMapGenerator:\n- name: here\n  namespace: there\n  literals: [a=b]\n",
  sorted: "sortOptions: {order: fifo}\n",
  "sorted-legacy": "sortOptions: {order: legacy}\n",
  "sorted-own": "sortOptions:\n  order: legacy\n  legacySortOptions: {orderFirst: [Service], orderLast: [Namespace]}\n",
  metadata: "buildMetadata: [originAnnotations, managedByLabel]\n",
  component: "components: [../part]\n",
  transformer: "transformers:\n- t.yaml\n",
  generator: "generators:\n- g.yaml\n",
  crds: "crds: [crd.json]\n",
  openapi: "openapi: {path: schema.json}\n",
  unknown: "nosuchField: 1\n",
  badtype: "resources: x\n",
  badkind: "kind: Nosuch\n",
  badversion: "apiVersion: kustomize.config.k8s.io/v9\nkind: Kustomization\n",
  bases: "bases: [../base]\n",
  env: "configMapGenerator:\n- name: e\n  envs: [nosuch.env]\n",
}

const beside: Readonly<Record<string, string>> = {
  "patch-multi/two.yaml":
    "apiVersion: v1\nkind: Service\nmetadata: {name: app}\nspec: {type: NodePort}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app}\nspec: {paused: true}\n",
  "replacements-file/r.yaml":
    "source: {kind: Service, name: app}\ntargets:\n- select: {kind: HorizontalPodAutoscaler}\n  fieldPaths: [metadata.labels.svc]\n  options: {create: true}\n",
  "generator-files/a.txt": "line one\nline two\n",
  "generator-files/b.bin": "\u0000\u0001\u0002",
  "generator-files/v.env": "# note\nA=1\n\nB=two words\nC=\n",
  "transformer/t.yaml":
    "apiVersion: builtin\nkind: PrefixTransformer\nmetadata: {name: p}\nprefix: built-\nfieldSpecs: [{path: metadata/name}]\n---\napiVersion: builtin\nkind: LabelTransformer\nmetadata: {name: l}\nlabels: {from: transformer}\nfieldSpecs: [{path: metadata/labels, create: true}]\n",
  "generator/g.yaml": "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: gen}\nliterals: [a=b]\n",
}

const plain: Readonly<Record<string, string>> = {
  "kz/base/kustomization.yaml": `resources: [deployment.yaml, service.yaml, more.yaml]\n${generators}`,
  "kz/base/deployment.yaml": deployment,
  "kz/base/service.yaml": service,
  "kz/base/more.yaml": more,
  "kz/part/kustomization.yaml":
    "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [extra.yaml]\npatches:\n- target: {kind: Deployment}\n  patch: |-\n    - {op: replace, path: /spec/replicas, value: 3}\nconfigMapGenerator:\n- name: settings\n  behavior: merge\n  literals: [part=on]\n",
  "kz/part/extra.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: extra}\ndata: {a: b}\n",
  "kz/twice/kustomization.yaml": "resources: [../base/service.yaml, ../base]\n",
  "kz/outside/kustomization.yaml": "resources: [../base/service.yaml]\n",
  "kz/same/kustomization.yaml": "resources: [a.yaml, b.yaml]\n",
  "kz/same/a.yaml": service,
  "kz/same/b.yaml": service,
  "kz/cycle/kustomization.yaml": "resources: [../cycle2]\n",
  "kz/cycle2/kustomization.yaml": "resources: [../cycle]\n",
  "kz/self/kustomization.yaml": "resources: [.]\n",
  "kz/notyaml/kustomization.yaml": "resources: [\n",
  "kz/badresource/kustomization.yaml": "resources: [r.yaml]\n",
  "kz/badresource/r.yaml": "just text\n",
  "kz/nokind/kustomization.yaml": "resources: [r.yaml]\n",
  "kz/nokind/r.yaml": "apiVersion: v1\nmetadata: {name: x}\n",
  "kz/noname/kustomization.yaml": "resources: [r.yaml]\n",
  "kz/noname/r.yaml": "apiVersion: v1\nkind: ConfigMap\n",
  "kz/list/kustomization.yaml": "resources: [r.yaml]\nnamePrefix: l-\n",
  "kz/list/r.yaml":
    "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}\n",
  "kz/comments/kustomization.yaml": "resources: [r.yaml]\n",
  "kz/comments/r.yaml":
    "# top\napiVersion: v1\nkind: ConfigMap # kind\nmetadata:\n  name: c\n  # inside\ndata:\n  z: '1'\n  a: \"two\"\n  t: |\n    text\n    more\n  f: >\n    folded\n    text\n  e: ''\n  n: \"null\"\n  y: 'yes'\n",
  "kz/two/kustomization.yaml": "resources: [../base]\n",
  "kz/two/kustomization.yml": "resources: [../base]\n",
  "kz/named/Kustomization": "resources: [../comments]\nnameSuffix: -k\n",
  "kz/nested/kustomization.yaml": "resources: [../prefix, ../labels]\n",
  "kz/nested2/kustomization.yaml": "resources: [../prefix]\nnamePrefix: outer-\nnamespace: deep\n",
  "kz/merged/kustomization.yaml":
    "resources: [../behavior]\nnameSuffix: -m\nconfigMapGenerator:\n- name: settings\n  behavior: merge\n  literals: [last=1]\n",
}

export const KUSTOMIZATIONS: Readonly<Record<string, string>> = {
  ...plain,
  ...Object.fromEntries(
    Object.entries(overlays).map(([name, text]) => [
      `kz/${name}/kustomization.yaml`,
      /^(?:resources|bases):/m.test(text) ? text : `resources: [../base]\n${text}`,
    ]),
  ),
  ...Object.fromEntries(Object.entries(beside).map(([name, text]) => [`kz/${name}`, text])),
}

/** A line for each. */
export const kustomizeLines = (): string[] => [
  ...new Set(Object.keys(KUSTOMIZATIONS).map((path) => `kubectl kustomize ${path.split("/").slice(0, 2).join("/")}`)),
  "kubectl kustomize kz/comments -o kz.out && cat kz.out",
  "kubectl kustomize kz/prefix -o kz.d && ls kz.d",
  "kubectl kustomize kz/comments --enable-alpha-plugins",
  "kubectl kustomize kz/comments --load-restrictor LoadRestrictionsNone",
  "kubectl kustomize kz/outside --load-restrictor LoadRestrictionsNone",
  "kubectl kustomize kz/comments --load-restrictor x",
  "kubectl kustomize kz/comments --reorder none",
  "kubectl kustomize kz/comments --env A=b -e C",
  "kubectl kustomize kz/comments kz/list",
  "kubectl kustomize kz/comments/kustomization.yaml",
  "kubectl kustomize kz/nowhere",
  "kubectl kustomize kz",
  "cd kz/comments && kubectl kustomize",
  "cd kz/comments && kubectl kustomize .",
  "kubectl apply -k kz/comments --dry-run=client",
  "kubectl apply -k kz/nowhere",
  "kubectl apply -k kz/comments -f new.yaml",
  "kubectl apply -k kz/comments -R",
  "kubectl create -k kz/comments --dry-run=client -o yaml",
  "kubectl delete -k kz/comments",
  "kubectl get -k kz/comments",
  "kubectl diff -k kz/comments",
  "kubectl apply -k kz/comments --dry-run=server -o name",
  "kubectl kustomize kz/metadata --as-current-user",
  "kubectl kustomize kz/base --enable-helm",
  "kubectl kustomize kz/base --network",
  "kubectl kustomize kz/base --nosuch",
]
