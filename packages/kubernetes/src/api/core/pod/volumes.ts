/** Checks of a Pod's volumes. As ValidateVolumes in pkg/apis/core/validation/validation.go. */
import type { IIoK8sApiCoreV1Volume as Volume } from "kubernetes-models/v1/Volume"
import type { FieldError } from "../../../apimachinery/status.ts"
import { parseQuantity, QuantityError } from "../../../apimachinery/quantity.ts"
import { claimSpecErrors } from "../claim-validation.ts"
import { duplicate, forbidden, invalidValue, required, selectorErrors } from "../common-validation.ts"
import { labelErrors, oneOf, subdomainErrors } from "../validation-texts.ts"
import { fieldRefErrors, resourceFieldErrors, VOLUME_FIELD_PATHS } from "./downward-fields.ts"

type Source<Name extends keyof Volume> = NonNullable<Volume[Name]>

const MODE = "must be a number between 0 and 0777 (octal), both inclusive"
const LARGEST_MODE = 0o777

const modeErrors = (field: string, mode: number | undefined): FieldError[] =>
  mode !== undefined && (mode < 0 || mode > LARGEST_MODE) ? [invalidValue(field, mode, MODE)] : []

/** As validatePathNoBacksteps. */
export const backstepErrors = (field: string, path: string): FieldError[] =>
  path.split("/").includes("..") ? [invalidValue(field, path, "must not contain '..'")] : []

/** As validateLocalDescendingPath. */
export const relativePathErrors = (field: string, path: string): FieldError[] => [
  ...(path.startsWith("/") ? [invalidValue(field, path, "must be a relative path")] : []),
  ...backstepErrors(field, path),
]

/** As ValidateLocalNonReservedPath. */
const filePathErrors = (field: string, path: string): FieldError[] => [
  ...relativePathErrors(field, path),
  ...(path.startsWith("..") && path !== ".." && !path.startsWith("../") ? [invalidValue(field, path, "must not start with '..'")] : []),
]

const needed = (at: string, source: object, names: readonly string[]): FieldError[] =>
  names.filter((name) => !(source as Readonly<Record<string, unknown>>)[name]).map((name) => required(`${at}.${name}`))

interface KeyToPath {
  key?: string
  path?: string
  mode?: number
}

const keyToPathErrors = ({ key, path = "", mode }: KeyToPath, at: string): FieldError[] => [
  ...(key ? [] : [required(`${at}.key`)]),
  ...(path ? [] : [required(`${at}.path`)]),
  ...filePathErrors(`${at}.path`, path),
  ...modeErrors(`${at}.mode`, mode),
]

const itemErrors = (items: readonly KeyToPath[] | undefined, at: string): FieldError[] =>
  (items ?? []).flatMap((item, index) => keyToPathErrors(item, `${at}.items[${index}]`))

const HOST_PATH_TYPES = ["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"]

const hostPathErrors = ({ path, type }: Source<"hostPath">, at: string): FieldError[] => {
  if (!path) return [required(`${at}.path`)]
  return [...backstepErrors(`${at}.path`, path), ...(type === undefined ? [] : oneOf(`${at}.type`, type, HOST_PATH_TYPES))]
}

const IQN = /^iqn\.\d{4}-\d{2}\.([A-Za-z0-9.-]+)(:[^,;*&$|\s]+)$/

/** As validateISCSIVolumeSource's checks of a name that begins with what it is. */
const iscsiNameErrors = (field: string, name: string): FieldError[] => {
  if (!/^(iqn|eui|naa)/.test(name)) return [invalidValue(field, name, "must be valid format starting with iqn, eui, or naa")]
  const isGood = name.startsWith("iqn") ? IQN.test(name) : /^(eui.[A-Za-z0-9]{16}|naa.[A-Za-z0-9]{32})$/.test(name)
  return isGood ? [] : [invalidValue(field, name, "must be valid format")]
}

const iscsiErrors = (iscsi: Source<"iscsi">, at: string): FieldError[] => [
  ...needed(at, iscsi, ["targetPortal", "iqn"]),
  ...(iscsi.iqn ? iscsiNameErrors(`${at}.iqn`, iscsi.iqn) : []),
  ...(iscsi.lun < 0 || iscsi.lun > 255 ? [invalidValue(`${at}.lun`, iscsi.lun, "must be between 0 and 255, inclusive")] : []),
  ...((iscsi.chapAuthDiscovery || iscsi.chapAuthSession) && !iscsi.secretRef ? [required(`${at}.secretRef`)] : []),
  ...(iscsi.initiatorName === undefined ? [] : iscsiNameErrors(`${at}.initiatorname`, iscsi.initiatorName)),
]

const diskErrors = (at: string, disk: { partition?: number }, name: string): FieldError[] => [
  ...needed(at, disk, [name]),
  ...(disk.partition !== undefined && (disk.partition < 0 || disk.partition > 255)
    ? [invalidValue(`${at}.partition`, disk.partition, "must be between 1 and 255, inclusive")]
    : []),
]

const fcErrors = ({ targetWWNs, wwids, lun }: Source<"fc">, at: string): FieldError[] => {
  const errors: FieldError[] = []
  if (!targetWWNs?.length && !wwids?.length)
    errors.push(required(`${at}.targetWWNs`, "must specify either targetWWNs or wwids, but not both"))
  if (targetWWNs?.length && wwids?.length)
    errors.push(invalidValue(`${at}.targetWWNs`, targetWWNs, "targetWWNs and wwids can not be specified simultaneously"))
  if (targetWWNs?.length && lun === undefined) errors.push(required(`${at}.lun`, "lun is required if targetWWNs is specified"))
  else if (targetWWNs?.length && lun !== undefined && (lun < 0 || lun > 255))
    errors.push(invalidValue(`${at}.lun`, lun, "must be between 0 and 255, inclusive"))
  return errors
}

const nfsErrors = (nfs: Source<"nfs">, at: string): FieldError[] => [
  ...needed(at, nfs, ["server", "path"]),
  ...(nfs.path?.startsWith("/") ? [] : [invalidValue(`${at}.path`, nfs.path ?? "", "must be an absolute path")]),
]

const flexErrors = ({ driver, options }: Source<"flexVolume">, at: string): FieldError[] => [
  ...(driver ? [] : [required(`${at}.driver`)]),
  ...Object.keys(options ?? {})
    .filter((key) => /\.(kubernetes|k8s)\.io$/.test(`.${(key.includes("/") ? key.slice(0, key.indexOf("/")) : key).toLowerCase()}`))
    .map((key) => invalidValue(`${at}.options[${key}]`, key, "kubernetes.io and k8s.io namespaces are reserved")),
]

/** As ValidateCSIDriverName. */
export const csiDriverErrors = (field: string, driver: string): FieldError[] => [
  ...(driver === "" ? [required(field)] : []),
  ...(driver.length > 63 ? [{ type: "TooLong" as const, field, detail: "may not be more than 63 bytes" }] : []),
  ...subdomainErrors(field, driver.toLowerCase()),
]

const csiErrors = ({ driver, nodePublishSecretRef: secret }: Source<"csi">, at: string): FieldError[] => [
  ...csiDriverErrors(`${at}.driver`, driver ?? ""),
  ...(secret && !secret.name ? [required(`${at}.nodePublishSecretRef.name`)] : []),
  ...(secret?.name ? subdomainErrors(`${at}.name`, secret.name) : []),
]

type DownwardFile = NonNullable<Source<"downwardAPI">["items"]>[number]

const downwardFileErrors = (file: DownwardFile, at: string): FieldError[] => {
  const errors: FieldError[] = file.path ? [] : [required(`${at}.path`)]
  errors.push(...filePathErrors(`${at}.path`, file.path ?? ""))
  if (file.fieldRef) {
    errors.push(...fieldRefErrors(file.fieldRef, `${at}.fieldRef`, VOLUME_FIELD_PATHS))
    if (file.resourceFieldRef)
      errors.push(invalidValue(at, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously"))
  } else if (file.resourceFieldRef) errors.push(...resourceFieldErrors(file.resourceFieldRef, `${at}.resourceFieldRef`, true))
  else errors.push(required(at, "one of fieldRef and resourceFieldRef is required"))
  errors.push(...modeErrors(`${at}.mode`, file.mode))
  return errors
}

type Projection = NonNullable<Source<"projected">["sources"]>[number]

const tokenErrors = (token: NonNullable<Projection["serviceAccountToken"]>, at: string, whole: string): FieldError[] => {
  const { expirationSeconds: seconds = 3_600, path } = token
  const errors: FieldError[] = []
  if (seconds < 600) errors.push(invalidValue(`${at}.expirationSeconds`, seconds, "may not specify a duration less than 10 minutes"))
  if (seconds > 2 ** 32)
    errors.push(invalidValue(`${at}.expirationSeconds`, seconds, "may not specify a duration larger than 2^32 seconds"))
  // The path is said to be the volume's own.
  return [...errors, ...(path ? filePathErrors(`${whole}.path`, path) : [required(`${whole}.path`)])]
}

const trustBundleErrors = (bundle: NonNullable<Projection["clusterTrustBundle"]>, at: string): FieldError[] => {
  const { name, signerName, labelSelector, path } = bundle
  const errors: FieldError[] = []
  if (name !== undefined && signerName !== undefined) errors.push(invalidValue(at, bundle, "only one of name and signerName may be used"))
  else if (name !== undefined) {
    if (name === "") errors.push(required(`${at}.name`, "must be a valid object name"))
    if (labelSelector) errors.push(invalidValue(`${at}.labelSelector`, labelSelector, "labelSelector must be unset if name is specified"))
  } else if (signerName !== undefined) {
    if (signerName === "") errors.push(required(`${at}.signerName`, "must be a valid signer name"))
    errors.push(...selectorErrors(labelSelector, `${at}.labelSelector`))
  } else errors.push(required(at, "either name or signerName must be specified"))
  if (!path) errors.push(required(`${at}.path`))
  return [...errors, ...filePathErrors(`${at}.path`, path ?? "")]
}

const projectedErrors = ({ defaultMode, sources }: Source<"projected">, at: string): FieldError[] => {
  const errors = modeErrors(`${at}.defaultMode`, defaultMode)
  const taken = new Set<string>()
  const take = (path: string | undefined, owner: string) => {
    if (!path) return
    if (taken.has(path)) errors.push(invalidValue(at, owner, "conflicting duplicate paths"))
    taken.add(path)
  }
  for (const [index, source] of (sources ?? []).entries()) {
    const from = `${at}.sources[${index}]`
    for (const kind of ["secret", "configMap"] as const) {
      const one = source[kind]
      if (!one) continue
      if (!one.name) errors.push(required(`${from}.${kind}.name`))
      for (const [number, item] of (one.items ?? []).entries()) {
        errors.push(...keyToPathErrors(item, `${from}.${kind}.items[${number}]`))
        take(item.path, one.name ?? "")
      }
    }
    for (const file of source.downwardAPI?.items ?? []) {
      errors.push(...downwardFileErrors(file, `${from}.downwardAPI`))
      take(file.path, file.path)
    }
    if (source.serviceAccountToken) errors.push(...tokenErrors(source.serviceAccountToken, `${from}.serviceAccountToken`, at))
    if (source.clusterTrustBundle) {
      errors.push(...trustBundleErrors(source.clusterTrustBundle, `${from}.clusterTrustBundle`))
      take(source.clusterTrustBundle.path, source.clusterTrustBundle.path)
    }
    if (Object.values(source).filter((one) => one !== undefined && one !== null).length > 1)
      errors.push(forbidden(from, "may not specify more than 1 volume type per source"))
  }
  return errors
}

type Check = (source: never, at: string, context: { volume: string; pod: string | undefined; where: string }) => FieldError[]

/** What is checked of each source, in the order in which a volume's sources are looked for. */
const SOURCES: readonly [name: keyof Volume, check: Check, names?: { checked?: string; forbidden?: string }][] = [
  [
    "emptyDir",
    ({ sizeLimit }: Source<"emptyDir">, at) => {
      try {
        if (sizeLimit === undefined || parseQuantity(sizeLimit as string) >= 0n) return []
      } catch (error) {
        if (!(error instanceof QuantityError)) throw error
      }
      return [forbidden(`${at}.sizeLimit`, "SizeLimit field must be a valid resource quantity")]
    },
  ],
  ["hostPath", hostPathErrors],
  [
    "gitRepo",
    ({ repository, directory = "" }: Source<"gitRepo">, at) => [
      ...(repository ? [] : [required(`${at}.repository`)]),
      ...relativePathErrors(`${at}.directory`, directory),
    ],
  ],
  ["gcePersistentDisk", (disk: Source<"gcePersistentDisk">, at) => diskErrors(at, disk, "pdName"), { checked: "persistentDisk" }],
  ["awsElasticBlockStore", (disk: Source<"awsElasticBlockStore">, at) => diskErrors(at, disk, "volumeID")],
  [
    "secret",
    (secret: Source<"secret">, at) => [
      ...needed(at, secret, ["secretName"]),
      ...modeErrors(`${at}.defaultMode`, secret.defaultMode),
      ...itemErrors(secret.items, at),
    ],
  ],
  ["nfs", nfsErrors],
  [
    "iscsi",
    (iscsi: Source<"iscsi">, at, { volume, where }) => [
      ...iscsiErrors(iscsi, at),
      ...(iscsi.initiatorName !== undefined && `${volume}:${iscsi.targetPortal}`.length > 64
        ? [
            invalidValue(
              `${where}.name`,
              volume,
              "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.",
            ),
          ]
        : []),
    ],
  ],
  ["glusterfs", (source: Source<"glusterfs">, at) => needed(at, source, ["endpoints", "path"])],
  [
    "flocker",
    ({ datasetName, datasetUUID }: Source<"flocker">, at) => [
      ...(datasetName || datasetUUID ? [] : [required(at, "one of datasetName and datasetUUID is required")]),
      ...(datasetName && datasetUUID
        ? [invalidValue(at, "resource", "datasetName and datasetUUID can not be specified simultaneously")]
        : []),
      ...(datasetName?.includes("/") ? [invalidValue(`${at}.datasetName`, datasetName, "must not contain '/'")] : []),
    ],
  ],
  ["persistentVolumeClaim", (source: Source<"persistentVolumeClaim">, at) => needed(at, source, ["claimName"])],
  [
    "rbd",
    (source: Source<"rbd">, at) => [...(source.monitors?.length ? [] : [required(`${at}.monitors`)]), ...needed(at, source, ["image"])],
  ],
  [
    "cinder",
    (source: Source<"cinder">, at) => [
      ...needed(at, source, ["volumeID"]),
      ...(source.secretRef && !source.secretRef.name ? [required(`${at}.secretRef.name`)] : []),
    ],
  ],
  ["cephfs", ({ monitors }: Source<"cephfs">, at) => (monitors?.length ? [] : [required(`${at}.monitors`)]), { forbidden: "cephFS" }],
  ["quobyte", (source: Source<"quobyte">, at) => needed(at, source, ["registry", "volume"])],
  [
    "downwardAPI",
    ({ defaultMode, items }: Source<"downwardAPI">, at) => [
      ...modeErrors(`${at}.defaultMode`, defaultMode),
      ...(items ?? []).flatMap((file) => downwardFileErrors(file, at)),
    ],
    { forbidden: "downwarAPI" },
  ],
  ["fc", fcErrors],
  ["flexVolume", flexErrors],
  [
    "configMap",
    (source: Source<"configMap">, at) => [
      ...needed(at, source, ["name"]),
      ...modeErrors(`${at}.defaultMode`, source.defaultMode),
      ...itemErrors(source.items, at),
    ],
  ],
  ["azureFile", (source: Source<"azureFile">, at) => needed(at, source, ["secretName", "shareName"])],
  ["vsphereVolume", (source: Source<"vsphereVolume">, at) => needed(at, source, ["volumePath"])],
  ["photonPersistentDisk", (source: Source<"photonPersistentDisk">, at) => needed(at, source, ["pdID"])],
  ["portworxVolume", (source: Source<"portworxVolume">, at) => needed(at, source, ["volumeID"])],
  ["azureDisk", (source: Source<"azureDisk">, at) => needed(at, source, ["diskName", "diskURI"])],
  [
    "storageos",
    ({ volumeName }: Source<"storageos">, at) =>
      volumeName ? labelErrors(`${at}.volumeName`, volumeName) : [required(`${at}.volumeName`)],
  ],
  ["projected", projectedErrors],
  ["scaleIO", (source: Source<"scaleIO">, at) => needed(at, source, ["gateway", "system", "volumeName"])],
  ["csi", csiErrors],
  [
    "ephemeral",
    ({ volumeClaimTemplate: template }: Source<"ephemeral">, at, { volume, pod, where }) => [
      ...(template ? claimSpecErrors(template.spec, `${at}.volumeClaimTemplate.spec`) : [required(`${at}.volumeClaimTemplate`)]),
      ...(pod && volume
        ? subdomainErrors(`${where}.name`, `${pod}-${volume}`).map(({ detail }) =>
            invalidValue(`${where}.name`, volume, `PVC name ${JSON.stringify(`${pod}-${volume}`)}: ${detail}`),
          )
        : []),
    ],
  ],
  [
    "image",
    ({ reference, pullPolicy }: Source<"image">, at, { pod }) => [
      ...(pod !== undefined && !reference ? [required(`${at}.reference`)] : []),
      ...(pullPolicy ? oneOf(`${at}.pullPolicy`, pullPolicy, ["Always", "IfNotPresent", "Never"]) : [required(`${at}.pullPolicy`)]),
    ],
  ],
]

const sourceErrors = (volume: Volume, at: string, pod: string | undefined): FieldError[] => {
  const errors: FieldError[] = []
  let found = false
  for (const [name, check, names] of SOURCES) {
    const source = volume[name]
    if (source === undefined || source === null) continue
    if (found) errors.push(forbidden(`${at}.${names?.forbidden ?? name}`, "may not specify more than 1 volume type"))
    else errors.push(...check(source as never, `${at}.${names?.checked ?? name}`, { volume: volume.name, pod, where: at }))
    found = true
  }
  return found ? errors : [required(at, "must specify a volume type")]
}

/**
 * Errors, and the volumes that containers may mount: those without any.
 * @param pod the Pod's name; undefined in a template
 */
export const volumeErrors = (
  volumes: readonly Volume[] | undefined,
  path: string,
  pod: string | undefined,
): { errors: FieldError[]; mountable: ReadonlyMap<string, Volume> } => {
  const errors: FieldError[] = []
  const mountable = new Map<string, Volume>()
  for (const [index, volume] of (volumes ?? []).entries()) {
    const at = `${path}[${index}]`
    const own = sourceErrors(volume, at, pod)
    own.push(...(volume.name ? labelErrors(`${at}.name`, volume.name) : [required(`${at}.name`)]))
    if (mountable.has(volume.name)) own.push(duplicate(`${at}.name`, volume.name))
    if (own.length === 0) mountable.set(volume.name, volume)
    else errors.push(...own)
  }
  return { errors, mountable }
}
