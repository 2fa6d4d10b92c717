export const requirements: string
export function environmentFolder(): string
export function pythonOf(folder: string): string
export function completeMark(folder: string): string
export function peersPython(): string | null
