/** Checks of Services. As ValidateService and ValidateServiceUpdate in pkg/apis/core/validation/validation.go, errors in its order. */
import type { IService } from "kubernetes-models/v1/Service"
import type { FieldError } from "../../apimachinery/status.ts"
import {
  cidrErrors,
  duplicate,
  endpointIpErrors,
  forbidden,
  invalidValue,
  ipErrors,
  labelsErrors,
  qualifiedNameErrors,
  required,
} from "./common-validation.ts"
import { labelErrors, oneOf, portErrors, subdomainErrors } from "./validation-texts.ts"

type Spec = NonNullable<IService["spec"]>
type Port = NonNullable<Spec["ports"]>[number]

export const isHeadless = ({ clusterIP, clusterIPs }: Spec): boolean =>
  clusterIP === "None" || (clusterIPs?.length === 1 && clusterIPs[0] === "None")

/** As apiservice.ExternallyAccessible. */
export const isReachedFromOutside = ({ type, externalIPs }: Spec): boolean =>
  type === "LoadBalancer" || type === "NodePort" || (type === "ClusterIP" && (externalIPs?.length ?? 0) > 0)

/** As apiservice.NeedsHealthCheck. */
export const needsHealthCheck = ({ type, externalTrafficPolicy }: Spec): boolean =>
  type === "LoadBalancer" && externalTrafficPolicy === "Local"

const typeErrors = (spec: Spec): FieldError[] => {
  const { type, externalName, clusterIPs, ipFamilies, ipFamilyPolicy } = spec
  if (type === "LoadBalancer" || type === "NodePort")
    return isHeadless(spec) ? [invalidValue("spec.clusterIPs[0]", "None", `may not be set to 'None' for ${type} services`)] : []
  if (type !== "ExternalName") return []
  const why = "may not be set for ExternalName services"
  const name = externalName?.replace(/\.$/, "")
  return [
    ...(clusterIPs?.length ? [forbidden("spec.clusterIPs", why)] : []),
    ...(ipFamilies?.length ? [forbidden("spec.ipFamilies", why)] : []),
    ...(ipFamilyPolicy ? [forbidden("spec.ipFamilyPolicy", why)] : []),
    ...(name ? subdomainErrors("spec.externalName", name) : [required("spec.externalName")]),
  ]
}

const portListErrors = (ports: readonly Port[]): FieldError[] => {
  const errors: FieldError[] = []
  const names = new Set<string>()
  for (const [index, port] of ports.entries()) {
    const at = `spec.ports[${index}]`
    if (port.name) {
      errors.push(...labelErrors(`${at}.name`, port.name))
      if (names.has(port.name)) errors.push(duplicate(`${at}.name`, port.name))
      names.add(port.name)
    } else if (ports.length > 1) errors.push(required(`${at}.name`))
    errors.push(...portErrors(`${at}.port`, port.port))
    errors.push(...(port.protocol ? oneOf(`${at}.protocol`, port.protocol, ["SCTP", "TCP", "UDP"]) : [required(`${at}.protocol`)]))
    errors.push(...portErrors(`${at}.targetPort`, port.targetPort))
    if (port.appProtocol !== undefined) errors.push(...qualifiedNameErrors(`${at}.appProtocol`, port.appProtocol))
  }
  return errors
}

/** MaxClientIPServiceAffinitySeconds: a day. */
const LONGEST_AFFINITY = 86_400

const affinityErrors = ({ sessionAffinity: affinity, sessionAffinityConfig: config }: Spec): FieldError[] => {
  const errors = affinity ? oneOf("spec.sessionAffinity", affinity, ["ClientIP", "None"]) : [required("spec.sessionAffinity")]
  const at = "spec.sessionAffinityConfig"
  if (affinity === "None" && config) return [...errors, forbidden(at, "must not be set when session affinity is None")]
  if (affinity !== "ClientIP") return errors
  const when = "when session affinity type is ClientIP"
  if (!config) return [...errors, required(at, when)]
  if (!config.clientIP) return [...errors, required(`${at}.clientIP`, when)]
  const { timeoutSeconds: timeout } = config.clientIP
  const field = `${at}.clientIP.timeoutSeconds`
  if (timeout === undefined) errors.push(required(field, when))
  else if (timeout <= 0 || timeout > LONGEST_AFFINITY)
    errors.push(invalidValue(field, timeout, `must be greater than 0 and less than ${LONGEST_AFFINITY}`))
  return errors
}

/** As ValidateServiceClusterIPsRelatedFields. */
const addressErrors = (spec: Spec): FieldError[] => {
  const { type, clusterIP, clusterIPs = [], ipFamilies = [], ipFamilyPolicy } = spec
  if (type === "ExternalName") return []
  const errors: FieldError[] = []
  if (clusterIP && clusterIPs.length > 0 && clusterIPs[0] !== clusterIP)
    errors.push(invalidValue("spec.clusterIPs", clusterIPs, "first value must match `clusterIP`"))
  if (!clusterIP && clusterIPs.length > 0)
    errors.push(invalidValue("spec.clusterIPs", clusterIPs, "must be empty when `clusterIP` is not specified"))
  for (const [index, family] of ipFamilies.entries()) {
    errors.push(...oneOf(`spec.ipFamilies[${index}]`, family, ["IPv4", "IPv6"]))
    if (ipFamilies.indexOf(family) < index) errors.push(duplicate(`spec.ipFamilies[${index}]`, family))
  }
  if (ipFamilyPolicy !== undefined)
    errors.push(...oneOf("spec.ipFamilyPolicy", ipFamilyPolicy, ["PreferDualStack", "RequireDualStack", "SingleStack"]))
  let isWrong = false
  const addresses = clusterIPs.length > 0 ? clusterIPs : clusterIP ? [clusterIP] : []
  for (const [index, address] of addresses.entries()) {
    const own =
      index > 0 || address !== "None"
        ? ipErrors(`spec.clusterIPs[${index}]`, address)
        : addresses.length > 1
          ? [invalidValue("spec.clusterIPs", clusterIPs, "'None' must be the first and only value")]
          : []
    if (own.length > 0) isWrong = true
    errors.push(...own)
  }
  if (clusterIPs.length > 2) errors.push(invalidValue("spec.clusterIPs", clusterIPs, "may only hold up to 2 values"))
  if (isWrong) return errors
  const familyOf = (address: string) => (address.includes(":") ? "IPv6" : "IPv4")
  if (addresses.length > 1 && new Set(addresses.map(familyOf)).size < addresses.length)
    errors.push(invalidValue("spec.clusterIPs", clusterIPs, "may specify no more than one IP for each IP family"))
  if (!isHeadless(spec))
    for (const [index, address] of addresses.entries()) {
      const family = ipFamilies[index] as string | undefined
      if ((family === "IPv4" || family === "IPv6") && familyOf(address) !== family)
        errors.push(
          invalidValue(`spec.clusterIPs[${index}]`, address, `expected an ${family} value as indicated by \`ipFamilies[${index}]\``),
        )
    }
  return errors
}

/** Ports that are the same, by protocol: on the nodes, and the Service's own. */
const repeatedPortErrors = (ports: readonly Port[]): FieldError[] => {
  const errors: FieldError[] = []
  const onNodes = new Set<string>()
  for (const [index, { nodePort, protocol }] of ports.entries()) {
    if (!nodePort) continue
    if (onNodes.has(`${protocol}/${nodePort}`)) errors.push(duplicate(`spec.ports[${index}].nodePort`, nodePort))
    onNodes.add(`${protocol}/${nodePort}`)
  }
  const own = new Set<string>()
  for (const [index, { port, protocol }] of ports.entries()) {
    // As Go's own type writes what was compared.
    if (own.has(`${protocol}/${port}`))
      errors.push(
        duplicate(`spec.ports[${index}]`, { Name: "", Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 }),
      )
    own.add(`${protocol}/${port}`)
  }
  return errors
}

const RANGES_ANNOTATION = "service.beta.kubernetes.io/load-balancer-source-ranges"

const balancerErrors = ({ metadata, spec = {} }: IService): FieldError[] => {
  const isBalancer = spec.type === "LoadBalancer"
  const only = "may only be used when `type` is 'LoadBalancer'"
  const errors: FieldError[] = []
  const annotation = (metadata?.annotations as Record<string, string> | undefined)?.[RANGES_ANNOTATION]
  if (spec.loadBalancerSourceRanges?.length) {
    const at = "spec.LoadBalancerSourceRanges"
    if (!isBalancer) errors.push(forbidden(at, only))
    for (const [index, range] of spec.loadBalancerSourceRanges.entries()) errors.push(...cidrErrors(`${at}[${index}]`, range.trim()))
  } else if (annotation !== undefined) {
    const at = `metadata.annotations[${RANGES_ANNOTATION}]`
    if (!isBalancer) errors.push(forbidden(at, only))
    if (annotation.trim() !== "") for (const range of annotation.split(",")) errors.push(...cidrErrors(at, range.trim()))
  }
  if (spec.allocateLoadBalancerNodePorts !== undefined && !isBalancer) errors.push(forbidden("spec.allocateLoadBalancerNodePorts", only))
  if (spec.loadBalancerClass !== undefined)
    errors.push(
      ...(isBalancer ? qualifiedNameErrors("spec.loadBalancerClass", spec.loadBalancerClass) : [forbidden("spec.loadBalancerClass", only)]),
    )
  return errors
}

const trafficErrors = (spec: Spec): FieldError[] => {
  const { externalTrafficPolicy: outside, internalTrafficPolicy: inside, healthCheckNodePort: health, trafficDistribution, type } = spec
  const errors: FieldError[] = []
  if (!isReachedFromOutside(spec)) {
    if (outside) errors.push(invalidValue("spec.externalTrafficPolicy", outside, "may only be set for externally-accessible services"))
  } else
    errors.push(
      ...(outside ? oneOf("spec.externalTrafficPolicy", outside, ["Cluster", "Local"]) : [required("spec.externalTrafficPolicy")]),
    )
  if (needsHealthCheck(spec)) {
    // Given one before this, wherever Services are numbered.
    if (health) errors.push(...portErrors("spec.healthCheckNodePort", health))
  } else if (health)
    errors.push(
      invalidValue(
        "spec.healthCheckNodePort",
        health,
        "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
      ),
    )
  if (inside !== undefined) errors.push(...oneOf("spec.internalTrafficPolicy", inside, ["Cluster", "Local"]))
  else if (type !== "ExternalName") errors.push(required("spec.internalTrafficPolicy"))
  if (trafficDistribution !== undefined)
    errors.push(...oneOf("spec.trafficDistribution", trafficDistribution, ["PreferClose", "PreferSameNode", "PreferSameZone"]))
  return errors
}

export const serviceErrors = (service: IService): FieldError[] => {
  const { spec = {} } = service
  const { ports = [], type } = spec
  const errors: FieldError[] = []
  if (ports.length === 0 && !isHeadless(spec) && type !== "ExternalName") errors.push(required("spec.ports"))
  errors.push(
    ...typeErrors(spec),
    ...portListErrors(ports),
    ...labelsErrors(spec.selector, "spec.selector"),
    ...affinityErrors(spec),
    ...addressErrors(spec),
  )
  for (const [index, address] of (spec.externalIPs ?? []).entries()) {
    const at = `spec.externalIPs[${index}]`
    const wrong = ipErrors(at, address)
    errors.push(...(wrong.length > 0 ? wrong : endpointIpErrors(at, address)))
  }
  errors.push(...(type ? oneOf("spec.type", type, ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]) : [required("spec.type")]))
  if (type === "ClusterIP")
    for (const [index, { nodePort }] of ports.entries())
      if (nodePort) errors.push(forbidden(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'"))
  errors.push(...repeatedPortErrors(ports), ...balancerErrors(service), ...trafficErrors(spec))
  return errors
}

/** As validateUpgradeDowngradeClusterIPs and what else may not change. */
export const serviceUpdateErrors = (spec: Spec, old: Spec): FieldError[] => {
  const errors: FieldError[] = []
  if (spec.type !== "ExternalName" && old.type !== "ExternalName" && !(isHeadless(spec) && isHeadless(old))) {
    const next = spec.clusterIPs ?? (spec.clusterIP ? [spec.clusterIP] : [])
    const before = old.clusterIPs ?? (old.clusterIP ? [old.clusterIP] : [])
    const changed = (index: number) => errors.push(invalidValue(`spec.clusterIPs[${index}]`, next, "may not change once set"))
    if (next.length === before.length) for (const [index, address] of before.entries()) if (next[index] !== address) changed(index)
    if (before.length > next.length && next.length === 0)
      errors.push(invalidValue("spec.clusterIPs[0]", next, "primary clusterIP can not be unset"))
    else if (next.length !== before.length && before.length > 0 && next[0] !== before[0]) changed(0)
    if (before.length > 1 && next.length === 1 && spec.ipFamilyPolicy !== "SingleStack")
      errors.push(
        invalidValue("spec.ipFamilyPolicy", spec.ipFamilyPolicy, "must be set to 'SingleStack' when releasing the secondary clusterIP"),
      )
    const isFixed = !isHeadless(spec) && !isHeadless(old) && spec.ipFamilies && old.ipFamilies
    if (isFixed && spec.ipFamilies?.length === old.ipFamilies?.length)
      for (const [index, family] of (old.ipFamilies ?? []).entries())
        if (spec.ipFamilies?.[index] !== family) errors.push(invalidValue("spec.ipFamilies[0]", spec.ipFamilies, "may not change once set"))
  }
  if (spec.type === "LoadBalancer" && old.type === "LoadBalancer" && spec.loadBalancerClass !== old.loadBalancerClass)
    errors.push(invalidValue("spec.loadBalancerClass", spec.loadBalancerClass ?? null, "may not change once set"))
  if (needsHealthCheck(spec) && needsHealthCheck(old) && spec.healthCheckNodePort !== old.healthCheckNodePort)
    errors.push(forbidden("spec.healthCheckNodePort", "field is immutable"))
  return errors
}

/** What another type leaves behind goes, unless it was changed with it. As dropTypeDependentFields in pkg/registry/core/service/strategy.go. */
export const dropForType = (spec: Spec, old: Spec): void => {
  const same = (field: keyof Spec) => JSON.stringify(spec[field]) === JSON.stringify(old[field])
  const drop = (...fields: (keyof Spec)[]) => {
    for (const field of fields) if (same(field)) delete spec[field]
  }
  if (old.type !== "ExternalName" && spec.type === "ExternalName") drop("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy")
  if (needsHealthCheck(old) && !needsHealthCheck(spec)) drop("healthCheckNodePort")
  if (old.type === "LoadBalancer" && spec.type !== "LoadBalancer") drop("allocateLoadBalancerNodePorts", "loadBalancerClass")
  if (isReachedFromOutside(old) && !isReachedFromOutside(spec)) drop("externalTrafficPolicy")
}
