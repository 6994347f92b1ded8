/** --from-literal, --from-file and --from-env-file. As kubectl/pkg/cmd/create/create_configmap.go and cmd/util/env_file.go. */
import { type Process, SystemError } from "@drydock/machine"
import { KubectlError } from "./errors.ts"
import type { Flags, Input } from "./flags.ts"

export const DATA_FLAGS: Flags = {
  "append-hash": { type: "bool", help: "Append a hash of the contents to the name." },
  "from-env-file": { type: "list", help: "File with lines of key=value; each is an entry." },
  "from-file": { type: "list", help: "File whose contents are an entry named like it, or as key=file; a directory's files are all taken." },
  "from-literal": { type: "array", help: "An entry as key=value" },
}

const KEY = /^[-._a-zA-Z0-9]+$/

const badKey = (key: string): string | undefined =>
  KEY.test(key) && key !== "." && key !== ".." && !key.startsWith("..") && key.length <= 253
    ? undefined
    : "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"

const readBytes = (process: Process, path: string): Uint8Array => {
  try {
    return process.files.readBytes(path)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    throw new KubectlError(`error reading ${path}: ${error.message.toLowerCase()}`)
  }
}

export interface DataEntry {
  readonly key: string
  readonly value: Uint8Array
}

/** All entries in the order of the flags. `what`: "ConfigMap" or "Secret", for messages. */
export const dataEntries = (process: Process, input: Input, what: string, name: string): DataEntry[] => {
  const entries: DataEntry[] = []
  const add = (key: string, value: Uint8Array) => {
    const fault = badKey(key)
    if (fault) throw new KubectlError(`${JSON.stringify(key)} is not a valid key name for a ${what}: ${fault}`)
    if (entries.some((entry) => entry.key === key))
      throw new KubectlError(
        `cannot add key ${JSON.stringify(key)}, another key by that name already exists in Data for ${what} ${JSON.stringify(name)}`,
      )
    entries.push({ key, value })
  }
  const encoder = new TextEncoder()
  if (input.has("from-env-file") && (input.has("from-file") || input.has("from-literal")))
    throw new KubectlError("from-env-file cannot be combined with from-file or from-literal")
  for (const given of input.list("from-file")) {
    const equals = given.indexOf("=")
    if (equals === 0) throw new KubectlError(`key name for file path ${given.slice(1)} missing`)
    if (equals > 0 && equals === given.length - 1) throw new KubectlError(`file path for key name ${given.slice(0, -1)} missing`)
    if (given.split("=").length > 2) throw new KubectlError("key names or file paths cannot contain '='")
    const path = equals < 0 ? given : given.slice(equals + 1)
    if (process.files.exists(path) && process.files.stat(path).type === "directory") {
      if (equals >= 0) throw new KubectlError(`cannot give a key name for a directory path`)
      for (const file of process.files.list(path))
        if (file.type === "file" || file.type === "symlink") add(file.name, readBytes(process, `${path.replace(/\/$/, "")}/${file.name}`))
    } else {
      const bytes = readBytes(process, path)
      add(equals < 0 ? (path.split("/").at(-1) ?? path) : given.slice(0, equals), bytes)
    }
  }
  for (const given of input.list("from-literal")) {
    const equals = given.indexOf("=")
    if (equals < 1) throw new KubectlError(`invalid literal source ${given}, expected key=value`)
    add(given.slice(0, equals), encoder.encode(given.slice(equals + 1).replace(/^(["'])([\s\S]*)\1$/, "$2")))
  }
  for (const path of input.list("from-env-file")) {
    const text = new TextDecoder().decode(readBytes(process, path))
    for (const line of text.split(/\r?\n/)) {
      const trimmed = line.trimStart()
      if (trimmed === "" || trimmed.startsWith("#")) continue
      const equals = trimmed.indexOf("=")
      const key = equals < 0 ? trimmed : trimmed.slice(0, equals)
      if (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(key))
        throw new KubectlError(
          `${JSON.stringify(key)} is not a valid key name: a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')`,
        )
      // A key alone takes the value that it has in the environment.
      const value = equals < 0 ? process.env.get(key) : trimmed.slice(equals + 1)
      if (value !== undefined) add(key, encoder.encode(value))
    }
  }
  return entries
}
