/** The two forms of sign-in, one at a time. */
"use client"
import { type FormEvent, useState } from "react"

interface Refusal {
  readonly code?: string
  readonly message?: string
}

const words = (status: number, { code, message }: Refusal): string => {
  if (status === 429) return "Too many tries. Wait a minute, then try again."
  if (code === "INVALID_EMAIL_OR_PASSWORD") return "E-mail and password do not belong together."
  if (code?.startsWith("USER_ALREADY_EXISTS")) return "There is an account with this e-mail already. Sign in instead."
  if (code === "PASSWORD_TOO_SHORT") return "The password needs at least ten characters."
  return message ?? "That did not work. Try again."
}

export const SignInForm = ({ guest, next }: { guest: boolean /** Where it leads. */; next: string }) => {
  const [fresh, setFresh] = useState(guest)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const given = Object.fromEntries(new FormData(event.currentTarget))
    setBusy(true)
    setProblem(undefined)
    try {
      const response = await fetch(`/api/auth/${fresh ? "sign-up" : "sign-in"}/email`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(given),
      })
      if (response.ok) {
        location.assign(next)
        return
      }
      setProblem(words(response.status, (await response.json().catch(() => ({}))) as Refusal))
    } catch {
      setProblem("Drydock could not be reached. Try again.")
    }
    setBusy(false)
  }
  return (
    <>
      <h1 className="text-2xl font-semibold tracking-[-0.01em]">{fresh ? "Make an account" : "Sign in"}</h1>
      <p className="mt-2 text-[15px] leading-relaxed text-ink-2">
        {guest
          ? "What you did as a guest comes along: finished tasks, hints and running labs."
          : "You do not need an account to learn here. With one, your progress follows you to other browsers."}
      </p>
      <form onSubmit={submit} className="mt-6 space-y-4">
        {fresh && (
          <label className="block text-sm font-medium">
            Name
            <input name="name" className="field mt-1.5 font-normal" required maxLength={100} autoComplete="name" />
          </label>
        )}
        <label className="block text-sm font-medium">
          E-mail
          <input name="email" type="email" className="field mt-1.5 font-normal" required autoComplete="email" />
        </label>
        <label className="block text-sm font-medium">
          Password
          <input
            name="password"
            type="password"
            className="field mt-1.5 font-normal"
            required
            minLength={fresh ? 10 : 1}
            maxLength={256}
            autoComplete={fresh ? "new-password" : "current-password"}
            {...(fresh && { "aria-describedby": "password-hint" })}
          />
        </label>
        {fresh && (
          <p id="password-hint" className="-mt-2 text-sm text-ink-2">
            Ten characters or more.
          </p>
        )}
        {problem && (
          <p role="alert" className="rounded-md bg-failure-soft px-3 py-2 text-sm text-failure">
            {problem}
          </p>
        )}
        <button type="submit" className="button button-primary h-10 w-full" disabled={busy}>
          {fresh ? "Make the account" : "Sign in"}
        </button>
      </form>
      <p className="mt-6 text-sm text-ink-2">
        {fresh ? "You have one already?" : "You have none yet?"}{" "}
        <button
          type="button"
          className="link"
          onClick={() => {
            setFresh(!fresh)
            setProblem(undefined)
          }}
        >
          {fresh ? "Sign in" : "Make an account"}
        </button>
      </p>
    </>
  )
}
