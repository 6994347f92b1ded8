/** The digest that an image is known by: a fact of the registry, the same in every world. */
import { ByText, RandomStream } from "@drydock/sim"

/** Learners name tags too. */
const known = new ByText<string>(1_000)

/** 64 hex digits. `reference`: full reference, or "REFERENCE/manifest". */
export const digestOf = (reference: string): string =>
  known.of(reference, () => new RandomStream(`digest/${reference}`).string(64, "0123456789abcdef"))
