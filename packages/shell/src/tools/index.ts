/** Every tool that needs nothing but a process. */
import type { Tool } from "../define-tool.ts"
import * as accounts from "./accounts.ts"
import * as groups from "./groups.ts"
import * as passwordTools from "./password-tools.ts"
import { updateCaCertificates } from "./update-ca-certificates.ts"
import { visudo } from "./visudo.ts"
import { awk } from "./awk.ts"
import { cat } from "./cat.ts"
import { cp, install, mv } from "./copy.ts"
import { rev, tac } from "./backwards.ts"
import { csplit } from "./csplit.ts"
import { cut } from "./cut.ts"
import { dd } from "./dd.ts"
import { head, tail } from "./head-tail.ts"
import { ls } from "./ls.ts"
import * as make from "./make.ts"
import { rm, rmdir } from "./remove.ts"
import { sort } from "./sort.ts"
import { test } from "./test.ts"
import { expand, unexpand } from "./tabs.ts"
import { tr } from "./tr.ts"
import { tsort } from "./tsort.ts"
import { uniq } from "./uniq.ts"
import { wc } from "./wc.ts"
import { bc } from "./bc.ts"
import { chgrp, chown } from "./chown.ts"
import { b2sum, cksum, md5sum, sha1sum, sha224sum, sha256sum, sha384sum, sha512sum, sum } from "./checksums.ts"
import { column } from "./column.ts"
import { comm } from "./comm.ts"
import { cronTools } from "./crontab.ts"
import { curl } from "./curl/curl.ts"
import { date } from "./date.ts"
import { cmp } from "./diff/cmp.ts"
import { diff } from "./diff/diff.ts"
import { df, du, file, tree } from "./disk.ts"
import { fallocate } from "./fallocate.ts"
import { hexdump } from "./dump/hexdump.ts"
import { od } from "./dump/od.ts"
import { strings } from "./dump/strings.ts"
import { xxd } from "./dump/xxd.ts"
import * as encodings from "./encodings.ts"
import { nano } from "./editors/nano.ts"
import { less } from "./editors/pager.ts"
import { vi } from "./editors/vi.ts"
import { envsubst } from "./envsubst.ts"
import { expr } from "./expr.ts"
import { find } from "./find/find.ts"
import { fmt } from "./fmt.ts"
import { fold } from "./fold.ts"
import { gpg } from "./gpg.ts"
import { grep } from "./grep.ts"
import { gzip } from "./gzip.ts"
import { join } from "./join.ts"
import { jq } from "./jq.ts"
import * as ip from "./ip.ts"
import * as names from "./names.ts"
import * as sockets from "./sockets.ts"
import * as namespaces from "./namespaces.ts"
import * as network from "./network.ts"
import { nl } from "./nl.ts"
import { paste } from "./paste.ts"
import { openssl } from "./openssl/openssl.ts"
import { basename, dirname, mktemp, readlink, realpath } from "./paths.ts"
import { factor } from "./factor.ts"
import { numfmt } from "./numfmt.ts"
import { patch } from "./patch/patch.ts"
import * as smallTools from "./small-tools.ts"
import { unzip, zip } from "./zip.ts"
import { ps } from "./process-list.ts"
import * as processSearch from "./process-search.ts"
import { pstree } from "./pstree.ts"
import * as machineLoad from "./machine-load.ts"
import { top } from "./top.ts"
import * as blockDevices from "./block-devices.ts"
import * as systemSettings from "./system-settings.ts"
import * as plainTools from "./plain-tools.ts"
import * as processTools from "./process-tools.ts"
import { sed } from "./sed.ts"
import { col, colrm } from "./col.ts"
import { pr } from "./pr.ts"
import { shred } from "./shred.ts"
import { shuf } from "./shuf.ts"
import { split } from "./split.ts"
import * as ssh from "./ssh/index.ts"
import { stat } from "./stat.ts"
import { tar } from "./tar/tar.ts"
import * as kernelTools from "./kernel-tools.ts"
import * as mounts from "./mounts.ts"
import * as packages from "./packages.ts"
import * as terminalTools from "./terminal-tools.ts"
import * as textTools from "./text-tools.ts"
import * as users from "./users.ts"
import { git } from "./git.ts"
import { python } from "./python.ts"
import { traceroute } from "./traceroute.ts"
import { watch } from "./watch.ts"
import { wget } from "./wget/wget.ts"
import { xargs } from "./xargs.ts"
import { yq } from "./yq.ts"

const isTool = (value: unknown): value is Tool => typeof value === "object" && value !== null && "run" in value

export const shellTools: readonly Tool[] = [
  ...Object.values(textTools),
  ...Object.values(encodings),
  ...Object.values(processTools),
  ...Object.values(plainTools),
  ps,
  pstree,
  top,
  ...Object.values(processSearch),
  ...Object.values(machineLoad),
  ...Object.values(systemSettings),
  ...Object.values(blockDevices),
  ...Object.values(users),
  ...Object.values(accounts),
  ...Object.values(groups),
  ...Object.values(passwordTools).filter(isTool),
  visudo,
  updateCaCertificates,
  ...Object.values(ssh),
  ...Object.values(ip),
  ...Object.values(names),
  ...Object.values(sockets),
  ...Object.values(namespaces),
  ...Object.values(network),
  ...Object.values(kernelTools),
  ...Object.values(mounts),
  ...Object.values(packages),
  ...Object.values(terminalTools),
  ...Object.values(make),
  csplit,
  factor,
  numfmt,
  rev,
  tac,
  tsort,
  ...Object.values(smallTools),
  patch,
  unzip,
  zip,
  awk,
  basename,
  bc,
  chgrp,
  chown,
  cksum,
  cmp,
  column,
  comm,
  ...cronTools,
  curl,
  date,
  df,
  fallocate,
  diff,
  dirname,
  du,
  envsubst,
  expand,
  expr,
  file,
  find,
  fmt,
  fold,
  gpg,
  grep,
  gzip,
  hexdump,
  join,
  jq,
  less,
  b2sum,
  md5sum,
  sha224sum,
  sha384sum,
  sum,
  mktemp,
  nano,
  nl,
  od,
  openssl,
  paste,
  readlink,
  realpath,
  sed,
  sha1sum,
  sha256sum,
  sha512sum,
  col,
  colrm,
  pr,
  shred,
  shuf,
  split,
  stat,
  strings,
  tar,
  tree,
  unexpand,
  vi,
  git,
  python,
  traceroute,
  watch,
  wget,
  xargs,
  xxd,
  yq,
  cat,
  cp,
  install,
  mv,
  cut,
  dd,
  head,
  tail,
  ls,
  rm,
  rmdir,
  sort,
  tr,
  uniq,
  test,
  wc,
].filter(isTool)
