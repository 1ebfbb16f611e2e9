import type { GivenRanges } from '../scope/parse-range.js';
import type { ScopeFile } from '../scope/scope-file.js';
import type { Scope } from '../scope/scope.js';

/** What the scope file and the exclusions of the command line say together. */
export interface ReadScope {
  readonly scopeFile: ScopeFile;
  readonly scopeText: string;
  readonly scope: Scope;
  /** The exclusions of the command line. */
  readonly exclusions: GivenRanges;
  readonly warning?: string;
}
