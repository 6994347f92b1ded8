/** Tools of busybox that differ from their namesakes on a distribution. */
import type { Tool } from "../../define-tool.ts"
import { busyboxNslookup } from "./nslookup.ts"
import { busyboxWget } from "./wget.ts"

export const busyboxTools: readonly Tool[] = [busyboxNslookup, busyboxWget]
