/** How full the server is: people, labs, and what the lab server says of itself. */
"use client"
import { api } from "../lab/api.ts"
import { usePolled } from "../classes/use-polled.ts"

const EVERY_MS = 5_000

interface Counts {
  readonly accounts: number
  readonly guests: number
  readonly labs: number
  readonly running: number
  readonly now: number
}

/** What /lab/health answers; older servers say less. */
interface Health {
  readonly sessions?: number
  readonly room?: number
  readonly workers?: number
  /** Bytes. */
  readonly memory?: number
}

const readHealth = async (): Promise<Health | undefined> => {
  const answer = await fetch("/lab/health", { cache: "no-store" })
  return answer.ok ? ((await answer.json()) as Health) : undefined
}

const Figure = ({ value, word, detail }: { value: string; word: string; detail?: string }) => (
  <div className="card p-4">
    <dt className="text-sm text-ink-2">{word}</dt>
    <dd className="mt-1 text-2xl font-semibold tabular-nums">{value}</dd>
    {detail && <dd className="text-[13px] text-ink-3 tabular-nums">{detail}</dd>}
  </div>
)

export const Room = ({ initial }: { initial: Counts }) => {
  const { value: counts, failing } = usePolled<Counts>(() => api.admin.counts.query(), EVERY_MS, initial)
  const { value: health, failing: away } = usePolled<Health | undefined>(readHealth, EVERY_MS, undefined)
  return (
    <section aria-label="Room" className="mt-8">
      <dl className="grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
        <Figure value={String(counts.accounts)} word="Accounts" detail={`and ${counts.guests} guests`} />
        <Figure value={String(counts.labs)} word="Labs kept" detail={`${counts.running} running now`} />
        <Figure
          value={health?.room === undefined ? "–" : `${health.sessions ?? 0} of ${health.room}`}
          word="Worlds on this lab server"
          {...(health?.workers !== undefined && { detail: `${health.workers} ${health.workers === 1 ? "worker" : "workers"}` })}
        />
        <Figure value={health?.memory === undefined ? "–" : `${Math.round(health.memory / 1024 / 1024)} MB`} word="Its memory" />
      </dl>
      {(failing || away) && (
        <p role="alert" className="mt-3 text-sm text-failure">
          {away ? "The lab server does not answer." : "The figures cannot be brought up to date."}
        </p>
      )}
    </section>
  )
}
