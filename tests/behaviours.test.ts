/** Every behaviour that a cluster owes is shown by a table or a test that exists; docs/behaviours.md lists which. UPDATE=1 writes it. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { type Behaviours, behaviours } from "./behaviours.ts"

const root = join(import.meta.dirname, "..")
const PAGE = join(root, "docs/behaviours.md")
const TABLES = "packages/world/src/behaviour"

/** Titles of the tests of a file: string literals after test( or title:, and first arguments of broken(. */
const titlesOf = (path: string): string[] =>
  [...readFileSync(join(root, path), "utf8").matchAll(/(?:title:|\bbroken\(|\btest\()\s*(["'`])((?:\\.|(?!\1).)*)\1/gs)].map(
    ([, , title]) => title.replaceAll(/\\(.)/g, "$1"),
  )

const page = (all: Behaviours): string =>
  [
    "# Behaviours",
    "",
    "What a cluster here does as a real one does, and which table or test shows it: states, conditions, events and times.",
    "Tables are in `packages/world/src/behaviour`; each is what is done to a world, after how long, and what a person then sees.",
    "",
    ...all.flatMap(({ row, items }) => [
      `## ${row}`,
      "",
      "| What | Shown by |",
      "|---|---|",
      ...items.map(
        ({ what, shown }) => `| ${what} | ${shown.map(([file, title]) => `${title} (\`${file.split("/").at(-1)}\`)`).join("<br>")} |`,
      ),
      "",
    ]),
  ].join("\n")

test("each behaviour names tests that are there", () => {
  const known = new Map<string, string[]>()
  const missing = behaviours
    .flatMap(({ items }) => items.flatMap(({ shown }) => shown))
    .filter(([file, title]) => {
      if (!existsSync(join(root, file))) return true
      const titles = known.get(file) ?? titlesOf(file)
      known.set(file, titles)
      return !titles.includes(title)
    })
  expect(missing).toEqual([])
})

test("each table shows a behaviour that is asked for", () => {
  const named = new Set(behaviours.flatMap(({ items }) => items.flatMap(({ shown }) => shown.map(([file, title]) => `${file}: ${title}`))))
  const tables = readdirSync(join(root, TABLES)).flatMap((name) =>
    titlesOf(`${TABLES}/${name}`).map((title) => `${TABLES}/${name}: ${title}`),
  )
  expect(tables.filter((table) => !named.has(table))).toEqual([])
})

test("docs/behaviours.md is what is listed", () => {
  if (process.env.UPDATE) writeFileSync(PAGE, page(behaviours))
  expect(readFileSync(PAGE, "utf8")).toBe(page(behaviours))
})
