/** A page's HTTP request into a world: sent by a process of the first machine, so names, routes, service rules and policies are that machine's. */
import { bodyText, type HttpResponse, type Process, type Steps, SystemError, TlsError } from "@drydock/machine"
import type { World } from "@drydock/world"
import type { CallAnswer, CallRequest } from "../link.ts"

/** Until the first byte of the answer, and until its last, virtual ms. */
const ANSWER_MS = 10_000
const WHOLE_MS = 20_000
/** Largest answer, bytes (of text: characters). */
export const MAX_ANSWER = 4 * 1024 * 1024

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "refused the connection: nothing listens there",
  ETIMEDOUT: "did not answer in time",
  EHOSTUNREACH: "cannot be reached: there is no route to it",
  ENETUNREACH: "cannot be reached: there is no route to its network",
  ECONNRESET: "broke the connection off",
}

const problem = (words: string): CallAnswer => ({ status: 502, headers: {}, problem: words })

function* readWhole(process: Process, answer: HttpResponse, where: string): Steps<CallAnswer> {
  const { status, headers, stream } = answer
  if (answer.upgrade) return problem(`${where} wants another protocol than HTTP.`)
  const given = answer.body instanceof Uint8Array ? answer.body : bodyText(answer.body)
  if (given.length > MAX_ANSWER) return problem(`${where} answers with more than ${MAX_ANSWER / 1024 / 1024} MiB.`)
  if (!stream) return { status, headers, body: given }
  const until = process.now() + WHOLE_MS
  let text = ""
  for (;;) {
    const chunk = stream.tryTake()
    if (chunk === null) return { status, headers, body: text }
    if (chunk !== undefined) text += bodyText(chunk)
    // What never ends is shown as far as it came.
    else if (process.now() < until) yield* process.wait({ queues: [stream.readQueue], until })
    if (process.now() >= until || text.length > MAX_ANSWER) {
      stream.cancel()
      return { status, headers, body: text.slice(0, MAX_ANSWER) }
    }
  }
}

/** @returns how to give it up; `done` is not called then */
export const askInside = (
  world: World,
  request: CallRequest & { readonly to: NonNullable<CallRequest["to"]> },
  done: (answer: CallAnswer) => void,
): (() => void) => {
  const [machine] = world.machines.values()
  const { host, port, tls } = request.to
  const where = `${host}:${port}`
  if (!machine?.running) {
    done(problem("The machine from which pages are shown is switched off."))
    return () => {}
  }
  let answer = problem(`${where} did not answer.`)
  let given = false
  const ask = function* (process: Process): Steps<number> {
    try {
      const [record] = yield* process.network.lookup(host)
      if (!record) {
        answer = problem(`${machine.name} knows no host ${host}.`)
        return 6
      }
      const path = request.query === "" ? request.path : `${request.path}?${request.query}`
      const headers = { ...request.headers, host: port === (tls ? 443 : 80) ? host : where }
      const got = yield* process.network.request(
        record.value,
        port,
        { method: request.method, path, headers, ...(request.body !== undefined && { body: request.body }) },
        { timeout: ANSWER_MS, ...(tls && { tls: { name: host, insecure: true } }) },
      )
      answer = yield* readWhole(process, got, where)
      return 0
    } catch (error) {
      if (!(error instanceof SystemError) && !(error instanceof TlsError)) throw error
      const reason = error instanceof SystemError ? REASONS[error.code] : `speaks no TLS that is understood here (${error.message})`
      answer = problem(`${where} ${reason ?? `cannot be asked (${error.message})`}.`)
      return 7
    }
  }
  const started = machine.start(ask, {
    argv: ["curl", `${tls ? "https" : "http"}://${where}${request.path}`],
    onExit: () => {
      if (!given) done(answer)
    },
  })
  return () => {
    given = true
    started.kill("SIGKILL")
  }
}
