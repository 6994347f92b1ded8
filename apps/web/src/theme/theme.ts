/** The reader's choice of light or dark. */
import { useSyncExternalStore } from "react"

/** public/theme.js reads it too, before the first paint. */
const THEME_KEY = "drydock-theme"

export type Theme = "system" | "light" | "dark"

const read = (): Theme => {
  try {
    const kept = localStorage.getItem(THEME_KEY)
    return kept === "light" || kept === "dark" ? kept : "system"
  } catch {
    // Storage may be refused; the system's preference holds then.
    return "system"
  }
}

export const setTheme = (theme: Theme): void => {
  try {
    if (theme === "system") localStorage.removeItem(THEME_KEY)
    else localStorage.setItem(THEME_KEY, theme)
  } catch {
    document.documentElement.dataset.theme = theme === "system" ? "light" : theme
  }
  window.dispatchEvent(new Event("drydock-theme"))
}

const subscribe = (changed: () => void) => {
  const system = matchMedia("(prefers-color-scheme: dark)")
  for (const event of ["drydock-theme", "storage"]) window.addEventListener(event, changed)
  system.addEventListener("change", changed)
  return () => {
    for (const event of ["drydock-theme", "storage"]) window.removeEventListener(event, changed)
    system.removeEventListener("change", changed)
  }
}

export const useTheme = (): Theme => useSyncExternalStore(subscribe, read, () => "system")
