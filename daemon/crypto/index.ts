export { nativeSuite } from './native-suite.ts'
