/** The front without a supervisor, where web and lab have machines or containers of their own. */
import { createFront, type Place } from "./front.ts"
import { Refusal } from "./explain.ts"
import { listen } from "./listen.ts"
import type { Settings } from "./settings.ts"

const placeIn = (environment: NodeJS.ProcessEnv, name: string): Place => {
  const match = /^([^:\s]+):(\d{1,5})$/.exec(environment[name] ?? "")
  if (!match?.[1]) throw new Refusal(`${name} must be host:port, e.g. lab:4000.`)
  return { host: match[1], port: Number(match[2]) }
}

/** Runs until SIGTERM. @returns the exit code */
export const serveFront = async (settings: Settings, say: (line: string) => void): Promise<number> => {
  const web = placeIn(settings.environment, "WEB_ADDRESS")
  const lab = placeIn(settings.environment, "LAB_ADDRESS")
  const run = settings.environment.DRYDOCK_RUN ?? "front"
  const front = createFront({ run, web: () => web, lab: () => lab, proxies: settings.proxies })
  const port = await listen(front, settings)
  say(`The front listens on port ${port}.`)
  await new Promise<void>((resolve) => {
    for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => resolve())
  })
  front.close()
  front.closeAllConnections()
  return 0
}
