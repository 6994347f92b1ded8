/** What all `kubectl set` commands do: find objects, change each, send what changed, say so. */
import { recorded } from "../../change-cause.ts"
import type { Steps } from "@drydock/machine"
import type { KubeObject } from "../../api.ts"
import { find, type Info } from "../../builder.ts"
import type { Context } from "../../define-subcommand.ts"
import { KubectlError, throwAll } from "../../errors.ts"
import { ALL, DRY_RUN, FILES, fieldManager, PRINT, SELECTOR } from "../../flag-groups.ts"
import type { Flags, Input } from "../../flags.ts"
import { sendChange } from "../../patching/send-patch.ts"
import { typed } from "../../printing/typed.ts"
import { Reporter } from "../../printing/report.ts"

export const SET_FLAGS: Flags = {
  ...SELECTOR,
  ...ALL,
  ...FILES,
  ...PRINT,
  ...DRY_RUN,
  ...fieldManager("kubectl-set"),
  local: { type: "bool", help: "Change what is in the file, not what is on the server." },
}

/** Some errors already begin as errors do. */
const fault = (text: string): KubectlError => new KubectlError(text)

/** The objects that words and flags mean. */
export function* findObjects(context: Context, input: Input, words: readonly string[]): Steps<Info[]> {
  if (input.bool("local") && words.length > 0)
    throw new KubectlError(
      "error: you must specify resources by --filename when --local is set.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'",
    )
  if (input.bool("all") && input.has("selector")) throw new KubectlError("cannot set --all and --selector at the same time")
  const errors: KubectlError[] = []
  const infos = yield* find(context, input, { errors, everything: input.bool("all"), local: input.bool("local"), typed: true }, words)
  throwAll(errors)
  return infos
}

/**
 * Changes each object. `change` gives the changed one, undefined for nothing to do; it throws for what cannot be.
 * `failed`: what the server's refusal is prefixed with. `always`: what was so before is reported too.
 */
export function* changeObjects(
  context: Context,
  input: Input,
  infos: readonly Info[],
  options: { done: string; failed: string; always?: boolean; change: (object: KubeObject, info: Info) => KubeObject | undefined },
): Steps<void> {
  const reporter = new Reporter(context.process, input)
  const errors: KubectlError[] = []
  for (const info of infos) {
    let changed: KubeObject | undefined
    try {
      changed = options.change(info.object, info)
    } catch (error) {
      if (!(error instanceof KubectlError)) throw error
      errors.push(
        error.raw
          ? error
          : fault(error.message.startsWith("error: ") ? error.message : `error: ${info.resource.plural}/${info.name} ${error.message}`),
      )
      continue
    }
    if (!changed) continue
    changed = recorded(context, input, changed)
    try {
      const sent = yield* sendChange(context, input, info, changed)
      if (sent ?? options.always) yield* reporter.say(typed(sent ?? changed), options.done)
    } catch (error) {
      if (!(error instanceof KubectlError)) throw error
      errors.push(fault(`${options.failed} ${error.message}`))
    }
  }
  throwAll(errors)
}
