/** What `npm start` runs once everything is installed: Drydock's own programs under the supervisor, or one part alone (docker/ does). */
import { join } from "node:path"
import { connect } from "@drydock/db"
import { buildAll, buildLab, buildWeb } from "./build.ts"
import { migrate } from "./database.ts"
import { explain, Refusal } from "./explain.ts"
import { serveFront } from "./front-alone.ts"
import { publishContent } from "./publish.ts"
import { readSettings, type Settings } from "./settings.ts"
import { signIn } from "./sign-in.ts"
import { steps } from "./steps.ts"
import { supervise } from "./supervisor.ts"

const say = (line: string) => console.log(line)

const everything = (root: string, settings: Settings) =>
  supervise({
    root,
    settings,
    build: (told) => buildAll(root, join(settings.data, "logs"), told),
    programs: [
      {
        ...{ name: "lab", health: "/lab/health", cwd: root, port: "announced" },
        command: () => [process.execPath, "apps/lab/dist/lab.mjs"],
      },
      {
        ...{ name: "web", health: "/api/health", cwd: join(root, "apps/web"), port: "given" },
        command: (port) => [
          process.execPath,
          join(root, "node_modules/next/dist/bin/next"),
          "start",
          "-H",
          "127.0.0.1",
          "-p",
          String(port),
        ],
      },
    ],
  })

/** Tables, lessons and the first instructor in the database that DATABASE_URL names. */
const prepare = async (root: string, { databaseUrl, content }: Settings) => {
  if (!databaseUrl) throw new Refusal("prepare needs DATABASE_URL.")
  await migrate(databaseUrl, root)
  const repositories = await connect(databaseUrl)
  try {
    for (const mistake of await publishContent(repositories, content, root)) say(mistake)
    await signIn(repositories, root, say)
  } finally {
    await repositories.close()
  }
  return 0
}

const PARTS: Readonly<Record<string, (root: string, settings: Settings) => Promise<number>>> = {
  "": everything,
  prepare,
  front: (_root, settings) => serveFront(settings, say),
  "build-web": (root, { data }) => buildWeb(root, join(data, "logs"), steps(say)).then(() => 0),
  "build-lab": (root) => buildLab(root, steps(say)).then(() => 0),
}

/**
 * @param part "" for everything
 * @returns the exit code
 */
export const main = async (root: string, part = ""): Promise<number> => {
  try {
    const run = PARTS[part]
    if (!run) throw new Refusal(`There is no part "${part}"; there are ${Object.keys(PARTS).filter(Boolean).join(", ")}.`)
    return await run(root, readSettings(root, process.env))
  } catch (error) {
    console.error(explain(error))
    return 1
  }
}
