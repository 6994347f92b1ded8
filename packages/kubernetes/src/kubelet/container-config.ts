/** A container as the runtime gets it: environment, mounts, user, limits. As pkg/kubelet/kuberuntime generateContainerConfig. */
import { internedMap } from "../apimachinery/interned.ts"
import { milliValue, quantityValue } from "../apimachinery/quantity.ts"
import type { ContainerConfig } from "../ports/container-runtime.ts"
import type { ContainerRecord } from "./container-record.ts"
import { ConfigError, environmentOf, expand } from "./environment.ts"
import { podLabel, type PodScope } from "./pod-scope.ts"
import { mountsOf } from "./volumes.ts"

export const hostsFileOf = ({ pod }: PodScope): string => `/var/lib/kubelet/pods/${pod.metadata.uid}/etc-hosts`

/** Millicores and bytes; a limit of the whole Pod holds for containers that have none. */
export const limitsOf = ({ pod }: PodScope, { container }: ContainerRecord): { cpuLimit?: number; memoryLimit?: number } => {
  const own = (container.resources?.limits ?? {}) as Record<string, string>
  const whole = ((pod.spec.resources as { limits?: Record<string, string> } | undefined)?.limits ?? {}) as Record<string, string>
  const { cpu = whole.cpu, memory = whole.memory } = own
  return { ...(cpu && { cpuLimit: milliValue(cpu) }), ...(memory && { memoryLimit: quantityValue(memory) }) }
}

const isStatic = ({ pod }: PodScope): boolean =>
  (pod.metadata.annotations as Record<string, string> | undefined)?.["kubernetes.io/config.source"] !== undefined

const environment = (scope: PodScope, { container }: ContainerRecord): ReadonlyMap<string, string> => {
  const { client, host } = scope.context
  try {
    return internedMap(environmentOf(scope.pod, container, client, { podIp: scope.ip, hostIp: host.address }))
  } catch (error) {
    // Without an API server nothing can be looked up; a static Pod has nothing to look up.
    if (error instanceof ConfigError || !isStatic(scope)) throw error
    return internedMap(new Map((container.env ?? []).map(({ name, value }) => [name, value ?? ""])))
  }
}

const checkUser = (scope: PodScope, record: ContainerRecord, uid: number | undefined): void => {
  const { container } = record
  if (!(container.securityContext?.runAsNonRoot ?? scope.pod.spec.securityContext?.runAsNonRoot)) return
  const where = `(pod: "${podLabel(scope)}", container: ${container.name})`
  if (uid === 0) throw new ConfigError(`container's runAsUser breaks non-root policy ${where}`)
  if (uid !== undefined) return
  const imageUser = scope.context.runtime.imageStatus(container.image ?? "")?.user
  if (imageUser !== undefined && !/^\d+$/.test(imageUser))
    throw new ConfigError(
      `container has runAsNonRoot and image has non-numeric user (${imageUser}), cannot verify user is non-root ${where}`,
    )
  if (imageUser === undefined || Number(imageUser) === 0)
    throw new ConfigError(`container has runAsNonRoot and image will run as root ${where}`)
}

/** --seccomp-profile-root below --root-dir. */
const SECCOMP_ROOT = "/var/lib/kubelet/seccomp"

/** Throws ConfigError when something it refers to is not there, any other error when the API server does not answer. */
export const containerConfig = (scope: PodScope, record: ContainerRecord): ContainerConfig => {
  const { container } = record
  const { spec } = scope.pod
  const attempt = record.id === undefined ? record.restarts : record.restarts + 1
  const env = environment(scope, record)
  const security = { ...spec.securityContext, ...container.securityContext }
  checkUser(scope, record, security.runAsUser)
  const groups = [...((spec.securityContext?.supplementalGroups ?? []) as number[])]
  if (spec.securityContext?.fsGroup !== undefined && !groups.includes(spec.securityContext.fsGroup))
    groups.push(spec.securityContext.fsGroup)
  return {
    sandboxId: scope.sandboxId as string,
    container: container as never,
    attempt,
    image: container.image ?? "",
    command: container.command?.map((word) => expand(word as string, env)),
    args: container.args?.map((word) => expand(word as string, env)),
    env,
    workingDir: container.workingDir,
    mounts: mountsOf(scope.pod, container as never, scope.volumes ?? new Map(), scope.context.host.files, hostsFileOf(scope), env),
    user: {
      ...(security.runAsUser !== undefined && { uid: security.runAsUser }),
      ...(security.runAsGroup !== undefined && { gid: security.runAsGroup }),
      groups,
      ...(spec.securityContext?.supplementalGroupsPolicy === "Strict" && { strictGroups: true }),
    },
    privileged: container.securityContext?.privileged ?? false,
    readOnlyRootFilesystem: container.securityContext?.readOnlyRootFilesystem ?? false,
    ...(security.seccompProfile?.type === "Localhost" && {
      seccompProfile: `${SECCOMP_ROOT}/${security.seccompProfile.localhostProfile}`,
    }),
    resources: limitsOf(scope, record),
    tty: container.tty ?? false,
    stdin: container.stdin ?? false,
    logPath: `${container.name}/${attempt}.log`,
  }
}
