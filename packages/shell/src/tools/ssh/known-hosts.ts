/** known_hosts: which keys hosts have shown before. As hostfile.c. */
import { hmac } from "@noble/hashes/hmac.js"
import { sha1 } from "@noble/hashes/legacy.js"
import { type Process, SystemError } from "@drydock/machine"
import { base64, unbase64 } from "./keys.ts"

export interface KnownHost {
  readonly path: string
  /** From 1. */
  readonly line: number
  readonly text: string
  /** "@revoked" or "@cert-authority". */
  readonly marker: string
  readonly names: string
  readonly type: string
  readonly key: string
}

/** As known_hosts names a host: with its port unless it is 22. */
export const hostName = (host: string, port: number): string => (port === 22 ? host : `[${host}]:${port}`)

/** Patterns of ssh: * and ? and, before a name that is not meant, !. Bounded by the lengths of both. */
export const patternFits = (pattern: string, name: string): boolean => {
  let fitting = new Set([0])
  for (const character of pattern) {
    const next = new Set<number>()
    for (const at of fitting) {
      if (character === "*") for (let to = at; to <= name.length; to++) next.add(to)
      else if (at < name.length && (character === "?" || character.toLowerCase() === name[at].toLowerCase())) next.add(at + 1)
    }
    fitting = next
  }
  return fitting.has(name.length)
}

/** One of the patterns is meant, and none of those with ! is. */
export const listFits = (patterns: readonly string[], name: string): boolean => {
  let fits = false
  for (const pattern of patterns)
    if (pattern.startsWith("!")) {
      if (patternFits(pattern.slice(1), name)) return false
    } else if (patternFits(pattern, name)) fits = true
  return fits
}

const hashOf = (salt: Uint8Array, name: string): string => base64(hmac(sha1, salt, new TextEncoder().encode(name)))

/** "|1|salt|hash" in place of a name, so that the file does not tell where its owner goes. */
export const hashed = (name: string, random: () => number): string => {
  const salt = Uint8Array.from({ length: 20 }, () => Math.floor(random() * 256))
  return `|1|${base64(salt)}|${hashOf(salt, name)}`
}

const namesFit = (names: string, name: string): boolean => {
  const [, one, salt = "", hash] = names.split("|")
  return one === "1" ? hashOf(unbase64(salt), name) === hash : listFits(names.split(","), name)
}

const readText = (process: Process, path: string): string => {
  try {
    return process.files.exists(path) ? process.files.readText(path) : ""
  } catch (error) {
    if (error instanceof SystemError) return ""
    throw error
  }
}

/** All keys of these files. */
export const knownHosts = (process: Process, paths: readonly string[]): KnownHost[] =>
  paths.flatMap((path) =>
    readText(process, path)
      .split("\n")
      .flatMap((text, at): KnownHost[] => {
        const match = /^\s*(?:(@\S+)\s+)?([^\s#]\S*)\s+(\S+)\s+([A-Za-z0-9+/]+=*)/.exec(text)
        return match ? [{ path, line: at + 1, text, marker: match[1] ?? "", names: match[2], type: match[3], key: match[4] }] : []
      }),
  )

export const knownAs = (known: readonly KnownHost[], name: string): KnownHost[] => known.filter(({ names }) => namesFit(names, name))

/** Adds a line; makes ~/.ssh when it is not there. False when that could not be. */
export const addKnownHost = (process: Process, path: string, names: string, type: string, key: string): boolean => {
  const { files } = process
  try {
    const directory = path.slice(0, path.lastIndexOf("/"))
    if (directory !== "" && !files.exists(directory)) files.mkdir(directory, { mode: 0o700 })
    const before = readText(process, path)
    const line = `${names} ${type} ${key}\n`
    files.write(path, before === "" || before.endsWith("\n") ? before + line : `${before}\n${line}`, { mode: 0o600 })
    return true
  } catch (error) {
    if (error instanceof SystemError) return false
    throw error
  }
}
