/** What makes a page unusable to some: axe's serious and critical findings, and pages wider than the window. */
import AxeBuilder from "@axe-core/playwright"
import type { Page } from "@playwright/test"

/**
 * Serious and critical findings of axe, a line each.
 * @param options rules: all by default; exclude: a selector that is left out (another project's editor)
 */
export const violations = async (page: Page, options: { readonly rules?: string[]; readonly exclude?: string } = {}): Promise<string[]> => {
  let builder = new AxeBuilder({ page })
  if (options.exclude !== undefined) builder = builder.exclude(options.exclude)
  if (options.rules) builder = builder.withRules(options.rules)
  return (await builder.analyze()).violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target.join(" ")} — ${node.failureSummary}`).join("; ")}`)
}

/** Pixels by which something sticks out of the window sideways. */
export const overflow = (page: Page): Promise<number> => page.evaluate<number>("document.documentElement.scrollWidth - innerWidth")
