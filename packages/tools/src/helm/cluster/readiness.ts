/** When an object is what it should be. As sigs.k8s.io/cli-utils/pkg/kstatus/status/core.go. */
import type { KubeObject } from "../../kube/client.ts"

export interface Readiness {
  readonly status: "Current" | "InProgress" | "Failed" | "NotFound" | "Terminating"
  readonly message: string
}

type Fields = Readonly<Record<string, unknown>>

const current = (message: string): Readiness => ({ status: "Current", message })
const progress = (message: string): Readiness => ({ status: "InProgress", message })
const failed = (message: string): Readiness => ({ status: "Failed", message })

interface Condition {
  type: string
  status: string
  reason?: string
  message?: string
}

const conditionOf = (status: Fields, type: string): Condition | undefined =>
  ((status.conditions ?? []) as Condition[]).find((one) => one.type === type)

const count = (fields: Fields, name: string, otherwise = 0): number => Number(fields[name] ?? otherwise)

const deployment = (spec: Fields, status: Fields): Readiness => {
  const progressing = conditionOf(status, "Progressing")
  if (progressing?.reason === "ProgressDeadlineExceeded") return failed("Progress deadline exceeded")
  const wanted = count(spec, "replicas", 1)
  const [replicas, updated, ready, available] = ["replicas", "updatedReplicas", "readyReplicas", "availableReplicas"].map((name) =>
    count(status, name),
  )
  if (wanted > replicas) return progress(`replicas: ${replicas}/${wanted}`)
  if (wanted > updated) return progress(`Updated: ${updated}/${wanted}`)
  if (replicas > wanted) return progress(`Pending termination: ${replicas - wanted}`)
  if (updated > available) return progress(`Available: ${available}/${updated}`)
  if (wanted > ready) return progress(`Ready: ${ready}/${wanted}`)
  if (progressing && !(progressing.status === "True" && progressing.reason === "NewReplicaSetAvailable"))
    return progress("ReplicaSet not Available")
  if (conditionOf(status, "Available")?.status !== "True") return progress("Deployment not Available")
  return current(`Deployment is available. Replicas: ${replicas}`)
}

const statefulSet = (spec: Fields, status: Fields): Readiness => {
  if ((spec.updateStrategy as Fields | undefined)?.type === "OnDelete") return current("StatefulSet is using the ondelete update strategy")
  const wanted = count(spec, "replicas", 1)
  const [replicas, ready, updated, now] = ["replicas", "readyReplicas", "updatedReplicas", "currentReplicas"].map((name) =>
    count(status, name),
  )
  if (wanted > replicas) return progress(`Replicas: ${replicas}/${wanted}`)
  if (wanted > ready) return progress(`Ready: ${ready}/${wanted}`)
  if (replicas > wanted) return progress(`Pending termination: ${replicas - wanted}`)
  if (wanted > now && wanted > updated) return progress(`current: ${now}/${wanted}`)
  if (status.currentRevision !== status.updateRevision) return progress("Waiting for updated revision to match current")
  return current(`All replicas scheduled as expected. Replicas: ${replicas}`)
}

const daemonSet = (status: Fields): Readiness => {
  if (status.desiredNumberScheduled === undefined) return progress("Missing .status.desiredNumberScheduled")
  const wanted = count(status, "desiredNumberScheduled")
  const parts: readonly [string, string][] = [
    ["currentNumberScheduled", "Current"],
    ["updatedNumberScheduled", "Updated"],
    ["numberAvailable", "Available"],
    ["numberReady", "Ready"],
  ]
  for (const [field, label] of parts) if (wanted > count(status, field)) return progress(`${label}: ${count(status, field)}/${wanted}`)
  return current(`All replicas scheduled as expected. Replicas: ${wanted}`)
}

const replicaSet = (spec: Fields, status: Fields): Readiness => {
  if (conditionOf(status, "ReplicaFailure")?.status === "True") return progress("Replica Failure condition. Check Pods")
  const wanted = count(spec, "replicas", 1)
  const parts: readonly [string, string][] = [
    ["fullyLabeledReplicas", "Labelled"],
    ["availableReplicas", "Available"],
    ["readyReplicas", "Ready"],
  ]
  for (const [field, label] of parts) if (wanted > count(status, field)) return progress(`${label}: ${count(status, field)}/${wanted}`)
  return current(`ReplicaSet is available. Replicas: ${wanted}`)
}

const pod = (status: Fields): Readiness => {
  switch (status.phase) {
    case "Succeeded":
      return current("Pod has completed successfully")
    case "Failed":
      return failed("Pod has completed, but not successfully")
    case "Running":
      return conditionOf(status, "Ready")?.status === "True" ? current("Pod is Ready") : progress("Pod is running but is not Ready")
    default:
      return progress("Pod is in the Pending phase")
  }
}

const customDefinition = (status: Fields): Readiness => {
  const names = conditionOf(status, "NamesAccepted")
  if (names?.status === "False") return failed(names.message ?? "")
  const established = conditionOf(status, "Established")
  if (established?.status === "True") return current("CRD is established")
  return progress("Install in progress")
}

/** `jobs`: Jobs too must be complete. */
export const readinessOf = (object: KubeObject, jobs: boolean): Readiness => {
  const spec = (object.spec ?? {}) as Fields
  const status = (object.status ?? {}) as Fields
  const observed = status.observedGeneration
  if (object.metadata.deletionTimestamp) return { status: "Terminating", message: "Resource scheduled for deletion" }
  if (typeof observed === "number" && object.metadata.generation !== undefined && observed !== object.metadata.generation)
    return progress(`${object.kind} generation is ${object.metadata.generation}, but latest observed generation is ${observed}`)
  switch (object.kind) {
    case "Deployment":
      return deployment(spec, status)
    case "StatefulSet":
      return statefulSet(spec, status)
    case "DaemonSet":
      return daemonSet(status)
    case "ReplicaSet":
      return replicaSet(spec, status)
    case "Pod":
      return pod(status)
    case "PersistentVolumeClaim":
      return status.phase === "Bound"
        ? current("PVC is Bound")
        : progress(`PVC is not Bound. phase: ${(status.phase as string | undefined) ?? "unknown"}`)
    case "Service":
      return spec.type === "LoadBalancer" && !spec.clusterIP
        ? progress("ClusterIP not set. Service type: LoadBalancer")
        : current("Service is ready")
    case "CustomResourceDefinition":
      return customDefinition(status)
    case "Job":
      return jobs ? jobReadiness(object) : current("Resource is current")
    default: {
      const ready = conditionOf(status, "Ready")
      return ready && ready.status !== "True" ? progress(ready.message ?? "") : current("Resource is current")
    }
  }
}

/** As helm/internal/statusreaders/job_status_reader.go. */
const jobReadiness = ({ spec, status }: KubeObject): Readiness => {
  const [wanted, state] = [(spec ?? {}) as Fields, (status ?? {}) as Fields]
  const completions = count(wanted, "completions", count(wanted, "parallelism", 1))
  const [succeeded, lost] = ["succeeded", "failed"].map((name) => count(state, name))
  if (conditionOf(state, "Complete")?.status === "True") return current(`Job Completed. succeeded: ${succeeded}/${completions}`)
  if (conditionOf(state, "Failed")?.status === "True") return failed(`Job Failed. failed: ${lost}/${completions}`)
  return progress("Job in progress")
}

/** Hooks: Jobs and Pods must end well, everything else is ready at once. */
export const hookReadiness = (object: KubeObject): Readiness => {
  if (object.kind === "Job") return jobReadiness(object)
  if (object.kind !== "Pod") return current("Resource is current")
  switch ((object.status as Fields | undefined)?.phase) {
    case "Succeeded":
      return current(`pod ${object.metadata.name} succeeded`)
    case "Failed":
      return failed(`pod ${object.metadata.name} failed`)
    default:
      return progress("Pod in progress")
  }
}
