/** Files behind http and https addresses. */
import { bodyText, REASONS, type Steps } from "@drydock/machine"
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
    const answer = yield* process.network.request(
      record.value,
      Number(from.port ?? (from.scheme === "https" ? 443 : 80)),
      { method: "GET", path: from.path, headers: { host: from.host } },
      { timeout: 30_000, ...(from.scheme === "https" && { tls: { name: from.host } }) },
    )
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
