/** docker and podman of a machine: an engine each, beside the kubelet's runtime, made when somebody asks for it. */
import type { ImageContext } from "@drydock/images"
import type { LayerEntry, Process, SimulatedMachine } from "@drydock/machine"
import { containerToolProgram, Engine } from "@drydock/tools"
import { ARCHIVES } from "./client-tools.ts"
import { Containerd } from "./containerd.ts"

type Flavour = "docker" | "podman"

const TOOLS: readonly (readonly [name: string, flavour: Flavour])[] = [
  ["docker", "docker"],
  ["nerdctl", "docker"],
  ["podman", "podman"],
]

const machines = new WeakMap<Process["network"], { machine: SimulatedMachine; index: number; engines: Map<Flavour, Engine> }>()

/** Tells the tools of `machine`, the world's nth, whose they are. */
export const provideEngines = (machine: SimulatedMachine, index: number): void => {
  machines.set(machine.network, { machine, index, engines: new Map() })
}

const noCluster = (): ImageContext => {
  throw new Error("this image needs a cluster")
}

const engineOf =
  (flavour: Flavour) =>
  (process: Process): Engine => {
    const place = machines.get(process.network)
    if (!place) throw new Error(`${process.hostname} has no containers of its own`)
    let engine = place.engines.get(flavour)
    if (!engine) {
      const { machine, index } = place
      // docker0, or podman's bridge; a part of it for each machine, for all are on one network here.
      const part = flavour === "docker" ? `172.17.${index}` : `10.88.${index}`
      const free: string[] = []
      let next = 2
      const runtime = new Containerd({
        machine,
        context: noCluster,
        nextIp: () => free.shift() ?? `${part}.${next++}`,
        releaseIp: (ip) => free.push(ip),
        preloaded: [],
      })
      const id = () => machine.sim.random(`${flavour}/${machine.name}`).string(64, "0123456789abcdef")
      engine = new Engine(runtime, flavour, machine.sim.now(), id)
      place.engines.set(flavour, engine)
    }
    return engine
  }

export const engineToolEntries = (): LayerEntry[] =>
  TOOLS.map(([name, flavour]) => ({ path: `/usr/bin/${name}`, program: containerToolProgram(engineOf(flavour), ARCHIVES) }))
