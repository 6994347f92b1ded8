/** docker, podman and nerdctl: one engine a machine, spoken to in each one's way. */
import type { Process, Program, Steps } from "@drydock/machine"
import type { Archives } from "../archives.ts"
import { buildImage, copyTree } from "./build.ts"
import { Engine, type EngineContainer, EngineError, type RunSettings } from "./engine.ts"
import { containerTable, factsOf, formatted, imageTable, networkTable, short, volumeTable } from "./listing.ts"
import { type Options, parseOptions } from "./options.ts"
import type { EngineRuntime } from "./runtime.ts"
import { joined } from "./session.ts"

const RUN_SWITCHES = "d detach i interactive t tty rm privileged read-only init P publish-all q quiet no-healthcheck oom-kill-disable"
const SWITCHES =
  "a all q quiet no-trunc f force l latest s size d detach i interactive t tty follow timestamps no-cache rm pull-always squash digests v volumes details privileged help n"
const GROUPS = new Set([
  "container",
  "image",
  "network",
  "volume",
  "system",
  "builder",
  "buildx",
  "compose",
  "swarm",
  "service",
  "stack",
  "node",
  "context",
  "plugin",
  "secret",
  "config",
  "manifest",
])

const sizes: Readonly<Record<string, number>> = { b: 1, k: 1_024, m: 1_024 ** 2, g: 1_024 ** 3 }
const bytes = (text: string | undefined): number => {
  const [, amount = "0", unit = "b"] = /^([\d.]+)([bkmg])?/i.exec(text ?? "") ?? []
  return Number(amount) * sizes[unit.toLowerCase()]
}

class Tool {
  readonly process: Process
  readonly engine: Engine
  readonly archives: Archives

  constructor(process: Process, engine: Engine, archives: Archives) {
    this.process = process
    this.engine = engine
    this.archives = archives
  }

  get docker(): boolean {
    return this.engine.flavour === "docker"
  }

  print(text: string): Steps<void> {
    return this.process.print(text)
  }

  settings(options: Options): RunSettings {
    const [image, ...command] = options.words
    if (image === undefined) throw new EngineError(`"docker run" requires at least 1 argument.\nSee 'docker run --help'.`, 125)
    const env = new Map<string, string>()
    for (const file of options.all("env-file"))
      for (const line of this.process.files.readText(file).split("\n"))
        if (line.includes("=") && !line.startsWith("#")) env.set(line.split("=")[0], line.slice(line.indexOf("=") + 1))
    for (const pair of options.all("env", "e"))
      env.set(pair.split("=")[0], pair.includes("=") ? pair.slice(pair.indexOf("=") + 1) : (this.process.env.get(pair) ?? ""))
    const ports = options.all("publish", "p").map((text) => {
      const [, protocol = "tcp"] = text.split("/")
      const parts = text.split("/")[0].split(":")
      const container = Number(parts.at(-1))
      return { host: parts.length > 1 ? Number(parts.at(-2)) : 32_768 + Math.floor(this.process.random() * 20_000), container, protocol }
    })
    const mounts = [
      ...options.all("volume", "v").map((text) => {
        const [source, target, mode = ""] = text.split(":")
        return target === undefined
          ? { source: `anonymous-${short(String(this.process.random()).slice(2))}`, target: source, readOnly: false }
          : { source, target, readOnly: mode.split(",").includes("ro") }
      }),
      ...options.all("mount").map((text) => {
        const fields = Object.fromEntries(text.split(",").map((pair) => pair.split(/=(.*)/s)))
        const readOnly = "readonly" in fields || "ro" in fields
        return { source: fields.source ?? fields.src ?? "", target: fields.target ?? fields.destination ?? fields.dst ?? "", readOnly }
      }),
    ]
    const labels = Object.fromEntries(options.all("label", "l").map((pair) => [pair.split("=")[0], pair.slice(pair.indexOf("=") + 1)]))
    const part = <Key extends string>(key: Key, value: string | undefined) =>
      value === undefined ? {} : ({ [key]: value } as Record<Key, string>)
    return {
      image,
      command,
      env,
      ports,
      mounts,
      labels,
      ...part("name", options.text("name")),
      ...part("entrypoint", options.text("entrypoint")),
      ...part("workingDirectory", options.text("workdir", "w")),
      ...part("user", options.text("user", "u")),
      ...part("hostname", options.text("hostname", "h")),
      ...part("network", options.text("network", "net")),
      restart: options.text("restart") ?? "no",
      tty: options.on("tty", "t"),
      stdin: options.on("interactive", "i"),
      remove: options.on("rm"),
      privileged: options.on("privileged"),
      readOnly: options.on("read-only"),
      memory: bytes(options.text("memory", "m")),
    }
  }

  /** The container, its image pulled when it is not here. */
  *made(options: Options): Steps<EngineContainer> {
    const settings = this.settings(options)
    if (!this.engine.findImage(settings.image)) yield* this.pullOne(settings.image, true)
    return yield* this.engine.create(this.process, settings)
  }

  *pullOne(ref: string, asked = false): Steps<void> {
    const { engine, process } = this
    const full = engine.fullName(ref)
    const colon = full.lastIndexOf(":")
    if (this.docker) {
      if (asked) yield* process.error(`Unable to find image '${engine.shownName(full)}' locally\n`)
      yield* (asked ? process.error : process.print).call(process, `${asked || /:[^/]+$/.test(ref) ? "" : "Using default tag: latest\n"}`)
    } else yield* process.error(`Trying to pull ${full}...\n`)
    try {
      yield* engine.pull(process, ref)
    } catch (error) {
      if (asked && error instanceof EngineError)
        throw new EngineError(this.docker ? `docker: ${error.message}\n\nRun 'docker run --help' for more information` : error.message, 125)
      throw error
    }
    const digest = engine.runtime.imageStatus(full)?.repoDigests[0]?.split("@")[1] ?? ""
    if (this.docker) {
      const name = full.slice(0, colon).replace("docker.io/", "")
      const text = `${full.slice(colon + 1)}: Pulling from ${name}\n${digest.slice(7, 19)}: Pull complete\nDigest: ${digest}\nStatus: Downloaded newer image for ${engine.shownName(full)}\n`
      if (asked) yield* process.error(text)
      else yield* process.print(`${text}${full}\n`)
    } else {
      yield* process.error("Getting image source signatures\nWriting manifest to image destination\n")
      if (!asked) yield* process.print(`${engine.runtime.imageStatus(full)?.id.replace("sha256:", "") ?? ""}\n`)
    }
  }

  *run(args: readonly string[]): Steps<number> {
    const options = parseOptions(args, RUN_SWITCHES, true)
    const container = yield* this.made(options)
    const { engine, process } = this
    if (options.on("detach", "d")) {
      engine.start(container)
      yield* this.print(`${container.id}\n`)
      return 0
    }
    const { stdin, tty } = container.settings
    const { error } = yield* joined(process, { stdin, tty }, (session) => {
      const opened = engine.runtime.attach(container.id, session)
      engine.start(container)
      return opened
    })
    if (error) throw new EngineError(error, 126)
    const code = yield* engine.wait(process, container)
    if (container.settings.remove) engine.remove(container)
    return code
  }

  *exec(args: readonly string[]): Steps<number> {
    const options = parseOptions(args, "d detach i interactive t tty privileged", true)
    const [given = "", ...command] = options.words
    const container = this.engine.need(given)
    if (this.engine.status(container)?.state !== "running")
      throw new EngineError(
        this.docker
          ? `Error response from daemon: container ${container.id} is not running`
          : `Error: can only create exec sessions on running containers: container state improper`,
      )
    if (command.length === 0) throw new EngineError(`"docker exec" requires at least 2 arguments.\nSee 'docker exec --help'.`)
    const pairs = options.all("env", "e")
    const real = pairs.length > 0 ? ["env", ...pairs, ...command] : command
    if (options.on("detach", "d")) {
      this.engine.runtime.exec(container.id, {
        command: real,
        tty: false,
        stdin: false,
        onStdout: () => {},
        onStderr: () => {},
        onDone: () => {},
      })
      return 0
    }
    const how = { stdin: options.on("interactive", "i"), tty: options.on("tty", "t") }
    const { code, error } = yield* joined(this.process, how, (session) =>
      this.engine.runtime.exec(container.id, { ...session, command: real }),
    )
    if (error) {
      yield* this.process.error(`${error}\n`)
      return /not found in \$PATH|no such file/.test(error) ? 127 : 126
    }
    return code
  }

  *logs(args: readonly string[]): Steps<number> {
    const options = parseOptions(args, "f follow t timestamps details")
    const container = this.engine.need(options.words[0] ?? "")
    const show = ({ at, text }: { at: number; text: string }) =>
      `${options.on("timestamps", "t") ? `${new Date(at).toISOString().replace("Z", "000000Z")} ` : ""}${text}\n`
    const all = this.engine.runtime.logs(container.id)
    const tail = options.text("tail", "n")
    const from = tail === undefined || tail === "all" ? 0 : Math.max(0, all.length - Number(tail))
    for (const line of all.slice(from)) yield* this.process.write(line.stream === "stdout" ? 1 : 2, show(line))
    if (!options.on("follow", "f")) return 0
    const queue = this.process.queue()
    const waiting: { at: number; stream: string; text: string }[] = []
    let ended = false
    const stop = this.engine.runtime.followLogs(
      container.id,
      (line) => {
        waiting.push(line)
        queue.wake()
      },
      () => {
        ended = true
        queue.wake()
      },
    )
    try {
      while (!ended || waiting.length > 0) {
        if (waiting.length === 0) yield* this.process.wait({ queues: [queue] })
        for (const line of waiting.splice(0)) yield* this.process.write(line.stream === "stdout" ? 1 : 2, show(line))
      }
    } finally {
      stop()
    }
    return 0
  }

  /** Does something to each container that is named; says the name, as both tools do. */
  *each(options: Options, act: (container: EngineContainer) => Steps<void>): Steps<number> {
    if (options.words.length === 0) throw new EngineError(`"docker" requires at least 1 argument.`)
    let failed = false
    for (const given of options.words) {
      try {
        yield* act(this.engine.need(given))
        yield* this.print(`${given}\n`)
      } catch (error) {
        if (!(error instanceof EngineError)) throw error
        failed = true
        yield* this.process.error(`${error.message}\n`)
      }
    }
    return failed ? 1 : 0
  }

  *removeContainers(args: readonly string[]): Steps<number> {
    const options = parseOptions(args, SWITCHES)
    const { engine, process } = this
    return yield* this.each(options, function* (container) {
      if (engine.status(container)?.state === "running") {
        if (!options.on("force", "f"))
          throw new EngineError(
            engine.flavour === "docker"
              ? `Error response from daemon: cannot remove container "${container.name}": container is running: stop the container before removing or force remove`
              : `Error: cannot remove container ${container.id} as it is running - running or paused containers cannot be removed without force: container state improper`,
          )
        yield* engine.stop(process, container, 0)
      }
      engine.remove(container)
    })
  }

  *removeImages(args: readonly string[]): Steps<number> {
    const options = parseOptions(args, SWITCHES)
    const { engine } = this
    let failed = false
    for (const given of options.words) {
      const full = engine.findImage(given)
      if (full === undefined) {
        failed = true
        yield* this.process.error(
          this.docker
            ? `Error response from daemon: No such image: ${given.includes(":") ? given : `${given}:latest`}\n`
            : `Error: ${given}: image not known\n`,
        )
        continue
      }
      const user = engine.containers.find(({ image }) => image === full)
      if (user && !options.on("force", "f")) {
        failed = true
        const id = short(engine.runtime.imageStatus(full)?.id ?? "")
        yield* this.process.error(
          this.docker
            ? `Error response from daemon: conflict: unable to remove repository reference "${engine.shownName(full).replace(/:latest$/, "")}" (must force) - container ${short(user.id)} is using its referenced image ${id}\n`
            : `Error: image used by ${user.id}: image is in use by a container: consider removing the container before image removal\n`,
        )
        continue
      }
      const id = engine.runtime.imageStatus(full)?.id ?? ""
      engine.runtime.removeImage(full)
      engine.built.delete(full)
      yield* this.print(`Untagged: ${engine.shownName(full)}\nDeleted: ${this.docker ? id : id.replace("sha256:", "")}\n`)
    }
    return failed ? 1 : 0
  }

  *build(args: readonly string[]): Steps<number> {
    const options = parseOptions(args, "no-cache q quiet rm force-rm pull squash load push")
    const [directory = "."] = options.words
    const { process, engine } = this
    if (options.words.length === 0) throw new EngineError(`"docker build" requires 1 argument.\nSee 'docker build --help'.`)
    const context = process.files.resolve(directory)
    const given = options.text("file", "f")
    const standard = ["Dockerfile", "Containerfile"].map((name) => `${context}/${name}`).find((path) => process.files.exists(path))
    const tags = options.all("tag", "t")
    const id = yield* buildImage(engine, process, {
      context,
      file: given === undefined ? (standard ?? `${context}/Dockerfile`) : process.files.resolve(given),
      tags,
      arguments: new Map(options.all("build-arg").map((pair) => [pair.split("=")[0], pair.slice(pair.indexOf("=") + 1)] as const)),
      ...(options.text("target") !== undefined && { target: options.text("target") as string }),
    })
    if (this.docker) {
      if (options.on("quiet", "q")) yield* this.print(`sha256:${id}\n`)
      else {
        const names = tags.map((tag) => `#9 naming to ${engine.builtName(tag)} done\n`)
        yield* process.error(
          `#9 exporting to image\n#9 exporting layers done\n#9 writing image sha256:${id} done\n${names.join("")}#9 DONE 0.1s\n`,
        )
      }
    } else
      yield* this.print(
        `COMMIT${tags[0] ? ` ${tags[0]}` : ""}\n--> ${short(id)}\n${tags.map((tag) => `Successfully tagged ${engine.builtName(tag)}\n`).join("")}${id}\n`,
      )
    return 0
  }

  *save(args: readonly string[]): Steps<number> {
    const options = parseOptions(args, "q quiet m multi-image-archive compress help")
    if (options.on("help")) {
      yield* this.print(
        `Save an image to an archive\n\nUsage:\n  ${this.engine.flavour} save [options] IMAGE\n\nOptions:\n  -o, --output string   where to write the archive\n      --format string   docker-archive, oci-archive, docker-dir or oci-dir\n`,
      )
      return 0
    }
    const { engine, process, archives } = this
    const refs = options.words.map((given) => {
      const full = engine.findImage(given)
      if (full === undefined)
        throw new EngineError(
          this.docker ? `Error response from daemon: reference does not exist` : `Error: ${given}: image not known`,
          this.docker ? 1 : 125,
        )
      return full
    })
    const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
    const entries = refs.map((full) => {
      const id = engine.runtime.imageStatus(full)?.id.replace("sha256:", "") ?? ""
      // What the image is stays with the engine: under a name that load finds again.
      engine.runtime.tagImage(full, `localhost/saved/${id}:kept`)
      engine.saved.set(id, full)
      return { Config: `${id}.json`, RepoTags: [engine.shownName(full)], Layers: [`${id}/layer.tar`], full }
    })
    const archive = archives.pack(
      [
        { name: "manifest.json", type: "file", mode: 0o644, data: encode(entries) },
        ...entries.map(({ Config, full }) => ({
          name: Config,
          type: "file" as const,
          mode: 0o644,
          data: encode(factsOf(engine, full, "image")),
        })),
      ],
      process.now(),
    )
    const to = options.text("output", "o")
    if (to === undefined) {
      if (process.fds.get(1)?.kind === "tty") throw new EngineError("cowardly refusing to save to a terminal. Use the -o flag or redirect")
      yield* process.write(1, archive)
    } else process.files.write(to, archive)
    return 0
  }

  *load(args: readonly string[]): Steps<number> {
    const options = parseOptions(args, "q quiet")
    const { engine, process, archives } = this
    const from = options.text("input", "i")
    if (from !== undefined && !process.files.exists(from))
      throw new EngineError(
        this.docker ? `open ${from}: no such file or directory` : `Error: stat ${from}: no such file or directory`,
        this.docker ? 1 : 125,
      )
    const data = from === undefined ? yield* process.readAll(0) : process.files.readBytes(from)
    const manifest = archives.unpack(data[0] === 0x1f ? archives.gunzip(data) : data).find(({ name }) => name === "manifest.json")
    if (!manifest)
      throw new EngineError(
        this.docker
          ? "Error response from daemon: invalid archive: does not contain a manifest.json"
          : "Error: payload does not match any of the supported image formats",
        125,
      )
    for (const { Config, full } of JSON.parse(new TextDecoder().decode(manifest.data)) as { Config: string; full: string }[]) {
      const id = Config.replace(".json", "")
      if (!engine.runtime.tagImage(`localhost/saved/${id}:kept`, full)) yield* engine.pull(process, full)
      else engine.built.set(full, process.now())
      yield* this.print(`Loaded image: ${engine.shownName(full)}\n`)
    }
    return 0
  }

  *inspect(args: readonly string[], kind?: "container" | "image" | "network" | "volume"): Steps<number> {
    const options = parseOptions(args, "s size")
    const { engine } = this
    const found: object[] = []
    const missing: string[] = []
    for (const name of options.words) {
      const facts = factsOf(engine, name, kind ?? (options.text("type") as typeof kind))
      if (facts) found.push(facts)
      else
        missing.push(
          this.docker
            ? `${kind ? `Error response from daemon: No such ${kind}: ${name}` : `error: no such object: ${name}`}\n`
            : `Error: no such object: "${name}"\n`,
        )
    }
    const format = options.text("format", "f")
    yield* this.print(format === undefined ? `${JSON.stringify(found, null, 4)}\n` : formatted(format, found))
    if (missing.length > 0) yield* this.process.error(missing.join(""))
    return missing.length > 0 ? 1 : 0
  }

  *copy(args: readonly string[]): Steps<number> {
    const [from = "", to = ""] = parseOptions(args, "a archive q quiet L").words
    const split = (text: string) => {
      const [, name, path] = /^([^/:]+):(.*)$/.exec(text) ?? []
      return name === undefined
        ? { files: this.process.files, path: this.process.files.resolve(text) }
        : { files: this.engine.runtime.filesOf(this.engine.need(name).id), path: path.startsWith("/") ? path : `/${path}` }
    }
    const [source, target] = [split(from), split(to)]
    if (!source.files.exists(source.path)) throw new EngineError(`lstat ${source.path}: no such file or directory`)
    const inside = target.files.exists(target.path) && target.files.stat(target.path).type === "directory"
    copyTree(
      source.files,
      source.path,
      target.files,
      inside ? `${target.path.replace(/\/$/, "")}/${source.path.split("/").at(-1)}` : target.path,
    )
    yield* this.process.error(this.docker ? `Successfully copied 2.05kB to ${to}\n` : "")
    return 0
  }

  *network(action: string, args: readonly string[]): Steps<number> {
    const options = parseOptions(args, "q quiet f force no-trunc internal attachable ipv6")
    const { engine, process } = this
    switch (action) {
      case "ls":
      case "list":
        yield* this.print(networkTable(engine, options))
        return 0
      case "create": {
        const [name = ""] = options.words
        if (engine.networks.has(name)) throw new EngineError(`Error response from daemon: network with name ${name} already exists`)
        const id = Array.from({ length: 64 }, () => Math.floor(process.random() * 16).toString(16)).join("")
        engine.networks.set(name, { id, driver: options.text("driver", "d") ?? "bridge", createdAt: process.now() })
        yield* this.print(`${this.docker ? id : name}\n`)
        return 0
      }
      case "rm":
      case "remove":
        for (const name of options.words) {
          if (!engine.networks.has(name)) throw new EngineError(`Error response from daemon: network ${name} not found`)
          const user = engine.containers.find((one) => one.settings.network === name && engine.status(one)?.state === "running")
          if (user)
            throw new EngineError(
              `Error response from daemon: error while removing network: network ${name} has active endpoints (name:"${user.name}")`,
            )
          engine.networks.delete(name)
          yield* this.print(`${name}\n`)
        }
        return 0
      case "inspect":
        return yield* this.inspect(args, "network")
      case "prune":
        return 0
      default:
        throw new EngineError(`${engine.flavour} network ${action} is not simulated here`)
    }
  }

  *volume(action: string, args: readonly string[]): Steps<number> {
    const options = parseOptions(args, "q quiet f force a all")
    const { engine, process } = this
    switch (action) {
      case "ls":
      case "list":
        yield* this.print(volumeTable(engine, options))
        return 0
      case "create": {
        const name = options.words[0] ?? Array.from({ length: 64 }, () => Math.floor(process.random() * 16).toString(16)).join("")
        if (!engine.volumes.has(name)) engine.addVolume(process, name)
        yield* this.print(`${name}\n`)
        return 0
      }
      case "rm":
      case "remove":
        for (const name of options.words) {
          if (!engine.volumes.has(name)) throw new EngineError(`Error response from daemon: get ${name}: no such volume`)
          const users = engine.containers.filter(({ settings }) => settings.mounts.some(({ source }) => source === name))
          if (users.length > 0)
            throw new EngineError(
              `Error response from daemon: remove ${name}: volume is in use - [${users.map(({ id }) => id).join(", ")}]`,
            )
          engine.volumes.delete(name)
          process.files.remove(engine.volumePath(name), { recursive: true })
          yield* this.print(`${name}\n`)
        }
        return 0
      case "inspect":
        return yield* this.inspect(args, "volume")
      case "prune":
        for (const name of [...engine.volumes.keys()])
          if (!engine.containers.some(({ settings }) => settings.mounts.some(({ source }) => source === name))) engine.volumes.delete(name)
        yield* this.print("Total reclaimed space: 0B\n")
        return 0
      default:
        throw new EngineError(`${engine.flavour} volume ${action} is not simulated here`)
    }
  }

  *prune(what: string): Steps<number> {
    const { engine } = this
    if (what !== "image") for (const one of [...engine.containers]) if (engine.status(one)?.state !== "running") engine.remove(one)
    yield* this.print("Total reclaimed space: 0B\n")
    return 0
  }

  *command(name: string, args: readonly string[]): Steps<number> {
    const { engine, process } = this
    const options = () => parseOptions(args, SWITCHES)
    switch (name) {
      case "ps":
        yield* this.print(containerTable(engine, options(), process.now()))
        return 0
      case "images":
        yield* this.print(imageTable(engine, options(), process.now()))
        return 0
      case "run":
        return yield* this.run(args)
      case "create": {
        yield* this.print(`${(yield* this.made(parseOptions(args, RUN_SWITCHES, true))).id}\n`)
        return 0
      }
      case "start":
        return yield* this.each(options(), function* (one) {
          engine.start(one)
        })
      case "stop":
      case "kill": {
        const given = parseOptions(args, "a all")
        const seconds = name === "kill" ? 0 : Number(given.text("time", "timeout", "t") ?? 10)
        return yield* this.each(given, (one) => engine.stop(process, one, seconds * 1_000))
      }
      case "restart":
        return yield* this.each(options(), function* (one) {
          yield* engine.stop(process, one, 10_000)
          engine.start(one)
        })
      case "wait": {
        for (const given of options().words) yield* this.print(`${yield* engine.wait(process, engine.need(given))}\n`)
        return 0
      }
      case "rm":
        return yield* this.removeContainers(args)
      case "rmi":
        return yield* this.removeImages(args)
      case "pull": {
        for (const ref of options().words) yield* this.pullOne(ref)
        return 0
      }
      case "push": {
        const [ref = ""] = options().words
        const full = engine.findImage(ref)
        if (!full) throw new EngineError(`An image does not exist locally with the tag: ${ref}`)
        yield* this.print(`The push refers to repository [${full.replace(/:[^/:]+$/, "")}]\n`)
        throw new EngineError("denied: requested access to the resource is denied")
      }
      case "tag": {
        const [from = "", to = ""] = options().words
        const full = engine.findImage(from)
        if (!full)
          throw new EngineError(
            this.docker ? `Error response from daemon: No such image: ${from}` : `Error: ${from}: image not known`,
            this.docker ? 1 : 125,
          )
        engine.runtime.tagImage(full, engine.builtName(to))
        const built = engine.built.get(full)
        if (built !== undefined) engine.built.set(engine.builtName(to), built)
        return 0
      }
      case "build":
        return yield* this.build(args)
      case "exec":
        return yield* this.exec(args)
      case "logs":
        return yield* this.logs(args)
      case "attach": {
        const one = engine.need(options().words[0] ?? "")
        yield* joined(process, one.settings, (session) => engine.runtime.attach(one.id, session))
        return engine.status(one)?.exitCode ?? 0
      }
      case "inspect":
        return yield* this.inspect(args)
      case "cp":
        return yield* this.copy(args)
      case "save":
        return yield* this.save(args)
      case "load":
        return yield* this.load(args)
      case "rename": {
        const [from = "", to = ""] = options().words
        engine.need(from).name = to
        return 0
      }
      case "port": {
        const one = engine.need(options().words[0] ?? "")
        yield* this.print(
          one.settings.ports.map(({ host, container, protocol }) => `${container}/${protocol} -> 0.0.0.0:${host}\n`).join(""),
        )
        return 0
      }
      case "commit": {
        const [given = "", ref = ""] = options().words
        const one = engine.need(given)
        const settings = engine.runtime.imageSettings(one.image)
        const full = engine.builtName(ref || `commit-${short(one.id)}`)
        if (settings) engine.runtime.commit(one.id, full, settings)
        engine.built.set(full, process.now())
        yield* this.print(`${engine.runtime.imageStatus(full)?.id ?? ""}\n`)
        return 0
      }
      case "stats": {
        const rows = engine.containers
          .filter((one) => engine.status(one)?.state === "running")
          .map((one) => {
            const { cpuNanoCores, memoryBytes } = engine.runtime.stats(one.id)
            return `${short(one.id)}   ${one.name.padEnd(20)}${(cpuNanoCores / 1e7).toFixed(2)}%     ${(memoryBytes / 1_024 ** 2).toFixed(2)}MiB\n`
          })
        yield* this.print(`CONTAINER ID   NAME                CPU %     MEM USAGE\n${rows.join("")}`)
        return 0
      }
      case "top": {
        const given = parseOptions(args, "", true)
        const one = engine.need(given.words[0] ?? "")
        const { code } = yield* joined(process, { stdin: false, tty: false }, (session) =>
          engine.runtime.exec(one.id, { ...session, command: ["ps"] }),
        )
        return code
      }
      case "version":
        yield* this.print(
          this.docker
            ? "Client: Docker Engine - Community\n Version:           29.1.3\n API version:       1.52\n Go version:        go1.25.5\n OS/Arch:           linux/amd64\n\nServer: Docker Engine - Community\n Engine:\n  Version:          29.1.3\n  API version:      1.52 (minimum version 1.44)\n  OS/Arch:          linux/amd64\n"
            : "Client:       Podman Engine\nVersion:      4.9.3\nAPI Version:  4.9.3\nOS/Arch:      linux/amd64\n",
        )
        return 0
      case "info": {
        const running = engine.containers.filter((one) => engine.status(one)?.state === "running").length
        yield* this.print(
          `Client:\n Version:    29.1.3\n Context:    default\n\nServer:\n Containers: ${engine.containers.length}\n  Running: ${running}\n  Paused: 0\n  Stopped: ${engine.containers.length - running}\n Images: ${engine.runtime.listImages().length}\n Server Version: 29.1.3\n Storage Driver: overlay2\n Cgroup Driver: systemd\n Cgroup Version: 2\n Operating System: Ubuntu 24.04.3 LTS\n OSType: linux\n Architecture: x86_64\n Name: ${process.hostname}\n`,
        )
        return 0
      }
      case "login":
        yield* process.error(
          'Error response from daemon: Get "https://registry-1.docker.io/v2/": unauthorized: incorrect username or password\n',
        )
        return 1
      case "logout":
        yield* this.print("Removing login credentials for https://index.docker.io/v1/\n")
        return 0
      default:
        throw new EngineError(
          this.docker
            ? `docker: unknown command: docker ${name}\n\nRun 'docker --help' for more information`
            : `Error: unrecognized command \`podman ${name}\`\nTry 'podman --help' for more information`,
          this.docker ? 1 : 125,
        )
    }
  }

  /** "docker container ls" is "docker ps". */
  *grouped(group: string, args: readonly string[]): Steps<number> {
    const [action = "", ...rest] = args
    switch (group) {
      case "container":
        if (action === "inspect") return yield* this.inspect(rest, "container")
        if (action === "prune") return yield* this.prune("container")
        return yield* this.command(["ls", "list", "ps"].includes(action) ? "ps" : action, rest)
      case "image":
        if (action === "inspect") return yield* this.inspect(rest, "image")
        if (action === "prune") return yield* this.prune("image")
        return yield* this.command({ ls: "images", list: "images", rm: "rmi" }[action] ?? action, rest)
      case "network":
        return yield* this.network(action, rest)
      case "volume":
        return yield* this.volume(action, rest)
      case "buildx":
      case "builder":
        return yield* this.command(action, rest)
      case "system":
        if (action === "prune") return yield* this.prune("system")
        return yield* this.command(action === "df" ? "images" : action, rest)
      case "swarm":
      case "service":
      case "stack":
      case "node":
        throw new EngineError(
          group === "swarm"
            ? "Error response from daemon: swarm mode is not simulated here: Kubernetes is what this machine is for"
            : 'Error response from daemon: This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
        )
      default:
        throw new EngineError(`${this.engine.flavour}: '${group}' is not simulated here`)
    }
  }
}

const USAGE = (name: string) =>
  `Usage:  ${name} [OPTIONS] COMMAND\n\nContainers:  run create start stop kill restart rm ps exec attach logs inspect cp port rename wait top stats commit\nImages:      build pull push images rmi tag save load\nOthers:      network volume system info version\n`

/** One program under each name. `engine`: the machine's, made when it is first asked for. */
export const containerToolProgram = (engine: (process: Process) => Engine, archives: Archives): Program =>
  function* (process) {
    const [name = "docker"] = (process.argv[0] ?? "").split("/").slice(-1)
    const [word, ...args] = process.argv.slice(1)
    if (word === undefined || word === "--help" || word === "help") {
      yield* process.print(USAGE(name))
      return 0
    }
    if (word === "--version" || word === "-v") {
      yield* process.print(name === "podman" ? "podman version 4.9.3\n" : "Docker version 29.1.3, build f52814d\n")
      return 0
    }
    try {
      const tool = new Tool(process, engine(process), archives)
      return yield* GROUPS.has(word) ? tool.grouped(word, args) : tool.command(word, args)
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
      yield* process.error(`${error.message}\n`)
      return error.code
    }
  }

export { Engine, type EngineRuntime }
