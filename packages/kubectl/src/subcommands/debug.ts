/** kubectl debug. As kubectl/pkg/cmd/debug. */
import { isObject } from "@drydock/kubernetes/apimachinery"
import { bodyText, type Steps, SystemError } from "@drydock/machine"
import type { KubeObject } from "../api.ts"
import { attachTo, statusOf, waitForPod } from "../attaching.ts"
import { find, type Info, query } from "../builder.ts"
import { type Context, defineSubcommand } from "../define-subcommand.ts"
import { pathOf } from "../discovery.ts"
import { isReason, KubectlError, ServerError } from "../errors.ts"
import { FILES } from "../flag-groups.ts"
import type { Input } from "../flags.ts"
import { applyProfile, PROFILES, type ProfileTarget, trimCopy } from "../debug-profiles.ts"
import { namesFiles } from "../manifests.ts"
import { sendPatch } from "../patching/send-patch.ts"
import type { Container } from "../pod-specs.ts"
import type { PodObject } from "../pods.ts"

const IMAGE = /^[a-zA-Z0-9][\w.:/@-]*$/
/** Without vowels and what looks like others. As util/rand. */
const LETTERS = "bcdfghjklmnpqrstvwxz2456789"

/** A pod to stay with, and its container; "" for none. */
type Debugged = readonly [pod: KubeObject, container: string]

const suffix = ({ process }: Context): string =>
  Array.from({ length: 5 }, () => LETTERS[Math.floor(process.random() * LETTERS.length)]).join("")

const pairs = (input: Input, flag: string): [string, string][] =>
  input.list(flag).map((pair) => {
    const equals = pair.indexOf("=")
    if (equals < 1)
      throw new KubectlError(`invalid argument ${JSON.stringify(pair)} for "--${flag}" flag: ${pair} must be formatted as key=value`)
    return [pair.slice(0, equals), pair.slice(equals + 1)]
  })

const names = ({ spec }: PodObject): string[] =>
  [...spec.containers, ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])].map(({ name }) => name)

function* containerName(context: Context, input: Input, pod: PodObject): Steps<string> {
  if (input.text("container")) return input.text("container")
  const taken = names(pod)
  let name = `debugger-${suffix(context)}`
  while (taken.includes(name)) name = `debugger-${suffix(context)}`
  if (!input.bool("quiet")) yield* context.process.print(`Defaulting debug container name to ${name}.\n`)
  return name
}

/** What flags say about the container. */
const containerOf = (input: Input, name: string): Container => {
  const env = pairs(input, "env").map(([key, value]) => ({ name: key, value }))
  return {
    name,
    ...(input.text("image") && { image: input.text("image") }),
    ...(input.rest.length > 0 && { [input.bool("arguments-only") ? "args" : "command"]: [...input.rest] }),
    ...(env.length > 0 && { env }),
    ...(input.text("image-pull-policy") && { imagePullPolicy: input.text("image-pull-policy") }),
    ...(input.bool("stdin") && { stdin: true }),
    ...(input.bool("tty") && { tty: true }),
    terminationMessagePolicy: "File",
    resources: {},
  }
}

/** --custom: parts of a container that are laid over what the profile makes. */
const customParts = ({ process }: Context, input: Input): Partial<Container> => {
  if (!input.has("custom")) return {}
  const fault = (text: string) => new KubectlError(`must pass a container spec json file for custom profile: ${text}`)
  let parts: unknown
  try {
    parts = JSON.parse(process.files.readText(input.text("custom")))
  } catch (error) {
    if (error instanceof SystemError) throw fault(`open ${input.text("custom")}: ${error.message.toLowerCase()}`)
    if (error instanceof SyntaxError) throw fault(error.message)
    throw error
  }
  if (!isObject(parts)) throw fault("json: cannot unmarshal into Go value of type v1.Container")
  for (const field of ["name", "command", "image", "lifecycle", "volumeDevices"])
    if (field in parts) throw new KubectlError(`${field === "volumeDevices" ? "volumeDevices" : field} cannot be set in custom profile`)
  return parts as Partial<Container>
}

const profiled = (context: Context, input: Input, pod: PodObject, container: Container, target: ProfileTarget): Container => {
  const { env = [], ...parts } = customParts(context, input)
  const made = applyProfile(input.text("profile"), pod, container, target)
  const variables = [...env, ...(made.env ?? []).filter(({ name }) => !env.some((one) => one.name === name))]
  return { ...made, ...parts, ...(variables.length > 0 && { env: variables }) }
}

function* ephemeral(context: Context, input: Input, info: Info): Steps<Debugged> {
  const pod = info.object as PodObject
  const name = yield* containerName(context, input, pod)
  const target = input.text("target")
  const { resources: _, ...plain } = containerOf(input, name)
  const container = { ...profiled(context, input, pod, plain, "ephemeral"), ...(target && { targetContainerName: target }) }
  try {
    return [
      yield* sendPatch(
        context,
        info,
        {
          spec: {
            "$setElementOrder/ephemeralContainers": [...(pod.spec.ephemeralContainers ?? []), container].map((one) => ({ name: one.name })),
            ephemeralContainers: [container],
          },
        },
        { subresource: "ephemeralcontainers" },
      ),
      name,
    ]
  } catch (error) {
    if (isReason(error, "NotFound") && error instanceof ServerError && !error.status.details?.name)
      throw new KubectlError(`ephemeral containers are disabled for this cluster (error from server: ${JSON.stringify(error.message)})`)
    throw error
  }
}

const post = function* (context: Context, pod: KubeObject, namespace: string): Steps<KubeObject> {
  const resource = yield* context.api.resource("pods")
  return yield* context.api.json<KubeObject>("POST", pathOf(resource, namespace) + query({ fieldManager: "kubectl-debug" }), { body: pod })
}

function* onNode(context: Context, input: Input, { name: node }: Info): Steps<Debugged> {
  const container = input.text("container") || "debugger"
  const name = `node-debugger-${node}-${suffix(context)}`
  if (!input.bool("quiet")) yield* context.process.print(`Creating debugging pod ${name} with container ${container} on node ${node}.\n`)
  const pod: PodObject = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels: { "app.kubernetes.io/managed-by": "kubectl-debug" } },
    spec: { containers: [], nodeName: node, restartPolicy: "Never", tolerations: [{ operator: "Exists" }] },
    status: {},
  }
  pod.spec.containers.push(profiled(context, input, pod, containerOf(input, container), "node"))
  return [yield* post(context, pod, context.namespace), container]
}

function* byCopy(context: Context, input: Input, info: Info): Steps<Debugged> {
  const original = info.object as PodObject
  const { ephemeralContainers: _, nodeName, ...spec } = original.spec
  const images = Object.fromEntries(pairs(input, "set-image"))
  const { namespace, labels, annotations } = original.metadata
  const whole: PodObject = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: input.text("copy-to"), namespace, ...(labels && { labels }), ...(annotations && { annotations }) },
    spec: {
      ...spec,
      ...(input.bool("same-node") && { nodeName }),
      ...(input.has("share-processes") && { shareProcessNamespace: input.bool("share-processes") }),
      containers: spec.containers.map((container) => {
        const image = images[container.name] ?? images["*"]
        return { ...container, ...(image && { image }) }
      }),
    },
    status: {},
  }
  const copy = trimCopy(input.text("profile"), whole, {
    labels: input.bool("keep-labels"),
    annotations: input.bool("keep-annotations"),
    initContainers: input.bool("keep-init-containers"),
    probes: {
      livenessProbe: input.bool("keep-liveness"),
      readinessProbe: input.bool("keep-readiness"),
      startupProbe: input.bool("keep-startup"),
    },
  })
  const wanted = input.text("container")
  const at = copy.spec.containers.findIndex(({ name }) => name === wanted)
  let name = wanted
  if (at >= 0) {
    const { resources: _unused, terminationMessagePolicy: _kept, ...said } = containerOf(input, wanted)
    const { args, ...before } = copy.spec.containers[at]
    const replaced = { ...before, ...(args !== undefined && input.rest.length === 0 && { args }), ...said }
    copy.spec.containers[at] = profiled(context, input, copy, replaced, "copy")
  } else if (input.text("image")) {
    name = yield* containerName(context, input, copy)
    copy.spec.containers.push(profiled(context, input, copy, containerOf(input, name), "copy"))
  } else if (input.has("set-image")) name = ""
  else throw new KubectlError("you must specify image when creating new container")
  const created = yield* post(context, copy, original.metadata.namespace ?? context.namespace)
  if (input.bool("replace")) yield* context.api.json("DELETE", pathOf(info.resource, original.metadata.namespace, original.metadata.name))
  return [created, name]
}

function* stay(context: Context, input: Input, [pod, container]: Debugged): Steps<number> {
  const pods = yield* context.api.resource("pods")
  const running = yield* waitForPod(
    context,
    pods,
    pod,
    (now) => {
      const state = statusOf(now, container)?.state
      return Boolean(state?.running ?? state?.terminated)
    },
    0,
  )
  if (statusOf(running, container)?.state?.terminated) {
    const logs = yield* context.api.send(
      "GET",
      `${pathOf(pods, running.metadata.namespace, running.metadata.name, "log")}${query({ container })}`,
    )
    if (logs.status < 400 && !logs.stream) yield* context.process.print(bodyText(logs.body))
    return 0
  }
  return yield* attachTo(context, running, { container, stdin: input.bool("stdin"), tty: input.bool("tty"), quiet: input.bool("quiet") })
}

const check = (input: Input, attach: boolean): void => {
  const copy = input.has("copy-to")
  const image = input.text("image")
  if (attach && !input.text("container") && !image && !input.has("set-image") && input.rest.length === 0)
    throw new KubectlError("you must specify --container or create a new container using --image in order to attach.")
  if (copy) {
    if (!image && !input.has("set-image") && input.rest.length === 0)
      throw new KubectlError("you must specify --image, --set-image or command arguments.")
    if (input.rest.length > 0 && !input.text("container") && !image)
      throw new KubectlError("you must specify an existing container or a new image when specifying args.")
  } else {
    if (input.bool("replace")) throw new KubectlError("--replace may only be used with --copy-to.")
    if (input.bool("same-node")) throw new KubectlError("--same-node may only be used with --copy-to.")
    if (input.has("set-image")) throw new KubectlError("--set-image may only be used with --copy-to.")
    if (!image) throw new KubectlError("you must specify --image when not using --copy-to.")
  }
  if (image && !IMAGE.test(image)) throw new KubectlError(`invalid image name ${JSON.stringify(image)}: invalid reference format`)
  if (input.words.length === input.rest.length && !namesFiles(input)) throw new KubectlError("NAME or filename is required for debug")
  const policy = input.text("image-pull-policy")
  if (policy && !["Always", "IfNotPresent", "Never"].includes(policy)) throw new KubectlError(`invalid image pull policy: ${policy}`)
  if (input.text("target") && copy) throw new KubectlError("--target is incompatible with --copy-to. Use --share-processes instead.")
  if (input.bool("tty") && !input.bool("stdin")) throw new KubectlError("-i/--stdin is required for containers with -t/--tty=true")
}

const { kustomize: _, recursive: __, ...FILENAME } = FILES

export const debug = defineSubcommand({
  path: ["debug"],
  group: "Troubleshooting and Debugging Commands",
  summary: "Create debugging sessions for troubleshooting workloads and nodes",
  description:
    "Adds an ephemeral container to a pod, makes a changed copy of it (--copy-to), or starts a pod with a node's namespaces and file system.",
  usage: "(POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ]",
  examples: [
    ["A container for looking around in a pod", "kubectl debug mypod -it --image=busybox"],
    ["A copy with another command", "kubectl debug mypod -it --copy-to=my-debugger --container=mycontainer -- sh"],
    ["A copy with other images", "kubectl debug mypod --copy-to=my-debugger --set-image=*=busybox"],
    ["On a node; its files are at /host", "kubectl debug node/mynode -it --image=busybox"],
  ],
  flags: {
    ...FILENAME,
    "arguments-only": { type: "bool", help: "What stands behind -- are the arguments, not the command." },
    attach: { type: "bool", help: "Wait until it runs and attach to it; the default with -i." },
    container: { short: "c", type: "string", help: "Name of the container." },
    "copy-to": { type: "string", help: "Make a copy of the pod with this name." },
    custom: { type: "string", help: "File with parts of a container that are added to the profile's." },
    env: { type: "list", help: "Variables of the container, as key=value." },
    image: { type: "string", help: "Image of the container." },
    "image-pull-policy": { type: "string", help: "Always, IfNotPresent or Never; default: the server's." },
    "keep-annotations": { type: "bool", help: "The copy keeps the annotations." },
    "keep-init-containers": { type: "bool", default: "true", help: "The copy keeps the init containers." },
    "keep-labels": { type: "bool", help: "The copy keeps the labels." },
    "keep-liveness": { type: "bool", help: "The copy keeps the liveness probes." },
    "keep-readiness": { type: "bool", help: "The copy keeps the readiness probes." },
    "keep-startup": { type: "bool", help: "The copy keeps the startup probes." },
    profile: { type: "string", default: "legacy", help: `What the container may do: ${PROFILES.join(", ")}.` },
    quiet: { short: "q", type: "bool", help: "Print nothing but what the container prints." },
    replace: { type: "bool", help: "With --copy-to: delete the original." },
    "same-node": { type: "bool", help: "With --copy-to: on the same node." },
    "set-image": { type: "list", help: "With --copy-to: images of containers, as name=image." },
    "share-processes": { type: "bool", default: "true", help: "With --copy-to: its containers see each other's processes." },
    stdin: { short: "i", type: "bool", help: "Keep standard input open." },
    target: { type: "string", help: "The container whose processes an ephemeral one sees." },
    tty: { short: "t", type: "bool", help: "Give the container a terminal." },
  },
  *run(input, context) {
    const { process } = context
    const attach = input.has("attach") ? input.bool("attach") : input.bool("stdin")
    // Profiles are made before the rest is looked at.
    if (!PROFILES.includes(input.text("profile"))) throw new KubectlError(`unknown profile: ${input.text("profile")}`)
    if (input.has("custom") && !process.files.exists(input.text("custom")))
      throw new KubectlError(
        `must pass a container spec json file for custom profile: open ${input.text("custom")}: no such file or directory`,
      )
    check(input, attach)
    if (input.text("target") && !input.bool("quiet"))
      yield* process.print(
        `Targeting container ${JSON.stringify(input.text("target"))}. If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n`,
      )
    if (input.text("profile") === "legacy")
      yield* process.error(
        '--profile=legacy is deprecated and will be removed in the future. It is recommended to explicitly specify a profile, for example "--profile=general".\n',
      )
    const before = input.words.slice(0, input.words.length - input.rest.length)
    for (const info of yield* find(context, input, {}, before.length === 1 && !before[0].includes("/") ? ["pods", before[0]] : before)) {
      const { kind, group, version } = info.resource
      if (kind !== "Pod" && kind !== "Node") throw new KubectlError(`"${group}/${version}, Kind=${kind}" not supported by debug`)
      const debugged =
        kind === "Node"
          ? yield* onNode(context, input, info)
          : input.has("copy-to")
            ? yield* byCopy(context, input, info)
            : yield* ephemeral(context, input, info)
      if (attach && debugged[1]) yield* stay(context, input, debugged)
    }
    return 0
  },
})
