/** MetalLB: the controller gives Services their addresses, speakers say where these are. */
import { defineImage } from "./define-image.ts"
import { untilSignal } from "./serving.ts"

const TAGS = ["v0.15.2", "v0.15.*", "v0.14.*", "v0.13.*"]

export const metallbController = defineImage({
  repository: "quay.io/metallb/controller",
  tags: TAGS,
  sizeBytes: 27_000_000,
  entrypoint: ["/controller"],
  idle: { memory: 24 * 1024 ** 2, cpu: 1 },
  components: {
    "/controller": ({ cluster }) =>
      function* (process) {
        const lines: string[] = []
        const told = process.queue()
        let ended = false
        const running = cluster.startMetalLb((line) => {
          lines.push(line)
          told.wake()
        })
        for (const signal of ["SIGTERM", "SIGINT"] as const)
          process.onSignal(signal, () => {
            ended = true
            told.wake()
          })
        try {
          yield* process.print(
            '{"branch":"dev","caller":"main.go:179","level":"info","msg":"MetalLB controller starting (commit 3ef4f6c)","version":""}\n',
          )
          process.network.serve(
            7472,
            () => ({ status: 200, headers: { "content-type": "text/plain" }, body: "metallb_allocator_addresses_in_use_total 0\n" }),
            {
              pid: process.pid,
            },
          )
          while (!ended) {
            for (const line of lines.splice(0)) yield* process.print(`${line}\n`)
            yield* process.wait({ queues: [told] })
          }
          return 0
        } finally {
          running.stop()
        }
      },
  },
})

export const metallbSpeaker = defineImage({
  repository: "quay.io/metallb/speaker",
  tags: TAGS,
  sizeBytes: 47_000_000,
  entrypoint: ["/speaker"],
  idle: { memory: 22 * 1024 ** 2, cpu: 1 },
  files: [
    {
      path: "/speaker",
      *program(process) {
        yield* process.print(
          '{"branch":"dev","caller":"main.go:104","level":"info","msg":"MetalLB speaker starting (commit 3ef4f6c)","version":""}\n',
        )
        return yield* untilSignal(process, ["SIGTERM", "SIGINT"])
      },
    },
  ],
})
