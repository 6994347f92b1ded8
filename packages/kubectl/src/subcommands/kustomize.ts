/** kubectl kustomize */
import { defineSubcommand } from "../define-subcommand.ts"
import { KubectlError } from "../errors.ts"
import { buildKustomization } from "../kustomize/build.ts"
import { toYaml } from "../printing/yaml.ts"

export const kustomize = defineSubcommand({
  path: ["kustomize"],
  group: "Advanced Commands",
  summary: "Build a kustomization target from a directory or URL",
  description: "Prints the objects that the directory's kustomization.yaml makes; nothing is sent.",
  usage: "DIR [flags]",
  examples: [
    ["The current directory", "kubectl kustomize"],
    ["Another one", "kubectl kustomize /home/config/production"],
  ],
  flags: {
    "as-current-user": { type: "bool", help: "Functions run as you" },
    "enable-alpha-plugins": { type: "bool", help: "Plugins may run" },
    "helm-api-versions": { type: "array", help: "Versions of the API that charts are told of" },
    "helm-command": { type: "string", default: "helm", help: "The helm program" },
    "helm-debug": { type: "bool", help: "Have helm say more" },
    "helm-kube-version": { type: "string", help: "Version of Kubernetes that charts are told of" },
    mount: { type: "array", help: "What functions may read of the file system" },
    network: { type: "bool", help: "Functions may use the network" },
    "network-name": { type: "string", default: "bridge", help: "The network that they use" },
    "enable-helm": { type: "bool", help: "Use helm to inflate charts." },
    reorder: {
      type: "string",
      default: "legacy",
      help: "Order of what is printed",
      hidden: true,
      deprecated: "use the new 'sortOptions' field in kustomization.yaml instead.",
    },
    env: { short: "e", type: "array", help: "A variable for functions" },
    "load-restrictor": { type: "string", default: "LoadRestrictionsRootOnly", help: "Whether files outside of the directory may be read" },
    output: { short: "o", type: "string", help: "A file to write to." },
  },
  *run(input, context) {
    if (input.words.length > 1) throw new KubectlError("specify one path to kustomization.yaml")
    const restrictor = input.text("load-restrictor")
    if (restrictor !== "LoadRestrictionsRootOnly" && restrictor !== "LoadRestrictionsNone")
      throw new KubectlError(
        `illegal flag value --load-restrictor ${restrictor}; legal values: [LoadRestrictionsRootOnly LoadRestrictionsNone]`,
      )
    const order = input.text("reorder")
    if (order !== "legacy" && order !== "none") throw new KubectlError(`illegal flag value --reorder ${order}; legal values: [legacy none]`)
    let text: string
    try {
      const built = yield* buildKustomization(context, input.words[0] ?? ".", { anywhere: restrictor === "LoadRestrictionsNone" })
      text = built.map(toYaml).join("---\n")
    } catch (error) {
      throw error instanceof KubectlError && error.raw ? new KubectlError(error.message) : error
    }
    if (input.text("output")) context.process.files.write(input.text("output"), text)
    else yield* context.process.print(text)
    return 0
  },
})
