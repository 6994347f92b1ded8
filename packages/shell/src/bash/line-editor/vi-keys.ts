/** vi's keys for one line, as readline's vi mode has them (vi_mode.c): what is typed after Escape. */
import type { LineBuffer } from "./buffer.ts"

/** What the editor itself does about a key of command mode. */
export type ViAct = "insert" | "older" | "newer" | "search" | "accept" | "comment" | "edit" | "again" | "bell" | undefined

const isBlank = (character: string | undefined): boolean => character === undefined || /\s/.test(character)
const isWord = (character: string | undefined): boolean => character !== undefined && /[\p{L}\p{N}_]/u.test(character)

/** Of the same kind: letters, signs or blanks; with `big` only blanks differ. */
const kindOf = (character: string | undefined, big: boolean): number => (isBlank(character) ? 0 : big || isWord(character) ? 1 : 2)

interface Motion {
  readonly to: number
  /** An operator takes the character at the end too. */
  readonly inclusive?: boolean
}

export class ViKeys {
  /** In command mode. */
  command = false
  #count = ""
  #operator: "d" | "c" | "y" | undefined
  #operatorCount = 1
  /** f, t, F, T or r wait for a character. */
  #waiting: string | undefined
  #found: { key: string; character: string } | undefined
  #register: readonly string[] = []
  /** The keys of the last change, for ".". */
  #change: readonly string[] = []
  #keys: string[] = []
  #repeating = false

  reset(): void {
    this.command = false
    this.#clear()
  }

  #clear(): void {
    this.#count = ""
    this.#operator = this.#waiting = undefined
    this.#operatorCount = 1
    this.#keys = []
  }

  /** Escape was typed: from inserting back to commands. */
  leaveInsert(buffer: LineBuffer): void {
    if (!this.command) buffer.moveTo(buffer.point - 1)
    this.command = true
    this.#clear()
  }

  /** A key of command mode. */
  press(key: string, buffer: LineBuffer): ViAct {
    this.#keys.push(key)
    if (this.#waiting !== undefined) return this.#given(this.#waiting, key, buffer)
    if (/^[1-9]$/.test(key) || (key === "0" && this.#count !== "")) {
      this.#count = (this.#count + key).slice(0, 4)
      return undefined
    }
    if ("fFtTr".includes(key) && key.length === 1) {
      this.#waiting = key
      return undefined
    }
    const count = Math.max(1, Number(this.#count || 1)) * this.#operatorCount
    const motion = this.#motion(key, buffer, count)
    if (motion) return this.#move(motion, buffer)
    if (this.#operator !== undefined) {
      if (key === this.#operator) return this.#operate({ to: buffer.characters.length, inclusive: false }, buffer, 0)
      this.#clear()
      return "bell"
    }
    if ((key === "d" || key === "c" || key === "y") && this.#operator === undefined) {
      this.#operator = key
      this.#operatorCount = Math.max(1, Number(this.#count || 1))
      this.#count = ""
      return undefined
    }
    return this.#single(key, buffer, count)
  }

  #motion(key: string, buffer: LineBuffer, count: number): Motion | undefined {
    const { characters, point } = buffer
    const last = Math.max(0, characters.length - (this.#operator === undefined ? 1 : 0))
    switch (key) {
      case "h":
      case "backspace":
      case "left":
        return { to: Math.max(0, point - count) }
      case "l":
      case " ":
      case "right":
        return { to: Math.min(last, point + count) }
      case "0":
      case "home":
        return { to: 0 }
      case "^":
        return {
          to: Math.max(
            0,
            characters.findIndex((one) => !isBlank(one)),
          ),
        }
      case "$":
      case "end":
        return { to: Math.max(0, characters.length - 1), inclusive: true }
      case "|":
        return { to: Math.min(last, count - 1) }
      case "w":
      case "W":
        return { to: this.#repeat(count, point, (at) => this.#wordAfter(characters, at, key === "W")) }
      case "b":
      case "B":
        return { to: this.#repeat(count, point, (at) => this.#wordBefore(characters, at, key === "B")) }
      case "e":
      case "E":
        return { to: this.#repeat(count, point, (at) => this.#wordEnd(characters, at, key === "E")), inclusive: true }
      case ";":
      case ",": {
        if (!this.#found) return undefined
        const { key: by, character } = this.#found
        const turned = by === by.toLowerCase() ? by.toUpperCase() : by.toLowerCase()
        return this.#find(key === ";" ? by : turned, character, buffer, count)
      }
      default:
        return undefined
    }
  }

  #repeat(count: number, from: number, step: (at: number) => number): number {
    let at = from
    for (let left = count; left > 0; left--) at = step(at)
    return at
  }

  #wordAfter(characters: readonly string[], from: number, big: boolean): number {
    let at = from
    // cw changes to the end of the word, not up to the next.
    if (this.#operator === "c" && !isBlank(characters[at])) return this.#wordEnd(characters, at - 1, big) + 1
    const kind = kindOf(characters[at], big)
    while (at < characters.length && kind !== 0 && kindOf(characters[at], big) === kind) at++
    while (at < characters.length && isBlank(characters[at])) at++
    return this.#operator === undefined ? Math.min(at, Math.max(0, characters.length - 1)) : at
  }

  #wordBefore(characters: readonly string[], from: number, big: boolean): number {
    let at = from - 1
    while (at > 0 && isBlank(characters[at])) at--
    const kind = kindOf(characters[at], big)
    while (at > 0 && kindOf(characters[at - 1], big) === kind) at--
    return Math.max(0, at)
  }

  #wordEnd(characters: readonly string[], from: number, big: boolean): number {
    let at = from + 1
    while (at < characters.length - 1 && isBlank(characters[at])) at++
    const kind = kindOf(characters[at], big)
    while (at < characters.length - 1 && kindOf(characters[at + 1], big) === kind) at++
    return Math.min(at, Math.max(0, characters.length - 1))
  }

  #find(key: string, character: string, { characters, point }: LineBuffer, count: number): Motion | undefined {
    const forward = key === key.toLowerCase()
    let at = point
    for (let left = count; left > 0; left--) {
      const begin = at + (forward ? 1 : -1)
      at = forward ? characters.indexOf(character, begin) : begin < 0 ? -1 : characters.lastIndexOf(character, begin)
      if (at < 0) return undefined
    }
    const before = key === "t" ? at - 1 : key === "T" ? at + 1 : at
    return { to: before, inclusive: forward }
  }

  /** The character that f, t, F, T or r were waiting for. */
  #given(key: string, character: string, buffer: LineBuffer): ViAct {
    this.#waiting = undefined
    const count = Math.max(1, Number(this.#count || 1)) * this.#operatorCount
    if ([...character].length !== 1) {
      this.#clear()
      return undefined
    }
    if (key === "r") {
      if (buffer.point + count > buffer.characters.length) return this.#done("bell")
      buffer.replace(buffer.point, buffer.point + count, character.repeat(count))
      buffer.moveTo(buffer.point - 1)
      return this.#done(undefined, true)
    }
    this.#found = { key, character }
    const motion = this.#find(key, character, buffer, count)
    return motion ? this.#move(motion, buffer) : this.#done("bell")
  }

  #move(motion: Motion, buffer: LineBuffer): ViAct {
    if (this.#operator !== undefined) return this.#operate(motion, buffer, buffer.point)
    buffer.moveTo(motion.to)
    return this.#done(undefined)
  }

  #operate({ to, inclusive }: Motion, buffer: LineBuffer, from: number): ViAct {
    const operator = this.#operator
    const [begin, end] = from <= to ? [from, Math.min(buffer.characters.length, to + (inclusive ? 1 : 0))] : [to, from]
    this.#register = buffer.characters.slice(begin, end)
    if (operator === "y") buffer.moveTo(begin)
    else buffer.delete(begin, end)
    if (operator === "d") buffer.moveTo(Math.min(buffer.point, Math.max(0, buffer.characters.length - 1)))
    if (operator === "c") this.command = false
    return this.#done(operator === "c" ? "insert" : undefined, operator !== "y")
  }

  /** The end of a command; `change`: "." repeats it. */
  #done(act: ViAct, change = false): ViAct {
    if (change && !this.#repeating) this.#change = [...this.#keys]
    this.#clear()
    return act
  }

  #insert(buffer: LineBuffer, at: number): ViAct {
    buffer.moveTo(at)
    this.command = false
    return this.#done("insert", false)
  }

  #single(key: string, buffer: LineBuffer, count: number): ViAct {
    const { characters, point } = buffer
    const end = characters.length
    switch (key) {
      case "i":
        return this.#insert(buffer, point)
      case "a":
        return this.#insert(buffer, Math.min(end, point + 1))
      case "I":
        return this.#insert(
          buffer,
          Math.max(
            0,
            characters.findIndex((one) => !isBlank(one)),
          ),
        )
      case "A":
        return this.#insert(buffer, end)
      case "x":
      case "delete":
      case "s":
        if (end === 0 && key !== "s") return this.#done("bell")
        this.#operator = key === "s" ? "c" : "d"
        return this.#operate({ to: Math.min(end, point + count) }, buffer, point)
      case "X":
        if (point === 0) return this.#done("bell")
        this.#operator = "d"
        return this.#operate({ to: Math.max(0, point - count) }, buffer, point)
      case "D":
      case "C":
        this.#operator = key === "D" ? "d" : "c"
        return this.#operate({ to: end }, buffer, point)
      case "S":
        this.#operator = "c"
        return this.#operate({ to: end }, buffer, 0)
      case "Y":
        this.#operator = "y"
        return this.#operate({ to: end }, buffer, point)
      case "p":
      case "P": {
        if (this.#register.length === 0) return this.#done("bell")
        const at = key === "p" ? Math.min(end, point + 1) : point
        buffer.replace(at, at, this.#register.join("").repeat(count))
        buffer.moveTo(buffer.point - 1)
        return this.#done(undefined, true)
      }
      case "~": {
        const to = Math.min(end, point + count)
        const part = characters.slice(point, to).map((one) => (one === one.toLowerCase() ? one.toUpperCase() : one.toLowerCase()))
        buffer.replace(point, to, part.join(""))
        buffer.moveTo(Math.min(buffer.point, end - 1))
        return this.#done(undefined, true)
      }
      case "u":
        buffer.undo()
        return this.#done(undefined)
      case "k":
      case "-":
      case "up":
      case "C-p":
        return this.#done("older")
      case "j":
      case "+":
      case "down":
      case "C-n":
        return this.#done("newer")
      case "/":
      case "?":
      case "C-r":
        return this.#done("search")
      case "n":
      case "N":
        return this.#done("again")
      case "#":
        return this.#done("comment")
      case "v":
        return this.#done("edit")
      case "enter":
        return this.#done("accept")
      case ".": {
        const keys = this.#change
        this.#clear()
        this.#repeating = true
        for (const one of keys) this.press(one, buffer)
        this.#repeating = false
        return undefined
      }
      case "escape":
        this.#clear()
        return undefined
      default:
        return this.#done("bell")
    }
  }
}
