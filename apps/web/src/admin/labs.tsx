/** Labs that are kept, and an end for each. */
"use client"
import { useState } from "react"
import type { KnownLab } from "@drydock/db"
import { lasting, reasonOf } from "../classes/words.ts"
import { usePolled } from "../classes/use-polled.ts"
import { Dialog } from "../components/dialog.tsx"
import { api } from "../lab/api.ts"

const EVERY_MS = 5_000

export const Labs = ({ initial, initialNow }: { initial: readonly KnownLab[]; initialNow: number }) => {
  const { value, refresh } = usePolled(
    async () => {
      const [labs, { now }] = await Promise.all([api.admin.labs.query(), api.admin.counts.query()])
      return { labs, now }
    },
    EVERY_MS,
    { labs: initial, now: initialNow },
  )
  const [ending, setEnding] = useState<KnownLab>()
  const [problem, setProblem] = useState<string>()
  const { labs, now } = value
  const end = async (lab: string) => {
    setEnding(undefined)
    setProblem(undefined)
    try {
      await api.admin.endLab.mutate({ lab })
      refresh()
    } catch (reason) {
      setProblem(reasonOf(reason))
    }
  }
  return (
    <section aria-label="Labs" className="mt-10">
      <h2 className="text-lg font-semibold">Labs</h2>
      {problem && (
        <p role="alert" className="mt-2 text-sm text-failure">
          {problem}
        </p>
      )}
      {labs.length === 0 ? (
        <p className="mt-3 text-[15px] text-ink-2">No lab is kept now.</p>
      ) : (
        <ul className="card mt-3 divide-y divide-line">
          {labs.map((lab) => (
            <li key={lab.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5">
              <div className="min-w-48 flex-1">
                <p className="truncate font-medium">{lab.userName}</p>
                <p className="truncate text-sm text-ink-3">
                  {lab.lesson ?? "playground"}
                  {lab.exam && ", exam"}
                  {lab.owner === undefined ? `, put away, last seen ${lasting(now - lab.seenAt)} ago` : `, runs on ${lab.owner}`}
                </p>
              </div>
              <button type="button" className="button h-8 text-[13px]" onClick={() => setEnding(lab)}>
                End it
              </button>
            </li>
          ))}
        </ul>
      )}
      <Dialog
        open={ending !== undefined}
        onOpenChange={(open) => !open && setEnding(undefined)}
        title={`End the lab of ${ending?.userName ?? ""}?`}
        description="What they made in it is gone; finished tasks stay finished."
      >
        <div className="mt-2 flex justify-end gap-2">
          <button type="button" className="button" onClick={() => setEnding(undefined)}>
            Let it run
          </button>
          <button type="button" className="button button-primary" onClick={() => ending && void end(ending.id)}>
            End it
          </button>
        </div>
      </Dialog>
    </section>
  )
}
