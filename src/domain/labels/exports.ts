/** How a study leaves the program; `jsonl` is the tidy table as one JSON object a line. */
export const EXPORTS = ['cifar10h-raw', 'counts', 'probs', 'tidy', 'jsonl'] as const
