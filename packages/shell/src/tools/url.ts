/** URLs as curl and wget take them. */
export interface Url {
  scheme: string
  host: string
  port: number
  path: string
}

export const parseUrl = (text: string): Url | undefined => {
  const match = /^(?:(\w+):\/\/)?([^/:?#]+)(?::(\d+))?([/?][^#]*)?/.exec(text)
  if (!match) return undefined
  const scheme = (match[1] ?? "http").toLowerCase()
  return {
    scheme,
    host: match[2],
    port: Number(match[3] ?? (scheme === "https" ? 443 : 80)),
    path: match[4] === undefined ? "/" : match[4].startsWith("?") ? `/${match[4]}` : match[4],
  }
}
