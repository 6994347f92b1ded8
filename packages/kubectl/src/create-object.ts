/** What the commands that make one object have in common: dry runs, the remembered configuration, the report. */
import type { Steps } from "@drydock/machine"
import type { KubeObject } from "./api.ts"
import { query } from "./builder.ts"
import type { Context } from "./define-subcommand.ts"
import { pathOf } from "./discovery.ts"
import { KubectlError, ServerError, UsageError } from "./errors.ts"
import { DRY_RUN, dryRun, fieldManager, fieldValidation, PRINT, SAVE_CONFIG, VALIDATE } from "./flag-groups.ts"
import type { Flags, Input } from "./flags.ts"
import { withLastApplied } from "./last-applied.ts"
import { asBuilt } from "./printing/objects.ts"
import { typed } from "./printing/typed.ts"
import { Reporter } from "./printing/report.ts"

export const CREATE_FLAGS: Flags = { ...PRINT, ...DRY_RUN, ...SAVE_CONFIG, ...VALIDATE, ...fieldManager("kubectl-create") }

/** The one NAME that generators want. */
export const nameOf = ({ words, rest, dashed }: Input, command: string): string => {
  const names = dashed ? words.slice(0, words.length - rest.length) : words
  if (names.length !== 1) throw new UsageError(command, `exactly one NAME is required, got ${names.length}`)
  return names[0]
}

/**
 * Sends an object built from flags, unless this is a dry run; returns what there is then.
 * `failure`: what a refusal is prefixed with ("failed to create deployment: "); without it the server's error stands for itself.
 */
export function* send(context: Context, input: Input, object: KubeObject, failure?: string): Steps<KubeObject> {
  const resource = yield* context.api.resourceFor(object, "")
  const named =
    context.namespaceGiven && resource.namespaced && !object.metadata.namespace
      ? { ...object, metadata: withNamespace(object.metadata, context.namespace) }
      : object
  const whole = asBuilt(input.bool("save-config") ? withLastApplied(named, true) : named)
  const dry = dryRun(input)
  const validation = fieldValidation(input)
  if (dry === "client") return whole
  try {
    const made = yield* context.api.json<KubeObject>(
      "POST",
      pathOf(resource, resource.namespaced ? (whole.metadata.namespace ?? context.namespace) : undefined) +
        query({ dryRun: dry === "server" ? "All" : undefined, fieldManager: input.text("field-manager"), fieldValidation: validation }),
      { body: whole },
    )
    return typed(made)
  } catch (error) {
    if (failure === undefined || !(error instanceof ServerError)) throw error
    throw new KubectlError(failure + error.message)
  }
}

const withNamespace = ({ name, ...metadata }: KubeObject["metadata"], namespace: string): KubeObject["metadata"] => ({
  name,
  namespace,
  ...metadata,
})

export function* create(context: Context, input: Input, object: KubeObject, failure?: string, done = "created"): Steps<void> {
  const reporter = new Reporter(context.process, input)
  yield* reporter.say(yield* send(context, input, object, failure), done)
}
