import path from 'node:path'
import type { Configuration } from '../../boxes/configuration.ts'
import { belowConfiguration } from '../below-configuration.ts'
import { Problem } from '../problem.ts'

/** Where the code lies on the boxes and here, and what else halligan.yaml says of it. */
export interface Deployment {
  /** Undefined: nobody said it. */
  readonly path: string | undefined
  readonly repository: string
  readonly units: readonly string[]
  readonly versionUrls: readonly string[]
}

export interface DeploymentFlags {
  readonly path?: string
  readonly repo?: string
}

/** @param named a service of halligan.yaml; without one the only one that has a path */
export function deploymentOf(named: string | undefined, flags: DeploymentFlags, settings: Configuration): Deployment {
  const service = serviceOf(named, settings)
  const deployed = flags.path ?? service?.path
  if (deployed !== undefined && !deployed.startsWith('/'))
    throw new Problem(`"${deployed}" is no absolute path on a box.`, '--path /srv/shop', 2)
  const configured = service?.repository
  const repository = flags.repo ?? (configured === undefined ? undefined : belowConfiguration(configured, settings))
  return {
    path: deployed === undefined ? undefined : path.posix.normalize(deployed),
    repository: path.resolve(repository ?? '.'),
    units: (service?.units ?? []).map((unit) => (unit.includes('.') ? unit : `${unit}.service`)),
    versionUrls: service?.health === undefined ? [] : versionUrls(service.health),
  }
}

function serviceOf(
  named: string | undefined,
  { services }: Configuration,
): Configuration['services'][string] | undefined {
  if (named !== undefined) return services[named]
  const withPath = Object.values(services).filter((service) => service.path !== undefined)
  return withPath.length === 1 ? withPath[0] : undefined
}

/** Beside the health page, which may tell the version itself. */
function versionUrls(health: string): readonly string[] {
  if (!/^https?:\/\//.test(health) || !URL.canParse(health)) return []
  return [new URL('/version', health).href, health]
}
