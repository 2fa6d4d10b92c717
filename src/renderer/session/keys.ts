/** Keys of the session: 1 to 9 and 0 are the slots 0 to 9; a key answers when it goes down, once. */

export type KeyPress = Pick<KeyboardEvent, 'key' | 'code' | 'repeat' | 'ctrlKey' | 'metaKey' | 'altKey'>

/** What is drawn on the label of a slot; nothing beyond ten. */
export function keyOfSlot(slot: number): string {
  return slot < 9 ? String(slot + 1) : slot === 9 ? '0' : ''
}

/** The slot a key stands for, or null. Where digits need Shift (French keyboards) the key's place counts. */
export function slotOfKey({ key, code, ctrlKey, metaKey, altKey }: KeyPress): number | null {
  if (ctrlKey || metaKey || altKey) return null
  const digit = /^\d$/.test(key) ? key : /^Digit(?<digit>\d)$/.exec(code)?.groups?.['digit']
  if (digit === undefined) return null
  return digit === '0' ? 9 : Number(digit) - 1
}

/** Keys that are down: a key held across images must not answer the next one. */
export class HeldKeys {
  private readonly down = new Set<string>()

  /** Whether this press is a new one; remembers it. */
  press({ code, key, repeat }: Pick<KeyPress, 'code' | 'key' | 'repeat'>): boolean {
    const name = code || key
    const fresh = !repeat && !this.down.has(name)
    this.down.add(name)
    return fresh
  }
  release({ code, key }: Pick<KeyPress, 'code' | 'key'>) {
    this.down.delete(code || key)
  }
  /** A window that loses the focus is not told of keys let go; those still held repeat when it comes back. */
  clear() {
    this.down.clear()
  }
}
