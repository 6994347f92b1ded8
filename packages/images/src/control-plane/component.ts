/** What the components of the control plane have in common: flags, files that must be there, logs, and a health port. */
import { type Component, selfSigned } from "@drydock/kubernetes"
import type { Process, Program, Steps, TlsOptions } from "@drydock/machine"
import { type Flags, parseFlags } from "../flags.ts"
import { untilSignal } from "../serving.ts"

export const VERSIONS = ["v1.35.6", "v1.35.*", "v1.34.*"]

/** klog's head: I0105 08:00:01.000000       1 file.go:1] */
export const klog = (process: Process, level: "I" | "W" | "E" | "F", where: string, text: string): string => {
  const [, month, day, time] = /^\d+-(\d+)-(\d+)T([\d:.]+)Z$/.exec(new Date(Math.floor(process.now())).toISOString()) ?? []
  return `${level}${month}${day} ${time}000       1 ${where}] ${text}\n`
}

/** As k8s.io/component-base/cli/run.go tells of an error after the flags were read. */
export const commandFailed = (process: Process, error: string): string =>
  klog(process, "E", "run.go:72", `"command failed" err=${JSON.stringify(error)}`)

export interface Settings {
  readonly known: RegExp
  /** What is said of a value that cannot be. */
  readonly values?: Readonly<Record<string, (value: string) => string | undefined>>
  /** Flags that name files which must be there, in the order in which they are opened; `problem` is what opening one gives. */
  readonly files?: readonly (readonly [flag: string, told: (problem: string, path: string) => string])[]
}

/** Reads the flags; undefined after it has said what is wrong with them. */
export function* checkedFlags(process: Process, { known, values = {}, files = [] }: Settings): Steps<Flags | undefined> {
  const flags = parseFlags(process.argv)
  for (const name of flags.keys()) {
    if (known.test(name)) continue
    yield* process.error(`Error: unknown flag: --${name}\n`)
    return undefined
  }
  for (const [name, problem] of Object.entries(values)) {
    const value = flags.get(name)
    const told = value === undefined ? undefined : problem(value)
    if (told === undefined) continue
    yield* process.error(commandFailed(process, told))
    return undefined
  }
  for (const [name, told] of files) {
    const path = flags.get(name)
    if (path === undefined || process.files.exists(path)) continue
    yield* process.error(commandFailed(process, told(`open ${path}: no such file or directory`, path)))
    return undefined
  }
  return flags
}

/** What a component shows that was given no certificate, made when somebody looks at it. */
const inMemory = (process: Process): TlsOptions => {
  const at = process.now()
  let made: string | undefined
  return {
    get certificate() {
      const random = { bytes: (count: number) => Uint8Array.from({ length: count }, () => Math.floor(process.random() * 256)) }
      return (made ??= selfSigned({ host: "localhost", addresses: ["127.0.0.1"], random, at }).certificate)
    },
    key: "",
  }
}

/** Runs a component until the process ends, and serves its health on `port`. */
export const component = (options: {
  settings: Settings
  /** Undefined after it has said why it cannot. */
  start: (process: Process, flags: Flags) => Steps<Component | undefined>
  port: number | ((flags: Flags) => number)
  host: string
  tls: boolean
  healthy?: () => boolean
  greeting: (process: Process) => string
}): Program =>
  function* (process) {
    const flags = yield* checkedFlags(process, options.settings)
    if (!flags) return 1
    const running = yield* options.start(process, flags)
    if (!running) return 1
    yield* process.error(options.greeting(process))
    try {
      process.network.serve(
        typeof options.port === "number" ? options.port : options.port(flags),
        () => ((options.healthy?.() ?? true) ? { status: 200, headers: {}, body: "ok" } : { status: 503, headers: {}, body: "not ready" }),
        {
          address: options.host,
          pid: process.pid,
          ...(options.tls && { tls: inMemory(process) }),
        },
      )
      return yield* untilSignal(process, ["SIGTERM", "SIGINT"])
    } finally {
      running.stop()
    }
  }
