/** Attaching to a container that runs, for attach, run -it and debug -it. As kubectl/pkg/cmd/attach. */
import type { Steps } from "@drydock/machine"
import type { KubeObject, Resource } from "./api.ts"
import type { Context } from "./define-subcommand.ts"
import { KubectlError } from "./errors.ts"
import { chooseContainer, type ContainerStatus, type PodObject } from "./pods.ts"
import { canUseTty, remoteQuery, runRemote } from "./remote-command.ts"
import { followObject } from "./streams.ts"

export interface AttachOptions {
  readonly container: string
  readonly stdin: boolean
  readonly tty: boolean
  readonly quiet?: boolean
}

export const RECORDED =
  "All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\n"
export const HINT = "If you don't see a command prompt, try pressing enter.\n"

export function* attachTo(context: Context, pod: PodObject, options: AttachOptions): Steps<number> {
  const { api, process } = context
  const container = yield* chooseContainer(context, pod, options.container, options.quiet)
  if (options.tty && !container.tty && !options.quiet)
    yield* process.error(`error: Unable to use a TTY - container ${container.name} did not allocate one\n`)
  const tty = yield* canUseTty(context, { tty: Boolean(container.tty), stdin: options.stdin, quiet: options.quiet })
  if (!options.quiet) yield* process.error(RECORDED + HINT)
  const response = yield* api.send(
    "GET",
    `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}/attach?${remoteQuery({ container: container.name, stdin: options.stdin, tty: Boolean(container.tty) && options.tty })}`,
  )
  const ended = yield* runRemote(context, response, { stdin: options.stdin, tty })
  if (ended.message && !/^command terminated/.test(ended.message)) yield* process.error(`${ended.message}\n`)
  if (options.stdin && tty && container.tty && !options.quiet && (pod.spec.restartPolicy ?? "Always") === "Always")
    yield* process.print(
      `Session ended, resume using 'kubectl attach ${pod.metadata.name} -c ${container.name} -i -t' command when the pod is running\n`,
    )
  return 0
}

const DAY = 24 * 3_600_000

/** Follows a pod until `met`; what it is then. Throws when it takes longer than `timeout` ms (0: a day). */
export function* waitForPod(
  context: Context,
  pods: Resource,
  pod: KubeObject,
  met: (pod: PodObject) => boolean,
  timeout: number,
): Steps<PodObject> {
  let last: PodObject | undefined
  const reached = yield* followObject(
    context,
    { resource: pods, namespace: pod.metadata.namespace, name: pod.metadata.name },
    function* (object) {
      if (!object) throw new KubectlError(`pods ${JSON.stringify(pod.metadata.name)} not found`)
      last = object as PodObject
      return met(last)
    },
    context.process.now() + (timeout > 0 ? timeout : DAY),
  )
  if (!reached || !last) throw new KubectlError("timed out waiting for the condition")
  return last
}

/** Its containers run, or it is over already. */
export const runningOrOver = ({ status }: PodObject): boolean =>
  status.phase === "Succeeded" ||
  status.phase === "Failed" ||
  (status.phase === "Running" && (status.conditions ?? []).some(({ type, status: value }) => type === "Ready" && value === "True"))

export const statusOf = ({ status }: PodObject, container: string): ContainerStatus | undefined =>
  [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? []), ...(status.ephemeralContainerStatuses ?? [])].find(
    ({ name }) => name === container,
  )
