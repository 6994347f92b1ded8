/** /var/log of a machine: what rsyslog writes out of the journal, and the logs of containers where the kubelet has the runtime put them. */
import { type Inode, type JournalEntry, type SimulatedMachine, systemInode } from "@drydock/machine"
import type { LogLine } from "@drydock/kubernetes/ports"

/** The part of a runtime that knows of logs. */
interface LoggingRuntime {
  inventory(): {
    sandboxes: readonly { id: string; name: string; namespace: string }[]
    containers: readonly { id: string; sandboxId: string; name: string; createdAt: number; logPath: string }[]
  }
  logs(id: string): readonly LogLine[]
  followLogs(id: string, line: (line: LogLine) => void, end: () => void): () => void
}

const PODS = "/var/log/pods/"
/** The group adm, who may read logs. */
const ADM = 4

const iso = (at: number): string => new Date(at).toISOString()

/** The CRI logging format; "F": the line is whole. */
const criLine = ({ at, stream, text }: LogLine): string => `${iso(at).replace("Z", "000000Z")} ${stream} F ${text}\n`

/** Facilities auth and authpriv, by who writes there. */
const AUTHENTICATION = new Set([
  "sshd",
  "sudo",
  "su",
  "login",
  "systemd-logind",
  "useradd",
  "userdel",
  "usermod",
  "groupadd",
  "passwd",
  "chpasswd",
])

/** Which lines go where. As Ubuntu's /etc/rsyslog.d/50-default.conf. */
const SYSTEM: Readonly<Record<string, (entry: JournalEntry) => boolean>> = {
  syslog: ({ identifier }) => !AUTHENTICATION.has(identifier),
  "auth.log": ({ identifier }) => AUTHENTICATION.has(identifier),
  "kern.log": ({ identifier }) => identifier === "kernel",
}

const file = (content: () => string, rest: Pick<Inode, "modifiedAt" | "follow"> & { gid?: number }): Inode =>
  systemInode("file", 0o640, { content, ...rest })

/** `names`: each with how its inode is made. */
const directory = (names: ReadonlyMap<string, () => Inode>, modifiedAt: number): Inode =>
  systemInode("directory", 0o755, {
    modifiedAt,
    links: 2,
    provider: { list: () => [...names.keys()], lookup: (name) => names.get(name)?.() },
  })

/** /var/log/pods: a directory a Pod, in it one a container, in it a file a start. */
const podLogs = (runtime: LoggingRuntime, since: number): Inode => {
  const pods = new Map<string, Map<string, Map<string, () => Inode>>>()
  for (const { id, createdAt, logPath } of runtime.inventory().containers) {
    if (!logPath.startsWith(PODS)) continue
    const [pod, container, name] = logPath.slice(PODS.length).split("/")
    const containers = pods.get(pod) ?? new Map<string, Map<string, () => Inode>>()
    pods.set(pod, containers)
    const files = containers.get(container) ?? new Map<string, () => Inode>()
    containers.set(container, files)
    files.set(name, () =>
      file(() => runtime.logs(id).map(criLine).join(""), {
        modifiedAt: runtime.logs(id).at(-1)?.at ?? createdAt,
        follow: (changed) => runtime.followLogs(id, changed, () => {}),
      }),
    )
  }
  const made = new Map<string, () => Inode>()
  for (const [pod, containers] of pods) {
    const inner = new Map([...containers].map(([name, files]) => [name, () => directory(files, since)]))
    made.set(pod, () => directory(inner, since))
  }
  return directory(made, since)
}

/** /var/log/containers: links that collectors of logs read names from. As pkg/kubelet/kuberuntime legacyLogSymlink. */
const containerLinks = (runtime: LoggingRuntime, since: number): Inode => {
  const { sandboxes, containers } = runtime.inventory()
  const places = new Map(sandboxes.map((one) => [one.id, one]))
  const links = new Map<string, () => Inode>()
  for (const { id, sandboxId, name, createdAt, logPath } of containers) {
    const place = places.get(sandboxId)
    if (place && logPath.startsWith(PODS))
      links.set(`${place.name}_${place.namespace}_${name}-${id}.log`, () =>
        systemInode("symlink", 0o777, { target: logPath, modifiedAt: createdAt }),
      )
  }
  return directory(links, since)
}

/** Gives a machine its /var/log. Nothing is kept for it: each file is written out when somebody looks. `runtimeOf`: a node's. */
export const provideLogs = (machine: SimulatedMachine, runtimeOf: () => LoggingRuntime | undefined): void => {
  const since = machine.sim.now()
  const line = ({ at, identifier, pid, message }: JournalEntry): string =>
    `${iso(at).replace("Z", "000+00:00")} ${machine.namespace.hostname} ${identifier}${pid > 0 ? `[${pid}]` : ""}: ${message}\n`
  const system = (wanted: (entry: JournalEntry) => boolean): Inode => {
    const entries = () => machine.journal.entries.filter(wanted)
    return file(() => entries().map(line).join(""), {
      modifiedAt: entries().at(-1)?.at ?? since,
      gid: ADM,
      follow: (changed) => machine.journal.follow((entry) => wanted(entry) && changed()),
    })
  }
  const ofPods: Readonly<Record<string, (runtime: LoggingRuntime, since: number) => Inode>> = { containers: containerLinks, pods: podLogs }
  machine.provide("/var/log", {
    list: () => [...Object.keys(SYSTEM), ...(runtimeOf() ? Object.keys(ofPods) : [])],
    lookup(name) {
      if (Object.hasOwn(SYSTEM, name)) return system(SYSTEM[name])
      const runtime = runtimeOf()
      return runtime && Object.hasOwn(ofPods, name) ? ofPods[name](runtime, since) : undefined
    },
  })
}
