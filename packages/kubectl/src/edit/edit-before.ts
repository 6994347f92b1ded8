/** create --edit: each object goes through the editor before it is sent. */
import type { Steps } from "@drydock/machine"
import type { Context } from "../define-subcommand.ts"
import type { Manifest } from "../manifests.ts"
import { editsJson } from "./edit-format.ts"
import { editSession } from "./edit-session.ts"

/** What was saved; an object that nobody changed is left out. */
export function* editBefore(context: Context, manifests: readonly Manifest[]): Steps<Manifest[]> {
  const { api, input, namespace } = context
  const edited: Manifest[] = []
  for (const { object, source } of manifests)
    yield* editSession(context, {
      infos: [{ resource: yield* api.resourceFor(object, source), namespace, name: object.metadata.name, object, source }],
      json: editsJson(input),
      windows: input.has("windows-line-endings") && input.bool("windows-line-endings"),
      created: true,
      *send(_, changed) {
        edited.push({ source, object: changed })
      },
      *skip({ object: same }) {
        edited.push({ source, object: same })
      },
    })
  return edited
}
