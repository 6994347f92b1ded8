/** factor: prime factors. */
import type { Process, Steps } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { allLines, quote, usageError } from "./reading.ts"

/** Divisors tried before a number is called too hard. */
const MOST_TRIALS = 2_000_000

function* factors(process: Process, given: bigint): Steps<bigint[]> {
  const found: bigint[] = []
  let left = given
  for (let divisor = 2n, trials = 0; divisor * divisor <= left && trials < MOST_TRIALS; divisor += divisor === 2n ? 1n : 2n, trials++) {
    if ((trials & 1023) === 0 && process.charge(16)) yield* process.yield()
    while (left % divisor === 0n) {
      found.push(divisor)
      left /= divisor
    }
  }
  if (left > 1n) found.push(left)
  return found
}

export const factor = defineTool({
  name: "factor",
  busybox: true,
  summary: "factor numbers",
  *run(process, args) {
    const option = args.find((word) => /^-[^-]/.test(word))
    if (option !== undefined) return yield* usageError(process, "factor", `invalid option -- '${option[1]}'`)
    const words =
      args.length > 0 ? [...args] : (yield* allLines(process, "factor", [])).lines.flatMap((line) => line.split(/\s+/).filter(Boolean))
    let status = 0
    for (const word of words) {
      if (!/^\d+$/.test(word)) {
        yield* process.error(`factor: ${quote(process, word)} is not a valid positive integer\n`)
        status = 1
        continue
      }
      const found = yield* factors(process, BigInt(word))
      yield* process.print(`${BigInt(word)}:${found.map((one) => ` ${one}`).join("")}\n`)
    }
    return status
  },
})
