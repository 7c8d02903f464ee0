export { cleanCopy, learnFrom, type Cleaned, type Hints } from './clean-copy.ts'
export type { CleanMap, Kind } from './clean-map.ts'
export { boxOf } from './entry-names.ts'
export { addToMap, readMap } from './map-file.ts'
