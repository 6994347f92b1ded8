/** What the API does not find is no error to a page: it has a page for that. */
import { TRPCError } from "@trpc/server"

/** @throws every other error */
export const absentIsNone = async <Found>(found: Promise<Found>): Promise<Found | undefined> => {
  try {
    return await found
  } catch (reason) {
    if (reason instanceof TRPCError && (reason.code === "NOT_FOUND" || reason.code === "BAD_REQUEST")) return undefined
    throw reason
  }
}
