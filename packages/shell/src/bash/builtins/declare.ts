/** declare, local, export, readonly, unset, shift, let. */
import { parse } from "unbash"
import type { Steps } from "@drydock/machine"
import { evaluateText } from "../arithmetic/evaluate.ts"
import { ArithmeticError } from "../arithmetic/parse.ts"
import { assign, subscript, textOf } from "../assignments.ts"
import type { Builtin } from "../define-builtin.ts"
import { printFunction } from "../print-function.ts"
import { traced } from "../quoting.ts"
import type { Shell } from "../shell.ts"
import { showVariable } from "../show-variable.ts"
import { cased, type Variable } from "../variables.ts"

const NAME = /^[A-Za-z_]\w*$/

interface Kind {
  name: string
  local: boolean
  exported?: boolean
  readonly?: boolean
}

function* functions(shell: Shell, names: readonly string[], flags: string, kind: Kind): Steps<number> {
  let status = 0
  if (names.length === 0) {
    const [exported, readonly] = [kind.exported || flags.includes("x"), kind.readonly || flags.includes("r")]
    for (const [name, called] of [...shell.functions].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if ((exported && !called.exported) || (readonly && !called.readonly)) continue
      const attributes = `${called.readonly ? "r" : ""}${called.traced ? "t" : ""}${called.exported ? "x" : ""}`
      const line = `declare -f${attributes} ${name}\n`
      yield* shell.process.print(flags.includes("F") ? line : printFunction(name, called) + (attributes === "" ? "" : line))
    }
  }
  for (const name of names) {
    const found = shell.functions.get(name)
    if (!found) {
      if (kind.exported || kind.readonly) yield* shell.complain(`${kind.name}: ${name}: not a function`)
      status = 1
    } else if (kind.exported || flags.includes("x")) found.exported = !(kind.exported && flags.includes("n"))
    else if (kind.readonly || /[rt]/.test(flags)) {
      if (kind.readonly || flags.includes("r")) found.readonly = true
      if (flags.includes("t")) found.traced = true
    } else if (flags.includes("F")) yield* shell.process.print(`${name}\n`)
    else yield* shell.process.print(printFunction(name, found))
  }
  return status
}

function* print(shell: Shell, words: readonly string[], flags: string, kind: Kind): Steps<number> {
  let status = 0
  for (const name of words.length > 0 ? words : kind.name === "local" ? shell.variables.localNames() : shell.variables.names()) {
    const variable = shell.variables.own(name)
    if (!variable) {
      yield* shell.complain(`${kind.name}: ${name}: not found`)
      status = 1
    } else if (
      words.length > 0 ||
      ((!kind.exported || variable.exported) &&
        (!kind.readonly || variable.readonly) &&
        (!flags.includes("a") || (variable.array && !variable.associative)) &&
        (!flags.includes("A") || variable.associative) &&
        (!flags.includes("x") || variable.exported) &&
        (!flags.includes("r") || variable.readonly) &&
        (!flags.includes("i") || variable.integer))
    )
      yield* shell.process.print(
        shell.dialect ? `${kind.name} ${name}='${(variable.value ?? "").replaceAll("'", `'"'"'`)}'\n` : showVariable(name, variable),
      )
  }
  return status
}

const asArray = (variable: Variable): void => {
  if (variable.array) return
  variable.array = new Map(variable.value === undefined ? [] : [["0", variable.value]])
  variable.blank = variable.value === undefined
  variable.value = undefined
}

const addAttributes = (variable: Variable, flags: string, off: string): void => {
  if (flags.includes("A")) {
    asArray(variable)
    variable.associative = true
  } else if (flags.includes("a")) asArray(variable)
  if (flags.includes("i")) variable.integer = true
  if (flags.includes("n")) variable.nameref = true
  // Both at once cancel each other.
  if (flags.includes("l") && flags.includes("u")) Object.assign(variable, { lower: false, upper: false })
  else if (flags.includes("l")) Object.assign(variable, { lower: true, upper: false })
  else if (flags.includes("u")) Object.assign(variable, { upper: true, lower: false })
  if (flags.includes("c")) Object.assign(variable, { capital: true, lower: false, upper: false })
  if (flags.includes("t")) variable.traced = true
  if (off.includes("i")) variable.integer = false
  if (off.includes("c")) variable.capital = false
  if (off.includes("t")) variable.traced = false
  if (off.includes("n")) variable.nameref = false
  if (off.includes("l")) variable.lower = false
  if (off.includes("u")) variable.upper = false
}

function* declareWord(shell: Shell, word: string, flags: string, off: string, kind: Kind): Steps<number> {
  const match = /^([A-Za-z_]\w*)(?:\[(.*)\])?(\+?)=([\s\S]*)$/.exec(word)
  const bare = match ? match[1] : word.replace(/\[.*\]$/, "")
  if (word === "-" && kind.name === "local") {
    const frame = shell.frames.at(-1)
    if (frame) frame.options ??= { ...shell.options }
    return 0
  }
  if (!NAME.test(bare)) {
    yield* shell.complain(`${kind.name}: \`${word}': not a valid identifier`)
    return 1
  }
  const local = kind.local && !flags.includes("g")
  const attributes = kind.exported ? flags.replace("n", "") : flags
  // export and readonly of a reference are about what it refers to.
  const global = kind.local && flags.includes("g")
  const name = local || attributes.includes("n") || off.includes("n") ? bare : shell.variables.target(bare)
  const fresh = local && shell.variables.isNewHere(name)
  // What is readonly for all cannot be hidden either (make_local_variable).
  if (fresh && kind.name === "local" && shell.variables.outermost(name)?.readonly) {
    yield* shell.complain(`${kind.name}: ${name}: readonly variable`)
    return 1
  }
  const existing = shell.variables.find(name)
  if (!fresh && existing?.array && (attributes.includes("A") ? !existing.associative : attributes.includes("a") && existing.associative)) {
    const [from, to] = existing.associative ? ["associative", "indexed"] : ["indexed", "associative"]
    yield* shell.complain(`${kind.name}: ${name}: cannot convert ${from} to ${to} array`)
    return 1
  }
  if (existing?.readonly && off.includes("r")) {
    yield* shell.complain(`${kind.name}: ${name}: readonly variable`)
    return 1
  }
  const variable = global ? shell.variables.declareOutermost(name) : shell.variables.declare(name, local)
  if (fresh && (shell.options.localvar_inherit || attributes.includes("I"))) Object.assign(variable, shell.variables.outer(name))
  const array = shell.pendingArrays.find((one) => one.name === bare)
  if (variable.readonly && (match || array)) {
    yield* shell.complain(`${kind.exported || kind.readonly ? "" : `${kind.name}: `}${name}: readonly variable`)
    return 1
  }
  addAttributes(variable, attributes, off)
  if (array) {
    shell.pendingArrays = shell.pendingArrays.filter((one) => one !== array)
    if (global && shell.variables.find(name) !== variable) {
      // Hidden by a local one: assigned to beside it.
      const scope = shell.variables.find(name)
      const held = { ...scope }
      yield* assign(shell, array)
      const made = { ...scope }
      Object.assign(scope ?? {}, held)
      Object.assign(variable, { array: made.array, value: made.value, associative: made.associative })
    } else yield* assign(shell, array)
  } else if (match && variable.nameref && attributes.includes("n")) {
    if (!/^[A-Za-z_]\w*(\[.*\])?$/.test(match[4])) {
      variable.nameref = false
      yield* shell.complain(
        `${kind.name}: \`${match[4]}': ${match[4] === "" ? "not a valid identifier" : "invalid variable name for name reference"}`,
      )
      return 1
    }
    if (match[4] === name && !local) {
      variable.nameref = false
      yield* shell.complain(`${kind.name}: ${name}: nameref variable self references not allowed`)
      return 1
    }
    variable.value = match[4]
  } else if (match?.[2] !== undefined) {
    const key = yield* subscript(shell, name, yield* textOf(shell, `"${match[2]}"`))
    shell.variables.setElement(name, key, match[3] ? (variable.array?.get(key) ?? "") + match[4] : match[4])
  } else if (match && variable.array && !match[3] && /^\(.*\)$/s.test(match[4])) {
    // declare -a name='(…)' reads the text as a list.
    const node = parse(`${name}=${match[4]}`).commands[0]?.command
    const [list] = node?.type === "Command" ? node.prefix : []
    if (list?.type === "Assignment") yield* assign(shell, list)
  } else if (match) {
    const before = variable.array ? variable.array.get("0") : variable.value
    let value = match[4]
    if (variable.integer) value = String((match[3] ? yield* evaluateText(shell, before ?? "0") : 0n) + (yield* evaluateText(shell, value)))
    else if (match[3]) value = (before ?? "") + value
    value = cased(variable, value)
    if (shell.options.xtrace && (kind.exported || kind.readonly)) yield* shell.trace(`${name}${match[3]}=${traced(match[4])}`)
    variable.blank = false
    if (variable.array) variable.array.set("0", value)
    else variable.value = value
  }
  if (kind.exported || attributes.includes("x") || shell.options.allexport) variable.exported = true
  if (off.includes("x") || (kind.exported && flags.includes("n"))) variable.exported = false
  if (kind.readonly || attributes.includes("r")) variable.readonly = true
  return 0
}

function* declare(shell: Shell, args: readonly string[], kind: Kind): Steps<number> {
  let flags = ""
  let off = ""
  const words: string[] = []
  for (const [at, word] of args.entries()) {
    if (word === "--") {
      words.push(...args.slice(at + 1))
      break
    }
    if (/^-[A-Za-z]+$/.test(word) && words.length === 0) flags += word.slice(1)
    else if (/^\+[A-Za-z]+$/.test(word) && words.length === 0) off += word.slice(1)
    else words.push(word)
  }
  if (/[fF]/.test(flags)) return yield* functions(shell, words, flags, kind)
  if (flags.includes("p") || words.length === 0) return yield* print(shell, words, flags, kind)
  let status = 0
  for (const word of words) status = (yield* declareWord(shell, word, flags, off, kind)) || status
  return status
}

function* unset(shell: Shell, args: readonly string[]): Steps<number> {
  yield* shell.tick()
  const flags = args.filter((word) => /^-[fvn]+$/.test(word)).join("")
  if (flags.includes("f") && flags.includes("v")) {
    yield* shell.complain("unset: cannot simultaneously unset a function and a variable")
    return 1
  }
  let status = 0
  for (const name of args.filter((word) => !/^-[fvn]+$/.test(word))) {
    const element = /^(\w+)\[([\s\S]+)\]$/.exec(name)
    if (element) {
      const variable = shell.variables.changing(element[1])
      if (element[2] === "@" || element[2] === "*") variable?.array?.clear()
      else variable?.array?.delete(yield* subscript(shell, element[1], yield* textOf(shell, `"${element[2]}"`)))
    } else if (flags.includes("f")) {
      if (shell.functions.get(name)?.readonly) {
        yield* shell.complain(`unset: ${name}: cannot unset: readonly function`)
        status = 1
      } else shell.functions.delete(name)
    } else if (shell.variables.own(name)) {
      const target = flags.includes("n") ? name : shell.variables.target(name)
      if (shell.variables.own(target)?.readonly) {
        yield* shell.complain(`unset: ${target}: cannot unset: readonly variable`)
        status = 1
      } else shell.variables.unset(target, shell.options.localvar_unset)
    } else if (!flags.includes("v")) shell.functions.delete(name)
  }
  return status
}

export const declarations: readonly Builtin[] = [
  { name: "export", run: (shell, args) => declare(shell, args, { local: false, exported: true, name: "export" }) },
  { name: "readonly", run: (shell, args) => declare(shell, args, { local: false, readonly: true, name: "readonly" }) },
  { name: "declare", run: (shell, args) => declare(shell, args, { local: shell.depth > 0, name: "declare" }) },
  { name: "typeset", run: (shell, args) => declare(shell, args, { local: shell.depth > 0, name: "typeset" }) },
  {
    name: "local",
    *run(shell, args) {
      if (shell.depth > 0) return yield* declare(shell, args, { local: true, name: "local" })
      yield* shell.complain("local: can only be used in a function")
      return 1
    },
  },
  { name: "unset", run: unset },
  {
    name: "shift",
    *run(shell, [count = "1"]) {
      yield* shell.tick()
      if (!/^[-+]?\d+$/.test(count)) {
        yield* shell.complain(`shift: ${count}: numeric argument required`)
        return 1
      }
      if (Number(count) < 0) {
        yield* shell.complain(`shift: ${count}: shift count out of range`)
        return 1
      }
      if (Number(count) > shell.positional.length) return 1
      shell.positional = shell.positional.slice(Number(count))
      return 0
    },
  },
  {
    name: "let",
    *run(shell, args) {
      if (args.length === 0) {
        yield* shell.complain("let: expression expected")
        return 1
      }
      let value = 0n
      try {
        for (const expression of args[0] === "--" ? args.slice(1) : args) value = yield* evaluateText(shell, expression)
      } catch (error) {
        if (!(error instanceof ArithmeticError)) throw error
        yield* shell.complain(`let: ${error.message}`)
        return 1
      }
      return value === 0n ? 1 : 0
    },
  },
]
