/** What busybox brings: which tools, and how they are its own. */
import type { LayerEntry, Program } from "@drydock/machine"
import type { Tool } from "../../define-tool.ts"
import { shellTools } from "../index.ts"
import { appletProgram } from "./applet.ts"
import { applets } from "./applets.ts"
import { busyboxNslookup } from "./nslookup.ts"
import { speeches } from "./speech.ts"
import { busyboxWget } from "./wget.ts"

/** Tools of busybox that have nothing in common with their namesakes on a distribution. */
const OWN: readonly Tool[] = [busyboxNslookup, busyboxWget]

/** Names of tools that small images have and busybox itself has not. */
const FOREIGN = new Set(
  "b2sum cron curl dir gawk groupadd groupdel htop mawk mkfs mkfs.btrfs mkfs.ext3 mkfs.ext4 mkfs.xfs ncat netcat nvim pager sha224sum ss stdbuf tracepath useradd userdel usermod view vim vim.tiny".split(
    " ",
  ),
)

const programOf = (name: string, tool: Tool): Program => {
  const applet = applets.get(name)
  return applet && !OWN.includes(tool)
    ? appletProgram(name, tool, applet, speeches[name] ?? {})
    : (process) => tool.run(process, process.argv.slice(1))
}

/** Every applet, by name. */
export const busyboxApplets: ReadonlyMap<string, Program> = new Map(
  [...shellTools.filter(({ busybox, name }) => busybox && !OWN.some((own) => own.name === name)), ...OWN].flatMap((tool) =>
    [tool.name, ...(tool.aliases ?? [])].filter((name) => !FOREIGN.has(name)).map((name) => [name, programOf(name, tool)] as const),
  ),
)

/** Its applets as executables. */
export const busyboxEntries = (directory: string): LayerEntry[] =>
  [...busyboxApplets].map(([name, program]) => ({ path: `${directory}/${name}`, program }))
