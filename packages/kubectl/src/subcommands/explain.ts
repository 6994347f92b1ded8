/** kubectl explain */
import { defineSubcommand } from "../define-subcommand.ts"
import type { Resource } from "../api.ts"
import { apiVersion } from "../discovery.ts"
import { KubectlError } from "../errors.ts"
import { plainTextV2 } from "../explain/plain-text-v2.ts"
import { type OpenApiDocument, plainText } from "../explain/plain-text.ts"

const groupResource = ({ plural, group }: Resource): string => (group ? `${plural}.${group}` : plural)

/** The type and the fields below it. As SplitAndParseResourceRequestWithMatchingPrefix: "deployments.apps.spec" names the group too, in full. */
const meant = (all: readonly Resource[], word: string, version: string): { resource: Resource; path: string[] } => {
  const text = word.replace(/\.$/, "")
  if (text.startsWith(".") || text.includes("..")) throw new KubectlError("invalid jsonpath syntax, first node must be field node")
  const [first, ...fields] = text.split(".")
  const plain = first.toLowerCase()
  const matching = all.filter(
    (one) => one.plural === plain || one.singular === plain || one.shortNames.includes(plain) || one.kind.toLowerCase() === plain,
  )
  if (matching.length === 0) throw new KubectlError(`the server doesn't have a resource type ${JSON.stringify(first)}`, { raw: true })
  const preferred = matching.filter((one) => one.preferred)
  if (version) {
    const resource = matching.find((one) => apiVersion(one) === version)
    if (resource) return { resource, path: fields }
    throw new KubectlError(`couldn't find resource for "${version}, Resource=${matching[0].plural}"`)
  }
  const prefixed = preferred.find((one) => text.startsWith(groupResource(one)))
  if (prefixed) return { resource: prefixed, path: text.slice(groupResource(prefixed).length).split(".").slice(1) }
  return { resource: preferred[0] ?? matching[0], path: fields }
}

export const explain = defineSubcommand({
  path: ["explain"],
  group: "Basic Commands (Intermediate)",
  summary: "Get documentation for a resource",
  description: "Of a type, or of a field: <type>.<fieldName>[.<fieldName>]",
  usage: "TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] [-o|--output=plaintext|plaintext-openapiv2]",
  examples: [
    ["A type and its fields", "kubectl explain pods"],
    ["All fields below it", "kubectl explain pods --recursive"],
    ["One field", "kubectl explain pods.spec.containers"],
  ],
  flags: {
    "api-version": { type: "string", help: "The version of the API, as group/version" },
    output: { short: "o", type: "string", default: "plaintext", help: "plaintext or plaintext-openapiv2" },
    recursive: { type: "bool", help: "All fields below, without their texts." },
  },
  *run(input, { api, process }) {
    if (input.words.length === 0)
      throw new KubectlError(
        'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.',
      )
    if (input.words.length > 1) throw new KubectlError("We accept only this format: explain RESOURCE")
    const output = input.text("output")
    if (output !== "plaintext" && output !== "plaintext-openapiv2") throw new KubectlError(`unrecognized format: ${output}`)
    const [word] = input.words
    const { resource, path } = meant(yield* api.resources(), word, input.text("api-version"))
    const { group, kind } = resource
    const { paths } = yield* api.get<{ paths: Readonly<Record<string, { serverRelativeURL: string }>> }>("/openapi/v3?timeout=32s")
    const place = paths[`${group ? `apis/${group}` : "api"}/${resource.version}`]?.serverRelativeURL
    if (place === undefined)
      throw new KubectlError(`couldn't find resource for "${group}/${resource.version}, Resource=${resource.plural}"`)
    const document = yield* api.get<OpenApiDocument>(`${place}&timeout=32s`)
    const schema = Object.values(document.components?.schemas ?? {}).find((one) =>
      one["x-kubernetes-group-version-kind"]?.some((gvk) => gvk.group === group && gvk.version === resource?.version && gvk.kind === kind),
    )
    if (!schema) throw new KubectlError(`GVK {${group} ${resource.version} ${kind}} not found in OpenAPI schema`)
    const options = { recursive: input.bool("recursive"), path }
    if (output === "plaintext-openapiv2") {
      yield* process.print(plainTextV2(document, schema, { ...options, kind, apiVersion: apiVersion(resource) }))
      return 0
    }
    yield* process.print(`${group ? `GROUP:      ${group}\n` : ""}KIND:       ${kind}\nVERSION:    ${resource.version}\n\n`)
    const text = plainText(document, schema, options)
    if (text === undefined) throw new KubectlError(`field ${JSON.stringify(path.at(-1))} does not exist`)
    yield* process.print(text)
    return 0
  },
})
