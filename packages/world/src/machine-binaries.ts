/** The executables that a machine has beside what every Linux has, each with what it needs of its world. */
import { kubectlProgram } from "@drydock/kubectl"
import type { Program, SimulatedMachine } from "@drydock/machine"
import { type CommandHook, interactiveBash, serviceTools, sshdProgram, toolEntries } from "@drydock/shell"
import { CONTROL_PLANE_TAINT } from "./boot.ts"
import type { WorldNode } from "./node.ts"
import { type NodeToolOptions, nodeTools } from "./node-tools.ts"
import { rebootProgram, shutdownProgram } from "./power.ts"
import type { ScreenRequests } from "./screen-requests.ts"

/** Where an executable is found: "machine" is any, "cluster" one whose world has a cluster, "node" one that is a node with containers. */
type Role = "machine" | "cluster" | "node" | "control"

interface Place {
  readonly machine: SimulatedMachine
  readonly screen: ScreenRequests
  readonly onCommand: CommandHook
  readonly nodes: number
  /** Both throw on machines that are none. */
  readonly node: () => WorldNode
  readonly tools: () => NodeToolOptions
}

interface Binary {
  readonly path: string
  readonly role: Role
  readonly program: (place: Place) => Program
}

const unavailable = () => {
  throw new Error("asked for before there is a machine")
}

const binaries: readonly Binary[] = [
  ...toolEntries(serviceTools(unavailable), "/usr/bin").map(
    ({ path }): Binary => ({
      path,
      role: "machine",
      program: ({ machine }) =>
        toolEntries(
          serviceTools(() => machine),
          "/usr/bin",
        ).find((entry) => entry.path === path)?.program as Program,
    }),
  ),
  {
    path: "/usr/bin/bash",
    role: "machine",
    program: ({ onCommand }) => interactiveBash({ onCommand }),
  },
  { path: "/usr/sbin/sshd", role: "machine", program: ({ machine }) => sshdProgram(() => machine) },
  ...["reboot", "poweroff", "halt"].map(
    (name): Binary => ({ path: `/usr/sbin/${name}`, role: "machine", program: ({ machine }) => rebootProgram(machine) }),
  ),
  { path: "/usr/sbin/shutdown", role: "machine", program: ({ machine }) => shutdownProgram(machine) },
  ...["edit", "code"].map(
    (name): Binary => ({
      path: `/usr/bin/${name}`,
      role: "machine",
      program: ({ screen, machine }) => screen.program(machine),
    }),
  ),
  { path: "/usr/bin/kubectl", role: "cluster", program: () => kubectlProgram },
  {
    path: "/usr/bin/kubelet",
    role: "node",
    program: ({ node, tools, nodes }) =>
      node().kubeletProgram(
        tools().control
          ? {
              labels: { "node-role.kubernetes.io/control-plane": "", "node.kubernetes.io/exclude-from-external-load-balancers": "" },
              ...(nodes > 1 && { taints: [CONTROL_PLANE_TAINT] }),
            }
          : {},
      ),
  },
  { path: "/usr/bin/containerd", role: "node", program: ({ node }) => node().containerdProgram() },
  ...nodeTools.map(
    ({ path, control, program }): Binary => ({ path, role: control ? "control" : "node", program: ({ tools }) => program(tools()) }),
  ),
]

/** Paths of what a machine has that plays `roles`. */
export const binaryPaths = (roles: readonly Role[]): readonly string[] =>
  binaries.filter(({ role }) => roles.includes(role)).map(({ path }) => path)

export const binaryAt = (path: string, place: Place): Program | undefined => binaries.find((one) => one.path === path)?.program(place)

export type { Place as BinaryPlace, Role as MachineRole }
