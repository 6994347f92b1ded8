/** What lab.yaml may break is what a world can break. */
import { FAULT_NAMES } from "@drydock/course"
import { faults } from "@drydock/world"
import { expect, test } from "vitest"

test("lab.yaml knows every fault of a world, and no other", () => {
  expect([...FAULT_NAMES].sort()).toEqual(faults.map(({ name }) => name).sort())
})
