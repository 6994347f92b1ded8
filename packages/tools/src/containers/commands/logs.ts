/** docker logs, and -f. */
import type { Command } from "../command.ts"
import { parseOptions } from "../options.ts"

export const logs: Command = {
  name: "logs",
  *run({ args, engine, process }) {
    const options = parseOptions(args, "f follow t timestamps details")
    const container = engine.need(options.words[0] ?? "")
    const show = ({ at, text }: { at: number; text: string }) =>
      `${options.on("timestamps", "t") ? `${new Date(at).toISOString().replace("Z", "000000Z")} ` : ""}${text}\n`
    const all = engine.runtime.logs(container.id)
    const tail = options.text("tail", "n")
    const from = tail === undefined || tail === "all" ? 0 : Math.max(0, all.length - Number(tail))
    for (const line of all.slice(from)) yield* process.write(line.stream === "stdout" ? 1 : 2, show(line))
    if (!options.on("follow", "f")) return 0
    const queue = process.queue()
    const waiting: { at: number; stream: string; text: string }[] = []
    let ended = false
    const stop = engine.runtime.followLogs(
      container.id,
      (line) => {
        waiting.push(line)
        queue.wake()
      },
      () => {
        ended = true
        queue.wake()
      },
    )
    try {
      while (!ended || waiting.length > 0) {
        if (waiting.length === 0) yield* process.wait({ queues: [queue] })
        for (const line of waiting.splice(0)) yield* process.write(line.stream === "stdout" ? 1 : 2, show(line))
      }
    } finally {
      stop()
    }
    return 0
  },
}
