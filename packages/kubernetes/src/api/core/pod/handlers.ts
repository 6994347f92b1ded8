/** Checks of probes and of what runs when a container starts and stops. As validateHandler and validateProbe in pkg/apis/core/validation/validation.go. */
import type { IIoK8sApiCoreV1Container as Container } from "kubernetes-models/v1/Container"
import type { IIoK8sApiCoreV1Probe as Probe } from "kubernetes-models/v1/Probe"
import type { FieldError } from "../../../apimachinery/status.ts"
import { forbidden, invalidValue, required } from "../common-validation.ts"
import { nonNegative, oneOf, portErrors } from "../validation-texts.ts"

const PROBE_HANDLERS = ["exec", "httpGet", "tcpSocket", "grpc"] as const
export const LIFECYCLE_HANDLERS = ["exec", "httpGet", "tcpSocket", "sleep"] as const

interface Handler extends Partial<Pick<Probe, "exec" | "httpGet" | "tcpSocket" | "grpc">> {
  sleep?: { seconds?: number }
}

const HEADER_TEXT =
  "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')"

const httpErrors = ({ path, port, scheme, httpHeaders }: NonNullable<Handler["httpGet"]>, at: string): FieldError[] => [
  ...(path ? [] : [required(`${at}.path`)]),
  ...portErrors(`${at}.port`, port),
  ...oneOf(`${at}.scheme`, scheme, ["HTTP", "HTTPS"]),
  ...(httpHeaders ?? [])
    .filter(({ name }) => !/^[-A-Za-z0-9]+$/.test(name))
    .map(({ name }) => invalidValue(`${at}.httpHeaders`, name, HEADER_TEXT)),
]

const oneHandlerErrors = (handler: Handler, kind: keyof Handler, at: string, grace: number | undefined): FieldError[] => {
  switch (kind) {
    case "exec":
      return handler.exec?.command?.length ? [] : [required(`${at}.command`)]
    case "httpGet":
      return httpErrors(handler.httpGet as NonNullable<Handler["httpGet"]>, at)
    case "tcpSocket":
      return portErrors(`${at}.port`, handler.tcpSocket?.port)
    case "grpc":
      return portErrors(`${at}.port`, handler.grpc?.port)
    case "sleep": {
      const seconds = handler.sleep?.seconds ?? 0
      return grace !== undefined && (seconds < 0 || seconds > grace)
        ? [invalidValue(at, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${grace})`)]
        : []
    }
  }
}

/** @param grace the Pod's grace period, s */
export const handlerErrors = (handler: object, at: string, kinds: readonly (keyof Handler)[], grace?: number): FieldError[] => {
  const errors: FieldError[] = []
  let found = false
  for (const kind of kinds) {
    if ((handler as Handler)[kind] === undefined) continue
    if (found) errors.push(forbidden(`${at}.${kind}`, "may not specify more than 1 handler type"))
    else errors.push(...oneHandlerErrors(handler as Handler, kind, `${at}.${kind}`, grace))
    found = true
  }
  if (!found) errors.push(required(at, "must specify a handler type"))
  return errors
}

const COUNTS = ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"] as const

const probeErrors = (probe: Probe, at: string): FieldError[] => {
  const errors = handlerErrors(probe, at, PROBE_HANDLERS)
  for (const count of COUNTS) errors.push(...nonNegative(`${at}.${count}`, probe[count]))
  const { terminationGracePeriodSeconds: grace } = probe
  if (grace !== undefined && grace <= 0) errors.push(invalidValue(`${at}.terminationGracePeriodSeconds`, grace, "must be greater than 0"))
  return errors
}

export const probesErrors = (container: Container, at: string): FieldError[] => {
  const errors: FieldError[] = []
  for (const kind of ["livenessProbe", "readinessProbe", "startupProbe"] as const) {
    const probe = container[kind]
    if (!probe) continue
    const field = `${at}.${kind}`
    errors.push(...probeErrors(probe, field))
    if (kind === "readinessProbe") {
      if (probe.terminationGracePeriodSeconds !== undefined)
        errors.push(
          invalidValue(
            `${field}.terminationGracePeriodSeconds`,
            probe.terminationGracePeriodSeconds,
            "must not be set for readinessProbes",
          ),
        )
    } else if (probe.successThreshold !== undefined && probe.successThreshold !== 1)
      errors.push(invalidValue(`${field}.successThreshold`, probe.successThreshold, "must be 1"))
  }
  return errors
}
