/** API keys: made (and shown this once), listed, revoked. */
"use client"
import { KeyRound } from "lucide-react"
import { useRouter } from "next/navigation"
import { type FormEvent, useState } from "react"
import { reasonOf } from "../classes/words.ts"
import { CopyButton } from "../player/copy-button.tsx"
import { Dialog } from "../components/dialog.tsx"
import { api } from "../lab/api.ts"

export interface ShownKey {
  readonly id: string
  readonly name: string
  readonly createdAt: number
  readonly usedAt?: number
  readonly expiresAt?: number
}

const day = new Intl.DateTimeFormat("en", { dateStyle: "medium" })
const LIVES = [
  { days: "30", label: "30 days" },
  { days: "180", label: "180 days" },
  { days: "365", label: "a year" },
  { days: "", label: "until it is revoked" },
]

export const ApiKeys = ({ keys }: { keys: readonly ShownKey[] }) => {
  const router = useRouter()
  const [made, setMade] = useState<{ name: string; key: string }>()
  const [revoking, setRevoking] = useState<ShownKey>()
  const [problem, setProblem] = useState<string>()
  const attempt = async (work: () => Promise<void>) => {
    setProblem(undefined)
    try {
      await work()
      router.refresh()
    } catch (reason) {
      setProblem(reasonOf(reason))
    }
  }
  const create = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const given = new FormData(form)
    const [name, days] = [String(given.get("name")), String(given.get("days"))]
    void attempt(async () => {
      const { key } = await api.keys.create.mutate({ name, ...(days !== "" && { days: Number(days) }) })
      setMade({ name, key })
      form.reset()
    })
  }
  return (
    <>
      <form onSubmit={create} className="card mt-8 p-5">
        <h2 className="font-semibold">Make a key</h2>
        <div className="mt-3 flex flex-wrap items-end gap-3">
          <label className="block min-w-48 flex-1 text-sm font-medium">
            What it is for
            <input
              name="name"
              className="field mt-1.5 font-normal"
              required
              maxLength={100}
              placeholder="Marking, autumn"
              autoComplete="off"
            />
          </label>
          <label className="block min-w-40 text-sm font-medium">
            It is valid for
            <select name="days" className="field mt-1.5 font-normal" defaultValue="180">
              {LIVES.map(({ days, label }) => (
                <option key={label} value={days}>
                  {label}
                </option>
              ))}
            </select>
          </label>
          <button type="submit" className="button button-primary h-10 px-4">
            Make it
          </button>
        </div>
        {problem && (
          <p role="alert" className="mt-3 text-sm text-failure">
            {problem}
          </p>
        )}
      </form>
      {made && (
        <section className="mt-4 rounded-card border border-attention/40 bg-attention-soft p-5" aria-label="The new key">
          <p role="status" className="font-medium text-attention">
            This is the key "{made.name}". It is shown this once: keep it where your secrets are.
          </p>
          <div className="relative mt-3 flex items-center gap-2 rounded-md border border-line bg-surface py-2 pr-12 pl-3">
            <code className="min-w-0 text-sm break-all" data-key>
              {made.key}
            </code>
            <CopyButton text={made.key} />
          </div>
        </section>
      )}
      <section className="mt-8" aria-label="Your keys">
        <h2 className="text-lg font-semibold">Your keys</h2>
        {keys.length === 0 ? (
          <p className="card mt-3 p-5 text-[15px] text-ink-2">You have none.</p>
        ) : (
          <ul className="card mt-3 divide-y divide-line">
            {keys.map((key) => (
              <li key={key.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 p-4">
                <KeyRound size={17} aria-hidden className="shrink-0 text-ink-3" />
                <div className="min-w-0 flex-1">
                  <p className="font-medium break-words">{key.name}</p>
                  <p className="text-sm text-ink-3">
                    made {day.format(key.createdAt)}, {key.usedAt ? `last used ${day.format(key.usedAt)}` : "never used"},{" "}
                    {key.expiresAt ? `valid until ${day.format(key.expiresAt)}` : "valid until it is revoked"}
                  </p>
                </div>
                <button type="button" className="button" aria-label={`Revoke ${key.name}`} onClick={() => setRevoking(key)}>
                  Revoke
                </button>
              </li>
            ))}
          </ul>
        )}
      </section>
      <Dialog
        open={revoking !== undefined}
        onOpenChange={() => setRevoking(undefined)}
        title={`Revoke "${revoking?.name ?? ""}"?`}
        description="Programs that use it are refused from now on."
      >
        <div className="mt-2 flex justify-end gap-2">
          <button type="button" className="button" onClick={() => setRevoking(undefined)}>
            Keep it
          </button>
          <button
            type="button"
            className="button button-primary"
            onClick={() => {
              const id = revoking?.id
              setRevoking(undefined)
              if (id) void attempt(async () => void (await api.keys.revoke.mutate({ id })))
            }}
          >
            Revoke it
          </button>
        </div>
      </Dialog>
    </>
  )
}
