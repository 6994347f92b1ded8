/** A page's lab: opened when the page is looked at, closed when it is left. */
"use client"
import { useEffect, useMemo, useState } from "react"
import type { Target } from "../server/api/lab.ts"
import { Lab } from "./lab.ts"

/** Opens a lab when the page is looked at, hurries it when it is again or when the network is back, and closes it when the page is left. */
export const useWhileLookedAt = (lab: Lab): void => {
  useEffect(() => {
    const begin = () => {
      if (document.visibilityState === "visible") void lab.open()
    }
    begin()
    const hurry = () => {
      begin()
      lab.hurry()
    }
    document.addEventListener("visibilitychange", hurry)
    window.addEventListener("online", hurry)
    return () => {
      document.removeEventListener("visibilitychange", hurry)
      window.removeEventListener("online", hurry)
      lab.close()
    }
  }, [lab])
}

/** The lab of a target; another target is another lab. Opened when the page is looked at. */
export const useLabOf = (target: Target, visitor: boolean): Lab => {
  const key = JSON.stringify(target)
  // Who is a visitor at first is a guest later: the same lab.
  const [atFirst] = useState(visitor)
  const lab = useMemo(() => new Lab(JSON.parse(key) as Target, atFirst), [key, atFirst])
  useWhileLookedAt(lab)
  return lab
}
