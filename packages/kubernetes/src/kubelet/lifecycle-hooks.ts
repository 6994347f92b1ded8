/** postStart and preStop: a command, a request, or a pause. As pkg/kubelet/lifecycle/handlers.go. */
import type { Container, ContainerRecord } from "./container-record.ts"
import type { PodScope } from "./pod-scope.ts"

type Handler = NonNullable<NonNullable<Container["lifecycle"]>["postStart"]>

/** A request of a hook is given up after so long, ms. */
const REQUEST_LIMIT = 30_000

const portOf = (port: unknown, container: Container): number =>
  typeof port === "number" ? port : (container.ports?.find(({ name }) => name === port)?.containerPort ?? Number(port))

/** Calls `done` once, with what went wrong. */
export const runHook = (scope: PodScope, record: ContainerRecord, hook: Handler, done: (error: string | undefined) => void): void => {
  const { runtime, prober, sim } = scope.context
  const { container, id } = record
  if (hook.exec && id) {
    const command = (hook.exec.command ?? []) as string[]
    scope.trace("container", "hook", command.join(" "))
    runtime.exec(id, {
      command,
      tty: false,
      stdin: false,
      onStdout: () => {},
      onStderr: () => {},
      onDone: (code, error) => done(error ?? (code === 0 ? undefined : `command '${command.join(" ")}' exited with ${code}: `)),
    })
  } else if (hook.httpGet) {
    const { scheme = "HTTP", host, path = "/", port, httpHeaders } = hook.httpGet
    const address = `${scheme.toLowerCase()}://${host || scope.ip}:${portOf(port, container)}`
    const url = `${address}${path.startsWith("/") ? path : `/${path}`}`
    const own = Object.fromEntries((httpHeaders ?? []).map(({ name, value }) => [name.toLowerCase(), value]))
    const headers = { "user-agent": "kube-lifecycle/1.35", accept: "*/*", ...own }
    scope.trace("container", "hook", url)
    prober.http({ url, headers, timeout: REQUEST_LIMIT }, (result) => done("error" in result ? `Get "${url}": ${result.error}` : undefined))
  } else if (hook.sleep) sim.schedule(hook.sleep.seconds * 1_000, () => done(undefined))
  else done(undefined)
}
