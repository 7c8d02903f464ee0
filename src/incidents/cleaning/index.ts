export { emptyMap, withNames, type CleanMap, type Names } from './clean-map.ts'
export { cleaner, seenIn } from './cleaner.ts'
