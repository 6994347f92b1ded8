/** What Tab offers after kubectl. */
import type { Process } from "@drydock/machine"
import { createWorld, type ScriptResult } from "@drydock/world"
import { beforeAll, expect, test } from "vitest"
import { completeKubectl } from "./completion.ts"
import { subcommands } from "./subcommands/index.ts"

const world = createWorld({
  topology: { nodes: ["control-plane", "worker-1"], hollow: true },
  seed: "completion",
  startedAt: Date.UTC(2026, 0, 5, 8),
})

const run = (script: string): ScriptResult => {
  let result: ScriptResult | undefined
  world.script({ script, timeout: 60_000 }, (done) => {
    result = done
  })
  world.run({ until: world.sim.now() + 120_000, stop: () => result !== undefined })
  if (!result) throw new Error(`${script} does not end`)
  return result
}

let asked: { words: string[]; current: string }
let offered: readonly string[]

/** What is offered in place of the last word; only what begins with it. */
const after = (line: string): string[] => {
  const words = line.split(" ")
  asked = { words: words.slice(0, -1), current: words.at(-1) ?? "" }
  const { stderr, exit } = run("/usr/bin/complete-it")
  expect({ stderr, exit }).toEqual({ stderr: "", exit: 0 })
  return offered.filter((one) => one.startsWith(asked.current)).sort()
}

beforeAll(() => {
  world.boot()
  world.machines.get("control-plane")?.files.install("/usr/bin/complete-it", function* (process: Process) {
    offered = yield* completeKubectl(asked.words, asked.current, process)
    return 0
  })
  run(
    "kubectl create ns dev; kubectl run web --image=nginx; sleep 1; kubectl run db --image=redis -n dev; kubectl create deploy api --image=nginx; sleep 5",
  )
})

test("subcommands, at every depth", () => {
  expect(after("kubectl ")).toEqual([...new Set(subcommands.map(({ path }) => path[0]))].sort())
  expect(after("kubectl de")).toEqual(["debug", "delete", "describe"])
  expect(after("kubectl rollout re")).toEqual(["restart", "resume"])
  expect(after("kubectl create secret ")).toEqual(["docker-registry", "generic", "tls"])
  expect(after("kubectl config use")).toEqual(["use", "use-context"].filter((one) => one === "use-context"))
})

test("flags: a command's own, and those that all have; with = where a value follows", () => {
  expect(after("kubectl get --sh")).toEqual(["--show-kind", "--show-labels", "--show-managed-fields"])
  expect(after("kubectl logs --tai")).toEqual(["--tail="])
  expect(after("kubectl logs --names")).toEqual(["--namespace="])
  expect(after("kubectl get --tail")).toEqual([])
})

test("values of flags, in both forms", () => {
  expect(after("kubectl get pods -n d")).toEqual(["default", "dev"])
  expect(after("kubectl -n d")).toEqual(["default", "dev"])
  expect(after("kubectl get pods --namespace=d")).toEqual(["--namespace=default", "--namespace=dev"])
  expect(after("kubectl get pods -o j")).toEqual(["json", "jsonpath", "jsonpath-as-json", "jsonpath-file"])
  expect(after("kubectl apply --dry-run=")).toEqual(["--dry-run=client", "--dry-run=none", "--dry-run=server"])
  expect(after("kubectl logs web -c ")).toEqual(["web"])
  expect(after("kubectl --context ")).toEqual(["kubernetes-admin@kubernetes"])
})

test("types by their full names, also the last of several", () => {
  expect(after("kubectl get dep")).toEqual(["deployments.apps"])
  expect(after("kubectl get pods,deploy")).toEqual(["pods,deployments.apps"])
  expect(after("kubectl explain cronj")).toEqual(["cronjobs.batch"])
})

test("names: after a type, after type/, in the namespace that was given, each once", () => {
  expect(after("kubectl get pod w")).toEqual(["web"])
  expect(after("kubectl delete deploy ")).toEqual(["api"])
  expect(after("kubectl describe deploy/")).toEqual(["deploy/api"])
  expect(after("kubectl -n dev get pods ")).toEqual(["db"])
  expect(after("kubectl get pods -n dev d")).toEqual(["db"])
  expect(after("kubectl get pods web w")).toEqual([])
  expect(after("kubectl drain ")).toEqual(["control-plane", "worker-1"])
  expect(after("kubectl exec w")).toEqual(["web"])
  expect(after("kubectl scale deployments.apps a")).toEqual(["api"])
})

test("silence instead of complaints", () => {
  expect(after("kubectl get nosuchtype x")).toEqual([])
  expect(after("kubectl nosuch ")).toEqual([])
  expect(after("kubectl get --nosuch=1 p")).toEqual([])
  expect(after("kubectl exec web -- l")).toEqual([])
  run("mv /root/.kube/config /root/.kube/away")
  expect(after("kubectl get pod w")).toEqual([])
  run("mv /root/.kube/away /root/.kube/config")
})
