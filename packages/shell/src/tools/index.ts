/** Every tool that needs nothing but a process. */
import type { Tool } from "../define-tool.ts"
import { awk } from "./awk.ts"
import { bc } from "./bc.ts"
import { cksum, md5sum, sha1sum, sha256sum, sha512sum } from "./checksums.ts"
import { column } from "./column.ts"
import { comm } from "./comm.ts"
import { curl } from "./curl.ts"
import { cmp, diff } from "./diff.ts"
import { df, du, file, tree } from "./disk.ts"
import { hexdump, od, strings, xxd } from "./dump.ts"
import { envsubst } from "./envsubst.ts"
import { expr } from "./expr.ts"
import * as fileTools from "./file-tools.ts"
import { expand, fmt, fold, unexpand } from "./fold.ts"
import { grep } from "./grep.ts"
import { join } from "./join.ts"
import { jq } from "./jq.ts"
import { nl } from "./nl.ts"
import { paste } from "./paste.ts"
import * as plainTools from "./plain-tools.ts"
import * as processTools from "./process-tools.ts"
import { sed } from "./sed.ts"
import { shuf } from "./shuf.ts"
import { split } from "./split.ts"
import { scp, ssh } from "./ssh.ts"
import { stat } from "./stat.ts"
import * as textTools from "./text-tools.ts"

const isTool = (value: unknown): value is Tool => typeof value === "object" && value !== null && "run" in value

export const shellTools: readonly Tool[] = [
  ...Object.values(textTools),
  ...Object.values(fileTools),
  ...Object.values(processTools),
  ...Object.values(plainTools),
  awk,
  bc,
  cksum,
  cmp,
  column,
  comm,
  curl,
  df,
  diff,
  du,
  envsubst,
  expand,
  expr,
  file,
  fmt,
  fold,
  grep,
  hexdump,
  join,
  jq,
  md5sum,
  nl,
  od,
  paste,
  scp,
  sed,
  sha1sum,
  sha256sum,
  sha512sum,
  shuf,
  split,
  ssh,
  stat,
  strings,
  tree,
  unexpand,
  xxd,
].filter(isTool)
