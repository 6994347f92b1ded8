/** The uid of a Pod's controller: Pods of one controller are siblings. */
import type { Pod } from "../api/index.ts"

export const controllerUid = (pod: Pod): string | undefined => pod.metadata.ownerReferences?.find(({ controller }) => controller)?.uid
