/** kubectl run. As kubectl/pkg/cmd/run/run.go. */
import { RECORD, recorded } from "../change-cause.ts"
import { bodyText, type Steps } from "@drydock/machine"
import type { KubeObject, Resource } from "../api.ts"
import { attachTo, HINT, RECORDED, runningOrOver, statusOf, waitForPod } from "../attaching.ts"
import { query } from "../builder.ts"
import { send } from "../create-object.ts"
import { type Context, defineSubcommand } from "../define-subcommand.ts"
import { deleteOne, waitGone } from "../deletion.ts"
import { pathOf } from "../discovery.ts"
import { KubectlError, ServerError, UsageError } from "../errors.ts"
import { DRY_RUN, dryRun, FILES, fieldManager, PRINT, SAVE_CONFIG } from "../flag-groups.ts"
import type { Input } from "../flags.ts"
import { parseLabels } from "../labels.ts"
import { OVERRIDES, override } from "../overrides.ts"
import type { PodObject } from "../pods.ts"
import { Reporter } from "../printing/report.ts"

const IMAGE = /^[a-zA-Z0-9][\w.:/@-]*$/

const envOf = (input: Input) =>
  input.list("env").map((pair) => {
    const equals = pair.indexOf("=")
    if (equals < 1) throw new KubectlError(`invalid env: ${pair}`)
    return { name: pair.slice(0, equals), value: pair.slice(equals + 1) }
  })

const annotationsOf = (input: Input): Record<string, string> =>
  Object.fromEntries(
    input.list("annotations").map((pair) => {
      const equals = pair.indexOf("=")
      if (equals < 1) throw new KubectlError(`invalid annotation format: ${pair}`)
      return [pair.slice(0, equals), pair.slice(equals + 1)]
    }),
  )

const podOf = (input: Input, name: string, args: readonly string[], labels: Record<string, string>, restartPolicy: string): KubeObject => {
  const stdin = input.bool("stdin")
  const env = envOf(input)
  const annotations = annotationsOf(input)
  return {
    kind: "Pod",
    apiVersion: "v1",
    metadata: { name, labels, ...(Object.keys(annotations).length > 0 && { annotations }) },
    spec: {
      containers: [
        {
          name,
          image: input.text("image"),
          ...(args.length > 0 && { [input.bool("command") ? "command" : "args"]: args }),
          ...(input.text("port") && { ports: [{ containerPort: Number(input.text("port")) }] }),
          ...(env.length > 0 && { env }),
          resources: {},
          ...(input.text("image-pull-policy") && { imagePullPolicy: input.text("image-pull-policy") }),
          ...(input.bool("privileged") && { securityContext: { privileged: true } }),
          ...(stdin && { stdin: true }),
          ...(stdin && !input.bool("leave-stdin-open") && { stdinOnce: true }),
          ...(input.bool("tty") && { tty: true }),
        },
      ],
      restartPolicy,
      dnsPolicy: "ClusterFirst",
    },
    status: {},
  }
}

/** Stays with the pod until it is over; its exit code. */
function* stay(context: Context, input: Input, pods: Resource, created: KubeObject, restartPolicy: string): Steps<number> {
  const { api, process } = context
  const timeout = input.duration("pod-running-timeout")
  const running = yield* waitForPod(context, pods, created, runningOrOver, timeout)
  const { namespace, name } = running.metadata
  const [container] = running.spec.containers
  const over = running.status.phase === "Succeeded" || running.status.phase === "Failed"
  const logged = function* (): Steps<string> {
    const logs = yield* api.send("GET", `${pathOf(pods, namespace, name, "log")}${query({ container: container.name })}`)
    return logs.status < 400 && !logs.stream ? bodyText(logs.body) : ""
  }
  if (over && !input.bool("quiet")) {
    yield* process.error(RECORDED + HINT)
    yield* process.error(
      `warning: couldn't attach to pod/${name}, falling back to streaming logs: cannot exec into a container in a completed pod; current phase is ${running.status.phase}\n`,
    )
  }
  const before = yield* logged()
  yield* process.print(before)
  if (!over)
    try {
      const { bool } = input
      yield* attachTo(context, running, { container: container.name, stdin: bool("stdin"), tty: bool("tty"), quiet: bool("quiet") })
    } catch (error) {
      if (!(error instanceof ServerError)) throw error
      // It was over before anybody could attach: what it printed since is in its log.
      yield* process.print((yield* logged()).slice(before.length))
    }
  if (input.bool("leave-stdin-open") || restartPolicy === "Always") return 0
  const done = yield* waitForPod(
    context,
    pods,
    created,
    ({ status }: PodObject) => status.phase === "Succeeded" || (restartPolicy === "Never" && status.phase === "Failed"),
    timeout,
  )
  if (done.status.phase === "Succeeded") return 0
  const terminated = statusOf(done, container.name)?.state?.terminated
  if (!terminated?.exitCode) throw new KubectlError(`pod ${namespace}/${name} failed with unknown exit code`)
  yield* process.error(
    `pod ${namespace}/${name} terminated (${terminated.reason ?? ""})\n${terminated.message ? `${terminated.message}\n` : ""}`,
  )
  return terminated.exitCode
}

export const run = defineSubcommand({
  path: ["run"],
  group: "Basic Commands (Beginner)",
  summary: "Run a particular image on the cluster",
  description: "Makes a pod and no more: nobody replaces it when it is gone.",
  usage:
    'NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...]',
  examples: [
    ["A pod", "kubectl run nginx --image=nginx"],
    ["A shell that goes away with you", "kubectl run -i -t busybox --image=busybox --restart=Never --rm"],
    ["With other arguments", "kubectl run nginx --image=nginx -- <arg1> <arg2> ... <argN>"],
    ["With another command", "kubectl run nginx --image=nginx --command -- <cmd> <arg1> ... <argN>"],
  ],
  flags: {
    ...FILES,
    ...PRINT,
    ...DRY_RUN,
    ...SAVE_CONFIG,
    ...OVERRIDES,
    ...fieldManager("kubectl-run"),
    ...RECORD,
    annotations: { type: "array", help: "An annotation, as key=value." },
    attach: { type: "bool", help: "Wait for the pod, then attach to it; the default with -i." },
    cascade: { type: "string", default: "background", bare: "background", help: "What becomes of dependents when --rm deletes." },
    command: { type: "bool", help: "The words behind -- are the command, not its arguments." },
    env: { type: "array", help: "A variable of the container, as key=value." },
    expose: { type: "bool", help: "Also make a service for --port" },
    force: { type: "bool", help: "With --rm: do not wait for the node to confirm." },
    "grace-period": { type: "int", default: "-1", help: "With --rm: seconds that the pod gets to end." },
    image: { type: "string", required: true, help: "The image to run." },
    "image-pull-policy": { type: "string", help: "Always, IfNotPresent or Never; default: the server's." },
    labels: { short: "l", type: "string", help: "The pod's labels, as key=value,…; default: run=NAME." },
    "leave-stdin-open": { type: "bool", help: "Standard input stays open after the first who attached is gone." },
    "pod-running-timeout": { type: "duration", default: "1m", help: "How long to wait for the pod to run" },
    port: { type: "string", help: "The port that the container listens on." },
    privileged: { type: "bool", help: "The container may do what root may do on the node." },
    quiet: { short: "q", type: "bool", help: "Print nothing but what the container prints." },
    restart: { type: "string", default: "Always", help: "The restart policy: Always, OnFailure or Never." },
    rm: { type: "bool", help: "Delete the pod when it is left. Only when attached." },
    stdin: { short: "i", type: "bool", help: "Keep standard input open, and attach." },
    tty: { short: "t", type: "bool", help: "Give the container a terminal." },
    timeout: { type: "duration", help: "With --rm: how long to wait for the deletion." },
    wait: { type: "bool", help: "With --rm: wait for the deletion." },
  },
  *run(input, context) {
    const { process } = context
    const before = input.words.length - input.rest.length
    if (before === 0) throw new KubectlError("NAME is required for run")
    const [name, ...args] = input.words
    const image = input.text("image")
    if (image === "") throw new KubectlError("--image is required")
    if (!IMAGE.test(image)) throw new KubectlError(`Invalid image name ${JSON.stringify(image)}: invalid reference format`)
    if (input.duration("pod-running-timeout") <= 0) throw new UsageError("run", "--pod-running-timeout must be higher than zero")
    const [stdin, tty] = [input.bool("stdin"), input.bool("tty")]
    const attach = input.has("attach") ? input.bool("attach") : stdin || tty
    if (tty && !stdin) throw new UsageError("run", "-i/--stdin is required for containers with -t/--tty=true")
    if (input.bool("expose") && !input.text("port")) throw new UsageError("run", "--port must be set when exposing a service")
    if (input.text("port") && !/^\d+$/.test(input.text("port")))
      throw new KubectlError(`strconv.Atoi: parsing ${JSON.stringify(input.text("port"))}: invalid syntax`)
    if (!attach && input.bool("rm")) throw new UsageError("run", "--rm should only be used for attached containers")
    const dry = dryRun(input)
    if (attach && dry !== "none")
      throw new UsageError("run", "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)")
    const restartPolicy = input.text("restart") || "Always"
    if (!["Always", "OnFailure", "Never"].includes(restartPolicy)) throw new UsageError("run", `invalid restart policy: ${restartPolicy}`)
    const pullPolicy = input.text("image-pull-policy")
    if (pullPolicy && !["Always", "IfNotPresent", "Never"].includes(pullPolicy))
      throw new UsageError("run", `invalid image pull policy: ${pullPolicy}`)
    const given = input.text("labels") ? parseLabels(input.text("labels")) : undefined
    const labels = given ?? { run: name }
    const reporter = new Reporter(process, input)
    const pod = yield* send(context, input, recorded(context, input, override(input, podOf(input, name, args, labels, restartPolicy))))
    const created = [pod]
    if (input.bool("expose")) {
      const port = Number(input.text("port"))
      created.push(
        yield* send(context, input, {
          kind: "Service",
          apiVersion: "v1",
          metadata: { name, ...(given && { labels: given }) },
          spec: { ports: [{ protocol: "TCP", port, targetPort: port }], selector: labels },
          status: { loadBalancer: {} },
        }),
      )
    }
    if (!attach) {
      // The service is told of first, and each begins the documents anew but for one separator more.
      for (const object of [...created].reverse()) {
        if (object === pod && created.length > 1 && reporter.format === "yaml") yield* process.print("---\n")
        yield* reporter.say(object, "created")
      }
      return 0
    }
    const pods = yield* context.api.resource("pods")
    try {
      return yield* stay(context, input, pods, pod, restartPolicy)
    } finally {
      if (input.bool("rm")) yield* remove(context, input, created)
    }
  },
})

function* remove(context: Context, input: Input, created: readonly KubeObject[]): Steps<void> {
  for (const object of created) {
    const resource = yield* context.api.resourceFor(object, "")
    const { namespace, name } = object.metadata
    const gracePeriod = input.bool("force") ? 0 : input.int("grace-period")
    const uid = yield* deleteOne(
      context,
      { resource, namespace, name, source: "" },
      { gracePeriod, policy: "Background", dry: "none", names: false, quiet: input.bool("quiet") },
    )
    if (input.bool("wait")) yield* waitGone(context, { resource, namespace, name }, uid, input.duration("timeout"))
  }
}
