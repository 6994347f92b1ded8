/** Charts of fixed objects: what an addon's manifest has, in the release's namespace. */
import { goYaml } from "@drydock/gotemplate"
import type { PublishedChart } from "./published-chart.ts"

interface Fixed {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown }
  readonly [field: string]: unknown
}

const RELEASE_NAMESPACE = "{{ .Release.Namespace }}"

/** Namespaces in metadata and subjects become the release's. */
const templated = (value: unknown, from: string): unknown => {
  if (Array.isArray(value)) return value.map((item) => templated(item, from))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === "namespace" && item === from ? RELEASE_NAMESPACE : templated(item, from)]),
  )
}

export const objectsChart = (options: {
  name: string
  description: string
  versions: PublishedChart["versions"]
  objects: readonly object[]
  /** The namespace that the objects have. */
  namespace: string
  notes: string
  values?: string
}): PublishedChart => {
  const objects = (options.objects as readonly Fixed[]).filter(({ kind }) => kind !== "Namespace")
  const definitions = objects.filter(({ kind }) => kind === "CustomResourceDefinition")
  const files: Record<string, string> = {
    "values.yaml": options.values ?? `# ${options.name} takes no values here.\n{}\n`,
    "README.md": `# ${options.name}\n\n${options.description}\n`,
    "templates/NOTES.txt": options.notes,
  }
  for (const definition of definitions) files[`crds/${definition.metadata.name}.yaml`] = goYaml(definition)
  for (const [at, object] of objects.filter((one) => !definitions.includes(one)).entries())
    files[`templates/${String(at + 1).padStart(2, "0")}-${object.kind.toLowerCase()}.yaml`] = goYaml(templated(object, options.namespace))
  return { name: options.name, description: options.description, versions: options.versions, files }
}

/** A definition whose objects may hold anything. */
export const openDefinition = (
  group: string,
  version: string,
  kind: string,
  plural: string,
  scope: "Namespaced" | "Cluster" = "Namespaced",
): object => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    scope,
    names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
        subresources: { status: {} },
      },
    ],
  },
})
