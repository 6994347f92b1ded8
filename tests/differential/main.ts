/** `npx tsx tests/differential/main.ts [--json FILE] [--only PATTERN] [--some] [GROUP…]`: where both kubectls part, line by line. */
import { writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { binary } from "./binary.ts"
import { compare } from "./compare.ts"

const { values, positionals } = parseArgs({
  options: { json: { type: "string" }, only: { type: "string" }, some: { type: "boolean" } },
  allowPositionals: true,
})
if (!binary) throw new Error("the real kubectl is not installed for this platform")
const result = await compare(binary, {
  ...(positionals.length > 0 && { groups: positionals }),
  ...(values.some && { some: true }),
  ...(values.only && { only: new RegExp(values.only) }),
})
if (values.json) writeFileSync(values.json, JSON.stringify(result, null, 1))
for (const { name, pass, all } of result.groups) console.log(`${name.padEnd(12)} ${pass}/${all}`)
