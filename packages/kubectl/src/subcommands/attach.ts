/** kubectl attach */
import { defineSubcommand } from "../define-subcommand.ts"
import { KubectlError } from "../errors.ts"
import { attachTo } from "../attaching.ts"
import { attachablePod, findContainer, named } from "../pods.ts"

export const attach = defineSubcommand({
  path: ["attach"],
  group: "Troubleshooting and Debugging Commands",
  summary: "Attach to a running container",
  usage: "(POD | TYPE/NAME) -c CONTAINER",
  examples: [
    ["See what it prints", "kubectl attach mypod"],
    ["And type into it", "kubectl attach mypod -c ruby-container -i -t"],
  ],
  flags: {
    container: { short: "c", type: "string", help: "The container; default: the annotated one, or the first." },
    "pod-running-timeout": { type: "duration", default: "1m", help: "How long to wait for a pod to run" },
    quiet: { short: "q", type: "bool", help: "Print nothing but what the container prints" },
    stdin: { short: "i", type: "bool", help: "Pass on standard input" },
    tty: { short: "t", type: "bool", help: "Standard input is a terminal" },
  },
  *run(input, context) {
    if (input.words.length === 0) throw new KubectlError("at least 1 argument is required for attach")
    if (input.words.length > 2)
      throw new KubectlError(
        `expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ${input.words.length}: [${input.words.join(" ")}]`,
      )
    const pod = yield* attachablePod(context, yield* named(context, input, input.words), input.duration("pod-running-timeout"))
    const { phase } = pod.status
    if (phase === "Succeeded" || phase === "Failed")
      throw new KubectlError(`cannot attach a container in a completed pod; current phase is ${phase}`)
    if (input.text("container") && !findContainer(pod, input.text("container")))
      throw new KubectlError(`cannot attach to the container: container ${input.text("container")} not found in pod ${pod.metadata.name}`)
    return yield* attachTo(context, pod, {
      container: input.text("container"),
      stdin: input.bool("stdin"),
      tty: input.bool("tty"),
      quiet: input.bool("quiet"),
    })
  },
})
