/** Opens the browser's print window. */
"use client"
import { Printer } from "lucide-react"

export const PrintButton = () => (
  <button type="button" className="button button-primary" onClick={() => window.print()}>
    <Printer size={15} aria-hidden /> Print
  </button>
)
