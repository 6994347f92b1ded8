/** Checks of EndpointSlices. As pkg/apis/discovery/validation/validation.go. */
import type { FieldError } from "../../apimachinery/status.ts"
import { duplicate, endpointIpErrors, ipFamilyErrors, qualifiedNameErrors, required, tooMany } from "../core/common-validation.ts"
import { labelErrors, oneOf, subdomainErrors } from "../core/validation-texts.ts"

interface Endpoint {
  addresses?: readonly string[]
  hostname?: string
  nodeName?: string
}

interface Port {
  name?: string
  protocol?: string
  appProtocol?: string
}

export interface Slice {
  addressType?: string
  endpoints?: readonly Endpoint[]
  ports?: readonly Port[]
}

const MOST_ENDPOINTS = 1_000
const MOST_ADDRESSES = 100
const MOST_PORTS = 20_000

const addressErrors = (field: string, address: string, type: string): FieldError[] => {
  if (type === "FQDN") return subdomainErrors(field, address.replace(/\.$/, ""))
  if (type !== "IPv4" && type !== "IPv6") return []
  const errors = ipFamilyErrors(field, address, type)
  return errors.length > 0 ? errors : endpointIpErrors(field, address)
}

const endpointErrors = ({ addresses = [], hostname, nodeName }: Endpoint, type: string, at: string): FieldError[] => {
  const errors: FieldError[] = []
  if (addresses.length === 0) errors.push(required(`${at}.addresses`, "must contain at least 1 address"))
  else if (addresses.length > MOST_ADDRESSES) errors.push(tooMany(`${at}.addresses`, addresses.length, MOST_ADDRESSES))
  for (const [index, address] of addresses.entries()) errors.push(...addressErrors(`${at}.addresses[${index}]`, address, type))
  if (nodeName !== undefined) errors.push(...subdomainErrors(`${at}.nodeName`, nodeName))
  if (hostname !== undefined) errors.push(...labelErrors(`${at}.hostname`, hostname))
  return errors
}

export const endpointSliceErrors = ({ addressType = "", endpoints = [], ports = [] }: Slice): FieldError[] => {
  const errors = addressType === "" ? [required("addressType")] : oneOf("addressType", addressType, ["FQDN", "IPv4", "IPv6"])
  if (endpoints.length > MOST_ENDPOINTS) errors.push(tooMany("endpoints", endpoints.length, MOST_ENDPOINTS))
  else for (const [index, one] of endpoints.entries()) errors.push(...endpointErrors(one, addressType, `endpoints[${index}]`))
  if (ports.length > MOST_PORTS) return [...errors, tooMany("ports", ports.length, MOST_PORTS)]
  const names = new Set<string>()
  for (const [index, { name = "", protocol, appProtocol }] of ports.entries()) {
    const at = `ports[${index}]`
    if (name !== "") errors.push(...labelErrors(`${at}.name`, name))
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name))
    names.add(name)
    errors.push(...(protocol === undefined ? [required(`${at}.protocol`)] : oneOf(`${at}.protocol`, protocol, ["SCTP", "TCP", "UDP"])))
    if (appProtocol !== undefined) errors.push(...qualifiedNameErrors(`${at}.appProtocol`, appProtocol))
  }
  return errors
}
