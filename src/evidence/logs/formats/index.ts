export { unknown } from './unknown.ts'
