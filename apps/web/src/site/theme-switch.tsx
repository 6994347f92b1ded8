/** Light, dark, or as the system says. */
"use client"
import { Monitor, Moon, Sun } from "lucide-react"
import { Menu, MenuChoice } from "../components/menu.tsx"
import { setTheme, type Theme, useTheme } from "../theme/theme.ts"

export const THEMES = [
  { value: "system", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
] as const

export const ThemeSwitch = () => {
  const theme = useTheme()
  const Icon = { system: Monitor, light: Sun, dark: Moon }[theme]
  return (
    <Menu
      trigger={
        <button type="button" className="icon-button" aria-label="Appearance">
          <Icon size={17} aria-hidden />
        </button>
      }
    >
      <MenuChoice label="Appearance" value={theme} options={THEMES} onChange={(value) => setTheme(value as Theme)} />
    </Menu>
  )
}
