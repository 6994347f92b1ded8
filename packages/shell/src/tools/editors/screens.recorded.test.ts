/** Full-screen programs beside the real ones: after every step of keys the screen shows what vim, less, nano and watch showed when they were recorded. */
import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { SCREEN_FILES, type ScreenCase, screenCases } from "../../../differential/screens/cases.ts"
import { openTerminal } from "../../shell-machine.ts"
import { Emulated } from "../../terminal-screen.ts"

const place = (path: string) => new URL(`../../../differential/screens/${path}`, import.meta.url)
const recorded = new Map<string, readonly string[]>(
  readFileSync(place("recorded.jsonl"), "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const { name, screens }: { name: string; screens: string[] } = JSON.parse(line)
      return [name, screens]
    }),
)

/** What the screen shows after the command and after each step. */
const shown = async ({ size, command, steps }: ScreenCase): Promise<string[]> => {
  const [columns, rows] = size.split("x").map(Number)
  const terminal = openTerminal({ columns, rows })
  for (const [path, content] of Object.entries(SCREEN_FILES)) terminal.machine.files.write(`/root/${path}`, content)
  const screen = new Emulated(columns, rows)
  const screens: string[] = []
  for (const step of [{ keys: new TextEncoder().encode(`${command}\r`), size: undefined }, ...steps]) {
    if (step.size === undefined) terminal.type(step.keys ?? "", 400)
    else {
      const [wide, high] = step.size.split("x").map(Number)
      terminal.tty.resize(wide, high)
      screen.resize(wide, high)
      terminal.run(300)
    }
    await screen.write(terminal.output)
    terminal.output = ""
    screens.push(screen.picture())
  }
  screen.dispose()
  return screens
}

/** Whole cases whose screens differ somewhere; one that was mended must go from the list. */
const open = new Set(
  readFileSync(place("open.txt"), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.replace(/ — .*$/, "")),
)

/** The age of a change is the clock's, and was another when it was recorded. */
const timeless = (screens: readonly string[] | undefined) =>
  screens?.map((screen) => screen.replace(/ *\d+ seconds? ago/g, " some time ago"))

const cases = screenCases(readFileSync(place("screens.txt"), "utf8"))

test.each(cases)("$name", async (one) => {
  const screens = timeless(await shown(one))
  if (open.has(one.name)) expect(screens).not.toEqual(timeless(recorded.get(one.name)))
  else expect(screens).toEqual(timeless(recorded.get(one.name)))
})
