/** Generators and transformers that are configured by objects of their own. As kustomize/api/internal/plugins/builtinhelpers. */
import { isObject, type Json } from "@drydock/kubernetes/apimachinery"
import type { KubeObject } from "../api.ts"
import { KubectlError } from "../errors.ts"
import { absorb, generate } from "./generators.ts"
import type { FieldSpec, Generator, ImageChange, PatchEntry, Replacement, Target } from "./kustomization.ts"
import { applyPatch } from "./patches.ts"
import { replaceValues } from "./replacements.ts"
import type { Building } from "./resources.ts"
import { applySpecs, rename, UNNAMED, setImages, setNamespace, setPairs, setReplicas } from "./transformers.ts"

/** Reads a file of the kustomization. */
export type Read = (path: string) => string

type Plugin = (all: Building[], config: KubeObject & Json, read: Read) => void

const fieldsOf = ({ fieldSpecs }: Json): FieldSpec[] => (Array.isArray(fieldSpecs) ? (fieldSpecs as FieldSpec[]) : [])
const text = (value: unknown): string => (typeof value === "string" ? value : "")
const pairsOf = (value: unknown): Record<string, string> => (isObject(value) ? (value as Record<string, string>) : {})

const named =
  (prefix: boolean): Plugin =>
  (all, config) => {
    const wanted = fieldsOf(config)
    const [before, after] = [prefix ? text(config.prefix) : "", prefix ? "" : text(config.suffix)]
    if (wanted.length === 0) rename(all, before, after)
    else
      for (const one of all)
        if (!UNNAMED.has(one.object.kind)) applySpecs(one, wanted, (old) => (typeof old === "string" ? before + old + after : old))
  }

/** One patch as text or as a file. */
const patchOf = (config: Json, read: Read): PatchEntry & { patch: string } => ({
  patch: text(config.patch) || text(config.jsonOp) || read(text(config.path)),
  ...(isObject(config.target) && { target: config.target as Target }),
  ...(isObject(config.options) && { options: config.options as NonNullable<PatchEntry["options"]> }),
})

const PLUGINS: Readonly<Record<string, Plugin>> = {
  PrefixTransformer: named(true),
  SuffixTransformer: named(false),
  PrefixSuffixTransformer(all, config, read) {
    named(true)(all, config, read)
    named(false)(all, config, read)
  },
  LabelTransformer: (all, config) => setPairs(all, pairsOf(config.labels), fieldsOf(config)),
  AnnotationsTransformer: (all, config) => setPairs(all, pairsOf(config.annotations), fieldsOf(config)),
  NamespaceTransformer: (all, { metadata }) => setNamespace(all, metadata.namespace ?? ""),
  ImageTagTransformer: (all, config) => setImages(all, [config.imageTag as ImageChange]),
  ReplicaCountTransformer: (all, config) => setReplicas(all, config.replica as { name: string; count: number }),
  ReplacementTransformer(all, config) {
    for (const one of (config.replacements as Replacement[] | undefined) ?? []) replaceValues(all, one)
  },
  PatchTransformer(all, config, read) {
    const entry = patchOf(config, read)
    applyPatch(all, entry.patch, entry)
  },
  PatchJson6902Transformer(all, config, read) {
    const entry = patchOf(config, read)
    applyPatch(all, entry.patch, entry)
  },
  PatchStrategicMergeTransformer(all, config, read) {
    for (const path of (config.paths as string[] | undefined) ?? []) applyPatch(all, read(path), {})
    if (config.patches) applyPatch(all, text(config.patches), {})
  },
  ConfigMapGenerator: (all, config, read) => made("ConfigMap", all, config, read),
  SecretGenerator: (all, config, read) => made("Secret", all, config, read),
}

const made = (kind: "ConfigMap" | "Secret", all: Building[], config: KubeObject & Json, read: Read): void => {
  const { name, namespace } = config.metadata
  const given = { ...config, name, ...(namespace && { namespace }) } as unknown as Generator
  absorb(all, generate(kind, given, {}, "", read), given.behavior)
}

export const runPlugin = (all: Building[], config: KubeObject, read: Read): void => {
  const plugin = config.apiVersion === "builtin" && Object.hasOwn(PLUGINS, config.kind) ? PLUGINS[config.kind] : undefined
  if (!plugin) throw new KubectlError(`external plugins disabled; unable to load external plugin '${config.kind}'`)
  plugin(all, config as KubeObject & Json, read)
}
