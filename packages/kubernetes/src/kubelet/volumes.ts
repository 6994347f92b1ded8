/** Volumes as host directories under /var/lib/kubelet/pods. As pkg/volume and pkg/kubelet/volumemanager. */
import type { WantedToken } from "./service-account-tokens.ts"
import { configMap, csiDriver, type Pod, persistentVolume, persistentVolumeClaim, secret } from "../api/index.ts"
import { decodeBase64Text } from "../apimachinery/base64.ts"
import type { Client } from "../client/contract.ts"
import type { MountSpec } from "../ports/container-runtime.ts"
import type { HostFiles } from "../ports/host.ts"
import { csiPath } from "../csi/paths.ts"
import { type Text, writeAtomically } from "./atomic-writer.ts"
import { ConfigError, expand, fieldValue, resourceFieldValue } from "./environment.ts"
import { checkHostPath, DEVICE, MountError, mountProblem, NEW_MOUNTER, nfsProblem, unknownDriver } from "./mount-problems.ts"

type Volume = NonNullable<Pod["spec"]["volumes"]>[number]
type Item = { key: string; path: string; mode?: number }

interface DownwardItem {
  path: string
  fieldRef?: { fieldPath: string }
  resourceFieldRef?: { containerName?: string; resource: string; divisor?: string }
}

export interface VolumeContext {
  client: Client
  files: HostFiles
  token: (pod: Pod, wanted: WantedToken) => string
  place: { podIp: string; hostIp: string }
  /** The node's clock, ms since the epoch. */
  now: number
}

/** Keys as files; `missing` is said of a key that is asked for and is not there. As MakePayload in pkg/volume/configmap and secret. */
const select = (
  data: Readonly<Record<string, string>>,
  { items, optional }: { items?: readonly Item[] | undefined; optional?: boolean | undefined },
  missing: string,
): [string, string][] => {
  if (!items?.length) return Object.entries(data)
  return items.flatMap(({ key, path }): [string, string][] => {
    if (Object.hasOwn(data, key)) return [[path, data[key]]]
    if (optional) return []
    throw new ConfigError(`${missing}: ${key}`)
  })
}

/** Made when it is read; of all that volumes are made from, it keeps these three. */
const tokenText =
  (token: VolumeContext["token"], pod: Pod, wanted: WantedToken): Text =>
  () =>
    token(pod, wanted)

const contents = (pod: Pod, volume: Volume, { client, token, place }: VolumeContext): (readonly [string, Text])[] | undefined => {
  const namespace = pod.metadata.namespace ?? ""
  const map = (source: { name?: string; optional?: boolean; items?: readonly Item[] }): [string, string][] => {
    const found = client.find(configMap, { namespace, name: source.name ?? "" })
    if (!found && !source.optional) throw new ConfigError(`configmap "${source.name}" not found`)
    const { data, binaryData } = (found ?? {}) as { data?: Record<string, string>; binaryData?: Record<string, string> }
    const decoded = Object.entries(binaryData ?? {}).map(([key, value]) => [key, decodeBase64Text(value) ?? ""])
    return select({ ...data, ...Object.fromEntries(decoded) }, source, "configmap references non-existent config key")
  }
  const hidden = (name: string | undefined, optional: boolean | undefined, items: readonly Item[] | undefined): [string, string][] => {
    const found = client.find(secret, { namespace, name: name ?? "" })
    if (!found && !optional) throw new ConfigError(`secret "${name}" not found`)
    return select(
      Object.fromEntries(
        Object.entries((found?.data ?? {}) as Record<string, string>).map(([key, value]) => [key, decodeBase64Text(value) ?? ""]),
      ),
      { items, optional },
      "references non-existent secret key",
    )
  }
  const downward = (items: readonly DownwardItem[] | undefined): [string, string][] =>
    (items ?? []).map(({ path, fieldRef, resourceFieldRef }) => {
      if (resourceFieldRef) return [path, resourceFieldValue(pod, resourceFieldRef, client)]
      const field = fieldRef?.fieldPath ?? ""
      if (field === "metadata.labels" || field === "metadata.annotations") {
        const all = (pod.metadata[field.slice(9) as "labels"] ?? {}) as Record<string, string>
        return [
          path,
          Object.keys(all)
            .sort()
            .map((key) => `${key}=${JSON.stringify(all[key])}`)
            .join("\n"),
        ]
      }
      return [path, fieldValue(pod, field, place.podIp, place.hostIp)]
    })
  if (volume.configMap) return map(volume.configMap)
  if (volume.secret) return hidden(volume.secret.secretName, volume.secret.optional, volume.secret.items)
  if (volume.downwardAPI) return downward(volume.downwardAPI.items as never)
  if (volume.projected)
    return (volume.projected.sources ?? []).flatMap((source): (readonly [string, Text])[] => {
      if (source.configMap) return map(source.configMap)
      if (source.secret) return hidden(source.secret.name, source.secret.optional, source.secret.items)
      if (source.downwardAPI) return downward(source.downwardAPI.items as never)
      const { serviceAccountToken } = source
      if (serviceAccountToken) return [[serviceAccountToken.path, tokenText(token, pod, serviceAccountToken)] as const]
      return []
    })
  return undefined
}

/** The mode of a file by its path: an item's own, or the volume's default. */
const fileModes = (volume: Volume): ((path: string) => number) => {
  const source = volume.secret ?? volume.configMap ?? volume.downwardAPI ?? volume.projected
  const parts = [source, ...(volume.projected?.sources ?? []).flatMap((one) => [one.configMap, one.secret, one.downwardAPI])]
  const items = parts.flatMap((one) => (one as { items?: readonly Item[] } | undefined)?.items ?? [])
  return (path) => items.find((item) => item.path === path)?.mode ?? (source?.defaultMode as number | undefined) ?? 0o644
}

const PLUGINS: readonly [keyof Volume, string][] = [
  ["configMap", "configmap"],
  ["secret", "secret"],
  ["downwardAPI", "downward-api"],
  ["projected", "projected"],
  ["emptyDir", "empty-dir"],
]

/** A volume of its own is everybody's in the Pod; with fsGroup, that group's. As pkg/volume/emptydir and volume_linux.go SetVolumeOwnership. */
const share = (pod: Pod, path: string, files: HostFiles): void => {
  const group = pod.spec.securityContext?.fsGroup
  files.permit?.(path, group === undefined ? 0o777 : 0o2777, group)
}

/** What keeps a Pod's volumes from being ready: the text of an event for each. */
export class VolumesNotReady extends Error {
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(problems.join("; "))
    this.problems = problems
  }
}

/** Host path of a claim's volume. Throws MountError. */
const claimPath = (pod: Pod, claimName: string, { client, files }: VolumeContext): string => {
  const claim = client.find(persistentVolumeClaim, { namespace: pod.metadata.namespace as string, name: claimName })
  const bound = claim?.spec.volumeName ? client.find(persistentVolume, { name: claim.spec.volumeName }) : undefined
  if (!bound) throw new ConfigError(`persistentvolumeclaim "${claimName}" not bound`)
  const { name } = bound.metadata
  const { hostPath, local, csi, nfs } = bound.spec
  if (hostPath) checkHostPath(files, hostPath.path, hostPath.type, name)
  if (local && !files.exists(local.path)) throw new MountError(name, `path ${JSON.stringify(local.path)} does not exist`, NEW_MOUNTER)
  if (csi && !client.find(csiDriver, { name: csi.driver }))
    throw new MountError(name, unknownDriver("attacher.MountDevice", csi.driver), DEVICE)
  if (nfs) throw new MountError(name, nfsProblem(pod, name, nfs))
  return hostPath?.path ?? local?.path ?? (csi ? csiPath(csi.driver, csi.volumeHandle) : `/var/lib/kubelet/plugins/${name}`)
}

const setUp = (pod: Pod, volume: Volume, context: VolumeContext): string => {
  const { files } = context
  if (volume.hostPath) {
    const { path, type } = volume.hostPath
    checkHostPath(files, path, type, volume.name)
    return path
  }
  const claimName = volume.persistentVolumeClaim?.claimName ?? (volume.ephemeral && `${pod.metadata.name}-${volume.name}`)
  if (claimName !== undefined) {
    const path = claimPath(pod, claimName, context)
    if (!files.exists(path)) {
      files.mkdir(path)
      share(pod, path, files)
    }
    return path
  }
  if (volume.nfs) throw new MountError(volume.name, nfsProblem(pod, volume.name, volume.nfs))
  if (volume.csi && !context.client.find(csiDriver, { name: volume.csi.driver }))
    throw new MountError(volume.name, unknownDriver("mounter.SetUpAt", volume.csi.driver))
  const plugin = PLUGINS.find(([field]) => volume[field])?.[1] ?? "empty-dir"
  const path = `/var/lib/kubelet/pods/${pod.metadata.uid}/volumes/kubernetes.io~${plugin}/${volume.name}`
  const data = contents(pod, volume, context)
  const fresh = !files.exists(path)
  files.mkdir(path)
  if (fresh) share(pod, path, files)
  if (data) writeAtomically(files, path, new Map(data), { now: context.now, mode: fileModes(volume) })
  return path
}

/** Host path of each volume, made ready. Throws VolumesNotReady when something that it needs is not there. */
export const setUpVolumes = (pod: Pod, context: VolumeContext): Map<string, string> => {
  const paths = new Map<string, string>()
  const problems: string[] = []
  for (const volume of pod.spec.volumes ?? []) {
    // An image is pulled with the containers, and mounted by the runtime.
    if (volume.image) continue
    try {
      paths.set(volume.name, setUp(pod, volume, context))
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      problems.push(mountProblem(error, volume.name))
    }
  }
  if (problems.length > 0) throw new VolumesNotReady(problems)
  return paths
}

const fileText = (files: HostFiles, path: string): string | undefined => {
  try {
    return files.read(path)
  } catch {
    // A directory.
    return undefined
  }
}

export const mountsOf = (
  pod: Pod,
  container: {
    name: string
    volumeMounts?: readonly { name: string; mountPath: string; readOnly?: boolean; subPath?: string; subPathExpr?: string }[]
  },
  paths: ReadonlyMap<string, string>,
  files: HostFiles,
  hostsFile: string,
  env: ReadonlyMap<string, string>,
): MountSpec[] => {
  const mounts: MountSpec[] = (container.volumeMounts ?? []).map(
    ({ name, mountPath, readOnly, subPath: plainPath, subPathExpr }, index) => {
      const ofImage = pod.spec.volumes?.find((one) => one.name === name)?.image?.reference
      if (ofImage !== undefined) return { containerPath: mountPath, hostPath: `/${plainPath ?? ""}`, readOnly: true, image: ofImage }
      const subPath = subPathExpr === undefined ? plainPath : expand(subPathExpr, env)
      let hostPath = `${paths.get(name)}${subPath ? `/${subPath}` : ""}`
      if (subPath && !files.exists(hostPath)) files.mkdir(hostPath)
      const volume = pod.spec.volumes?.find((one) => one.name === name)
      const generated = volume?.configMap || volume?.secret || volume?.projected || volume?.downwardAPI
      const text = subPath && generated ? fileText(files, hostPath) : undefined
      if (text !== undefined && subPath && volume) {
        // What a volume gets later are new files; the one mounted here stays as it was. As pkg/volume/util/subpath.
        const directory = `/var/lib/kubelet/pods/${pod.metadata.uid}/volume-subpaths/${name}/${container.name}`
        files.mkdir(directory)
        hostPath = `${directory}/${index}`
        files.write(hostPath, text, fileModes(volume)(subPath))
      }
      return { containerPath: mountPath, hostPath, readOnly: (readOnly ?? false) || generated !== undefined, ...(subPath && { subPath }) }
    },
  )
  if (!mounts.some(({ containerPath }) => containerPath === "/etc/hosts"))
    mounts.push({ containerPath: "/etc/hosts", hostPath: hostsFile, readOnly: false })
  return mounts
}
