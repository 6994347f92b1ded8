/** kubectl taint. As kubectl/pkg/cmd/taint. */
import { deepCopy } from "@drydock/kubernetes/apimachinery"
import type { KubeObject } from "../api.ts"
import { find } from "../builder.ts"
import { defineSubcommand } from "../define-subcommand.ts"
import { KubectlError, throwAll, UsageError } from "../errors.ts"
import { ALL, DRY_RUN, dryRun, fieldManager, PRINT, SELECTOR, VALIDATE } from "../flag-groups.ts"
import { labelValueFault } from "../labels.ts"
import { sendPatch } from "../patching/send-patch.ts"
import { Reporter } from "../printing/report.ts"

interface Taint {
  readonly key: string
  readonly value?: string
  readonly effect: string
}

const EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"]
const NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/

const parseTaint = (text: string): Taint => {
  const parts = text.split(":")
  if (parts.length > 2) throw new UsageError("taint", `invalid taint spec: ${text}`)
  const [pair, effect = ""] = parts
  // Without an effect all of it is a key.
  const [key, value, ...more] = parts.length === 1 ? [pair] : pair.split("=")
  if (more.length > 0) throw new UsageError("taint", `invalid taint spec: ${text}`)
  if (parts.length === 2 && !EFFECTS.includes(effect))
    throw new UsageError("taint", `invalid taint effect: ${effect}, unsupported taint effect`)
  const fault = value === undefined ? undefined : labelValueFault(value)
  if (fault) throw new UsageError("taint", `invalid taint spec: ${text}, ${fault}`)
  if (!NAME.test(key.split("/").at(-1) ?? ""))
    throw new UsageError(
      "taint",
      `invalid taint spec: ${text}, name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
    )
  return { key, ...(value && { value }), effect }
}

const shown = ({ key, effect }: Taint): string => (effect ? `${key}:${effect}` : key)

export const taint = defineSubcommand({
  path: ["taint"],
  group: "Cluster Management Commands",
  summary: "Update the taints on one or more nodes",
  description: "A taint is key=value:effect. The effect is NoSchedule, PreferNoSchedule or NoExecute. A taint followed by - is removed.",
  usage: "NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N",
  examples: [
    ["Keep pods away", "kubectl taint nodes foo dedicated=special-user:NoSchedule"],
    ["No more", "kubectl taint nodes foo dedicated:NoSchedule-"],
  ],
  flags: {
    ...SELECTOR,
    ...ALL,
    ...PRINT,
    ...DRY_RUN,
    ...VALIDATE,
    ...fieldManager("kubectl-taint"),
    overwrite: { type: "bool", help: "Change the value of taints that are there." },
  },
  *run(input, context) {
    const isTaint = (word: string) => /[=:]|-$/.test(word)
    const first = input.words.findIndex((word, at) => at > 0 && isTaint(word))
    const resources = first < 0 ? input.words : input.words.slice(0, first)
    const given = first < 0 ? [] : input.words.slice(first)
    const stray = given.find((word) => !isTaint(word))
    if (stray !== undefined) throw new KubectlError(`all resources must be specified before taint changes: ${stray}`)
    if (resources.length === 0) throw new KubectlError("one or more resources must be specified as <resource> <name>")
    if (given.length === 0) throw new KubectlError("at least one taint update is required")
    const add: Taint[] = []
    const remove: Taint[] = []
    for (const text of given) {
      if (text.endsWith("-")) remove.push(parseTaint(text.slice(0, -1)))
      else {
        const one = parseTaint(text)
        if (!one.effect) throw new UsageError("taint", `invalid taint spec: ${text}`)
        if (add.some(({ key, effect }) => key === one.key && effect === one.effect))
          throw new UsageError(
            "taint",
            `duplicated taints with the same key and effect: {${one.key} ${one.value ?? ""} ${one.effect} <nil>}`,
          )
        add.push(one)
      }
    }
    const type = yield* context.api.resource(resources[0].split("/")[0])
    if (type.kind !== "Node") throw new KubectlError(`invalid resource type ${resources[0]}, only node types are supported`)
    const clash = add.flatMap((one) =>
      remove.filter((other) => other.key === one.key && (other.effect === "" || other.effect === one.effect)),
    )
    if (clash.length > 0)
      throw new KubectlError(
        `can not both modify and remove the following taint(s) in the same command: ${clash.map(({ key, effect }) => `${key}=${effect}`).join(", ")}`,
      )
    if (input.bool("all") && input.has("selector"))
      throw new KubectlError("setting 'all' parameter with a non empty selector is prohibited")
    if (!input.bool("all") && !input.has("selector") && resources.length < 2 && !resources[0].includes("/"))
      throw new KubectlError("at least one resource name must be specified since 'all' parameter is not set")
    const reporter = new Reporter(context.process, input, { dry: false })
    const dry = dryRun(input)
    const errors: KubectlError[] = []
    for (const info of yield* find(context, input, { errors }, input.bool("all") || input.has("selector") ? ["nodes"] : resources)) {
      const old = (info.object.spec as { taints?: Taint[] } | undefined)?.taints ?? []
      const same = (one: Taint) => (other: Taint) => other.key === one.key && other.effect === one.effect
      const existing = [...new Set(add.filter((one) => old.some(same(one))).map(({ key }) => key))]
      try {
        if (existing.length > 0 && !input.bool("overwrite"))
          throw new KubectlError(
            `node ${info.name} already has ${existing.join(",")} taint(s) with same effect(s) and --overwrite is false`,
          )
        let taints = [...add, ...old.filter((one) => !add.some(same(one)))]
        for (const one of remove) {
          const kept = taints.filter((other) => other.key !== one.key || (one.effect !== "" && other.effect !== one.effect))
          if (kept.length === taints.length) throw new KubectlError(`taint ${JSON.stringify(shown(one))} not found`)
          taints = kept
        }
        const done =
          add.length > 0 && remove.length > 0
            ? "modified"
            : remove.length > 0
              ? "untainted"
              : existing.length > 0 && existing.length === add.length
                ? "modified"
                : "tainted"
        const changed = deepCopy(info.object) as KubeObject
        changed.spec = { ...(changed.spec as object), taints }
        yield* reporter.say(
          dry === "client"
            ? changed
            : yield* sendPatch(
                context,
                info,
                { spec: { taints: taints.length > 0 ? taints : null } },
                { type: "merge", dry, fieldManager: input.text("field-manager") },
              ),
          done,
        )
      } catch (error) {
        if (!(error instanceof KubectlError)) throw error
        errors.push(error)
      }
    }
    throwAll(errors)
    return 0
  },
})
