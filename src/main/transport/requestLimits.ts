/** How many requests one token may have under way at once, and how long the body of one may take to arrive. */

/** Requests of one bearer: a page or a program that sends more is none of ours. A recruitment link is many people's. */
export const MOST_REQUESTS = { owner: 64, participant: 8, join: 512 } as const
/** Uploads are held in memory while they arrive. */
export const MOST_UPLOADS = 2
/** For the body of a call to arrive, in ms. An upload has as long as the server allows a request. */
export const BODY_MS = 30_000
/** For the headers of a request to arrive, in ms; looked at this often. */
export const HEADERS_MS = 20_000
export const LOOK_MS = 5_000
/** Connections at once, sockets included. */
export const MOST_CONNECTIONS = 8192

export interface RequestLimits {
  /** Counts a request in; answers the function that counts it out, null where there are `most` already. */
  enter(key: string, most: number): (() => void) | null
}

export function requestLimits(): RequestLimits {
  const underWay = new Map<string, number>()
  return {
    enter(key, most) {
      const now = underWay.get(key) ?? 0
      if (now >= most) return null
      underWay.set(key, now + 1)
      let out = false
      return () => {
        if (out) return
        out = true
        const left = (underWay.get(key) ?? 1) - 1
        if (left > 0) underWay.set(key, left)
        else underWay.delete(key)
      }
    },
  }
}

/** What `promise` comes to, or null where that takes longer. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
