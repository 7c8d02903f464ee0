export { diskFull } from './disk-full.ts'
