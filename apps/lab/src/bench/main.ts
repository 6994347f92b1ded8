/** The lab server's bench as a program: `node apps/lab/dist/bench.mjs LAB.mjs [WORLDS|hostile [SECONDS]]` prints one line of JSON. */
import { benchEcho, ECHO_BENCH, HOSTILE_BENCH } from "./echo.ts"

const [program, worlds, seconds] = process.argv.slice(2)
const result = await benchEcho(program, {
  ...(worlds === "hostile" ? HOSTILE_BENCH : ECHO_BENCH),
  ...(worlds !== undefined && worlds !== "hostile" && { worlds: Number(worlds) }),
  ...(seconds !== undefined && { duration: Number(seconds) * 1_000 }),
})
process.stdout.write(`${JSON.stringify(result)}\n`)
process.exit(0)
