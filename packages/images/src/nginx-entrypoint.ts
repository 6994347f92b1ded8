/** What nginx's image does before nginx itself: docker-entrypoint.sh and the scripts of docker-entrypoint.d. */
import type { Process, Program } from "@drydock/machine"

const SCRIPTS = "/docker-entrypoint.sh"
const DEFAULT_SITE = "/etc/nginx/conf.d/default.conf"
const TEMPLATES = "/etc/nginx/templates"

const isWritable = (process: Process, path: string): boolean => process.files.access(path, { write: true })

/** 10-listen-on-ipv6-by-default.sh. */
const listenOnIpv6 = (process: Process, packaged: string): string => {
  const info = (text: string) => `10-listen-on-ipv6-by-default.sh: info: ${text}\n`
  const { files } = process
  if (!files.exists(DEFAULT_SITE)) return info(`${DEFAULT_SITE} is not a file or does not exist`)
  if (!isWritable(process, DEFAULT_SITE)) return info(`can not modify ${DEFAULT_SITE} (read-only file system?)`)
  const text = files.readText(DEFAULT_SITE)
  if (text.includes("listen  [::]:80;")) return info("IPv6 listen already enabled")
  const checked = info(`Getting the checksum of ${DEFAULT_SITE}`)
  if (text !== packaged) return checked + info(`${DEFAULT_SITE} differs from the packaged version`)
  files.write(DEFAULT_SITE, text.replace(/listen {7}(\d+);/, "listen       $1;\n    listen  [::]:$1;"))
  return checked + info(`Enabled listen on IPv6 in ${DEFAULT_SITE}`)
}

/** 20-envsubst-on-templates.sh: variables that are set, and no others. */
const substituteTemplates = (process: Process): string => {
  const name = "20-envsubst-on-templates.sh"
  const { files } = process
  if (!files.exists(TEMPLATES)) return ""
  if (!isWritable(process, "/etc/nginx/conf.d")) return `${name}: ERROR: ${TEMPLATES} exists, but /etc/nginx/conf.d is not writable\n`
  let told = ""
  for (const { name: file } of files.list(TEMPLATES)) {
    if (!file.endsWith(".template") || file.startsWith(".")) continue
    const target = `/etc/nginx/conf.d/${file.slice(0, -".template".length)}`
    told += `${name}: Running envsubst on ${TEMPLATES}/${file} to ${target}\n`
    const text = files.readText(`${TEMPLATES}/${file}`)
    files.write(
      target,
      text.replace(
        /\$(?:\{(\w+)\}|(\w+))/g,
        (whole, braced: string | undefined, plain: string | undefined) => process.env.get(braced ?? plain ?? "") ?? whole,
      ),
    )
  }
  return told
}

const prepare = (process: Process, packaged: string): string =>
  [
    `${SCRIPTS}: /docker-entrypoint.d/ is not empty, will attempt to perform configuration\n`,
    `${SCRIPTS}: Looking for shell scripts in /docker-entrypoint.d/\n`,
    `${SCRIPTS}: Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh\n`,
    listenOnIpv6(process, packaged),
    `${SCRIPTS}: Sourcing /docker-entrypoint.d/15-local-resolvers.envsh\n`,
    `${SCRIPTS}: Launching /docker-entrypoint.d/20-envsubst-on-templates.sh\n`,
    substituteTemplates(process),
    `${SCRIPTS}: Launching /docker-entrypoint.d/30-tune-worker-processes.sh\n`,
    `${SCRIPTS}: Configuration complete; ready for start up\n`,
  ].join("")

/** Tells what it does for nginx itself, then becomes the command. `packaged`: the site that the image brings. */
export const nginxEntrypoint = (packaged: string): Program =>
  function* (process) {
    const [, ...command] = process.argv
    const [name = "nginx"] = command
    if (name === "nginx" || name === "nginx-debug") yield* process.error(prepare(process, packaged))
    const path = name.includes("/")
      ? name
      : (process.env.get("PATH") ?? "")
          .split(":")
          .map((directory) => `${directory}/${name}`)
          .find((candidate) => process.files.exists(candidate))
    if (path === undefined) {
      yield* process.error(`${SCRIPTS}: exec: line 47: ${name}: not found\n`)
      return 127
    }
    return yield* process.exec(path, command)
  }
