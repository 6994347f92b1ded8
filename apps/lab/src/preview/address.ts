/** Addresses at which a page shows what listens inside a world: `/lab/preview/<token>/<host>/<port>/<path>`, `https:<host>` for TLS. */

export const PREVIEW_PATH = "/lab/preview/"

export interface PreviewAddress {
  readonly token: string
  readonly host: string
  readonly port: number
  readonly tls: boolean
  /** With its slash, without the query. */
  readonly path: string
  readonly query: string
  /** `/lab/preview/<token>`: what addresses of the same lab begin with. */
  readonly base: string
}

/** A name or an IPv4 address. */
const HOST = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i
const MAX_HOST = 253

/** @param url path and query as asked for. Undefined: it is no such address. `slash`: where it goes without the slash behind the port. */
export const readAddress = (url: string): PreviewAddress | { readonly slash: string } | undefined => {
  const [whole, ...rest] = url.split("?")
  const query = rest.join("?")
  const [, token, scheme, host, digits, path] = /^\/lab\/preview\/([^/]+)\/(https:|http:)?([^/:]+)\/(\d{1,5})(\/.*)?$/.exec(whole) ?? []
  if (token === undefined || host.length > MAX_HOST || !HOST.test(host)) return undefined
  const port = Number(digits)
  if (port < 1 || port > 65_535) return undefined
  // Relative addresses in the page need the directory.
  if (path === undefined) return { slash: `${whole}/${query === "" ? "" : `?${query}`}` }
  return { token, host: host.toLowerCase(), port, tls: scheme === "https:", path, query, base: `${PREVIEW_PATH}${token}` }
}

/** The same place of the lab that `url`, an absolute http address or a path from the root of `from`, means inside; undefined for other schemes. */
export const addressOf = (url: string, from: Pick<PreviewAddress, "base" | "host" | "port" | "tls">): string | undefined => {
  const prefix = (tls: boolean, host: string, port: number) => `${from.base}/${tls ? "https:" : ""}${host}/${port}`
  if (/^\/(?!\/)/.test(url)) return `${prefix(from.tls, from.host, from.port)}${url}`
  const [, scheme = from.tls ? "https:" : "http:", host, port, path = ""] =
    /^(https?:)?\/\/([a-z0-9.-]{1,253})(?::(\d{1,5}))?([/?#].*)?$/is.exec(url) ?? []
  if (host === undefined) return undefined
  const tls = scheme.toLowerCase() === "https:"
  return `${prefix(tls, host.toLowerCase(), Number(port ?? (tls ? 443 : 80)))}${path.startsWith("/") ? path : `/${path}`}`
}
