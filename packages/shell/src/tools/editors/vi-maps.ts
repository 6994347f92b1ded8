/** vi's :map and its kin: keys that stand for other keys. */

/** Named keys of vim's notation, as the terminal's decoder names them. */
const NAMED: Readonly<Record<string, string>> = {
  cr: "enter",
  enter: "enter",
  return: "enter",
  esc: "escape",
  space: " ",
  tab: "tab",
  bs: "backspace",
  del: "delete",
  lt: "<",
  bar: "|",
  up: "up",
  down: "down",
  left: "left",
  right: "right",
  home: "home",
  end: "end",
  nop: "",
}

/** "jk<Esc>" as keys: j, k, escape. */
export const keysIn = (text: string, leader = "\\"): string[] => {
  const keys: string[] = []
  for (const [all, name, one] of text.matchAll(/<([A-Za-z]+(?:-.)?)>|([\s\S])/gu)) {
    const control = /^C-(.)$/i.exec(name ?? "")
    const known = control ? `C-${control[1].toLowerCase()}` : NAMED[(name ?? "").toLowerCase()]
    if (one !== undefined) keys.push(one)
    else if (name?.toLowerCase() === "leader") keys.push(...leader)
    else if (known === undefined) keys.push(...all)
    else if (known !== "") keys.push(known)
  }
  return keys
}

/** Control characters as the terminal's decoder names them. */
export const plainKey = (key: string): string =>
  key === "\x1b"
    ? "escape"
    : key === "\r"
      ? "enter"
      : key === "\t"
        ? "tab"
        : key === "\x7f" || key === "\b"
          ? "backspace"
          : key.length === 1 && key < " "
            ? `C-${String.fromCharCode(key.charCodeAt(0) + 96)}`
            : key

type MapMode = "n" | "v" | "o" | "i" | "c"

interface KeyMap {
  readonly mode: MapMode
  readonly from: readonly string[]
  readonly to: readonly string[]
  /** The keys that it stands for are mapped again. */
  readonly again: boolean
}

const MODES: Readonly<Record<string, readonly MapMode[]>> = {
  "": ["n", "v", "o"],
  "!": ["i", "c"],
  n: ["n"],
  v: ["v"],
  x: ["v"],
  s: [],
  o: ["o"],
  i: ["i"],
  c: ["c"],
  l: [],
}

/** Rounds of maps that stand for maps. */
const MAX_ROUNDS = 100

/** Keys and whether they may be mapped: what a map stands for may not, unless it was made to. */
export interface MappedKey {
  readonly key: string
  readonly again: boolean
}

/** The maps of one editor. `read` takes a command's name and what is behind it. */
export class KeyMaps {
  #maps: KeyMap[] = []
  #pending: string[] = []
  /** What <Leader> is ("mapleader"). */
  leader = "\\"

  /** False when the command is none of them. */
  read(command: string, bang: boolean, argument: string): boolean {
    const match = /^([nvxsoicl]?)(un|nore)?map(clear)?$/.exec(command)
    if (!match) return false
    const modes = MODES[bang ? "!" : match[1]]
    if (match[3]) {
      this.#maps = this.#maps.filter(({ mode }) => !modes.includes(mode))
      return true
    }
    const [, lhs = "", rhs] = /^(?:<(?:silent|buffer|expr|unique|nowait)>\s*)*(\S*)(?:\s+(.*))?$/s.exec(argument) ?? []
    const from = keysIn(lhs, this.leader)
    if (from.length === 0 || (match[2] !== "un" && rhs === undefined)) return true
    this.#maps = this.#maps.filter((one) => one.from.join(" ") !== from.join(" ") || !modes.includes(one.mode))
    if (match[2] !== "un" && rhs !== undefined)
      for (const mode of modes) this.#maps.push({ mode, from, to: keysIn(rhs, this.leader), again: match[2] !== "nore" })
    return true
  }

  /** What a typed key becomes: keys to carry out now (none while more may follow). */
  take(key: string, mode: MapMode | undefined): readonly string[] {
    if (mode === undefined || this.#maps.length === 0) return [...this.#pending.splice(0), key]
    this.#pending.push(key)
    const typed = this.#pending.splice(0)
    const done: string[] = []
    let queue = typed.map((one): MappedKey => ({ key: one, again: true }))
    for (let round = 0; queue.length > 0; round++) {
      const fitting = round > MAX_ROUNDS ? [] : this.#fitting(queue, mode)
      const whole = fitting.findLast((one) => one.from.length <= queue.length)
      // A longer map may still come.
      if (fitting.some((one) => one.from.length > queue.length) && round === 0 && done.length === 0) {
        this.#pending = queue.map((one) => one.key)
        return []
      }
      if (!whole) {
        done.push(queue[0].key)
        queue = queue.slice(1)
        continue
      }
      // A map that begins with its own keys does not go round for ever.
      const own = whole.to.length > 0 && whole.from.every((one, at) => one === whole.to[at])
      const into = whole.to.map((one, at): MappedKey => ({ key: one, again: whole.again && !(own && at === 0) }))
      queue = [...into, ...queue.slice(whole.from.length)]
      if (!whole.again) {
        done.push(...whole.to)
        queue = queue.slice(into.length)
      }
    }
    return done
  }

  #fitting(queue: readonly MappedKey[], mode: MapMode): KeyMap[] {
    return this.#maps.filter(
      (one) => one.mode === mode && one.from.every((key, at) => at >= queue.length || (queue[at].key === key && queue[at].again)),
    )
  }

  /** As :map lists them. */
  list(): string[] {
    if (this.#maps.length === 0) return ["", "No mapping found"]
    return ["", ...this.#maps.map(({ mode, from, to, again }) => `${mode}  ${from.join("").padEnd(12)}${again ? " " : "*"} ${to.join("")}`)]
  }
}

/** :abbreviate: words that become others when they have been typed. */
export class Abbreviations {
  readonly #words = new Map<string, { text: string; modes: string }>()

  /** False when the command is none of them. */
  read(command: string, argument: string): boolean {
    const match = /^([ic]?)(una|norea|a)(bbrev(?:iate)?|bclear)$/.exec(command)
    if (!match) return false
    const modes = match[1] === "" ? "ic" : match[1]
    const [, word = "", text] = /^(?:<(?:silent|buffer|expr)>\s*)*(\S*)(?:\s+(.*))?$/s.exec(argument) ?? []
    if (match[3] === "bclear") this.#words.clear()
    else if (match[2] === "una") this.#words.delete(word)
    else if (word !== "" && text !== undefined) this.#words.set(word, { text, modes })
    return true
  }

  /** What the end of `typed` stands for: how many characters go, and what comes. */
  at(typed: string, mode: "i" | "c"): { length: number; keys: readonly string[] } | undefined {
    if (this.#words.size === 0) return undefined
    for (const [word, { text, modes }] of this.#words) {
      if (!modes.includes(mode) || !typed.endsWith(word)) continue
      const head = typed.slice(0, typed.length - word.length)
      // A word stands alone: no letter is before it; one that begins with a sign has a blank before it.
      if (/^\w/.test(word) ? /[\p{L}\p{N}_]$/u.test(head) : /\w$/.test(word) ? /\S$/.test(head) && !/\w$/.test(head) : /\S$/.test(head))
        continue
      return { length: [...word].length, keys: keysIn(text, "\\") }
    }
    return undefined
  }
}
