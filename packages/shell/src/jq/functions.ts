/** jq's functions that are not written in jq: over values, text, numbers, arrays and paths. */
import { PerlRegex, PerlSyntaxError } from "../text/perl-regex.ts"
import { JqError } from "./error.ts"
import { clipped, type Environment, type Machine, type Native, take, truth } from "./evaluate.ts"
import { formatAs } from "./formats.ts"
import { compare, compareText, type Json, type JsonObject, JsonSyntaxError, parseJson, printJson, typeOf } from "./json.ts"
import type { Ast } from "./parse.ts"
import { assignPath, deletePaths, getPath, index, type Path } from "./paths.ts"
import { dateFunctions } from "./dates.ts"

const MAX_RANGE = 250_000

/** Every combination of the values of `args`, the last varying slowest, as jq has it. */
export function* combinations(machine: Machine, args: readonly Ast[], env: Environment, input: Json): Generator<Json[]> {
  const [first, ...rest] = args
  if (!first) {
    yield []
    return
  }
  for (const others of combinations(machine, rest, env, input))
    for (const value of machine.values(first, env, input)) yield [value, ...others]
}

/** A function of its input and the values of its arguments. */
export const simple = (work: (input: Json, args: Json[], machine: Machine) => Json): Native =>
  function* (machine, args, env, input) {
    for (const values of combinations(machine, args, env, input)) yield { value: work(input, values, machine), path: undefined }
  }

const wanted = (value: Json, what: string): never => {
  throw new JqError(`${typeOf(value)} (${clipped(value)}) ${what}`)
}

const array = (value: Json, what: string): Json[] => (Array.isArray(value) ? value : wanted(value, what))
const text = (value: Json, what: string): string => (typeof value === "string" ? value : wanted(value, what))
const number = (value: Json): number => (typeof value === "number" ? value : wanted(value, "number required"))
const keysOf = (value: Json): Json[] =>
  value instanceof Map
    ? [...value.keys()].sort(compareText)
    : Array.isArray(value)
      ? value.map((_, at) => at)
      : wanted(value, "has no keys")

const has = (value: Json, key: Json): boolean => {
  if (value instanceof Map && typeof key === "string") return value.has(key)
  if (Array.isArray(value) && typeof key === "number") return key >= 0 && key < value.length
  throw new JqError(`Cannot check whether ${typeOf(value)} has a ${typeof key === "string" ? "string" : typeOf(key)} key`)
}

const contains = (a: Json, b: Json): boolean => {
  if (a instanceof Map && b instanceof Map) return [...b].every(([key, value]) => a.has(key) && contains(a.get(key) ?? null, value))
  if (Array.isArray(a) && Array.isArray(b))
    return b.every((item) => a.some((other) => typeOf(other) === typeOf(item) && contains(other, item)))
  if (typeof a === "string" && typeof b === "string") return a.includes(b)
  if (typeOf(a) === typeOf(b) || (typeof a === "boolean" && typeof b === "boolean")) return compare(a, b) === 0
  throw new JqError(`${typeOf(a)} (${clipped(a)}) and ${typeOf(b)} (${clipped(b)}) cannot have their containment checked`)
}

const flatten = (items: Json[], depth: number): Json[] =>
  items.flatMap((item) => (Array.isArray(item) ? (depth > 0 ? flatten(item, depth - 1) : [item]) : [item]))

/** Items with their sort keys, in order (stable). */
function keyed(machine: Machine, by: Ast | undefined, env: Environment, input: Json, what: string): { key: Json; item: Json }[] {
  return array(input, what)
    .map((item) => {
      machine.step()
      return { key: by ? [...machine.values(by, env, item)] : item, item }
    })
    .sort((a, b) => compare(a.key, b.key))
}

const grouped = (items: readonly { key: Json; item: Json }[]): { key: Json; item: Json }[][] => {
  const groups: { key: Json; item: Json }[][] = []
  for (const one of items) {
    const last = groups.at(-1)
    if (last && compare(last[0].key, one.key) === 0) last.push(one)
    else groups.push([one])
  }
  return groups
}

const sorting = (work: (items: { key: Json; item: Json }[]) => Json, what: string): Native =>
  function* (machine, [by], env, input) {
    yield { value: work(keyed(machine, by, env, input, what)), path: undefined }
  }

const NOT_SORTABLE = "cannot be sorted, as it is not an array"
const byKey: Readonly<Record<string, Native>> = {
  sort: sorting((items) => items.map(({ item }) => item), NOT_SORTABLE),
  group: sorting((items) => grouped(items).map((group) => group.map(({ item }) => item)), "cannot be grouped, as it is not an array"),
  unique: sorting((items) => grouped(items).map(([first]) => first.item), NOT_SORTABLE),
  min: sorting((items) => items[0]?.item ?? null, "number required"),
  max: sorting((items) => items.at(-1)?.item ?? null, "number required"),
}

const indices = (value: Json, what: Json): Json => {
  if (value === null) return null
  if (typeof value === "string" && typeof what === "string") {
    const found: number[] = []
    if (what === "") return null
    for (let at = value.indexOf(what); at >= 0; at = value.indexOf(what, at + 1)) found.push([...value.slice(0, at)].length)
    return found
  }
  if (Array.isArray(value) && !Array.isArray(what)) return value.flatMap((item, at) => (compare(item, what) === 0 ? [at] : []))
  return index(value, what)
}

const tonumber = (value: Json): number => {
  if (typeof value === "number") return value
  if (typeof value === "string" && /^\s*-?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$/.test(value)) return Number(value)
  throw new JqError(`${typeOf(value)} (${clipped(value)}) cannot be parsed as a number`)
}

const math = (work: (x: number) => number): Native => simple((input) => work(number(input)))

interface Found {
  offset: number
  length: number
  string: string | null
  name: string | null
}

/** Matches of a regular expression, each with its captures. */
const matches = (input: Json, pattern: Json, flags: Json): { whole: Found; captures: Found[] }[] => {
  const subject = text(input, "cannot be matched, as it is not a string")
  const [source, letters] = Array.isArray(pattern) ? [pattern[0] ?? "", pattern[1] ?? null] : [pattern, flags]
  if (typeof source !== "string") throw new JqError(`${typeOf(source)} (${clipped(source)}) cannot be matched, as it is not a string`)
  const has = (letter: string) => typeof letters === "string" && letters.includes(letter)
  let regex: PerlRegex
  try {
    regex = new PerlRegex(source, { ignoreCase: has("i"), extended: has("x"), dotAll: has("s") || has("p") })
  } catch (error) {
    if (!(error instanceof PerlSyntaxError)) throw error
    throw new JqError(`${source} (at offset 0) is not a valid regex: ${error.message}`)
  }
  const names = new Map([...regex.names].map(([name, at]) => [at, name]))
  const place = (at: number) => [...subject.slice(0, at)].length
  const found: { whole: Found; captures: Found[] }[] = []
  for (let at = 0; at <= subject.length; ) {
    const match = regex.find(subject, at)
    if (!match) break
    const [whole = "", ...groups] = match.groups
    if (!(has("n") && whole === ""))
      found.push({
        whole: { offset: place(match.index), length: [...whole].length, string: whole, name: null },
        captures: groups.map((group, number) => ({
          offset: group === undefined ? -1 : place(match.starts[number + 1]),
          length: [...(group ?? "")].length,
          string: group ?? null,
          name: names.get(number + 1) ?? null,
        })),
      })
    if (!has("g")) break
    at = match.end > match.index ? match.end : match.end + 1
  }
  return found
}

const asObject = (found: Found, captures?: Found[]): JsonObject => {
  const object: JsonObject = new Map<string, Json>([
    ["offset", found.offset],
    ["length", found.length],
    ["string", found.string],
  ])
  if (captures)
    object.set(
      "captures",
      captures.map((one) => asObject(one).set("name", one.name)),
    )
  return object
}

const captured = (captures: readonly Found[]): JsonObject =>
  new Map(captures.flatMap(({ name, string }) => (name === null ? [] : [[name, string] as const])))

/** sub and gsub: the replacement sees the captures as its input, and may give several values. */
const substitute = (global: boolean): Native =>
  function* (machine, args, env, input) {
    const [pattern, replacement, given] = args
    for (const [source, flags] of combinations(machine, given ? [pattern, given] : [pattern, { type: "literal", value: "" }], env, input)) {
      const subject = text(input, "cannot be matched, as it is not a string")
      const characters = [...subject]
      let results = [""]
      let at = 0
      for (const { whole, captures } of matches(input, source, `${typeof flags === "string" ? flags : ""}${global ? "g" : ""}`)) {
        const between = characters.slice(at, whole.offset).join("")
        const by = [...machine.values(replacement, env, captured(captures))]
        results = by.flatMap((value) => results.map((before) => before + between + text(value, "cannot be added to a string")))
        at = whole.offset + whole.length
      }
      for (const result of results) yield { value: result + characters.slice(at).join(""), path: undefined }
    }
  }

const matching = (work: (found: { whole: Found; captures: Found[] }[]) => Iterable<Json>): Native =>
  function* (machine, args, env, input) {
    for (const [pattern, flags = null] of combinations(machine, args, env, input))
      for (const value of work(matches(input, pattern, flags))) yield { value, path: undefined }
  }

const selectType = (...types: string[]): Native =>
  function* (_, __, ___, input, path) {
    if (types.includes(typeOf(input))) yield { value: input, path }
  }

const error = (value: Json): never => {
  throw new JqError(value)
}

const toStream = function* (value: Json, path: readonly Json[]): Generator<Json> {
  const entries = value instanceof Map ? [...value] : Array.isArray(value) ? [...value.entries()] : []
  if (entries.length === 0) yield [[...path], value]
  for (const [at, [key, item]] of entries.entries()) {
    yield* toStream(item, [...path, key])
    if (at === entries.length - 1) yield [[...path, key]]
  }
}

const control: Readonly<Record<string, Native>> = {
  *"empty/0"() {},
  "not/0": simple((input) => !truth(input)),
  *"error/0"(_, __, ___, input) {
    error(input)
  },
  *"error/1"(machine, [message], env, input) {
    for (const value of machine.values(message, env, input)) error(value)
  },
  *"select/1"(machine, [test], env, input, path) {
    for (const value of machine.values(test, env, input)) if (truth(value)) yield { value: input, path }
  },
  *"path/1"(machine, [expression], env, input) {
    for (const { path } of machine.paths(expression, env, input)) yield { value: [...path], path: undefined }
  },
  *"getpath/1"(machine, [which], env, input, path) {
    for (const keys of machine.values(which, env, input)) {
      const own = array(keys, "Path must be specified as an array") as Path
      yield { value: getPath(input, own), path: path && [...path, ...own] }
    }
  },
  "setpath/2": simple((input, [path, value]) => assignPath(input, array(path, "Path must be specified as an array"), value)),
  "delpaths/1": simple((input, [paths]) =>
    deletePaths(
      input,
      array(paths, "Paths must be specified as an array").map((path) => array(path, "Path must be specified as an array")),
    ),
  ),
  *"del/1"(machine, [expression], env, input) {
    yield {
      value: deletePaths(
        input,
        [...machine.paths(expression, env, input)].map(({ path }) => path),
      ),
      path: undefined,
    }
  },
  *"recurse/0"(machine, _, env, input, path) {
    yield* machine.run({ type: "recurse" }, env, input, path)
  },
  *"recurse/1"(machine, [step], env, input, path) {
    const pending = [{ value: input, path }]
    for (let next = pending.pop(); next; next = pending.pop()) {
      machine.step()
      yield next
      const found = [...machine.run(step, env, next.value, next.path)]
      pending.push(...found.reverse())
    }
  },
  *"first/1"(machine, [source], env, input, path) {
    yield* take(machine.run(source, env, input, path), 1)
  },
  *"last/1"(machine, [source], env, input, path) {
    let last: { value: Json; path: Path | undefined } | undefined
    for (const output of machine.run(source, env, input, path)) last = output
    if (last) yield last
  },
  *"limit/2"(machine, [count, source], env, input, path) {
    for (const most of machine.values(count, env, input)) yield* take(machine.run(source, env, input, path), number(most))
  },
  *"skip/2"(machine, [count, source], env, input, path) {
    for (const least of machine.values(count, env, input)) {
      let left = number(least)
      for (const output of machine.run(source, env, input, path)) if (left-- <= 0) yield output
    }
  },
  *"nth/2"(machine, [which, source], env, input, path) {
    for (const at of machine.values(which, env, input)) {
      if (number(at) < 0) error("Out of bounds negative array index")
      let left = number(at)
      for (const output of machine.run(source, env, input, path))
        if (left-- === 0) {
          yield output
          break
        }
    }
  },
  *"isempty/1"(machine, [source], env, input) {
    yield { value: machine.values(source, env, input).next().done === true, path: undefined }
  },
  *"range/1"(machine, [to], env, input) {
    for (const end of machine.values(to, env, input)) yield* range(machine, 0, number(end), 1)
  },
  *"range/2"(machine, args, env, input) {
    for (const [from, to] of combinations(machine, args, env, input)) yield* range(machine, number(from), number(to), 1)
  },
  *"range/3"(machine, args, env, input) {
    for (const [from, to, by] of combinations(machine, args, env, input)) yield* range(machine, number(from), number(to), number(by))
  },
  *"while/2"(machine, [test, update], env, input, path) {
    const pending = [{ value: input, path }]
    for (let next = pending.pop(); next; next = pending.pop()) {
      machine.step()
      if (!truth(machine.values(test, env, next.value).next().value ?? null)) continue
      yield next
      pending.push(...[...machine.run(update, env, next.value, next.path)].reverse())
    }
  },
  *"until/2"(machine, [test, update], env, input, path) {
    let at: { value: Json; path: Path | undefined } | undefined = { value: input, path }
    while (at && !truth(machine.values(test, env, at.value).next().value ?? null)) {
      machine.step()
      at = machine.run(update, env, at.value, at.path).next().value ?? undefined
    }
    if (at) yield at
  },
  *"repeat/1"(machine, [update], env, input, path) {
    const pending = [{ value: input, path }]
    for (let next = pending.pop(); next; next = pending.pop()) {
      yield next
      pending.push(...[...machine.run(update, env, next.value, next.path)].reverse())
    }
  },
  *"input/0"(machine) {
    const next = machine.options.next()
    if (next === undefined) error("No more inputs")
    else yield { value: next, path: undefined }
  },
  *"inputs/0"(machine) {
    for (let next = machine.options.next(); next !== undefined; next = machine.options.next()) yield { value: next, path: undefined }
  },
  *"debug/0"(machine, _, __, input, path) {
    machine.options.tell(`["DEBUG:",${printJson(input)}]\n`)
    yield { value: input, path }
  },
  *"debug/1"(machine, [message], env, input, path) {
    for (const value of machine.values(message, env, input)) machine.options.tell(`["DEBUG:",${printJson(value)}]\n`)
    yield { value: input, path }
  },
  *"stderr/0"(machine, _, __, input, path) {
    machine.options.tell(printJson(input))
    yield { value: input, path }
  },
  *"tostream/0"(_, __, ___, input) {
    for (const value of toStream(input, [])) yield { value, path: undefined }
  },
}

function* range(machine: Machine, from: number, to: number, by: number): Generator<{ value: Json; path: undefined }> {
  let left = MAX_RANGE
  for (let at = from; by > 0 ? at < to : by < 0 ? at > to : from < to; at += by) {
    machine.step()
    if (--left < 0) error("range too large")
    yield { value: at, path: undefined }
  }
}

const values: Readonly<Record<string, Native>> = {
  "length/0": simple((input) =>
    input === null
      ? 0
      : typeof input === "string"
        ? [...input].length
        : typeof input === "number"
          ? Math.abs(input)
          : Array.isArray(input)
            ? input.length
            : input instanceof Map
              ? input.size
              : wanted(input, "has no length"),
  ),
  "utf8bytelength/0": simple((input) => new TextEncoder().encode(text(input, "only strings have UTF-8 byte length")).length),
  "type/0": simple((input) => typeOf(input)),
  "keys/0": simple(keysOf),
  "keys_unsorted/0": simple((input) => (input instanceof Map ? [...input.keys()] : keysOf(input))),
  "has/1": simple((input, [key]) => has(input, key)),
  "contains/1": simple((input, [other]) => contains(input, other)),
  "inside/1": simple((input, [other]) => contains(other, input)),
  "add/0": simple((input) => {
    const items = input instanceof Map ? [...input.values()] : input === null ? [] : array(input, "cannot be iterated over")
    return sum(items)
  }),
  *"add/1"(machine, [source], env, input) {
    yield { value: sum([...machine.values(source, env, input)]), path: undefined }
  },
  "any/0": simple((input) => array(input, "cannot be iterated over").some(truth)),
  "all/0": simple((input) => array(input, "cannot be iterated over").every(truth)),
  "flatten/0": simple((input) => flatten(array(input, "cannot be flattened"), 1_000)),
  "flatten/1": simple((input, [depth]) =>
    number(depth) < 0 ? error("flatten depth must not be negative") : flatten(array(input, "cannot be flattened"), number(depth)),
  ),
  "reverse/0": simple((input) =>
    input === null
      ? []
      : typeof input === "string"
        ? [...input].reverse().join("")
        : [...array(input, "cannot be reversed, as it is not an array")].reverse(),
  ),
  "indices/1": simple((input, [what]) => indices(input, what)),
  "index/1": simple((input, [what]) => first(indices(input, what))),
  "rindex/1": simple((input, [what]) => lastOf(indices(input, what))),
  "transpose/0": simple((input) => {
    const rows = array(input, "cannot be transposed").map((row) => array(row, "cannot be transposed"))
    return Array.from({ length: Math.max(0, ...rows.map((row) => row.length)) }, (_, at) => rows.map((row) => row[at] ?? null))
  }),
  "to_entries/0": simple((input) =>
    input instanceof Map
      ? [...input].map(
          ([key, value]) =>
            new Map<string, Json>([
              ["key", key],
              ["value", value],
            ]),
        )
      : wanted(input, "has no keys"),
  ),
  "from_entries/0": simple((input) => {
    const object: JsonObject = new Map()
    for (const entry of input instanceof Map ? [...input.values()] : array(input, "cannot be iterated over")) {
      const field = (...names: string[]): Json => {
        if (!(entry instanceof Map)) return null
        for (const name of names) {
          const value = entry.get(name)
          if (value !== undefined && value !== null && value !== false) return value
        }
        return names.map((name) => entry.get(name)).find((value) => value !== undefined) ?? null
      }
      const key = field("key", "k", "name", "Name", "Key", "K")
      if (typeof key === "object" && key !== null) wanted(key, "cannot be used as an object key")
      object.set(typeof key === "string" ? key : printJson(key), field("value", "v", "Value", "V"))
    }
    return object
  }),
  "tostring/0": simple((input) => (typeof input === "string" ? input : printJson(input))),
  "tonumber/0": simple(tonumber),
  "toarray/0": simple((input) => (Array.isArray(input) ? input : [input])),
  "tojson/0": simple((input) => printJson(input)),
  "fromjson/0": simple((input) => {
    try {
      return parseJson(text(input, "cannot be parsed as JSON"))
    } catch (problem) {
      if (!(problem instanceof JsonSyntaxError)) throw problem
      return error(`${problem.message} (while parsing '${String(input)}')`)
    }
  }),
  "env/0": simple((_, __, machine) => new Map(machine.options.environment)),
  "builtins/0": simple(() => [...natives.keys()]),
  "input_filename/0": simple(() => null),
  "input_line_number/0": simple(() => 0),
  "now/0": simple((_, __, machine) => machine.options.now() / 1_000),
  "halt/0": simple(() =>
    error(
      new Map<string, Json>([
        ["__jq", "halt"],
        ["code", 0],
      ]),
    ),
  ),
  "halt_error/0": simple((input) =>
    error(
      new Map<string, Json>([
        ["__jq", "halt_error"],
        ["code", 5],
        ["value", input],
      ]),
    ),
  ),
  "halt_error/1": simple((input, [code]) =>
    error(
      new Map<string, Json>([
        ["__jq", "halt_error"],
        ["code", code],
        ["value", input],
      ]),
    ),
  ),
  "bsearch/1": simple((input, [target]) => {
    const items = array(input, "cannot be searched from")
    let [low, high] = [0, items.length - 1]
    while (low <= high) {
      const middle = (low + high) >> 1
      const order = compare(items[middle], target)
      if (order === 0) return middle
      if (order < 0) low = middle + 1
      else high = middle - 1
    }
    return -1 - low
  }),
}

const first = (value: Json): Json => (Array.isArray(value) ? (value[0] ?? null) : null)
const lastOf = (value: Json): Json => (Array.isArray(value) ? (value.at(-1) ?? null) : null)

/** Text and arrays are gathered at once: adding them pairwise would be quadratic. */
const sum = (items: readonly Json[]): Json => {
  if (items.length === 0) return null
  if (items.every((item) => typeof item === "string")) return items.join("")
  if (items.every((item) => Array.isArray(item))) return items.flat(1) as Json[]
  if (items.every((item) => item instanceof Map)) return new Map(items.flatMap((item) => [...item]))
  return items.reduce<Json>((total, item) => {
    if (total === null) return item
    if (item === null) return total
    if (typeof total === "number" && typeof item === "number") return total + item
    if (typeof total === "string" && typeof item === "string") return total + item
    throw new JqError(`${typeOf(total)} (${clipped(total)}) and ${typeOf(item)} (${clipped(item)}) cannot be added`)
  }, null)
}

const NOT_TEXT = "cannot be a string operand"
const strings: Readonly<Record<string, Native>> = {
  "startswith/1": simple((input, [other]) =>
    typeof input === "string" && typeof other === "string" ? input.startsWith(other) : error("startswith() requires string inputs"),
  ),
  "endswith/1": simple((input, [other]) =>
    typeof input === "string" && typeof other === "string" ? input.endsWith(other) : error("endswith() requires string inputs"),
  ),
  "ltrimstr/1": simple((input, [other]) =>
    typeof input === "string" && typeof other === "string" && input.startsWith(other) ? input.slice(other.length) : input,
  ),
  "rtrimstr/1": simple((input, [other]) =>
    typeof input === "string" && typeof other === "string" && other !== "" && input.endsWith(other) ? input.slice(0, -other.length) : input,
  ),
  "trim/0": simple((input) => text(input, "cannot be trimmed").trim()),
  "ltrim/0": simple((input) => text(input, "cannot be trimmed").trimStart()),
  "rtrim/0": simple((input) => text(input, "cannot be trimmed").trimEnd()),
  "explode/0": simple((input) => [...text(input, "cannot be exploded")].map((one) => one.codePointAt(0) ?? 0)),
  "implode/0": simple((input) =>
    array(input, "cannot be imploded")
      .map((code) => String.fromCodePoint(Math.min(0x10ffff, Math.max(0, Math.floor(number(code))))))
      .join(""),
  ),
  "split/1": simple((input, [separator]) =>
    typeof input === "string" && typeof separator === "string"
      ? input === ""
        ? []
        : separator === ""
          ? [...input]
          : input.split(separator)
      : error("split input and separator must be strings"),
  ),
  "split/2": simple((input, [pattern, flags]) => {
    const subject = [...text(input, NOT_TEXT)]
    const parts: Json[] = []
    let at = 0
    for (const { whole } of matches(input, pattern, `g${typeof flags === "string" ? flags : ""}`)) {
      parts.push(subject.slice(at, whole.offset).join(""))
      at = whole.offset + whole.length
    }
    return [...parts, subject.slice(at).join("")]
  }),
  "join/1": simple((input, [separator]) => {
    const items = array(input, "cannot be iterated over")
    const glue = typeof separator === "string" ? separator : items.length > 0 ? wanted(separator, "cannot be added to a string") : ""
    return items
      .map((item) =>
        item === null
          ? ""
          : typeof item === "string"
            ? item
            : typeof item === "number" || typeof item === "boolean"
              ? printJson(item)
              : error(`string (${printJson(glue)}) and ${typeOf(item)} (${clipped(item)}) cannot be added`),
      )
      .join(glue)
  }),
  "ascii_downcase/0": simple((input) =>
    text(input, "ascii_downcase input must be a string").replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
  ),
  "ascii_upcase/0": simple((input) =>
    text(input, "ascii_upcase input must be a string").replace(/[a-z]/g, (letter) => letter.toUpperCase()),
  ),
  "ascii/0": simple((input) => String.fromCharCode(number(input))),
  "test/1": matching((found) => [found.length > 0]),
  "test/2": matching((found) => [found.length > 0]),
  "match/1": matching((found) => found.map(({ whole, captures }) => asObject(whole, captures))),
  "match/2": matching((found) => found.map(({ whole, captures }) => asObject(whole, captures))),
  "capture/1": matching((found) => found.map(({ captures }) => captured(captures))),
  "capture/2": matching((found) => found.map(({ captures }) => captured(captures))),
  *"scan/1"(machine, [pattern], env, input) {
    for (const source of machine.values(pattern, env, input))
      for (const { whole, captures } of matches(input, Array.isArray(source) ? (source[0] ?? "") : source, "g"))
        yield { value: captures.length > 0 ? captures.map(({ string }) => string) : whole.string, path: undefined }
  },
  *"scan/2"(machine, args, env, input) {
    for (const [source, flags] of combinations(machine, args, env, input))
      for (const { whole, captures } of matches(input, source, `g${typeof flags === "string" ? flags : ""}`))
        yield { value: captures.length > 0 ? captures.map(({ string }) => string) : whole.string, path: undefined }
  },
  "sub/2": substitute(false),
  "sub/3": substitute(false),
  "gsub/2": substitute(true),
  "gsub/3": substitute(true),
  "format/1": simple((input, [name]) => formatAs(`@${typeof name === "string" ? name : ""}`, input)),
}

const numbers: Readonly<Record<string, Native>> = {
  "infinite/0": simple(() => Number.POSITIVE_INFINITY),
  "nan/0": simple(() => Number.NaN),
  "isinfinite/0": simple((input) => Math.abs(number(input)) === Number.POSITIVE_INFINITY),
  "isnan/0": simple((input) => Number.isNaN(number(input))),
  "isnormal/0": simple((input) => Number.isFinite(number(input)) && input !== 0),
  "abs/0": math(Math.abs),
  "pow/2": simple((_, [base, power]) => number(base) ** number(power)),
  "atan2/2": simple((_, [y, x]) => Math.atan2(number(y), number(x))),
  "log10/0": math(Math.log10),
  "log2/0": math(Math.log2),
  "exp2/0": math((x) => 2 ** x),
  "exp10/0": math((x) => 10 ** x),
  "significand/0": math((x) => (x === 0 ? 0 : x / 2 ** Math.floor(Math.log2(Math.abs(x))))),
  ...Object.fromEntries(
    (["floor", "ceil", "sqrt", "round", "trunc", "log", "exp", "sin", "cos", "tan", "asin", "acos", "atan", "cbrt"] as const).map(
      (name) => [`${name}/0`, math((x) => (name === "round" ? Math.sign(x) * Math.round(Math.abs(x)) : Math[name](x)))],
    ),
  ),
  "fabs/0": math(Math.abs),
}

export const natives: ReadonlyMap<string, Native> = new Map(
  Object.entries({
    ...control,
    ...values,
    ...strings,
    ...numbers,
    ...dateFunctions(simple),
    "sort/0": byKey.sort,
    "sort_by/1": byKey.sort,
    "group_by/1": byKey.group,
    "unique/0": byKey.unique,
    "unique_by/1": byKey.unique,
    "min/0": byKey.min,
    "min_by/1": byKey.min,
    "max/0": byKey.max,
    "max_by/1": byKey.max,
    "nulls/0": selectType("null"),
    "booleans/0": selectType("boolean"),
    "numbers/0": selectType("number"),
    "strings/0": selectType("string"),
    "arrays/0": selectType("array"),
    "objects/0": selectType("object"),
    "iterables/0": selectType("array", "object"),
    "scalars/0": selectType("null", "boolean", "number", "string"),
    "values/0": selectType("boolean", "number", "string", "array", "object"),
  }),
)
