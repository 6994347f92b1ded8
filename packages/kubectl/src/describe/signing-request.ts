/** CertificateSigningRequests, and what their PKCS #10 says about the subject. */
import { decodeBase64, decodeBase64Text } from "@drydock/kubernetes/apimachinery"
import { humanDuration } from "@drydock/kubernetes/api"
import { KubectlError } from "../errors.ts"
import { defineDescriber } from "./define-describer.ts"
import type { ConditionShape } from "./shapes.ts"
import { labelText, rfc1123, type Writer } from "./writer.ts"

interface Value {
  readonly tag: number
  readonly bytes: Uint8Array
}

/** The values that stand one after another in DER. */
const valuesIn = (bytes: Uint8Array): Value[] => {
  const found: Value[] = []
  let at = 0
  while (at + 2 <= bytes.length) {
    const tag = bytes[at]
    let length = bytes[at + 1]
    at += 2
    if (length & 0x80) {
      const size = length & 0x7f
      length = 0
      for (let left = size; left > 0; left--) length = length * 256 + (bytes[at++] ?? 0)
    }
    found.push({ tag, bytes: bytes.subarray(at, at + length) })
    at += length
  }
  return found
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")

/** Of a name's attributes: 2.5.4.x. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  "550403": "Common Name",
  "550405": "Serial Number",
  "55040a": "Organization",
  "55040b": "Organizational Unit",
  "550406": "Country",
  "550407": "Locality",
  "550408": "Province",
  "550409": "StreetAddress",
  "550411": "PostalCode",
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

const SUBJECT_ALT_NAME = "551d11"

interface Parsed {
  subject: Record<string, string[]>
  names: Record<string, string[]>
}

const address = (bytes: Uint8Array): string =>
  bytes.length === 4 ? bytes.join(".") : (hex(bytes).match(/.{4}/g) ?? []).map((group) => group.replace(/^0{1,3}/, "")).join(":")

/** Below attributes somewhere: SEQUENCE { OID subjectAltName, OCTET STRING { SEQUENCE OF GeneralName } }. */
const alternativeNames = (values: readonly Value[], names: Record<string, string[]>): void => {
  const [first] = values
  if (first?.tag === 0x06 && hex(first.bytes) === SUBJECT_ALT_NAME) {
    const titles: Readonly<Record<number, string>> = { 130: "DNS Names", 129: "Email Addresses", 134: "URIs", 135: "IP Addresses" }
    const octets = values.find(({ tag }) => tag === 0x04)
    for (const { tag, bytes } of valuesIn(valuesIn(octets?.bytes ?? new Uint8Array())[0]?.bytes ?? new Uint8Array())) {
      const title = titles[tag]
      if (title) names[title] = [...(names[title] ?? []), tag === 0x87 ? address(bytes) : text(bytes)]
    }
    return
  }
  for (const { tag, bytes } of values) if (tag & 0x20) alternativeNames(valuesIn(bytes), names)
}

/** Of a request in PEM; throws when it is none. */
export const parseRequest = (pem: string): Parsed => {
  const body = /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([\s\S]*?)-----END/.exec(pem)?.[1]
  if (body === undefined) throw new KubectlError("Error parsing CSR: PEM block type must be CERTIFICATE REQUEST")
  const der = decodeBase64(body.replace(/\s/g, ""))
  if (!der) throw new KubectlError("Error parsing CSR: PEM block type must be CERTIFICATE REQUEST")
  const [request] = valuesIn(der)
  const [info] = valuesIn(request?.bytes ?? der)
  const [, name, , ...attributes] = valuesIn(info?.bytes ?? der)
  const subject: Record<string, string[]> = {}
  for (const set of valuesIn(name?.bytes ?? new Uint8Array()))
    for (const pair of valuesIn(set.bytes)) {
      const [type, value] = valuesIn(pair.bytes)
      const title = type && ATTRIBUTES[hex(type.bytes)]
      if (title && value) subject[title] = [...(subject[title] ?? []), text(value.bytes)]
    }
  const names: Record<string, string[]> = {}
  alternativeNames(attributes, names)
  return { subject, names }
}

interface RequestSpec {
  request: string
  signerName?: string
  expirationSeconds?: number
  username?: string
}

const LISTS = ["Organization", "Organizational Unit", "Country", "Locality", "Province", "StreetAddress", "PostalCode"] as const
const ALTERNATIVES = ["DNS Names", "Email Addresses", "URIs", "IP Addresses"] as const

const writeLists = (w: Writer, titles: readonly string[], values: Readonly<Record<string, readonly string[]>>): void => {
  for (const title of titles) if (values[title]?.length) w.line(0, `\t${title}:\t${values[title].join("\n\t\t")}`)
}

const statusText = (conditions: readonly ConditionShape[], certificate: string | undefined): string => {
  const has = (wanted: string) => conditions.some(({ type }) => type === wanted)
  const states = [
    has("Denied") ? "Denied" : has("Approved") ? "Approved" : "Pending",
    ...(has("Failed") ? ["Failed"] : []),
    ...(certificate ? ["Issued"] : []),
  ]
  return states.join(",")
}

export const signingRequest = defineDescriber<RequestSpec, { conditions?: ConditionShape[]; certificate?: string }>(
  "certificates.k8s.io",
  "CertificateSigningRequest",
  {
    *describe(w, { metadata, spec, status }) {
      const { subject, names } = parseRequest(decodeBase64Text(spec.request) ?? "")
      w.field(0, "Name", metadata.name)
        .field(0, "Labels", labelText(metadata.labels))
        .field(0, "Annotations", labelText(metadata.annotations))
      w.field(0, "CreationTimestamp", rfc1123(metadata.creationTimestamp)).field(0, "Requesting User", spec.username ?? "")
      if (spec.signerName) w.field(0, "Signer", spec.signerName)
      if (spec.expirationSeconds !== undefined) w.field(0, "Requested Duration", humanDuration(spec.expirationSeconds * 1_000))
      w.field(0, "Status", statusText(status.conditions ?? [], status.certificate))
      w.line(0, "Subject:")
      for (const title of ["Common Name", "Serial Number"]) w.line(0, `\t${title}:\t${subject[title]?.[0] ?? ""}`)
      writeLists(w, LISTS, subject)
      if (Object.keys(names).length === 0) return
      w.line(0, "Subject Alternative Names:")
      writeLists(w, ALTERNATIVES, names)
    },
  },
)
