/** kubectl create rolebinding, clusterrolebinding */
import { KubectlError } from "../../errors.ts"
import type { Flags, Input } from "../../flags.ts"
import { defineGenerator } from "./define-generator.ts"

const RBAC = "rbac.authorization.k8s.io"

const SUBJECTS: Flags = {
  clusterrole: { type: "string", help: "The cluster role that is granted" },
  group: { type: "array", help: "A group that gets it" },
  serviceaccount: { type: "array", help: "A service account that gets it, as <namespace>:<name>" },
  user: { type: "array", help: "A user who gets it" },
}

const subjects = (input: Input) => {
  const list = [
    ...input.list("user").map((name) => ({ kind: "User", apiGroup: RBAC, name })),
    ...input.list("group").map((name) => ({ kind: "Group", apiGroup: RBAC, name })),
    ...input.list("serviceaccount").map((given) => {
      const [namespace, name, ...more] = given.split(":")
      if (!namespace || !name || more.length > 0) throw new KubectlError("serviceaccount must be <namespace>:<name>")
      return { kind: "ServiceAccount", name, namespace }
    }),
  ]
  return list.length > 0 && { subjects: list }
}

export const roleBinding = defineGenerator({
  path: ["rolebinding"],
  summary: "Create a role binding for a particular role or cluster role",
  usage:
    "NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]",
  examples: [["A cluster role in one namespace", "kubectl create rolebinding admin --clusterrole=admin --user=user1 --group=group1"]],
  failure: "failed to create rolebinding: ",
  flags: { ...SUBJECTS, role: { type: "string", help: "The role that is granted" } },
  *object(name, input) {
    const [clusterRole, role] = [input.text("clusterrole"), input.text("role")]
    if ((clusterRole === "") === (role === "")) throw new KubectlError("exactly one of clusterrole or role must be specified")
    return {
      kind: "RoleBinding",
      apiVersion: `${RBAC}/v1`,
      metadata: { name },
      ...subjects(input),
      roleRef: { apiGroup: RBAC, kind: role ? "Role" : "ClusterRole", name: role || clusterRole },
    }
  },
})

export const clusterRoleBinding = defineGenerator({
  path: ["clusterrolebinding"],
  summary: "Create a cluster role binding for a particular cluster role",
  usage:
    "NAME --clusterrole=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]",
  examples: [["A cluster role everywhere", "kubectl create clusterrolebinding cluster-admin --clusterrole=cluster-admin --user=user1"]],
  failure: "failed to create clusterrolebinding: ",
  flags: { ...SUBJECTS, clusterrole: { ...SUBJECTS.clusterrole, required: true } },
  *object(name, input) {
    return {
      kind: "ClusterRoleBinding",
      apiVersion: `${RBAC}/v1`,
      metadata: { name },
      ...subjects(input),
      roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: input.text("clusterrole") },
    }
  },
})
