/** The process' one connection to what is kept. */
import { connect, type Repositories } from "@drydock/db"
import { environment } from "./environment.ts"

// Next may load this module once a bundle: the connection lives on globalThis, so there is one pool a process.
const home = globalThis as { drydockRepositories?: Promise<Repositories> }

export const repositories = (): Promise<Repositories> => {
  if (home.drydockRepositories) return home.drydockRepositories
  const connecting: Promise<Repositories> = connect(environment().DATABASE_URL).catch((reason) => {
    home.drydockRepositories = undefined
    throw reason
  })
  home.drydockRepositories = connecting
  return connecting
}
