/** kubectl auth whoami */
import type { KubeObject } from "../../api.ts"
import { defineSubcommand } from "../../define-subcommand.ts"
import { PRINT } from "../../flag-groups.ts"
import { objectPrinter, printObject } from "../../printing/objects.ts"
import { typed } from "../../printing/typed.ts"
import { columns } from "../../printing/tabwriter.ts"

interface UserInfo {
  username?: string
  uid?: string
  groups?: string[]
  extra?: Record<string, string[]>
}

export const whoami = defineSubcommand({
  path: ["auth", "whoami"],
  summary: "Check self subject attributes",
  description: "Who the server takes you for.",
  examples: [["Name and groups", "kubectl auth whoami"]],
  flags: PRINT,
  *run(input, { api, process }) {
    const printer = objectPrinter(process, input)
    const review = yield* api.json<KubeObject & { status: { userInfo: UserInfo } }>(
      "POST",
      "/apis/authentication.k8s.io/v1/selfsubjectreviews",
      {
        body: { kind: "SelfSubjectReview", apiVersion: "authentication.k8s.io/v1", metadata: {} },
      },
    )
    if (printer) {
      yield* printObject(process, printer, typed(review))
      return 0
    }
    const { username, uid, groups = [], extra = {} } = review.status.userInfo
    const rows = [["ATTRIBUTE", "VALUE"]]
    if (username) rows.push(["Username", username])
    if (uid) rows.push(["UID", uid])
    if (groups.length > 0) rows.push(["Groups", `[${groups.join(" ")}]`])
    for (const key of Object.keys(extra).sort()) rows.push([`Extra: ${key}`, `[${extra[key].join(" ")}]`])
    yield* process.print(columns(rows))
    return 0
  },
})
