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
  leader: "\\",
  up: "up",
  down: "down",
  left: "left",
  right: "right",
  home: "home",
  end: "end",
  nop: "",
}

/** "jk<Esc>" as keys: j, k, escape. */
export const keysIn = (text: string): string[] => {
  const keys: string[] = []
  for (const [all, name, one] of text.matchAll(/<([A-Za-z]+(?:-.)?)>|([\s\S])/gu)) {
    const control = /^C-(.)$/i.exec(name ?? "")
    const known = control ? `C-${control[1].toLowerCase()}` : NAMED[(name ?? "").toLowerCase()]
    if (one !== undefined) keys.push(one)
    else if (known === undefined) keys.push(...all)
    else if (known !== "") keys.push(known)
  }
  return keys
}

type MapMode = "n" | "v" | "i"

interface KeyMap {
  readonly modes: readonly MapMode[]
  readonly from: readonly string[]
  readonly to: readonly string[]
}

const MODES: Readonly<Record<string, readonly MapMode[]>> = { "": ["n", "v"], n: ["n"], v: ["v"], x: ["v"], i: ["i"] }

/** The maps of one editor. `read` takes a command's name and what is behind it. */
export class KeyMaps {
  #maps: KeyMap[] = []
  #pending: string[] = []

  /** False when the command is none of them. */
  read(command: string, argument: string): boolean {
    const match = /^([nvxi]?)(un|nore)?map$/.exec(command)
    if (!match) return false
    const modes = MODES[match[1]]
    const [, lhs = "", rhs] = /^(?:<(?:silent|buffer|expr|unique|nowait)>\s*)*(\S*)(?:\s+(.*))?$/s.exec(argument) ?? []
    const from = keysIn(lhs)
    if (from.length === 0) return true
    this.#maps = this.#maps.filter((one) => one.from.join(" ") !== from.join(" ") || !one.modes.some((mode) => modes.includes(mode)))
    if (match[2] !== "un" && rhs !== undefined) this.#maps.push({ modes, from, to: keysIn(rhs) })
    return true
  }

  /** What a typed key becomes: keys to carry out now (none while more may follow). */
  take(key: string, mode: MapMode | undefined): readonly string[] {
    if (mode === undefined || this.#maps.length === 0) return [...this.#pending.splice(0), key]
    this.#pending.push(key)
    const pending = this.#pending
    const fitting = this.#maps.filter((one) => one.modes.includes(mode) && pending.every((typed, at) => one.from[at] === typed))
    if (fitting.length === 0) return pending.splice(0)
    const whole = fitting.find((one) => one.from.length === pending.length)
    if (!whole) return []
    pending.length = 0
    return whole.to
  }
}
