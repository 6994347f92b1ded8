/** kubeadm: a cluster begun, joined, upgraded and left; its tokens, certificates and images. As cmd/kubeadm. */
import type { Program } from "@drydock/machine"
import { parseArguments } from "../arguments.ts"
import { Refused } from "./api.ts"
import { certs } from "./certs.ts"
import { config } from "./config.ts"
import type { ClusterDoor } from "./door.ts"
import { fail } from "./fail.ts"
import { init, phase } from "./init.ts"
import { join } from "./join.ts"
import { reset } from "./reset.ts"
import { token } from "./tokens.ts"
import { upgrade } from "./upgrade.ts"

const SWITCHES = new Set(
  "print-join-command help h dry-run skip-token-print skip-certificate-key-print allow-experimental-upgrades ignore-preflight-errors-all control-plane discovery-token-unsafe-skip-ca-verification cleanup-tmp-dir upload-certs y yes f force".split(
    " ",
  ),
)

const USAGE = `

    ┌──────────────────────────────────────────────────────────┐
    │ KUBEADM                                                  │
    │ Easily bootstrap a secure Kubernetes cluster             │
    │                                                          │
    │ Please give us feedback at:                              │
    │ https://github.com/kubernetes/kubeadm/issues             │
    └──────────────────────────────────────────────────────────┘

Usage:
  kubeadm [command]

Available Commands:
  certs       Commands related to handling Kubernetes certificates
  config      Manage configuration for a kubeadm cluster persisted in a ConfigMap in the cluster
  init        Run this command in order to set up the Kubernetes control plane
  join        Run this on any machine you wish to join an existing cluster
  reset       Performs a best effort revert of changes made to this host by 'kubeadm init' or 'kubeadm join'
  token       Manage bootstrap tokens
  upgrade     Upgrade your cluster smoothly to a newer version with this command
  version     Print the version of kubeadm
`

export const kubeadmProgram = (door: ClusterDoor): Program =>
  function* (process) {
    const args = parseArguments(process.argv.slice(1), SWITCHES)
    const [command] = args.words
    try {
      switch (command) {
        case undefined:
        case "help":
          yield* process.print(USAGE)
          return 0
        case "version": {
          const version = door.ownVersion
          const [major, minor] = version.slice(1).split(".")
          const format = args.flag("o", "output")
          if (format === "short") yield* process.print(`${version}\n`)
          else
            yield* process.print(
              `kubeadm version: &version.Info{Major:"${major}", Minor:"${minor}", EmulationMajor:"", EmulationMinor:"", MinCompatibilityMajor:"", MinCompatibilityMinor:"", GitVersion:"${version}", GitCommit:"a3177b3b89764aeb87469936bf4fe8f708d88eb7", GitTreeState:"clean", BuildDate:"2026-07-23T00:00:00Z", GoVersion:"go1.25.14", Compiler:"gc", Platform:"linux/amd64"}\n`,
            )
          return 0
        }
        case "token":
          return yield* token(process, args, door)
        case "certs":
          return yield* certs(process, args, door)
        case "config":
          return yield* config(process, args, door)
        case "init":
        case "join":
          if (command === "init" && args.words[1] === "phase") return yield* phase(process, args, door)
          return command === "join" ? yield* join(process, args, door) : yield* init(process, args, door)
        case "kubeconfig": {
          const user = args.flag("client-name")
          if (args.words[1] !== "user")
            return yield* fail(process, `error: unknown command ${JSON.stringify(args.words[1] ?? "")} for "kubeadm kubeconfig"`)
          if (user === undefined) return yield* fail(process, 'error: required flag(s) "client-name" not set')
          yield* process.print(door.clientKubeconfig(user, (args.flag("org") ?? "").split(",").filter(Boolean)))
          return 0
        }
        case "reset":
          return yield* reset(process, args, door)
        case "upgrade":
          return yield* upgrade(process, args, door)
        default:
          return yield* fail(process, `error: unknown command ${JSON.stringify(command)} for "kubeadm"`)
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return yield* fail(process, `error: ${error.message}`)
    }
  }
