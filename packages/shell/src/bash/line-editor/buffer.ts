/** The line being edited: characters, point, kill ring and undo, as readline has them. */

interface Snapshot {
  readonly characters: readonly string[]
  readonly point: number
}

const MAX_KILLS = 10
const MAX_UNDO = 500
/** Characters that all undo steps together keep. */
const MAX_UNDO_CHARACTERS = 200_000

const isWordCharacter = (character: string | undefined): boolean => character !== undefined && /[\p{L}\p{N}_]/u.test(character)

export class LineBuffer {
  characters: string[] = []
  point = 0
  readonly #kills: string[][]
  #undo: Snapshot[] = []
  #undoSize = 0
  /** Consecutive kills make one entry; consecutive typed characters undo together. */
  #last: "kill" | "insert" | "yank" | "other" = "other"
  #yanked = { at: 0, length: 0, kill: 0 }

  constructor(kills: string[][]) {
    this.#kills = kills
  }

  get text(): string {
    return this.characters.join("")
  }

  set(text: string, point?: number): void {
    this.#save()
    this.characters = [...text]
    this.point = Math.min(point ?? this.characters.length, this.characters.length)
    this.#last = "other"
  }

  #save(): void {
    this.#undo.push({ characters: [...this.characters], point: this.point })
    this.#undoSize += this.characters.length
    while (this.#undo.length > MAX_UNDO || (this.#undoSize > MAX_UNDO_CHARACTERS && this.#undo.length > 1))
      this.#undoSize -= this.#undo.shift()?.characters.length ?? 0
  }

  insert(text: string): void {
    if (this.#last !== "insert") this.#save()
    const added = [...text]
    if (this.point === this.characters.length) for (const character of added) this.characters.push(character)
    else this.characters = [...this.characters.slice(0, this.point), ...added, ...this.characters.slice(this.point)]
    this.point += added.length
    this.#last = "insert"
  }

  /** Replaces [from, to) and puts point after what was put in. */
  replace(from: number, to: number, text: string): void {
    this.#save()
    const added = [...text]
    this.characters.splice(from, to - from, ...added)
    this.point = from + added.length
    this.#last = "other"
  }

  moveTo(point: number): void {
    this.point = Math.max(0, Math.min(this.characters.length, point))
    this.#last = "other"
  }

  delete(from: number, to: number): boolean {
    if (from >= to || from < 0 || to > this.characters.length) return false
    this.#save()
    this.characters.splice(from, to - from)
    this.point = from
    this.#last = "other"
    return true
  }

  /** Deletes into the kill ring; before point it is put in front of the last kill. */
  kill(from: number, to: number): void {
    if (from >= to) return
    this.#save()
    const backward = to === this.point
    const killed = this.characters.splice(from, to - from)
    const [newest] = this.#kills
    if (this.#last === "kill" && newest) this.#kills[0] = backward ? [...killed, ...newest] : [...newest, ...killed]
    else this.#kills.unshift(killed)
    this.#kills.length = Math.min(this.#kills.length, MAX_KILLS)
    this.point = from
    this.#last = "kill"
  }

  /** Into the kill ring, and still here. */
  copy(from: number, to: number): void {
    if (from >= to) return
    this.#kills.unshift(this.characters.slice(from, to))
    this.#kills.length = Math.min(this.#kills.length, MAX_KILLS)
    this.#last = "other"
  }

  yank(): void {
    const [newest] = this.#kills
    if (!newest) return
    this.#save()
    this.characters.splice(this.point, 0, ...newest)
    this.#yanked = { at: this.point, length: newest.length, kill: 0 }
    this.point += newest.length
    this.#last = "yank"
  }

  /** M-y: the kill before, in place of what was just yanked. */
  yankPop(): void {
    if (this.#last !== "yank") return
    const kill = (this.#yanked.kill + 1) % this.#kills.length
    const text = this.#kills[kill]
    this.characters.splice(this.#yanked.at, this.#yanked.length, ...text)
    this.point = this.#yanked.at + text.length
    this.#yanked = { at: this.#yanked.at, length: text.length, kill }
  }

  undo(): void {
    const before = this.#undo.pop()
    if (!before) return
    this.#undoSize -= before.characters.length
    this.characters = [...before.characters]
    this.point = before.point
    this.#last = "other"
  }

  wordLeft(): number {
    let at = this.point
    while (at > 0 && !isWordCharacter(this.characters[at - 1])) at--
    while (at > 0 && isWordCharacter(this.characters[at - 1])) at--
    return at
  }

  wordRight(): number {
    let at = this.point
    while (at < this.characters.length && !isWordCharacter(this.characters[at])) at++
    while (at < this.characters.length && isWordCharacter(this.characters[at])) at++
    return at
  }

  /** Where the word before point begins, words being parted by blanks (C-w). */
  blankLeft(): number {
    let at = this.point
    while (at > 0 && /\s/.test(this.characters[at - 1])) at--
    while (at > 0 && !/\s/.test(this.characters[at - 1])) at--
    return at
  }

  transpose(): void {
    if (this.point === 0 || this.characters.length < 2) return
    const at = this.point === this.characters.length ? this.point - 1 : this.point
    const [before, after] = [this.characters[at - 1], this.characters[at]]
    this.replace(at - 1, at + 1, after + before)
  }

  changeWord(change: (word: string) => string): void {
    const end = this.wordRight()
    this.replace(this.point, end, change(this.characters.slice(this.point, end).join("")))
  }
}
