/** The CNI configuration of a machine as containerd reads it: which plugins make a Pod's network. As containerd/go-cni. */
import { ByText } from "@drydock/sim"
import type { SimulatedMachine } from "@drydock/machine"

export const CNI_DIRECTORY = "/etc/cni/net.d"
export const CNI_BINARIES = "/opt/cni/bin"

/** The network of this cluster's nodes: a bridge, with addresses out of the node's own range. */
export const CNI_CONFIG = `${JSON.stringify(
  {
    cniVersion: "1.0.0",
    name: "podnet",
    plugins: [
      {
        type: "bridge",
        bridge: "cni0",
        isGateway: true,
        ipMasq: true,
        hairpinMode: true,
        ipam: { type: "host-local", ranges: [[{ subnet: "10.244.0.0/16" }]], routes: [{ dst: "0.0.0.0/0" }] },
      },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  },
  undefined,
  2,
)}\n`

const NOT_INITIALIZED = "Network plugin returns error: cni plugin not initialized"

/** Types of a configuration's plugins; undefined when the text is none. */
const pluginsOf = (text: string): readonly string[] | undefined => {
  try {
    const { plugins, type } = JSON.parse(text) as { plugins?: { type?: unknown; ipam?: { type?: unknown } }[]; type?: unknown }
    const found = plugins ? plugins.flatMap((plugin) => [plugin.type, plugin.ipam?.type]) : [type]
    const types = found.filter((one) => typeof one === "string")
    return types.length > 0 ? types : undefined
  } catch {
    return undefined
  }
}

/** Every kubelet asks every few seconds, and nearly always about the same text. */
const known = new ByText<readonly string[] | undefined>(64)

/** The first configuration by name counts. */
const currentPlugins = ({ files }: SimulatedMachine): readonly string[] | undefined => {
  if (!files.exists(CNI_DIRECTORY)) return undefined
  const [first] = files
    .list(CNI_DIRECTORY)
    .map(({ name }) => name)
    .filter((name) => /\.(conf|conflist|json)$/.test(name))
    .sort()
  return first === undefined ? undefined : known.of(files.readText(`${CNI_DIRECTORY}/${first}`), pluginsOf)
}

/** Why the node has no Pod network, in the runtime's words; undefined: it has. */
export const networkProblem = (machine: SimulatedMachine): string | undefined =>
  currentPlugins(machine) === undefined ? NOT_INITIALIZED : undefined

/** Why a sandbox gets no network; undefined: it does. */
export const sandboxNetworkProblem = (machine: SimulatedMachine, id: string): string | undefined => {
  const types = currentPlugins(machine)
  if (!types) return "cni plugin not initialized"
  const missing = types.find((type) => !machine.files.exists(`${CNI_BINARIES}/${type}`))
  return missing === undefined
    ? undefined
    : `failed to setup network for sandbox "${id}": plugin type="${missing}" failed (add): failed to find plugin "${missing}" in path [${CNI_BINARIES}]`
}
