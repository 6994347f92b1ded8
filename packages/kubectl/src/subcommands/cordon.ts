/** kubectl cordon, uncordon */
import { defineSubcommand, type Subcommand } from "../define-subcommand.ts"
import { cordonNodes, findNodes } from "../draining.ts"
import { DRY_RUN, dryRun, SELECTOR } from "../flag-groups.ts"

const verb = (name: "cordon" | "uncordon", summary: string): Subcommand =>
  defineSubcommand({
    path: [name],
    group: "Cluster Management Commands",
    summary,
    usage: "NODE",
    examples: [[`${summary}`, `kubectl ${name} foo`]],
    flags: { ...SELECTOR, ...DRY_RUN },
    *run(input, context) {
      yield* cordonNodes(context, yield* findNodes(context, input, `${name} NODE`), name === "cordon", dryRun(input))
      return 0
    },
  })

export const cordon = verb("cordon", "Mark node as unschedulable")
export const uncordon = verb("uncordon", "Mark node as schedulable")
