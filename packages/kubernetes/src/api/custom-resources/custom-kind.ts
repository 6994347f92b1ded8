/** The kinds that a CustomResourceDefinition stands for: one for each version it serves. */
import { ageSince, age, name } from "../columns.ts"
import { type Column, defineKind, type Kind, type Schema } from "../define-kind.ts"
import type { CustomResourceDefinition } from "../index.ts"
import type { AnyStored, KubernetesObject } from "../../apimachinery/object.ts"
import type { FieldError } from "../../apimachinery/status.ts"
import { findByPath, parseJsonPath } from "./json-path.ts"
import { fillDefaults, validateValue } from "./validation.ts"

type Version = CustomResourceDefinition["spec"]["versions"][number]

const cellOf = (value: unknown, type: string, now: number): string | number | boolean | null => {
  switch (type) {
    case "integer":
      return typeof value === "number" ? Math.trunc(value) : null
    case "number":
      return typeof value === "number" ? value : null
    case "boolean":
      return typeof value === "boolean" ? value : null
    case "date":
      return typeof value === "string" ? (Number.isNaN(Date.parse(value)) ? "<invalid>" : ageSince(value, now)) : null
    default:
      return typeof value === "string" ? value : typeof value === "object" && value !== null ? JSON.stringify(value) : String(value)
  }
}

/** As pkg/registry/customresource/tableconvertor. */
const columnsOf = (version: Version): readonly Column<AnyStored>[] => {
  const own = version.additionalPrinterColumns
  if (!own || own.length === 0) return [name as unknown as Column<AnyStored>, age as unknown as Column<AnyStored>]
  return [
    name as unknown as Column<AnyStored>,
    ...own.map((column): Column<AnyStored> => {
      const steps = parseJsonPath(column.jsonPath)
      return {
        name: column.name,
        type: column.type as "string",
        format: column.format ?? "",
        description: column.description ?? `Custom resource definition column (in JSONPath format): ${column.jsonPath}`,
        priority: (column.priority ?? 0) as 0 | 1,
        cell: (object, now) => {
          const found = steps ? findByPath(steps, object) : []
          return found.length === 0 || found[0] === null ? null : cellOf(found[0], column.type, now)
        },
      }
    }),
  ]
}

const schemaIn = (version: Version): Schema => ({ type: "object", ...(version.schema?.openAPIV3Schema as Schema | undefined) })

/** metadata is checked as every object's is, not by the schema. */
const withoutMeta = (object: KubernetesObject): Record<string, unknown> => {
  const { metadata: _, ...rest } = object as unknown as Record<string, unknown>
  return rest
}

const versionOf = (definition: CustomResourceDefinition, version: Version, storage?: Kind<KubernetesObject>): Kind<KubernetesObject> => {
  const { spec } = definition
  const webhook = spec.conversion?.strategy === "Webhook" ? spec.conversion.webhook : undefined
  const schema = schemaIn(version)
  const check = (object: KubernetesObject, old?: KubernetesObject): FieldError[] => {
    const errors: FieldError[] = []
    const { apiVersion: _, kind: __, ...value } = withoutMeta(object)
    const before = old && withoutMeta(old)
    validateValue(
      { ...schema, required: (schema.required ?? []).filter((field) => !["apiVersion", "kind", "metadata"].includes(field)) },
      value,
      "",
      {
        errors,
        old: before,
      },
    )
    return errors
  }
  const status = version.subresources?.status !== undefined && version.subresources.status !== null
  const scale = version.subresources?.scale
  const paths = (version as { selectableFields?: readonly { jsonPath: string }[] }).selectableFields ?? []
  const selectable = paths.map(({ jsonPath }) => ({ field: jsonPath.replace(/^\./, ""), steps: parseJsonPath(jsonPath) ?? [] }))
  return defineKind<KubernetesObject>({
    group: spec.group,
    version: version.name,
    kind: spec.names.kind,
    plural: spec.names.plural,
    singular: spec.names.singular ?? spec.names.kind.toLowerCase(),
    shortNames: spec.names.shortNames ?? [],
    categories: spec.names.categories ?? [],
    namespaced: spec.scope === "Namespaced",
    subresources: [...(status ? ["status"] : []), ...(scale ? ["scale"] : [])],
    schema: () => schema,
    custom: true,
    generation: true,
    ...(webhook?.clientConfig &&
      storage && {
        conversion: {
          storage,
          webhook: { clientConfig: webhook.clientConfig, conversionReviewVersions: webhook.conversionReviewVersions ?? ["v1"] },
          key: `${definition.metadata.uid}/${definition.metadata.generation ?? 0}`,
        },
      }),
    ...(scale && {
      scale: {
        specReplicas: scale.specReplicasPath.replace(/^\./, ""),
        statusReplicas: scale.statusReplicasPath.replace(/^\./, ""),
        selector: (scale.labelSelectorPath ?? "").replace(/^\./, ""),
      },
    }),
    prepareForCreate(object) {
      if (status) delete (object as { status?: unknown }).status
    },
    defaults: (object) => fillDefaults(schema, object),
    validate: (object, { old }) => check(object, old as KubernetesObject | undefined),
    ...(selectable.length > 0 && {
      selectableFieldNames: selectable.map(({ field }) => field),
      selectableFields: (object) =>
        Object.fromEntries(selectable.map(({ field, steps }) => [field, String(findByPath(steps, object)[0] ?? "")])),
    }),
    columns: columnsOf(version) as never,
    ...(version.deprecated && {
      warnings: () => [version.deprecationWarning ?? `${spec.group}/${version.name} ${spec.names.kind} is deprecated`],
    }),
  }) as unknown as Kind<KubernetesObject>
}

/** As ordered by apimachinery/pkg/version: v2 before v1 before v1beta1 before others. */
const byPriority = (a: string, b: string): number => {
  const parts = (text: string) => /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(text)
  const [left, right] = [parts(a), parts(b)]
  if (!left || !right) return left ? -1 : right ? 1 : a < b ? -1 : 1
  const rank = (one: RegExpExecArray) => (one[2] === undefined ? 2 : one[2] === "beta" ? 1 : 0)
  return rank(right) - rank(left) || Number(right[1]) - Number(left[1]) || Number(right[3] ?? 0) - Number(left[3] ?? 0)
}

export const kindsOf = (definition: CustomResourceDefinition): readonly Kind<KubernetesObject>[] => {
  const { versions } = definition.spec
  const stored = versions.find(({ storage }) => storage)
  const storage = stored && definition.spec.conversion?.strategy === "Webhook" ? versionOf(definition, stored) : undefined
  return versions
    .filter(({ served }) => served)
    .toSorted((a, b) => byPriority(a.name, b.name))
    .map((version) => versionOf(definition, version, storage))
}
