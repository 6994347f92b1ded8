/** kubectl version, cluster-info, api-resources, api-versions, config, cordon, uncordon, taint, top. */
import { apiVersion, KubectlError, type KubeObject } from "../api.ts"
import { defineSubcommand, type Subcommand } from "../define-subcommand.ts"
import { kubeconfigPaths, readKubeconfig } from "../kubeconfig.ts"
import { columns } from "../printing.ts"
import { toYaml } from "../yaml.ts"

const CLIENT = "v1.35.2"
const KUSTOMIZE = "v5.7.1"

const cordon = (verb: "cordon" | "uncordon"): Subcommand =>
  defineSubcommand({
    path: [verb],
    summary: verb === "cordon" ? "Mark node as unschedulable" : "Mark node as schedulable",
    flags: { selector: { short: "l", type: "string" } },
    *run(input, { api, process }) {
      for (const word of input.words) {
        const name = word.replace(/^nodes?\//, "")
        const node = yield* api.json<KubeObject>("GET", `/api/v1/nodes/${name}`)
        const wanted = verb === "cordon"
        const already = ((node.spec as { unschedulable?: boolean }).unschedulable ?? false) === wanted
        if (!already)
          yield* api.json("PATCH", `/api/v1/nodes/${name}`, {
            body: { spec: { unschedulable: wanted || null } },
            type: "application/strategic-merge-patch+json",
          })
        yield* process.print(`node/${name} ${already ? "already " : ""}${verb}ed\n`)
      }
      return 0
    },
  })

export const clusterCommands: readonly Subcommand[] = [
  defineSubcommand({
    path: ["version"],
    summary: "Print the client and server version information",
    flags: { client: { type: "bool" }, output: { short: "o", type: "string" } },
    *run(input, { api, process }) {
      yield* process.print(`Client Version: ${CLIENT}\nKustomize Version: ${KUSTOMIZE}\n`)
      if (input.bool("client")) return 0
      const { gitVersion } = yield* api.json<{ gitVersion: string }>("GET", "/version")
      yield* process.print(`Server Version: ${gitVersion}\n`)
      return 0
    },
  }),
  defineSubcommand({
    path: ["cluster-info"],
    summary: "Display cluster information",
    flags: {},
    *run(_, { api, process }) {
      const { items } = yield* api.json<{ items: KubeObject[] }>(
        "GET",
        "/api/v1/namespaces/kube-system/services?labelSelector=kubernetes.io%2Fcluster-service%3Dtrue",
      )
      const paint = (text: string, code: string) => (process.fds.get(1)?.kind === "tty" ? `\x1b[${code}m${text}\x1b[0m` : text)
      yield* process.print(`${paint("Kubernetes control plane", "0;32")} is running at ${paint(api.connection.server, "0;33")}\n`)
      for (const { metadata, spec } of items) {
        const [port] = (spec as { ports: { name?: string }[] }).ports
        yield* process.print(
          `${paint(metadata.labels?.["kubernetes.io/name"] ?? metadata.name, "0;32")} is running at ${paint(`${api.connection.server}/api/v1/namespaces/kube-system/services/${metadata.name}${port.name ? `:${port.name}` : ""}/proxy`, "0;33")}\n`,
        )
      }
      yield* process.print("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n")
      return 0
    },
  }),
  defineSubcommand({
    path: ["api-resources"],
    summary: "Print the supported API resources on the server",
    flags: {
      namespaced: { type: "string", bare: "true" },
      "api-group": { type: "string" },
      "no-headers": { type: "bool" },
      output: { short: "o", type: "string" },
      verbs: { type: "list" },
      "sort-by": { type: "string" },
    },
    *run(input, { api, process }) {
      const all = (yield* api.resources())
        .filter(
          (one) =>
            (!input.has("namespaced") || one.namespaced === (input.text("namespaced") === "true")) &&
            (!input.has("api-group") || one.group === input.text("api-group")),
        )
        .sort((a, b) => (a.group === b.group ? (a.plural < b.plural ? -1 : 1) : a.group < b.group ? -1 : 1))
      if (input.text("output") === "name")
        yield* process.print(all.map(({ plural, group }) => `${plural}${group ? `.${group}` : ""}\n`).join(""))
      else
        yield* process.print(
          columns([
            ...(input.bool("no-headers") ? [] : [["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND"]]),
            ...all.map((one) => [one.plural, one.shortNames.join(","), apiVersion(one), String(one.namespaced), one.kind]),
          ]),
        )
      return 0
    },
  }),
  defineSubcommand({
    path: ["api-versions"],
    summary: "Print the supported API versions on the server",
    flags: {},
    *run(_, { api, process }) {
      yield* process.print(
        [...new Set((yield* api.resources()).map(apiVersion))]
          .sort()
          .map((version) => `${version}\n`)
          .join(""),
      )
      return 0
    },
  }),
  defineSubcommand({
    path: ["config"],
    summary: "Modify kubeconfig files",
    flags: {
      minify: { type: "bool" },
      raw: { type: "bool" },
      flatten: { type: "bool" },
      output: { short: "o", type: "string" },
      current: { type: "bool" },
    },
    *run(input, { process }) {
      const [verb, ...words] = input.words
      const path = input.text("kubeconfig") ?? kubeconfigPaths(process)[0]
      const config = readKubeconfig(process, input.text("kubeconfig"))
      const save = () => process.files.write(path, toYaml({ apiVersion: "v1", kind: "Config", preferences: {}, ...config }))
      switch (verb) {
        case "current-context":
          if (!config["current-context"]) throw new KubectlError("error: current-context is not set")
          yield* process.print(`${config["current-context"]}\n`)
          return 0
        case "get-contexts":
          yield* process.print(
            columns([
              ["CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE"],
              ...config.contexts.map(({ name, context }) => [
                name === config["current-context"] ? "*" : "",
                name,
                context.cluster,
                context.user,
                context.namespace ?? "",
              ]),
            ]),
          )
          return 0
        case "use-context":
          if (!config.contexts.some(({ name }) => name === words[0]))
            throw new KubectlError(`error: no context exists with the name: "${words[0]}"`)
          config["current-context"] = words[0]
          save()
          yield* process.print(`Switched to context "${words[0]}".\n`)
          return 0
        case "set-context": {
          const name = input.bool("current") ? config["current-context"] : words[0]
          const existing = config.contexts.find((one) => one.name === name)
          const context = existing?.context ?? { cluster: "", user: "" }
          if (input.has("namespace")) context.namespace = input.text("namespace") ?? ""
          if (input.has("cluster")) context.cluster = input.text("cluster") ?? ""
          if (input.has("user")) context.user = input.text("user") ?? ""
          if (!existing) config.contexts.push({ name, context })
          save()
          yield* process.print(`Context "${name}" ${existing ? "modified" : "created"}.\n`)
          return 0
        }
        case "view": {
          const hidden = input.bool("raw")
            ? config
            : {
                ...config,
                clusters: config.clusters.map((one) => ({
                  ...one,
                  cluster: {
                    ...one.cluster,
                    ...(one.cluster["certificate-authority-data"] && { "certificate-authority-data": "DATA+OMITTED" }),
                  },
                })),
                users: config.users.map(({ name, user }) => ({
                  name,
                  user: Object.fromEntries(
                    Object.entries(user).map(([key, value]) => [key, key.endsWith("-data") ? "DATA+OMITTED" : value]),
                  ),
                })),
              }
          yield* process.print(toYaml({ apiVersion: "v1", kind: "Config", preferences: {}, ...hidden }))
          return 0
        }
        default:
          throw new KubectlError(`error: unknown command "${verb ?? ""}"\nSee 'kubectl config -h' for help and examples`)
      }
    },
  }),
  cordon("cordon"),
  cordon("uncordon"),
  defineSubcommand({
    path: ["taint"],
    summary: "Update the taints on one or more nodes",
    flags: { overwrite: { type: "bool" }, all: { type: "bool" }, selector: { short: "l", type: "string" } },
    *run(input, { api, process }) {
      const words = input.words.filter((word) => !/^nodes?$/.test(word))
      const changes = words.filter((word) => /:|-$|=/.test(word))
      const names = input.bool("all")
        ? (yield* api.json<{ items: KubeObject[] }>("GET", "/api/v1/nodes")).items.map(({ metadata }) => metadata.name)
        : words.filter((word) => !changes.includes(word)).map((word) => word.replace(/^nodes?\//, ""))
      for (const name of names) {
        const node = yield* api.json<KubeObject>("GET", `/api/v1/nodes/${name}`)
        let taints = (node.spec as { taints?: { key: string; value?: string; effect: string }[] }).taints ?? []
        let removed = false
        for (const change of changes) {
          if (change.endsWith("-")) {
            const [key, effect] = change.slice(0, -1).split(":")
            const kept = taints.filter((taint) => taint.key !== key.split("=")[0] || (effect !== undefined && taint.effect !== effect))
            if (kept.length === taints.length) throw new KubectlError(`error: taint "${change.slice(0, -1)}" not found`)
            taints = kept
            removed = true
          } else {
            const [pair, effect = ""] = change.split(":")
            const [key, value] = pair.split("=")
            if (!["NoSchedule", "PreferNoSchedule", "NoExecute"].includes(effect))
              throw new KubectlError(`error: invalid taint effect: ${effect}, unsupported taint effect`)
            if (taints.some((taint) => taint.key === key && taint.effect === effect) && !input.bool("overwrite"))
              throw new KubectlError(`error: node ${name} already has ${key} taint(s) with same effect(s) and --overwrite is false`)
            taints = [...taints.filter((taint) => taint.key !== key || taint.effect !== effect), { key, ...(value && { value }), effect }]
          }
        }
        yield* api.json("PATCH", `/api/v1/nodes/${name}`, {
          body: { spec: { taints: taints.length > 0 ? taints : null } },
          type: "application/merge-patch+json",
        })
        yield* process.print(`node/${name} ${removed ? "untainted" : "tainted"}\n`)
      }
      return 0
    },
  }),
  defineSubcommand({
    path: ["auth"],
    summary: "Inspect authorization",
    flags: {
      "all-namespaces": { short: "A", type: "bool" },
      quiet: { short: "q", type: "bool" },
      list: { type: "bool" },
      subresource: { type: "string" },
    },
    *run(input, { api, process, namespace }) {
      const [verb, ...words] = input.words
      if (verb === "whoami") {
        const { status } = yield* api.json<{ status: { userInfo: { username: string; groups: string[] } } }>(
          "POST",
          "/apis/authentication.k8s.io/v1/selfsubjectreviews",
          { body: { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" } },
        )
        yield* process.print(
          columns([
            ["ATTRIBUTE", "VALUE"],
            ["Username", status.userInfo.username],
            ["Groups", `[${status.userInfo.groups.join(" ")}]`],
          ]),
        )
        return 0
      }
      if (verb !== "can-i") throw new KubectlError(`error: unknown command "${verb ?? ""}"\nSee 'kubectl auth -h' for help and examples`)
      const [action, type = "", name] = words
      const resource = type === "*" ? { plural: "*", group: "*" } : yield* api.resource(type.split("/")[0])
      const { status } = yield* api.json<{ status: { allowed: boolean } }>(
        "POST",
        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        {
          body: {
            apiVersion: "authorization.k8s.io/v1",
            kind: "SelfSubjectAccessReview",
            spec: {
              resourceAttributes: {
                verb: action,
                resource: resource.plural,
                group: resource.group,
                name: name ?? type.split("/")[1],
                namespace: input.bool("all-namespaces") ? "" : namespace,
                subresource: input.text("subresource"),
              },
            },
          },
        },
      )
      yield* process.print(status.allowed ? "yes\n" : "no\n")
      return status.allowed ? 0 : 1
    },
  }),
]
