/** kubectl auth */
import { defineSubcommand } from "../../define-subcommand.ts"

export const auth = defineSubcommand({
  path: ["auth"],
  group: "Troubleshooting and Debugging Commands",
  summary: "Inspect authorization",
  usage: "",
  flags: {},
})
