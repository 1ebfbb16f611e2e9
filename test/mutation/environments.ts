/**
 * Hooks of the module loader (`module.register`). A module of the repository that is asked for with `?environment=N` is
 * evaluated anew for each N, with everything of the repository that it imports; its node:test is the double.
 */
import type { InitializeHook, ResolveHook } from 'node:module';

interface Places {
  /** URL of the repository, or of the copy of it that holds the mutants. */
  readonly root: string;
  /** URL of what stands for node:test. */
  readonly testDouble: string;
}

let places: Places | undefined;

export const initialize: InitializeHook<Places> = (data) => {
  places = data;
};

export const resolve: ResolveHook = async (specifier, context, next) => {
  const environment = new URL(context.parentURL ?? 'file:///').searchParams.get('environment');
  if (environment === null || places === undefined) return next(specifier, context);
  const inside = `?environment=${environment}`;
  if (specifier === 'node:test') return { url: places.testDouble + inside, shortCircuit: true };
  const resolved = await next(specifier, context);
  const isOurs = resolved.url.startsWith(places.root) && !resolved.url.includes('/node_modules/');
  return isOurs ? { ...resolved, url: resolved.url + inside } : resolved;
};
