/** What "run" and "create" make of their flags. */
import type { Steps } from "@drydock/machine"
import type { Call } from "./command.ts"
import { type EngineContainer, EngineError, type RunSettings } from "./engine.ts"
import { short } from "./listing.ts"
import type { Options } from "./options.ts"
import { pullImage } from "./pull-image.ts"

const sizes: Readonly<Record<string, number>> = { b: 1, k: 1_024, m: 1_024 ** 2, g: 1_024 ** 3 }
const bytes = (text: string | undefined): number => {
  const [, amount = "0", unit = "b"] = /^([\d.]+)([bkmg])?/i.exec(text ?? "") ?? []
  return Number(amount) * sizes[unit.toLowerCase()]
}

const settingsOf = ({ process }: Call, options: Options): RunSettings => {
  const [image, ...command] = options.words
  if (image === undefined) throw new EngineError(`"docker run" requires at least 1 argument.\nSee 'docker run --help'.`, 125)
  const env = new Map<string, string>()
  for (const file of options.all("env-file"))
    for (const line of process.files.readText(file).split("\n"))
      if (line.includes("=") && !line.startsWith("#")) env.set(line.split("=")[0], line.slice(line.indexOf("=") + 1))
  for (const pair of options.all("env", "e"))
    env.set(pair.split("=")[0], pair.includes("=") ? pair.slice(pair.indexOf("=") + 1) : (process.env.get(pair) ?? ""))
  const ports = options.all("publish", "p").map((text) => {
    const [, protocol = "tcp"] = text.split("/")
    const parts = text.split("/")[0].split(":")
    const container = Number(parts.at(-1))
    return { host: parts.length > 1 ? Number(parts.at(-2)) : 32_768 + Math.floor(process.random() * 20_000), container, protocol }
  })
  const mounts = [
    ...options.all("volume", "v").map((text) => {
      const [source, target, mode = ""] = text.split(":")
      return target === undefined
        ? { source: `anonymous-${short(String(process.random()).slice(2))}`, target: source, readOnly: false }
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
export function* newContainer(call: Call, options: Options): Steps<EngineContainer> {
  const settings = settingsOf(call, options)
  if (!call.engine.findImage(settings.image)) yield* pullImage(call, settings.image, true)
  return yield* call.engine.create(call.process, settings)
}
