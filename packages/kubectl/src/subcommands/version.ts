/** kubectl version */
import { goJson } from "@drydock/gotemplate"
import { CLIENT } from "../api.ts"
import { defineSubcommand } from "../define-subcommand.ts"
import { ConnectionError, KubectlError } from "../errors.ts"
import { toYaml } from "../printing/yaml.ts"

const KUSTOMIZE = "v5.7.1"

export const CLIENT_VERSION = {
  ...CLIENT,
  gitTreeState: "clean",
  buildDate: "2026-02-26T20:05:34Z",
  goVersion: "go1.25.7",
  compiler: "gc",
  platform: "linux/amd64",
} as const

interface ServerVersion {
  gitVersion: string
  major?: string
  minor?: string
}

/** Client and server may be one minor version apart. */
const skew = ({ major = "1", minor = "0" }: ServerVersion): string | undefined => {
  const apart = Number(CLIENT.minor) - Number.parseInt(minor, 10)
  return Math.abs(apart) > 1
    ? `Warning: version difference between client (${CLIENT.major}.${CLIENT.minor}) and server (${major}.${Number.parseInt(minor, 10)}) exceeds the supported minor version skew of +/-1\n`
    : undefined
}

export const version = defineSubcommand({
  path: ["version"],
  group: "Other Commands",
  summary: "Print the client and server version information",
  usage: "",
  examples: [["Both", "kubectl version"]],
  flags: {
    client: { type: "bool", help: "The client's alone; no server is asked." },
    output: { short: "o", type: "string", help: "yaml or json." },
  },
  *run(input, { api, process }) {
    if (input.words.length > 0) throw new KubectlError(`extra arguments: [${input.words.join(" ")}]`)
    const output = input.text("output")
    if (output && output !== "yaml" && output !== "json") throw new KubectlError("--output must be 'yaml' or 'json'")
    let server: ServerVersion | undefined
    let failure: KubectlError | undefined
    if (!input.bool("client"))
      try {
        server = yield* api.get<ServerVersion>("/version?timeout=32s")
      } catch (error) {
        if (!(error instanceof ConnectionError)) throw error
        failure = error
      }
    if (output) {
      const value = { clientVersion: CLIENT_VERSION, kustomizeVersion: KUSTOMIZE, ...(server && { serverVersion: server }) }
      yield* process.print(output === "yaml" ? `${toYaml(value)}\n` : `${goJson(value, "  ", true)}\n`)
    } else
      yield* process.print(
        `Client Version: ${CLIENT.gitVersion}\nKustomize Version: ${KUSTOMIZE}\n${server ? `Server Version: ${server.gitVersion}\n` : ""}`,
      )
    const warning = server && skew(server)
    if (warning) yield* process.error(warning)
    if (failure) throw failure
    return 0
  },
})
