/** kubectl autoscale. As kubectl/pkg/cmd/autoscale/autoscale.go. */
import { RECORD, recorded } from "../change-cause.ts"
import { canonicalQuantity, QuantityError } from "@drydock/kubernetes/apimachinery"
import type { Steps } from "@drydock/machine"
import type { KubeObject } from "../api.ts"
import { find } from "../builder.ts"
import { send } from "../create-object.ts"
import { type Context, defineSubcommand } from "../define-subcommand.ts"
import { KubectlError, ServerError, throwAll } from "../errors.ts"
import type { Input } from "../flags.ts"
import { DRY_RUN, dryRun, FILES, fieldManager, PRINT, SAVE_CONFIG } from "../flag-groups.ts"
import { Reporter } from "../printing/report.ts"

/** "80%" of what is requested, or an amount. */
const metric = (name: "cpu" | "memory", text: string) => {
  const percent = /^(.*)%$/.exec(text)
  if (percent && !/^\d+$/.test(percent[1])) throw new KubectlError(`invalid percentage value: ${percent[1]}`)
  if (percent) return { type: "Resource", resource: { name, target: { type: "Utilization", averageUtilization: Number(percent[1]) } } }
  try {
    return {
      type: "Resource",
      resource: {
        name,
        target: { type: "AverageValue", averageValue: canonicalQuantity(name === "cpu" && /^\d+$/.test(text) ? `${text}m` : text) },
      },
    }
  } catch (error) {
    if (error instanceof QuantityError) throw new KubectlError(`invalid resource ${name} value: ${text}`)
    throw error
  }
}

/** Without any measure the first version of the API is tried next, and there is nothing that could be sent to it. */
function* sent(context: Context, input: Input, scaler: KubeObject, measured: boolean): Steps<KubeObject> {
  try {
    return yield* send(context, input, scaler)
  } catch (error) {
    if (!(error instanceof ServerError) || measured) throw error
    throw new KubectlError("failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: empty input")
  }
}

export const autoscale = defineSubcommand({
  path: ["autoscale"],
  group: "Deploy Commands",
  summary: "Auto-scale a deployment, replica set, stateful set, or replication controller",
  description: "Makes an autoscaler that keeps the number of pods between two bounds, by how much they use.",
  usage: "(-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [--memory=MEMORY]",
  examples: [["Between 2 and 10 pods, by CPU", "kubectl autoscale deployment foo --min=2 --max=10 --cpu=80%"]],
  flags: {
    ...FILES,
    ...PRINT,
    ...DRY_RUN,
    ...SAVE_CONFIG,
    ...fieldManager("kubectl-autoscale"),
    ...RECORD,
    cpu: { type: "string", help: "What a pod is to use on average: a percentage of its request (70%) or an amount (500m)." },
    "cpu-percent": { type: "int", default: "-1", hidden: true, help: "The same as --cpu with a percentage; older." },
    max: { type: "int", default: "-1", required: true, help: "How many pods at most." },
    memory: { type: "string", help: "What a pod is to use on average: a percentage of its request or an amount (200Mi)." },
    min: { type: "int", default: "-1", help: "How many pods at least; default: the server's." },
    name: { type: "string", help: "The autoscaler's name; default: the object's." },
  },
  *run(input, context) {
    const [min, max] = [input.int("min"), input.int("max")]
    if (max < 1) throw new KubectlError(`--max=MAXPODS is required and must be at least 1, max: ${max}`)
    if (max < min) throw new KubectlError(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`)
    if (input.has("cpu-percent"))
      yield* context.process.error(
        "Flag --cpu-percent has been deprecated, Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).\n",
      )
    if (input.has("cpu") && input.has("cpu-percent")) throw new KubectlError("--cpu-percent and --cpu are mutually exclusive")
    const reporter = new Reporter(context.process, input)
    const errors: KubectlError[] = []
    const infos = yield* find(context, input, { errors })
    throwAll(errors)
    for (const { resource, object } of infos) {
      if (!resource.subresources.includes("scale"))
        throw new KubectlError(
          `cannot autoscale a ${resource.kind}: could not find scale subresource for ${resource.group}/${resource.version}, Resource=${resource.plural} in discovery information`,
        )
      const percent = input.int("cpu-percent")
      const metrics = [
        ...(input.has("cpu") ? [metric("cpu", input.text("cpu"))] : []),
        ...(percent >= 0 ? [metric("cpu", `${percent}%`)] : []),
        ...(input.has("memory") ? [metric("memory", input.text("memory"))] : []),
      ]
      const scaler: KubeObject = {
        kind: "HorizontalPodAutoscaler",
        apiVersion: "autoscaling/v2",
        metadata: { name: input.text("name") || object.metadata.name },
        spec: {
          scaleTargetRef: { kind: object.kind, name: object.metadata.name, apiVersion: object.apiVersion },
          ...(min > 0 && { minReplicas: min }),
          maxReplicas: max,
          ...(metrics.length > 0 && { metrics }),
        },
        status: { currentMetrics: null, desiredReplicas: 0 },
      }
      const made = yield* sent(context, input, recorded(context, input, scaler), metrics.length > 0)
      yield* reporter.say(made, dryRun(input) === "client" ? "created" : "autoscaled")
    }
    return 0
  },
})
