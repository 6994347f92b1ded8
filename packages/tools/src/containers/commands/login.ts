/** docker login: a registry's answer to a name and a password, and what is kept of it. */
import type { Call, Command } from "../command.ts"
import { isDocker } from "../command.ts"
import type { Steps } from "@drydock/machine"
import { EngineError } from "../engine.ts"
import { parseOptions } from "../options.ts"
import { configPath, remember } from "../sign-in.ts"

function* asked({ process }: Call, prompt: string): Steps<string> {
  yield* process.print(prompt)
  return ((yield* process.readLine(0)) ?? "").trim()
}

const stored = (path: string) =>
  `\nWARNING! Your credentials are stored unencrypted in '${path}'.\nConfigure a credential helper to remove this warning. See\nhttps://docs.docker.com/go/credential-store/\n\n`

export const login: Command = {
  name: "login",
  *run(call) {
    const { args, engine, process } = call
    const options = parseOptions(args, "password-stdin verbose v")
    const host = (options.words[0] ?? "docker.io")
      .replace(/^https?:\/\//, "")
      .split("/")[0]
      .replace(/^index\.docker\.io$/, "docker.io")
    const given = options.text("p", "password")
    if (given !== undefined && isDocker(engine))
      yield* process.error("WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n")
    if (options.on("password-stdin") && options.text("u", "username") === undefined)
      throw new EngineError("the --password-stdin option requires --username to be set")
    const username = options.text("u", "username") ?? (yield* asked(call, "Username: "))
    const password = options.on("password-stdin") ? ((yield* process.readLine(0)) ?? "") : (given ?? (yield* asked(call, "Password: ")))
    if (!engine.runtime.signsIn(host, { username, password })) {
      const at = host === "docker.io" ? "registry-1.docker.io" : host
      throw isDocker(engine)
        ? new EngineError(
            host === "docker.io"
              ? `Error response from daemon: Get "https://${at}/v2/": unauthorized: incorrect username or password`
              : `Error response from daemon: login attempt to https://${at}/v2/ failed with status: 401 Unauthorized`,
          )
        : new EngineError(`Error: logging into "${host}": invalid username/password`, 125)
    }
    remember(process, engine, host, { username, password })
    if (isDocker(engine)) yield* process.error(stored(configPath(process, engine)))
    yield* process.print(isDocker(engine) ? "Login Succeeded\n" : "Login Succeeded!\n")
    return 0
  },
}
