/** The parts of objects that descriptions read; everything may be missing. */
import type { LabelSelectorShape } from "./selectors.ts"

export interface Meta {
  name: string
  namespace?: string
  uid?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  creationTimestamp?: string
  deletionTimestamp?: string
  deletionGracePeriodSeconds?: number
  finalizers?: string[]
  ownerReferences?: { apiVersion: string; kind: string; name: string; uid: string; controller?: boolean }[]
  [field: string]: unknown
}

export interface ProbeShape {
  exec?: { command?: string[] }
  httpGet?: { scheme?: string; host?: string; port: number | string; path?: string }
  tcpSocket?: { host?: string; port: number | string }
  grpc?: { port: number; service?: string }
  initialDelaySeconds?: number
  timeoutSeconds?: number
  periodSeconds?: number
  successThreshold?: number
  failureThreshold?: number
}

interface KeyReference {
  name: string
  key: string
  optional?: boolean
}

export interface ContainerShape {
  name: string
  image?: string
  command?: string[]
  args?: string[]
  ports?: { name?: string; containerPort: number; hostPort?: number; protocol?: string }[]
  resources?: { limits?: Record<string, string>; requests?: Record<string, string> }
  env?: {
    name: string
    value?: string
    valueFrom?: {
      fieldRef?: { apiVersion?: string; fieldPath: string }
      resourceFieldRef?: { resource: string; divisor?: string }
      secretKeyRef?: KeyReference
      configMapKeyRef?: KeyReference
    }
  }[]
  envFrom?: { prefix?: string; configMapRef?: { name: string; optional?: boolean }; secretRef?: { name: string; optional?: boolean } }[]
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean; subPath?: string }[]
  volumeDevices?: { name: string; devicePath: string }[]
  securityContext?: { seccompProfile?: { type: string; localhostProfile?: string } }
  livenessProbe?: ProbeShape
  readinessProbe?: ProbeShape
  startupProbe?: ProbeShape
  restartPolicy?: string
}

export interface ContainerStatusShape {
  name: string
  containerID?: string
  imageID?: string
  ready?: boolean
  restartCount?: number
  state?: StateShape
  lastState?: StateShape
}

interface StateShape {
  running?: { startedAt?: string }
  waiting?: { reason?: string; message?: string }
  terminated?: { reason?: string; message?: string; exitCode: number; signal?: number; startedAt?: string; finishedAt?: string }
}

export interface TolerationShape {
  key?: string
  value?: string
  effect?: string
  operator?: string
  tolerationSeconds?: number
}

interface DownwardItem {
  path: string
  fieldRef?: { fieldPath: string }
  resourceFieldRef?: { resource: string }
}

export interface VolumeShape {
  name: string
  hostPath?: { path: string; type?: string }
  emptyDir?: { medium?: string; sizeLimit?: string }
  secret?: { secretName?: string; optional?: boolean }
  configMap?: { name?: string; optional?: boolean }
  persistentVolumeClaim?: { claimName: string; readOnly?: boolean }
  nfs?: { server: string; path: string; readOnly?: boolean }
  csi?: { driver: string; fsType?: string; readOnly?: boolean; volumeHandle?: string; volumeAttributes?: Record<string, string> }
  downwardAPI?: { items?: DownwardItem[] }
  image?: { reference?: string; pullPolicy?: string }
  local?: { path: string }
  projected?: {
    sources?: {
      secret?: { name?: string; optional?: boolean }
      configMap?: { name?: string; optional?: boolean }
      downwardAPI?: { items?: DownwardItem[] }
      serviceAccountToken?: { expirationSeconds?: number }
    }[]
  }
}

export interface PodSpecShape {
  containers?: ContainerShape[]
  initContainers?: ContainerShape[]
  ephemeralContainers?: ContainerShape[]
  volumes?: VolumeShape[]
  nodeName?: string
  nodeSelector?: Record<string, string>
  serviceAccountName?: string
  priority?: number
  priorityClassName?: string
  runtimeClassName?: string
  tolerations?: TolerationShape[]
  securityContext?: { seccompProfile?: { type: string; localhostProfile?: string } }
  readinessGates?: { conditionType: string }[]
  resources?: ContainerShape["resources"]
  topologySpreadConstraints?: { topologyKey: string; whenUnsatisfiable: string; maxSkew: number; labelSelector?: LabelSelectorShape }[]
}

export interface ConditionShape {
  type: string
  status: string
  reason?: string
  message?: string
  lastHeartbeatTime?: string
  lastProbeTime?: string
  lastTransitionTime?: string
}
