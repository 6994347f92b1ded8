/** kubectl describe */
import { find, type Info, listObjects, targets } from "../builder.ts"
import { defineSubcommand } from "../define-subcommand.ts"
import { describeObject } from "../describe/describers.ts"
import type { Described } from "../describe/define-describer.ts"
import { isReason, KubectlError, throwAll } from "../errors.ts"
import { FILES, SELECTION } from "../flag-groups.ts"
import { namesFiles } from "../manifests.ts"

const { selector, "all-namespaces": everywhere } = SELECTION

export const describe = defineSubcommand({
  path: ["describe"],
  group: "Troubleshooting and Debugging Commands",
  summary: "Show details of a specific resource or group of resources",
  description:
    "What the server says about an object and about what belongs to it: its pods, its events. A name that there is not stands for all names that begin with it.",
  usage: "(-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)",
  examples: [
    ["A node", "kubectl describe nodes kubernetes-node-emt8.c.myproject.internal"],
    ["A pod", "kubectl describe pods/nginx"],
    ["What a file names", "kubectl describe -f pod.json"],
    ["All pods", "kubectl describe pods"],
    ["Pods with a label", "kubectl describe pods -l name=myLabel"],
    ["Pods whose names begin so", "kubectl describe pods frontend"],
  ],
  flags: {
    ...FILES,
    selector,
    "all-namespaces": everywhere,
    "chunk-size": { type: "int", default: "500", help: "Ask for long lists in pieces of this size." },
    "show-events": { type: "bool", default: "true", help: "With the events that concern the object." },
  },
  *run(input, context) {
    const { process, namespace } = context
    if (input.words.length === 0 && !namesFiles(input))
      throw new KubectlError(
        'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.\n',
      )
    const showEvents = input.bool("show-events")
    const text = function* ({ resource, object }: Pick<Info, "resource" | "object">) {
      return yield* describeObject(context, resource, object as unknown as Described, showEvents)
    }
    const errors: KubectlError[] = []
    const infos = yield* find(context, input, { everything: true, errors })
    if (errors.length > 0 && input.words.length === 2 && errors.every((error) => isReason(error, "NotFound"))) {
      const [{ resource }] = yield* targets(context, [input.words[0]])
      const where = resource.namespaced && !input.bool("all-namespaces") ? namespace : undefined
      const alike = (yield* listObjects(context, resource, where, input)).filter(({ metadata }) => metadata.name.startsWith(input.words[1]))
      if (alike.length === 0) throw errors[0]
      for (const object of alike) yield* process.print(`${yield* text({ resource, object })}\n`)
      return 0
    }
    let first = true
    for (const info of infos)
      try {
        yield* process.print((first ? "" : "\n\n") + (yield* text(info)))
        first = false
      } catch (error) {
        if (!(error instanceof KubectlError)) throw error
        if (!errors.some(({ message }) => message === error.message)) errors.push(error)
      }
    if (infos.length === 0 && errors.length === 0)
      yield* process.error(input.bool("all-namespaces") ? "No resources found\n" : `No resources found in ${namespace} namespace.\n`)
    throwAll(errors)
    return 0
  },
})
