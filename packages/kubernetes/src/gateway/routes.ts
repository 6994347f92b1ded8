/** What HTTPRoutes ask of a Gateway: which request goes where, and what is changed on its way. As the Gateway API's specification has it. */
import { RE2JS } from "re2js"

export interface Backend {
  namespace: string
  name: string
  port: number
  weight: number
}

export interface Filter {
  type: string
  [field: string]: unknown
}

interface Match {
  path: { type: string; value: string }
  method: string | undefined
  headers: readonly { type: string; name: string; value: string }[]
  queryParams: readonly { type: string; name: string; value: string }[]
}

export interface Rule {
  /** Hosts it is for, lower case; empty: all. */
  hosts: readonly string[]
  match: Match
  filters: readonly Filter[]
  backends: readonly Backend[]
  /** A reference that cannot be followed: 500. */
  broken: boolean
  /** Ports of the listeners that it is attached to. */
  ports: readonly number[]
  /** Older routes go first. */
  created: string
  order: number
}

type Shape = Record<string, unknown>
const list = (value: unknown): readonly Shape[] => (Array.isArray(value) ? (value as Shape[]) : [])
const text = (value: unknown, fallback = ""): string => (typeof value === "string" ? value : fallback)

/** One rule a match; without matches, everything below "/". */
export const matchesOf = (rule: Shape): Match[] => {
  const given = list(rule.matches)
  return (given.length > 0 ? given : [{}]).map((one) => {
    const path = (one.path ?? {}) as Shape
    const pairs = (value: unknown) =>
      list(value).map((it) => ({ type: text(it.type, "Exact"), name: text(it.name), value: text(it.value) }))
    return {
      path: { type: text(path.type, "PathPrefix"), value: text(path.value, "/") },
      method: typeof one.method === "string" ? one.method : undefined,
      headers: pairs(one.headers),
      queryParams: pairs(one.queryParams),
    }
  })
}

const MOST_PATTERNS = 64
const patterns = new Map<string, RE2JS | undefined>()

const pattern = (source: string): RE2JS | undefined => {
  if (!patterns.has(source)) {
    if (patterns.size >= MOST_PATTERNS) patterns.clear()
    try {
      patterns.set(source, RE2JS.compile(source))
    } catch {
      patterns.set(source, undefined)
    }
  }
  return patterns.get(source)
}

const agrees = (type: string, wanted: string, given: string | undefined): boolean =>
  given !== undefined && (type === "RegularExpression" ? (pattern(wanted)?.matches(given) ?? false) : given === wanted)

const pathAgrees = ({ type, value }: Match["path"], path: string): boolean => {
  if (type === "Exact") return path === value
  if (type === "RegularExpression") return pattern(value)?.matcher(path).lookingAt() ?? false
  const prefix = value.replace(/\/$/, "")
  return path === prefix || path.startsWith(`${prefix}/`)
}

/** "*.example.com" covers one label or more. */
export const hostAgrees = (wanted: string, host: string): boolean =>
  wanted === host || (wanted.startsWith("*.") && host.endsWith(wanted.slice(1)) && host.length > wanted.length - 1)

export interface Asked {
  port: number
  host: string
  /** Without its query. */
  path: string
  query: string
  method: string
  headers: Readonly<Record<string, string>>
}

const fits = ({ match, hosts, ports }: Rule, asked: Asked): boolean => {
  if (!ports.includes(asked.port)) return false
  if (hosts.length > 0 && !hosts.some((host) => hostAgrees(host, asked.host))) return false
  if (!pathAgrees(match.path, asked.path)) return false
  if (match.method !== undefined && match.method !== asked.method) return false
  const query = new Map(asked.query.split("&").map((pair) => pair.split("=") as [string, string | undefined]))
  return (
    match.headers.every(({ type, name, value }) => agrees(type, value, asked.headers[name.toLowerCase()])) &&
    match.queryParams.every(({ type, name, value }) => agrees(type, value, query.get(name) ?? undefined))
  )
}

const RANK: Readonly<Record<string, number>> = { Exact: 2, PathPrefix: 1, RegularExpression: 0 }

/** The most specific host, then exact paths, longer ones, methods, more headers, more parameters; then the older. */
const before = (a: Rule, b: Rule): number => {
  const specific = ({ hosts }: Rule) => Math.max(0, ...hosts.map((host) => (host.startsWith("*") ? host.length : host.length + 1_000)))
  return (
    specific(b) - specific(a) ||
    (RANK[b.match.path.type] ?? 0) - (RANK[a.match.path.type] ?? 0) ||
    b.match.path.value.length - a.match.path.value.length ||
    Number(b.match.method !== undefined) - Number(a.match.method !== undefined) ||
    b.match.headers.length - a.match.headers.length ||
    b.match.queryParams.length - a.match.queryParams.length ||
    a.created.localeCompare(b.created) ||
    a.order - b.order
  )
}

export const ruleFor = (rules: readonly Rule[], asked: Asked): Rule | undefined => rules.filter((rule) => fits(rule, asked)).sort(before)[0]

/** By weight; `chance` is from 0 (included) to 1. */
export const backendOf = (rule: Rule, chance: number): Backend | undefined => {
  const total = rule.backends.reduce((sum, { weight }) => sum + weight, 0)
  let left = chance * total
  return rule.backends.find(({ weight }) => (left -= weight) < 0)
}

/** ReplacePrefixMatch and ReplaceFullPath. */
const replaced = (path: string, prefix: string, change: unknown): string => {
  const { type, replaceFullPath, replacePrefixMatch } = (change ?? {}) as Shape
  if (type === "ReplaceFullPath") return text(replaceFullPath, path)
  if (type !== "ReplacePrefixMatch") return path
  const rest = path.slice(prefix.replace(/\/$/, "").length).replace(/^\//, "")
  const base = text(replacePrefixMatch).replace(/\/$/, "")
  return rest === "" ? base || "/" : `${base}/${rest}`
}

const changed = (headers: Readonly<Record<string, string>>, change: unknown): Record<string, string> => {
  const next = { ...headers }
  const { set, add, remove } = (change ?? {}) as Shape
  for (const { name, value } of list(set)) next[text(name).toLowerCase()] = text(value)
  for (const { name, value } of list(add)) {
    const key = text(name).toLowerCase()
    next[key] = next[key] === undefined ? text(value) : `${next[key]}, ${text(value)}`
  }
  for (const name of Array.isArray(remove) ? (remove as string[]) : []) delete next[text(name).toLowerCase()]
  return next
}

export interface Passed {
  path: string
  host: string
  headers: Record<string, string>
  /** Instead of passing it on. */
  redirect?: { status: number; location: string }
}

/** The request as it goes on. */
export const filtered = (rule: Rule, asked: Asked): Passed => {
  let { path, host } = asked
  let headers = { ...asked.headers }
  for (const filter of rule.filters) {
    if (filter.type === "RequestHeaderModifier") headers = changed(headers, filter.requestHeaderModifier)
    if (filter.type === "URLRewrite") {
      const change = (filter.urlRewrite ?? {}) as Shape
      host = text(change.hostname, host)
      path = replaced(path, rule.match.path.value, change.path)
    }
    if (filter.type === "RequestRedirect") {
      const change = (filter.requestRedirect ?? {}) as Shape
      const scheme = text(change.scheme, "http")
      const port = typeof change.port === "number" ? change.port : change.scheme === undefined ? asked.port : scheme === "https" ? 443 : 80
      const usual = (scheme === "http" && port === 80) || (scheme === "https" && port === 443)
      const to = `${scheme}://${text(change.hostname, host)}${usual ? "" : `:${port}`}${replaced(path, rule.match.path.value, change.path)}`
      const query = asked.query ? `?${asked.query}` : ""
      return {
        path,
        host,
        headers,
        redirect: { status: typeof change.statusCode === "number" ? change.statusCode : 302, location: `${to}${query}` },
      }
    }
  }
  return { path, host, headers }
}

export const answered = (rule: Rule, headers: Readonly<Record<string, string>>): Record<string, string> =>
  rule.filters.reduce<Record<string, string>>(
    (all, filter) => (filter.type === "ResponseHeaderModifier" ? changed(all, filter.responseHeaderModifier) : all),
    { ...headers },
  )
