/** kubectl exec */
import { defineSubcommand } from "../define-subcommand.ts"
import { KubectlError, UsageError } from "../errors.ts"
import { FILES } from "../flag-groups.ts"
import { attachablePod, chooseContainer, named } from "../pods.ts"
import { canUseTty, remoteQuery, runRemote } from "../remote-command.ts"

export const exec = defineSubcommand({
  path: ["exec"],
  group: "Troubleshooting and Debugging Commands",
  summary: "Execute a command in a container",
  usage: "(POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]",
  examples: [
    ["In a pod's first container", "kubectl exec mypod -- date"],
    ["A shell to type into", "kubectl exec mypod -c ruby-container -i -t -- bash -il"],
    ["In the first pod of a deployment", "kubectl exec deploy/mydeployment -- date"],
  ],
  flags: {
    filename: FILES.filename,
    container: { short: "c", type: "string", help: "The container; default: the annotated one, or the first." },
    "pod-running-timeout": { type: "duration", default: "1m", help: "How long to wait for a pod to run" },
    quiet: { short: "q", type: "bool", help: "Print nothing but what the command prints" },
    stdin: { short: "i", type: "bool", help: "Pass on standard input" },
    tty: { short: "t", type: "bool", help: "Standard input is a terminal" },
  },
  *run(input, context) {
    const { api, process } = context
    const before = input.dashed ? input.words.slice(0, input.words.length - input.rest.length) : input.words
    const command = input.dashed ? input.rest : input.words.slice(input.has("filename") ? 0 : 1)
    if (input.words.length > 0 && !input.dashed && before.length > 1)
      throw new UsageError("exec", "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead")
    if (before.length === 0 && !input.has("filename")) throw new KubectlError("pod, type/name or --filename must be specified")
    if (command.length === 0) throw new KubectlError("you must specify at least one command for the container")
    // What stands beside the first word before -- is not looked at.
    const info = yield* named(context, input, before.slice(0, 1))
    const pod = yield* attachablePod(context, info, input.duration("pod-running-timeout"))
    const { phase } = pod.status
    if (phase === "Succeeded" || phase === "Failed")
      throw new KubectlError(`cannot exec into a container in a completed pod; current phase is ${phase}`)
    const given = input.text("container")
    const container = given || (yield* chooseContainer(context, pod, "", input.bool("quiet"))).name
    const stdin = input.bool("stdin")
    const tty = yield* canUseTty(context, { tty: input.bool("tty"), stdin, quiet: input.bool("quiet") })
    const response = yield* api.send(
      "GET",
      `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}/exec?${remoteQuery({ command, container, stdin, tty })}`,
    )
    const ended = yield* runRemote(context, response, { stdin, tty })
    if (ended.message) yield* process.error(`${ended.message}\n`)
    return ended.code
  },
})
