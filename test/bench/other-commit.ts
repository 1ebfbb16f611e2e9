import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '../repository.js';

/** Another commit of this repository, built, so that a figure can stand beside its own of the same run. */
export interface OtherCommit {
  readonly commit: string;
  /** Its built CLI, as its package ships it. */
  readonly cli: string;
  /** Removes it. */
  close(): void;
}

/** Builds a commit in a temporary worktree, with this checkout's packages. @throws Error where that fails. */
export function buildCommit(commit: string): OtherCommit {
  const folder = mkdtempSync(join(tmpdir(), 'ampscope-bench-commit-'));
  // The bench scans without privilege.
  chmodSync(folder, 0o755);
  const path = join(folder, 'tree');
  const git = (...args: string[]): void => {
    execFileSync('git', ['-C', repositoryRoot, 'worktree', ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  };
  const close = (): void => {
    git('remove', '--force', path);
    rmSync(folder, { recursive: true, force: true });
  };
  git('add', '--detach', path, commit);
  try {
    symlinkSync(join(repositoryRoot, 'node_modules'), join(path, 'node_modules'));
    const { bin, scripts } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as {
      readonly bin: { readonly ampscope: string };
      readonly scripts: Readonly<Record<string, string>>;
    };
    execFileSync('npm', ['run', '--silent', scripts['bundle'] === undefined ? 'build' : 'bundle'], {
      cwd: path,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return { commit, cli: join(path, bin.ampscope), close };
  } catch (error) {
    close();
    throw error;
  }
}
