/** Tools that talk to their machine's systemd. */
import type { SimulatedMachine } from "@drydock/machine"
import type { Tool } from "../define-tool.ts"
import { dmesg, logger } from "./journal-tools.ts"
import { journalctl } from "./journalctl.ts"
import { systemctl } from "./systemctl/systemctl.ts"

export const serviceTools = (machine: () => SimulatedMachine): readonly Tool[] => [
  systemctl(machine),
  journalctl(machine),
  logger(machine),
  dmesg(machine),
  serviceTool,
]

/** `service NAME VERB`, as sysv-rc's script hands it on. */
const serviceTool: Tool = {
  name: "service",
  summary: "run a System V init script",
  *run(process, [name, verb]) {
    if (name === undefined || verb === undefined) {
      yield* process.error("Usage: service < option > | --status-all | [ service_name [ command | --full-restart ] ]\n")
      return 1
    }
    return yield* process.exec("/usr/bin/systemctl", ["systemctl", verb, `${name}.service`])
  },
}
