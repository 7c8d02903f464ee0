import { BEFORE_THE_FIRST } from '../entry.ts'

/** `application_id` of the file (sqlite.org/pragma.html#pragma_application_id), so that `file` and we can tell it from any other database: "Hall". */
export const APPLICATION_ID = 0x48616c6c

/** A tombstone in the chain names the entry that this row belongs to. */
const IS_PURGED = `EXISTS (
  SELECT 1 FROM entries AS target
  JOIN entries AS tombstone ON tombstone.incident = target.incident AND tombstone.did = 'purged'
  JOIN payloads AS said ON said.entry = tombstone.id
  WHERE target.id = OLD.entry AND said.body ->> '$.seq' = target.seq)`

/**
 * Each step takes the schema one version forward, in one transaction; `PRAGMA user_version` says how many were taken. Steps that were released are
 * never edited: a database of each released version is a fixture that must open.
 *
 * Rows of `entries` are numbered without gaps (AUTOINCREMENT remembers the last number), so that a row that was taken out shows even where it was the
 * last. What is not in the hash of an entry can be derived from what is: `evidence_uses` and `search`. The triggers hold against our own mistakes
 * and against quiet edits with a database tool, not against the owner of the file, who can drop them: `audit` compares all of it.
 */
export const MIGRATIONS: readonly string[] = [
  `
CREATE TABLE entries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  v INTEGER NOT NULL,
  incident TEXT NOT NULL,
  seq INTEGER NOT NULL CHECK (seq > 0),
  at TEXT NOT NULL,
  by TEXT NOT NULL,
  did TEXT NOT NULL,
  box TEXT,
  hostname TEXT,
  machine_id TEXT,
  boot_id TEXT,
  payload_hash TEXT NOT NULL,
  prev TEXT NOT NULL,
  hash TEXT NOT NULL,
  UNIQUE (incident, seq)
) STRICT;
CREATE INDEX entries_by_kind ON entries (incident, did, seq);

CREATE TABLE payloads (
  entry INTEGER PRIMARY KEY REFERENCES entries (id),
  salt TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;

CREATE TABLE evidence (
  id TEXT PRIMARY KEY,
  bytes INTEGER NOT NULL,
  zstd BLOB NOT NULL
) STRICT;
CREATE TABLE evidence_uses (
  evidence TEXT NOT NULL REFERENCES evidence (id),
  entry INTEGER NOT NULL REFERENCES entries (id),
  PRIMARY KEY (evidence, entry)
) STRICT, WITHOUT ROWID;
CREATE INDEX evidence_by_entry ON evidence_uses (entry);

CREATE VIRTUAL TABLE search USING fts5 (words, tokenize = 'unicode61 remove_diacritics 2');
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);

CREATE TRIGGER entries_follow BEFORE INSERT ON entries
WHEN NEW.seq <> coalesce((SELECT max(seq) FROM entries WHERE incident = NEW.incident), 0) + 1
  OR NEW.prev <> coalesce(
    (SELECT hash FROM entries WHERE incident = NEW.incident ORDER BY seq DESC LIMIT 1), '${BEFORE_THE_FIRST}')
BEGIN SELECT raise(ABORT, 'the entry does not follow the last one'); END;
CREATE TRIGGER entries_stay BEFORE UPDATE ON entries BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER entries_remain BEFORE DELETE ON entries BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER payloads_stay BEFORE UPDATE ON payloads BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER payloads_remain BEFORE DELETE ON payloads WHEN NOT ${IS_PURGED}
BEGIN SELECT raise(ABORT, 'only the payload of a purged entry is taken out'); END;
CREATE TRIGGER evidence_stays BEFORE UPDATE ON evidence BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER evidence_remains BEFORE DELETE ON evidence
WHEN EXISTS (SELECT 1 FROM evidence_uses WHERE evidence = OLD.id)
BEGIN SELECT raise(ABORT, 'an entry rests on this evidence'); END;
CREATE TRIGGER evidence_uses_stay BEFORE UPDATE ON evidence_uses BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER evidence_uses_remain BEFORE DELETE ON evidence_uses WHEN NOT ${IS_PURGED}
BEGIN SELECT raise(ABORT, 'an entry rests on this evidence'); END;
`,
]
