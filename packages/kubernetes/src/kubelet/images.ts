/** A container's image must be on the node: pull policy, pulls, their back-off. As pkg/kubelet/images/image_manager.go. */
import { credentialsFor, missingSecrets } from "./image-credentials.ts"
import { waitAndTell } from "./back-off.ts"
import { BACKOFF, type ContainerRecord, MAX_BACKOFF } from "./container-record.ts"
import { goDuration, type PodScope } from "./pod-scope.ts"

/** A policy of Never is looked at again so often, ms. */
const NEVER_RETRY = 60_000

const DOMAIN = /^(?:localhost|[\w-]+(?:\.[\w-]+)+(?::\d+)?|[\w-]+:\d+)\//
const PATH = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/

/** As distribution/reference ParseNormalizedNamed. */
const nameProblem = (image: string): string | undefined => {
  const [bare] = image.split("@")
  const domain = DOMAIN.exec(bare)?.[0] ?? ""
  const [, path, tag] = /^([^:]*)(?::(.*))?$/.exec(bare.slice(domain.length)) ?? []
  if (path === undefined || (tag !== undefined && !/^\w[\w.-]{0,127}$/.test(tag))) return "invalid reference format"
  if (PATH.test(path)) return undefined
  if (!PATH.test(path.toLowerCase())) return "invalid reference format"
  return `invalid reference format: repository name (${domain === "" && !path.includes("/") ? `library/${path}` : path}) must be lowercase`
}

/** True when the image is there; otherwise the record says what it waits for and the worker will look again. `start` goes on after a pull. */
export const ensureImage = (scope: PodScope, record: ContainerRecord, start: () => void): boolean => {
  const { sim, runtime } = scope.context
  const image = record.container.image ?? ""
  const invalid = nameProblem(image)
  if (invalid !== undefined) {
    const message = `Failed to apply default image tag "${image}": couldn't parse image name "${image}": ${invalid}`
    scope.event("Warning", "InspectFailed", message, record)
    scope.event("Warning", "Failed", "Error: InvalidImageName", record)
    record.state = { waiting: { reason: "InvalidImageName", message } }
    scope.syncFailed(record, "InvalidImageName", message)
    scope.later(sim.now() + NEVER_RETRY)
    return false
  }
  const present = runtime.imageStatus(image)
  const policy = record.container.imagePullPolicy ?? "IfNotPresent"
  if (policy === "Always" || (!present && policy === "IfNotPresent")) {
    if (sim.now() >= record.pullRetryAt) {
      pull(scope, record, start)
      return false
    }
    if (record.state.waiting?.reason === "ErrImagePull") record.tellAt = sim.now()
    const message = `Back-off pulling image "${image}": ErrImagePull: ${record.pullError}`
    record.state = { waiting: { reason: "ImagePullBackOff", message } }
    waitAndTell(scope, record, record.pullRetryAt, () => {
      scope.event("Normal", "BackOff", `Back-off pulling image "${image}"`, record)
      scope.event("Warning", "Failed", "Error: ImagePullBackOff", record)
      scope.syncFailed(record, "ImagePullBackOff", message)
    })
    return false
  }
  if (!present) {
    const message = `Container image "${image}" is not present with pull policy of Never`
    scope.event("Warning", "ErrImageNeverPull", message, record)
    scope.event("Warning", "Failed", "Error: ErrImageNeverPull", record)
    record.state = { waiting: { reason: "ErrImageNeverPull", message } }
    scope.later(sim.now() + NEVER_RETRY)
    return false
  }
  scope.event("Normal", "Pulled", `Container image "${image}" already present on machine and can be accessed by the pod`, record)
  record.imageId = present.id
  return true
}

const pull = (scope: PodScope, record: ContainerRecord, start: () => void): void => {
  const { runtime, sim, pulls, client } = scope.context
  const missing = missingSecrets(scope.pod, client)
  // As getPullSecretsForPod: of the Pod, not of the container.
  if (missing.length > 0)
    scope.event(
      "Warning",
      "FailedToRetrieveImagePullSecret",
      `Unable to retrieve some image pull secrets (${missing.join(", ")}); attempting to pull the image may not succeed.`,
    )
  const image = record.container.image ?? ""
  const asked = sim.now()
  record.pulling = true
  scope.event("Normal", "Pulling", `Pulling image "${image}"`, record)
  scope.trace("containerd", "pull", image)
  const begin = () =>
    runtime.pullImage(image, credentialsFor(scope.pod, image, client), (outcome) => {
      pulls?.next()
      record.pulling = false
      if (scope.terminating) return
      if (outcome.kind === "failed") {
        scope.event("Warning", "Failed", `Failed to pull image "${image}": ${outcome.message}`, record)
        scope.event("Warning", "Failed", "Error: ErrImagePull", record)
        record.pullError = outcome.message
        record.state = { waiting: { reason: "ErrImagePull", message: outcome.message } }
        scope.syncFailed(record, "ErrImagePull", outcome.message)
        record.pullRetryAt = sim.now() + record.pullBackoff
        record.pullBackoff = Math.min(MAX_BACKOFF, record.pullBackoff * 2)
        scope.report()
        return scope.later(sim.now() + 1_000)
      }
      record.pullBackoff = BACKOFF
      record.imageId = outcome.imageId
      const took = goDuration(outcome.took)
      scope.event(
        "Normal",
        "Pulled",
        `Successfully pulled image "${image}" in ${took} (${goDuration(sim.now() - asked)} including waiting). Image size: ${outcome.sizeBytes} bytes.`,
        record,
      )
      scope.caused(() => {
        scope.trace("kubelet", "pulled", `${image}: ${outcome.sizeBytes} bytes in ${took}`, "containerd")
        start()
        scope.report()
      })
    })
  if (pulls) pulls.add(begin)
  else begin()
}
