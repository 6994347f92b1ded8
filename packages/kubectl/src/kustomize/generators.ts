/** ConfigMaps and Secrets that a kustomization makes out of files and literals. As kustomize/api/internal/generators and api/kv. */
import { isObject, type Json } from "@drydock/kubernetes/apimachinery"
import type { KubeObject } from "../api.ts"
import { encodeBase64Bytes, utf8 } from "../bytes.ts"
import { KubectlError } from "../errors.ts"
import type { Generator, GeneratorOptions } from "./kustomization.ts"
import { type Building, building, groupVersion } from "./resources.ts"

const envPairs = (text: string): [string, string][] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trimStart())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const equals = line.indexOf("=")
      return equals < 0 ? [line, ""] : [line.slice(0, equals), line.slice(equals + 1)]
    })

/** What is said before why a source cannot be read. */
const inSource = <T>(what: string, sources: readonly string[], work: () => T): T => {
  try {
    return work()
  } catch (error) {
    if (error instanceof KubectlError) throw new KubectlError(`loading KV pairs: ${what}: [${sources.join(" ")}]: ${error.message}`)
    throw error
  }
}

export const generate = (
  kind: "ConfigMap" | "Secret",
  given: Generator,
  shared: GeneratorOptions,
  origin: string,
  read: (path: string) => string,
): Building => {
  const entries = new Map<string, Uint8Array>()
  const encoder = new TextEncoder()
  const envs = [...(given.envs ?? []), ...(given.env ? [given.env] : [])]
  inSource("env source files", envs, () => {
    for (const file of envs) for (const [key, value] of envPairs(read(file))) entries.set(key, encoder.encode(value))
  })
  const { literals = [], files = [] } = given
  for (const literal of literals) {
    const equals = literal.indexOf("=")
    if (equals < 1)
      throw new KubectlError(
        `loading KV pairs: literal sources [${literals.join(" ")}]: invalid literal source ${literal}, expected key=value`,
      )
    entries.set(literal.slice(0, equals), encoder.encode(literal.slice(equals + 1).replace(/^(["'])([\s\S]*)\1$/, "$2")))
  }
  inSource("file sources", files, () => {
    for (const file of files) {
      const equals = file.indexOf("=")
      const [key, path] = equals >= 0 ? [file.slice(0, equals), file.slice(equals + 1)] : [file.slice(file.lastIndexOf("/") + 1), file]
      entries.set(key, encoder.encode(read(path)))
    }
  })
  const options = {
    ...shared,
    ...given.options,
    labels: { ...shared.labels, ...given.options?.labels },
    annotations: { ...shared.annotations, ...given.options?.annotations },
  }
  const data: Record<string, string> = {}
  const binaryData: Record<string, string> = {}
  for (const [key, value] of entries) {
    const text = utf8(value)
    if (kind === "Secret") data[key] = encodeBase64Bytes(value)
    else if (text === undefined) binaryData[key] = encodeBase64Bytes(value)
    else data[key] = text
  }
  const object: KubeObject = {
    apiVersion: "v1",
    kind,
    metadata: {
      name: given.name,
      ...(given.namespace && { namespace: given.namespace }),
      ...(Object.keys(options.labels).length > 0 && { labels: options.labels }),
      ...(Object.keys(options.annotations).length > 0 && { annotations: options.annotations }),
    },
    ...(Object.keys(data).length > 0 && { data }),
    ...(Object.keys(binaryData).length > 0 && { binaryData }),
    ...(kind === "Secret" && { type: given.type ?? "Opaque" }),
    ...(options.immutable && { immutable: true }),
  }
  return building(object, origin, !options.disableNameSuffixHash)
}

/** As Go prints a resid.ResId and a pointer to the generator. */
const told = ({ object: { apiVersion, kind, metadata } }: Building): string => {
  const [group, version] = groupVersion(apiVersion)
  return `merging from generator &{0xc000e364e0 <nil>}: id resid.ResId{Gvk:resid.Gvk{Group:${JSON.stringify(group)}, Version:${JSON.stringify(version)}, Kind:${JSON.stringify(kind)}, isClusterScoped:false}, Name:${JSON.stringify(metadata.name)}, Namespace:${JSON.stringify(metadata.namespace ?? "")}}`
}

const merged = (old: unknown, added: unknown): Json | undefined => {
  const both = { ...(isObject(old) ? old : {}), ...(isObject(added) ? added : {}) }
  return Object.keys(both).length > 0 ? both : undefined
}

/** As resmap.AbsorbAll: what a generator made joins the others, or one of them. */
export const absorb = (all: Building[], made: Building, behavior: Generator["behavior"]): void => {
  const wanted = made.object.metadata
  const existing = all.find(
    ({ object, names, namespaces }) =>
      object.kind === made.object.kind &&
      [...names, object.metadata.name].includes(wanted.name) &&
      [...namespaces, object.metadata.namespace].some((one) => (one ?? "default") === (wanted.namespace ?? "default")),
  )
  if (!existing) {
    if (behavior === "merge" || behavior === "replace") throw new KubectlError(`${told(made)} does not exist; cannot merge or replace`)
    all.push(made)
    return
  }
  if (behavior !== "merge" && behavior !== "replace") throw new KubectlError(`${told(made)} exists; behavior must be merge or replace`)
  const { object: old } = existing
  const [labels, annotations] = [merged(old.metadata.labels, wanted.labels), merged(old.metadata.annotations, wanted.annotations)]
  const { data, binaryData, ...rest } = made.object
  const keep = behavior === "merge"
  const [texts, bytes] = [keep ? merged(old.data, data) : data, keep ? merged(old.binaryData, binaryData) : binaryData]
  existing.object = {
    ...rest,
    metadata: {
      ...old.metadata,
      ...(labels && { labels: labels as Record<string, string> }),
      ...(annotations && { annotations: annotations as Record<string, string> }),
    },
    ...(texts !== undefined && { data: texts }),
    ...(bytes !== undefined && { binaryData: bytes }),
  }
}
