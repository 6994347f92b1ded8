/** What can go wrong, and how kubectl words it. As kubectl/pkg/cmd/util/helpers.go. */
import type { Status } from "@drydock/kubernetes/apimachinery"
import { bodyJson, bodyText, type HttpResponse } from "@drydock/machine"

/** Ends kubectl with `code`; its message is printed behind "error: " (unless `raw`). */
export class KubectlError extends Error {
  readonly code: number
  /** Printed as it is. */
  readonly raw: boolean
  constructor(message: string, options: { code?: number; raw?: boolean } = {}) {
    super(message)
    this.code = options.code ?? 1
    this.raw = options.raw ?? false
  }
}

/** Ends kubectl without a word. */
export class SilentExit extends KubectlError {
  constructor(code = 1) {
    super("", { code, raw: true })
  }
}

/** The command line itself is wrong: names the command whose help says how it should be. */
export class UsageError extends KubectlError {
  constructor(command: string, message: string, code = 1) {
    super(`error: ${message}\nSee '${`kubectl ${command}`.trim()} -h' for help and examples`, { raw: true, code })
  }
}

/** The command line is so wrong that the command's help is printed, and then what is wrong. As cmd.Help() before an error. */
export class HelpfulError extends KubectlError {
  /** The command's name without "kubectl". */
  readonly command: string
  constructor(command: string, message: string, code = 1) {
    super(message, { code })
    this.command = command
  }
}

/** No connection to the server. */
export class ConnectionError extends KubectlError {
  readonly refused: boolean
  /** What Go's net package would call it: "dial tcp 1.2.3.4:6443: connect: connection refused". */
  override readonly cause: string
  constructor(message: string, cause: string, refused: boolean) {
    super(message, { raw: true })
    this.cause = cause
    this.refused = refused
  }
}

/** An answer with a Status. `message` is the server's. */
export class ServerError extends KubectlError {
  readonly status: Partial<Status>
  constructor(status: Partial<Status>) {
    super(status.message ?? "")
    this.status = status
  }
  get reason(): string {
    return this.status.reason ?? ""
  }
  /** The same failure, said to have happened while `verb` (e.g. "creating") what came from `source`. */
  from(verb: string, source: string): ServerError {
    return new ServerError({ ...this.status, message: `error when ${verb} ${JSON.stringify(source)}: ${this.message}` })
  }
}

/** Several failures of one command. */
export class AggregateFailure extends KubectlError {
  readonly errors: readonly KubectlError[]
  constructor(errors: readonly KubectlError[]) {
    super(errors.map(({ message }) => message).join("\n"))
    this.errors = errors
  }
}

/** Throws what was collected: nothing, the one, or all together. */
export const throwAll = (errors: readonly KubectlError[]): void => {
  if (errors.length === 1) throw errors[0]
  if (errors.length > 1) throw new AggregateFailure(errors)
}

const serverText = ({ status, message }: ServerError): string => {
  if (status.reason === "Unauthorized") return `error: You must be logged in to the server (${message})`
  return status.reason ? `Error from server (${status.reason}): ${message}` : `Error from server: ${message}`
}

const invalidText = ({ status: { details, message } }: ServerError): string => {
  let text = "The request is invalid"
  if (!details) return message ? `${text}: ${message}` : text
  const causes = [...new Set((details.causes ?? []).map(({ field, message: cause }) => `${field ?? ""}: ${cause ?? ""}`))]
  if (details.kind || details.name) text = `The ${details.kind ?? ""} ${JSON.stringify(details.name ?? "")} is invalid`
  else if (message && causes.length === 0) text += `: ${message}`
  if (causes.length === 0) return text
  // A line of its own, also behind a message that ends with one.
  return causes.length === 1 ? `${text}: ${causes[0]}\n` : `${text}: \n${causes.map((cause) => `* ${cause}`).join("\n")}\n`
}

/** One error among several: without "error: " before it. */
const partText = (error: KubectlError): string => (error instanceof ServerError ? serverText(error) : error.message)

/** What goes to standard error, without the last newline. */
export const errorText = (error: KubectlError): string => {
  if (error instanceof AggregateFailure) return error.errors.map(partText).join("\n")
  if (error instanceof ServerError) return error.reason === "Invalid" ? invalidText(error) : serverText(error)
  return error.raw || error.message.startsWith("error: ") ? error.message : `error: ${error.message}`
}

/** The error that an answer with a status of 400 and more stands for. As client-go/rest: what is no Status becomes one. */
export const serverError = (response: HttpResponse, verb = ""): ServerError => {
  const text = () => bodyText(response.body).trim()
  let status: Partial<Status> | undefined
  try {
    status = bodyJson(response.body) as Partial<Status>
  } catch {
    status = undefined
  }
  if (status?.kind === "Status") return new ServerError(status)
  const unknown: Readonly<Record<number, [string, string]>> = {
    401: ["Unauthorized", "Unauthorized"],
    403: ["Forbidden", text()],
    404: ["NotFound", "the server could not find the requested resource"],
    405: ["MethodNotAllowed", "the server does not allow this method on the requested resource"],
    409: ["Conflict", verb === "post" ? "the server reported a conflict" : "the server reported a conflict"],
    500: ["InternalError", `an error on the server (${JSON.stringify(text())}) has prevented the request from succeeding`],
    503: ["ServiceUnavailable", "the server is currently unable to handle the request"],
  }
  const [reason, message] = unknown[response.status] ?? ["", text()]
  return new ServerError({ kind: "Status", reason: reason as Status["reason"], message, code: response.status })
}

export const isReason = (error: unknown, reason: string): boolean => error instanceof ServerError && error.reason === reason
