/** Checks of Pod specs. As ValidatePodSpec in pkg/apis/core/validation/validation.go, errors in its order; its parts are in pod/. */
import type { IPod } from "kubernetes-models/v1/Pod"
import type { IIoK8sApiCoreV1PodSpec as PodSpec } from "kubernetes-models/v1/PodSpec"
import type { FieldError } from "../../apimachinery/status.ts"
import {
  duplicate,
  forbidden,
  invalidValue,
  ipErrors,
  labelsErrors,
  qualifiedNameErrors,
  required,
  tolerationListErrors,
} from "./common-validation.ts"
import { containersErrors, ephemeralContainersErrors, imagesErrors, initContainersErrors, type Surroundings } from "./pod/containers.ts"
import { resourceErrors } from "./pod/resources.ts"
import { affinityErrors, gateErrors, spreadErrors } from "./pod/scheduling.ts"
import { hostProcessErrors, hostUsersErrors, podSecurityErrors, systemErrors } from "./pod/security.ts"
import { volumeErrors } from "./pod/volumes.ts"
import { labelErrors, oneOf, subdomainErrors } from "./validation-texts.ts"

/** As validatePodResourceClaims. */
const claimErrors = (claims: PodSpec["resourceClaims"], path: string): { errors: FieldError[]; names: ReadonlySet<string> } => {
  const errors: FieldError[] = []
  const names = new Set<string>()
  for (const [index, claim] of (claims ?? []).entries()) {
    const at = `${path}[${index}]`
    const { name, resourceClaimName: own, resourceClaimTemplateName: template } = claim
    if (!name) errors.push(required(`${at}.name`))
    else if (names.has(name)) errors.push(duplicate(`${at}.name`, name))
    else {
      errors.push(...labelErrors(`${at}.name`, name))
      names.add(name)
    }
    if (own !== undefined && template !== undefined)
      errors.push(invalidValue(at, claim, "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified"))
    if (own === undefined && template === undefined)
      errors.push(invalidValue(at, claim, "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`"))
    if (own !== undefined) errors.push(...subdomainErrors(`${at}.resourceClaimName`, own))
    if (template !== undefined) errors.push(...subdomainErrors(`${at}.resourceClaimTemplateName`, template))
  }
  return { errors, names }
}

const podResourceErrors = (spec: PodSpec, path: string, claims: ReadonlySet<string>): FieldError[] => {
  const { resources } = spec
  if (!resources) return []
  return [
    ...(resources.claims ? [forbidden(`${path}.claims`, "claims cannot be set for Resources at pod-level")] : []),
    ...resourceErrors(resources, path, claims, "pods"),
  ]
}

/** As validatePodHostNetworkDeps: a template may leave out what its Pods will be given. */
const hostNetworkErrors = (spec: PodSpec, path: string, isPod: boolean): FieldError[] =>
  spec.hostNetwork
    ? (spec.containers ?? []).flatMap(({ ports }, index) =>
        (ports ?? []).flatMap(({ hostPort = 0, containerPort }, number) =>
          (isPod || hostPort !== 0) && hostPort !== containerPort
            ? [
                invalidValue(
                  `${path}.containers[${index}].ports[${number}].hostPort`,
                  hostPort,
                  "must match `containerPort` when `hostNetwork` is true",
                ),
              ]
            : [],
        ),
      )
    : []

const MOST_NAMESERVERS = 3
const MOST_SEARCHES = 32
const LONGEST_SEARCHES = 2_048
const SEARCH_TEXT =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9_]([-_a-z0-9]*[a-z0-9_])?(\\.[a-z0-9_]([-_a-z0-9]*[a-z0-9_])?)*')"
const SEARCH_PART = /^[a-z0-9_]([-_a-z0-9]*[a-z0-9_])?$/

/** As validatePodDNSConfig. */
const dnsErrors = ({ dnsPolicy, dnsConfig }: PodSpec, path: string): FieldError[] => {
  if (dnsPolicy === "None") {
    if (!dnsConfig) return [required(path, "must provide `dnsConfig` when `dnsPolicy` is None")]
    if (!dnsConfig.nameservers?.length)
      return [required(`${path}.nameservers`, "must provide at least one DNS nameserver when `dnsPolicy` is None")]
  }
  if (!dnsConfig) return []
  const { nameservers = [], searches = [], options = [] } = dnsConfig
  const errors: FieldError[] = []
  if (nameservers.length > MOST_NAMESERVERS)
    errors.push(invalidValue(`${path}.nameservers`, nameservers, `must not have more than ${MOST_NAMESERVERS} nameservers`))
  for (const [index, address] of nameservers.entries()) errors.push(...ipErrors(`${path}.nameservers[${index}]`, address))
  if (searches.length > MOST_SEARCHES)
    errors.push(invalidValue(`${path}.searches`, searches, `must not have more than ${MOST_SEARCHES} search paths`))
  if (searches.join(" ").length > LONGEST_SEARCHES)
    errors.push(
      invalidValue(
        `${path}.searches`,
        searches,
        `must not have more than ${LONGEST_SEARCHES} characters (including spaces) in the search list`,
      ),
    )
  for (const [index, given] of searches.entries()) {
    if (given === ".") continue
    const search = given.replace(/\.$/, "")
    if (search.length > 253 || !search.split(".").every((part) => SEARCH_PART.test(part)))
      errors.push(invalidValue(`${path}.searches[${index}]`, search, SEARCH_TEXT))
  }
  for (const [index, { name }] of options.entries()) if (!name) errors.push(required(`${path}.options[${index}]`, "must not be empty"))
  return errors
}

const LONGEST_DEADLINE = 2_147_483_647

/** The fields that say one thing each. */
const plainErrors = (spec: PodSpec, path: string): FieldError[] => {
  const errors: FieldError[] = []
  if (spec.serviceAccountName) errors.push(...subdomainErrors(`${path}.serviceAccountName`, spec.serviceAccountName))
  if (spec.nodeName) errors.push(...subdomainErrors(`${path}.nodeName`, spec.nodeName))
  const { activeDeadlineSeconds: deadline } = spec
  if (deadline !== undefined && !(deadline >= 1 && deadline <= LONGEST_DEADLINE))
    errors.push(invalidValue(`${path}.activeDeadlineSeconds`, deadline, `must be between 1 and ${LONGEST_DEADLINE}, inclusive`))
  if (spec.hostname) errors.push(...labelErrors(`${path}.hostname`, spec.hostname))
  if (spec.subdomain) errors.push(...labelErrors(`${path}.subdomain`, spec.subdomain))
  if (spec.tolerations) errors.push(...tolerationListErrors(spec.tolerations, `${path}.tolerations`))
  for (const [index, { ip, hostnames }] of (spec.hostAliases ?? []).entries()) {
    const at = `${path}.hostAliases[${index}]`
    errors.push(...ipErrors(`${at}.ip`, ip))
    for (const [number, name] of (hostnames ?? []).entries()) errors.push(...subdomainErrors(`${at}.hostnames[${number}]`, name))
  }
  if (spec.priorityClassName) errors.push(...subdomainErrors(`${path}.priorityClassName`, spec.priorityClassName))
  if (spec.runtimeClassName !== undefined) errors.push(...subdomainErrors(`${path}.runtimeClassName`, spec.runtimeClassName))
  if (spec.preemptionPolicy !== undefined)
    errors.push(...oneOf(`${path}.preemptionPolicy`, spec.preemptionPolicy, ["PreemptLowerPriority", "Never"]))
  if (spec.overhead) errors.push(...resourceErrors({ limits: spec.overhead }, `${path}.overhead`, new Set()))
  return errors
}

/** @param pod the Pod's name; undefined where it is a template's spec */
export const validatePodSpec = (spec: PodSpec | undefined, path: string, pod?: string): FieldError[] => {
  if (!spec) return [required(`${path}.containers`)]
  const { errors, mountable: volumes } = volumeErrors(spec.volumes, `${path}.volumes`, pod)
  const claims = claimErrors(spec.resourceClaims, `${path}.resourceClaims`)
  const around: Surroundings = { spec, volumes, claims: claims.names, hostUsers: spec.hostUsers !== false }
  errors.push(
    ...claims.errors,
    ...containersErrors(`${path}.containers`, around),
    ...initContainersErrors(`${path}.initContainers`, around),
    ...ephemeralContainersErrors(`${path}.ephemeralContainers`, around),
    ...podResourceErrors(spec, `${path}.resources`, claims.names),
    ...hostNetworkErrors(spec, path, pod !== undefined),
    ...oneOf(`${path}.restartPolicy`, spec.restartPolicy, ["Always", "OnFailure", "Never"]),
    ...oneOf(`${path}.dnsPolicy`, spec.dnsPolicy, ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"]),
    ...labelsErrors(spec.nodeSelector, `${path}.nodeSelector`),
    ...podSecurityErrors(spec, `${path}.securityContext`),
    ...affinityErrors(spec.affinity, `${path}.affinity`),
    ...dnsErrors(spec, `${path}.dnsConfig`),
  )
  for (const [index, { conditionType }] of (spec.readinessGates ?? []).entries())
    errors.push(...qualifiedNameErrors(`${path}.readinessGates[${index}].conditionType`, conditionType))
  errors.push(
    ...gateErrors(spec.schedulingGates, `${path}.schedulingGates`),
    ...spreadErrors(spec.topologySpreadConstraints, `${path}.topologySpreadConstraints`),
    ...hostProcessErrors(spec, path),
    ...hostUsersErrors(spec, path),
    ...plainErrors(spec, path),
    ...systemErrors(spec, path),
  )
  return errors
}

const DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
const MIRROR = "kubernetes.io/config.mirror"

/** As ValidatePodSpecificAnnotations, for the annotations that still mean something. */
const annotationErrors = (annotations: Readonly<Record<string, string>>, spec: PodSpec | undefined): FieldError[] => {
  const errors: FieldError[] = []
  const at = "metadata.annotations"
  if (annotations[MIRROR] !== undefined && !spec?.nodeName)
    errors.push(invalidValue(`${at}[${MIRROR}]`, annotations[MIRROR], "must set spec.nodeName if mirror pod annotation is set"))
  const cost = annotations[DELETION_COST]
  if (cost !== undefined && (!/^(0|-?[1-9]\d{0,9})$/.test(cost) || Math.abs(Number(cost)) > LONGEST_DEADLINE))
    errors.push(invalidValue(`${at}[${DELETION_COST}]`, cost, "must be a 32bit integer"))
  return errors
}

/** As validatePodMetadataAndSpec and, where there is no `old`, ValidatePodCreate. */
export const podErrors = (pod: IPod, old?: unknown): FieldError[] => {
  const { metadata, spec } = pod
  const errors = metadata?.annotations ? annotationErrors(metadata.annotations as Record<string, string>, spec) : []
  errors.push(...validatePodSpec(spec, "spec", metadata?.name ?? ""))
  if (!spec) return errors
  if (!spec.serviceAccountName)
    for (const [index, { projected }] of (spec.volumes ?? []).entries())
      for (const [number, { serviceAccountToken }] of (projected?.sources ?? []).entries())
        if (serviceAccountToken)
          errors.push(
            forbidden(
              `spec.volumes[${index}].projected.sources[${number}].serviceAccountToken`,
              "must not be specified when serviceAccountName is not set",
            ),
          )
  errors.push(...imagesErrors(spec, "spec"))
  if (old !== undefined) return errors
  if (spec.ephemeralContainers?.length) errors.push(forbidden("spec.ephemeralContainers", "cannot be set on create"))
  if (spec.nodeName && spec.schedulingGates?.length)
    errors.push(forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared"))
  return errors
}
