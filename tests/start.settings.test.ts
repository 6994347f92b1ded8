/** The settings of a start: where they come from, and that .env.example names each of them once. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { expect, it } from "vitest"
import { parseEnvironmentFile, readSettings } from "../scripts/start/settings.ts"

const ROOT = resolve(import.meta.dirname, "..")

it("come from .env, below the environment, and nothing is as good as not set", () => {
  const root = mkdtempSync(join(tmpdir(), "drydock-settings-"))
  writeFileSync(
    join(root, ".env"),
    "PORT=4000 # the school's\nexport HOST='127.0.0.1'\n# PORT=1\nDRYDOCK_URL=\"https://lab.example.org/\"\nDATABASE_URL=\n",
  )
  const settings = readSettings(root, { PORT: "5000", LAB_WORKERS: "3" })
  expect(settings).toEqual({
    ...{ port: 5000, host: "127.0.0.1", url: "https://lab.example.org", proxies: 0 },
    ...{ data: join(root, ".drydock"), content: join(root, "content/courses") },
    environment: { PORT: "5000", HOST: "127.0.0.1", DRYDOCK_URL: "https://lab.example.org/", LAB_WORKERS: "3" },
  })
  rmSync(root, { recursive: true })
})

it("are named in .env.example, each once, with defaults that are the real ones", () => {
  const example = readFileSync(join(ROOT, ".env.example"), "utf8")
  const named = [...example.matchAll(/^([A-Z_]+)=/gm)].map((match) => match[1])
  expect(new Set(named).size).toBe(named.length)
  for (const file of ["scripts/start/settings.ts", "apps/lab/src/settings.ts", "apps/web/src/server/environment.ts"]) {
    const schema = /z\.object\(\{(.*?)^\}\)/ms.exec(readFileSync(join(ROOT, file), "utf8"))?.[1] ?? ""
    const read = [...schema.matchAll(/^ {2}([A-Z_]+):/gm)].map((match) => match[1])
    expect(read).not.toEqual([])
    expect(named).toEqual(expect.arrayContaining(read))
  }
  const { environment: _given, ...withExample } = readSettings(ROOT, parseEnvironmentFile(example))
  const { environment: _none, ...without } = readSettings(ROOT, {})
  expect(withExample).toEqual(without)
})
