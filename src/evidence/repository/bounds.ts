/** Folders that hold what others wrote or what a build made: nobody's own statement is there. */
const FOLDERS = ['node_modules', 'bower_components', 'vendor', 'dist', '__pycache__', 'site-packages', 'coverage']
/** Files that hold many words and no statement: minified, locked, drawn, logged. Shell patterns. */
const FILES = [
  '*.min.*',
  '*.map',
  '*.lock',
  '*-lock.json',
  '*-lock.yaml',
  'npm-shrinkwrap.json',
  'go.sum',
  '*.svg',
  '*.css',
  '*.log',
  '*.csv',
  '*.jsonl',
]

export const NOT_SEARCHED = { folders: FOLDERS, files: FILES }

/** A larger file is made, not written: the largest that people write are about 1 MB. Of one that was found more is not read either. Bytes. */
export const FILE_BYTES = 2 * 1024 * 1024
/** Lines of one file that may match. A file with more is a list of words. */
export const LINES_OF_FILE = 5_000
/** What is taken of lines that match: 500,000 lines of code. Bytes. */
export const HIT_BYTES = 48 * 1024 * 1024
/** Names of files that frames of stack traces may lie in. Bytes. */
export const NAME_BYTES = 1024 * 1024
