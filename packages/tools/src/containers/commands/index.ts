/** All subcommands. */
import type { Command } from "../command.ts"
import { attach } from "./attach.ts"
import { build } from "./build.ts"
import { commit } from "./commit.ts"
import { cp } from "./cp.ts"
import { create } from "./create.ts"
import { exec } from "./exec.ts"
import { images } from "./images.ts"
import { info } from "./info.ts"
import { inspect } from "./inspect.ts"
import { kill } from "./kill.ts"
import { load } from "./load.ts"
import { login } from "./login.ts"
import { logout } from "./logout.ts"
import { logs } from "./logs.ts"
import { port } from "./port.ts"
import { ps } from "./ps.ts"
import { pull } from "./pull.ts"
import { push } from "./push.ts"
import { rename } from "./rename.ts"
import { restart } from "./restart.ts"
import { rm } from "./rm.ts"
import { rmi } from "./rmi.ts"
import { run } from "./run.ts"
import { save } from "./save.ts"
import { start } from "./start.ts"
import { stats } from "./stats.ts"
import { stop } from "./stop.ts"
import { tag } from "./tag.ts"
import { top } from "./top.ts"
import { version } from "./version.ts"
import { wait } from "./wait.ts"

export const commands: readonly Command[] = [
  attach,
  build,
  commit,
  cp,
  create,
  exec,
  images,
  info,
  inspect,
  kill,
  load,
  login,
  logout,
  logs,
  port,
  ps,
  pull,
  push,
  rename,
  restart,
  rm,
  rmi,
  run,
  save,
  start,
  stats,
  stop,
  tag,
  top,
  version,
  wait,
]
