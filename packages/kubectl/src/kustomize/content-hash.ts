/** The suffix that names a config map or secret by its contents. As kubectl/pkg/util/hash and kustomize/api/hasher. */
import { goJson } from "@drydock/gotemplate"
import { sha256Hex } from "./sha256.ts"

const LETTERS: Readonly<Record<string, string>> = { 0: "g", 1: "h", 3: "k", a: "m", e: "t" }

const encode = (text: string): string => [...sha256Hex(text).slice(0, 10)].map((letter) => LETTERS[letter] ?? letter).join("")

interface Hashable {
  kind: string
  metadata: { name: string }
  type?: unknown
  data?: unknown
  stringData?: unknown
  binaryData?: Record<string, unknown>
}

/** `name`: what counts as its name; kustomize's is empty. */
export const contentHash = (object: Hashable, name = object.metadata.name): string => {
  const { kind, data = {}, binaryData, type = "", stringData } = object
  if (kind === "ConfigMap")
    return encode(goJson({ data, kind, name, ...(binaryData && Object.keys(binaryData).length > 0 && { binaryData }) }))
  return encode(goJson({ data, kind, name, type, ...(stringData !== undefined && { stringData }) }))
}
