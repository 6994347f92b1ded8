/** A drop-down of actions. */
"use client"
import { Check } from "lucide-react"
import { DropdownMenu } from "radix-ui"
import type { ReactNode } from "react"

const itemClass =
  "flex min-h-9 cursor-default items-center gap-2.5 rounded-md px-2.5 py-1.5 text-sm text-ink outline-none data-[highlighted]:bg-sunken data-[disabled]:opacity-45"

export const Menu = ({ trigger, children, align = "end" }: { trigger: ReactNode; children: ReactNode; align?: "start" | "end" }) => (
  <DropdownMenu.Root>
    <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
    <DropdownMenu.Portal>
      <DropdownMenu.Content
        align={align}
        sideOffset={6}
        collisionPadding={8}
        className="z-50 min-w-56 rounded-lg border border-line bg-surface p-1.5 shadow-pop motion-safe:animate-[skeleton-in_120ms]"
      >
        {children}
      </DropdownMenu.Content>
    </DropdownMenu.Portal>
  </DropdownMenu.Root>
)

export const MenuItem = ({
  children,
  icon,
  onSelect,
  disabled = false,
}: {
  children: ReactNode
  icon?: ReactNode
  onSelect: () => void
  disabled?: boolean
}) => (
  <DropdownMenu.Item className={itemClass} onSelect={onSelect} disabled={disabled}>
    <span className="inline-flex w-4 justify-center text-ink-3">{icon}</span>
    {children}
  </DropdownMenu.Item>
)

export const MenuCheck = ({
  children,
  checked,
  onChange,
}: {
  children: ReactNode
  checked: boolean
  onChange: (checked: boolean) => void
}) => (
  <DropdownMenu.CheckboxItem className={itemClass} checked={checked} onCheckedChange={onChange}>
    <span className="inline-flex w-4 justify-center text-accent">{checked && <Check size={15} aria-hidden />}</span>
    {children}
  </DropdownMenu.CheckboxItem>
)

export const MenuChoice = ({
  label,
  value,
  options,
  onChange,
}: {
  label: string
  value: string
  options: readonly { readonly value: string; readonly label: string }[]
  onChange: (value: string) => void
}) => (
  <DropdownMenu.RadioGroup value={value} onValueChange={onChange}>
    <DropdownMenu.Label className="px-2.5 pt-2 pb-1 text-xs font-medium text-ink-3">{label}</DropdownMenu.Label>
    {options.map((option) => (
      <DropdownMenu.RadioItem key={option.value} value={option.value} className={itemClass}>
        <span className="inline-flex w-4 justify-center text-accent">{option.value === value && <Check size={15} aria-hidden />}</span>
        {option.label}
      </DropdownMenu.RadioItem>
    ))}
  </DropdownMenu.RadioGroup>
)

export const MenuLine = () => <DropdownMenu.Separator className="my-1.5 h-px bg-line" />
