/** Files behind http and https addresses. */
import { bodyText, type HttpResponse, REASONS, type Steps, SystemError } from "@drydock/machine"
import type { Context } from "./define-subcommand.ts"
import { KubectlError } from "./errors.ts"

/** The text at an address, redirects followed. Throws KubectlError. */
export function* fetchUrl({ process }: Context, url: string): Steps<string> {
  const [, scheme, host, port, path = "/"] = /^(https?):\/\/([^:/]+)(?::(\d+))?(\/.*)?$/.exec(url) ?? []
  if (!host)
    throw new KubectlError(
      `the URL passed to filename ${JSON.stringify(url)} is not valid: parse ${JSON.stringify(url)}: invalid URI for request`,
    )
  let from = { scheme, host, port, path }
  for (let hops = 0; hops < 10; hops++) {
    const [record] = /^[\d.]+$/.test(from.host) ? [{ value: from.host }] : yield* process.network.lookup(from.host)
    if (!record) throw new KubectlError(`error: Get "${url}": dial tcp: lookup ${from.host}: no such host`)
    let answer: HttpResponse
    try {
      answer = yield* process.network.request(
        record.value,
        Number(from.port ?? (from.scheme === "https" ? 443 : 80)),
        { method: "GET", path: from.path, headers: { host: from.host } },
        { timeout: 30_000, ...(from.scheme === "https" && { tls: { name: from.host } }) },
      )
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      if (error.code === "ECONNREFUSED")
        throw new KubectlError(
          `The connection to the server ${from.host}${from.port ? `:${from.port}` : ""} was refused - did you specify the right host or port?`,
          { raw: true },
        )
      throw new KubectlError(`Unable to connect to the server: ${error.message.toLowerCase()}`, { raw: true })
    }
    const next =
      answer.status >= 300 && answer.status < 400 ? /^(https?):\/\/([^:/]+)(?::(\d+))?(\/.*)?$/.exec(answer.headers.location ?? "") : null
    if (next) {
      from = { scheme: next[1], host: next[2], port: next[3], path: next[4] ?? "/" }
      continue
    }
    if (answer.status !== 200)
      throw new KubectlError(
        `unable to read URL ${JSON.stringify(url)}, server reported ${answer.status} ${REASONS[answer.status] ?? ""}, status code=${answer.status}`,
      )
    return bodyText(answer.body)
  }
  throw new KubectlError(`Get "${url}": stopped after 10 redirects`)
}
