/** An API server by itself, for tests of what it says: no admission, no components, nothing stored. */
import { Simulation } from "@drydock/sim"
import { kinds } from "../api/index.ts"
import { ApiServer } from "../apiserver/server.ts"
import { MvccStore } from "../etcd/mvcc.ts"

export const ADMINISTRATOR = { name: "kubernetes-admin", groups: ["system:masters"] }

export const bareServer = (seed: string): ApiServer => {
  const sim = new Simulation(seed, Date.UTC(2026, 0, 5))
  return new ApiServer({
    sim,
    etcd: new MvccStore(sim),
    kinds,
    trace: { current: undefined, span: () => 1, emit: () => {} },
    version: {},
    advertise: "",
    admission: [],
  })
}
