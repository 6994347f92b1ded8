/** reboot and shutdown: the machine goes down and comes up again. As systemd's src/systemctl (systemctl-logind.c, systemctl-compat-shutdown.c). */
import type { Process, Program, SimulatedMachine, Steps } from "@drydock/machine"
import { formatDate } from "@drydock/shell"

const KEPT = "this machine is kept running by its world"

/** Told to whoever sits at a terminal. */
const broadcast = function* (process: Process, machine: SimulatedMachine, text: string): Steps<void> {
  if (process.fds.get(1)?.kind !== "tty") return
  const at = formatDate("%a %Y-%m-%d %H:%M:%S UTC", machine.now())
  yield* process.print(`\nBroadcast message from root@${machine.name} on pts/1 (${at}):\n\n${text}\n\n`)
}

const refuse = function* (process: Process, what: string): Steps<number> {
  yield* process.error(`Failed to ${what} system via logind: ${KEPT}\n`)
  return 1
}

/** /usr/sbin/reboot, or `poweroff` and `halt`, which are refused: nobody could switch the machine on again. */
export const rebootProgram = (machine: SimulatedMachine): Program =>
  function* (process) {
    const name = process.argv[0].split("/").at(-1) ?? ""
    if (name !== "reboot") return yield* refuse(process, name === "poweroff" ? "power off" : name)
    yield* broadcast(process, machine, "The system will reboot now!")
    machine.restart()
    return 0
  }

/** `shutdown -r [now | +MINUTES]`, and `-c`, which takes that back. */
export const shutdownProgram = (machine: SimulatedMachine): Program => {
  let planned: ReturnType<SimulatedMachine["sim"]["schedule"]> | undefined
  return function* (process) {
    const words = process.argv.slice(1)
    if (words.includes("-c")) {
      machine.sim.cancel(planned)
      return 0
    }
    if (!words.some((word) => word === "-r" || word === "--reboot")) return yield* refuse(process, "power off")
    const when = words.find((word) => !word.startsWith("-")) ?? "+1"
    const [, minutes] = /^\+?(\d+)$/.exec(when === "now" ? "+0" : when) ?? []
    if (minutes === undefined) {
      yield* process.error(`Failed to parse time specification: ${when}\n`)
      return 1
    }
    if (Number(minutes) === 0) {
      yield* broadcast(process, machine, "The system will reboot now!")
      machine.restart()
      return 0
    }
    const delay = Number(minutes) * 60_000
    planned = machine.sim.schedule(delay, () => machine.restart())
    const at = formatDate("%a %Y-%m-%d %H:%M:%S UTC", machine.now() + delay)
    yield* process.error(`Reboot scheduled for ${at}, use 'shutdown -c' to cancel.\n`)
    return 0
  }
}
