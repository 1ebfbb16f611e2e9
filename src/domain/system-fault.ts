/**
 * The machine could not do what the work needs, such as a full disk in the middle of a run: neither wrong use
 * nor a fault of ours. The command ends with these two lines on stderr and exit code 1.
 */
export class SystemFault extends Error {
  override readonly name = 'SystemFault';

  constructor(
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}
