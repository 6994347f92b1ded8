/** Addresses inside a lab's network, as a learner writes them and as the page asks for them. */

export interface InsideAddress {
  readonly scheme: "http" | "https"
  readonly host: string
  readonly port: number
  /** With its slash, and the query. */
  readonly path: string
}

/** They mean nothing to the learner's own browser: names without a dot, and private addresses (RFC 1918). */
export const isInside = (url: URL): boolean =>
  /^https?:$/.test(url.protocol) &&
  (/^(localhost|127\.|10\.|172\.(1[6-9]|2\d|3[01])\.|192\.168\.)/.test(url.hostname) || !url.hostname.includes("."))

/** "8080", "node01:30080/login", "https://10.96.0.10" or ":8080/x"; undefined for anything else. */
export const readInside = (text: string): InsideAddress | undefined => {
  const given = text.trim()
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(given) && !/^https?:\/\//i.test(given)) return undefined
  const whole = /^https?:\/\//i.test(given) ? given : `http://${given.replace(/^:?(?=\d+(?:[/?]|$))/, "localhost:")}`
  const url = URL.canParse(whole) ? new URL(whole) : undefined
  if (given === "" || !url || !/^[a-z0-9.-]+$/i.test(url.hostname) || url.username !== "") return undefined
  const scheme = url.protocol === "https:" ? "https" : "http"
  return { scheme, host: url.hostname, port: Number(url.port || (scheme === "https" ? 443 : 80)), path: `${url.pathname}${url.search}` }
}

/** As a learner reads it. */
export const shownAddress = ({ scheme, host, port, path }: InsideAddress): string =>
  `${scheme}://${host}${port === (scheme === "https" ? 443 : 80) ? "" : `:${port}`}${path}`

/** Where the page finds it. @param base the welcome's `preview` */
export const previewPath = (base: string, { scheme, host, port, path }: InsideAddress): string =>
  `${base}/${scheme === "https" ? "https:" : ""}${host}/${port}${path}`

/** The address that a path of the preview stands for. */
export const insideOf = (base: string, path: string): InsideAddress | undefined => {
  if (!path.startsWith(`${base}/`)) return undefined
  const [, tls, host, port, rest] = /^(https:)?([a-z0-9.-]+)\/(\d+)(\/.*)$/i.exec(path.slice(base.length + 1)) ?? []
  return host === undefined ? undefined : { scheme: tls ? "https" : "http", host, port: Number(port), path: rest }
}
