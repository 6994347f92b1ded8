/** `npx tsx packages/shell/fuzz/main.ts [--seconds N] [--from SEED]`: random scripts and keys until the time is over; says which seeds misbehaved. */
import { keysFrom, scriptFrom } from "./scripts.ts"
import { CRASH, tryKeys, tryScript } from "./try.ts"

const option = (name: string, other: number): number => {
  const at = process.argv.indexOf(name)
  return at < 0 ? other : Number(process.argv[at + 1])
}

const until = Date.now() + option("--seconds", 60) * 1_000
let seed = option("--from", 1)
let bad = 0
const first = seed
for (; Date.now() < until; seed++)
  for (const [kind, attempt] of [
    ["script", tryScript],
    ["keys", tryKeys],
  ] as const) {
    let problem: string | undefined
    const began = process.cpuUsage()
    try {
      const once = attempt(seed)
      if (CRASH.test(once)) problem = "a program crashed"
      else if (seed % 4 === 0 && attempt(seed) !== once) problem = "the same seed gave another answer"
    } catch (error) {
      problem = error instanceof Error ? (error.stack ?? error.message) : String(error)
    }
    const { user, system } = process.cpuUsage(began)
    if (user + system > 5_000_000) problem ??= `took ${((user + system) / 1e6).toFixed(1)} s`
    if (problem === undefined) continue
    bad++
    console.log(
      `${kind} ${seed}: ${problem}\n  ${kind === "script" ? JSON.stringify(scriptFrom(seed)) : JSON.stringify(String.fromCharCode(...keysFrom(seed)))}`,
    )
  }
console.log(`seeds ${first} to ${seed - 1}: ${bad === 0 ? "nothing misbehaved" : `${bad} misbehaved`}`)
process.exit(bad === 0 ? 0 : 1)
