/** bind: keys and variables of the line editor. */
import type { Steps } from "@drydock/machine"
import type { Builtin } from "../define-builtin.ts"
import { FUNCTIONS, sequenceText } from "../line-editor/functions.ts"
import { type Binding, keysOf, Settings } from "../line-editor/settings.ts"
import type { Shell } from "../shell.ts"

const quoted = (text: string): string =>
  `"${text
    .replace(/[\\"]/g, "\\$&")
    .replaceAll("\x1b", "\\e")
    .replace(/[\x00-\x1f]/g, (one) => `\\C-${String.fromCharCode(one.charCodeAt(0) + 96)}`)}"`

/** Every function with the sequences that call it. */
const sequences = (settings: Settings): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, string[]>()
  for (const [name, key] of Object.entries(FUNCTIONS)) found.set(name, key.startsWith("(") || settings.bindings.has(key) ? [] : [key])
  for (const [keys, binding] of settings.bindings)
    if ("key" in binding) for (const [name, key] of Object.entries(FUNCTIONS)) if (key === binding.key) found.get(name)?.push(keys)
  return found
}

function* list(shell: Shell, settings: Settings, letter: string): Steps<void> {
  const of = <Kind extends "macro" | "command">(kind: Kind) =>
    [...settings.bindings].filter((one): one is [string, Extract<Binding, Record<Kind, string>>] => kind in one[1])
  let text = ""
  if (letter === "l")
    text = Object.keys(FUNCTIONS)
      .sort()
      .map((name) => `${name}\n`)
      .join("")
  else if (letter === "v")
    text = settings
      .variables()
      .map(([name, value]) => `set ${name} ${value}\n`)
      .join("")
  else if (letter === "V")
    text = settings
      .variables()
      .map(([name, value]) => (/^(on|off)$/.test(value) ? `${name} is set to \`${value}'\n` : `${name} is set to \`${value}'\n`))
      .join("")
  else if (letter === "s")
    text = of("macro")
      .map(([keys, { macro }]) => `"${sequenceText(keys)}": ${quoted(macro)}\n`)
      .join("")
  else if (letter === "S")
    text = of("macro")
      .map(([keys, { macro }]) => `${sequenceText(keys)} outputs ${macro}\n`)
      .join("")
  else if (letter === "X")
    text = of("command")
      .map(([keys, { command }]) => `"${sequenceText(keys)}": ${quoted(command)}\n`)
      .join("")
  else
    for (const [name, keys] of [...sequences(settings)].sort(([a], [b]) => (a < b ? -1 : 1)))
      if (letter === "P")
        text +=
          keys.length === 0
            ? `${name} is not bound to any keys\n`
            : `${name} can be found on ${keys.map((one) => `"${sequenceText(one)}"`).join(", ")}.\n`
      else text += keys.length === 0 ? `# ${name} (not bound)\n` : keys.map((one) => `"${sequenceText(one)}": ${name}\n`).join("")
  yield* shell.process.print(text)
}

function* query(shell: Shell, settings: Settings, name: string, unbind: boolean): Steps<number> {
  const keys = sequences(settings).get(name)
  if (!keys) {
    yield* shell.complain(`bind: \`${name}': unknown function name`)
    return 1
  }
  if (unbind) {
    for (const one of keys) settings.bindings.set(one, { key: "unknown" })
    return 0
  }
  yield* shell.process.print(
    keys.length === 0
      ? `${name} is not bound to any keys.\n`
      : `${name} can be invoked via ${keys.map((one) => `"${sequenceText(one)}"`).join(", ")}.\n`,
  )
  return keys.length === 0 ? 1 : 0
}

export const bind: Builtin = {
  name: "bind",
  *run(shell, args) {
    if (!shell.interactive) yield* shell.complain("bind: warning: line editing not enabled")
    shell.readline ??= new Settings()
    const settings = shell.readline
    let status = 0
    for (let at = 0; at < args.length; at++) {
      const word = args[at]
      if (!/^-[lvpsPSVXmfqurx]/.test(word)) {
        const problem = settings.line(word)
        if (problem === undefined) continue
        yield* shell.complain(`bind: ${problem}`)
        status = 1
        continue
      }
      const letter = word[1]
      if ("lvpsPSVX".includes(letter)) {
        yield* list(shell, settings, letter)
        continue
      }
      const value = word.slice(2) || (args[++at] ?? "")
      if (letter === "x") {
        if (settings.command(value)) continue
        yield* shell.complain(`bind: ${value}: first non-whitespace character is not \`"'`)
        status = 1
      } else if (letter === "r") settings.bindings.set(keysOf(value.replaceAll("\\C-", "\\C-")), { key: "unknown" })
      else if (letter === "q" || letter === "u") status = yield* query(shell, settings, value, letter === "u")
      else if (letter === "f") {
        if (shell.process.files.access(value, { read: true })) settings.read(shell.process.files.readText(value))
        else {
          yield* shell.complain(`bind: ${value}: cannot read: No such file or directory`)
          status = 1
        }
      }
    }
    return status
  },
}
