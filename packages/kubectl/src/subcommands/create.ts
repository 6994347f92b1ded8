/** kubectl create, run, expose: objects out of flags. */
import { encodeBase64 } from "@drydock/kubernetes/apimachinery"
import type { Steps } from "@drydock/machine"
import { KubectlError, type KubeObject, pathOf, type Resource } from "../api.ts"
import { FILES, fileObjects, namespaceOf, OUTPUT, query } from "../builder.ts"
import { type Context, defineSubcommand, type Subcommand } from "../define-subcommand.ts"
import type { Flags, Parsed } from "../flags.ts"
import { report } from "../printing.ts"

function* make(context: Context, input: Parsed, object: KubeObject, done = "created"): Steps<void> {
  const resource: Resource = yield* context.api.resourceFor(object)
  const dry = input.text("dry-run")
  if (dry === "client") return yield* report(context.process, input, resource, object, done)
  const stored = yield* context.api.json<KubeObject>(
    "POST",
    pathOf(resource, namespaceOf(context, resource, object)) +
      query({ dryRun: dry === "server" ? "All" : undefined, fieldManager: "kubectl-create" }),
    { body: object },
  )
  yield* report(context.process, input, resource, stored, done)
}

const nameOf = (input: Parsed, command: string): string => {
  if (input.words.length !== 1)
    throw new KubectlError(
      `error: exactly one NAME is required, got ${input.words.length}\nSee 'kubectl create ${command} -h' for help and examples`,
    )
  return input.words[0]
}

const generator = (path: string, summary: string, flags: Flags, object: (input: Parsed, context: Context) => KubeObject): Subcommand =>
  defineSubcommand({
    path: ["create", path],
    summary,
    flags: { ...OUTPUT, "save-config": { type: "bool" }, validate: { type: "string" }, ...flags },
    *run(input, context) {
      const made = object(input, context)
      if (
        !made.metadata.namespace &&
        input.has("namespace") &&
        !["Namespace", "ClusterRole", "ClusterRoleBinding", "PriorityClass"].includes(made.kind)
      )
        made.metadata.namespace = context.namespace
      yield* make(context, input, made)
      return 0
    },
  })

const container = (name: string, image: string, input: Parsed) => ({
  name,
  image,
  ...(input.has("port") && { ports: [{ containerPort: Number(input.text("port")) }] }),
  resources: {},
})

const baseName = (image: string): string => (image.split("/").at(-1) ?? image).split(/[:@]/)[0].replaceAll("_", "-")

const literals = (input: Parsed, { process }: Context): Record<string, string> => {
  const data: Record<string, string> = {}
  for (const pair of input.list("from-literal")) {
    const equals = pair.indexOf("=")
    if (equals < 1) throw new KubectlError(`error: invalid literal source ${pair}, expected key=value`)
    data[pair.slice(0, equals)] = pair.slice(equals + 1).replace(/^(["'])(.*)\1$/, "$2")
  }
  for (const given of input.list("from-file")) {
    const equals = given.indexOf("=")
    const path = equals < 0 ? given : given.slice(equals + 1)
    if (!process.files.exists(path)) throw new KubectlError(`error: error reading ${path}: no such file or directory`)
    if (process.files.stat(path).type === "directory")
      for (const { name, type } of process.files.list(path)) {
        if (type === "file") data[name] = process.files.readText(`${path}/${name}`)
      }
    else data[equals < 0 ? (path.split("/").at(-1) ?? path) : given.slice(0, equals)] = process.files.readText(path)
  }
  return data
}

const DATA: Flags = {
  "from-literal": { type: "list" },
  "from-file": { type: "list" },
  "from-env-file": { type: "list" },
  type: { type: "string" },
  "append-hash": { type: "bool" },
}
const SUBJECTS: Flags = {
  role: { type: "string" },
  clusterrole: { type: "string" },
  user: { type: "list" },
  group: { type: "list" },
  serviceaccount: { type: "list" },
}

const subjects = (input: Parsed) => [
  ...input.list("user").map((name) => ({ apiGroup: "rbac.authorization.k8s.io", kind: "User", name })),
  ...input.list("group").map((name) => ({ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name })),
  ...input.list("serviceaccount").map((given) => ({ kind: "ServiceAccount", name: given.split(":")[1], namespace: given.split(":")[0] })),
]

const roleRef = (input: Parsed) => ({
  apiGroup: "rbac.authorization.k8s.io",
  kind: input.has("clusterrole") ? "ClusterRole" : "Role",
  name: input.text("clusterrole") ?? input.text("role") ?? "",
})

const rules = (input: Parsed) => {
  const byGroup = new Map<string, string[]>()
  for (const resource of input.list("resource")) {
    const [name, ...group] = resource.split(".")
    const known: Record<string, string> = {
      deployments: "apps",
      deployment: "apps",
      deploy: "apps",
      replicasets: "apps",
      statefulsets: "apps",
      daemonsets: "apps",
      jobs: "batch",
      cronjobs: "batch",
      ingresses: "networking.k8s.io",
      networkpolicies: "networking.k8s.io",
    }
    const api = group.length > 0 ? group.join(".") : (known[name.split("/")[0]] ?? "")
    const plural = /s(\/|$)/.test(name)
      ? name
      : name.replace(
          /^[^/]+/,
          (type) =>
            ({
              po: "pods",
              pod: "pods",
              svc: "services",
              deploy: "deployments",
              deployment: "deployments",
              secret: "secrets",
              cm: "configmaps",
            })[type] ?? `${type}s`,
        )
    byGroup.set(api, [...(byGroup.get(api) ?? []), plural])
  }
  return [...byGroup].map(([group, resources]) => ({
    apiGroups: [group],
    resources,
    verbs: input.list("verb"),
    ...(input.has("resource-name") && { resourceNames: input.list("resource-name") }),
  }))
}

export const creators: readonly Subcommand[] = [
  generator(
    "deployment",
    "Create a deployment with the specified name",
    { image: { type: "list" }, port: { type: "string" }, replicas: { short: "r", type: "string" } },
    (input) => {
      const name = nameOf(input, "deployment")
      if (!input.has("image")) throw new KubectlError('error: required flag(s) "image" not set')
      const labels = { app: name }
      const images = input.list("image")
      const [command] = input.rest
      return {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name, labels },
        spec: {
          replicas: Number(input.text("replicas") ?? 1),
          selector: { matchLabels: labels },
          strategy: {},
          template: {
            metadata: { labels },
            spec: {
              containers: images.map((image) => ({
                ...container(baseName(image), image, input),
                ...(command !== undefined && { command: [...input.rest] }),
              })),
            },
          },
        },
        status: {},
      }
    },
  ),
  generator("namespace", "Create a namespace with the specified name", {}, (input) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: nameOf(input, "namespace") },
  })),
  generator("configmap", "Create a config map from a local file, directory or literal value", DATA, (input, context) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: nameOf(input, "configmap") },
    data: literals(input, context),
  })),
  defineSubcommand({
    path: ["create", "secret"],
    summary: "Create a secret using a specified subcommand",
    flags: {
      ...OUTPUT,
      ...DATA,
      cert: { type: "string" },
      key: { type: "string" },
      "docker-server": { type: "string" },
      "docker-username": { type: "string" },
      "docker-password": { type: "string" },
      "docker-email": { type: "string" },
    },
    *run(input, context) {
      const [type, name] = input.words
      if (!["generic", "tls", "docker-registry"].includes(type) || !name)
        throw new KubectlError("error: exactly one NAME is required, got 0\nSee 'kubectl create secret -h' for help and examples")
      const data: Record<string, string> =
        type === "tls"
          ? {
              "tls.crt": context.process.files.readText(input.text("cert") ?? ""),
              "tls.key": context.process.files.readText(input.text("key") ?? ""),
            }
          : type === "generic"
            ? literals(input, context)
            : {
                ".dockerconfigjson": JSON.stringify({
                  auths: {
                    [input.text("docker-server") ?? "https://index.docker.io/v1/"]: {
                      username: input.text("docker-username"),
                      password: input.text("docker-password"),
                      auth: encodeBase64(`${input.text("docker-username")}:${input.text("docker-password")}`),
                    },
                  },
                }),
              }
      const kind = type === "tls" ? "kubernetes.io/tls" : type === "docker-registry" ? "kubernetes.io/dockerconfigjson" : input.text("type")
      yield* make(context, input, {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name, ...(input.has("namespace") && { namespace: context.namespace }) },
        ...(kind && { type: kind }),
        data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, encodeBase64(value)])),
      })
      return 0
    },
  }),
  generator("serviceaccount", "Create a service account with the specified name", {}, (input) => ({
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: nameOf(input, "serviceaccount") },
  })),
  generator(
    "role",
    "Create a role with single rule",
    { verb: { type: "list" }, resource: { type: "list" }, "resource-name": { type: "list" } },
    (input) => ({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "Role",
      metadata: { name: nameOf(input, "role") },
      rules: rules(input),
    }),
  ),
  generator(
    "clusterrole",
    "Create a cluster role",
    { verb: { type: "list" }, resource: { type: "list" }, "resource-name": { type: "list" } },
    (input) => ({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: nameOf(input, "clusterrole") },
      rules: rules(input),
    }),
  ),
  generator("rolebinding", "Create a role binding for a particular role or cluster role", SUBJECTS, (input) => ({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name: nameOf(input, "rolebinding") },
    roleRef: roleRef(input),
    subjects: subjects(input),
  })),
  generator("clusterrolebinding", "Create a cluster role binding for a particular cluster role", SUBJECTS, (input) => ({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: nameOf(input, "clusterrolebinding") },
    roleRef: roleRef(input),
    subjects: subjects(input),
  })),
  generator("job", "Create a job with the specified name", { image: { type: "string" } }, (input) => ({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: nameOf(input, "job") },
    spec: {
      template: {
        spec: {
          containers: [
            { name: input.words[0], image: input.text("image"), ...(input.rest.length > 0 && { command: [...input.rest] }), resources: {} },
          ],
          restartPolicy: "Never",
        },
      },
    },
  })),
  defineSubcommand({
    path: ["create"],
    summary: "Create a resource from a file or from stdin",
    flags: { ...FILES, ...OUTPUT, "save-config": { type: "bool" }, validate: { type: "string" } },
    *run(input, context) {
      if (!input.has("filename"))
        throw new KubectlError(
          input.words.length > 0
            ? `error: unknown command "${input.words.join(" ")}"\nSee 'kubectl create -h' for help and examples`
            : "error: must specify one of -f and -k",
        )
      for (const object of yield* fileObjects(context, input)) yield* make(context, input, object)
      return 0
    },
  }),
  defineSubcommand({
    path: ["run"],
    summary: "Run a particular image on the cluster",
    flags: {
      ...OUTPUT,
      image: { type: "string" },
      port: { type: "string" },
      labels: { short: "l", type: "list" },
      env: { type: "list" },
      restart: { type: "string" },
      command: { type: "bool" },
      stdin: { short: "i", type: "bool" },
      tty: { short: "t", type: "bool" },
      rm: { type: "bool" },
      expose: { type: "bool" },
      attach: { type: "bool" },
      quiet: { short: "q", type: "bool" },
      "image-pull-policy": { type: "string" },
      overrides: { type: "string" },
      annotations: { type: "list" },
    },
    *run(input, context) {
      const [name, ...words] = input.words
      if (name === undefined) throw new KubectlError("error: NAME is required for run")
      const image = input.text("image")
      if (!image) throw new KubectlError('error: required flag(s) "image" not set')
      const args = [...words, ...input.rest]
      const labels = input.has("labels")
        ? Object.fromEntries(input.list("labels").map((pair) => pair.split("=") as [string, string]))
        : { run: name }
      const pod: KubeObject = {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name, labels, ...(input.has("namespace") && { namespace: context.namespace }) },
        spec: {
          containers: [
            {
              ...container(name, image, input),
              ...(args.length > 0 && { [input.bool("command") ? "command" : "args"]: args }),
              ...(input.has("env") && {
                env: input.list("env").map((pair) => ({ name: pair.split("=")[0], value: pair.split("=").slice(1).join("=") })),
              }),
              ...(input.has("image-pull-policy") && { imagePullPolicy: input.text("image-pull-policy") }),
            },
          ],
          dnsPolicy: "ClusterFirst",
          restartPolicy: input.text("restart") ?? "Always",
        },
        status: {},
      }
      yield* make(context, input, pod)
      if (input.bool("expose"))
        yield* make(context, input, {
          apiVersion: "v1",
          kind: "Service",
          metadata: { name },
          spec: {
            ports: [{ port: Number(input.text("port")), protocol: "TCP", targetPort: Number(input.text("port")) }],
            selector: labels,
          },
        })
      return 0
    },
  }),
]
