/** clusterrole-aggregation-controller: roles that are the sum of others. As pkg/controller/clusterroleaggregation. */
import { type ClusterRole, clusterRole } from "../../api/index.ts"
import { deepEqual } from "../../apimachinery/frozen.ts"
import { selectorMatches } from "../../apimachinery/selectors.ts"
import { editable } from "../../client/client.ts"
import { defineController } from "../define-controller.ts"

type Rules = NonNullable<ClusterRole["rules"]>

export const clusterRoleAggregationController = defineController({
  name: "clusterrole-aggregation-controller",
  for: clusterRole,
  when: ({ object }) => object.aggregationRule !== undefined,
  triggers: [
    {
      kind: clusterRole as never,
      keys: (_, { informers }) =>
        informers
          .for(clusterRole)
          .list()
          .filter(({ aggregationRule }) => aggregationRule)
          .map(({ metadata: { name } }) => ({ name })),
    },
  ],
  reconcile(object, { client, informers }, { name }) {
    const selectors = object?.aggregationRule?.clusterRoleSelectors ?? []
    if (!object || selectors.length === 0) return
    const rules: Rules = []
    const parts = informers
      .for(clusterRole)
      .list()
      .filter(({ metadata }) => metadata.name !== name && selectors.some((one) => selectorMatches(one as never, metadata.labels as never)))
      .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    for (const part of parts) for (const one of part.rules ?? []) if (!rules.some((known) => deepEqual(known, one))) rules.push(one)
    if (deepEqual(rules, object.rules ?? [])) return
    client.update(clusterRole, { ...editable(object), rules: editable(rules) })
  },
})
