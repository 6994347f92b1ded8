/** What listens inside the lab, to choose from. */
"use client"
import { Globe, RefreshCw } from "lucide-react"
import type { OpenPort } from "@drydock/protocol"
import { Skeleton } from "../components/skeleton.tsx"
import { type InsideAddress, shownAddress } from "./inside-address.ts"

const addressOf = ({ scheme, host, port }: OpenPort): InsideAddress => ({ scheme, host, port, path: "/" })

/** @param ports undefined while they are asked for */
export const PortList = ({
  ports,
  problem,
  onChoose,
  onLook,
}: {
  ports: readonly OpenPort[] | undefined
  problem: string | undefined
  onChoose: (address: InsideAddress) => void
  onLook: () => void
}) => (
  <div className="absolute inset-0 overflow-y-auto bg-canvas p-4 sm:p-6">
    <div className="mx-auto max-w-xl">
      <div className="flex items-center gap-3">
        <h2 className="font-semibold">What listens inside</h2>
        <button type="button" className="button button-quiet ml-auto" onClick={onLook}>
          <RefreshCw size={15} aria-hidden /> Look again
        </button>
      </div>
      {problem !== undefined && (
        <p role="alert" className="mt-2 text-sm text-failure">
          {problem}
        </p>
      )}
      {ports === undefined && problem === undefined && (
        <div className="mt-3 space-y-2" aria-hidden>
          <Skeleton className="h-14" />
          <Skeleton className="h-14" />
        </div>
      )}
      {ports?.length === 0 && (
        <p className="mt-2 text-[15px] text-ink-2">
          Nothing yet. Expose a Deployment, forward a port or start a server, then look again. Any address also goes in the line above.
        </p>
      )}
      <ul className="mt-3 space-y-2">
        {ports?.map((port) => {
          const address = addressOf(port)
          return (
            <li key={`${port.host}:${port.port}`}>
              <button
                type="button"
                className="card flex w-full items-center gap-3 p-3 text-left hover:border-accent"
                onClick={() => onChoose(address)}
              >
                <Globe size={17} aria-hidden className="shrink-0 text-accent" />
                <span className="min-w-0">
                  <span className="block truncate font-mono text-[13px]">{shownAddress(address)}</span>
                  <span className="block truncate text-[13px] text-ink-3">{port.label}</span>
                </span>
              </button>
            </li>
          )
        })}
      </ul>
    </div>
  </div>
)
