/** Markdown written by an owner, shown to a participant: what it may become, and what it may not. */
import { describe, expect, it } from 'vitest'
import { createSSRApp } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { markdownNodes } from '../../src/renderer/lib/markdown'

const html = async (source: string, top?: number) =>
  (await renderToString(createSSRApp(() => markdownNodes(source, top)))).replaceAll(/<!--.*?-->/g, '')

describe('markdown', () => {
  it('makes headings of the page’s level, lists, emphasis, code', async () => {
    expect(await html('# One\n\n## Two', 1)).toBe('<h1>One</h1><h2>Two</h2>')
    expect(await html('# One\n\n###### Six')).toBe('<h2>One</h2><h6>Six</h6>')
    expect(await html('- *a*\n- **b** `c`')).toBe(
      '<ul><li><em>a</em></li><li><strong>b</strong> <code>c</code></li></ul>',
    )
    expect(await html('3. x')).toBe('<ol start="3"><li>x</li></ol>')
    expect(await html('a  \nb')).toBe('<p>a<br>b</p>')
    expect(await html('| a |\n|--|\n| b |')).toBe(
      '<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>',
    )
  })
  it('opens links elsewhere, without a way back', async () => {
    expect(await html('[us](https://example.org/?a=1&b=2)')).toBe(
      '<p><a href="https://example.org/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">us</a></p>',
    )
    expect(await html('Write to mail@example.org')).toContain('href="mailto:mail@example.org"')
  })
  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '![x](https://example.org/x.png)',
    '[x](javascript:alert(1))',
    '[x](data:text/html,hello)',
    '[x](file:///etc/passwd)',
    '<javascript:alert(1)>',
    '[x][y]\n\n[y]: vbscript:x',
  ])('keeps %s as text', async (source) => {
    const made = await html(source)
    expect(made).not.toMatch(/<(?!\/?(?:p|a)\b)|<[^>]*\son\w+=|href="(?!https?:)/)
  })
})
