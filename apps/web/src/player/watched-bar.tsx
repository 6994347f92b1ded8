/** Says that a teacher looks in, and lets the learner allow and end their typing. */
"use client"
import type { Watcher } from "@drydock/protocol"
import { Eye, Keyboard } from "lucide-react"
import type { ReactNode } from "react"
import type { LabState } from "../lab/state.ts"
import { useLab, usePlayer } from "./player-context.tsx"

const picks = { watched: (state: LabState) => state.watched }

const names = (by: readonly Watcher[]): string => {
  const all = [...new Set(by.map(({ name }) => name))]
  return all.length < 2 ? (all[0] ?? "") : `${all.slice(0, -1).join(", ")} and ${all.at(-1)}`
}

const Line = ({ loud, icon: Icon, text, children }: { loud: boolean; icon: typeof Eye; text: string; children?: ReactNode }) => (
  <div
    className={`flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1.5 px-3 py-1.5 text-sm ${loud ? "bg-attention-soft" : "bg-accent-soft"}`}
  >
    <span className={`flex items-center gap-2 font-medium ${loud ? "text-attention" : "text-accent"}`}>
      <Icon size={16} aria-hidden className="shrink-0" /> {text}
    </span>
    {children && <span className="ml-auto flex gap-2">{children}</span>}
  </div>
)

export const WatchedBar = () => {
  const { by, you } = useLab(picks.watched)
  const { lab } = usePlayer()
  if (by.length === 0 || you !== undefined) return null
  const allow = (who: string, on: boolean) => () => lab.say({ type: "allow-typing", who, allow: on })
  const looking = by.filter(({ typing, asking }) => !typing && !asking)
  return (
    <section aria-label="Who looks in" className="shrink-0 divide-y divide-line border-b border-line">
      {by.map(({ id, name, typing, asking }) =>
        typing ? (
          <div key={id} role="status">
            <Line loud icon={Keyboard} text={`${name} may type in your terminals.`}>
              <button type="button" className="button h-8" onClick={allow(id, false)}>
                End it
              </button>
            </Line>
          </div>
        ) : asking ? (
          <div key={id} role="alert">
            <Line loud icon={Keyboard} text={`${name} asks to type in your terminals.`}>
              <button type="button" className="button button-primary h-8" onClick={allow(id, true)}>
                Allow it
              </button>
              <button type="button" className="button h-8" onClick={allow(id, false)}>
                Not now
              </button>
            </Line>
          </div>
        ) : null,
      )}
      {looking.length > 0 && (
        <div role="status">
          <Line loud={false} icon={Eye} text={`${names(looking)} ${looking.length > 1 ? "look" : "looks"} in.`} />
        </div>
      )}
    </section>
  )
}
