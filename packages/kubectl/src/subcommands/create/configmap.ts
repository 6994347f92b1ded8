/** kubectl create configmap */
import { encodeBase64Bytes, utf8 } from "../../bytes.ts"
import { DATA_FLAGS, dataEntries } from "../../data-sources.ts"
import { contentHash } from "../../kustomize/content-hash.ts"
import { defineGenerator } from "./define-generator.ts"

export const configmap = defineGenerator({
  path: ["configmap"],
  aliases: ["cm"],
  summary: "Create a config map from a local file, directory or literal value",
  usage: "NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]",
  examples: [
    ["From a directory's files", "kubectl create configmap my-config --from-file=path/to/bar"],
    ["From values", "kubectl create configmap my-config --from-literal=key1=config1 --from-literal=key2=config2"],
    ["From a file of variables", "kubectl create configmap my-config --from-env-file=path/to/foo.env"],
  ],
  failure: "failed to create configmap: ",
  flags: DATA_FLAGS,
  *object(name, input, { process }) {
    const data: Record<string, string> = {}
    const binaryData: Record<string, string> = {}
    for (const { key, value } of dataEntries(process, input, "ConfigMap", name)) {
      const text = utf8(value)
      if (text === undefined) binaryData[key] = encodeBase64Bytes(value)
      else data[key] = text
    }
    const object = {
      kind: "ConfigMap",
      apiVersion: "v1",
      metadata: { name },
      ...(Object.keys(data).length > 0 && { data }),
      ...(Object.keys(binaryData).length > 0 && { binaryData }),
    }
    return input.bool("append-hash") ? { ...object, metadata: { name: `${name}-${contentHash(object)}` } } : object
  },
})
