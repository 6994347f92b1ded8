/** Breaking a world on purpose: one entry a fault, `target` names a machine or "machine/what". */
import type { Fabric, SimulatedMachine } from "@drydock/machine"

interface Stage {
  readonly fabric: Fabric
  /** Throws when there is no such machine. */
  machine(name: string): SimulatedMachine
}

type Fault = (stage: Stage, machine: string, what: string) => void

const FAULTS: Readonly<Record<string, Fault>> = {
  /** machine/unit */
  "stop-unit": (stage, machine, unit) => stage.machine(machine).systemd.stop(unit),
  "start-unit": (stage, machine, unit) => stage.machine(machine).systemd.start(unit),
  /** machine/machine: nothing passes between the two. */
  partition: (stage, machine, other) => stage.fabric.setLink(machine, other, false),
  heal: (stage, machine, other) => stage.fabric.setLink(machine, other, true),
  "power-off": (stage, machine) => stage.machine(machine).halt(),
  "power-on": (stage, machine) => stage.machine(machine).boot(),
}

export const faultNames: readonly string[] = Object.keys(FAULTS)

/** Throws an Error with one clear line when there is no such fault or machine. */
export const applyFault = (stage: Stage, name: string, target: string): void => {
  if (!Object.hasOwn(FAULTS, name)) throw new Error(`there is no fault "${name}"; there are ${faultNames.join(", ")}`)
  const [machine, ...what] = target.split("/")
  FAULTS[name](stage, machine, what.join("/"))
}
