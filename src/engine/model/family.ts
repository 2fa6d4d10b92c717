/** What a family file exports; adding one is writing such a file and naming it in index.ts. */
import type { Architecture } from './layers'

export interface Family {
  name: string
  /** The members offered in lists; other depths and widths can be asked for by id. */
  members: string[]
  /** How its ids are formed, for error messages. */
  form: string
  /** The architecture of an id, or null when the id is not of this family. */
  architecture(id: string): Architecture | null
  /** Side of the square that training cuts out of each image, where an id says so. */
  cutout?(id: string): number
}

/** The numbers that an id's groups hold, none when the id is not of this form; an absent group is undefined. */
export function sizesOf(form: RegExp, id: string): (number | undefined)[] {
  const groups: (string | undefined)[] = form.exec(id)?.slice(1) ?? []
  return groups.map((group) => (group === undefined ? undefined : Number(group)))
}
