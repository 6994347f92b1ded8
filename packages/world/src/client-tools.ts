/** Tools of a machine that talk to a cluster or to nobody: the same programs for all worlds. */
import { packTar, unpackTar } from "@drydock/kubectl"
import type { LayerEntry } from "@drydock/machine"
import { gunzip, gzip } from "@drydock/shell"
import { type Archives, clientTools } from "@drydock/tools"

export const ARCHIVES: Archives = {
  gzip: (data) => gzip(data, undefined, 0),
  gunzip,
  pack: packTar,
  unpack: unpackTar,
}

export const clientToolEntries = (): LayerEntry[] =>
  clientTools(ARCHIVES).map(({ name, program }) => ({ path: `/usr/local/bin/${name}`, program }))
