/** What keys do to the line alone, as readline's emacs mode binds them. */
import type { LineBuffer } from "./buffer.ts"

const capitalised = (word: string): string => word.toLowerCase().replace(/[\p{L}\p{N}]/u, (first) => first.toUpperCase())

const transposeWords = (buffer: LineBuffer): void => {
  const end = buffer.wordRight()
  buffer.moveTo(end)
  const second = buffer.wordLeft()
  buffer.moveTo(second)
  const first = buffer.wordLeft()
  buffer.moveTo(first)
  const firstEnd = buffer.wordRight()
  if (firstEnd > second) return buffer.moveTo(end)
  const part = (from: number, to: number) => buffer.characters.slice(from, to).join("")
  buffer.replace(first, end, part(second, end) + part(firstEnd, second) + part(first, firstEnd))
}

/** Key → change. Returning false rings the bell. */
export const EDITING: Readonly<Record<string, (buffer: LineBuffer) => boolean | void>> = {
  "C-a": (buffer) => buffer.moveTo(0),
  home: (buffer) => buffer.moveTo(0),
  "C-e": (buffer) => buffer.moveTo(buffer.characters.length),
  end: (buffer) => buffer.moveTo(buffer.characters.length),
  "C-b": (buffer) => buffer.moveTo(buffer.point - 1),
  left: (buffer) => buffer.moveTo(buffer.point - 1),
  "C-f": (buffer) => buffer.moveTo(buffer.point + 1),
  right: (buffer) => buffer.moveTo(buffer.point + 1),
  "M-b": (buffer) => buffer.moveTo(buffer.wordLeft()),
  "C-left": (buffer) => buffer.moveTo(buffer.wordLeft()),
  "M-left": (buffer) => buffer.moveTo(buffer.wordLeft()),
  "M-f": (buffer) => buffer.moveTo(buffer.wordRight()),
  "C-right": (buffer) => buffer.moveTo(buffer.wordRight()),
  "M-right": (buffer) => buffer.moveTo(buffer.wordRight()),
  backspace: (buffer) => buffer.delete(buffer.point - 1, buffer.point),
  delete: (buffer) => buffer.delete(buffer.point, buffer.point + 1),
  "C-d": (buffer) => buffer.delete(buffer.point, buffer.point + 1),
  "C-k": (buffer) => buffer.kill(buffer.point, buffer.characters.length),
  "C-u": (buffer) => buffer.kill(0, buffer.point),
  "C-w": (buffer) => buffer.kill(buffer.blankLeft(), buffer.point),
  "M-backspace": (buffer) => buffer.kill(buffer.wordLeft(), buffer.point),
  "M-d": (buffer) => buffer.kill(buffer.point, buffer.wordRight()),
  "C-y": (buffer) => buffer.yank(),
  "M-y": (buffer) => buffer.yankPop(),
  "C-t": (buffer) => buffer.transpose(),
  "M-t": transposeWords,
  "M-u": (buffer) => buffer.changeWord((word) => word.toUpperCase()),
  "M-l": (buffer) => buffer.changeWord((word) => word.toLowerCase()),
  "M-c": (buffer) => buffer.changeWord(capitalised),
  "C-_": (buffer) => buffer.undo(),
  "C-x backspace": (buffer) => buffer.kill(0, buffer.point),
  "(kill-whole-line)": (buffer) => {
    buffer.moveTo(buffer.characters.length)
    buffer.kill(0, buffer.characters.length)
  },
  "(unix-filename-rubout)": (buffer) => {
    let at = buffer.point
    while (at > 0 && /[\s/]/.test(buffer.characters[at - 1])) at--
    while (at > 0 && !/[\s/]/.test(buffer.characters[at - 1])) at--
    buffer.kill(at, buffer.point)
  },
  "(copy-backward-word)": (buffer) => buffer.copy(buffer.wordLeft(), buffer.point),
  "(copy-forward-word)": (buffer) => buffer.copy(buffer.point, buffer.wordRight()),
  "M-\\": (buffer) => {
    let [from, to] = [buffer.point, buffer.point]
    while (from > 0 && /\s/.test(buffer.characters[from - 1])) from--
    while (to < buffer.characters.length && /\s/.test(buffer.characters[to])) to++
    buffer.delete(from, to)
  },
}

/** What a key does with a negative argument. */
export const AGAINST: Readonly<Record<string, string>> = {
  "C-f": "C-b",
  "C-b": "C-f",
  right: "left",
  left: "right",
  "M-f": "M-b",
  "M-b": "M-f",
  "C-d": "backspace",
  backspace: "C-d",
  "M-d": "M-backspace",
  "M-backspace": "M-d",
  "C-k": "C-u",
  "C-u": "C-k",
  "C-n": "C-p",
  "C-p": "C-n",
  up: "down",
  down: "up",
  "C-]": "M-C-]",
  "M-C-]": "C-]",
}
