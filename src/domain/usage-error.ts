/**
 * Wrong use, scope or input: the command ends with these two lines on stderr and exit code 2. The message says
 * where and what, in lower case and without a full stop; the hint says what to do.
 */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  constructor(
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}
