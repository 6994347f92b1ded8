/** Every tool that needs nothing but a process. */
import type { Tool } from "../define-tool.ts"
import { awk } from "./awk.ts"
import * as fileTools from "./file-tools.ts"
import { curl } from "./curl.ts"
import { grep } from "./grep.ts"
import * as plainTools from "./plain-tools.ts"
import * as processTools from "./process-tools.ts"
import { sed } from "./sed.ts"
import { scp, ssh } from "./ssh.ts"
import * as textTools from "./text-tools.ts"

const isTool = (value: unknown): value is Tool => typeof value === "object" && value !== null && "run" in value

export const shellTools: readonly Tool[] = [
  ...Object.values(textTools),
  ...Object.values(fileTools),
  ...Object.values(processTools),
  ...Object.values(plainTools),
  grep,
  sed,
  awk,
  curl,
  scp,
  ssh,
].filter(isTool)
