import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openSqliteStore } from '../../src/incidents/sqlite-store.ts'
import type { Store } from '../../src/incidents/store.ts'
import { describeStore } from './conformance.ts'

describeStore('the record in SQLite', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'halligan-store-'))
  const stores: Store[] = []
  return {
    open: async () => {
      const store = openSqliteStore(folder)
      stores.push(store)
      return store
    },
    remove: async () => {
      for (const store of stores) await store.close()
      rmSync(folder, { recursive: true })
    },
  }
})
