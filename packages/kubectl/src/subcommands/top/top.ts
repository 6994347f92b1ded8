/** kubectl top */
import { defineSubcommand } from "../../define-subcommand.ts"

export const top = defineSubcommand({
  path: ["top"],
  group: "Cluster Management Commands",
  summary: "Display resource (CPU/memory) usage",
  description: "What nodes and pods use now. The metrics server must run in the cluster.",
  usage: "",
  flags: {},
})
