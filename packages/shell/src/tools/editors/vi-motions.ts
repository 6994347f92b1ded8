/** vi's motions: where w, f, %, G, text objects and the like lead. */
import { ExError } from "./vi-ex.ts"
import { sentence, sentenceAt } from "./vi-sentences.ts"
import {
  bracketAround,
  charactersOf,
  columnAt,
  displayColumn,
  findCharacter,
  firstNonBlank,
  lengthOf,
  matchingBracket,
  paragraph,
  textObject,
  wordBackward,
  wordEnd,
  wordEndBackward,
  wordForward,
  type Motion,
  type Place,
} from "./vi-text.ts"
import { ViBuffer } from "./vi-buffer.ts"

export abstract class ViMotions extends ViBuffer {
  /** Carries out "/pattern/offset;/next/" or "?pattern"; "" looks for the last one again. Throws ExError. */
  protected searchFor(mark: string, text: string, times = 1): Motion {
    const forward = mark === "/"
    const pieces = new RegExp(`^((?:\\\\.|\\[(?:\\\\.|[^\\]\\\\])*\\]|[^\\\\${mark}])*)(?:\\${mark}([^;]*)(?:;([/?])(.*))?)?$`, "s").exec(
      text,
    )
    const source = pieces?.[1] || this.search?.source
    if (source === undefined) throw new ExError("E35: No previous regular expression")
    const offset = pieces?.[1] === "" && pieces[2] === undefined ? this.search?.offset : pieces?.[2]
    this.search = { source, forward, ...(offset && { offset }) }
    if (this.options.hlsearch) this.highlight = this.patternOf(source)
    this.message = `${mark}${source}${offset ? `${mark}${offset}` : ""}`
    this.marks.set("'", { ...this.cursor })
    const motion = this.found(forward, times)
    const [next, rest] = [pieces?.[3], pieces?.[4]]
    if (next === undefined || rest === undefined) return motion
    const { cursor } = this
    this.cursor = { ...motion.to }
    try {
      return this.searchFor(next, rest)
    } finally {
      this.cursor = cursor
    }
  }

  /** The next match of the last search, moved by its offset. */
  protected found(forward: boolean, times = 1): Motion {
    const { source = "", offset = "" } = this.search ?? {}
    const [, kind, way = "", digits = ""] = /^([esb])?([+-]?)(\d*)/.exec(offset) ?? []
    const by = (way === "-" ? -1 : 1) * (digits === "" ? (way === "" ? 0 : 1) : Number(digits))
    const lines = kind === undefined && offset !== ""
    const { cursor } = this
    let to = cursor
    try {
      for (let left = Math.min(times, 1_000); left > 0; left--) {
        // Behind an offset of lines the search goes on from that line's end, or begin; behind others from the match itself.
        if (lines && offset !== "0") this.cursor = { row: to.row, column: forward ? Number.MAX_SAFE_INTEGER : -1 }
        else if (kind !== undefined && kind !== "e" && by !== 0) this.cursor = { row: to.row, column: to.column - by }
        else this.cursor = { ...to }
        to = this.find(source, forward, kind === "e" ? "end" : "begin")
        if (lines) to = { row: Math.max(0, Math.min(this.lines.length - 1, to.row + by)), column: 0 }
        else to = { row: to.row, column: Math.max(0, to.column + by) }
      }
    } finally {
      this.cursor = cursor
    }
    if (lines) return { to: { row: to.row, column: firstNonBlank(this.lines[to.row]) }, linewise: true, jump: true, big: true }
    return { to, inclusive: kind === "e", jump: true, big: true }
  }

  /** Where keys lead; "more" when they are not all there, undefined when they lead nowhere. */
  protected motion(keys: string[], count: number | undefined, operator?: string): Motion | "more" | undefined {
    const key = keys[0]
    const times = count ?? 1
    const { lines } = this
    let { row, column } = this.cursor
    const repeat = (work: (place: Place) => Place): Place => {
      let place: Place = { row, column }
      for (let at = 0; at < times; at++) place = work(place)
      return place
    }
    if (key !== "j" && key !== "k" && key !== "up" && key !== "down" && key !== "$" && key !== "C-n" && key !== "C-p")
      this.wanted = undefined
    switch (key) {
      case "backspace":
      case "C-h":
      case " ": {
        // 'whichwrap': these two go on in the line before or behind.
        let left = times
        while (left-- > 0)
          if (key === " ") {
            const last = Math.max(0, lengthOf(lines[row]) - (operator && left === 0 ? 0 : 1))
            if (column < last) column++
            else if (row < lines.length - 1) [row, column] = [row + 1, 0]
          } else if (column > 0) column--
          else if (row > 0) [row, column] = [row - 1, Math.max(0, lengthOf(lines[row - 1]) - 1)]
        return { to: { row, column } }
      }
      case "h":
      case "left":
        if (column === 0 && operator) return undefined
        return { to: { row, column: Math.max(0, column - times) } }
      case "l":
      case "right":
        return {
          to: {
            row,
            column: Math.min(Math.max(0, lengthOf(lines[row]) - (operator || this.mode.startsWith("visual") ? 0 : 1)), column + times),
          },
        }
      case "j":
      case "down":
      case "C-n":
      case "C-j": {
        if (operator && row + times >= lines.length) return undefined
        return { to: this.#upright(Math.min(lines.length - 1, row + times)), linewise: true }
      }
      case "k":
      case "up":
      case "C-p": {
        if (operator && row - times < 0) return undefined
        return { to: this.#upright(Math.max(0, row - times)), linewise: true }
      }
      case "enter":
      case "+":
        row = Math.min(lines.length - 1, row + times)
        return { to: { row, column: firstNonBlank(lines[row]) }, linewise: true }
      case "-":
        row = Math.max(0, row - times)
        return { to: { row, column: firstNonBlank(lines[row]) }, linewise: true }
      case "0":
      case "home":
        return { to: { row, column: 0 } }
      case "^":
        return { to: { row, column: firstNonBlank(lines[row]) } }
      case "_":
        row = Math.min(lines.length - 1, row + times - 1)
        return { to: { row, column: firstNonBlank(lines[row]) }, linewise: true }
      case "$":
      case "end":
        row = Math.min(lines.length - 1, row + times - 1)
        this.wanted = Number.MAX_SAFE_INTEGER
        return { to: { row, column: Math.max(0, lengthOf(lines[row]) - 1) }, inclusive: lengthOf(lines[row]) > 0 }
      case "|":
        return { to: { row, column: columnAt(lines[row], times - 1, this.options.tabstop) } }
      case "w":
      case "W": {
        // cw is ce, and dw of a line's last word stops at its end.
        const blank = /\s/.test(charactersOf(lines[row])[column] ?? " ")
        if (operator === "c" && !blank) {
          let place: Place = { row, column }
          for (let at = 0; at < times; at++) place = wordEnd(lines, place, key === "W", at === 0)
          return { to: place, inclusive: true }
        }
        const to = repeat((place) => wordForward(lines, place, key === "W"))
        // An empty line is a word, and goes as a whole.
        if (operator && lines[row] === "" && to.row === row + 1) return { to: { row: row + 1, column: 0 } }
        if (operator && to.row > row && charactersOf(lines[to.row]).slice(0, to.column).join("").trim() === "")
          return { to: { row: to.row - 1, column: lengthOf(lines[to.row - 1]) } }
        return { to }
      }
      case "b":
      case "B":
        return { to: repeat((place) => wordBackward(lines, place, key === "B")) }
      case "e":
      case "E":
        return { to: repeat((place) => wordEnd(lines, place, key === "E")), inclusive: true }
      case "G": {
        const target = count === undefined ? lines.length - 1 : Math.min(lines.length, times) - 1
        return { to: { row: target, column: firstNonBlank(lines[target]) }, linewise: true, jump: true }
      }
      case "g": {
        if (keys.length < 2) return "more"
        if (keys[1] === "g") {
          const target = Math.min(lines.length, times) - 1
          return { to: { row: target, column: firstNonBlank(lines[target]) }, linewise: true, jump: true }
        }
        if (keys[1] === "e" || keys[1] === "E")
          return { to: repeat((place) => wordEndBackward(lines, place, keys[1] === "E")), inclusive: true }
        if (keys[1] === "o") {
          let left = times - 1
          for (row = 0; row < lines.length - 1 && left > lines[row].length; row++) left -= lines[row].length + 1
          return { to: { row, column: left }, jump: true }
        }
        if (keys[1] === "*" || keys[1] === "#") return this.#wordUnder(keys[1], true, times)
        const screen = this.#screenMotion(keys[1], times)
        if (screen) return screen
        if (keys[1] === "n" || keys[1] === "N") {
          if (!this.search) throw new ExError("E35: No previous regular expression")
          const { source } = this.search
          const { cursor } = this
          this.cursor = { row, column: column - 1 }
          const from = this.find(source, keys[1] === "n")
          this.cursor = { row: from.row, column: from.column - 1 }
          const to = this.find(source, true, "end")
          this.cursor = cursor
          return { from, to, inclusive: true }
        }
        if (keys[1] === "_") return { to: { row, column: Math.max(0, lines[row].trimEnd().length - 1) }, inclusive: true }
        return undefined
      }
      case "H":
      case "M":
      case "L": {
        const bottom = Math.min(lines.length, this.top + this.height) - 1
        const target =
          key === "H"
            ? Math.min(bottom, this.top + times - 1)
            : key === "L"
              ? Math.max(this.top, bottom - times + 1)
              : (this.top + bottom) >> 1
        return { to: { row: target, column: firstNonBlank(lines[target]) }, linewise: true, jump: true }
      }
      case "(":
      case ")":
        return { to: repeat((place) => sentence(lines, place, key === ")")), jump: true, big: true }
      case "[":
      case "]": {
        if (keys.length < 2) return "more"
        return this.#bracketMotion(key === "]", keys[1], times, operator)
      }
      case "{":
      case "}":
        return { to: repeat((place) => paragraph(lines, place, key === "}")), jump: true, big: true }
      case "%": {
        if (count !== undefined) {
          const target = Math.min(lines.length, Math.floor((Math.min(100, count) * lines.length + 99) / 100)) - 1
          return { to: { row: Math.max(0, target), column: firstNonBlank(lines[target]) }, linewise: true, jump: true }
        }
        const to = matchingBracket(lines, this.cursor)
        return to && { to, inclusive: true, jump: true, big: true }
      }
      case "f":
      case "F":
      case "t":
      case "T": {
        if (keys.length < 2) return "more"
        this.lastFind = { character: keys[1], kind: key }
        const at = findCharacter(lines[row], column, keys[1], key, times)
        return at === undefined ? undefined : { to: { row, column: at }, inclusive: key === "f" || key === "t" }
      }
      case ";":
      case ",": {
        if (!this.lastFind) return undefined
        const { character, kind } = this.lastFind
        const way = key === ";" ? kind : kind === kind.toLowerCase() ? kind.toUpperCase() : kind.toLowerCase()
        const at = findCharacter(lines[row], column, character, way, times, true)
        return at === undefined ? undefined : { to: { row, column: at }, inclusive: way === "f" || way === "t" }
      }
      case "n":
      case "N": {
        if (!this.search) throw new ExError("E35: No previous regular expression")
        const motion = this.found(this.search.forward === (key === "n"), times)
        if (!/^search hit/.test(this.message)) this.message = `${this.search.forward === (key === "n") ? "/" : "?"}${this.search.source}`
        return motion
      }
      case "*":
      case "#":
        return this.#wordUnder(key, false, times)
      case "'":
      case "`": {
        if (keys.length < 2) return "more"
        const mark = this.marks.get(keys[1] === "`" ? "'" : keys[1])
        if (!mark || mark.row >= lines.length) throw new ExError("E20: Mark not set")
        const jump = !/[[\]<>."^]/.test(keys[1])
        return key === "'"
          ? { to: { row: mark.row, column: firstNonBlank(lines[mark.row]) }, linewise: true, jump }
          : { to: { ...mark }, jump, big: true }
      }
      case "i":
      case "a": {
        if (!operator) return undefined
        if (keys.length < 2) return "more"
        return keys[1] === "s"
          ? sentenceAt(lines, this.cursor, key === "a", times)
          : textObject(lines, this.cursor, key === "a", keys[1], times)
      }
      case "/":
      case "?": {
        // Behind an operator, or with a selection: the pattern is a part of the command.
        const end = keys.indexOf("enter")
        if (end < 0) return "more"
        let text = ""
        for (const one of keys.slice(1, end)) text = one === "backspace" ? text.slice(0, -1) : [...one].length === 1 ? text + one : text
        if (text !== "") this.searches.push(text)
        return this.searchFor(key, text, times)
      }
      default:
        return undefined
    }
  }

  /** *, #, g* and g#: the word at or behind the cursor is searched for. */
  #wordUnder(key: string, part: boolean, times: number): Motion {
    const line = this.lines[this.cursor.row]
    const characters = charactersOf(line)
    let from = this.cursor.column
    const isWord = (one: string | undefined) => /[\p{L}\p{N}_]/u.test(one ?? "")
    if (isWord(characters[from])) while (isWord(characters[from - 1])) from--
    else while (from < characters.length && !isWord(characters[from])) from++
    let to = from
    while (isWord(characters[to])) to++
    let word = characters.slice(from, to).join("")
    if (word === "") {
      // No word: what stands there that is no blank.
      from = this.cursor.column
      while (/\s/.test(characters[from] ?? "x") && from < characters.length) from++
      to = from
      while (to < characters.length && !/\s/.test(characters[to]) && !isWord(characters[to])) to++
      word = characters.slice(from, to).join("")
    }
    if (word === "") throw new ExError("E348: No string under cursor")
    const plain = word.replace(/[\\/.*$^~[\]]/g, "\\$&")
    const source = part || !/\w/.test(word) ? plain : `\\<${plain}\\>`
    this.search = { source, forward: key === "*" }
    this.searches.push(source)
    if (this.options.hlsearch) this.highlight = this.patternOf(source)
    this.message = `${key === "*" ? "/" : "?"}${source}`
    const { cursor } = this
    this.cursor = { row: cursor.row, column: from }
    try {
      return this.found(key === "*", times)
    } finally {
      this.cursor = cursor
    }
  }

  /** g0, g^, gm, gM, g$, gj and gk: by what the screen shows of a line. */
  #screenMotion(key: string, times: number): Motion | undefined {
    const { row, column } = this.cursor
    const { tabstop } = this.options
    const { lines, columns } = this
    const at = displayColumn(lines[row], column, tabstop)
    const first = this.options.wrap ? at - (at % columns) : 0
    switch (key) {
      case "0":
        return { to: { row, column: columnAt(lines[row], first, tabstop) } }
      case "^": {
        const begin = columnAt(lines[row], first, tabstop)
        const text = charactersOf(lines[row]).slice(begin)
        const blanks = text.findIndex((one) => !/\s/.test(one))
        return { to: { row, column: begin + Math.max(0, blanks) } }
      }
      case "m":
        return { to: { row, column: columnAt(lines[row], first + Math.floor(columns / 2), tabstop) } }
      case "M":
        return { to: { row, column: Math.floor(lengthOf(lines[row]) / 2) } }
      case "$":
        return { to: { row, column: columnAt(lines[row], first + columns * times - 1, tabstop) }, inclusive: true }
      case "j":
      case "k": {
        let [to, screen] = [row, at]
        for (let left = Math.min(times, 10_000); left > 0; left--) {
          const width = displayColumn(lines[to], lengthOf(lines[to]), tabstop)
          const lastStart = this.options.wrap ? Math.max(0, Math.ceil(width / columns) - 1) * columns : 0
          if (key === "j") {
            if (this.options.wrap && screen - (screen % columns) < lastStart) screen += columns
            else if (to < lines.length - 1) [to, screen] = [to + 1, screen % columns]
          } else if (this.options.wrap && screen >= columns) screen -= columns
          else if (to > 0) {
            to--
            const wide = displayColumn(lines[to], lengthOf(lines[to]), tabstop)
            screen = (this.options.wrap ? Math.max(0, Math.ceil(wide / columns) - 1) * columns : 0) + (screen % columns)
          }
        }
        return { to: { row: to, column: columnAt(lines[to], screen, tabstop) } }
      }
    }
    return undefined
  }

  /** [( [{ ]) ]} [[ ]] [] ][ [m ]m ]' [' and their kin. */
  #bracketMotion(forward: boolean, key: string, times: number, operator: string | undefined): Motion | undefined {
    const { lines } = this
    const name = { "{": "{", "}": "{", "(": "(", ")": "(" }[key]
    if (name) {
      let to: Place | undefined = this.cursor
      for (let left = Math.min(times, 100); to && left > 0; left--) to = bracketAround(lines, to, name, forward)
      return to ? { to, inclusive: false, jump: true } : undefined
    }
    if (key === "[" || key === "]") {
      const sign = (key === "[") === forward ? "}" : "{"
      const wanted = forward ? (key === "]" ? "{" : "}") : sign
      let { row } = this.cursor
      for (let left = Math.min(times, 1_000); left > 0; left--) {
        do row += forward ? 1 : -1
        while (row > 0 && row < lines.length - 1 && !lines[row].startsWith(wanted))
        row = Math.max(0, Math.min(lines.length - 1, row))
      }
      const found = lines[row].startsWith(wanted)
      const column = found || !forward ? 0 : operator ? lengthOf(lines[row]) : Math.max(0, firstNonBlank(lines[row]))
      return { to: { row, column }, jump: true }
    }
    if (key === "m" || key === "M") {
      const to = bracketAround(lines, this.cursor, "{", forward)
      return to ? { to, jump: true } : undefined
    }
    if (key !== "'" && key !== "`") return undefined
    const rows = [...this.marks].filter(([mark]) => /^[a-z]$/.test(mark)).map(([, place]) => place)
    const ordered = rows.sort((a, b) => a.row - b.row || a.column - b.column)
    const { cursor } = this
    const to = forward
      ? ordered.find((one) => one.row > cursor.row || (key === "`" && one.row === cursor.row && one.column > cursor.column))
      : ordered.findLast((one) => one.row < cursor.row || (key === "`" && one.row === cursor.row && one.column < cursor.column))
    if (!to) return { to: { row: cursor.row, column: key === "'" ? firstNonBlank(lines[cursor.row]) : cursor.column } }
    return { to: { row: to.row, column: key === "'" ? firstNonBlank(lines[to.row]) : to.column }, linewise: key === "'" }
  }

  /** On another line, below or above where the cursor was last put. */
  #upright(row: number): Place {
    const { tabstop } = this.options
    const { cursor } = this
    // On a tab the cursor stands at its end.
    this.wanted ??=
      displayColumn(
        this.lines[cursor.row],
        cursor.column + (charactersOf(this.lines[cursor.row])[cursor.column] === "\t" ? 1 : 0),
        tabstop,
      ) - (charactersOf(this.lines[cursor.row])[cursor.column] === "\t" ? 1 : 0)
    return { row, column: columnAt(this.lines[row], this.wanted, tabstop) }
  }
}
