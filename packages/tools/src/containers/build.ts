/** docker build: each stage is a container whose files become an image. */
import { type Files, type Process, type Steps, SystemError } from "@drydock/machine"
import { expand, type Instruction, pairs, parseDockerfile } from "./dockerfile.ts"
import { type Engine, type EngineContainer, EngineError } from "./engine.ts"
import type { ImageSettings } from "./runtime.ts"

export interface BuildOptions {
  readonly context: string
  readonly file: string
  readonly tags: readonly string[]
  readonly arguments: ReadonlyMap<string, string>
  readonly target?: string
}

interface Stage {
  readonly name: string
  container: EngineContainer
  settings: ImageSettings
}

const plainRun = (image: string, command: readonly string[], settings: ImageSettings) => ({
  image,
  command,
  entrypoint: "",
  env: new Map(Object.entries(settings.env)),
  ports: [],
  mounts: [],
  labels: {},
  restart: "no",
  tty: false,
  stdin: false,
  remove: false,
  privileged: false,
  readOnly: false,
  memory: 0,
  ...(settings.workingDirectory && { workingDirectory: settings.workingDirectory }),
})

const EMPTY = "scratch"

class Builder {
  readonly engine: Engine
  readonly process: Process
  readonly options: BuildOptions
  readonly stages: Stage[] = []
  readonly values = new Map<string, string>()
  #temporary = 0

  constructor(engine: Engine, process: Process, options: BuildOptions) {
    this.engine = engine
    this.process = process
    this.options = options
  }

  get stage(): Stage {
    const stage = this.stages.at(-1)
    if (!stage) throw new EngineError("no build stage in current context")
    return stage
  }

  /** The stage's files as an image with a name of its own, for what comes on top. */
  #interim(): string {
    const ref = `localhost/build/${this.process.pid}-${++this.#temporary}:interim`
    this.engine.runtime.commit(this.stage.container.id, ref, this.stage.settings)
    return ref
  }

  *from({ rest }: Instruction): Steps<void> {
    const [given, , name = ""] = expand(rest, this.values).split(/\s+/)
    const earlier = this.stages.find((stage) => stage.name === given)
    if (given === EMPTY) throw new EngineError("FROM scratch: an image without any file cannot be simulated")
    let image = given
    let settings: ImageSettings | undefined
    if (earlier) {
      image = `localhost/build/${this.process.pid}-${++this.#temporary}:interim`
      this.engine.runtime.commit(earlier.container.id, image, earlier.settings)
      ;({ settings } = earlier)
    } else {
      if (!this.engine.findImage(image)) yield* this.engine.pull(this.process, image)
      settings = this.engine.runtime.imageSettings(this.engine.findImage(image) as string)
    }
    if (!settings) throw new EngineError(`failed to resolve source metadata for ${given}: not found`)
    const container = yield* this.engine.create(this.process, plainRun(image, ["true"], settings))
    this.stages.push({ name, container, settings })
  }

  *run({ rest, words }: Instruction): Steps<void> {
    const { stage } = this
    const command = words ?? ["/bin/sh", "-c", rest]
    const image = this.#interim()
    const settings = { ...stage.settings, env: { ...stage.settings.env, ...Object.fromEntries(this.values) } }
    const next = yield* this.engine.create(this.process, plainRun(image, command, settings))
    this.engine.start(next)
    const code = yield* this.engine.wait(this.process, next)
    for (const { text } of this.engine.runtime.logs(next.id)) yield* this.process.print(`${text}\n`)
    this.engine.remove(stage.container)
    stage.container = next
    this.engine.runtime.removeImage(image)
    if (code !== 0)
      throw new EngineError(
        this.engine.flavour === "docker"
          ? `ERROR: failed to build: failed to solve: process "${command.join(" ")}" did not complete successfully: exit code: ${code}`
          : `Error: building at STEP "RUN ${rest}": while running runtime: exit status ${code}`,
      )
  }

  *copy({ name, rest, words, flags }: Instruction): Steps<void> {
    const { stage, process, options } = this
    const parts = (words ?? rest.split(/\s+/)).map((part) => expand(part, this.values))
    const target = parts.pop() ?? "."
    const from = flags.from
    const earlier = this.stages.find((one, at) => one.name === from || String(at) === from)
    const source: Files = earlier ? this.engine.runtime.filesOf(earlier.container.id) : process.files
    const root = earlier ? "" : options.context
    const files = this.engine.runtime.filesOf(stage.container.id)
    const base = target.startsWith("/") ? target : `${stage.settings.workingDirectory || "/"}/${target}`
    for (const part of parts) {
      const clean = part.replace(/^\.?\//, "").replace(/\/$/, "")
      const path = clean === "" || clean === "." ? root || "/" : `${root}/${clean}`
      if (!source.exists(path))
        throw new EngineError(
          this.engine.flavour === "docker"
            ? `ERROR: failed to build: failed to solve: failed to compute cache key: failed to calculate checksum of ref: "/${clean}": not found`
            : `Error: building at STEP "${name} ${rest}": checking on sources under "${options.context}": copier: stat: "/${clean}": no such file or directory`,
        )
      const directory = source.stat(path).type === "directory"
      const into = directory
        ? base
        : target.endsWith("/") || target === "." || isDirectory(files, base)
          ? `${base}/${clean.split("/").at(-1)}`
          : base
      copyTree(source, path, files, into)
    }
  }

  *step(instruction: Instruction): Steps<void> {
    const { name, rest, words } = instruction
    if (name === "FROM") return yield* this.from(instruction)
    if (name === "ARG") {
      for (const text of rest.split(/\s+/)) {
        const [key, otherwise = ""] = text.split("=")
        this.values.set(key, this.options.arguments.get(key) ?? otherwise)
      }
      return
    }
    const { stage } = this
    const text = expand(rest, new Map([...this.values, ...Object.entries(stage.settings.env)]))
    const set = (settings: Partial<ImageSettings>) => {
      stage.settings = { ...stage.settings, ...settings }
    }
    switch (name) {
      case "RUN":
        return yield* this.run(instruction)
      case "COPY":
      case "ADD":
        return yield* this.copy(instruction)
      case "CMD":
        return set({ command: words ?? ["/bin/sh", "-c", rest] })
      case "ENTRYPOINT":
        return set({ entrypoint: words ?? ["/bin/sh", "-c", rest], command: [] })
      case "ENV":
        return set({ env: { ...stage.settings.env, ...Object.fromEntries(pairs(text)) } })
      case "WORKDIR": {
        const directory = text.startsWith("/") ? text : `${stage.settings.workingDirectory || ""}/${text}`
        const files = this.engine.runtime.filesOf(stage.container.id)
        if (!files.exists(directory)) files.mkdir(directory, { parents: true })
        return set({ workingDirectory: directory })
      }
      case "EXPOSE":
        return set({
          exposes: [
            ...stage.settings.exposes,
            ...text
              .split(/\s+/)
              .map((port) => Number.parseInt(port, 10))
              .filter(Number.isInteger),
          ],
        })
      case "USER":
        return set({ user: this.#userId(text) })
    }
  }

  #userId(text: string): number {
    const [name] = text.split(":")
    if (/^\d+$/.test(name)) return Number(name)
    const files = this.engine.runtime.filesOf(this.stage.container.id)
    const line = files.exists("/etc/passwd")
      ? files
          .readText("/etc/passwd")
          .split("\n")
          .find((one) => one.startsWith(`${name}:`))
      : undefined
    return Number(line?.split(":")[2] ?? 1_000)
  }
}

const isDirectory = (files: Files, path: string): boolean => files.exists(path) && files.stat(path).type === "directory"

/** A file or directory with what is below it. */
export const copyTree = (from: Files, path: string, to: Files, target: string): void => {
  const stat = from.stat(path)
  if (stat.type === "directory") {
    if (!to.exists(target)) to.mkdir(target, { parents: true })
    for (const { name } of from.list(path)) copyTree(from, `${path}/${name}`, to, `${target}/${name}`)
    return
  }
  const parent = target.slice(0, target.lastIndexOf("/"))
  if (parent && !to.exists(parent)) to.mkdir(parent, { parents: true })
  const program = from.program(path)
  if (program) to.install(target, program)
  else to.write(target, from.readBytes(path), { mode: stat.mode & 0o7777 })
}

/** Builds; the id of the image (64 hex digits). Throws EngineError. */
export function* buildImage(engine: Engine, process: Process, options: BuildOptions): Steps<string> {
  if (!process.files.exists(options.file))
    throw new EngineError(
      engine.flavour === "docker"
        ? `ERROR: failed to build: failed to solve: failed to read dockerfile: open ${options.file.split("/").at(-1)}: no such file or directory`
        : `Error: no Containerfile or Dockerfile specified or found in context directory, ${options.context}: no such file or directory`,
      engine.flavour === "docker" ? 1 : 125,
    )
  let instructions: Instruction[]
  try {
    instructions = parseDockerfile(process.files.readText(options.file))
  } catch (error) {
    throw new EngineError(`ERROR: failed to build: failed to solve: ${(error as Error).message}`)
  }
  if (instructions.length === 0) throw new EngineError("ERROR: failed to build: failed to solve: the Dockerfile cannot be empty")
  const builder = new Builder(engine, process, options)
  try {
    for (const [at, instruction] of instructions.entries()) {
      if (engine.flavour === "podman") yield* process.print(`STEP ${at + 1}/${instructions.length}: ${instruction.text}\n`)
      else yield* process.error(`#${at + 4} [${at + 1}/${instructions.length}] ${instruction.text}\n`)
      yield* builder.step(instruction)
      if (engine.flavour === "docker") yield* process.error(`#${at + 4} DONE 0.${at % 10}s\n\n`)
      if (options.target && instruction.name === "FROM" && builder.stages.at(-2)?.name === options.target) break
    }
    const { container, settings } = builder.stage
    const names = options.tags.length > 0 ? options.tags : [`<none>-${container.id.slice(0, 12)}`]
    const full = names.map((tag) => engine.builtName(tag))
    for (const ref of full) {
      engine.runtime.commit(container.id, ref, settings)
      engine.built.set(ref, process.now())
    }
    return engine.runtime.imageStatus(full[0])?.id.replace("sha256:", "") ?? ""
  } catch (error) {
    if (error instanceof SystemError) throw new EngineError(`ERROR: failed to build: failed to solve: ${error.message.toLowerCase()}`)
    throw error
  } finally {
    for (const { container } of builder.stages) if (engine.containers.includes(container)) engine.remove(container)
    for (const { repoTags } of engine.runtime.listImages())
      if (repoTags[0]?.startsWith(`localhost/build/${process.pid}-`)) engine.runtime.removeImage(repoTags[0])
  }
}
