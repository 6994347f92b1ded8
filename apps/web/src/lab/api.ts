/** Drydock's API as the browser calls it; whoever has no cookie yet becomes a guest. */
import { createTRPCClient, httpBatchLink, TRPCClientError } from "@trpc/client"
import type { AppRouter } from "../server/api/router.ts"

export const api = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: "/api/trpc" })] })

export const codeOf = (reason: unknown): string | undefined =>
  reason instanceof TRPCClientError ? (reason.data as { code?: string } | undefined)?.code : undefined

let guesting: Promise<void> | undefined

/** A guest's account and cookie. @throws with words for the reader */
const becomeGuest = (): Promise<void> =>
  (guesting ??= fetch("/api/auth/sign-in/anonymous", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" })
    .then((response) => {
      if (response.status === 429) throw new Error("Too many guests came from this address just now. Wait a minute and try again.")
      // 400: this browser is a guest already, from another tab.
      if (!response.ok && response.status !== 400) throw new Error("A guest's place could not be made. Try again, or sign in.")
    })
    .finally(() => {
      guesting = undefined
    }))

/** Calls again as a guest when a visitor may not. @param visitor there is no cookie yet, as far as the page knows */
export const asLearner = async <Result>(call: () => Promise<Result>, visitor: boolean): Promise<Result> => {
  try {
    if (visitor) await becomeGuest()
    return await call()
  } catch (reason) {
    if (codeOf(reason) !== "UNAUTHORIZED") throw reason
    await becomeGuest()
    return call()
  }
}
