/** A policy's status tells which fields its expressions ask for in vain, by kind. */
import { expect, test } from "vitest"
import { hollowCluster } from "../../testing/hollow-cluster.ts"

const policy = (name: string, resources: string[], validations: object[]) => ({
  apiVersion: "admissionregistration.k8s.io/v1",
  kind: "ValidatingAdmissionPolicy",
  metadata: { name },
  spec: {
    matchConstraints: { resourceRules: [{ apiGroups: ["apps"], apiVersions: ["v1"], operations: ["CREATE"], resources }] },
    validations,
  },
})

const statusOf = (resources: string[], validations: object[]): unknown => {
  const { apply, cluster, run } = hollowCluster(["a"])
  apply(policy("one", resources, validations))
  run(5_000)
  const { body } = cluster.handle({
    method: "GET",
    path: "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/one",
    user: { name: "admin", groups: ["system:masters"] },
  })
  return (body as { status: unknown }).status
}

test("what is there is no warning: items, maps, macros, and what nobody can tell", () => {
  expect(
    statusOf(
      ["deployments"],
      [
        { expression: "object.spec.template.spec.containers.all(c, !has(c.image) || c.image.startsWith('a'))" },
        { expression: "object.metadata.labels.any == 'x' && object.metadata.annotations['a'] == 'b'" },
        { expression: "object.spec.strategy.rollingUpdate.maxSurge == 1 && oldObject == null", messageExpression: "variables.no.such" },
      ],
    ),
  ).toEqual({ observedGeneration: 1, typeChecking: {} })
})

test("what is not there is told where it stands, for each kind", () => {
  expect(
    statusOf(
      ["deployments", "daemonsets", "*/scale"],
      [
        { expression: "object.replicas > 1" },
        { expression: "object.spec.replicas > 1 &&\n  object.spec.template.spec.containers.exists(c, c.imago == '')" },
      ],
    ),
  ).toEqual({
    observedGeneration: 1,
    typeChecking: {
      expressionWarnings: [
        {
          fieldRef: "spec.validations[0].expression",
          warning: `apps/v1, Kind=DaemonSet: ERROR: <input>:1:7: undefined field 'replicas'
 | object.replicas > 1
 | ......^
apps/v1, Kind=Deployment: ERROR: <input>:1:7: undefined field 'replicas'
 | object.replicas > 1
 | ......^`,
        },
        {
          fieldRef: "spec.validations[1].expression",
          warning: `apps/v1, Kind=DaemonSet: ERROR: <input>:1:12: undefined field 'replicas'
 | object.spec.replicas > 1 &&
 | ...........^
ERROR: <input>:2:51: undefined field 'imago'
 |   object.spec.template.spec.containers.exists(c, c.imago == '')
 | ..................................................^
apps/v1, Kind=Deployment: ERROR: <input>:2:51: undefined field 'imago'
 |   object.spec.template.spec.containers.exists(c, c.imago == '')
 | ..................................................^`,
        },
      ],
    },
  })
})
