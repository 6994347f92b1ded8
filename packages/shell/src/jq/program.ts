/** A jq program, ready to run: what is written in jq itself, and the named values. */
import { define, Environment, Machine, type MachineOptions } from "./evaluate.ts"
import { natives } from "./functions.ts"
import type { Json } from "./json.ts"
import { type Ast, parseJq } from "./parse.ts"

/** As the manual defines them (builtin.jq). */
const PRELUDE = `
def map(f): [.[] | f];
def map_values(f): .[] |= f;
def with_entries(f): to_entries | map(f) | from_entries;
def recurse(f; c): def r: ., (f | select(c) | r); r;
def recurse_down: recurse;
def first: .[0];
def last: .[-1];
def nth($n): .[$n];
def paths: path(..) | select(length > 0);
def paths(f): path(.. | select(f)) | select(length > 0);
def leaf_paths: paths(scalars);
def in(xs): . as $x | xs | has($x);
def any(f): [.[] | f] | any;
def all(f): [.[] | f] | all;
def any(g; c): isempty(first(g | c | select(.))) | not;
def all(g; c): isempty(first(g | c | select(. | not)));
def IN(s): any(s == .; .);
def IN(src; s): any(src == s; .);
def INDEX(s; f): reduce s as $row ({}; .[$row | f | tostring] |= $row);
def INDEX(f): INDEX(.[]; f);
def splits($re): split($re; null) | .[];
def splits($re; flags): split($re; flags) | .[];
def combinations: if length == 0 then [] else .[0][] as $x | (.[1:] | combinations) as $w | [$x] + $w end;
def combinations(n): . as $dot | [range(n)] | map($dot) | combinations;
def walk(f): def w: if type == "object" then map_values(w) elif type == "array" then map(w) else . end | f; w;
def env: $ENV;
def finites: select(isinfinite or isnan | not);
def normals: select(isnormal);
def pick(pathexps): . as $top | reduce path(pathexps) as $p (null; setpath($p; $top | getpath($p)));
def dateadd(u; n): . + n;
def datesub(u; n): . - n;
def fromstream(f): { x: null, e: false } as $init | foreach f as $i ($init;
  if .e then $init else . end
  | if $i | length == 2 then setpath(["e"]; $i[0] | length == 0) | setpath(["x"] + $i[0]; $i[1])
    else setpath(["e"]; $i[0] | length == 1) end;
  if .e then .x else empty end);
def truncate_stream(stream): . as $n | null | stream | . as $input | if (.[0] | length) > $n then setpath([0]; .[0][$n:]) else empty end;
def get_search_list: [];
def have_decnum: false;
def have_literal_numbers: true;
.
`

let prelude: Environment | undefined

const base = (): Environment => {
  if (prelude) return prelude
  let env = Environment.empty
  for (let ast: Ast = parseJq(PRELUDE); ast.type === "define"; ast = ast.body) env = define(env, ast.definition)
  prelude = env
  return env
}

export interface Program {
  /** Output for one input. Throws JqError, UndefinedError. */
  run(input: Json): Generator<Json>
  readonly machine: Machine
}

/** Names that a program calls or uses and nobody defines: jq tells of them before it reads anything. */
const undefinedName = (ast: unknown, functions: ReadonlySet<string>, variables: ReadonlySet<string>): string | undefined => {
  if (typeof ast !== "object" || ast === null) return undefined
  if (Array.isArray(ast)) {
    for (const item of ast as unknown[]) {
      const found = undefinedName(item, functions, variables)
      if (found) return found
    }
    return undefined
  }
  const node = ast as Ast
  if (node.type === "define") {
    const { name, parameters, body } = node.definition
    const own = new Set([...functions, `${name}/${parameters.length}`])
    const inner = new Set([...own, ...parameters.map((parameter) => `${parameter.replace("$", "")}/0`)])
    const values = new Set([...variables, ...parameters.filter((one) => one.startsWith("$")).map((one) => one.slice(1))])
    return undefinedName(body, inner, values) ?? undefinedName(node.body, own, variables)
  }
  if (node.type === "call" && !functions.has(`${node.name}/${node.args.length}`)) return `${node.name}/${node.args.length}`
  if (node.type === "variable" && !variables.has(node.name)) return `$${node.name}`
  if (node.type === "as" || node.type === "reduce" || node.type === "foreach") {
    const bound = new Set([...variables, ...namesIn(node.type === "as" ? node.patterns : [node.pattern])])
    for (const [key, part] of Object.entries(node)) {
      const found = undefinedName(part, functions, key === "source" || key === "start" ? variables : bound)
      if (found) return found
    }
    return undefined
  }
  for (const part of Object.values(node)) {
    const found = undefinedName(part, functions, variables)
    if (found) return found
  }
  return undefined
}

const namesIn = (patterns: unknown): string[] => {
  if (typeof patterns !== "object" || patterns === null) return []
  if (Array.isArray(patterns)) return (patterns as unknown[]).flatMap(namesIn)
  const node = patterns as Record<string, unknown>
  return [
    ...(node.type === "variable" && typeof node.name === "string" ? [node.name] : []),
    ...(typeof node.variable === "string" ? [node.variable] : []),
    ...Object.values(node).flatMap(namesIn),
  ]
}

export class CompileError extends Error {}

/** Throws JqSyntaxError, CompileError. */
export const compileJq = (source: string, options: Omit<MachineOptions, "natives"> & { variables: ReadonlyMap<string, Json> }): Program => {
  const ast = parseJq(source)
  const machine = new Machine({ ...options, natives })
  let env = base()
  const functions = new Set(natives.keys())
  for (let at: Ast = parseJq(PRELUDE); at.type === "define"; at = at.body)
    functions.add(`${at.definition.name}/${at.definition.parameters.length}`)
  const missing = undefinedName(ast, functions, new Set([...options.variables.keys(), "ENV", "__loc__"]))
  if (missing) throw new CompileError(`${missing} is not defined`)
  for (const [name, value] of options.variables) env = env.bind(name, value)
  return { machine, run: (input) => machine.values(ast, env, input) }
}
