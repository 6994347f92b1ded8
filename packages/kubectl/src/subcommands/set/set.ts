/** kubectl set */
import { defineSubcommand } from "../../define-subcommand.ts"

export const set = defineSubcommand({
  path: ["set"],
  group: "Basic Commands (Beginner)",
  summary: "Set specific features on objects",
  description: "These commands change existing application resources.",
  usage: "SUBCOMMAND",
  flags: {},
})
