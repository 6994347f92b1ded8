/** The digest that an image is known by: a fact of the registry, the same in every world. */
import { RandomStream } from "@drydock/sim"

const known = new Map<string, string>()
/** Learners name tags too. */
const KEPT = 1_000

/** 64 hex digits. `reference`: full reference, or "REFERENCE/manifest". */
export const digestOf = (reference: string): string => {
  let digest = known.get(reference)
  if (digest === undefined) {
    digest = new RandomStream(`digest/${reference}`).string(64, "0123456789abcdef")
    if (known.size < KEPT) known.set(reference, digest)
  }
  return digest
}
