/** Which location of a server a path falls into, and what rewrites make of it. As src/http/ngx_http_core_module.c and ngx_http_rewrite_module.c. */
import { nginxPattern, type NginxPattern } from "@drydock/kubernetes"
import { all, type Directive } from "./nginx-config.ts"

const patterns = new WeakMap<Directive, NginxPattern | "none">()

/** A directive's pattern, compiled once. */
const patternOf = (directive: Directive, source: string, caseless = false): NginxPattern | undefined => {
  let known = patterns.get(directive)
  if (!known) {
    known = nginxPattern(source, caseless) ?? "none"
    patterns.set(directive, known)
  }
  return known === "none" ? undefined : known
}

export interface Located {
  readonly block: readonly Directive[]
  /** What of the path the location is named by: "/api/". */
  readonly prefix: string
  /** Of a pattern: the match and its groups. */
  readonly captures: readonly string[]
}

/** An exact one; else the first pattern that matches, unless the longest prefix forbids it; else that prefix. Undefined: none. */
export const locationFor = (server: readonly Directive[], path: string): Located | undefined => {
  let longest: { directive: Directive; prefix: string; final: boolean } | undefined
  const byPattern: { directive: Directive; source: string; caseless: boolean }[] = []
  for (const directive of all(server, "location")) {
    const { args } = directive
    const [modifier, pattern] = args.length > 1 ? [args[0], args[1]] : ["", args[0] ?? "/"]
    if (modifier === "=") {
      if (path === pattern) return { block: directive.block ?? [], prefix: pattern, captures: [] }
    } else if (modifier.startsWith("~")) byPattern.push({ directive, source: pattern, caseless: modifier === "~*" })
    else if (!pattern.startsWith("@") && path.startsWith(pattern) && pattern.length > (longest?.prefix.length ?? -1))
      longest = { directive, prefix: pattern, final: modifier === "^~" }
  }
  if (!longest?.final)
    for (const { directive, source, caseless } of byPattern) {
      const captures = patternOf(directive, source, caseless)?.match(path)
      if (captures) return { block: directive.block ?? [], prefix: "/", captures }
    }
  return longest && { block: longest.directive.block ?? [], prefix: longest.prefix, captures: [] }
}

/** A location that others lead to: "@name". */
export const namedLocation = (server: readonly Directive[], name: string): Located | undefined => {
  const found = all(server, "location").find(({ args }) => args[0] === name)
  return found && { block: found.block ?? [], prefix: "/", captures: [] }
}

export interface Rewritten {
  readonly uri: string
  /** Query; undefined: as it was. */
  readonly args: string | undefined
  /** Look for a location again, stay here, or send the client there. */
  readonly next: "last" | "break" | 301 | 302
}

/** The client's own query follows, unless the replacement ends in "?". */
const withQuery = (target: string, query: string): string =>
  target.endsWith("?") ? target.slice(0, -1) : query === "" ? target : `${target}${target.includes("?") ? "&" : "?"}${query}`

/** What the rewrite directives of a block make of `path`; undefined: nothing. */
export const rewritten = (
  block: readonly Directive[],
  path: string,
  query: string,
  expand: (text: string, captures: readonly string[]) => string,
): Rewritten | undefined => {
  let uri = path
  let args: string | undefined
  let changed = false
  for (const directive of all(block, "rewrite")) {
    const [pattern = "", replacement = "", flag] = directive.args
    const captures = patternOf(directive, pattern)?.match(uri)
    if (!captures) continue
    const target = expand(replacement, captures)
    const outside = /^(https?:\/\/|\$scheme)/.test(target)
    if (outside || flag === "redirect" || flag === "permanent")
      return { uri: withQuery(target, query), args: undefined, next: flag === "permanent" ? 301 : 302 }
    const [bare, added] = target.split("?")
    uri = bare
    if (added !== undefined) args = added
    changed = true
    if (flag === "last" || flag === "break") return { uri, args, next: flag }
  }
  return changed ? { uri, args, next: "last" } : undefined
}
