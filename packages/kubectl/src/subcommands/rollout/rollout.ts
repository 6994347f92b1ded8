/** kubectl rollout */
import { defineSubcommand } from "../../define-subcommand.ts"

export const rollout = defineSubcommand({
  path: ["rollout"],
  group: "Deploy Commands",
  summary: "Manage the rollout of a resource",
  description: "Of deployments, daemon sets and stateful sets.",
  usage: "SUBCOMMAND",
  examples: [
    ["Back to the version before", "kubectl rollout undo deployment/abc"],
    ["How far it is", "kubectl rollout status daemonset/foo"],
  ],
  flags: {},
  bare: { on: 1, exit: 1 },
})
