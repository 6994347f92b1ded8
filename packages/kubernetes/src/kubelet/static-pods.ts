/** Static Pods: manifests in a directory of the host. As pkg/kubelet/config/file.go. */
import { Digest } from "@drydock/sim"
import { parse as parseYaml } from "yaml"
import type { Pod } from "../api/index.ts"
import { defaultPodSpec } from "../api/core/pod-template.ts"
import { deepCopy, deepFreeze, isObject } from "../apimachinery/frozen.ts"
import { interned } from "../apimachinery/interned.ts"
import { formatTime } from "../apimachinery/object.ts"
import type { Host } from "../ports/host.ts"

const uidOf = (text: string): string => {
  const [a, b] = [new Digest().add(text).toString(), new Digest().add(`${text}#`).toString()]
  return a + b
}

/** What texts of manifests say: every world of a topology has the same ones. */
const parsed = new Map<string, unknown>()
const MOST_PARSED = 64

const parseManifest = (text: string, { readYaml }: Host): unknown => {
  if (!parsed.has(text)) {
    if (parsed.size >= MOST_PARSED) parsed.clear()
    parsed.set(text, deepFreeze(readYaml ? readYaml(text)[0] : parseYaml(text, { maxAliasCount: 100 })))
  }
  return deepCopy(parsed.get(text))
}

/** As runtime.Decode and tryDecodeSinglePod say it. */
const notPod = (object: unknown, text: string): string => {
  const { kind, apiVersion } = isObject(object) ? object : {}
  if (typeof kind !== "string" || kind === "") return `Object 'Kind' is missing in '${JSON.stringify(object ?? text)}'`
  if (kind !== "Pod" || apiVersion !== "v1")
    return `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion ?? "")} in scheme "pkg/api/legacyscheme/scheme.go:30"`
  return "invalid pod"
}

/** Pods out of the manifests there are; a file that is no Pod is logged and left out. */
export const readStaticPods = (host: Host, directory: string, now: number): Pod[] => {
  if (!host.files.exists(directory)) {
    host.log(
      "kubelet",
      `E file.go:104] "Unable to read config path" err="path does not exist, ignoring" path=${JSON.stringify(directory)}`,
      3,
    )
    return []
  }
  const pods: Pod[] = []
  for (const file of host.files.list(directory)) {
    if (file.startsWith(".")) continue
    const path = `${directory}/${file}`
    let object: unknown
    let text = ""
    try {
      text = host.files.read(path)
      object = parseManifest(text, host)
    } catch (error) {
      host.log(
        "kubelet",
        `E file.go:187] "Could not process manifest file" err="${path}: couldn't parse as pod(${(error as Error).message.split("\n")[0]}), please check config file" path="${path}"`,
        3,
      )
      continue
    }
    if (
      !isObject(object) ||
      object.kind !== "Pod" ||
      object.apiVersion !== "v1" ||
      !isObject(object.metadata) ||
      !isObject(object.spec) ||
      !Array.isArray(object.spec.containers)
    ) {
      host.log(
        "kubelet",
        `E file.go:187] "Could not process manifest file" err="${path}: couldn't parse as pod(${notPod(object, text)}), please check config file" path="${path}"`,
        3,
      )
      continue
    }
    const hash = uidOf(`${text}${host.name}${path}`)
    const metadata = object.metadata as Record<string, unknown>
    defaultPodSpec(object.spec as never)
    pods.push(
      deepFreeze({
        ...object,
        metadata: {
          ...metadata,
          name: `${String(metadata.name)}-${host.name}`,
          namespace: (metadata.namespace as string) ?? "default",
          uid: hash,
          resourceVersion: "",
          creationTimestamp: formatTime(now),
          annotations: {
            ...(metadata.annotations as object),
            "kubernetes.io/config.hash": hash,
            "kubernetes.io/config.seen": formatTime(now),
            "kubernetes.io/config.source": "file",
          },
        },
        spec: interned({
          enableServiceLinks: true,
          ...object.spec,
          nodeName: host.name,
          tolerations: [{ effect: "NoExecute", operator: "Exists" }],
        }),
        status: { phase: "Pending", qosClass: "Burstable" },
      }) as unknown as Pod,
    )
  }
  return pods
}
