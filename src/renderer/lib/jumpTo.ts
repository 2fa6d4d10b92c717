/** Brings a section of a scrolling place into view, its heading focused. */
export function jumpTo(id: string, scroller: HTMLElement | null) {
  const section = document.getElementById(id)
  // Not scrollIntoView, which would move the window around it too.
  if (section && scroller)
    scroller.scrollTop +=
      section.getBoundingClientRect().top -
      scroller.getBoundingClientRect().top -
      parseFloat(getComputedStyle(section).scrollMarginTop)
  section?.querySelector<HTMLElement>('h2')?.focus({ preventScroll: true })
}
