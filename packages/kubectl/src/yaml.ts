/** YAML as kubectl prints it: sorted keys, two spaces, lists not indented. As sigs.k8s.io/yaml over go-yaml v2. */
const plain = (text: string): boolean =>
  text !== "" &&
  !/^[\s>|@`"'%#&*!?{}[\],:-]|[\n\t]|: |:$| #|\s$/.test(text.replace(/^[-:?](?=\S)/, "x")) &&
  !/^(true|false|yes|no|on|off|y|n|null|~|True|False|TRUE|FALSE|Yes|No|YES|NO|On|Off|ON|OFF|Y|N|Null|NULL)$/.test(text) &&
  !/^[-+]?(\d[\d_]*)?\.?\d+(e[-+]?\d+)?$|^0x[0-9a-f]+$|^0o?[0-7]+$|^[-+]?\.(inf|nan)$|^\d{4}-\d\d-\d\d/i.test(text) &&
  !/^\d+:\d+/.test(text) &&
  text !== "<<" &&
  text !== "="

const scalar = (value: unknown, indent: string): string => {
  if (typeof value !== "string") return value === null || value === undefined ? "null" : String(value)
  if (value.includes("\n") && !/[^\n\x20-\x7e\u00a0-\uffff]/.test(value) && !value.startsWith("\n") && !/^\s/.test(value))
    return `|${value.endsWith("\n\n") ? "+" : value.endsWith("\n") ? "" : "-"}\n${value
      .replace(/\n$/, "")
      .split("\n")
      .map((line) => (line === "" ? "" : `${indent}${line}`))
      .join("\n")}`
  if (plain(value)) return value
  if (
    /^\d{4}-\d\d-\d\dT/.test(value) ||
    /[\n\t\\\x00-\x1f]/.test(value) === true ||
    /^(true|false|yes|no|on|off|y|n|null|~)$/i.test(value) ||
    /^[-+]?[\d.]/.test(value) ||
    value === ""
  )
    return JSON.stringify(value)
  return `'${value.replaceAll("'", "''")}'`
}

const emit = (value: unknown, indent: string): string => {
  if (Array.isArray(value)) {
    if (value.length === 0) return " []\n"
    return `\n${value.map((item) => `${indent}-${typeof item === "object" && item !== null && (Array.isArray(item) ? item.length : Object.keys(item).length) > 0 ? ` ${emit(item, `${indent}  `).replace(/^\n\s*/, "")}` : typeof item === "object" && item !== null ? emit(item, `${indent}  `) : ` ${scalar(item, `${indent}  `)}\n`}`).join("")}`
  }
  if (typeof value === "object" && value !== null) {
    const keys = Object.keys(value)
      .filter((key) => (value as Record<string, unknown>)[key] !== undefined)
      .sort()
    if (keys.length === 0) return " {}\n"
    return `\n${keys
      .map((key) => {
        const member = (value as Record<string, unknown>)[key]
        const name = plain(key) ? key : JSON.stringify(key)
        if (typeof member !== "object" || member === null) return `${indent}${name}: ${scalar(member, `${indent}  `)}\n`
        return `${indent}${name}:${emit(member, Array.isArray(member) ? indent : `${indent}  `)}`
      })
      .join("")}`
  }
  return ` ${scalar(value, indent)}\n`
}

export const toYaml = (value: unknown): string => emit(value, "").replace(/^\n| (?=[{[])/, "")
