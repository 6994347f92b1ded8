/** -w: what curl tells of a transfer after it. As src/tool_writeout.c. */

/** Facts by variable; what is not among them prints its name's nothing. */
export type Facts = Readonly<Record<string, string>>

const ALIASES: Readonly<Record<string, string>> = { response_code: "http_code", url_effective: "url_effective" }
/** Known, and empty or zero while nothing is told of them. */
const KNOWN =
  /^(?:certs|conn_id|content_type|errormsg|exitcode|filename_effective|ftp_entry_path|header_json|http_code|http_connect|http_version|json|local_ip|local_port|method|num_\w+|onerror|proxy_ssl_verify_result|redirect_url|referer|remote_ip|remote_port|response_code|scheme|size_\w+|speed_\w+|ssl_verify_result|stderr|stdout|time_\w+|url|url_effective|urle?\.\w+|urlnum|xfer_id)$/

const standard = (name: string): string => {
  if (name.startsWith("time_")) return "0.000000"
  if (name === "http_connect" || name === "http_code") return "000"
  return /^(?:num_|size_|speed_|http_version|ssl_verify_result|urlnum|local_port|remote_port|exitcode)/.test(name) ? "0" : ""
}

/** @returns what is printed, and complaints about names that are none */
export const writtenOut = (
  format: string,
  facts: Facts,
  headers: Readonly<Record<string, string>>,
): { text: string; complaints: string } => {
  let complaints = ""
  const text = format.replace(
    /\\([nrt\\])|%%|%header\{([^}]*)\}|%\{([^}]*)\}/g,
    (whole, escaped?: string, header?: string, name?: string) => {
      if (escaped) return { n: "\n", r: "\r", t: "\t", "\\": "\\" }[escaped] ?? whole
      if (whole === "%%") return "%"
      if (header !== undefined) return headers[header.toLowerCase()] ?? ""
      const own = ALIASES[name ?? ""] ?? (name as string)
      if (own === "header_json")
        return `${JSON.stringify(Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, [value]])), undefined, 0)}\n`
      if (own === "json") return JSON.stringify(Object.fromEntries(Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : 1))))
      if (!KNOWN.test(own)) {
        complaints += `curl: unknown --write-out variable: '${own}'\n`
        return ""
      }
      return facts[own] ?? standard(own)
    },
  )
  return { text, complaints }
}
