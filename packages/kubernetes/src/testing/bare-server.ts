/** An API server by itself, for tests of what it says: no components, nothing stored, and no admission unless it is asked for. */
import { Simulation } from "@drydock/sim"
import { kinds } from "../api/index.ts"
import type { ApiServerOptions } from "../apiserver/context.ts"
import { ApiServer } from "../apiserver/server.ts"
import { MvccStore } from "../etcd/mvcc.ts"

export const ADMINISTRATOR = { name: "kubernetes-admin", groups: ["system:masters"] }

export const bareServer = (
  seed: string,
  { sim = new Simulation(seed, Date.UTC(2026, 0, 5)), ...more }: Partial<ApiServerOptions> = {},
): ApiServer =>
  new ApiServer({
    sim,
    etcd: new MvccStore(sim),
    kinds,
    trace: { current: undefined, span: () => 1, emit: () => {} },
    version: {},
    advertise: "10.0.0.1:6443",
    admission: [],
    ...more,
  })
