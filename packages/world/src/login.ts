/** Who a shell of the world runs as, by /etc/passwd of its machine. */
import type { Credentials, SimulatedMachine } from "@drydock/machine"

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

export interface Login {
  readonly env: ReadonlyMap<string, string>
  readonly credentials: Credentials
  readonly home: string
}

const rows = (machine: SimulatedMachine, path: string): string[][] =>
  machine.files.exists(path)
    ? machine.files
        .readText(path)
        .split("\n")
        .map((line) => line.split(":"))
    : []

/** @param user default root. Throws an Error when the machine has no such user. */
export const loginOf = (machine: SimulatedMachine, user = "root"): Login => {
  const row = rows(machine, "/etc/passwd").find(([name]) => name === user)
  if (!row && user !== "root") throw new Error(`${machine.name} has no user "${user}"`)
  const [, , uid = "0", gid = "0", , home = "/root", shell = "/bin/bash"] = row ?? []
  const groups = rows(machine, "/etc/group")
    .filter(([, , , members = ""]) => members.split(",").includes(user))
    .map(([, , id]) => Number(id))
  return {
    env: new Map([
      ["HOME", home],
      ["USER", user],
      ["LOGNAME", user],
      ["SHELL", shell],
      ["LANG", "C.UTF-8"],
      ["PATH", PATH],
    ]),
    credentials: { uid: Number(uid), gid: Number(gid), groups: [Number(gid), ...groups] },
    home,
  }
}
