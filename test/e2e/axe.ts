/** What axe finds on a page, one line a rule: WCAG 2.2 AA and best practice. */
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** `part`: a selector of what is looked at alone; `rules`: those only, in place of all. */
export async function violations(page: Page, { part, rules }: { part?: string; rules?: string[] } = {}) {
  // In the page itself (no frames here): otherwise axe opens a page of its own to sum up, which costs more than
  // looking.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] })
  if (part) axe.include(part)
  const found = await (rules ? axe.withRules(rules) : axe.withTags(TAGS)).analyze()
  return found.violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ target, failureSummary }) => `${target.join(' ')} (${failureSummary ?? ''})`).join(', ')}`,
  )
}
