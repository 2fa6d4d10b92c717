export type Environment = 'data' | 'torch'
export const ENVIRONMENTS: readonly Environment[]
export function requirementsOf(name: Environment, here?: string): string
export function environmentFolder(name: Environment, here?: string): string
export function pythonOf(folder: string): string
export function pythonEnvironment(): NodeJS.ProcessEnv
export function completeMark(folder: string): string
export function peersPython(name: Environment, here?: string): string | null
