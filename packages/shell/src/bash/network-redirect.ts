/** /dev/tcp/HOST/PORT and /dev/udp/HOST/PORT, which a redirection connects to (redir.c, lib/sh/netopen.c). */
import { type OpenFile, SocketFile, type Steps, SystemError } from "@drydock/machine"
import type { Shell } from "./shell.ts"

const ADDRESS = /^\d+(\.\d+){3}$/
const PLACE = /^\/dev\/(tcp|udp)\/([^/]+)\/([^/]+)$/

export const isNetworkPath = (path: string): boolean => PLACE.test(path)

/** Ports that scripts call by name. */
const SERVICES: Readonly<Record<string, number>> = { ssh: 22, smtp: 25, domain: 53, http: 80, ntp: 123, https: 443 }

function* addressOf(shell: Shell, host: string): Steps<string | undefined> {
  if (ADDRESS.test(host)) return host
  try {
    return (yield* shell.process.network.lookup(host, "A"))[0]?.value
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    return undefined
  }
}

/**
 * A connection as an open file that nobody holds yet.
 * @throws SystemError ECONNREFUSED, ETIMEDOUT and the like, after the line that connect(2)'s failure has of its own; EINVAL for a name without an address
 */
export function* openNetwork(shell: Shell, path: string): Steps<OpenFile> {
  const [, protocol, host, service] = PLACE.exec(path) ?? []
  const address = yield* addressOf(shell, host)
  const port = /^\d+$/.test(service) ? Number(service) : SERVICES[service]
  if (address === undefined || port === undefined) {
    yield* shell.complain(
      address === undefined ? `${host}: Name or service not known` : `${service}: Servname not supported for ai_socktype`,
    )
    throw new SystemError("EINVAL")
  }
  try {
    const stream = yield* shell.process.network.connect(address, port, { protocol: protocol === "udp" ? "udp" : "tcp" })
    return new SocketFile(stream, 50_000 + shell.process.pid)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    yield* shell.say(`${shell.errorName}: connect: ${error.message}\n`)
    throw error
  }
}
