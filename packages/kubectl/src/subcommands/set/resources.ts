/** kubectl set resources */
import { defineSubcommand } from "../../define-subcommand.ts"
import { KubectlError } from "../../errors.ts"
import { nameMatches, withPodSpec } from "../../pod-specs.ts"
import { quantities } from "../create/quota.ts"
import { RECORD } from "../../change-cause.ts"
import { changeObjects, findObjects, SET_FLAGS } from "./change-objects.ts"

export const setResources = defineSubcommand({
  path: ["set", "resources"],
  summary: "Update resource requests/limits on objects with pod templates",
  usage: "(-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS]",
  examples: [
    ["Of one container", "kubectl set resources deployment nginx -c=nginx --limits=cpu=200m,memory=512Mi --requests=cpu=100m,memory=256Mi"],
  ],
  flags: {
    ...SET_FLAGS,
    ...RECORD,
    containers: { short: "c", type: "string", default: "*", help: "The containers it is about; * matches any text." },
    limits: { type: "string", help: "What they may use at most, as cpu=100m,memory=256Mi." },
    requests: { type: "string", help: "What is kept for them, as cpu=100m,memory=256Mi." },
  },
  *run(input, context) {
    const infos = yield* findObjects(context, input, input.words)
    const [limits, requests] = [input.text("limits"), input.text("requests")]
    if (!limits && !requests)
      throw new KubectlError("you must specify an update to requests or limits (in the form of --requests/--limits)")
    const wanted = { ...(limits && { limits: quantities(limits) }), ...(requests && { requests: quantities(requests) }) }
    const pattern = input.text("containers")
    yield* changeObjects(context, input, infos, {
      done: "resource requirements updated",
      failed: "failed to patch resources update to pod template",
      change: (object) =>
        withPodSpec(object, (spec) => {
          const containers = [...spec.containers, ...(spec.initContainers ?? [])].filter(({ name }) => nameMatches(name, pattern))
          if (containers.length === 0) throw new KubectlError(`error: unable to find container named ${pattern}`)
          for (const container of containers)
            container.resources = {
              ...container.resources,
              ...(wanted.limits && { limits: { ...container.resources?.limits, ...wanted.limits } }),
              ...(wanted.requests && { requests: { ...container.resources?.requests, ...wanted.requests } }),
            }
        }),
    })
    return 0
  },
})
