/**
 * yq: expressions over YAML, as mikefarah's version 4 (the one of its own releases and of snap). The expressions are run by jq's engine, whose
 * language is nearly the same; what they change is put into the documents as they stand, so that comments and order stay.
 */
import {
  type Document,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parse,
  parseAllDocuments,
  stringify,
  type YAMLMap,
  type YAMLSeq,
} from "yaml"
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { JqError } from "../jq/error.ts"
import { fromPlain, type Json } from "../jq/json.ts"
import { OutOfMemory } from "../jq/machine.ts"
import { JqSyntaxError } from "../jq/syntax.ts"
import { printJson } from "../jq/print-json.ts"
import { CompileError, compileJq } from "../jq/program.ts"
import { STEPS, STEPS_COST } from "../jq/run.ts"
import { MatchLimitError } from "../text/perl-regex.ts"
import { readFile } from "./reading.ts"

class YqError extends Error {}

/** What yq has and jq has not, in jq's own language. */
const PRELUDE = `
def with(path; change): path |= change;
def keys: keys_unsorted;
def upcase: ascii_upcase;
def downcase: ascii_downcase;
def trim: sub("^\\\\s+"; "") | sub("\\\\s+$"; "");
def tag: if type == "object" then "!!map" elif type == "array" then "!!seq" elif type == "string" then "!!str" elif type == "boolean" then "!!bool" elif type == "null" then "!!null" elif . == floor then "!!int" else "!!float" end;
def kind: if type == "object" then "map" elif type == "array" then "seq" else "scalar" end;
def documentIndex: $__document;
def di: $__document;
def fileIndex: $__file;
def fi: $__file;
def filename: $__filename;
def sort_keys(path): path |= (if type == "object" then to_entries | sort_by(.key) | from_entries else . end);
def omit(keys): . as $all | reduce keys[] as $key ($all; del(.[$key]));
def any_c(f): any(.[]; f);
def all_c(f): all(.[]; f);
def to_json: tojson;
def to_json(indent): tojson;
def from_json: fromjson;
def splitDoc: .;
def explode(path): .;
def envsubst: [splits("(?=\\\\$\\\\{?[A-Za-z_])")] | map(if test("^\\\\$\\\\{[A-Za-z_][A-Za-z0-9_]*\\\\}") then capture("^\\\\$\\\\{(?<n>[A-Za-z_][A-Za-z0-9_]*)\\\\}(?<r>[\\\\s\\\\S]*)") as $m | ($ENV[$m.n] // "") + $m.r elif test("^\\\\$[A-Za-z_]") then capture("^\\\\$(?<n>[A-Za-z_][A-Za-z0-9_]*)(?<r>[\\\\s\\\\S]*)") as $m | ($ENV[$m.n] // "") + $m.r else . end) | join("");
`

/** An expression of yq as one of jq. */
const translated = (expression: string, environment: ReadonlyMap<string, string>): string =>
  expression
    .replace(/\bstrenv\((\w+)\)/g, (_, name: string) => {
      if (!environment.has(name)) throw new YqError(`Value for env variable '${name}' not provided in env()`)
      return `$ENV.${name}`
    })
    .replace(/\benv\((\w+)\)/g, (_, name: string) => {
      const value = environment.get(name)
      if (value === undefined) throw new YqError(`Value for env variable '${name}' not provided in env()`)
      return printJson(fromPlain(parse(value) as unknown), { indent: "", colour: false })
    })
    .replace(/((?:\.[\w"[\]-]*|\([^()]*\))+)\s+as\s+(\$\w+)\s+ireduce\s*\(/g, "reduce $1 as $2 (")
    .replace(/\bpick\(\s*\[([^\]]*)\]\s*\)/g, (_, keys: string) => `with_entries(select(.key | IN(${keys})))`)
    .replace(/\b(sub|test|match|capture|split)\(("(?:[^"\\]|\\.)*")\s*,\s*/g, "$1($2; ")
    .replace(/\*[+?dn]+(?=\s)/g, "*")
    // Comments and styles are not values.
    .replace(/\|?\s*\.\.\.\s+comments\s*=\s*""/g, "")
    .replace(/\|?\s*\.\.\s+style\s*=\s*"\w*"/g, "")
    .replace(/^\s*\|/, "")
    .trim() || "."

const plain = (value: Json): unknown =>
  Array.isArray(value) ? value.map(plain) : value instanceof Map ? new Map([...value].map(([key, item]) => [key, plain(item)])) : value

const jsonOf = (node: Node | null | undefined, document: Document): Json =>
  fromPlain(node ? node.toJS(document, { mapAsMap: true, maxAliasCount: 100 }) : null)

const same = (one: Json, other: Json): boolean =>
  printJson(one, { indent: "", colour: false }) === printJson(other, { indent: "", colour: false })

/** Puts `value` where `node` stands, touching as little as can be; returns what stands there now. */
const patched = (node: Node | null | undefined, value: Json, document: Document): Node => {
  const fresh = () => {
    const made = document.createNode(plain(value)) as Node
    if (node && isScalar(node) && isScalar(made)) {
      made.comment = node.comment
      if (typeof node.value === "string" && typeof made.value === "string" && node.type) made.type = node.type
    }
    return made
  }
  if (node && same(jsonOf(node, document), value)) return node
  if (isMap(node) && value instanceof Map) {
    const map = node as YAMLMap
    const known = new Set<string>()
    map.items = map.items.filter(({ key }) => value.has(String(isScalar(key) ? key.value : key)))
    for (const pair of map.items) {
      const key = String(isScalar(pair.key) ? pair.key.value : pair.key)
      known.add(key)
      pair.value = patched(pair.value as Node | null, value.get(key) ?? null, document)
    }
    for (const [key, item] of value) if (!known.has(key)) map.add(document.createPair(key, plain(item)))
    return map
  }
  if (isSeq(node) && Array.isArray(value)) {
    const list = node as YAMLSeq
    const before = list.items
    list.items = value.map((item, at) => {
      const kept = before.find((old) => same(jsonOf(old as Node, document), item))
      return (kept as Node | undefined) ?? patched(before[at] as Node | undefined, item, document)
    })
    return list
  }
  return fresh()
}

interface Source {
  readonly document: Document
  readonly file: number
  readonly name: string
  readonly index: number
}

interface Settings {
  inPlace: boolean
  json: boolean
  nullInput: boolean
  exitStatus: boolean
  quoted: boolean
  all: boolean
  noSeparators: boolean
  /** As block style, whatever it was read as. */
  pretty: boolean
  indent: number
  from: string | undefined
  words: string[]
}

const parseSettings = (args: readonly string[]): Settings => {
  const settings: Settings = {
    inPlace: false,
    json: false,
    nullInput: false,
    exitStatus: false,
    quoted: false,
    all: false,
    noSeparators: false,
    pretty: false,
    indent: 2,
    from: undefined,
    words: [],
  }
  for (let at = 0; at < args.length; at++) {
    const word = args[at]
    const [name, given] = word.startsWith("--")
      ? [word.split("=")[0], word.split("=")[1]]
      : [word.slice(0, 2), word.slice(2).replace(/^=/, "") || undefined]
    const value = () => given ?? args[++at] ?? ""
    if (settings.words.length === 0 && /^(e|eval|ea|eval-all)$/.test(word)) settings.all = word.startsWith("ea") || word === "eval-all"
    else if (name === "-o" || name === "--output-format") settings.json = /^j/.test(value())
    else if (name === "-p" || name === "--input-format") value()
    else if (name === "-I" || name === "--indent") settings.indent = Number(value())
    else if (name === "--from-file") settings.from = value()
    else if (/^-[a-zA-Z]+$/.test(word))
      for (const letter of word.slice(1)) {
        if (letter === "i") settings.inPlace = true
        else if (letter === "n") settings.nullInput = true
        else if (letter === "e") settings.exitStatus = true
        else if (letter === "j") settings.json = true
        else if (letter === "N") settings.noSeparators = true
        else if (letter === "P") settings.pretty = true
        else if (!"ryYCMvs".includes(letter)) throw new YqError(`unknown shorthand flag: '${letter}' in ${word}`)
      }
    else if (word === "--inplace") settings.inPlace = true
    else if (word === "--null-input") settings.nullInput = true
    else if (word === "--exit-status") settings.exitStatus = true
    else if (word === "--tojson") settings.json = true
    else if (word === "--no-doc") settings.noSeparators = true
    else if (name === "--unwrapScalar") settings.quoted = given === "false"
    else if (/^--(prettyPrint|no-colors|colors|yaml-output|in-place|verbose)$/.test(word)) {
      settings.inPlace ||= word === "--in-place"
      settings.pretty ||= word === "--prettyPrint"
    } else if (word.startsWith("--")) throw new YqError(`unknown flag: ${word}`)
    else settings.words.push(word)
  }
  return settings
}

const documentsOf = (text: string, file: number, name: string): Source[] =>
  (parseAllDocuments(text, { uniqueKeys: false, keepSourceTokens: false }) as readonly Document[]).map((document, index) => {
    const [problem] = document.errors
    if (problem)
      throw new YqError(`bad file '${name}': yaml: line ${problem.linePos?.[0].line ?? 1}: ${problem.message.split(/ at line| \(/)[0]}`)
    return { document, file, name, index }
  })

/** Values of an expression over one input. */
function* valuesOf(process: Process, expression: string, input: Json, source: Source | undefined): Steps<Json[]> {
  const variables = new Map<string, Json>([
    ["__document", source?.index ?? 0],
    ["__file", source?.file ?? 0],
    ["__filename", source?.name ?? ""],
  ])
  const program = compileJq(`${PRELUDE}${translated(expression, process.env)}`, {
    now: () => process.now(),
    environment: process.env,
    tell: () => undefined,
    variables,
  })
  const values: Json[] = []
  program.start(input)
  for (;;) {
    const event = program.step(STEPS)
    if (event.kind === "end") return values
    if (event.kind === "output") values.push(event.value)
    else if (event.kind === "input") program.provide(undefined)
    if (process.charge(event.kind === "paused" ? STEPS_COST : 1)) yield* process.yield()
  }
}

/** One result as text: of YAML, the document itself where it is still what it was read as. */
const shownAs = (value: Json, source: Source | undefined, settings: Settings, whole: boolean): string => {
  if (settings.json)
    return `${printJson(value, { indent: settings.indent === 0 ? undefined : " ".repeat(settings.indent), colour: false })}\n`
  if (typeof value === "string" && !settings.quoted) return `${value}\n`
  if (!(value instanceof Map) && !Array.isArray(value)) return `${stringify(plain(value)).trimEnd()}\n`
  const options = { lineWidth: 0, indent: Math.max(1, settings.indent), indentSeq: true, flowCollectionPadding: false } as const
  if (whole && !settings.pretty && source && isCollection(source.document.contents)) {
    source.document.contents = patched(source.document.contents, value, source.document) as typeof source.document.contents
    return source.document.toString({ ...options, directives: false }).replace(/^---\n/, "")
  }
  return stringify(plain(value), options)
}

function* run(process: Process, args: readonly string[]): Steps<number> {
  const settings = parseSettings(args)
  const words = [...settings.words]
  let expression = settings.from === undefined ? "." : new TextDecoder().decode(yield* readFile(process, settings.from))
  // The first word is the expression, but where it alone is the name of a file.
  if (settings.from === undefined && words.length > 0 && !(words.length === 1 && process.files.exists(words[0])))
    expression = words.shift() as string
  const sources: Source[] = []
  if (!settings.nullInput) {
    for (const [at, name] of (words.length > 0 ? words : ["-"]).entries()) {
      let text: string
      try {
        text = new TextDecoder().decode(yield* readFile(process, name))
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        throw new YqError(`open ${name}: ${error.message.toLowerCase()}`)
      }
      if (process.charge(text.length >> 6)) yield* process.yield()
      sources.push(...documentsOf(text, at, name))
    }
  }
  let output = ""
  let last: string | undefined
  let truthy = false
  const put = (value: Json, source: Source | undefined, before: Json) => {
    const place = source ? `${source.file} ${source.index}` : undefined
    if (last !== undefined && place !== last && !settings.json && !settings.noSeparators) output += "---\n"
    last = place
    if (value !== null && value !== false) truthy = true
    // Only what has the shape of the whole document is put into it.
    const whole = value instanceof Map === before instanceof Map && Array.isArray(value) === Array.isArray(before) && rooted(value, before)
    output += shownAs(value, source, settings, whole)
  }
  if (settings.nullInput) for (const value of yield* valuesOf(process, expression, null, undefined)) put(value, undefined, null)
  else if (settings.all) {
    const inputs = sources.map(({ document }) => jsonOf(document.contents, document))
    const wanted = expression
      .replace(/select\((?:fileIndex|fi)\s*==\s*(\d+)\)/g, "(.[$1])")
      .replace(/select\((?:documentIndex|di)\s*==\s*(\d+)\)/g, "(.[$1])")
    for (const value of yield* valuesOf(process, wanted === expression ? `.[] | (${expression})` : wanted, inputs, sources[0]))
      put(value, undefined, inputs[0])
  } else
    for (const source of sources) {
      const before = jsonOf(source.document.contents, source.document)
      for (const value of yield* valuesOf(process, expression, before, source)) put(value, source, before)
    }
  if (settings.inPlace) {
    if (words.length === 0) throw new YqError("write in place flag only applicable when giving an expression and at least one file")
    process.files.write(words[0], output)
  } else yield* process.print(output)
  if (settings.exitStatus && !truthy) throw new YqError("no matches found")
  return 0
}

/** Whether a value may be the whole document, changed: it shares a key with it, or it is a list as that is. */
const rooted = (value: Json, before: Json): boolean =>
  Array.isArray(value) ||
  (value instanceof Map && before instanceof Map && (value.size === 0 || [...value.keys()].some((key) => before.has(key))))

export const yq = defineTool({
  name: "yq",
  plain: true,
  summary: "a portable command-line YAML processor",
  *run(process, args) {
    if (args.includes("--version") || args.includes("-V")) {
      yield* process.print("yq (https://github.com/mikefarah/yq/) version v4.44.3\n")
      return 0
    }
    if (args.length === 0 || args.includes("--help") || args.includes("-h")) {
      yield* process.print(
        "yq is a portable command-line data file processor (https://github.com/mikefarah/yq/)\n\nUsage:\n  yq [flags]\n  yq [command]\n\nAvailable Commands:\n  eval      (default) Apply the expression to each document in each yaml file in sequence\n  eval-all  Loads _all_ yaml documents of _all_ yaml files and runs expression once\n",
      )
      return 0
    }
    try {
      return yield* run(process, args)
    } catch (error) {
      const known =
        error instanceof YqError ||
        error instanceof JqError ||
        error instanceof OutOfMemory ||
        error instanceof CompileError ||
        error instanceof JqSyntaxError ||
        error instanceof MatchLimitError ||
        error instanceof RangeError ||
        error instanceof ReferenceError ||
        (error instanceof SystemError && error.code !== "EPIPE" && error.code !== "EINTR")
      if (!known) throw error
      yield* process.error(`Error: ${error.message}\n`)
      return 1
    }
  },
})
