/** Checks of what a claim asks for. As ValidatePersistentVolumeClaimSpec in pkg/apis/core/validation/validation.go. */
import type { IPersistentVolumeClaim } from "kubernetes-models/v1/PersistentVolumeClaim"
import { parseQuantity, QuantityError } from "../../apimachinery/quantity.ts"
import type { FieldError } from "../../apimachinery/status.ts"
import { ACCESS_MODES } from "./access-modes.ts"
import { forbidden, invalidValue, required, selectorErrors } from "./common-validation.ts"
import { oneOf, subdomainErrors } from "./validation-texts.ts"

type ClaimSpec = IPersistentVolumeClaim["spec"]

interface DataSource {
  apiGroup?: string
  kind?: string
  name?: string
}

const dataSourceErrors = (source: DataSource | undefined, at: string): FieldError[] => {
  if (!source) return []
  const { apiGroup = "", kind = "", name } = source
  const errors: FieldError[] = []
  if (!name) errors.push(required(`${at}.name`))
  if (!kind) errors.push(required(`${at}.kind`))
  if (apiGroup === "" && kind !== "PersistentVolumeClaim")
    errors.push(invalidValue(at, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup"))
  else if (apiGroup !== "") errors.push(...subdomainErrors(`${at}.apiGroup`, apiGroup))
  return errors
}

const sizeErrors = (storage: string | undefined, field: string): FieldError[] => {
  if (storage === undefined) return [required(field)]
  try {
    return parseQuantity(storage) <= 0n ? [invalidValue(field, storage, "must be greater than zero")] : []
  } catch (error) {
    if (!(error instanceof QuantityError)) throw error
    return [invalidValue(field, storage, error.message)]
  }
}

export const claimSpecErrors = (spec: ClaimSpec, path: string): FieldError[] => {
  const { accessModes: modes = [], selector, resources, storageClassName, volumeMode } = spec ?? {}
  const errors: FieldError[] = []
  if (modes.length === 0) errors.push(required(`${path}.accessModes`, "at least 1 access mode is required"))
  errors.push(...selectorErrors(selector, `${path}.selector`))
  for (const mode of modes) errors.push(...oneOf(`${path}.accessModes`, mode, ACCESS_MODES))
  if (modes.length > 1 && modes.includes("ReadWriteOncePod" as never) && modes.some((mode) => (mode as string) !== "ReadWriteOncePod"))
    errors.push(forbidden(`${path}.accessModes`, "may not use ReadWriteOncePod with other access modes"))
  errors.push(...sizeErrors((resources?.requests as Record<string, string> | undefined)?.storage, `${path}.resources[storage]`))
  if (storageClassName) errors.push(...subdomainErrors(`${path}.storageClassName`, storageClassName))
  if (volumeMode !== undefined) errors.push(...oneOf(`${path}.volumeMode`, volumeMode, ["Block", "Filesystem"]))
  errors.push(...dataSourceErrors(spec?.dataSource as DataSource | undefined, `${path}.dataSource`))
  errors.push(...dataSourceErrors(spec?.dataSourceRef as DataSource | undefined, `${path}.dataSourceRef`))
  return errors
}
