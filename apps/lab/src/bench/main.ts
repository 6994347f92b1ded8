/** The lab server's bench as a program: `node apps/lab/dist/bench.mjs LAB.mjs [WORLDS [SECONDS]]` prints one line of JSON. */
import { benchEcho, ECHO_BENCH } from "./echo.ts"

const [program, worlds, seconds] = process.argv.slice(2)
const result = await benchEcho(program, {
  ...ECHO_BENCH,
  ...(worlds !== undefined && { worlds: Number(worlds) }),
  ...(seconds !== undefined && { duration: Number(seconds) * 1_000 }),
})
process.stdout.write(`${JSON.stringify(result)}\n`)
process.exit(0)
