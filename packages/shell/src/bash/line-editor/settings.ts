/** What `bind` and ~/.inputrc set: keys, and variables of the line editor (readline's bind.c). */
import { FUNCTIONS } from "./functions.ts"
import { KeyDecoder } from "./keys.ts"

/** What a key sequence does: as another key, as if text were typed, or as a command of the shell (`bind -x`). */
export type Binding = { readonly key: string } | { readonly macro: string } | { readonly command: string }

/** Variables with the values that they begin with, in the order of `bind -v`. */
const VARIABLES: Readonly<Record<string, string>> = {
  "bind-tty-special-chars": "on",
  "blink-matching-paren": "off",
  "colored-completion-prefix": "off",
  "colored-stats": "off",
  "completion-ignore-case": "off",
  "completion-map-case": "off",
  "convert-meta": "off",
  "disable-completion": "off",
  "echo-control-characters": "on",
  "enable-bracketed-paste": "on",
  "expand-tilde": "off",
  "history-preserve-point": "off",
  "horizontal-scroll-mode": "off",
  "input-meta": "on",
  "mark-directories": "on",
  "mark-modified-lines": "off",
  "mark-symlinked-directories": "off",
  "match-hidden-files": "on",
  "menu-complete-display-prefix": "off",
  "output-meta": "on",
  "page-completions": "on",
  "print-completions-horizontally": "off",
  "revert-all-at-newline": "off",
  "show-all-if-ambiguous": "off",
  "show-all-if-unmodified": "off",
  "show-mode-in-prompt": "off",
  "skip-completed-text": "off",
  "visible-stats": "off",
  "bell-style": "audible",
  "comment-begin": "#",
  "completion-display-width": "-1",
  "completion-prefix-display-length": "0",
  "completion-query-items": "100",
  "editing-mode": "emacs",
  "emacs-mode-string": "@",
  "history-size": "500",
  keymap: "emacs",
  "keyseq-timeout": "500",
  "vi-cmd-mode-string": "(cmd)",
  "vi-ins-mode-string": "(ins)",
}

const ESCAPES: Readonly<Record<string, string>> = {
  e: "\x1b",
  a: "\x07",
  b: "\b",
  d: "\x7f",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  '"': '"',
  "'": "'",
}

const control = (character: string): string =>
  character === "?" ? "\x7f" : String.fromCharCode(character.toLowerCase().charCodeAt(0) & 31)

/** The characters that a key sequence between quotes stands for. */
const unescaped = (text: string): string =>
  text.replace(
    /\\M-\\C-(.)|\\C-\\M-(.)|\\C-(.)|\\M-(.)|\\([0-7]{1,3})|\\x([0-9a-fA-F]{1,2})|\\(.)/gs,
    (_, both, both2, c, m, octal, hex, one) => {
      if (both ?? both2) return `\x1b${control(both ?? both2)}`
      if (c) return control(c)
      if (m) return `\x1b${m}`
      if (octal) return String.fromCharCode(Number.parseInt(octal, 8))
      if (hex) return String.fromCharCode(Number.parseInt(hex, 16))
      return ESCAPES[one] ?? one
    },
  )

/** `Control-u`, `Meta-Rubout`, `TAB`. */
const namedSequence = (text: string): string => {
  const names: Readonly<Record<string, string>> = {
    del: "\x7f",
    rubout: "\x7f",
    esc: "\x1b",
    escape: "\x1b",
    lfd: "\n",
    newline: "\n",
    ret: "\r",
    return: "\r",
    spc: " ",
    space: " ",
    tab: "\t",
  }
  const parts = text.split("-")
  const last = parts.pop() ?? ""
  let character = names[last.toLowerCase()] ?? last.slice(0, 1)
  let meta = ""
  for (const part of parts)
    if (/^c(ontrol)?$/i.test(part)) character = control(character)
    else if (/^m(eta)?$/i.test(part)) meta = "\x1b"
  return meta + character
}

/** Characters as the names of the keys that send them, a blank between them; the blank itself is "space". */
export const keysOf = (text: string): string => {
  const decoder = new KeyDecoder()
  const keys: string[] = []
  for (const byte of new TextEncoder().encode(text)) {
    const key = decoder.push(byte)
    if (key !== undefined) keys.push(key === " " ? "space" : key)
  }
  const rest = decoder.pending
  return [...keys, ...(rest ? ["escape"] : [])].join(" ")
}

export class Settings {
  readonly bindings = new Map<string, Binding>()
  readonly #values = new Map<string, string>()

  /** The value of a variable; undefined when there is none of that name. */
  get(name: string): string | undefined {
    return this.#values.get(name) ?? (Object.hasOwn(VARIABLES, name) ? VARIABLES[name] : undefined)
  }

  on(name: string): boolean {
    return this.get(name) === "on"
  }

  set(name: string, value: string): void {
    const key = name.toLowerCase()
    if (!Object.hasOwn(VARIABLES, key)) return
    const switched = VARIABLES[key] === "on" || VARIABLES[key] === "off"
    this.#values.set(key, switched ? (/^(on|1|)$/i.test(value) ? "on" : "off") : value)
  }

  variables(): readonly (readonly [string, string])[] {
    return Object.keys(VARIABLES).map((name) => [name, this.get(name) ?? ""] as const)
  }

  /** Reads one line of an inputrc; what is wrong with it, if something is. `$if` and its kin are the reader's affair. */
  line(given: string): string | undefined {
    const line = given.trim()
    if (line === "" || line.startsWith("#")) return undefined
    const variable = /^set\s+(\S+)\s*(.*)$/i.exec(line)
    if (variable) {
      this.set(variable[1], variable[2].trim())
      return undefined
    }
    const binding = /^(?:"((?:\\.|[^"\\])*)"|([^\s:"]+))\s*:?\s*(.*)$/s.exec(line)
    if (!binding) return `${line}: no key sequence terminator`
    const keys = keysOf(binding[1] === undefined ? namedSequence(binding[2]) : unescaped(binding[1]))
    const what = binding[3].trim()
    const macro = /^"((?:\\.|[^"\\])*)"|^'((?:\\.|[^'\\])*)'/s.exec(what)
    if (macro) this.bindings.set(keys, { macro: unescaped(macro[1] ?? macro[2]) })
    else if (Object.hasOwn(FUNCTIONS, what)) this.bindings.set(keys, { key: FUNCTIONS[what] })
    else if (what !== "") this.bindings.set(keys, { key: "unknown" })
    return undefined
  }

  /** `bind -x '"keys": command'`. */
  command(given: string): boolean {
    const match = /^\s*"((?:\\.|[^"\\])*)"\s*:?\s*(.*)$/s.exec(given)
    if (!match) return false
    const quoted = /^"((?:\\.|[^"\\])*)"$|^'([^']*)'$/s.exec(match[2])
    this.bindings.set(keysOf(unescaped(match[1])), { command: quoted?.[1] ?? quoted?.[2] ?? match[2] })
    return true
  }

  /** A whole inputrc. `$if` is for bash, for the editing mode, or for a terminal of any name. */
  read(text: string): void {
    const skipping: boolean[] = []
    for (const line of text.split("\n")) {
      const directive = /^\s*\$(\w+)\s*(.*)$/.exec(line)
      if (!directive) {
        if (!skipping.includes(true)) this.line(line)
        continue
      }
      const [, word, condition] = directive
      if (word === "if") {
        const wanted = condition.trim().toLowerCase()
        skipping.push(!(wanted === "bash" || wanted.startsWith("term=") || wanted === `mode=${this.get("editing-mode")}`))
      } else if (word === "else" && skipping.length > 0) skipping.push(!skipping.pop())
      else if (word === "endif") skipping.pop()
    }
  }

  /** Whether a sequence that begins with these keys is bound; the one that is exactly these. */
  lookUp(keys: string): { readonly binding: Binding | undefined; readonly more: boolean } {
    let more = false
    for (const sequence of this.bindings.keys()) if (sequence.startsWith(`${keys} `)) more = true
    return { binding: this.bindings.get(keys), more }
  }
}
