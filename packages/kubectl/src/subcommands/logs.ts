/** kubectl logs */
import { bodyText, type HttpStream, type Steps } from "@drydock/machine"
import { type Info, query } from "../builder.ts"
import { type Context, defineSubcommand } from "../define-subcommand.ts"
import { isReason, KubectlError, type ServerError, serverError, UsageError } from "../errors.ts"
import { SELECTOR } from "../flag-groups.ts"
import type { Input } from "../flags.ts"
import { containerNames, DEFAULT_CONTAINER, findContainer, named, podsBehind, type PodObject } from "../pods.ts"

const USAGE = "logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]"

interface Source {
  readonly pod: PodObject
  readonly container: string
}

/** As time.Parse(time.RFC3339): the first part that does not fit is named. */
const checkTime = (text: string): void => {
  const parts: readonly (readonly [string, RegExp])[] = [
    ["2006", /^\d{4}/],
    ["-", /^-/],
    ["01", /^\d{2}/],
    ["-", /^-/],
    ["02", /^\d{2}/],
    ["T", /^T/],
    ["15", /^\d{2}/],
    [":", /^:/],
    ["04", /^\d{2}/],
    [":", /^:/],
    ["05", /^\d{2}(?:\.\d+)?/],
    ["Z07:00", /^(?:Z|[-+]\d\d:\d\d)/],
  ]
  let rest = text
  for (const [layout, form] of parts) {
    const found = form.exec(rest)
    if (!found)
      throw new KubectlError(
        `parsing time ${JSON.stringify(text)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(layout)}`,
      )
    rest = rest.slice(found[0].length)
  }
  if (rest) throw new KubectlError(`parsing time ${JSON.stringify(text)}: extra text: ${JSON.stringify(rest)}`)
}

/** The pods whose logs are wanted. */
function* podsOf(context: Context, input: Input, validate: () => void): Steps<PodObject[]> {
  const { process, namespace } = context
  if (input.has("selector")) {
    const { items } = yield* context.api.get<{ items: PodObject[] }>(
      `/api/v1/namespaces/${namespace}/pods${query({ labelSelector: input.text("selector") })}`,
    )
    validate()
    if (items.length === 0) yield* process.error(`No resources found in ${namespace} namespace.\n`)
    return items
  }
  let info: Info
  try {
    info = yield* named(context, input, input.words.slice(0, 1))
  } catch (error) {
    if (isReason(error, "NotFound"))
      throw new KubectlError(`error from server (NotFound): ${(error as ServerError).message} in namespace ${JSON.stringify(namespace)}`)
    throw error
  }
  validate()
  if (info.resource.kind === "Pod") return [info.object as PodObject]
  const pods = yield* podsBehind(context, info, "get the logs from", input.duration("pod-running-timeout"))
  if (pods.length > 1 && !input.bool("all-pods")) yield* process.error(`Found ${pods.length} pods, using pod/${pods[0].metadata.name}\n`)
  return input.bool("all-pods") ? pods : pods.slice(0, 1)
}

function* sourcesOf({ process }: Context, input: Input, pods: readonly PodObject[], container: string): Steps<Source[]> {
  const sources: Source[] = []
  for (const pod of pods) {
    const { containers, initContainers = [], ephemeralContainers = [] } = pod.spec
    if (input.bool("all-containers")) {
      for (const { name } of [...initContainers, ...containers, ...ephemeralContainers]) sources.push({ pod, container: name })
      continue
    }
    let name = container
    const annotated = pod.metadata.annotations?.[DEFAULT_CONTAINER]
    if (!name && annotated) {
      if (findContainer(pod, annotated)) name = annotated
      else yield* process.error(`Default container name ${JSON.stringify(annotated)} not found in pod ${pod.metadata.name}\n`)
    }
    if (!name) {
      name = containers[0].name
      if (containers.length + initContainers.length + ephemeralContainers.length > 1 && !input.bool("all-pods"))
        yield* process.error(`Defaulted container ${JSON.stringify(name)} out of: ${containerNames(pod)}\n`)
    }
    if (!findContainer(pod, name)) throw new KubectlError(`container ${name} is not valid for pod ${pod.metadata.name}`)
    sources.push({ pod, container: name })
  }
  return sources
}

/** Splits pieces into lines and puts a prefix before each. */
class Prefixer {
  readonly #prefix: string
  #atStart = true
  constructor(prefix: string) {
    this.#prefix = prefix
  }
  text(piece: string): string {
    if (this.#prefix === "" || piece === "") return piece
    const lines = piece.split("\n")
    const ended = lines[lines.length - 1] === ""
    const text = lines
      .map((line, at) => (at === lines.length - 1 && ended ? "" : (at === 0 && !this.#atStart ? "" : this.#prefix) + line))
      .join("\n")
    this.#atStart = ended
    return text
  }
}

export const logs = defineSubcommand({
  path: ["logs"],
  group: "Troubleshooting and Debugging Commands",
  summary: "Print the logs for a container in a pod",
  description: "With one container in the pod, its name may be left out.",
  usage: "[-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]",
  examples: [
    ["Of a pod's one container", "kubectl logs nginx"],
    ["Of all pods with a label", "kubectl logs -l app=nginx --all-containers=true"],
    ["Of the container that ran before", "kubectl logs -p -c ruby web-1"],
    ["The last 20 lines", "kubectl logs --tail=20 nginx"],
  ],
  flags: {
    ...SELECTOR,
    "all-containers": { type: "bool", help: "Of all containers." },
    "all-pods": { type: "bool", help: "Of all pods of the object, each line with its source." },
    container: { short: "c", type: "string", help: "The container" },
    follow: { short: "f", type: "bool", help: "Stay and print what comes." },
    "ignore-errors": { type: "bool", help: "Go on after errors" },
    "insecure-skip-tls-verify-backend": { type: "bool", help: "Believe any kubelet." },
    "limit-bytes": { type: "int", help: "At most so many bytes." },
    "max-log-requests": { type: "int", default: "5", help: "How many logs may be followed at once." },
    "pod-running-timeout": { type: "duration", default: "20s", help: "How long to wait for a pod to run" },
    prefix: { type: "bool", help: "Each line with its pod and container" },
    previous: { short: "p", type: "bool", help: "Of the container that ran before this one." },
    since: { type: "duration", help: "Only what is newer than this, e.g. 5s, 2m or 3h." },
    "since-time": { type: "string", help: "Only what is newer than this time (RFC 3339)." },
    tail: { type: "int", default: "-1", help: "So many of the last lines; -1: all, with a selector 10." },
    timestamps: { type: "bool", help: "Each line with its time" },
  },
  *run(input, context) {
    const { api, process } = context
    const { words } = input
    if ((words.length === 0 && !input.has("selector")) || words.length > 2)
      throw new UsageError("logs", `expected '${USAGE}'.\nPOD or TYPE/NAME is a required argument for the logs command`)
    if (words.length === 1 && input.has("selector")) throw new UsageError("logs", "only a selector (-l) or a POD name is allowed")
    if (input.has("container") && words.length === 2) throw new KubectlError("only one of -c or an inline [CONTAINER] arg is allowed")
    const container = words[1] ?? input.text("container")
    if (input.duration("pod-running-timeout") <= 0) throw new KubectlError("--pod-running-timeout must be higher than zero")
    if (input.has("since-time")) checkTime(input.text("since-time"))
    // What is named is looked up before the options are looked at.
    const pods = yield* podsOf(context, input, () => {
      if (input.bool("all-containers") && container)
        throw new KubectlError(`--all-containers=true should not be specified with container name ${container}`)
      if (input.has("since") && input.has("since-time"))
        throw new KubectlError("at most one of `sinceTime` or `sinceSeconds` may be specified")
      if (input.int("limit-bytes") < 0) throw new KubectlError("--limit-bytes must be greater than 0")
      if (input.int("tail") < -1) throw new KubectlError("--tail must be greater than or equal to -1")
      if (input.duration("since") < 0) throw new KubectlError("--since must be greater than 0")
    })
    const sources = yield* sourcesOf(context, input, pods, container)
    const follow = input.bool("follow")
    const most = input.int("max-log-requests")
    if (follow && sources.length > most)
      throw new KubectlError(
        `you are attempting to follow ${sources.length} log streams, but maximum allowed concurrency is ${most}, use --max-log-requests to increase the limit`,
      )
    const tail = input.int("tail")
    const since = Math.ceil(input.duration("since") / 1_000)
    const open = ({ pod, container: name }: Source) =>
      api.send(
        "GET",
        `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}/log${query({
          container: name,
          insecureSkipTLSVerifyBackend: input.bool("insecure-skip-tls-verify-backend") ? "true" : undefined,
          follow: follow ? "true" : undefined,
          previous: input.bool("previous") ? "true" : undefined,
          sinceSeconds: since > 0 ? String(since) : undefined,
          sinceTime: input.text("since-time"),
          timestamps: input.bool("timestamps") ? "true" : undefined,
          tailLines: tail >= 0 ? String(tail) : input.has("selector") && !input.has("tail") ? "10" : undefined,
          limitBytes: input.int("limit-bytes") > 0 ? input.text("limit-bytes") : undefined,
        })}`,
      )
    const prefixed = input.bool("prefix") || input.bool("all-pods")
    const streams: { stream: HttpStream; prefixer: Prefixer }[] = []
    for (const source of sources) {
      const prefixer = new Prefixer(prefixed ? `[pod/${source.pod.metadata.name}/${source.container}] ` : "")
      try {
        const response = yield* open(source)
        if (response.status >= 400) throw serverError(response)
        if (!response.stream) yield* process.print(prefixer.text(bodyText(response.body)))
        else if (follow && sources.length > 1) streams.push({ stream: response.stream, prefixer })
        else yield* drain(context, [{ stream: response.stream, prefixer }])
      } catch (error) {
        if (!(error instanceof KubectlError) || !input.bool("ignore-errors")) throw error
        yield* process.print(`error: ${error.message}\n`)
      }
    }
    yield* drain(context, streams)
    return 0
  },
})

/** Prints what the streams bring until all have ended. */
function* drain({ process }: Context, streams: readonly { stream: HttpStream; prefixer: Prefixer }[]): Steps<void> {
  let open = [...streams]
  try {
    while (open.length > 0) {
      let idle = true
      for (const one of open) {
        const chunk = one.stream.tryTake()
        if (chunk === undefined) continue
        idle = false
        if (chunk === null) open = open.filter((other) => other !== one)
        else yield* process.print(one.prefixer.text(bodyText(chunk)))
      }
      if (idle) yield* process.wait({ queues: open.map(({ stream }) => stream.readQueue) })
    }
  } finally {
    for (const { stream } of open) stream.cancel()
  }
}
