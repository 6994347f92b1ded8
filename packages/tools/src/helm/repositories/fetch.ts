/** Files behind http(s) addresses, with Go's words for what goes wrong. As helm/pkg/getter. */
import { type HttpBody, REASONS, type Steps, SystemError, TlsError } from "@drydock/machine"
import type { Context } from "../context.ts"
import { HelmError } from "../errors.ts"

const URL_PARTS = /^(https?):\/\/([^:/?#]+)(?::(\d+))?([^#]*)$/

export const isAddress = (text: string): boolean => /^https?:\/\//.test(text)

/** What a URL holds. Throws HelmError. */
export function* fetchFile({ process }: Context, url: string, agent = "Helm/4.1.4"): Steps<HttpBody> {
  let at = url
  for (let hops = 0; hops < 10; hops++) {
    const [, scheme, host, port, path = "/"] = URL_PARTS.exec(at) ?? []
    if (!host) throw new HelmError(`could not find protocol handler for: ${at.split(":")[0]}`)
    const fail = (cause: string): never => {
      throw new HelmError(`Get ${JSON.stringify(at)}: ${cause}`)
    }
    const number = Number(port ?? (scheme === "https" ? 443 : 80))
    try {
      const address = /^[\d.]+$/.test(host) ? host : (yield* process.network.lookup(host))[0]?.value
      if (address === undefined) return fail(`dial tcp: lookup ${host} on 127.0.0.53:53: no such host`)
      const answer = yield* process.network.request(
        address,
        number,
        { method: "GET", path: path || "/", headers: { host, "user-agent": agent } },
        { timeout: 120_000, ...(scheme === "https" && { tls: { name: host } }) },
      )
      const next = answer.status >= 300 && answer.status < 400 ? answer.headers.location : undefined
      if (next) {
        at = next.startsWith("/") ? `${scheme}://${host}${next}` : next
        continue
      }
      if (answer.status !== 200) throw new HelmError(`failed to fetch ${at} : ${answer.status} ${REASONS[answer.status] ?? ""}`)
      return answer.body ?? ""
    } catch (error) {
      if (error instanceof TlsError) return fail(error.message)
      if (!(error instanceof SystemError)) throw error
      const place = `dial tcp ${host}:${number}`
      if (error.code === "ECONNREFUSED" || error.code === "ECONNRESET") return fail(`${place}: connect: connection refused`)
      if (error.code === "EHOSTUNREACH") return fail(`${place}: connect: no route to host`)
      if (error.code === "ETIMEDOUT") return fail(`dial tcp: lookup ${host}: i/o timeout`)
      throw error
    }
  }
  throw new HelmError(`Get ${JSON.stringify(url)}: stopped after 10 redirects`)
}

export const bodyBytes = (body: HttpBody): Uint8Array =>
  body instanceof Uint8Array ? body : new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body.json))
