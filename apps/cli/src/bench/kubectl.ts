/** What kubectl costs inside of a world: a table of a hundred pods, and a long list as YAML. */
import type { ScriptResult, World } from "@drydock/world"
import { type Benchmark, defineBenchmark } from "./define-benchmark.ts"
import { cpuMs, smallest } from "./measuring.ts"
import { api, bootedWorld } from "./worlds.ts"

const PODS = 100
const OBJECTS = 1_000
/** Lines a script: what the shell itself costs is spread over them. */
const LINES = 20
/** Scripts before it counts: a lab server has run kubectl for long, and compiling it costs more than running it. */
const WARM_UP = 10

const create = (world: World, plural: string, kind: string, count: number, rest: (at: number) => object) => {
  for (let at = 0; at < count; at++)
    api(world, "POST", `/api/v1/namespaces/default/${plural}`, {
      apiVersion: "v1",
      kind,
      metadata: { name: `one-${at}`, labels: { app: "web", number: String(at) } },
      ...rest(at),
    })
}

const type = (world: World, script: string) => {
  let result: ScriptResult | undefined
  world.script({ script, timeout: 600_000 }, (given) => {
    result = given
  })
  world.run({ until: world.sim.now() + 600_000, stop: () => result !== undefined })
  if (result?.exit !== 0) throw new Error(`${script}: ${result?.stderr ?? "did not end"}`)
}

/** CPU ms of one of the lines, when they are typed after each other. */
const each = (world: World, line: string, lines: number) =>
  cpuMs(() => type(world, Array.from({ length: lines }, () => `${line} > /dev/null`).join("\n"))).then((all) => all / lines)

const measured = (seed: string, fill: (world: World) => void, line: string, lines: number) => async () => {
  const world = bootedWorld(seed)
  fill(world)
  world.run({ until: world.sim.now() + 30_000 })
  return smallest(15, WARM_UP, () => each(world, line, lines))
}

export const kubectl: readonly Benchmark[] = [
  defineBenchmark({
    name: `kubectl get pods -A, ${PODS} pods`,
    unit: "ms",
    target: 1,
    measure: measured(
      "kubectl",
      (world) => create(world, "pods", "Pod", PODS, () => ({ spec: { containers: [{ name: "web", image: "nginx:1.25" }] } })),
      "kubectl get pods -A",
      LINES,
    ),
  }),
  defineBenchmark({
    name: `kubectl get -o yaml, ${OBJECTS.toLocaleString("en")} objects`,
    unit: "ms",
    target: 40,
    measure: measured(
      "kubectl",
      (world) =>
        create(world, "configmaps", "ConfigMap", OBJECTS, (at) => ({ data: { color: "blue", number: String(at), text: "one\ntwo\n" } })),
      "kubectl get configmaps -o yaml",
      1,
    ),
  }),
]
