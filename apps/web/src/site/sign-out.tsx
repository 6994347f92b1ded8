/** Ends the sign-in of this browser. */
"use client"
import { LogOut } from "lucide-react"

export const SignOut = () => (
  <button
    type="button"
    className="button"
    onClick={() =>
      void fetch("/api/auth/sign-out", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" }).then(() =>
        location.assign("/"),
      )
    }
  >
    <LogOut size={15} aria-hidden /> Sign out
  </button>
)
