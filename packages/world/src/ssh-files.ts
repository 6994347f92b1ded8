/** The keys that the machines of a lab are set up with: those of their servers, who knows them, and the pair that its people log in with. */
import type { LayerEntry } from "@drydock/machine"
import { keyNamed, publicLine } from "@drydock/shell"

const TYPES = ["rsa", "ecdsa", "ed25519"] as const

export interface LabHost {
  readonly name: string
  readonly address: string
}

/** Log-ins that the lab's own pair opens, with their homes. */
const PEOPLE = [
  { home: "/root", id: 0 },
  { home: "/home/ubuntu", id: 1_000 },
]

/** Files of the machine `name` in a lab of `hosts`, the same in every world. */
export const sshFiles = (name: string, hosts: readonly LabHost[]): LayerEntry[] => {
  const hostKey = (host: string, type: string) => keyNamed(`host ${host}`, type, `root@${host}`)
  const own = TYPES.flatMap((type) => {
    const path = `/etc/ssh/ssh_host_${type}_key`
    return [
      { path, content: () => hostKey(name, type).text, mode: 0o600 },
      { path: `${path}.pub`, content: () => `${publicLine(hostKey(name, type).blob, `root@${name}`)}\n` },
    ]
  })
  const known = () =>
    hosts.flatMap((host) => TYPES.map((type) => `${host.name},${host.address} ${publicLine(hostKey(host.name, type).blob)}\n`)).join("")
  const pair = () => keyNamed("lab", "ed25519", "lab")
  const people = PEOPLE.flatMap(({ home, id }) => {
    const owner = { uid: id, gid: id }
    return [
      { path: home, mode: id === 0 ? 0o700 : 0o750, ...owner },
      { path: `${home}/.ssh`, mode: 0o700, ...owner },
      { path: `${home}/.ssh/id_ed25519`, content: () => pair().text, mode: 0o600, ...owner },
      { path: `${home}/.ssh/id_ed25519.pub`, content: () => `${publicLine(pair().blob, "lab")}\n`, ...owner },
      { path: `${home}/.ssh/authorized_keys`, content: () => `${publicLine(pair().blob, "lab")}\n`, mode: 0o600, ...owner },
    ]
  })
  return [...own, { path: "/etc/ssh/ssh_known_hosts", content: known }, ...people]
}
