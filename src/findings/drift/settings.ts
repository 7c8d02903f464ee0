import type { Listing, Setting } from '../../evidence/drift/listing.ts'

/** Something beside the code that decides how it runs, and that no deploy brought. */
export interface ChangedSetting extends Setting {
  readonly why: string
}

/**
 * Drop-ins of the units whose processes run there, whenever they were written; what cron was told after the deploy.
 *
 * @param deployedAtMs clock of the box; undefined: not known
 */
export function changedSettings(
  settings: Listing['settings'],
  units: readonly string[],
  deployedAtMs: number | undefined,
): readonly ChangedSetting[] {
  return settings.flatMap((setting): ChangedSetting[] => {
    const unit = /\/([^/]+)\.d\/[^/]+$/.exec(setting.file)?.[1]
    if (setting.file.includes('/systemd/')) {
      return unit !== undefined && units.includes(unit) ? [{ ...setting, why: `changes how ${unit} runs` }] : []
    }
    if (deployedAtMs === undefined || setting.modifiedAtMs <= deployedAtMs) return []
    return [{ ...setting, why: 'written after the deploy' }]
  })
}

/** When the code came: the date of a file that says so, else when most of the files that are as they should be came there. */
export function deployedAt(listing: Listing, sameFiles: readonly number[]): number | undefined {
  const dated = [...listing.sections].flatMap(([name, text]) =>
    name.startsWith('dated ') && /^\d{1,12}$/.test(text) ? [text] : [],
  )
  if (dated[0] !== undefined) return Number(dated[0]) * 1000
  return sameFiles.toSorted((a, b) => a - b)[Math.floor(sameFiles.length / 2)]
}
