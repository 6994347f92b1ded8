/** kubectl apply, delete, scale, expose, label, annotate, patch, rollout. */
import { deepCopy, deepEqual, formatSelector, isObject } from "@drydock/kubernetes/apimachinery"
import type { Steps } from "@drydock/machine"
import { parse } from "yaml"
import { KubectlError, type KubeObject, pathOf, type Resource, shown } from "../api.ts"
import { FILES, fileObjects, namespaceOf, OUTPUT, query, SELECTION, targets } from "../builder.ts"
import { type Context, defineSubcommand, type Subcommand } from "../define-subcommand.ts"
import type { Parsed } from "../flags.ts"
import { columns, report } from "../printing.ts"

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"

interface Found {
  resource: Resource
  object: KubeObject
}

/** The objects that words, selector or files mean; each must exist. */
function* found(context: Context, input: Parsed, words = input.words): Steps<Found[]> {
  const { api, namespace } = context
  if (input.has("filename")) {
    const all: Found[] = []
    for (const object of yield* fileObjects(context, input)) {
      const resource = yield* api.resourceFor(object)
      all.push({
        resource,
        object: yield* api.json<KubeObject>("GET", pathOf(resource, namespaceOf(context, resource, object), object.metadata.name)),
      })
    }
    return all
  }
  const all: Found[] = []
  for (const { resource, name } of yield* targets(context, words)) {
    if (name !== undefined) all.push({ resource, object: yield* api.json<KubeObject>("GET", pathOf(resource, namespace, name)) })
    else {
      if (!input.has("selector") && !input.bool("all") && !input.has("field-selector"))
        throw new KubectlError("error: resource(s) were provided, but no name was specified")
      const { items } = yield* api.json<{ items: KubeObject[] }>(
        "GET",
        pathOf(resource, input.bool("all-namespaces") ? undefined : namespace) +
          query({ labelSelector: input.text("selector"), fieldSelector: input.text("field-selector") }),
      )
      all.push(...items.map((object) => ({ resource, object })))
    }
  }
  return all
}

/** What leads from `last` and `live` to `wanted`: deletions of what was ours, changes of what differs. As jsonmergepatch.CreateThreeWayJSONMergePatch. */
const threeWay = (last: unknown, wanted: unknown, live: unknown): unknown => {
  if (!isObject(wanted) || !isObject(live)) return deepEqual(wanted, live) ? undefined : wanted
  const patch: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(wanted)) {
    const change = threeWay(isObject(last) ? last[key] : undefined, value, live[key])
    if (change !== undefined && !(isObject(change) && Object.keys(change).length === 0 && isObject(live[key]))) patch[key] = change
  }
  if (isObject(last)) for (const key of Object.keys(last)) if (!(key in wanted) && key in live) patch[key] = null
  return Object.keys(patch).length === 0 ? undefined : patch
}

export const apply = defineSubcommand({
  path: ["apply"],
  summary: "Apply a configuration to a resource by file name or stdin",
  flags: {
    ...FILES,
    ...OUTPUT,
    selector: { short: "l", type: "string" },
    "server-side": { type: "bool" },
    "force-conflicts": { type: "bool" },
    "field-manager": { type: "string" },
    force: { type: "bool" },
    prune: { type: "bool" },
    wait: { type: "bool" },
    validate: { type: "string" },
    overwrite: { type: "bool" },
  },
  *run(input, context) {
    const { api, process } = context
    if (!input.has("filename")) throw new KubectlError("error: must specify one of -f and -k")
    let status = 0
    for (const given of yield* fileObjects(context, input)) {
      try {
        const resource = yield* api.resourceFor(given)
        const namespace = namespaceOf(context, resource, given)
        const wanted = deepCopy(given)
        if (namespace) wanted.metadata.namespace = namespace
        const annotated = deepCopy(wanted)
        const { [LAST_APPLIED]: _, ...annotations } = annotated.metadata.annotations ?? {}
        annotated.metadata.annotations = annotations
        wanted.metadata.annotations = { ...annotations, [LAST_APPLIED]: `${JSON.stringify(sortKeys(annotated))}\n` }
        const dryRun = input.text("dry-run") === "server" ? "All" : undefined
        let live: KubeObject | undefined
        try {
          live = yield* api.json<KubeObject>("GET", pathOf(resource, namespace, wanted.metadata.name))
        } catch (error) {
          if (!(error instanceof KubectlError && error.status?.reason === "NotFound")) throw error
        }
        if (input.text("dry-run") === "client") {
          yield* report(process, input, resource, wanted, live ? "configured" : "created")
          continue
        }
        if (!live) {
          yield* report(
            process,
            input,
            resource,
            yield* api.json<KubeObject>(
              "POST",
              pathOf(resource, namespace) + query({ dryRun, fieldManager: "kubectl-client-side-apply" }),
              { body: wanted },
            ),
            "created",
          )
          continue
        }
        const text = live.metadata.annotations?.[LAST_APPLIED]
        if (text === undefined)
          yield* process.error(
            `Warning: resource ${resource.plural}/${wanted.metadata.name} is missing the ${LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n`,
          )
        const patch = threeWay(text === undefined ? undefined : JSON.parse(text), wanted, live)
        if (patch === undefined) yield* report(process, input, resource, live, "unchanged")
        else {
          const type =
            resource.group.includes(".") && !resource.group.endsWith(".k8s.io")
              ? "application/merge-patch+json"
              : "application/strategic-merge-patch+json"
          const updated = yield* api.json<KubeObject>(
            "PATCH",
            pathOf(resource, namespace, wanted.metadata.name) + query({ dryRun, fieldManager: "kubectl-client-side-apply" }),
            { body: patch, type },
          )
          yield* report(
            process,
            input,
            resource,
            updated,
            updated.metadata.resourceVersion === live.metadata.resourceVersion ? "unchanged" : "configured",
          )
        }
      } catch (error) {
        if (!(error instanceof KubectlError)) throw error
        yield* process.error(`${error.message}\n`)
        status = 1
      }
    }
    return status
  },
})

const sortKeys = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sortKeys)
    : isObject(value)
      ? Object.fromEntries(
          Object.keys(value)
            .sort()
            .map((key) => [key, sortKeys(value[key])]),
        )
      : value

export const deleteCommand = defineSubcommand({
  path: ["delete"],
  summary: "Delete resources by file names, stdin, resources and names, or by resources and label selector",
  flags: {
    ...SELECTION,
    ...FILES,
    output: { short: "o", type: "string" },
    force: { type: "bool" },
    "grace-period": { type: "string" },
    now: { type: "bool" },
    wait: { type: "string" },
    cascade: { type: "string", bare: "background" },
    "ignore-not-found": { type: "bool" },
    timeout: { type: "string" },
    "dry-run": { type: "string", bare: "client" },
    interactive: { short: "i", type: "bool" },
  },
  *run(input, context) {
    const { api, process, namespace } = context
    const wanted: { resource: Resource; name: string; namespace: string | undefined }[] = []
    let status = 0
    if (input.has("filename"))
      for (const object of yield* fileObjects(context, input)) {
        const resource = yield* api.resourceFor(object)
        wanted.push({ resource, name: object.metadata.name, namespace: namespaceOf(context, resource, object) })
      }
    else
      for (const { resource, name } of yield* targets(context, input.words)) {
        if (name !== undefined) wanted.push({ resource, name, namespace: resource.namespaced ? namespace : undefined })
        else {
          if (!input.has("selector") && !input.bool("all") && !input.has("field-selector"))
            throw new KubectlError("error: resource(s) were provided, but no name was specified")
          const { items } = yield* api.json<{ items: KubeObject[] }>(
            "GET",
            pathOf(resource, input.bool("all-namespaces") ? undefined : namespace) +
              query({ labelSelector: input.text("selector"), fieldSelector: input.text("field-selector") }),
          )
          if (items.length === 0) yield* process.print("No resources found\n")
          wanted.push(...items.map(({ metadata }) => ({ resource, name: metadata.name, namespace: metadata.namespace })))
        }
      }
    const force = input.bool("force")
    const grace = force ? 0 : input.bool("now") ? 1 : input.has("grace-period") ? Number(input.text("grace-period")) : undefined
    if (force)
      yield* process.error(
        "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n",
      )
    const policy = { background: "Background", foreground: "Foreground", orphan: "Orphan", true: "Background", false: "Orphan" }[
      input.text("cascade") ?? "background"
    ]
    const uids: { path: string; uid: unknown }[] = []
    for (const { resource, name, namespace: where } of wanted) {
      const path = pathOf(resource, where, name)
      try {
        const live = yield* api.json<KubeObject>("GET", path)
        if (!input.has("dry-run"))
          yield* api.json("DELETE", path, {
            body: {
              kind: "DeleteOptions",
              apiVersion: "v1",
              propagationPolicy: policy,
              ...(grace !== undefined && { gracePeriodSeconds: grace }),
            },
          })
        yield* process.print(
          input.text("output") === "name"
            ? `${shown(resource, name)}\n`
            : `${resource.singular}${resource.group ? `.${resource.group}` : ""} "${name}" ${force ? "force deleted" : "deleted"}${where ? ` from ${where} namespace` : ""}${input.has("dry-run") ? " (dry run)" : ""}\n`,
        )
        uids.push({ path, uid: live.metadata.uid })
      } catch (error) {
        if (!(error instanceof KubectlError)) throw error
        if (error.status?.reason === "NotFound" && input.bool("ignore-not-found")) continue
        yield* process.error(`${error.message}\n`)
        status = 1
      }
    }
    if (input.text("wait") === "false" || force || input.has("dry-run")) return status
    for (const { path, uid } of uids)
      for (;;) {
        try {
          if ((yield* api.json<KubeObject>("GET", path)).metadata.uid !== uid) break
        } catch (error) {
          if (error instanceof KubectlError && error.status?.reason === "NotFound") break
          throw error
        }
        yield* process.sleep(500)
      }
    return status
  },
})

const keyed = (path: "label" | "annotate", field: "labels" | "annotations"): Subcommand =>
  defineSubcommand({
    path: [path],
    summary: path === "label" ? "Update the labels on a resource" : "Update the annotations on a resource",
    flags: { ...SELECTION, ...FILES, ...OUTPUT, overwrite: { type: "bool" }, list: { type: "bool" } },
    *run(input, context) {
      const isChange = (word: string) => /^[^=]+=/.test(word) || /^[^=/]+(\/[^=]+)?-$/.test(word)
      const first = input.words.findIndex((word, at) => at > 0 && isChange(word))
      const changes = first < 0 ? [] : input.words.slice(first)
      if (changes.length === 0 && !input.bool("list"))
        throw new KubectlError(`error: at least one ${path === "label" ? "label" : "annotation"} update is required`)
      for (const { resource, object } of yield* found(context, input, first < 0 ? input.words : input.words.slice(0, first))) {
        const patch: Record<string, string | null> = {}
        const present = object.metadata[field] ?? {}
        for (const change of changes) {
          const equals = change.indexOf("=")
          const key = equals < 0 ? change.slice(0, -1) : change.slice(0, equals)
          if (equals >= 0 && key in present && present[key] !== change.slice(equals + 1) && !input.bool("overwrite"))
            throw new KubectlError(`error: '${key}' already has a value (${present[key]}), and --overwrite is false`)
          patch[key] = equals < 0 ? null : change.slice(equals + 1)
        }
        const removed = Object.entries(patch).filter(([, value]) => value === null)
        for (const [key] of removed) if (!(key in present)) yield* context.process.print(`label "${key}" not found.\n`)
        const same = Object.entries(patch).every(([key, value]) => (value === null ? !(key in present) : present[key] === value))
        const updated = same
          ? object
          : yield* context.api.json<KubeObject>("PATCH", pathOf(resource, namespaceOf(context, resource, object), object.metadata.name), {
              body: { metadata: { [field]: patch } },
              type: "application/merge-patch+json",
            })
        yield* report(
          context.process,
          input,
          resource,
          updated,
          path === "annotate" ? "annotated" : same ? "not labeled" : removed.length === changes.length ? "unlabeled" : "labeled",
        )
      }
      return 0
    },
  })

export const changers: readonly Subcommand[] = [
  apply,
  deleteCommand,
  keyed("label", "labels"),
  keyed("annotate", "annotations"),
  defineSubcommand({
    path: ["scale"],
    summary: "Set a new size for a deployment, replica set, or replication controller",
    flags: {
      ...SELECTION,
      ...FILES,
      ...OUTPUT,
      replicas: { type: "string" },
      "current-replicas": { type: "string" },
      timeout: { type: "string" },
    },
    *run(input, context) {
      if (!input.has("replicas")) throw new KubectlError('error: required flag(s) "replicas" not set')
      for (const { resource, object } of yield* found(context, input)) {
        yield* context.api.json("PATCH", `${pathOf(resource, namespaceOf(context, resource, object), object.metadata.name)}`, {
          body: { spec: { replicas: Number(input.text("replicas")) } },
          type: "application/merge-patch+json",
        })
        yield* report(context.process, input, resource, object, "scaled")
      }
      return 0
    },
  }),
  defineSubcommand({
    path: ["patch"],
    summary: "Update fields of a resource",
    flags: {
      ...FILES,
      ...OUTPUT,
      patch: { short: "p", type: "string" },
      "patch-file": { type: "string" },
      type: { type: "string" },
      subresource: { type: "string" },
    },
    *run(input, context) {
      const text =
        input.text("patch") ?? (input.has("patch-file") ? context.process.files.readText(input.text("patch-file") ?? "") : undefined)
      if (text === undefined) throw new KubectlError("error: must specify --patch or --patch-file containing the contents of the patch")
      const type = {
        json: "application/json-patch+json",
        merge: "application/merge-patch+json",
        strategic: "application/strategic-merge-patch+json",
      }[input.text("type") ?? "strategic"]
      const subresource = input.text("subresource")
      for (const { resource, object } of yield* found(context, input)) {
        const path = pathOf(resource, namespaceOf(context, resource, object), object.metadata.name) + (subresource ? `/${subresource}` : "")
        const updated = yield* context.api.json<KubeObject>("PATCH", path, { body: parse(text), ...(type && { type }) })
        yield* report(
          context.process,
          input,
          resource,
          updated,
          updated.metadata.resourceVersion === object.metadata.resourceVersion ? "patched (no change)" : "patched",
        )
      }
      return 0
    },
  }),
  defineSubcommand({
    path: ["expose"],
    summary: "Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service",
    flags: {
      ...FILES,
      ...OUTPUT,
      port: { type: "string" },
      "target-port": { type: "string" },
      type: { type: "string" },
      name: { type: "string" },
      protocol: { type: "string" },
      selector: { short: "l", type: "string" },
      "cluster-ip": { type: "string" },
      "external-ip": { type: "string" },
      labels: { type: "string" },
    },
    *run(input, context) {
      for (const { object } of yield* found(context, input)) {
        const spec = object.spec as {
          selector?: { matchLabels?: Record<string, string> } & Record<string, unknown>
          template?: { spec?: PodPorts }
          containers?: PodPorts["containers"]
        }
        const selector = input.has("selector")
          ? Object.fromEntries((input.text("selector") ?? "").split(",").map((pair) => pair.split("=")))
          : object.kind === "Pod"
            ? object.metadata.labels
            : (spec.selector?.matchLabels ?? spec.selector)
        if (!selector)
          throw new KubectlError("error: couldn't retrieve selectors via --selector flag or introspection: the object has no selector")
        const containerPorts = ((object.kind === "Pod" ? spec.containers : spec.template?.spec?.containers) ?? []).flatMap(
          ({ ports }) => ports ?? [],
        )
        const ports = input.has("port")
          ? [{ port: Number(input.text("port")), protocol: input.text("protocol") ?? "TCP" }]
          : containerPorts.map(({ containerPort, protocol }) => ({ port: containerPort, protocol: protocol ?? "TCP" }))
        if (ports.length === 0)
          throw new KubectlError(
            "error: couldn't find port via --port flag or introspection\nSee 'kubectl expose -h' for help and examples",
          )
        const target = input.text("target-port")
        const service: KubeObject = {
          apiVersion: "v1",
          kind: "Service",
          metadata: { name: input.text("name") ?? object.metadata.name, ...(object.metadata.labels && { labels: object.metadata.labels }) },
          spec: {
            ports: ports.map((port, at) => ({
              ...(ports.length > 1 && { name: `port-${at + 1}` }),
              ...port,
              targetPort: target === undefined ? port.port : /^\d+$/.test(target) ? Number(target) : target,
            })),
            selector,
            ...(input.has("type") && { type: input.text("type") }),
            ...(input.has("cluster-ip") && { clusterIP: input.text("cluster-ip") }),
          },
          status: { loadBalancer: {} },
        }
        const resource = yield* context.api.resourceFor(service)
        const stored =
          input.text("dry-run") === "client"
            ? service
            : yield* context.api.json<KubeObject>("POST", pathOf(resource, context.namespace), { body: service })
        yield* report(context.process, input, resource, stored, "exposed")
      }
      return 0
    },
  }),
  defineSubcommand({
    path: ["rollout"],
    summary: "Manage the rollout of a resource",
    flags: {
      ...FILES,
      ...SELECTION,
      timeout: { type: "string" },
      revision: { type: "string" },
      "to-revision": { type: "string" },
      watch: { short: "w", type: "string" },
      output: { short: "o", type: "string" },
    },
    *run(input, context) {
      const [verb, ...words] = input.words
      const { api, process, namespace } = context
      for (const { resource, object } of yield* found(context, input, words)) {
        const path = pathOf(resource, namespace, object.metadata.name)
        const patch = (body: unknown) => api.json<KubeObject>("PATCH", path, { body, type: "application/strategic-merge-patch+json" })
        const sets = function* (): Steps<KubeObject[]> {
          const { items } = yield* api.json<{ items: KubeObject[] }>(
            "GET",
            `/apis/apps/v1/namespaces/${namespace}/replicasets${query({ labelSelector: formatSelector((object.spec as { selector: never }).selector) })}`,
          )
          const revision = (one: KubeObject) => Number(one.metadata.annotations?.["deployment.kubernetes.io/revision"] ?? 0)
          return items.sort((a, b) => revision(a) - revision(b))
        }
        switch (verb) {
          case "status":
            if ((yield* rolloutStatus(context, path, object, input)) !== 0) return 1
            break
          case "pause":
          case "resume":
            if (((object.spec as { paused?: boolean }).paused ?? false) === (verb === "pause"))
              throw new KubectlError(
                `error: ${resource.plural}.${resource.group} "${object.metadata.name}" is ${verb === "pause" ? "already paused" : "not paused"}`,
              )
            yield* patch({ spec: { paused: verb === "pause" ? true : null } })
            yield* report(process, input, resource, object, `${verb}d`)
            break
          case "restart":
            yield* patch({
              spec: {
                template: {
                  metadata: {
                    annotations: {
                      "kubectl.kubernetes.io/restartedAt": new Date(Math.floor(process.now())).toISOString().replace(/\.\d+Z/, "Z"),
                    },
                  },
                },
              },
            })
            yield* report(process, input, resource, object, "restarted")
            break
          case "history": {
            const rows = (yield* sets()).map(({ metadata }) => [
              metadata.annotations?.["deployment.kubernetes.io/revision"] ?? "",
              metadata.annotations?.["kubernetes.io/change-cause"] ?? "<none>",
            ])
            yield* process.print(
              `${shown(resource, object.metadata.name)} \n${columns([["REVISION", "CHANGE-CAUSE"], ...rows]).replace(/ {3}/g, "  ")}\n`,
            )
            break
          }
          case "undo": {
            const all = yield* sets()
            const wanted = Number(input.text("to-revision") ?? 0)
            const target =
              wanted > 0
                ? all.find(({ metadata }) => Number(metadata.annotations?.["deployment.kubernetes.io/revision"]) === wanted)
                : all.at(-2)
            if (!target)
              throw new KubectlError(
                wanted > 0
                  ? `error: unable to find specified revision ${wanted} in history`
                  : `error: no rollout history found for deployment "${object.metadata.name}"`,
              )
            const template = deepCopy((target.spec as { template: { metadata: { labels: Record<string, string> } } }).template)
            delete template.metadata.labels["pod-template-hash"]
            yield* api.json("PATCH", path, {
              body: [{ op: "replace", path: "/spec/template", value: template }],
              type: "application/json-patch+json",
            })
            yield* report(process, input, resource, object, "rolled back")
            break
          }
          default:
            throw new KubectlError(`error: unknown command "${verb ?? ""}"\nSee 'kubectl rollout -h' for help and examples`)
        }
      }
      return 0
    },
  }),
]

interface PodPorts {
  containers?: { ports?: { containerPort: number; protocol?: string }[] }[]
}

/** As kubectl/pkg/polymorphichelpers/rollout_status.go. */
function* rolloutStatus({ api, process }: Context, path: string, first: KubeObject, input: Parsed): Steps<number> {
  let said = ""
  const limit = input.has("timeout")
    ? process.now() + Number.parseInt(input.text("timeout") ?? "0", 10) * (/m$/.test(input.text("timeout") ?? "") ? 60_000 : 1_000)
    : Number.POSITIVE_INFINITY
  for (let object = first; ; object = yield* api.json<KubeObject>("GET", path)) {
    const { name, generation } = object.metadata as { name: string; generation: number }
    const spec = object.spec as { replicas?: number }
    const status = (object.status ?? {}) as {
      observedGeneration?: number
      replicas?: number
      updatedReplicas?: number
      availableReplicas?: number
      desiredNumberScheduled?: number
      updatedNumberScheduled?: number
      numberAvailable?: number
      conditions?: { type: string; reason?: string }[]
    }
    let text: string
    let done = false
    if (generation > (status.observedGeneration ?? 0))
      text = `Waiting for ${object.kind === "DaemonSet" ? "daemon set" : "deployment"} spec update to be observed...`
    else if (object.kind === "DaemonSet") {
      const wanted = status.desiredNumberScheduled ?? 0
      done = (status.updatedNumberScheduled ?? 0) >= wanted && (status.numberAvailable ?? 0) >= wanted
      text = done
        ? `daemon set "${name}" successfully rolled out`
        : `Waiting for daemon set "${name}" rollout to finish: ${status.numberAvailable ?? 0} of ${wanted} updated pods are available...`
    } else {
      const wanted = spec.replicas ?? 1
      const [updated, total, available] = [status.updatedReplicas ?? 0, status.replicas ?? 0, status.availableReplicas ?? 0]
      if (status.conditions?.some(({ type, reason }) => type === "Progressing" && reason === "ProgressDeadlineExceeded"))
        throw new KubectlError(`error: deployment "${name}" exceeded its progress deadline`)
      if (updated < wanted)
        text = `Waiting for deployment "${name}" rollout to finish: ${updated} out of ${wanted} new replicas have been updated...`
      else if (total > updated)
        text = `Waiting for deployment "${name}" rollout to finish: ${total - updated} old replicas are pending termination...`
      else if (available < updated)
        text = `Waiting for deployment "${name}" rollout to finish: ${available} of ${updated} updated replicas are available...`
      else {
        done = true
        text = `deployment "${name}" successfully rolled out`
      }
    }
    if (text !== said) yield* process.print(`${text}\n`)
    said = text
    if (done || input.text("watch") === "false") return 0
    if (process.now() >= limit) throw new KubectlError("error: timed out waiting for the condition")
    yield* process.sleep(200)
  }
}
