/** Checks of a NetworkPolicy's rules. As pkg/apis/networking/validation/validation.go. */
import type { FieldError } from "../../apimachinery/status.ts"
import { selectorErrors } from "../core/common-validation.ts"
import { oneOf, portErrors } from "../core/validation-texts.ts"

interface Peer {
  ipBlock?: { cidr?: string; except?: readonly string[] }
  podSelector?: unknown
  namespaceSelector?: unknown
}

export interface PolicyRule {
  ports?: readonly { port?: unknown; endPort?: number; protocol?: string }[]
  from?: readonly Peer[]
  to?: readonly Peer[]
}

const CIDR = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"

/** First address and length of an IPv4 range; undefined for what is none, null for IPv6. */
const range = (text: string): { first: number; bits: number } | null | undefined => {
  if (/^[0-9a-fA-F:]+\/\d{1,3}$/.test(text) && text.includes(":")) return null
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text)?.slice(1).map(Number)
  if (!parts || parts.slice(0, 4).some((part) => part > 255) || parts[4] > 32) return undefined
  return { first: parts.slice(0, 4).reduce((sum, part) => sum * 256 + part, 0), bits: parts[4] }
}

const blockErrors = ({ cidr, except = [] }: NonNullable<Peer["ipBlock"]>, at: string): FieldError[] => {
  if (!cidr) return [{ type: "Required", field: `${at}.cidr` }]
  const whole = range(cidr)
  if (whole === undefined) return [{ type: "Invalid", field: `${at}.cidr`, value: cidr, detail: CIDR }]
  return except.flatMap((text, index): FieldError[] => {
    const field = `${at}.except[${index}]`
    const part = range(text)
    if (part === undefined) return [{ type: "Invalid", field, value: text, detail: CIDR }]
    if (!whole || !part) return []
    const inside =
      part.bits > whole.bits && Math.floor(part.first / 2 ** (32 - whole.bits)) === Math.floor(whole.first / 2 ** (32 - whole.bits))
    return inside ? [] : [{ type: "Invalid", field, value: text, detail: "must be a strict subset of `cidr`" }]
  })
}

export const policyRuleErrors = (rules: readonly PolicyRule[] | undefined, at: string): FieldError[] =>
  (rules ?? []).flatMap((rule, index): FieldError[] => {
    const where = `${at}[${index}]`
    const ports = (rule.ports ?? []).flatMap(({ port, endPort, protocol }, number): FieldError[] => {
      const field = `${where}.ports[${number}]`
      return [
        ...(protocol === undefined ? [] : oneOf(`${field}.protocol`, protocol, ["SCTP", "TCP", "UDP"])),
        ...(port === undefined ? [] : portErrors(`${field}.port`, port)),
        ...(endPort !== undefined && typeof port === "number" && endPort < port
          ? [{ type: "Invalid" as const, field: `${field}.endPort`, value: endPort, detail: "must be greater than or equal to `port`" }]
          : []),
        ...(endPort !== undefined && typeof port === "string"
          ? [
              {
                type: "Invalid" as const,
                field: `${field}.endPort`,
                value: endPort,
                detail: "may not be specified when `port` is non-numeric",
              },
            ]
          : []),
        ...(endPort !== undefined && port === undefined
          ? [
              {
                type: "Invalid" as const,
                field: `${field}.endPort`,
                value: endPort,
                detail: "may not be specified when `port` is not specified",
              },
            ]
          : []),
      ]
    })
    const side = rule.from ? "from" : "to"
    const peers = (rule[side] ?? []).flatMap((peer, number): FieldError[] => {
      const field = `${where}.${side}[${number}]`
      const kinds = [peer.ipBlock, peer.podSelector, peer.namespaceSelector].filter((one) => one !== undefined).length
      if (kinds === 0) return [{ type: "Required", field, detail: "must specify a peer" }]
      return [
        ...(peer.ipBlock && kinds > 1
          ? [{ type: "Forbidden" as const, field, detail: "may not specify both ipBlock and another peer" }]
          : []),
        ...selectorErrors(peer.podSelector, `${field}.podSelector`),
        ...selectorErrors(peer.namespaceSelector, `${field}.namespaceSelector`),
        ...(peer.ipBlock ? blockErrors(peer.ipBlock, `${field}.ipBlock`) : []),
      ]
    })
    return [...ports, ...peers]
  })
