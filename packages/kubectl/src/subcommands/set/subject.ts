/** kubectl set subject */
import { deepEqual } from "@drydock/kubernetes/apimachinery"
import { defineSubcommand } from "../../define-subcommand.ts"
import { KubectlError } from "../../errors.ts"
import { changeObjects, findObjects, SET_FLAGS } from "./change-objects.ts"

const RBAC = "rbac.authorization.k8s.io"

export const setSubject = defineSubcommand({
  path: ["set", "subject"],
  summary: "Update the user, group, or service account in a role binding or cluster role binding",
  usage:
    "(-f FILENAME | TYPE NAME) [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]",
  examples: [["One more user", "kubectl set subject rolebinding admin --user=user1 --user=user2 --group=group1"]],
  flags: {
    ...SET_FLAGS,
    group: { type: "array", help: "A group that gets the role" },
    serviceaccount: { type: "array", help: "A service account that gets it, as namespace:name" },
    user: { type: "array", help: "A user who gets it" },
  },
  *run(input, context) {
    const infos = yield* findObjects(context, input, input.words)
    const subjects = [
      ...input.list("user").map((name) => ({ kind: "User", apiGroup: RBAC, name })),
      ...input.list("group").map((name) => ({ kind: "Group", apiGroup: RBAC, name })),
      ...input.list("serviceaccount").map((given) => {
        const [namespace, name, ...more] = given.split(":")
        if (!namespace || !name || more.length > 0) throw new KubectlError("serviceaccount must be <namespace>:<name>")
        return { kind: "ServiceAccount", namespace, name }
      }),
    ]
    if (subjects.length === 0) throw new KubectlError("you must specify at least one value of user, group or serviceaccount")
    yield* changeObjects(context, input, infos, {
      done: "subjects updated",
      failed: "failed to patch subjects to rolebinding:",
      change: (object) => {
        if (object.kind !== "RoleBinding" && object.kind !== "ClusterRoleBinding")
          throw new KubectlError("setting subjects is only supported for RoleBinding/ClusterRoleBinding")
        const existing = (object.subjects as unknown[] | undefined) ?? []
        return { ...object, subjects: [...existing, ...subjects.filter((one) => !existing.some((other) => deepEqual(one, other)))] }
      },
    })
    return 0
  },
})
