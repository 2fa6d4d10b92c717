/** Simulated annotators to rehearse a study end to end: pure rules, every draw from a seeded generator. */
export * from './annotators'
export * from './mix'
export * from './participant'
export * from './truth'
export * from './variation'
