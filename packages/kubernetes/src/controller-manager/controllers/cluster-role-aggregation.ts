/** clusterrole-aggregation-controller: roles that are made of others. As pkg/controller/clusterroleaggregation. */
import { clusterRole, type ClusterRole } from "../../api/index.ts"
import { deepEqual } from "../../apimachinery/frozen.ts"
import { selectorMatches } from "../../apimachinery/selectors.ts"
import { defineController, trigger } from "../define-controller.ts"

const selectsOthers = (role: ClusterRole): boolean => role.aggregationRule !== undefined && role.aggregationRule !== null

/** Roles that are made of others. */
const AGGREGATED = "aggregated"

export const clusterRoleAggregationController = defineController({
  name: "clusterrole-aggregation-controller",
  for: clusterRole,
  when: ({ object }) => selectsOthers(object),
  start: ({ informers }) => informers.index(clusterRole, AGGREGATED, (role) => (selectsOthers(role) ? [""] : [])),
  triggers: [
    // A role that came, changed or went is part of every role that selects it, or did.
    trigger(clusterRole, (_change, { informers }) =>
      informers
        .for(clusterRole)
        .byIndex(AGGREGATED, "")
        .map(({ metadata: { name } }) => ({ name })),
    ),
  ],
  reconcile(role, { client, informers }) {
    if (!role || !selectsOthers(role)) return
    const rules: NonNullable<ClusterRole["rules"]>[number][] = []
    const others = informers
      .for(clusterRole)
      .list()
      .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    for (const selector of role.aggregationRule?.clusterRoleSelectors ?? [])
      for (const other of others) {
        if (other.metadata.name === role.metadata.name || !selectorMatches(selector as never, (other.metadata.labels ?? {}) as never))
          continue
        for (const rule of other.rules ?? []) if (!rules.some((one) => deepEqual(one, rule))) rules.push(rule)
      }
    if (deepEqual(rules, role.rules ?? [])) return
    client.patch(
      clusterRole,
      { name: role.metadata.name },
      { apiVersion: clusterRole.apiVersion, kind: clusterRole.kind, metadata: { name: role.metadata.name }, rules },
      { type: "apply", fieldManager: "clusterrole-aggregation-controller", force: true },
    )
  },
})
