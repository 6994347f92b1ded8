/** One machine without any software, for tests: run a program on it and see what came of it. */
import { Simulation } from "@drydock/sim"
import type { MachineLimits, StartOptions } from "./contract.ts"
import { defineLayer } from "./files/layer.ts"
import type { ExitStatus, Program } from "./kernel/process.ts"
import { Fabric, type FabricOptions } from "./network/fabric.ts"
import { SimulatedMachine } from "./simulated-machine.ts"

export const BARE_LAYER = defineLayer([
  { path: "/etc/hostname", content: "one\n" },
  { path: "/etc/hosts", content: "127.0.0.1\tlocalhost\n" },
  { path: "/etc/passwd", content: "root:x:0:0:root:/root:/bin/bash\nalice:x:1000:1000:Alice,,,:/home/alice:/bin/bash\n" },
  { path: "/etc/group", content: "root:x:0:\nsudo:x:27:alice\nalice:x:1000:\n" },
  { path: "/etc/shadow", content: "root:*:20000:0:99999:7:::\nalice:!:20000:0:99999:7:::\n", mode: 0o640, gid: 42 },
  { path: "/tmp", mode: 0o1777 },
  { path: "/root", mode: 0o700 },
  { path: "/home/alice", mode: 0o750, uid: 1000, gid: 1000 },
])

export const addMachine = (
  { sim, fabric }: { sim: Simulation; fabric: Fabric },
  name: string,
  address: string,
  limits: Partial<MachineLimits> = {},
): SimulatedMachine =>
  new SimulatedMachine({
    sim,
    name,
    fabric,
    layer: BARE_LAYER,
    limits,
    interfaces: [{ name: "eth0", address, prefix: 24, mac: "52:54:00:00:00:01", up: true }],
  })

export const bareMachine = (
  options: { seed?: string; limits?: Partial<MachineLimits>; fabric?: Omit<FabricOptions, "sim"> } = {},
): { sim: Simulation; fabric: Fabric; machine: SimulatedMachine } => {
  const sim = new Simulation(options.seed ?? "s", 1_000_000)
  const fabric = new Fabric({ sim, ...options.fabric })
  return { sim, fabric, machine: addMachine({ sim, fabric }, "one", "10.0.0.1", options.limits) }
}

export interface Ran {
  stdout: string
  stderr: string
  status: ExitStatus | undefined
  /** Virtual ms until it ended; undefined while it runs. */
  took: number | undefined
}

/** Starts `program` on `machine`; what it returns fills as the simulation runs. */
export const startOn = (machine: SimulatedMachine, program: Program | string, options: Partial<StartOptions> = {}): Ran => {
  const ran: Ran = { stdout: "", stderr: "", status: undefined, took: undefined }
  const began = machine.sim.now()
  machine.start(program, {
    argv: [typeof program === "string" ? program : "test"],
    onStdout: (data) => (ran.stdout += new TextDecoder().decode(data)),
    onStderr: (data) => (ran.stderr += new TextDecoder().decode(data)),
    onExit: (status) => {
      ran.status = status
      ran.took = machine.sim.now() - began
    },
    ...options,
  })
  return ran
}

/** As startOn, on a machine of its own, for a virtual minute. */
export const runBare = (program: Program, options: Partial<StartOptions> = {}): Ran => {
  const { sim, machine } = bareMachine()
  const ran = startOn(machine, program, options)
  sim.run({ until: sim.now() + 60_000 })
  return ran
}
