/** kubectl drain */
import { parseSelector, SelectorError } from "@drydock/kubernetes/apimachinery"
import { defineSubcommand } from "../define-subcommand.ts"
import { cordonNodes, drainNode, findNodes } from "../draining.ts"
import { KubectlError, throwAll } from "../errors.ts"
import { DRY_RUN, dryRun, SELECTOR } from "../flag-groups.ts"

export const drain = defineSubcommand({
  path: ["drain"],
  group: "Cluster Management Commands",
  summary: "Drain node in preparation for maintenance",
  description:
    "The node is cordoned, then its pods are evicted, as their disruption budgets allow. Pods of daemon sets stay, pods without a controller need --force, pods with local data --delete-emptydir-data.",
  usage: "NODE",
  examples: [
    ["Even pods that nobody would replace", "kubectl drain foo --force"],
    ["With 15 minutes for each pod", "kubectl drain foo --grace-period=900"],
  ],
  flags: {
    ...SELECTOR,
    ...DRY_RUN,
    "chunk-size": { type: "int", default: "500", help: "Ask for long lists in pieces of this size." },
    "delete-emptydir-data": { type: "bool", help: "Also pods with emptyDir volumes; their data is lost." },
    "disable-eviction": { type: "bool", help: "Delete instead of evict: disruption budgets are ignored." },
    force: { type: "bool", help: "Also pods that no controller would replace." },
    "grace-period": { type: "int", default: "-1", help: "Seconds that each pod gets to end; negative: its own." },
    "ignore-daemonsets": { type: "bool", help: "Leave pods of daemon sets." },
    "pod-selector": { type: "string", help: "Only pods with these labels" },
    "skip-wait-for-delete-timeout": { type: "int", help: "Do not wait for pods that have been ending for longer than these seconds." },
    timeout: { type: "duration", help: "How long to try; zero: as long as it takes" },
  },
  *run(input, context) {
    const { process } = context
    const dry = dryRun(input)
    const nodes = yield* findNodes(context, input, "drain NODE")
    if (input.has("pod-selector"))
      try {
        parseSelector(input.text("pod-selector"))
      } catch (error) {
        if (error instanceof SelectorError) throw new KubectlError("--pod-selector=<pod_selector> must be a valid label selector")
        throw error
      }
    yield* cordonNodes(context, nodes, true, dry)
    const suffix = dry === "client" ? " (dry run)" : dry === "server" ? " (server dry run)" : ""
    const fatal: KubectlError[] = []
    const left: string[] = []
    for (const { name } of nodes)
      try {
        yield* drainNode(context, input, name, dry)
        yield* process.print(`node/${name} drained${suffix}\n`)
      } catch (error) {
        if (!(error instanceof KubectlError)) throw error
        const { errors } = error as { errors?: readonly KubectlError[] }
        const text = errors ? `[${errors.map(({ message }) => message).join(", ")}]` : error.message
        yield* process.error(`error: unable to drain node ${JSON.stringify(name)} due to error: ${text}, continuing command...\n`)
        fatal.push(...(errors ?? [error]).map(({ message }) => new KubectlError(message, { raw: true })))
        left.push(name)
      }
    if (left.length > 0) yield* process.error(`There are pending nodes to be drained:\n${left.map((name) => ` ${name}\n`).join("")}`)
    throwAll(fatal)
    return 0
  },
})
