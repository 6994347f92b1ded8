/** A session's log gives its world back, bit for bit, however the wall clock cut the run into slices. */
import { setTimeout as wait } from "node:timers/promises"
import fc from "fast-check"
import { expect, test } from "vitest"
import { LabSpec } from "@drydock/course"
import type { FromWorker, LogEntry, SessionSpec } from "../link.ts"
import { ClientMessages } from "./client-messages.ts"
import { LabWorld } from "./lab-world.ts"
import { Viewer } from "./viewer.ts"

const SPEC: SessionSpec = {
  session: "s",
  engine: "1",
  seed: "replay",
  startedAt: Date.UTC(2026, 0, 5, 8),
  topology: "kubeadm-1node",
  opened: [],
  api: "",
  lab: LabSpec.parse({
    topology: "kubeadm-1node",
    setup: ["kubectl create namespace prepared"],
    faults: [{ name: "stop-unit", target: "controlplane/kubelet.service", after: 20 }],
    tasks: [
      {
        id: "a",
        title: "A",
        solution: "true",
        checks: [
          { kind: "script", title: "a file", script: "test -e /tmp/done && kubectl get pods" },
          { kind: "cel", title: "a ConfigMap", expression: 'configmap("a").data.k == "v"' },
        ],
      },
    ],
  }),
}

const LINES = [
  "kubectl create configmap a --from-literal=k=v\r",
  "kubectl run web --image=nginx\r",
  "touch /tmp/done; echo $RANDOM\r",
  "for i in 1 2 3; do echo $i; sleep 0.1; done\r",
  "while :; do :; done\r",
  "yes | head -n 2000\r",
  "\x03",
  "ec\t hello\x7f\x7f\r",
  "x",
] as const

const make = (log: readonly LogEntry[] = [], reachedAt = 0) => {
  const entries: LogEntry[] = [...log]
  const lab = new LabWorld({ handle: 1, spec: SPEC, log, reachedAt }, (message: FromWorker) => {
    if (message.type === "log") entries.push(...message.entries)
  })
  while (!lab.body && lab.failed === undefined) lab.turn(3)
  expect(lab.failed).toBeUndefined()
  return { lab, entries }
}

type Step =
  | { kind: "keys"; data: string }
  | { kind: "call"; name: string }
  | { kind: "describe" }
  | { kind: "wait"; ms: number }
  | { kind: "clock"; action: "pause" | "resume" | "forward" | "skip"; speed: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("keys" as const), data: fc.constantFrom(...LINES) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("call" as const), name: fc.constantFrom("one", "two") }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("describe" as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 40 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("clock" as const),
      action: fc.constantFrom("pause", "resume", "resume", "forward", "skip"),
      speed: fc.constantFrom(0.5, 1, 10, 100),
    }),
  },
)

test("live and replayed worlds are the same world", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), fc.integer({ min: 1, max: 9 }), async (steps, budget) => {
      const { lab, entries } = make()
      const post = () => {}
      const messages = new ClientMessages(lab, post)
      const sender = { socket: 1, client: "page" }
      let seq = 0
      lab.attach(new Viewer({ ...sender, session: "s", received: {}, trace: 0, post }))
      const open = { type: "open-terminal", seq: ++seq, terminal: "t", machine: "controlplane", columns: 80, rows: 24 } as const
      messages.handle(sender, open)
      for (const one of steps) {
        if (one.kind === "keys") messages.handle(sender, { type: "keys", seq: ++seq, terminal: "t", data: one.data })
        else if (one.kind === "describe") messages.handle(sender, { type: "describe", id: 1, kind: "Node", name: "controlplane" })
        else if (one.kind === "clock")
          messages.handle(sender, {
            type: "clock",
            seq: ++seq,
            action: one.action,
            ...(one.action === "forward" ? { by: 7_000 } : { speed: one.speed }),
          })
        else if (one.kind === "call")
          lab.inbox.push({
            input: {
              kind: "call",
              call: ++seq,
              request: {
                method: "POST",
                path: "/api/v1/namespaces/default/configmaps",
                query: "",
                headers: { "content-type": "application/json" },
                body: JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: one.name } }),
              },
            },
            applied: 0,
          })
        else await wait(one.ms)
        lab.turn(budget)
      }
      while (lab.inbox.size > 0 || lab.wakeAt === 0) lab.turn(budget)
      const live = lab.body?.world
      const again = make(entries, Math.ceil(live?.sim.now() ?? 0)).lab.body?.world
      // The live world may stand inside a millisecond; both go on to where it ends.
      const end = Math.ceil(Math.max(live?.sim.now() ?? 0, again?.sim.now() ?? 0))
      live?.run({ until: end })
      again?.run({ until: end })
      expect(again?.hash()).toBe(live?.hash())
    }),
    { numRuns: 12, seed: 11, endOnFailure: true },
  )
})
