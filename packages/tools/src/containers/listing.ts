/** What docker and podman show: containers, images, networks, volumes, and all about one. */
import { goTemplate, TemplateError } from "@drydock/gotemplate"
import { columns, humanDuration, humanSize } from "../tables.ts"
import { type Engine, type EngineContainer, EngineError } from "./engine.ts"
import type { Options } from "./options.ts"

export const short = (id: string): string => id.replace("sha256:", "").slice(0, 12)

/** docker leaves its own image's age to the registry: these are two weeks old. */
const ageOf = (engine: Engine, full: string, now: number): string => {
  const built = engine.built.get(full)
  return built === undefined ? "2 weeks ago" : `${humanDuration(now - built)} ago`
}

const table = (engine: Engine, rows: readonly (readonly string[])[]): string =>
  engine.flavour === "docker" ? columns(rows, 10, 3) : columns(rows, 12, 2)

/** --format: a template a line; "table" before it is left out, "json" is JSON. */
export const formatted = (format: string, items: readonly object[]): string => {
  if (format === "json" || format === "{{json .}}") return items.map((item) => `${JSON.stringify(item)}\n`).join("")
  const template = format.replace(/^table\s+/, "").replaceAll("\\t", "\t")
  try {
    return items.map((item) => `${goTemplate(template, item, { json: (value) => JSON.stringify(value) })}\n`).join("")
  } catch (error) {
    if (error instanceof TemplateError) throw new EngineError(error.message)
    throw error
  }
}

const portsText = (engine: Engine, container: EngineContainer): string => {
  const published = container.settings.ports.map(({ host, container: inner, protocol }) => `0.0.0.0:${host}->${inner}/${protocol}`)
  const exposed = (engine.runtime.imageSettings(container.image)?.exposes ?? [])
    .filter((port) => !container.settings.ports.some((one) => one.container === port))
    .map((port) => `${port}/tcp`)
  return [...published, ...exposed].join(", ")
}

const statusText = (engine: Engine, container: EngineContainer, now: number): string => {
  const status = engine.status(container)
  if (status?.state === "running") return `Up ${humanDuration(now - status.startedAt)}`
  if (status?.state === "exited") return `Exited (${status.exitCode}) ${humanDuration(now - status.finishedAt)} ago`
  return "Created"
}

const quoted = (text: string): string => (text.length > 20 ? `"${text.slice(0, 19)}…"` : `"${text}"`)

export const containerTable = (engine: Engine, options: Options, now: number): string => {
  const filters = options.all("filter", "f")
  const fits = (container: EngineContainer): boolean =>
    filters.every((filter) => {
      const [key, value = ""] = filter.split(/=(.*)/s)
      const state = engine.status(container)?.state ?? "created"
      if (key === "name") return container.name.includes(value)
      if (key === "status") return state === value
      if (key === "ancestor")
        return (
          container.image === engine.fullName(value) || container.image.startsWith(`${engine.fullName(value).replace(/:latest$/, "")}:`)
        )
      if (key === "label")
        return value.includes("=")
          ? container.settings.labels[value.split("=")[0]] === value.split(/=(.*)/s)[1]
          : value in container.settings.labels
      return key === "id" ? container.id.startsWith(value) : true
    })
  const all = options.on("all", "a") || filters.some((filter) => filter.startsWith("status="))
  const shown = engine.containers.filter((one) => (all || engine.status(one)?.state === "running") && fits(one))
  const listed = options.on("latest", "l") ? engine.containers.slice(0, 1) : shown
  if (options.on("quiet", "q")) return listed.map(({ id }) => `${options.on("no-trunc") ? id : short(id)}\n`).join("")
  const items = listed.map((one) => ({
    ID: options.on("no-trunc") ? one.id : short(one.id),
    Image: engine.shownName(one.image).replace(engine.flavour === "docker" ? /:latest$/ : /$^/, ""),
    Command: engine.flavour === "docker" ? quoted(one.words.join(" ")) : one.words.slice(0, 2).join(" ").slice(0, 20),
    CreatedAt: new Date(Math.floor(one.createdAt)).toISOString(),
    RunningFor: `${humanDuration(now - one.createdAt)} ago`,
    Status: statusText(engine, one, now),
    State: engine.status(one)?.state ?? "created",
    Ports: portsText(engine, one),
    Names: one.name,
    Labels: Object.entries(one.settings.labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(","),
    Networks: one.settings.network ?? "bridge",
  }))
  const format = options.text("format")
  if (format !== undefined) return formatted(format, items)
  const head = ["CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES"]
  return table(engine, [head, ...items.map((one) => [one.ID, one.Image, one.Command, one.RunningFor, one.Status, one.Ports, one.Names])])
}

export const imageTable = (engine: Engine, options: Options, now: number): string => {
  const [wanted] = options.words
  const items = engine.runtime
    .listImages()
    .map(({ id, sizeBytes, repoTags }) => {
      const [full] = repoTags
      const colon = full.lastIndexOf(":")
      const nameless = full.includes("<none>")
      return {
        Repository: nameless ? "<none>" : engine.shownName(full.slice(0, colon)),
        Tag: nameless ? "<none>" : full.slice(colon + 1),
        ID: options.on("no-trunc") ? id : short(id),
        CreatedSince: ageOf(engine, full, now),
        Size: humanSize(sizeBytes, engine.flavour === "podman" ? " " : ""),
        full,
      }
    })
    .filter(({ full }) => !/^localhost\/(build|saved)\//.test(full))
    .filter(
      ({ full }) =>
        wanted === undefined || full === engine.fullName(wanted) || full.startsWith(`${engine.fullName(wanted).replace(/:latest$/, "")}:`),
    )
    .sort((a, b) => (engine.built.get(b.full) ?? 0) - (engine.built.get(a.full) ?? 0) || (a.full < b.full ? -1 : 1))
  if (options.on("quiet", "q")) return [...new Set(items.map(({ ID }) => ID))].map((id) => `${id}\n`).join("")
  const format = options.text("format")
  if (format !== undefined) return formatted(format, items)
  const head = ["REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE"]
  return table(engine, [head, ...items.map((one) => [one.Repository, one.Tag, one.ID, one.CreatedSince, one.Size])])
}

export const networkTable = (engine: Engine, options: Options): string => {
  const items = [...engine.networks].map(([name, { id, driver }]) => ({ ID: short(id), Name: name, Driver: driver, Scope: "local" }))
  if (options.on("quiet", "q")) return items.map(({ ID }) => `${ID}\n`).join("")
  const format = options.text("format")
  if (format !== undefined) return formatted(format, items)
  return engine.flavour === "docker"
    ? table(engine, [["NETWORK ID", "NAME", "DRIVER", "SCOPE"], ...items.map(({ ID, Name, Driver, Scope }) => [ID, Name, Driver, Scope])])
    : table(engine, [["NETWORK ID", "NAME", "DRIVER"], ...items.map(({ ID, Name, Driver }) => [ID, Name, Driver])])
}

export const volumeTable = (engine: Engine, options: Options): string => {
  const names = [...engine.volumes.keys()].sort()
  if (options.on("quiet", "q")) return names.map((name) => `${name}\n`).join("")
  return table(engine, [["DRIVER", "VOLUME NAME"], ...names.map((name) => ["local", name])])
}

const iso = (at: number): string => (at === 0 ? "0001-01-01T00:00:00Z" : new Date(Math.floor(at)).toISOString())

const containerFacts = (engine: Engine, one: EngineContainer): object => {
  const status = engine.status(one)
  const defaults = engine.runtime.imageSettings(one.image)
  const env = {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    ...defaults?.env,
    ...Object.fromEntries(one.settings.env),
  }
  const bindings = Object.fromEntries(
    one.settings.ports.map(({ host, container, protocol }) => [
      `${container}/${protocol}`,
      [{ HostIp: "0.0.0.0", HostPort: String(host) }],
    ]),
  )
  const network = one.settings.network ?? "bridge"
  return {
    Id: one.id,
    Created: iso(one.createdAt),
    Path: one.words[0] ?? "",
    Args: one.words.slice(1),
    State: {
      Status: status?.state ?? "created",
      Running: status?.state === "running",
      Paused: false,
      Restarting: false,
      OOMKilled: status?.reason === "OOMKilled",
      Dead: false,
      ExitCode: status?.exitCode ?? 0,
      Error: "",
      StartedAt: iso(status?.startedAt ?? 0),
      FinishedAt: iso(status?.finishedAt ?? 0),
    },
    Image: engine.runtime.imageStatus(one.image)?.id ?? "",
    Name: engine.flavour === "docker" ? `/${one.name}` : one.name,
    RestartCount: 0,
    Driver: "overlay2",
    Platform: "linux",
    HostConfig: {
      Binds: one.settings.mounts.map(({ source, target, readOnly }) => `${source}:${target}${readOnly ? ":ro" : ""}`),
      NetworkMode: network,
      PortBindings: bindings,
      RestartPolicy: { Name: one.settings.restart, MaximumRetryCount: 0 },
      AutoRemove: one.settings.remove,
      Privileged: one.settings.privileged,
      ReadonlyRootfs: one.settings.readOnly,
      Memory: one.settings.memory,
    },
    Mounts: one.settings.mounts.map(({ source, target, readOnly }) =>
      /^[./]/.test(source)
        ? { Type: "bind", Source: source, Destination: target, Mode: "", RW: !readOnly, Propagation: "rprivate" }
        : {
            Type: "volume",
            Name: source,
            Source: engine.volumePath(source),
            Destination: target,
            Driver: "local",
            Mode: "z",
            RW: !readOnly,
          },
    ),
    Config: {
      Hostname: one.settings.hostname ?? short(one.id),
      User: one.settings.user ?? "",
      Env: Object.entries(env).map(([key, value]) => `${key}=${value}`),
      Cmd: one.settings.command.length > 0 ? one.settings.command : (defaults?.command ?? []),
      Image: one.settings.image,
      WorkingDir: one.settings.workingDirectory ?? defaults?.workingDirectory ?? "",
      Entrypoint: defaults?.entrypoint ?? null,
      Labels: one.settings.labels,
      Tty: one.settings.tty,
    },
    NetworkSettings: {
      IPAddress: one.ip,
      Gateway: one.ip.replace(/\.\d+$/, ".1"),
      Ports: bindings,
      Networks: {
        [network]: { IPAddress: one.ip, Gateway: one.ip.replace(/\.\d+$/, ".1"), NetworkID: engine.networks.get(network)?.id ?? "" },
      },
    },
  }
}

const imageFacts = (engine: Engine, full: string): object => {
  const status = engine.runtime.imageStatus(full)
  const settings = engine.runtime.imageSettings(full)
  return {
    Id: status?.id ?? "",
    RepoTags: [engine.shownName(full)],
    RepoDigests: status?.repoDigests ?? [],
    Created: iso(engine.built.get(full) ?? 0),
    Architecture: "amd64",
    Os: "linux",
    Size: status?.sizeBytes ?? 0,
    Config: {
      Env: Object.entries(settings?.env ?? {}).map(([key, value]) => `${key}=${value}`),
      Cmd: settings?.command ?? [],
      Entrypoint: settings?.entrypoint ?? [],
      WorkingDir: settings?.workingDirectory ?? "",
      User: settings?.user === undefined ? "" : String(settings.user),
      ExposedPorts: Object.fromEntries((settings?.exposes ?? []).map((port) => [`${port}/tcp`, {}])),
    },
  }
}

const networkFacts = (engine: Engine, name: string): object => {
  const network = engine.networks.get(name)
  return {
    Name: name,
    Id: network?.id ?? "",
    Created: iso(network?.createdAt ?? 0),
    Scope: "local",
    Driver: network?.driver ?? "",
    Containers: Object.fromEntries(
      engine.containers
        .filter((one) => (one.settings.network ?? "bridge") === name && engine.status(one)?.state === "running")
        .map((one) => [one.id, { Name: one.name, IPv4Address: `${one.ip}/16` }]),
    ),
  }
}

/** All about what has this name, of one kind or of any. Undefined when nothing has. */
export const factsOf = (
  engine: Engine,
  name: string,
  kind: "container" | "image" | "network" | "volume" | undefined,
): object | undefined => {
  const container = kind === undefined || kind === "container" ? engine.find(name) : undefined
  if (container) return containerFacts(engine, container)
  const image = kind === undefined || kind === "image" ? engine.findImage(name) : undefined
  if (image) return imageFacts(engine, image)
  if ((kind === undefined || kind === "network") && engine.networks.has(name)) return networkFacts(engine, name)
  if ((kind === undefined || kind === "volume") && engine.volumes.has(name))
    return {
      CreatedAt: iso(engine.volumes.get(name)?.createdAt ?? 0),
      Driver: "local",
      Labels: null,
      Mountpoint: engine.volumePath(name),
      Name: name,
      Options: null,
      Scope: "local",
    }
  return undefined
}
