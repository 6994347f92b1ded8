/** Every signal with its number, five a line, as `kill -l` and `trap -l` list them. */
import { SIGNALS } from "@drydock/machine"

/** SIGRTMIN to SIGRTMAX: numbers 34 to 64. */
const realTime = (number: number): string =>
  number === 34 ? "SIGRTMIN" : number === 64 ? "SIGRTMAX" : number < 50 ? `SIGRTMIN+${number - 34}` : `SIGRTMAX-${64 - number}`

export const signalTable = (): string => {
  const names = [
    ...Object.entries(SIGNALS).map(([name, { number }]) => `${String(number).padStart(2)}) ${name}`),
    ...Array.from({ length: 31 }, (_, at) => `${at + 34}) ${realTime(at + 34)}`),
  ]
  let text = ""
  for (const [at, name] of names.entries()) text += name + (at % 5 === 4 ? "\n" : "\t")
  return text.endsWith("\n") ? text : `${text}\n`
}
