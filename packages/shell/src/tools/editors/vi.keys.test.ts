/** vi beside vim: what every row of keys makes of a file is what vim made of it when it was recorded. */
import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { bytesOf, FILES, keysOf, nameOf } from "../../../differential/vi/keys.ts"
import { openTerminal } from "../../shell-machine.ts"

const place = (path: string) => new URL(`../../../differential/vi/${path}`, import.meta.url)
const recorded = new Map(
  readFileSync(place("recorded.jsonl"), "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const { name, text }: { name: string; text: string } = JSON.parse(line)
      return [name, text]
    }),
)

/** The file after the keys; an ESC is given the time that makes it a key. */
const edited = (file: keyof typeof FILES, keys: string): string => {
  const terminal = openTerminal()
  for (const [path, content] of Object.entries(FILES)) terminal.machine.files.write(`/root/${path}`, content)
  terminal.machine.files.write(`/root/${nameOf(file)}`, FILES[file])
  terminal.type(`vi ${nameOf(file)}\r`, 50)
  const pieces = new TextDecoder().decode(bytesOf(keys)).split(/(?<=\x1b(?!\[))/)
  for (const piece of [...pieces, "\x1b", "\x1b", ":wq!\r"]) terminal.type(piece, 40)
  return terminal.machine.files.readText(`/root/${nameOf(file)}`)
}

/** Rows whose answer is another; one that was mended must go from the list. */
const open = new Set(
  readFileSync(place("open.txt"), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.replace(/ — .*$/, "")),
)

test.each(keysOf(readFileSync(place("keys.txt"), "utf8")))("$name", ({ name, file, keys }) => {
  const text = edited(file, keys)
  if (open.has(name)) expect(text).not.toBe(recorded.get(name))
  else expect(text).toBe(recorded.get(name))
})
