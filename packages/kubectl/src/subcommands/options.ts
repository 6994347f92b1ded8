/** kubectl options */
import { defineSubcommand } from "../define-subcommand.ts"
import { optionsText } from "../help.ts"

export const options = defineSubcommand({
  path: ["options"],
  summary: "Print the list of flags inherited by all commands",
  usage: "",
  misused: { code: 1, hint: "Run 'kubectl options' without flags." },
  examples: [["All of them", "kubectl options"]],
  flags: {},
  offline: true,
  *run(_, { process }) {
    yield* process.print(optionsText(process.env.get("HOME") ?? "/root"))
    return 0
  },
})
